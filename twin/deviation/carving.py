"""Where rays passed: a cell that a ray crossed on its way to what it hit is empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from twin.arrays import Bytes, Floats, Longs

_MOST_CELLS = 400_000_000


@dataclass(frozen=True, eq=False)
class Passage:
    """Rays that crossed each cell of a box about the design, at most 255 of them counted.

    Attributes
    ----------
    low : (3,) m, design frame
        Corner of the first cell.
    voxel_m : float
    rays : (x, y, z) uint8
    """

    low: Floats
    voxel_m: float
    rays: Bytes

    def crossed(self, points_design: Floats) -> Bytes:
        """(n,) uint8: rays that crossed the cell of each (n, 3) m point; 0 outside the box."""
        cell = np.floor((points_design - self.low) / self.voxel_m).astype(np.int64)
        inside = np.asarray(((cell >= 0) & (cell < np.array(self.rays.shape))).all(axis=1))
        answer = np.zeros(len(points_design), dtype=np.uint8)
        answer[inside] = self.rays[tuple(cell[inside].T)]
        return answer


def carve(stations: Floats, ends: Floats, scan: Longs, box: Floats, voxel_m: float) -> Passage:
    """Follow every ray from its station to one cell before its end; cells in which any ray ended are not empty.

    Parameters
    ----------
    stations : (s, 3) m, design frame
        NaN where unknown; rays of such scans are left out.
    ends : (n, 3) m, design frame
        Where each ray ended.
    scan : (n,) int
        Index into `stations`.
    box : (2, 3) m, design frame
        Only cells inside are kept.
    voxel_m : float
        Grows where the box would need too many cells.

    Notes
    -----
    Cell traversal after Amanatides and Woo (1987).
    """
    size = box[1] - box[0]
    voxel = max(voxel_m, float(np.cbrt(np.prod(size) / _MOST_CELLS)))
    shape = np.maximum(np.ceil(size / voxel).astype(np.int64), 1)
    rays = np.zeros(tuple(shape), dtype=np.uint8)
    known = np.asarray(np.isfinite(stations).all(axis=1))[scan]
    if known.any():
        _follow(stations[scan[known]], ends[known], box[0], voxel, rays)
    cell = np.floor((ends - box[0]) / voxel).astype(np.int64)
    cell = cell[np.asarray(((cell >= 0) & (cell < shape)).all(axis=1))]
    rays[tuple(cell.T)] = 0
    return Passage(box[0].copy(), voxel, rays)


@njit(cache=True)
def _follow(starts: Any, ends: Any, low: Any, voxel: float, rays: Any) -> None:  # pragma: no cover - compiled
    for row in range(len(starts)):
        start = (starts[row] - low) / voxel
        end = (ends[row] - low) / voxel
        way = end - start
        length = np.sqrt((way * way).sum())
        if length < 2.0:
            continue
        last = 1.0 - 1.5 / length  # the cell of the hit and its neighbour stay untouched
        first = 0.0
        outside = False
        for axis in range(3):
            if abs(way[axis]) < 1e-12:
                outside = outside or start[axis] < 0.0 or start[axis] >= rays.shape[axis]
            else:
                near = -start[axis] / way[axis]
                far = (rays.shape[axis] - start[axis]) / way[axis]
                first = max(first, min(near, far))
                last = min(last, max(near, far))
        if outside or first >= last:
            continue
        _walk(start, way, first, last, rays)


@njit(cache=True)
def _walk(start: Any, way: Any, first: float, last: float, rays: Any) -> None:  # pragma: no cover - compiled
    cell = np.empty(3, dtype=np.int64)
    step = np.empty(3, dtype=np.int64)
    border = np.empty(3)
    stride = np.empty(3)
    for axis in range(3):
        place = start[axis] + (first + 1e-9) * way[axis]
        cell[axis] = min(max(int(np.floor(place)), 0), rays.shape[axis] - 1)
        step[axis] = 1 if way[axis] > 0 else -1
        ahead = cell[axis] + (1 if way[axis] > 0 else 0)
        border[axis] = (ahead - start[axis]) / way[axis] if abs(way[axis]) > 1e-12 else np.inf
        stride[axis] = abs(1.0 / way[axis]) if abs(way[axis]) > 1e-12 else np.inf
    while True:
        count = rays[cell[0], cell[1], cell[2]]
        if count < 255:
            rays[cell[0], cell[1], cell[2]] = count + 1
        axis = int(np.argmin(border))
        if border[axis] >= last:
            return
        cell[axis] += step[axis]
        if cell[axis] < 0 or cell[axis] >= rays.shape[axis]:
            return
        border[axis] += stride[axis]
