"""Whether the set-ups of a survey agree: each is laid on all others where they saw the same, whatever the design says.

A set-up that stands wrong among the others would show walls that were not built, or hide ones that were.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from twin.arrays import Flags, Floats, Longs, Matrix4
from twin.frames import move
from twin.phrases import phrase
from twin.registration.fit.fine import normal_matrix, solve, updated
from twin.registration.fit.quality import sandwich
from twin.registration.model import SetUp
from twin.registration.target import Target
from twin.survey.extent import rows_within
from twin.survey.model import Cloud
from twin.survey.surfaces import normals as estimate_normals
from twin.survey.thinning import thin_blocks

_SPACING_M = 0.15
_MOST = 3_000
"""Points of a set-up that are compared: a few surfaces in common decide, not their number."""
_BLOCK = 1_000_000
_MARGIN_M = 5.0
_REACH_M = 0.3
"""Neighbours farther apart are other things; set-ups that disagree by more are no survey."""
_PLANAR = 0.02
_PARALLEL = float(np.cos(np.radians(20.0)))
_KERNELS_M = (0.1, 0.05, 0.03, 0.02, 0.02)
_NOISES = 2.0
"""Smallest kernel over what parts the set-ups: below it, chance in the noise would decide."""
_NEAREST = 12
_AMID = 4
_BESIDE_M = 0.1
"""A point lies amid others where their middle is less than two thirds of the spacing away along the surface."""
_TAKEN_OUT = 20
"""A survey of which more set-ups stand off is judged no further."""
_FEWEST = 200
_CLEARING_M = 0.01
"""About what workmanship leaves between a surface and its approved place."""
_PATCH_M = 2.0
_FREE = 0.02
"""Least eigenvalue of the normals' moments: below it what two set-ups share leaves a direction free."""
_NOISE_SHARE = 1.0 / 3.0
"""Of the noise in what is shared, the least uncertainty of a shift: what set-ups have in common may be warped by it."""


def agreement(cloud: Cloud, design_from_survey: Matrix4, target: Target) -> tuple[SetUp, ...]:
    """How each set-up stands among the others, in the order of the survey; empty where there is only one.

    Parameters
    ----------
    cloud : Cloud
    design_from_survey : (4, 4) float
    target : Target
        What lies farther from its box than some metres is not asked.

    Notes
    -----
    Point to plane between thinned set-ups, robustly; a set-up that stands off is taken out before the rest are judged,
    the worst first, so that it accuses none of those that it was compared with. The approved surfaces clear a set-up,
    and accuse none: one that they explain better as it stands than where the others would have it shares with these
    only the far sides of its walls, as a room behind closed doors does.
    """
    count = len(cloud.scans)
    if count < 2:
        return ()
    seen = _Seen.of(*_thinned(cloud, design_from_survey, target.box), move(design_from_survey, cloud.stations))
    judged: dict[int, SetUp] = {}
    found: dict[int, _Stood] = {}
    while True:
        left = [one for one in range(count) if one not in judged]
        for one in left:
            if one not in found or not found[one].beside <= set(left):
                found[one] = _stood(cloud, seen, left, one, target)
        off = [one for one in left if not found[one].set_up.agrees]
        if not off or len(left) <= 2 or len(judged) >= _TAKEN_OUT:
            judged.update({one: found[one].set_up for one in left})
            return tuple(judged[one] for one in range(count))
        worst = max(off, key=lambda one: float(np.linalg.norm(found[one].set_up.shift_m or (0.0, 0.0, 0.0))))
        judged[worst] = found[worst].set_up


def disagreements(set_ups: tuple[SetUp, ...]) -> tuple[str, ...]:
    """A line for each set-up that is known to stand off."""
    return tuple(
        phrase(
            "set-up {name} stands {shift} mm (x, y, z) off the others, ± {within:.0f} mm: what it alone shows is off by"
            " as much",
            name=one.name,
            shift=", ".join(f"{1000.0 * value:.0f}" for value in one.shift_m),
            within=2000.0 * one.sigma_m,
        )
        for one in set_ups
        if one.shift_m is not None and not one.agrees
    )


@dataclass(frozen=True, eq=False)
class _Seen:
    """Planar points of all set-ups, design frame."""

    points: Floats
    normals: Floats
    oriented: Flags
    owner: Longs
    tree: cKDTree

    @staticmethod
    def of(points: Floats, owner: Longs, stations: Floats) -> _Seen:
        """Normals point to the station where it is known: the two faces of a partition are no pair."""
        normal, planar = np.zeros_like(points), np.zeros(len(points), dtype=np.bool_)
        for one in np.unique(owner):
            mine = np.flatnonzero(owner == one)
            from_here = stations[one][None] if np.isfinite(stations[one]).all() else None
            whose = None if from_here is None else np.zeros(len(mine), dtype=np.int16)
            surfaces = estimate_normals(points[mine], 3.0 * _SPACING_M, from_here, whose, workers=-1)
            flat = np.isfinite(surfaces.normals).all(axis=1) & (np.nan_to_num(surfaces.curvature, nan=1.0) < _PLANAR)
            normal[mine[flat]], planar[mine[flat]] = surfaces.normals[flat], True
        told: Flags = np.asarray(np.isfinite(stations[owner]).all(axis=1))
        return _Seen(points[planar], normal[planar], told[planar], owner[planar], cKDTree(points[planar]))


def _thinned(cloud: Cloud, pose: Matrix4, box: Floats) -> tuple[Floats, Longs]:
    """Points about the design, one for each cell and set-up, and the set-up of each.

    Cells are thinned for all set-ups in one pass by laying them side by side.
    """
    low, high = box[0] - _MARGIN_M, box[1] + _MARGIN_M
    about = rows_within(cloud.points, pose, np.array([low, high]))
    stride = float(np.ceil((high - low)[0] / _SPACING_M) + 2.0) * _SPACING_M
    chosen = about[thin_blocks(lambda: _side_by_side(cloud, pose, about, low, stride), _SPACING_M)]
    return move(pose, np.asarray(cloud.points[chosen], dtype=np.float64)), np.asarray(cloud.scan[chosen], np.int64)


def _side_by_side(cloud: Cloud, pose: Matrix4, rows: Longs, low: Floats, stride_m: float) -> Iterator[Floats]:
    """The points of some rows, those of each set-up moved on by one stride."""
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        points = move(pose, np.asarray(cloud.points[part], dtype=np.float64)) - low
        points[:, 0] += stride_m * cloud.scan[part]
        yield points


@dataclass(frozen=True)
class _Stood:
    """How a set-up stands, and which others had a say in it."""

    set_up: SetUp
    beside: frozenset[int]


def _stood(cloud: Cloud, seen: _Seen, left: list[int], one: int, target: Target) -> _Stood:
    """One set-up against the others that are left."""
    mine = np.flatnonzero(seen.owner == one)
    nothing = SetUp(cloud.scans[one].name, len(mine), 0, float("nan"), None, float("nan"))
    if len(mine) < _FEWEST:
        return _Stood(nothing, frozenset())
    asked = mine[:: max(1, len(mine) // _MOST)]
    rounds = list(_rounds(seen, left, one, asked))
    beside = frozenset[int]().union(*(each.pairs.beside for each in rounds))
    if len(rounds[-1].pairs.residual) < _FEWEST:
        return _Stood(nothing, beside)
    judged = _judged(nothing, rounds[0].pairs, rounds[-1])
    if not judged.agrees and _is_cleared(target, seen.points[asked], rounds[-1].change):
        judged = replace(judged, shift_m=None, sigma_m=float("nan"))
    return _Stood(judged, beside)


def _is_cleared(target: Target, points: Floats, change: Matrix4) -> bool:
    """Whether approved surfaces explain more of a set-up's points as they lie than after the change."""
    return _explained(target, points) >= _explained(target, move(change, points))


def _explained(target: Target, points: Floats) -> float:
    gap = np.linalg.norm(points - target.proximity.nearest(points).points, axis=1)
    return float(((_CLEARING_M**2 / (_CLEARING_M**2 + gap**2)) ** 2).sum())


def _judged(of: SetUp, first: _Pairs, last: _Round) -> SetUp:
    """The set-up with what its first and last comparison say."""
    pairs, weight, count = last.pairs, last.weight, len(last.pairs.residual)
    apart = _spread(first.residual)
    if float(np.linalg.eigvalsh(normal_matrix(pairs.normals, weight) / weight.sum())[0]) < _FREE:
        return replace(of, shared=count, residual_m=apart)
    off = -(move(last.change, last.centre[None])[0] - last.centre)
    sigma = max(pairs.sigma_m(last.centre, weight), _NOISE_SHARE * _spread(pairs.residual))
    shift = (float(off[0]), float(off[1]), float(off[2]))
    return replace(of, shared=count, residual_m=apart, shift_m=shift, sigma_m=sigma)


@dataclass(frozen=True, eq=False)
class _Round:
    """What a set-up shares with others, how much each pair weighs, and the movement to which that comes."""

    pairs: _Pairs
    weight: Floats
    change: Matrix4
    centre: Floats


def _rounds(seen: _Seen, left: list[int], one: int, mine: Longs) -> Iterator[_Round]:
    """Some points of a set-up laid on the others, ever more closely; ends where too few of them are shared."""
    points, normals, told = seen.points[mine], seen.normals[mine], seen.oriented[mine]
    centre = points.mean(axis=0)
    radius = max(float(np.linalg.norm(np.ptp(points, axis=0)[:2])) / 2.0, 1.0)
    change, pairs = np.eye(4), _paired(seen, left, one, points, normals, told, _REACH_M)
    yield _Round(pairs, np.ones(len(pairs.residual)), change, centre)
    for least in _KERNELS_M:
        if len(pairs.residual) < _FEWEST:
            return
        kernel = max(least, _NOISES * _spread(pairs.residual))
        pairs = _paired(seen, left, one, move(change, points), normals, told, min(_REACH_M, 3.0 * kernel))
        weight = (kernel**2 / (kernel**2 + pairs.residual**2)) ** 2
        if len(pairs.residual) >= _FEWEST:
            change = updated(change, solve(pairs.rows(centre), weight, pairs.residual, radius), centre)
        yield _Round(pairs, weight, change, centre)


def _spread(residual: Floats) -> float:
    """Standard deviation by the median."""
    return 1.4826 * float(np.median(np.abs(residual)))


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Points of a set-up amid those of others, their distance along the normal of these, and who the others are."""

    points: Floats
    normals: Floats
    residual: Floats
    beside: frozenset[int]

    def rows(self, centre: Floats) -> Floats:
        """(n, 6) change of each distance with translation and rotation about `centre`."""
        return np.hstack([self.normals, np.cross(self.points - centre, self.normals)])

    def sigma_m(self, centre: Floats, weight: Floats) -> float:
        """Standard uncertainty of the translation, the worst axis: sandwich estimate over cells of 2 m."""
        _, patch = np.unique(np.floor(self.points / _PATCH_M).astype(np.int64), axis=0, return_inverse=True)
        patch = patch.reshape(-1).astype(np.int64)
        covariance = sandwich(self.rows(centre), weight, self.residual, (patch, int(patch.max()) + 1))
        return float(np.sqrt(np.diag(covariance)[:3].max()))


def _paired(
    seen: _Seen, left: list[int], one: int, points: Floats, normals: Floats, told: Flags, reach_m: float
) -> _Pairs:
    """The points amid those of other set-ups on the same plane, and how far before that plane they lie.

    Amid: where the coverage of one ends and that of another begins, nothing is shared.
    """
    allowed = np.zeros(max(one, *left, 0) + 2, dtype=np.bool_)  # the last stands for no neighbour
    allowed[left] = True
    allowed[one] = False
    _, near = seen.tree.query(points, _NEAREST, distance_upper_bound=_REACH_M, workers=-1)
    near = np.minimum(near, len(seen.points) - 1) if len(seen.points) else near
    distance = np.linalg.norm(seen.points[near] - points[:, None], axis=2)
    cosine = np.einsum("nki,ni->nk", seen.normals[near], normals)
    signed = told[:, None] & seen.oriented[near]
    good = (distance < _REACH_M) & allowed[np.minimum(seen.owner[near], len(allowed) - 1)]
    good &= np.where(signed, cosine, np.abs(cosine)) > _PARALLEL
    count = good.sum(axis=1)
    share = good / np.maximum(count, 1)[:, None]
    middle = np.einsum("nk,nki->ni", share, seen.points[near])
    normal = np.einsum("nk,nki->ni", share * np.sign(cosine), seen.normals[near])
    normal /= np.maximum(np.linalg.norm(normal, axis=1), 1e-9)[:, None]
    gap = points - middle
    residual = np.einsum("ij,ij->i", gap, normal)
    beside = np.linalg.norm(gap - residual[:, None] * normal, axis=1)
    kept = (count >= _AMID) & (beside < _BESIDE_M) & (np.abs(residual) < reach_m)
    beside = frozenset(np.unique(seen.owner[near][good]).tolist())
    return _Pairs(points[kept], normal[kept], residual[kept], beside)
