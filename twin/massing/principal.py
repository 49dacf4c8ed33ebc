"""Compiled: normal and flatness of many neighbourhoods of which only the members on one side count."""

from __future__ import annotations

import numpy as np
from numba import njit

from twin.arrays import Flags, Floats, Longs
from twin.survey.planes import turned


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def shapes(
    points: Floats,
    views: Floats,
    asked: Longs,
    near: Longs,
    gap: Floats,
    most: int,
    opposite: float,
    flatness: float,
    breadth: float,
    normals: Floats,
    flat: Flags,
    reach: Floats,
) -> None:
    """Writes normal, flatness and reach of each neighbourhood.

    The first `most` neighbours that were seen from the same side give a first normal; those that were seen from the
    same side of a surface with that normal give the result.

    Parameters
    ----------
    points, views : (n, 3)
        Views are NaN where unknown.
    asked : (m,) int64
        Rows of the points that are asked.
    near, gap : (m, k)
        Rows of their neighbours, nearest first, and how far off these lie.
    most : int
        Neighbours that count at most; at least half as many must.
    opposite : float
        Cosine between views below which two points were seen from opposite sides.
    flatness, breadth : float
        Largest share of the variance across; smallest ratio of the second variance to the first.
    normals, flat, reach : (m, 3), (m,), (m,)
        Written.
    """
    counts = np.zeros(near.shape[1], dtype=np.bool_)
    matrix, axes = np.empty((3, 3)), np.empty((3, 3))
    for row in range(len(asked)):
        view = views[asked[row]]
        _same_side(views, view, near[row], most, opposite, counts)
        reach[row] = 0.0
        for entry in range(near.shape[1]):
            if counts[entry]:
                reach[row] = max(reach[row], gap[row, entry])
        _principal(points, near[row], counts, matrix, axes)
        _same_face(views, view, near[row], axes[:, _least(matrix)].copy(), most, counts)
        members = _principal(points, near[row], counts, matrix, axes)
        least = _least(matrix)
        low, middle, high = np.sort(np.array([matrix[0, 0], matrix[1, 1], matrix[2, 2]]))
        normals[row] = axes[:, least]
        is_sheet = low <= flatness * max(low + middle + high, 1e-30) and middle >= breadth * high
        flat[row] = is_sheet and members >= most // 2


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _same_side(views: Floats, view: Floats, near: Longs, most: int, opposite: float, counts: Flags) -> None:
    """Marks the first neighbours seen from the same side; those seen from who knows where go together."""
    found = 0
    for entry in range(len(near)):
        other = views[near[entry]]
        cosine = view[0] * other[0] + view[1] * other[1] + view[2] * other[2]
        counts[entry] = found < most and np.isnan(cosine) == np.isnan(view[0]) and not cosine < opposite
        found += counts[entry]


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _same_face(views: Floats, view: Floats, near: Longs, normal: Floats, most: int, counts: Flags) -> None:
    """Marks the first neighbours that were seen from the same side of a surface with this normal."""
    mine = view[0] * normal[0] + view[1] * normal[1] + view[2] * normal[2]
    found = 0
    for entry in range(len(near)):
        other = views[near[entry]]
        side = other[0] * normal[0] + other[1] * normal[1] + other[2] * normal[2]
        counts[entry] = found < most and np.isnan(mine) == np.isnan(side) and not mine * side < 0.0
        found += counts[entry]


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _principal(points: Floats, near: Longs, counts: Flags, matrix: Floats, axes: Floats) -> int:
    """Turns the covariance of the members to its principal axes; how many members there are."""
    members = 0
    mean = np.zeros(3)
    for entry in range(len(near)):
        if counts[entry]:
            mean += points[near[entry]]
            members += 1
    mean /= max(members, 1)
    matrix[:] = 0.0
    for entry in range(len(near)):
        if counts[entry]:
            way = points[near[entry]] - mean
            for p in range(3):
                for q in range(3):
                    matrix[p, q] += way[p] * way[q] / members
    turned(matrix, axes)
    return members


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _least(matrix: Floats) -> int:
    """Axis of the least variance."""
    least = 0
    for axis in range(1, 3):
        if matrix[axis, axis] < matrix[least, least]:
            least = axis
    return least
