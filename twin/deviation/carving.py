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


@njit(cache=True, nogil=True, error_model="numpy")
def _follow(starts: Any, ends: Any, low: Any, voxel: float, rays: Any) -> None:  # pragma: no cover - compiled
    start, way, length = np.empty(3), np.empty(3), 0.0
    for row in range(len(starts)):
        length = 0.0
        for axis in range(3):
            start[axis] = (starts[row, axis] - low[axis]) / voxel
            way[axis] = (ends[row, axis] - low[axis]) / voxel - start[axis]
            length += way[axis] * way[axis]
        length = np.sqrt(length)
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
        if not outside and first < last:
            _walk(start, way, first, last, rays)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _axis(
    start: float, way: float, first: float, size: int
) -> tuple[int, int, float, float]:  # pragma: no cover - compiled
    """Cell in which a ray begins along one axis, its step, and when it comes to the next border and to each after."""
    cell = min(max(int(np.floor(start + (first + 1e-9) * way)), 0), size - 1)
    if abs(way) <= 1e-12:
        return cell, -1, np.inf, np.inf
    ahead = cell + (1 if way > 0 else 0)
    return cell, 1 if way > 0 else -1, (ahead - start) / way, abs(1.0 / way)


@njit(cache=True, nogil=True, error_model="numpy")
def _walk(start: Any, way: Any, first: float, last: float, rays: Any) -> None:  # pragma: no cover - compiled
    i, step_i, border_i, stride_i = _axis(start[0], way[0], first, rays.shape[0])
    j, step_j, border_j, stride_j = _axis(start[1], way[1], first, rays.shape[1])
    k, step_k, border_k, stride_k = _axis(start[2], way[2], first, rays.shape[2])
    while 0 <= i < rays.shape[0] and 0 <= j < rays.shape[1] and 0 <= k < rays.shape[2]:
        count = rays[i, j, k]
        if count < 255:
            rays[i, j, k] = count + 1
        if min(border_i, border_j, border_k) >= last:
            return
        if border_i <= border_j and border_i <= border_k:
            i, border_i = i + step_i, border_i + stride_i
        elif border_j <= border_k:
            j, border_j = j + step_j, border_j + stride_j
        else:
            k, border_k = k + step_k, border_k + stride_k
