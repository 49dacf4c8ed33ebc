"""One point for each of many cells, drawn by lot: in one pass, in any order, from any parts, the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from twin.arrays import Floats, Longs
from twin.deviation.band.band import Ordered

_FREE = np.int64(-1)
_FIRST_SLOTS = 1 << 12
_FILLED = 0.6
_MIX = np.uint64(0x9E3779B97F4A7C15)
_BITS, _MIDDLE = 21, 1 << 20
_SEATS = 1 << 13
"""Cells that are kept at hand while points stream by: two lines of a scan cross about so many."""
KEY, LOT, ROW = range(3)
"""Columns of a drawing: the cell, the lot of the point that was drawn, and its row in the cloud."""


class Draws:
    """For each cell the point with the lowest lot; of equal lots the lowest row.

    A lot is made of nothing but the point's coordinates. It favours no point for its place in the cell, so that what
    is drawn is as far off the surface as points are on average, and another order of the points draws the same.
    """

    def __init__(self) -> None:
        self._table, self._used = _empty(_FIRST_SLOTS), np.zeros(1, dtype=np.int64)

    def add(self, drawn: Longs) -> None:
        """Adds what was drawn from a part, (m, 3) int64, in the columns `KEY`, `LOT` and `ROW`."""
        self._table = _added(self._table, self._used, drawn)

    def rows(self) -> Longs:
        """(c,) int64, ascending: the rows that were drawn."""
        table = self._table
        return np.sort(table[table[:, KEY] != _FREE, ROW])


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
        A cell may occur more than once.
    """
    pose = np.array(design_from_survey[:3], dtype=np.float64)
    drawn: Longs = _drawn_ends(points_survey, pose, station, cells.edge_m, cells.low, cells.high)
    return drawn


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


@njit(cache=True, nogil=True)
def _empty(slots: int) -> Any:  # pragma: no cover - compiled
    table = np.zeros((slots, 3), dtype=np.int64)
    table[:, KEY] = _FREE
    return table


@njit(nogil=True, inline="always")
def _slot(key: Any, table: Any) -> int:  # pragma: no cover - compiled
    """Where a cell is, or the free row where it belongs; eight that follow each other lie side by side."""
    mask = np.uint64(len(table) - 1)
    mixed = (np.uint64(key) >> np.uint64(3)) * _MIX
    at = ((mixed ^ (mixed >> np.uint64(32))) << np.uint64(3) | np.uint64(key) & np.uint64(7)) & mask
    while table[at, KEY] != _FREE and table[at, KEY] != key:
        at = (at + np.uint64(1)) & mask
    return int(at)


@njit(cache=True, nogil=True)
def _added(table: Any, used: Any, drawn: Any) -> Any:  # pragma: no cover - compiled
    for i in range(len(drawn)):
        if used[0] >= _FILLED * len(table):
            larger = np.zeros((2 * len(table), 3), dtype=np.int64)
            larger[:, KEY] = _FREE
            for row in range(len(table)):
                if table[row, KEY] != _FREE:
                    larger[_slot(table[row, KEY], larger)] = table[row]
            table = larger
        at = _slot(drawn[i, KEY], table)
        if table[at, KEY] == _FREE:
            table[at] = drawn[i]
            used[0] += 1
        elif drawn[i, LOT] < table[at, LOT] or (drawn[i, LOT] == table[at, LOT] and drawn[i, ROW] < table[at, ROW]):
            table[at, LOT], table[at, ROW] = drawn[i, LOT], drawn[i, ROW]
    return table
