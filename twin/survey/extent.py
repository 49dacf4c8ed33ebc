"""Compiled: the box of many points, and which of them lie in a box, in one round and without a copy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from twin.arrays import Floats, Longs, Matrix4


def extent(points: Floats) -> Floats:
    """(2, 3): lowest and highest coordinates of (n, 3) points; NaN along an axis on which one is NaN.

    Of no points the box is inside out: plus and minus infinity.
    """
    box: Floats = _extent(points)
    return box


def rows_within(points_source: Floats, target_from_source: Matrix4, box: Floats) -> Longs:
    """(m,) int64, ascending: rows of the points, (n, 3) m, that lie in a box, (2, 3) m, of the target frame."""
    rows: Longs = _rows_within(points_source, np.array(target_from_source[:3], dtype=np.float64), box)
    return rows


@njit(cache=True, nogil=True)
def _rows_within(points: Any, pose: Any, box: Any) -> Any:  # pragma: no cover - compiled
    rows, count = np.empty(len(points), dtype=np.int64), 0
    for row in range(len(points)):
        a, b, c = points[row, 0], points[row, 1], points[row, 2]
        inside = True
        for axis in range(3):
            place = pose[axis, 0] * a + pose[axis, 1] * b + pose[axis, 2] * c + pose[axis, 3]
            inside = inside and box[0, axis] <= place <= box[1, axis]
        if inside:
            rows[count] = row
            count += 1
    return rows[:count].copy()


@njit(cache=True, nogil=True)
def _extent(points: Any) -> Any:  # pragma: no cover - compiled
    box = np.empty((2, 3))
    for axis in range(3):
        box[0, axis], box[1, axis] = np.inf, -np.inf
    for row in range(len(points)):
        for axis in range(3):
            value = points[row, axis]
            box[0, axis] = min(box[0, axis], value)
            box[1, axis] = max(box[1, axis], value)
            if np.isnan(value):
                box[0, axis], box[1, axis] = value, value
    return box
