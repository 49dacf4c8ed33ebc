"""The nearest of a few triangles for each of a few points, and which of several that are equally near."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from twin.deviation.band.triangles import measured

TIE_M = 1e-6
"""Triangles whose distances differ by less are equally near: the length within which the design welds corners."""
SQUARELY = 1e-3
"""Cosines that differ by less are the same: far above rounding, far below an angle between faces."""
LANES = 64
"""Points that are measured against a triangle at a time: eight times the widest register."""
_LEAST, _BOUND, _NEED, _LOWEST, _OVER = range(3, 8)
_AWAY = 2.0**40
"""Above every number of a triangle."""


@njit(nogil=True, error_model="numpy")
def answered(  # pragma: no cover - compiled
    x: Any,
    y: Any,
    z: Any,
    low: int,
    high: int,
    lists: Any,
    start: int,
    entries: int,
    frames: Any,
    band: float,
    tables: Any,
    block: Any,
    triangle: Any,
    over: Any,
) -> None:
    """Writes the triangle of each point of a run, -1 beyond the band, and its height over it.

    Of triangles that are equally near the one counts over which the point stands most squarely; of those the one
    that looks at the point; of those the one with the lowest number.

    Parameters
    ----------
    x, y, z : (n,) m
    low, high : int
        The run.
    lists : (l,) int32
    start, entries : int
        Where in it the triangles stand that may be nearest.
    frames : (t, 12)
        Of the `Hierarchy`.
    band : float, m
    tables : (2, at least entries, LANES)
    block : (8, LANES)
        Both to work in.
    triangle : (n,) int32
    over : (n,) m
        Signed; NaN where the foot of the point is not in the triangle, or may not be.
    """
    for first in range(low, high, LANES):
        count = min(high - first, LANES)
        for i in range(count):
            block[0, i], block[1, i], block[2, i] = x[first + i], y[first + i], z[first + i]
        for entry in range(entries):
            measured(frames, lists[start + entry], block, count, tables, entry)
        _chosen(tables, lists, start, entries, count, block)
        for i in range(count):
            number = block[_LOWEST, i] if block[_LOWEST, i] < _AWAY else block[_LOWEST, i] - _AWAY
            triangle[first + i] = int(number) if block[_LEAST, i] <= band * band else -1
            over[first + i] = block[_OVER, i]


@njit(nogil=True, error_model="numpy")
def _chosen(  # pragma: no cover - compiled
    tables: Any, lists: Any, start: int, entries: int, count: int, block: Any
) -> None:
    """Squared distance of each point, its triangle by the rule for those that are equally near, and its height there.

    Every loop over points is free of branches, so that a processor does several at a time.
    """
    for i in range(count):
        block[_LEAST, i] = np.inf
    for entry in range(entries):
        for i in range(count):
            block[_LEAST, i] = min(block[_LEAST, i], tables[0, entry, i])
    for i in range(count):
        distance = np.sqrt(block[_LEAST, i])
        block[_BOUND, i] = (distance + TIE_M) * (distance + TIE_M)
        block[_NEED, i], block[_LOWEST, i] = 0.0, np.inf
    near = np.empty(entries, dtype=np.int64)
    kept = _equally_near(tables, entries, count, block, near)
    for i in range(count):
        block[_NEED, i] -= max(SQUARELY * np.sqrt(block[_LEAST, i]), TIE_M)
    for row in range(kept):  # an index, as a slice would be counted among those who hold the array
        entry = near[row]
        number = float(lists[start + entry])
        for i in range(count):
            height = tables[1, entry, i]
            rank = number + _AWAY if height < -TIE_M else number
            rank = rank if abs(height) >= block[_NEED, i] else np.inf
            rank = rank if tables[0, entry, i] <= block[_BOUND, i] else np.inf
            inside = height if tables[0, entry, i] == height * height else np.nan
            block[_OVER, i] = inside if rank < block[_LOWEST, i] else block[_OVER, i]
            block[_LOWEST, i] = min(block[_LOWEST, i], rank)


@njit(nogil=True, error_model="numpy", inline="always")
def _equally_near(  # pragma: no cover - compiled
    tables: Any, entries: int, count: int, block: Any, near: Any
) -> int:
    """Which triangles lie within the bound of any point, as few do, and how squarely each point stands."""
    kept = 0
    for entry in range(entries):
        points = 0
        for i in range(count):
            points += 1 if tables[0, entry, i] <= block[_BOUND, i] else 0
        if points == 0:
            continue
        near[kept], kept = entry, kept + 1
        for i in range(count):
            height = abs(tables[1, entry, i]) if tables[0, entry, i] <= block[_BOUND, i] else 0.0
            block[_NEED, i] = max(block[_NEED, i], height)
    return kept
