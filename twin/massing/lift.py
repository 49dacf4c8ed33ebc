"""Parts of the building that stand higher or lower as a whole: a changed storey height, a storey put in between."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.arrays import Flags, Floats, Longs, distinct
from twin.deviation.samples import SurfaceSamples
from twin.massing.model import ROOF_SLAB_M
from twin.massing.settings import MassingSettings
from twin.massing.sight import Flat, Sight, VerticalShift
from twin.massing.wall_ends import (
    FLOOR_M,
    INCLINED,
    SEEN_M,
    TOP_M,
    UPRIGHT,
    better_borne_out,
    is_behind_ceilings,
    is_sided,
    rise_of_tops,
    rises_of_tops,
    tops_of,
)

_STRAY = 0.01  # share of the gain that strays may make
_SAME_M = 0.02  # surfaces within this lie at one level
_STOREY_M = 2.0  # from this rise on, a storey may have been put in
_FEWER = 2.0  # times less is seen of what a wall left than of what stands beneath
_ASKED = 4000  # samples asked at a time, so that memory stays bounded
_FACING = np.cos(np.radians(20.0))  # a surface is the same one only if it is inclined alike


def vertical_shift(
    sight: Sight, flat: Flat, levels: tuple[float, ...], settings: MassingSettings
) -> VerticalShift | None:
    """Look for one cut above which the design fits the survey when it is shifted vertically.

    Every level or sloped sample of the approved surface votes with the heights of surfaces straight above or below
    it that are inclined alike: unexplained ones, and, where rays passed through the sample's own place, any. For the
    shifts with most votes, the cut is placed where samples seen at their place give way to samples seen at the
    shifted place. In a building of equal storeys a shift by one of them explains what stands at its place as well,
    and therefore counts for nothing.

    Parameters
    ----------
    sight : Sight
    flat : Flat
    levels : tuple of float, m, design frame
        The storeys of the design: buildings are cut at them, so that a cut between what stayed and what moved is laid
        on the storey level that it contains.
    settings : MassingSettings

    Returns
    -------
    VerticalShift or None
        None where nothing is shifted beyond doubt.
    """
    found = _vertical_shift(sight, flat, levels, settings)
    if found is not None and not is_sided(found, sight, flat):
        found = _by_tops(found, sight, flat, levels, settings)
    elif found is not None and is_behind_ceilings(found, sight):
        found = _by_ceilings(found, sight, flat, settings)
    if found is not None or not flat.behind.any():
        return found
    turned = replace(flat, explained=flat.explained & ~flat.behind)
    found = _vertical_shift(_from_their_sides(sight, flat), turned, levels, settings)
    return found if found is not None and _tops_came_down(found, sight, settings) else None


def _from_their_sides(sight: Sight, flat: Flat) -> Sight:
    """The same, but for samples beside which a surface was seen that looks the other way."""
    from scipy.spatial import cKDTree

    samples, seen = sight.samples, sight.seen.copy()
    rows = np.flatnonzero(seen & (np.abs(samples.normals[:, 2]) > INCLINED))
    gap, index = cKDTree(flat.points).query(samples.points[rows], distance_upper_bound=2.0 * flat.spacing_m)
    rows, index = rows[np.isfinite(gap)], index[np.isfinite(gap)]
    against = np.einsum("ij,ij->i", samples.normals[rows], flat.normals[index]) <= -_FACING
    seen[rows[against & flat.oriented[index]]] = False
    return replace(sight, seen=seen)


def _tops_came_down(shift: VerticalShift, sight: Sight, settings: MassingSettings) -> bool:
    """Whether the walls above the cut were seen to end lower, by as much.

    A roof that came down by the thickness of its slab lies where a ceiling does that was seen from below. It takes its
    parapet along; what was seen of the parapet ends lower then, and does not where the roof only was not seen.
    """
    samples = sight.samples
    upright = np.flatnonzero((np.abs(samples.normals[:, 2]) < UPRIGHT) & (samples.points[:, 2] >= shift.cut_m))
    if shift.offset_m >= 0.0 or not len(upright):
        return False
    below_top = (tops_of(samples.points[upright]) - samples.points[upright, 2]) / -shift.offset_m
    # A wall is seen up to a sample's width over its end: the lower half of what it left tells nothing.
    left, beneath = upright[below_top < 0.5], upright[(below_top > 1.0) & (below_top < 2.0)]
    seen, area = sight.seen, samples.area_m2
    if min(area[left].sum(), area[beneath[seen[beneath]]].sum()) < settings.lift_least_wall_m2:
        return False
    shares = [float(area[rows[seen[rows]]].sum() / area[rows].sum()) for rows in (left, beneath)]
    return shares[0] * _FEWER <= shares[1]


def _by_tops(
    found: VerticalShift, sight: Sight, flat: Flat, levels: tuple[float, ...], settings: MassingSettings
) -> VerticalShift:
    """The shift that the ends of walls bear out, where nobody knows from which side roofs were seen.

    A surface over which nothing was seen is taken for a roof, and may be the underside of one that hides it. Then walls
    end higher than the shift has them end, by the thickness of the roof. Where they do not tell, so much stays unsure.
    """
    rise = rise_of_tops(rises_of_tops(found, sight, flat, settings))
    if rise is None or rise < found.offset_m - TOP_M:
        unguessed = replace(flat, oriented=flat.oriented & flat.by_station)
        by_ceilings = _by_ceilings(found, sight, unguessed, settings)
        return by_ceilings if by_ceilings.offset_m != found.offset_m else replace(found, unsure_m=ROOF_SLAB_M)
    if rise <= found.offset_m + TOP_M:
        return found
    unguessed = replace(flat, oriented=flat.oriented & flat.by_station)
    again = _vertical_shift(sight, unguessed, levels, settings, (rise - TOP_M, rise + TOP_M))
    if again is None:
        return replace(found, unsure_m=max(ROOF_SLAB_M, rise - found.offset_m))
    return replace(again, unsure_m=abs(rise - again.offset_m))


def _by_ceilings(found: VerticalShift, sight: Sight, flat: Flat, settings: MassingSettings) -> VerticalShift:
    """The shift at which ceilings are seen again too, if walls bear it out: a new ceiling may pass for what it hides.

    Where walls do not tell, any may be right.
    """
    rises, others = rises_of_tops(found, sight, flat, settings), _others(found, sight, flat, settings)
    middles = [float(np.median(rise)) for rise in others]
    for rise, offset in zip(others, middles, strict=True):
        better = better_borne_out(rises, offset, found.offset_m)
        if better == offset:
            spread = 1.4826 * float(np.median(np.abs(rise - offset)))
            alike = [abs(middle - offset) for middle in middles if abs(middle - offset) <= TOP_M]
            return replace(found, offset_m=offset, spread_m=spread, unsure_m=max(alike))
        if better is not None:
            return found
    apart = max([abs(middle - found.offset_m) for middle in middles], default=0.0)
    return replace(found, unsure_m=min(apart, ROOF_SLAB_M))


def _others(found: VerticalShift, sight: Sight, flat: Flat, settings: MassingSettings) -> list[Floats]:
    """Shifts near the one that was found which what was seen at its place bears out as well: the rises of each, m."""
    samples = sight.samples
    above = np.flatnonzero((np.abs(samples.normals[:, 2]) > INCLINED) & (samples.points[:, 2] > found.cut_m - FLOOR_M))
    level = np.flatnonzero(np.abs(flat.normals[:, 2]) > 0.35)
    votes = _votes(replace(sight, seen=np.zeros_like(sight.seen)), above, flat, level, settings)
    beside = np.abs(votes.rise - found.offset_m)
    near = (beside > TOP_M) & (beside < FLOOR_M)
    shifts = []
    for peak in _peaks(_Votes(votes.first[near], votes.rise[near]), settings):
        close = np.abs(votes.rise - peak) <= 2.0 * settings.lift_step_m
        area = float(samples.area_m2[above[np.unique(votes.first[close])]].sum())
        if area >= settings.lift_least_m2:
            shifts.append(votes.rise[close])
    return shifts


def _vertical_shift(
    sight: Sight,
    flat: Flat,
    levels: tuple[float, ...],
    settings: MassingSettings,
    among_m: tuple[float, float] = (-np.inf, np.inf),
) -> VerticalShift | None:
    inclined = np.flatnonzero(np.abs(sight.samples.normals[:, 2]) > INCLINED)
    level = np.abs(flat.normals[:, 2]) > 0.35
    if not len(inclined) or level.sum() < settings.neighbours:
        return None
    votes = _votes(sight, inclined, flat, np.flatnonzero(level), settings)
    best: VerticalShift | None = None
    gain = 0.0
    for offset in _peaks(votes, settings):
        if not among_m[0] <= offset <= among_m[1]:
            continue
        found = _cut(sight, inclined, votes, offset, levels, settings)
        if found is None or found[1] <= gain:
            continue
        if _walls_moved_along(found[0], sight, flat, settings):
            best, gain = found
    return best


@dataclass(frozen=True, eq=False)
class _Votes:
    """Which inclined sample (`first`) found a surface at which `rise` above itself, m."""

    first: Longs
    rise: Floats


def _votes(sight: Sight, inclined: Longs, flat: Flat, level: Longs, settings: MassingSettings) -> _Votes:
    """Pairs (sample, point) in one column with surfaces inclined alike."""
    from scipy.spatial import cKDTree

    radius = max(1.2 * flat.spacing_m, settings.thinning_m)
    points, directions = flat.points[level], flat.normals[level]
    asked = np.flatnonzero(~sight.seen[inclined])
    samples = sight.samples.pick(inclined[asked])
    tree = cKDTree(points[:, :2])
    first, second = [], []
    for start in range(0, len(asked), _ASKED):
        part = np.arange(start, min(start + _ASKED, len(asked)))
        lists = tree.query_ball_point(samples.points[part, :2], radius, workers=-1, return_sorted=True)
        one = np.repeat(part, [len(found) for found in lists])
        two = np.concatenate([np.asarray(found, dtype=np.int64) for found in lists])
        rise = points[two, 2] - samples.points[one, 2]
        inside = (rise >= -settings.lift_down_m) & (rise <= settings.lift_up_m)
        inside &= np.abs(rise) >= settings.lift_least_m
        inside &= ~flat.explained[level[two]] | sight.pierced[inclined[asked[one]]]
        first.append(one[inside])
        second.append(two[inside])
    one, two = np.concatenate(first), np.concatenate(second)
    cosine = np.einsum("ij,ij->i", samples.normals[one], directions[two])
    alike = np.where(flat.oriented[level[two]], cosine, np.abs(cosine)) >= _FACING
    one, two = one[alike], two[alike]
    way = points[two] - samples.points[one]
    return _Votes(asked[one], way[:, 2] - _tilt(samples.normals[one], way))


def _tilt(normals: Floats, way: Floats) -> Floats:
    """Height by which a sloped surface rises over the horizontal part of a way."""
    return np.asarray(-(normals[:, 0] * way[:, 0] + normals[:, 1] * way[:, 1]) / normals[:, 2])


def _peaks(votes: _Votes, settings: MassingSettings) -> list[float]:
    """The shifts that most samples vote for, each sample once in a bin; at most six."""
    step = settings.lift_step_m
    pairs = distinct(np.column_stack([np.round(votes.rise / step).astype(np.int64), votes.first]))
    if not len(pairs):
        return []
    low = int(pairs[:, 0].min())
    smooth = np.convolve(np.bincount(pairs[:, 0] - low).astype(np.float64), [0.5, 1.0, 0.5], mode="same")
    peaks: list[float] = []
    for place in np.argsort(-smooth, kind="stable"):
        offset = (int(place) + low) * step
        if all(abs(offset - other) > 5 * step for other in peaks):
            peaks.append(offset)
        if len(peaks) == 6:
            break
    return peaks


def _cut(
    sight: Sight, inclined: Longs, votes: _Votes, offset: float, levels: tuple[float, ...], settings: MassingSettings
) -> tuple[VerticalShift, float] | None:
    """The cut for one shift and the area gained by it; None where the evidence does not carry it."""
    close = np.abs(votes.rise - offset) <= 2.0 * settings.lift_step_m
    if not close.any():
        return None
    refined = float(np.median(votes.rise[close]))
    fitting = np.abs(votes.rise - refined) <= 1.5 * settings.lift_step_m
    moved = np.zeros(len(inclined), dtype=bool)
    moved[votes.first[fitting]] = True
    samples = sight.samples.pick(inclined)
    kept = sight.seen[inclined] & ~_claimed(samples, refined, settings)
    height = samples.points[:, 2]
    order = np.argsort(-height, kind="stable")
    gains = np.cumsum((samples.area_m2 * (moved.astype(float) - kept))[order])
    # The highest cut that explains all but as much: a stray sample far below does not lower it.
    place = int(np.argmax(gains >= (1.0 - _STRAY) * gains.max()))
    above = height >= height[order[place]]
    shifted, stayed = (float(samples.area_m2[above & flags].sum()) for flags in (moved, kept))
    if shifted < settings.lift_least_m2 or shifted < settings.lift_margin * stayed:
        return None
    below = kept & (height < height[order[place]])
    highest_kept = float(height[below].max()) if below.any() else -np.inf
    cut, between = _cut_level(float(height[order[place]]), highest_kept, refined, levels)
    exact = votes.rise[fitting & (above & moved)[votes.first]]
    offset_m = float(np.median(exact))
    spread = 1.4826 * float(np.median(np.abs(exact - offset_m)))
    support = np.zeros(len(sight.samples), dtype=bool)
    support[inclined[above & moved]] = True
    return VerticalShift(cut, between, offset_m, spread, support), float(gains[place])


def _cut_level(
    lowest_moved: float, highest_kept: float, offset_m: float, levels: tuple[float, ...]
) -> tuple[float, tuple[float, float]]:
    """Where the building was cut, and the levels between which it may have been.

    A storey level in between is it: the floor structure of that level hangs below it, so that what moved begins at
    its underside, up to half a metre lower. A storey that was put in stands on a floor that may have been seen to
    stay; one that was made higher leaves its floor behind, and the cut lies somewhere above it. Upright faces slide
    in their own plane and tell nothing of it.
    """
    least = highest_kept + (-_SAME_M if offset_m >= _STOREY_M else _SAME_M)
    between = [v for v in levels if least <= v and lowest_moved - FLOOR_M <= v <= lowest_moved + 0.5]
    if between:
        return max(between), (max(between), max(between))
    if highest_kept >= lowest_moved - FLOOR_M:
        return 0.5 * (highest_kept + lowest_moved), (min(highest_kept, lowest_moved), max(highest_kept, lowest_moved))
    return lowest_moved, (lowest_moved - FLOOR_M, lowest_moved)


def _claimed(samples: SurfaceSamples, offset_m: float, settings: MassingSettings) -> Flags:
    """(s,) bool: samples at whose place another surface, inclined alike, would come to lie by the shift."""
    from scipy.spatial import cKDTree

    back = samples.points - np.array([0.0, 0.0, offset_m])
    reach = max(2.0 * float(np.sqrt(samples.area_m2.max())), settings.thinning_m)
    neighbours = min(8, len(samples))
    gap, index = cKDTree(samples.points).query(back, k=neighbours, distance_upper_bound=reach)
    found = np.isfinite(gap).reshape(len(back), -1)
    index = np.where(found, index.reshape(len(back), -1), 0)
    rise = np.abs(np.einsum("skj,sj->sk", back[:, None, :] - samples.points[index], samples.normals))
    alike = np.einsum("skj,sj->sk", samples.normals[index], samples.normals) >= _FACING
    return np.asarray((found & alike & (rise <= SEEN_M + settings.lift_step_m)).any(axis=1))


def _walls_moved_along(shift: VerticalShift, sight: Sight, flat: Flat, settings: MassingSettings) -> bool:
    """Whether the upright faces above the cut that one sees at their place are there at the shifted place too.

    A wall slides in its own plane and is seen at both; a ceiling put over a roof leaves the parapet behind. What moved
    as a whole moved to its top: where storeys are alike, a shift by several finds walls for its lower half only.
    """
    from scipy.spatial import cKDTree

    samples = sight.samples
    upright = sight.seen & (np.abs(samples.normals[:, 2]) < UPRIGHT) & (samples.points[:, 2] >= shift.cut_m)
    if samples.area_m2[upright].sum() < settings.lift_least_wall_m2:
        return True
    queries = samples.points[upright] + np.array([0.0, 0.0, shift.offset_m])
    gap, index = cKDTree(flat.points).query(queries, distance_upper_bound=max(2.0 * flat.spacing_m, 0.15))
    found = np.isfinite(gap)
    way = flat.points[np.where(found, index, 0)] - queries
    flush = np.abs(np.einsum("ij,ij->i", way, samples.normals[upright])) <= settings.explained_m
    upper = queries[:, 2] >= np.median(queries[:, 2])
    shares = [float((found & flush)[half].mean()) for half in (upper, ~upper) if half.any()]
    return min(shares) >= settings.lift_least_wall_share
