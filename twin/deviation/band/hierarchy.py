"""Boxes about boxes of triangles, so that a brick finds those within its reach among any number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from twin.arrays import Bytes, Floats, Ints
from twin.design.model import Surface
from twin.deviation.band.places import spread
from twin.deviation.band.sources import STAMP
from twin.deviation.band.triangles import COLUMNS, framed, square_at

LEAF = 8
"""Triangles in a box of the lowest rank."""


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Triangles in an order in which neighbours lie together, and a complete binary tree of boxes over them.

    Attributes
    ----------
    origin : (3,) m, design frame
        Everything else counts from here.
    frames : (t, 12) float64
        See `triangles`.
    first : (t,) uint8
        Corner at which each frame begins.
    number : (t,) int32
        The triangles in the order of the curve: `LEAF` to a box of the lowest rank.
    boxes : (2 k - 1, 6) m
        Low and high corner; the children of box i are 2 i + 1 and 2 i + 2; empty boxes are inside out.
    """

    origin: Floats
    frames: Floats
    first: Bytes
    number: Ints
    boxes: Floats


def hierarchy(surface: Surface) -> Hierarchy:
    """All triangles of a surface, ordered along a space-filling curve."""
    vertices, triangles = np.array(surface.vertices), np.array(surface.triangles)
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    origin = np.round(0.5 * (low + high))
    keys = _curve(vertices, triangles, low, max(float((high - low).max()), 1e-9))
    number = np.argsort(keys, kind="stable").astype(np.int32)
    frames = np.zeros((len(triangles), COLUMNS))
    first = np.zeros(len(triangles), dtype=np.uint8)
    framed(vertices, triangles, origin, frames, first)
    ranks = int(np.ceil(np.log2(max(len(triangles) / LEAF, 1.0))))
    boxes = np.zeros((2 ** (ranks + 1) - 1, 6))
    _boxed(vertices, triangles, origin, number, boxes)
    return Hierarchy(origin, frames, first, number, boxes)


@njit(cache=True, nogil=True, error_model="numpy")
def _curve(  # pragma: no cover - compiled
    vertices: Any, triangles: Any, low: Any, extent: float, stamp: int = STAMP
) -> Any:
    """Place of each triangle's middle on a Morton curve of 2^21 steps a side."""
    keys = np.zeros(len(triangles), dtype=np.uint64)
    steps = (2.0**21 - 1.0) / extent
    for row in range(len(triangles)):
        a, b, c = triangles[row, 0], triangles[row, 1], triangles[row, 2]
        for axis in range(3):
            middle = (vertices[a, axis] + vertices[b, axis] + vertices[c, axis]) / 3.0
            keys[row] |= spread(np.uint64(max((middle - low[axis]) * steps, 0.0))) << np.uint64(axis)
    return keys


@njit(cache=True, nogil=True, error_model="numpy")
def _boxed(vertices: Any, triangles: Any, origin: Any, number: Any, boxes: Any) -> None:  # pragma: no cover - compiled
    leaves = (len(boxes) + 1) // 2
    boxes[:, :3], boxes[:, 3:] = np.inf, -np.inf
    for row in range(len(number)):
        box = leaves - 1 + row // LEAF
        for corner in range(3):
            vertex = triangles[number[row], corner]
            for axis in range(3):
                place = vertices[vertex, axis] - origin[axis]
                boxes[box, axis] = min(boxes[box, axis], place)
                boxes[box, 3 + axis] = max(boxes[box, 3 + axis], place)
    for row in range(leaves - 2, -1, -1):
        for axis in range(3):
            boxes[row, axis] = min(boxes[2 * row + 1, axis], boxes[2 * row + 2, axis])
            boxes[row, 3 + axis] = max(boxes[2 * row + 1, 3 + axis], boxes[2 * row + 2, 3 + axis])


@njit(nogil=True, error_model="numpy", inline="always")
def _box_square(boxes: Any, row: int, x: float, y: float, z: float) -> Any:  # pragma: no cover - compiled
    dx = max(boxes[row, 0] - x, x - boxes[row, 3], 0.0)
    dy = max(boxes[row, 1] - y, y - boxes[row, 4], 0.0)
    dz = max(boxes[row, 2] - z, z - boxes[row, 5], 0.0)
    return dx * dx + dy * dy + dz * dz


@njit(nogil=True)
def room_for_triangles(most: int) -> tuple[Any, Any]:  # pragma: no cover - compiled
    """Room for what `within` looks at where no more than `most` are wanted, of which memory is only taken when used.

    Arrays that could grow would cost more: each turn of a loop would count who holds them.
    """
    return np.empty(2 * most + 2 * LEAF, dtype=np.int32), np.empty(2 * most + 2 * LEAF)


@njit(nogil=True, error_model="numpy")
def within(  # pragma: no cover - compiled
    frames: Any,
    number: Any,
    boxes: Any,
    place: tuple[float, float, float],
    reach: float,
    slack: float,
    most: int,
    found: Any,
    squares: Any,
) -> int:
    """The triangles that may be nearest to a point of a ball.

    Parameters
    ----------
    frames, number, boxes : arrays of a `Hierarchy`
    place : tuple of float
        Centre of the ball.
    reach : float, m
        Triangles farther than this from the centre do not count.
    slack : float, m
        Nor do those farther than the nearest triangle and this: twice the radius of the ball.
    most : int
        No more are wanted: where there are, the search is given up.
    found, squares : arrays
        From `room_for_triangles`: receive triangles and their squared distances.

    Returns
    -------
    int
        How many entries of `found` are the answer; none are where it is larger than `most`.
    """
    x, y, z = place
    leaves = (len(boxes) + 1) // 2
    stack = np.empty(64, dtype=np.int64)
    stack[0], top = 0, 1
    nearest, count = reach - slack, 0
    while top > 0:
        top -= 1
        node = stack[top]
        bound = min(nearest + slack, reach)
        if _box_square(boxes, node, x, y, z) > bound * bound:
            continue
        if node < leaves - 1:
            one, other = 2 * node + 1, 2 * node + 2
            if _box_square(boxes, one, x, y, z) < _box_square(boxes, other, x, y, z):
                one, other = other, one
            stack[top], stack[top + 1] = one, other  # the nearer last, and so next
            top += 2
            continue
        start = (node - leaves + 1) * LEAF
        stop = min(start + LEAF, len(number))
        if count > 2 * most:
            count = _still(found, squares, count, min(nearest + slack, reach))
            if count > most:
                return most + 1
        for row in range(start, stop):
            square = square_at(frames, number[row], x, y, z, bound * bound)
            if square <= bound * bound:
                found[count], squares[count] = number[row], square
                count += 1
                nearest = min(nearest, np.sqrt(square))
                bound = min(nearest + slack, reach)
    count = _still(found, squares, count, min(nearest + slack, reach))
    return int(min(count, most + 1))


@njit(nogil=True, error_model="numpy", inline="always")
def _still(found: Any, squares: Any, count: int, bound: float) -> int:  # pragma: no cover - compiled
    """Drops what is farther than a bound that has become narrower; how many are left."""
    kept = 0
    for entry in range(count):
        if squares[entry] <= bound * bound:
            found[kept], squares[kept] = found[entry], squares[entry]
            kept += 1
    return kept
