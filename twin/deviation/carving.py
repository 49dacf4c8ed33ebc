"""Where rays passed: a cell that a ray crossed on its way to what it hit is empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from twin.arrays import Bytes, Floats

MOST_CELLS = 400_000_000
"""A byte each: a block of 300 by 300 by 35 m in cells of 0.2 m."""
_ENDED = 255
"""Count of a cell in which a ray ended, whatever crossed it."""


@dataclass(frozen=True, eq=False)
class Passage:
    """Rays that crossed each cell of a box about the design, at most 254 of them counted.

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


class Carving:
    """Follows rays, in any order, and notes which cells they crossed.

    Parameters
    ----------
    box : (2, 3) m, design frame
        Only cells inside are kept.
    voxel_m : float
        Grows where the box would need too many cells.
    most_cells : int
        A byte each.

    Notes
    -----
    Cell traversal after Amanatides and Woo (1987).
    """

    def __init__(self, box: Floats, voxel_m: float, most_cells: int = MOST_CELLS) -> None:
        size = box[1] - box[0]
        self._low = box[0].copy()
        self._voxel_m = max(voxel_m, float(np.cbrt(np.prod(size) / most_cells)))
        shape = np.maximum(np.ceil(size / self._voxel_m).astype(np.int64), 1)
        self._rays = np.zeros(tuple(shape), dtype=np.uint8)

    def follow(self, station: Floats, ends: Floats) -> None:
        """Follows the rays of one station, (3,) m, to one cell before their ends, (n, 3) m, design frame."""
        _follow(station, ends, self._low, self._voxel_m, self._rays)

    def passage(self) -> Passage:
        """What the rays crossed; cells in which any of them ended are not empty."""
        _emptied(self._rays.reshape(-1))
        return Passage(self._low, self._voxel_m, self._rays)


@njit(cache=True, nogil=True)
def _emptied(rays: Any) -> None:  # pragma: no cover - compiled
    for cell in range(len(rays)):
        rays[cell] = 0 if rays[cell] == _ENDED else rays[cell]


@njit(cache=True, nogil=True, error_model="numpy")
def _follow(station: Any, ends: Any, low: Any, voxel: float, rays: Any) -> None:  # pragma: no cover - compiled
    start, way, cell = np.empty(3), np.empty(3), np.empty(3, dtype=np.int64)
    for row in range(len(ends)):
        length, within = 0.0, True
        for axis in range(3):
            start[axis] = (station[axis] - low[axis]) / voxel
            end = (ends[row, axis] - low[axis]) / voxel
            way[axis] = end - start[axis]
            length += way[axis] * way[axis]
            within = within and 0.0 <= end < rays.shape[axis]
            cell[axis] = np.int64(end)
        if within:
            rays[cell[0], cell[1], cell[2]] = _ENDED
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
        if count < _ENDED - 1:
            rays[i, j, k] = count + 1
        if min(border_i, border_j, border_k) >= last:
            return
        if border_i <= border_j and border_i <= border_k:
            i, border_i = i + step_i, border_i + stride_i
        elif border_j <= border_k:
            j, border_j = j + step_j, border_j + stride_j
        else:
            k, border_k = k + step_k, border_k + stride_k
