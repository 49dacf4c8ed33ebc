"""Height: decided by the lowest storeys, because what is built wrongly is carried upward.

A storey that is 0.30 m too high lifts all that stands on it; nothing that is built above moves what is below. So the
survey is cut into bands of height and each is asked by how much it would have to be lifted to fit. One lift for all
is preferred; where bands disagree beyond doubt, the lowest decide and what lies above is a deviation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Longs, Matrix4
from twin.frames import translation
from twin.registration.features import Features
from twin.registration.fit.support import CELL_M, CLEAR, cells, paired_z, vertical_curves
from twin.registration.target import Target

_BAND_M = 0.5
_STOREY_M = 2.0
"""Less than a storey says nothing about storeys: a crawl space or soil under a slab must not overrule the house."""
_ROOM_M = 1.0
"""Over a floor that was seen as such, less will do: sills and heads of windows may have moved with the ceiling."""
_SWITCH_CELLS = 4.0
_SWITCH_SHARE = 0.02
"""A change of lift between bands costs so many cells and this share of all support: chance must not buy one."""
_SLACK_CELLS = 1.0
"""Support that a change may lose where it is laid as high as it can be: less than one cell says nothing."""
_FLOOR_SHARE = 0.3
"""Of the design's box in plan: so much of a floor must be seen before it alone overrules what stands on it."""
_EDGE_STEPS = 8
"""Half kernels to either side."""
_EDGE_LEAST = 100
"""With fewer points at edges than this, the sills of one window would decide."""
_EDGE_GROUPS = 12
"""Left out in turn (jackknife) for the uncertainty."""
_CHANGES = 0.05
"""Points whose fit changes less than this say nothing about height: the middle of a wall."""


@dataclass(frozen=True, slots=True)
class Datum:
    """What the heights say.

    Attributes
    ----------
    lift_m : float
        By how much the survey is to be lifted.
    top_m : float
        Height in the design frame, after lifting, up to which the survey agrees with it; infinite where no change
        was found.
    step_m : float
        How much higher (positive) the survey stands above `top_m` than the design; 0 where no change was found.
    rivals_m : tuple of (lift, share)
        Other lifts of the whole that are supported nearly as well.
    """

    lift_m: float
    top_m: float
    step_m: float
    rivals_m: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """A lift in m by edges, its standard uncertainty and how many points had a say."""

    lift_m: float
    sigma_m: float
    points: int


def lowest_agreement(
    target: Target,
    features: Features,
    pose: Matrix4,
    reach_m: tuple[float, float],
    kernel_m: float,
    resting_m: float = 0.0,
) -> Datum:
    """The lift on which the lowest storeys agree.

    Parameters
    ----------
    features : Features
        Planar ones, thinned.
    reach_m : (float, float)
        Lowest and highest lift to try, in steps of one kernel.
    kernel_m : float
        How well a lift must fit.
    resting_m : float
        The lift that stays where no other explains the survey clearly better.
    """
    offsets: Floats = np.asarray(
        np.arange(round(reach_m[0] / kernel_m), round(reach_m[1] / kernel_m) + 1) * kernel_m, dtype=np.float64
    )
    group = cells(features, pose)
    curves = vertical_curves(target, features, group, pose, offsets, kernel_m)
    band = np.floor(group.height / _BAND_M).astype(np.int64)
    path, bands = _cheapest_path(curves, band)
    whole = int(curves.sum(axis=0).argmax())
    resting = int(np.abs(offsets - resting_m).argmin())
    rivals = _rivals(curves.sum(axis=0), offsets, whole)
    change = _first_change(path, curves, _Bands(band, bands, group.horizontal, _least_cells(target)), whole)
    if change is None and abs(whole - resting) > 1 and paired_z(curves[:, whole], curves[:, resting]) < CLEAR:
        return Datum(resting_m, np.inf, 0.0)
    if change is None:
        return Datum(float(offsets[whole]), np.inf, 0.0, rivals)
    stop, low, high = change
    top = float(bands[stop] * _BAND_M + offsets[low])
    return Datum(float(offsets[low]), top, float(offsets[low] - offsets[high]), rivals)


def _cheapest_path(curves: Floats, band: Longs) -> tuple[Longs, Longs]:
    """Lift (index) of each band that supports most, changes paid for; and the bands, ascending."""
    bands, index = np.unique(band, return_inverse=True)
    support = np.zeros((len(bands), curves.shape[1]))
    np.add.at(support, index.reshape(-1), curves)
    penalty = max(_SWITCH_CELLS, _SWITCH_SHARE * float(support.sum(axis=0).max()))
    best = support[0]
    came: list[Longs] = []
    for row in support[1:]:
        jump = int(best.argmax())
        stay = best >= best[jump] - penalty
        came.append(np.where(stay, np.arange(len(best)), jump))
        best = row + np.where(stay, best, best[jump] - penalty)
    path = [int(best.argmax())]
    for step in reversed(came):
        path.append(int(step[path[-1]]))
    return np.array(path[::-1], dtype=np.int64), bands


@dataclass(frozen=True, eq=False)
class _Bands:
    """The band of each cell, (c,), all bands, ascending, which cells are level, and how many of these make a floor."""

    of_cell: Longs
    all: Longs
    level: Flags
    least_cells: float


def _first_change(path: Longs, curves: Floats, bands: _Bands, whole: int) -> tuple[int, int, int] | None:
    """Index of the first band that differs from those below, where that explains the survey clearly better, and the
    lifts (index) below and above.
    """
    changes = np.flatnonzero(np.diff(path))
    lowest = int(np.flatnonzero(_supported(curves, bands.of_cell, bands.all))[0]) if len(changes) else 0
    for last in changes:
        low, high, stop = int(path[last]), int(path[last + 1]), int(last) + 1
        if not _is_storey(bands, lowest, stop):
            stop = _latest(path, curves, bands, stop)
            if not _is_storey(bands, lowest, stop, _ROOM_M) or not _is_floor(curves, bands, stop, low, high):
                continue
        under = bands.of_cell < bands.all[stop]
        below = paired_z(curves[under, low], curves[under, high])
        above = paired_z(curves[~under, high], curves[~under, low])
        if below > CLEAR and (above > CLEAR or low != whole):
            return stop, low, high
    return None


def _is_storey(bands: _Bands, lowest: int, stop: int, least_m: float = _STOREY_M) -> bool:
    return bool((bands.all[stop - 1] + 1 - bands.all[lowest]) * _BAND_M >= least_m)


def _latest(path: Longs, curves: Floats, bands: _Bands, stop: int) -> int:
    """The highest band at which a change may begin as well as at `stop`: between a floor and the next ceiling nothing
    level tells where, and walls fit at either lift.
    """
    low, high = path[stop - 1], path[stop]
    further = np.flatnonzero(path[stop:] != high)
    end = stop + int(further[0]) if len(further) else len(path) - 1
    gain = curves[:, high] - curves[:, low]
    cost = np.cumsum([gain[bands.of_cell == bands.all[k]].sum() for k in range(stop, end)])
    fits = np.flatnonzero(cost <= _SLACK_CELLS)
    return stop + int(fits[-1]) + 1 if len(fits) else stop


def _is_floor(curves: Floats, bands: _Bands, stop: int, low: int, high: int) -> bool:
    """Whether what lies below a change and fits only there is as wide as a floor: soil and terraces move no house."""
    under = bands.level & (bands.of_cell < bands.all[stop])
    return bool((curves[under, low] - curves[under, high]).sum() >= bands.least_cells)


def _least_cells(target: Target) -> float:
    """Level cells that make a floor of the design."""
    return float(_FLOOR_SHARE * np.prod(np.ptp(target.box[:, :2], axis=0)) / CELL_M**2)


def _supported(curves: Floats, band: Longs, bands: Longs) -> Flags:
    """(b,) whether a band fits the design at any lift, by more than a single cell."""
    best = np.array([curves[band == one].sum(axis=0).max() for one in bands])
    return np.asarray((best > 1.0) | (best == best.max()))


def _rivals(total: Floats, offsets: Floats, best: int) -> tuple[tuple[float, float], ...]:
    inner = np.flatnonzero((total[1:-1] >= total[:-2]) & (total[1:-1] > total[2:])) + 1
    others = [k for k in inner if abs(offsets[k] - offsets[best]) > 0.04 and total[k] > 0.9 * total[best]]
    return tuple((float(offsets[k]), float(total[k] / total[best])) for k in others)


def edge_level(target: Target, features: Features, pose: Matrix4, top_m: float, kernel_m: float) -> Level | None:
    """The lift at which most points lie on the design; None where hardly any point has a say.

    Sills, heads, tops and feet of walls decide it: a point that should lie on a wall falls into an opening as soon
    as the height is wrong. Needs no horizontal surface, so that it also serves surveys from the street.

    Parameters
    ----------
    features : Features
        Planar or not.
    top_m : float
        Points above take no part.
    kernel_m : float
        About the noise of the survey.
    """
    points, _ = features.placed(pose)
    points = points[points[:, 2] < top_m]
    offsets: Floats = np.arange(-_EDGE_STEPS, _EDGE_STEPS + 1).astype(np.float64) * (0.5 * kernel_m)
    ends = np.column_stack([_on_surface(target, points, dz, kernel_m) for dz in offsets[[0, _EDGE_STEPS, -1]]])
    changing = np.ptp(ends, axis=1) > _CHANGES
    if int(changing.sum()) < _EDGE_LEAST:
        return None
    points = points[changing]
    group = _groups(target, points)
    curves = np.zeros((_EDGE_GROUPS, len(offsets)))
    for k, dz in enumerate(offsets):
        value = _on_surface(target, points, float(dz), kernel_m)
        curves[:, k] = np.bincount(group, weights=value, minlength=_EDGE_GROUPS)
    curves = curves[np.bincount(group, minlength=_EDGE_GROUPS) > 0]
    total = curves.sum(axis=0)
    apart = np.array([_peak(total - curve, offsets) for curve in curves])
    spread = np.sqrt((len(curves) - 1) / len(curves) * ((apart - apart.mean()) ** 2).sum())
    return Level(_peak(total, offsets), float(max(spread, 0.1 * kernel_m)), int(changing.sum()))


def _on_surface(target: Target, points: Floats, lift_m: float, kernel_m: float) -> Floats:
    """(n,) 0..1: how near each point, lifted, comes to any surface."""
    moved = points + np.array([0.0, 0.0, lift_m])
    gap = moved - target.proximity.nearest(moved).points
    near: Floats = (1.0 / (1.0 + np.einsum("ij,ij->i", gap, gap) / kernel_m**2)) ** 2
    return near


def _groups(target: Target, points: Floats) -> Longs:
    """(n,) one of a dozen groups, made of whole elements, which are placed as a whole; of cells where there are few."""
    element = target.surface.element[target.proximity.nearest(points).triangle]
    known, group = np.unique(element, return_inverse=True)
    if len(known) >= _EDGE_GROUPS:
        return np.asarray(group.reshape(-1) % _EDGE_GROUPS, dtype=np.int64)
    place = np.floor(points / CELL_M).astype(np.int64)
    cell: Longs = np.abs(place @ np.array([7, 11, 13])) % _EDGE_GROUPS
    return cell


def _peak(curve: Floats, offsets: Floats) -> float:
    """Place of the highest value, by a parabola through it and its neighbours."""
    k = int(np.clip(curve.argmax(), 1, len(curve) - 2))
    left, middle, right = curve[k - 1], curve[k], curve[k + 1]
    bend = left - 2.0 * middle + right
    shift = 0.5 * (left - right) / bend if bend < 0.0 else 0.0
    return float(offsets[k] + np.clip(shift, -1.0, 1.0) * (offsets[1] - offsets[0]))


def lifted(pose: Matrix4, lift_m: float) -> Matrix4:
    """The pose with the survey lifted."""
    raised: Matrix4 = translation(np.array([0.0, 0.0, lift_m])) @ pose
    return raised
