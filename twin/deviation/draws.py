"""One point for each of many cells, drawn by lot: in one pass, in any order, from any parts, the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from twin.arrays import Floats, Longs
from twin.deviation.band.band import Ordered

_ALIKE = 2
"""How many times as long as the last run the one before it may be, to be merged with it."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_BITS, _MIDDLE = 21, 1 << 20
_SEATS = 1 << 13
"""Cells that are kept at hand while points stream by: two lines of a scan cross about so many."""
KEY, LOT, ROW = range(3)
"""Columns of a drawing: the cell, the lot of the point that was drawn, and its row in the cloud; cells ascend."""


class Draws:
    """For each cell the point with the lowest lot; of equal lots the lowest row.

    A lot is made of nothing but the point's coordinates. It favours no point for its place in the cell, so that what
    is drawn is as far off the surface as points are on average, and another order of the points draws the same.

    Notes
    -----
    Runs in the order of their cells, of which two are merged when they are about as long: memory is walked from end to
    end, where a table of cells would be entered at a new place for each. So every drawing is merged about as often as
    the number of parts can be halved (the logarithmic method of Bentley and Saxe 1980).
    """

    def __init__(self) -> None:
        self._runs: list[Longs] = []

    def add(self, drawn: Longs) -> None:
        """Adds what was drawn from a part: (m, 3) int64, in the columns `KEY`, `LOT` and `ROW`, cells ascending."""
        self._runs.append(drawn)
        while len(self._runs) > 1 and len(self._runs[-2]) <= _ALIKE * len(self._runs[-1]):
            self._merge()

    def rows(self) -> Longs:
        """(c,) int64, ascending: the rows that were drawn."""
        while len(self._runs) > 1:
            self._merge()
        return np.sort(self._runs[0][:, ROW]) if self._runs else np.zeros(0, dtype=np.int64)

    def _merge(self) -> None:
        last = self._runs.pop()
        self._runs.append(_merged(self._runs.pop(), last))


@dataclass(frozen=True, slots=True)
class Cells:
    """Cubes in which ends of rays are drawn, and the box that rays must meet.

    Attributes
    ----------
    edge_m : float
        Of the cubes, which count from `low`.
    low, high : (3,) m, design frame
    """

    edge_m: float
    low: Floats
    high: Floats


def drawn_near(points: Ordered, rank: int, first_row: int) -> Longs:
    """What is drawn from the points of a block that have a triangle, one for each cell 2^rank smallest cells wide."""
    drawn: Longs = _drawn_in_order(points.keys, points.x, points.y, points.z, points.triangle, points.rows, rank)
    drawn[:, ROW] += first_row
    return drawn


def drawn_ends(points_survey: Floats, design_from_survey: Floats, station: Floats, cells: Cells) -> Longs:
    """What is drawn from the rays of one station that may meet the box, by the cells in which they end.

    Parameters
    ----------
    points_survey : (n, 3) m, survey frame
    design_from_survey : (4, 4) float
    station : (3,) m, design frame
    cells : Cells

    Returns
    -------
    (m, 3) int64
        Cells ascending, each once.
    """
    pose = np.array(design_from_survey[:3], dtype=np.float64)
    drawn: Longs = _drawn_ends(points_survey, pose, station, cells.edge_m, cells.low, cells.high)
    once: Longs = _once(drawn, np.argsort(drawn[:, KEY]))
    return once


def lots(points: Floats) -> Longs:
    """(n,) int64, evenly spread over the numbers that are not negative: the lot of each of (n, 3) points."""
    drawn: Longs = _lots(np.ascontiguousarray(points, dtype=np.float64).view(np.uint64))
    return drawn


@njit(cache=True, nogil=True)
def _lots(bits: Any) -> Any:  # pragma: no cover - compiled
    drawn = np.empty(len(bits), dtype=np.int64)
    for row in range(len(bits)):
        drawn[row] = _lot(bits[row])
    return drawn


@njit(nogil=True, inline="always")
def _lot(bits: Any) -> Any:  # pragma: no cover - compiled
    """Lot of the point whose coordinates have these bits: evenly spread, and never negative."""
    mixed = np.uint64(0)
    for axis in range(3):
        mixed = (mixed ^ bits[axis]) * _MIX
        mixed ^= mixed >> np.uint64(29)
    return np.int64(mixed >> np.uint64(1))


@njit(cache=True, nogil=True)
def _drawn_in_order(  # pragma: no cover - compiled
    keys: Any, x: Any, y: Any, z: Any, triangle: Any, rows: Any, rank: int
) -> Any:
    drawn = np.empty((len(keys), 3), dtype=np.int64)
    place = np.empty(3)
    bits = place.view(np.uint64)
    count, shift = 0, np.uint64(3 * rank)
    for i in range(len(keys)):
        if triangle[i] < 0:
            continue
        key = np.int64(keys[i] >> shift)
        place[0], place[1], place[2] = x[i], y[i], z[i]
        lot, row = _lot(bits), np.int64(rows[i])
        if count == 0 or drawn[count - 1, 0] != key:
            drawn[count, 0], drawn[count, 1], drawn[count, 2] = key, lot, row
            count += 1
        elif lot < drawn[count - 1, 1] or (lot == drawn[count - 1, 1] and row < drawn[count - 1, 2]):
            drawn[count - 1, 1], drawn[count - 1, 2] = lot, row
    return drawn[:count].copy()


@njit(cache=True, nogil=True, error_model="numpy")
def _drawn_ends(  # pragma: no cover - compiled
    points: Any, pose: Any, station: Any, edge: float, low: Any, high: Any
) -> Any:
    """Draws among points that follow each other within a fixed number of seats; a cell without one is passed on."""
    drawn, count = np.empty((len(points), 3), dtype=np.int64), 0
    seats = np.full((_SEATS, 3), -1, dtype=np.int64)
    place, middle = np.empty(3), np.empty(3)
    bits = place.view(np.uint64)
    from_low, to_high = low - edge, high + edge
    for row in range(len(points)):
        _moved(points, row, pose, place)
        key = _cell(place, low, edge, middle)
        seat = np.int64((np.uint64(key) * _MIX >> np.uint64(40)) % np.uint64(_SEATS))
        if key >= 0 and seats[seat, 0] == key:
            lot = _lot(bits)
            if lot < seats[seat, 1]:  # equal lots have the lower row already
                seats[seat, 1], seats[seat, 2] = lot, row
        elif key >= 0 and _meets(station, middle, from_low, to_high):  # asked of the cell: for all its points, or none
            if seats[seat, 0] >= 0:
                drawn[count] = seats[seat]
                count += 1
            seats[seat, 0], seats[seat, 1], seats[seat, 2] = key, _lot(bits), row
    taken = seats[seats[:, 0] >= 0]
    return np.concatenate((drawn[:count], taken))


@njit(nogil=True, inline="always")
def _moved(points: Any, row: int, pose: Any, place: Any) -> None:  # pragma: no cover - compiled
    a, b, c = points[row, 0], points[row, 1], points[row, 2]
    for axis in range(3):
        place[axis] = pose[axis, 0] * a + pose[axis, 1] * b + pose[axis, 2] * c + pose[axis, 3]


@njit(nogil=True, error_model="numpy")
def _cell(place: Any, low: Any, edge: float, middle: Any) -> Any:  # pragma: no cover - compiled
    """Key of the cell of a place, and its middle; -1 from a million cells away."""
    key, inside = np.int64(0), True
    for axis in range(3):
        cell = np.int64(np.floor((place[axis] - low[axis]) / edge)) + _MIDDLE
        middle[axis] = low[axis] + (cell - _MIDDLE + 0.5) * edge
        inside = bool(inside and 0 <= cell < 2 * _MIDDLE)
        key = key << np.int64(_BITS) | cell
    return key if inside else np.int64(-1)


@njit(nogil=True, error_model="numpy")
def _meets(start: Any, end: Any, low: Any, high: Any) -> bool:  # pragma: no cover - compiled
    """Whether the segment meets the box."""
    first, last = 0.0, 1.0
    for axis in range(3):
        way = end[axis] - start[axis]
        if abs(way) < 1e-12:
            if start[axis] < low[axis] or start[axis] > high[axis]:
                return False
        else:
            near, far = (low[axis] - start[axis]) / way, (high[axis] - start[axis]) / way
            first, last = max(first, min(near, far)), min(last, max(near, far))
    return first <= last


@njit(nogil=True, inline="always")
def _goes_before(one: Any, i: int, other: Any, j: int) -> bool:  # pragma: no cover - compiled
    """Whether row `i` of the one goes before row `j` of the other: by lot, then by row."""
    return bool(one[i, 1] < other[j, 1] or (one[i, 1] == other[j, 1] and one[i, 2] < other[j, 2]))


@njit(cache=True, nogil=True)
def _merged(one: Any, other: Any) -> Any:  # pragma: no cover - compiled
    """Both runs as one, with one row for each cell."""
    merged = np.empty((len(one) + len(other), 3), dtype=np.int64)
    i, j, count = 0, 0, 0
    while i < len(one) and j < len(other):
        if one[i, 0] < other[j, 0]:
            merged[count], i = one[i], i + 1
        elif one[i, 0] > other[j, 0]:
            merged[count], j = other[j], j + 1
        else:
            merged[count] = one[i] if _goes_before(one, i, other, j) else other[j]
            i, j = i + 1, j + 1
        count += 1
    for rest in range(i, len(one)):
        merged[count] = one[rest]
        count += 1
    for rest in range(j, len(other)):
        merged[count] = other[rest]
        count += 1
    return merged[:count]


@njit(cache=True, nogil=True)
def _once(drawn: Any, order: Any) -> Any:  # pragma: no cover - compiled
    """Rows in an order that brings equal cells together, one for each cell."""
    once, count = np.empty_like(drawn), 0
    for i in range(len(order)):
        row = order[i]
        if count == 0 or once[count - 1, 0] != drawn[row, 0]:
            once[count] = drawn[row]
            count += 1
        elif _goes_before(drawn, row, once, count - 1):
            once[count - 1] = drawn[row]
    return once[:count]
