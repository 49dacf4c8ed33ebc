"""Compiled: the plane through each of many neighbourhoods."""

from __future__ import annotations

import numpy as np
from numba import njit

from twin.arrays import Floats, Longs

_FEWEST = 4
"""Three points define a plane and leave nothing to judge it by."""
_SWEEPS = 12


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def planes(points: Floats, near: Longs, normals: Floats, flatness: Floats) -> None:
    """Writes the direction of least variance of each neighbourhood, and its share of the variance.

    Parameters
    ----------
    points : (n, 3) m
    near : (m, k) int
        Rows of the points of each neighbourhood; n where there are no more.
    normals : (m, 3)
        NaN where too few points tell.
    flatness : (m,)
    """
    matrix, axes = np.empty((3, 3)), np.empty((3, 3))
    for row in range(len(near)):
        normals[row, 0], normals[row, 1], normals[row, 2], flatness[row] = np.nan, np.nan, np.nan, np.nan
        if _covariance(points, near, row, matrix) < _FEWEST:
            continue
        total = matrix[0, 0] + matrix[1, 1] + matrix[2, 2]
        if not total > 0.0:
            continue
        turned(matrix, axes)
        least = 0
        for axis in range(1, 3):
            if matrix[axis, axis] < matrix[least, least]:
                least = axis
        for axis in range(3):
            normals[row, axis] = axes[axis, least]
        flatness[row] = max(matrix[least, least], 0.0) / total


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _covariance(points: Floats, near: Longs, row: int, matrix: Floats) -> int:
    """Scatter of a neighbourhood about its mean, and how many points it has."""
    count, first = 0, near[row, 0]
    a, b, c = 0.0, 0.0, 0.0
    for entry in range(near.shape[1]):
        at = near[row, entry]
        if at < len(points):
            a += points[at, 0] - points[first, 0]
            b += points[at, 1] - points[first, 1]
            c += points[at, 2] - points[first, 2]
            count += 1
    matrix[:] = 0.0
    if count == 0:
        return 0
    a, b, c = a / count, b / count, c / count
    for entry in range(near.shape[1]):
        at = near[row, entry]
        if at < len(points):
            x = points[at, 0] - points[first, 0] - a
            y = points[at, 1] - points[first, 1] - b
            z = points[at, 2] - points[first, 2] - c
            matrix[0, 0] += x * x
            matrix[0, 1] += x * y
            matrix[0, 2] += x * z
            matrix[1, 1] += y * y
            matrix[1, 2] += y * z
            matrix[2, 2] += z * z
    matrix[1, 0], matrix[2, 0], matrix[2, 1] = matrix[0, 1], matrix[0, 2], matrix[1, 2]
    return count


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def turned(matrix: Floats, axes: Floats) -> None:
    """Turns a symmetric matrix to its principal axes, which become the columns of `axes` (Jacobi 1846)."""
    axes[:] = 0.0
    for axis in range(3):
        axes[axis, axis] = 1.0
    total = matrix[0, 0] + matrix[1, 1] + matrix[2, 2]
    for _ in range(_SWEEPS):
        if abs(matrix[0, 1]) + abs(matrix[0, 2]) + abs(matrix[1, 2]) <= 1e-17 * total:
            return
        for p in range(2):
            for q in range(p + 1, 3):
                if matrix[p, q] == 0.0:
                    continue
                ratio = (matrix[q, q] - matrix[p, p]) / (2.0 * matrix[p, q])
                tangent = np.copysign(1.0, ratio) / (abs(ratio) + np.sqrt(ratio * ratio + 1.0))
                cosine = 1.0 / np.sqrt(tangent * tangent + 1.0)
                sine = tangent * cosine
                for k in range(3):
                    one, other = matrix[k, p], matrix[k, q]
                    matrix[k, p], matrix[k, q] = cosine * one - sine * other, sine * one + cosine * other
                for k in range(3):
                    one, other = matrix[p, k], matrix[q, k]
                    matrix[p, k], matrix[q, k] = cosine * one - sine * other, sine * one + cosine * other
                    one, other = axes[k, p], axes[k, q]
                    axes[k, p], axes[k, q] = cosine * one - sine * other, sine * one + cosine * other
