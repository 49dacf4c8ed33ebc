"""Distance of points to one triangle, laid flat in a frame of its own so that slivers cost no digit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

COLUMNS = 12
"""Of a frame: first corner (3), direction of the longest edge (3), direction in the plane towards the third corner (3),
length of the longest edge, place of the third corner along it and height over it."""


@njit(cache=True, nogil=True, error_model="numpy")
def framed(vertices: Any, triangles: Any, origin: Any, frames: Any, first: Any) -> None:  # pragma: no cover - compiled
    """Writes the frame of each triangle, and with which corner it begins.

    Parameters
    ----------
    vertices : (v, 3) m
    triangles : (t, 3) int32
    origin : (3,) m
        From which the frames count.
    frames : (t, 12) float64
    first : (t,) uint8
        Number of the corner at which the longest edge begins; the sense of rotation stays.
    """
    for row in range(len(triangles)):
        longest, start = -1.0, 0
        for k in range(3):
            square = 0.0
            for axis in range(3):
                way = vertices[triangles[row, (k + 1) % 3], axis] - vertices[triangles[row, k], axis]
                square += way * way
            if square > longest:
                longest, start = square, k
        first[row] = start
        for axis in range(3):
            a = vertices[triangles[row, start], axis]
            frames[row, axis] = a - origin[axis]
            frames[row, 3 + axis] = vertices[triangles[row, (start + 1) % 3], axis] - a
            frames[row, 6 + axis] = vertices[triangles[row, (start + 2) % 3], axis] - a
        _straighten(frames, row)


@njit(nogil=True, error_model="numpy")
def _straighten(frames: Any, row: int) -> None:  # pragma: no cover - compiled
    """Makes the two edges of a frame its axes, and writes their lengths."""
    length = _normalised(frames, row, 3)
    if length == 0.0:
        frames[row, 3] = 1.0
    place = _without(frames, row)
    _without(frames, row)  # once more: what rounding left along the edge is large beside a sliver's height
    height = _normalised(frames, row, 6)
    if height == 0.0:
        least = 0
        for axis in range(3):
            frames[row, 6 + axis] = 0.0
            if abs(frames[row, 3 + axis]) < abs(frames[row, 3 + least]):
                least = axis
        frames[row, 6 + least] = 1.0
        _without(frames, row)
        _normalised(frames, row, 6)
    frames[row, 9], frames[row, 10], frames[row, 11] = length, min(max(place, 0.0), length), height


@njit(nogil=True, error_model="numpy")
def _normalised(frames: Any, row: int, at: int) -> Any:  # pragma: no cover - compiled
    """Length of a direction, which becomes 1 where it is not zero."""
    length = np.sqrt(frames[row, at] ** 2 + frames[row, at + 1] ** 2 + frames[row, at + 2] ** 2)
    if length > 0.0:
        for axis in range(3):
            frames[row, at + axis] /= length
    return length


@njit(nogil=True, error_model="numpy")
def _without(frames: Any, row: int) -> Any:  # pragma: no cover - compiled
    """Takes from the second direction its share along the first; the share."""
    share = frames[row, 3] * frames[row, 6] + frames[row, 4] * frames[row, 7] + frames[row, 5] * frames[row, 8]
    for axis in range(3):
        frames[row, 6 + axis] -= share * frames[row, 3 + axis]
    return share


@njit(nogil=True, error_model="numpy", inline="always")
def _flat_square(  # pragma: no cover - compiled
    u: float, v: float, length: float, place: float, height: float, of_two: float, of_three: float
) -> float:
    """Squared distance in the triangle's plane from (u, v) to the triangle, without a branch."""
    s = u - min(max(u, 0.0), length)
    square = s * s + v * v
    p, back = u - length, place - length
    t = min(max((p * back + v * height) * of_two, 0.0), 1.0)
    s, r = p - t * back, v - t * height
    square = min(square, s * s + r * r)
    t = min(max((u * place + v * height) * of_three, 0.0), 1.0)
    s, r = u - t * place, v - t * height
    square = min(square, s * s + r * r)
    inside = (v >= 0.0) & (back * v - height * p >= 0.0) & (height * u - place * v >= 0.0) & (height > 0.0)
    return 0.0 if inside else square


@njit(nogil=True, error_model="numpy", inline="always")
def _inverse_square(p: float, q: float) -> float:  # pragma: no cover - compiled
    square = p * p + q * q
    return 1.0 / square if square > 0.0 else 0.0


@njit(nogil=True, error_model="numpy")
def measured(  # pragma: no cover - compiled
    frames: Any, triangle: int, block: Any, count: int, tables: Any, entry: int
) -> None:
    """Writes squared distance and signed height over the plane of one triangle for `count` points.

    The same operations on every point, so that a processor does several at a time and all give the same bits. Arrays
    come whole, with an index: to cut a piece out costs as much as ten points.

    Parameters
    ----------
    frames : (t, 12)
    triangle : int
    block : (3 or more, at least count) m
        x, y and z in the first three rows.
    count : int
    tables : (2, m, at least count)
        Squares and heights, of which row `entry` is written.
    entry : int
    """
    ax, ay, az = frames[triangle, 0], frames[triangle, 1], frames[triangle, 2]
    ex, ey, ez = frames[triangle, 3], frames[triangle, 4], frames[triangle, 5]
    gx, gy, gz = frames[triangle, 6], frames[triangle, 7], frames[triangle, 8]
    length, place, third = frames[triangle, 9], frames[triangle, 10], frames[triangle, 11]
    nx, ny, nz = ey * gz - ez * gy, ez * gx - ex * gz, ex * gy - ey * gx
    of_two, of_three = _inverse_square(place - length, third), _inverse_square(place, third)
    for i in range(count):
        dx, dy, dz = block[0, i] - ax, block[1, i] - ay, block[2, i] - az
        w = dx * nx + dy * ny + dz * nz
        u, v = dx * ex + dy * ey + dz * ez, dx * gx + dy * gy + dz * gz
        tables[0, entry, i] = w * w + _flat_square(u, v, length, place, third, of_two, of_three)
        tables[1, entry, i] = w


@njit(nogil=True, error_model="numpy", inline="always")
def square_at(  # pragma: no cover - compiled
    frames: Any, t: int, x: float, y: float, z: float, most: float
) -> Any:
    """Squared distance of one point to one triangle; something larger than `most` where that is."""
    dx, dy, dz = x - frames[t, 0], y - frames[t, 1], z - frames[t, 2]
    ex, ey, ez, gx, gy, gz = frames[t, 3], frames[t, 4], frames[t, 5], frames[t, 6], frames[t, 7], frames[t, 8]
    w = dx * (ey * gz - ez * gy) + dy * (ez * gx - ex * gz) + dz * (ex * gy - ey * gx)
    if w * w > most:
        return w * w
    u, v = dx * ex + dy * ey + dz * ez, dx * gx + dy * gy + dz * gz
    length, place, third = frames[t, 9], frames[t, 10], frames[t, 11]
    of_two, of_three = _inverse_square(place - length, third), _inverse_square(place, third)
    return w * w + _flat_square(u, v, length, place, third, of_two, of_three)
