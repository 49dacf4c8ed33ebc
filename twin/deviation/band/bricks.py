"""Bricks of space with the triangles that may be nearest to a point in them, halved only where many points fall."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from twin.deviation.band.hierarchy import room_for_triangles, within
from twin.deviation.band.nearest import LANES, answered
from twin.deviation.band.places import BRICK_RANK, MOST_RANKS, gathered
from twin.deviation.band.sources import STAMP
from twin.deviation.band.triangles import measured

CHILD, START, COUNT, SEEN = range(4)
"""Columns of a cell: first of its eight halves (0 where it was not halved), where its list starts and how long it is
(-1 where it was not made yet, -2 where it would be too long), and how many points fell into it so far."""
_TOO_LONG = -2
_MOST = 512
"""Entries of a list from the hierarchy. A cell with more has none and only leads on, but for the smallest: fine meshes
would fill memory with lists that nobody measures against."""
_FEW_POINTS = 64
"""Points of such a cell, over all that fell into it so far, up to which each asks the hierarchy for itself."""
_SLACK_M = 4e-6
"""Lists keep what is farther than the bound by this: more than a tie and all rounding together."""
_FEWEST = 4
"""A list as short as this is not worth halving."""
_WORTH_WALKING = 1024
"""Points times triangles of a cell from which it costs more to measure them all than to walk on to its halves."""
_WORTH_MAKING = 2048
"""The same from which it pays to make the lists of the halves, over all points that fell into the cell so far."""


@njit(cache=True, nogil=True, error_model="numpy")
def descended(  # pragma: no cover - compiled
    points: Any, tree: Any, cubes: Any, ranks: int, band: float, known: Any, answers: Any, stamp: int = STAMP
) -> tuple[Any, Any]:
    """Nearest triangle of each of the points of one worker, by walking down the cells in which they fall.

    Parameters
    ----------
    points : tuple of keys, (n,) uint64, ascending, and x, y, z, (n,) m
    tree : tuple of frames, number, boxes
        Of the `Hierarchy`.
    cubes : tuple of float, m
        Corner from which the smallest cells count, x, y, z, and their edge.
    ranks : int
        Halvings from the whole to the smallest cells.
    band : float, m
    known : tuple of cells, (c, 4) int32, lists, (l,) int32, and used, (2,) int64
        What the worker made before, and how many cells and entries of lists are in use. Cell 0 is the whole; cells
        above bricks have no lists and only lead on.
    answers : tuple of triangle, (n,) int32, and over, (n,) m
        Receive what `answered` writes.
    stamp : int
        Left out by the caller.

    Returns
    -------
    cells, lists
        The same arrays, or larger ones.
    """
    keys, x, y, z = points
    cells, lists, used = known
    triangle, over = answers
    frames = tree[0]
    stack = np.zeros((8 * MOST_RANKS + 8, 4), dtype=np.int64)
    stack[0, 1], stack[0, 3] = ranks, len(keys)
    tables, block = np.zeros((2, 64, LANES)), np.zeros((8, LANES))
    top = 1
    while top > 0:
        top -= 1
        node, rank, low, high = stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3]
        cells[node, SEEN] = min(cells[node, SEEN] + high - low, 1 << 30)
        if rank <= BRICK_RANK and not _is_halved(cells, node, rank, high - low):
            start, entries = int(cells[node, START]), int(cells[node, COUNT])
            if tables.shape[1] < entries:
                tables = np.zeros((2, 2 * entries, LANES))
            answered(x, y, z, low, high, lists, start, entries, frames, band, tables, block, triangle, over)
            continue
        if cells[node, COUNT] == _TOO_LONG and cells[node, SEEN] < _FEW_POINTS:
            tables = _asked(x, y, z, low, high, tree, band, tables, block, triangle, over)
            continue
        if cells[node, CHILD] == 0:
            cells = _with_halves(cells, node, used)
        first = top
        top, wanted = _divided(keys, cells, stack, top, cells[node, CHILD], rank, low, high)
        if not wanted or rank > BRICK_RANK + 1:
            continue
        if rank == BRICK_RANK + 1 or cells[node, COUNT] == _TOO_LONG:
            lists = _gathered(keys, cells, stack[first:top], cubes, tree, band, lists, used)
        else:
            lists, tables = _halved(
                keys, cells, node, stack[first:top], cubes, frames, band, lists, used, tables, block
            )
    return cells, lists


@njit(nogil=True, error_model="numpy")
def _asked(  # pragma: no cover - compiled
    x: Any,
    y: Any,
    z: Any,
    low: int,
    high: int,
    tree: Any,
    band: float,
    tables: Any,
    block: Any,
    triangle: Any,
    over: Any,
) -> Any:
    """Answers a few points one by one, from the hierarchy."""
    found, squares = room_for_triangles(len(tree[1]))
    for row in range(low, high):
        place = (x[row], y[row], z[row])
        count = within(tree[0], tree[1], tree[2], place, band + _SLACK_M, _SLACK_M, len(tree[1]), found, squares)
        if tables.shape[1] < count:
            tables = np.zeros((2, 2 * count, LANES))
        answered(x, y, z, row, row + 1, found, 0, count, tree[0], band, tables, block, triangle, over)
    return tables


@njit(nogil=True, inline="always")
def _is_halved(cells: Any, node: int, rank: int, points: int) -> bool:  # pragma: no cover - compiled
    """Whether to walk on. No answer depends on it: every list holds all that may be nearest."""
    entries = np.int64(cells[node, COUNT])
    if entries == _TOO_LONG:
        return True
    if rank == 0 or entries <= _FEWEST or points * entries < _WORTH_WALKING:
        return False
    return bool(cells[node, CHILD] > 0 or cells[node, SEEN] * entries >= _WORTH_MAKING)


@njit(nogil=True)
def _with_halves(cells: Any, node: int, used: Any) -> Any:  # pragma: no cover - compiled
    """The cells with eight more, the halves of one."""
    if used[0] + 8 > len(cells):
        cells = np.concatenate((cells, np.zeros_like(cells)))
    cells[node, CHILD] = used[0]
    cells[used[0] : used[0] + 8, COUNT] = -1
    used[0] += 8
    return cells


@njit(nogil=True)
def _with_room(lists: Any, used: Any, count: int) -> Any:  # pragma: no cover - compiled
    while used[1] + count > len(lists):
        lists = np.concatenate((lists, np.zeros_like(lists)))
    return lists


@njit(nogil=True)
def _divided(  # pragma: no cover - compiled
    keys: Any, cells: Any, stack: Any, top: int, child: int, rank: int, low: int, high: int
) -> tuple[int, bool]:
    """Puts each half in which points fall on the stack, with its run of points.

    Returns
    -------
    top : int
        Of the stack.
    wanted : bool
        Whether one of them has no list yet.
    """
    wanted = False
    shift = np.uint64(3 * (rank - 1))
    while low < high:
        digit = keys[low] >> shift
        one, other = low, high
        while one + 1 < other:
            middle = (one + other) // 2
            if keys[middle] >> shift == digit:
                one = middle
            else:
                other = middle
        stack[top, 0], stack[top, 1] = child + int(digit & np.uint64(7)), rank - 1
        stack[top, 2], stack[top, 3] = low, other
        wanted = wanted or cells[stack[top, 0], COUNT] == -1
        top += 1
        low = other
    return top, wanted


@njit(nogil=True, inline="always")
def _centre(key: Any, rank: int, cubes: Any) -> tuple[float, float, float]:  # pragma: no cover - compiled
    """Middle of the cell of this rank that holds a smallest cell."""
    size = cubes[3] * 2.0**rank
    prefix = key >> np.uint64(3 * rank)
    return (
        cubes[0] + size * (gathered(prefix) + 0.5),
        cubes[1] + size * (gathered(prefix >> np.uint64(1)) + 0.5),
        cubes[2] + size * (gathered(prefix >> np.uint64(2)) + 0.5),
    )


@njit(nogil=True, inline="always")
def _radius(rank: int, cubes: Any) -> float:  # pragma: no cover - compiled
    """Of the ball about a cell of this rank."""
    return float(0.5 * np.sqrt(3.0) * cubes[3] * 2.0**rank)


@njit(nogil=True, error_model="numpy")
def _gathered(  # pragma: no cover - compiled
    keys: Any, cells: Any, runs: Any, cubes: Any, tree: Any, band: float, lists: Any, used: Any
) -> Any:
    """Makes lists from the hierarchy of all triangles."""
    most = _MOST if runs[0, 1] > 0 else len(tree[1])
    found, squares = room_for_triangles(most)
    for entry in range(len(runs)):
        child, rank = runs[entry, 0], runs[entry, 1]
        if cells[child, COUNT] != -1:
            continue
        centre, radius = _centre(keys[runs[entry, 2]], rank, cubes), _radius(rank, cubes)
        count = within(
            tree[0], tree[1], tree[2], centre, band + radius + _SLACK_M, 2.0 * radius + _SLACK_M, most, found, squares
        )
        if count > most:
            cells[child, COUNT] = _TOO_LONG
            continue
        lists = _with_room(lists, used, count)
        cells[child, START], cells[child, COUNT] = used[1], count
        for row in range(count):
            lists[used[1] + row] = found[row]
        used[1] += count
    return lists


@njit(nogil=True, error_model="numpy")
def _halved(  # pragma: no cover - compiled
    keys: Any,
    cells: Any,
    node: int,
    runs: Any,
    cubes: Any,
    frames: Any,
    band: float,
    lists: Any,
    used: Any,
    tables: Any,
    block: Any,
) -> tuple[Any, Any]:
    """Makes the lists of the halves in which points fall, from the list of the whole, all at once."""
    start, count, entries = cells[node, START], int(cells[node, COUNT]), len(runs)
    if tables.shape[1] < count:
        tables = np.zeros((2, 2 * count, LANES))
    radius = _radius(runs[0, 1], cubes)
    nearest = np.full(entries, np.inf)
    for entry in range(entries):
        block[0, entry], block[1, entry], block[2, entry] = _centre(keys[runs[entry, 2]], runs[entry, 1], cubes)
    for row in range(count):
        measured(frames, lists[start + row], block, entries, tables, row)
        for entry in range(entries):
            nearest[entry] = min(nearest[entry], tables[0, row, entry])
    lists = _with_room(lists, used, entries * count)
    for entry in range(entries):
        child = runs[entry, 0]
        if cells[child, COUNT] >= 0:
            continue
        bound = min(np.sqrt(nearest[entry]) + 2.0 * radius, band + radius) + _SLACK_M
        cells[child, START] = used[1]
        for row in range(count):
            if tables[0, row, entry] <= bound * bound:
                lists[used[1]] = lists[start + row]
                used[1] += 1
        cells[child, COUNT] = used[1] - cells[child, START]
    return lists, tables
