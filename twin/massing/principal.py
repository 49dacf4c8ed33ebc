"""Compiled: normal and flatness of many neighbourhoods of which only the members on one side count."""

from __future__ import annotations

import numpy as np
from numba import njit

from twin.arrays import Flags, Floats, Longs
from twin.survey.planes import turned

_APART = 0.1
"""Variance within two faces over that of both together, up to which there are two: evenly spread heights leave 0.25,
normally spread ones 0.36. Faces are told apart from six times their noise on."""
_SLIM = 0.3
"""Sine of the angle between two neighbours, as seen from the point, below which they hold no plane with it."""


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
    same side of a surface with that normal give the result. Where nobody knows from where a point was seen, and the
    heights of its neighbours over that surface fall into two groups, those of its own group do.

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
        normal = axes[:, _least(matrix)].copy()
        _same_face(views, view, near[row], normal, most, counts)
        if np.isnan(view[0]):
            if not _is_sheet(matrix, flatness, breadth):
                normal = _median_normal(points, asked[row], near[row], counts, normal)
            _own_face(points, views, asked[row], near[row], normal, most, counts)
        members = _principal(points, near[row], counts, matrix, axes)
        normals[row] = axes[:, _least(matrix)]
        flat[row] = _is_sheet(matrix, flatness, breadth) and members >= most // 2


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
def _own_face(points: Floats, views: Floats, own: int, near: Longs, normal: Floats, most: int, counts: Flags) -> None:
    """Where the heights of the neighbours fall into two groups, marks only the first ones of the point's own."""
    heights, members = np.empty(len(near)), 0
    for entry in range(len(near)):
        if np.isnan(views[near[entry], 0]):
            heights[members] = _height(points, own, near[entry], normal)
            members += 1
    low, high = _between_groups(np.sort(heights[:members]))
    if not low < high:
        return
    is_low, found = 0.5 * (low + high) >= 0.0, 0
    for entry in range(len(near)):
        known = not np.isnan(views[near[entry], 0])
        other_low = _height(points, own, near[entry], normal) <= low
        counts[entry] = found < most and not known and other_low == is_low
        found += counts[entry]


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _median_normal(points: Floats, own: int, near: Longs, counts: Flags, otherwise: Floats) -> Floats:
    """Normal of the plane through a point and two of its neighbours over which half of them lie lowest.

    A second face tilts the principal axes where it was seen only beside the point; fewer than half of the neighbours
    do not tilt this plane (least median of squares, Rousseeuw 1984, over all pairs).
    """
    way, members = np.empty((len(near), 3)), 0
    for entry in range(len(near)):
        if counts[entry] and near[entry] != own:
            way[members] = points[near[entry]] - points[own]
            members += 1
    best, normal, heights = np.inf, otherwise, np.empty(members)
    for first in range(members):
        for second in range(first):
            across = np.cross(way[first], way[second])
            length = np.sqrt((across**2).sum())
            if length <= _SLIM * np.sqrt((way[first] ** 2).sum() * (way[second] ** 2).sum()):
                continue
            across /= length
            lower = 0
            for entry in range(members):
                heights[entry] = abs(way[entry, 0] * across[0] + way[entry, 1] * across[1] + way[entry, 2] * across[2])
                lower += heights[entry] < best
            if lower > members // 2:
                best, normal = np.sort(heights)[members // 2], across
    return normal


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _height(points: Floats, own: int, other: int, normal: Floats) -> float:
    height = 0.0
    for axis in range(3):
        height += (points[other, axis] - points[own, axis]) * normal[axis]
    return height


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _between_groups(heights: Floats) -> tuple[float, float]:
    """Last height of the lower and first of the upper of two groups, (n,) ascending; twice the same for one group.

    Notes
    -----
    The parting that leaves least variance within (Otsu 1979).
    """
    count = len(heights)
    mean = heights.mean() if count else 0.0
    total, lower, best, place = 0.0, 0.0, 0.0, 0
    for entry in range(count):
        total += (heights[entry] - mean) ** 2
    for entry in range(count - 1):
        lower += heights[entry] - mean
        first, second = entry + 1, count - entry - 1
        between = lower * lower * count / (first * second)
        if between > best:
            best, place = between, entry
    if count < 2 or total - best > _APART * total:
        return 0.0, 0.0
    return heights[place], heights[place + 1]


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
def _is_sheet(matrix: Floats, flatness: float, breadth: float) -> bool:
    """Whether principal variances are those of a surface, and not of a line or a cloud."""
    low, middle, high = np.sort(np.array([matrix[0, 0], matrix[1, 1], matrix[2, 2]]))
    return bool(low <= flatness * max(low + middle + high, 1e-30) and middle >= breadth * high)


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _least(matrix: Floats) -> int:
    """Axis of the least variance."""
    least = 0
    for axis in range(1, 3):
        if matrix[axis, axis] < matrix[least, least]:
            least = axis
    return least
