"""The design's walls as fine lines in plan: leaves places where a survey lies on the wrong faces of its walls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from twin.arrays import Floats, Floats32, Longs, Matrix4
from twin.frames import translation
from twin.registration.features import Features

_CELL_M = 0.05
_MOST_CELLS = 400_000
_BINS = 8
"""Directions modulo 180 degrees; a wall enters its own and the nearer one beside it."""
_REACH_M = 0.5
"""Thickness of any wall, and what the raster of the plan leaves open."""
_BLUR_CELLS = 1.5
_UPRIGHT = 0.3
_POINTS = 4_000


@dataclass(frozen=True, eq=False)
class Lines:
    """How near a wall in some direction runs by a place.

    Attributes
    ----------
    table : (bins, x, y) float32
    low : (2,) m, design frame
        Corner of the first cell.
    cell_m : float
    height : (2,) m
        Of the lowest and the highest wall.
    """

    table: Floats32
    low: Floats
    cell_m: float
    height: Floats


def lines_of(places: Floats, normals: Floats) -> Lines:
    """The lines of a design.

    Parameters
    ----------
    places, normals : (n, 3) m, (n, 3) unit, design frame
        Samples of its surface, closer than the cells where that can be had.
    """
    from scipy.ndimage import gaussian_filter

    upright = np.abs(normals[:, 2]) < _UPRIGHT
    places, normals = places[upright], normals[upright]
    if len(places) == 0:
        return Lines(np.zeros((_BINS, 1, 1), dtype=np.float32), np.zeros(2), _CELL_M, np.zeros(2))
    low, high = places[:, :2].min(axis=0) - 2.0 * _REACH_M, places[:, :2].max(axis=0) + 2.0 * _REACH_M
    cell = max(_CELL_M, float(np.sqrt((high - low).prod() / _MOST_CELLS)))
    shape = np.ceil((high - low) / cell).astype(np.int64) + 1
    place = np.floor((places[:, :2] - low) / cell).astype(np.int64)
    own, beside = _bins(normals)
    table = np.zeros((_BINS, *shape), dtype=np.float32)
    table[own, place[:, 0], place[:, 1]] = 1.0
    table[beside, place[:, 0], place[:, 1]] = 1.0
    for k in range(_BINS):
        table[k] = gaussian_filter(table[k], _BLUR_CELLS, mode="constant")
    return Lines(table, low, cell, np.array([places[:, 2].min(), places[:, 2].max()]))


def settled(lines: Lines, features: Features, pose: Matrix4) -> Matrix4:
    """The pose shifted in plan, by half a metre at most, to where most walls of the survey run along the design's."""
    points, normals = features.placed(pose)
    reach = lines.cell_m * np.array(lines.table.shape[1:])
    inside = np.all((points[:, :2] > lines.low) & (points[:, :2] < lines.low + reach), axis=1)
    inside &= (points[:, 2] > lines.height[0]) & (points[:, 2] < lines.height[1])
    index = np.flatnonzero(inside & (np.abs(normals[:, 2]) < _UPRIGHT))
    index = index[:: max(1, len(index) // _POINTS)]
    if len(index) == 0:
        return pose
    place = np.floor((points[index, :2] - lines.low) / lines.cell_m).astype(np.int64)
    steps = int(np.ceil(_REACH_M / lines.cell_m))
    score = _scanned(lines.table, place, _bins(normals[index])[0], steps)
    best = np.array(np.unravel_index(int(score.argmax()), score.shape)) - steps
    moved: Matrix4 = translation(np.array([*(best * lines.cell_m), 0.0])) @ pose
    return moved


def _bins(normals: Floats) -> tuple[Longs, Longs]:
    """(n,) bin of each direction, and the nearer one beside it."""
    angle = (np.arctan2(normals[:, 1], normals[:, 0]) % np.pi) / np.pi * _BINS
    own = np.floor(angle).astype(np.int64) % _BINS
    beside = np.where(angle % 1.0 < 0.5, own - 1, own + 1) % _BINS
    return own, beside


@njit(cache=True)  # type: ignore[untyped-decorator]
def _scanned(table: Floats32, place: Longs, direction: Longs, steps: int) -> Floats:
    """(2 s + 1, 2 s + 1) sum over the points at each shift by whole cells."""
    wide, deep = table.shape[1], table.shape[2]
    score = np.zeros((2 * steps + 1, 2 * steps + 1))
    for n in range(len(place)):
        for i in range(-steps, steps + 1):
            x = place[n, 0] + i
            if x < 0 or x >= wide:
                continue
            for j in range(-steps, steps + 1):
                y = place[n, 1] + j
                if 0 <= y < deep:
                    score[i + steps, j + steps] += table[direction[n], x, y]
    return score
