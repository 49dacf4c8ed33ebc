"""Compiled: the box of many points, in one round and without a copy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from twin.arrays import Floats


def extent(points: Floats) -> Floats:
    """(2, 3): lowest and highest coordinates of (n, 3) points; NaN along an axis on which one is NaN.

    Of no points the box is inside out: plus and minus infinity.
    """
    box: Floats = _extent(points)
    return box


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
