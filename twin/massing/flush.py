"""Points in the plane of a wall's face."""

from __future__ import annotations

import numpy as np

from twin.arrays import Floats, Longs

FLUSH_M = 0.05
"""A surface that far before or behind a wall's face is its continuation: more than plaster, less than a reveal."""
_MOST_NUMBERS = 1 << 20


class Grid:
    """Points by the square metre of plan in which they lie."""

    def __init__(self, points: Floats) -> None:
        self._low = np.floor(points[:, :2].min(axis=0)) if len(points) else np.zeros(2)
        keys = self._keys(np.floor(points[:, :2] - self._low).astype(np.int64))
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]

    def about(self, corners: Floats) -> Longs:
        """Rows of the points in the metres that a box about some corners touches."""
        first = np.floor(corners[:, :2].min(axis=0) - self._low - FLUSH_M).astype(np.int64)
        last = np.floor(corners[:, :2].max(axis=0) - self._low + FLUSH_M).astype(np.int64)
        parts = [np.zeros(0, dtype=np.int64)]
        for x in range(int(first[0]), int(last[0]) + 1):
            ends = self._keys(np.array([[x, first[1]], [x, last[1] + 1]]))
            start, stop = np.searchsorted(self._sorted, ends)
            parts.append(self._order[start:stop])
        return np.concatenate(parts)

    def _keys(self, cells: Longs) -> Longs:
        return np.asarray(cells[:, 0] * _MOST_NUMBERS + cells[:, 1])
