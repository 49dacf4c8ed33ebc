"""The nearest point of a triangle, compiled: what every search for the nearest surface ends with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from twin.arrays import Floats, Ints


def foot_on_triangle(points: Floats, corners: Floats, triangle: Ints | None = None) -> Floats:
    """Nearest point of a triangle to each point.

    Parameters
    ----------
    points : (n, 3) m
    corners : (t, 3, 3) m
    triangle : (n,) int32 or None
        Which triangle is asked for each point; None where they come row by row.

    Returns
    -------
    feet : (n, 3) m

    Notes
    -----
    Voronoi regions of a triangle after Ericson, Real-Time Collision Detection (2005), section 5.1.5: the foot on the
    plane where it falls inside, else the nearest of the feet on the three edges.
    """
    asked = np.arange(len(points), dtype=np.int32) if triangle is None else triangle
    feet = np.zeros((len(points), 3))  # a point that is no number has none, and always the same one
    _stepped(np.array(points, np.float64), np.ascontiguousarray(corners, np.float64), asked, feet)
    return feet


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _stepped(points: Any, corners: Any, triangle: Any, feet: Any) -> None:  # pragma: no cover - compiled
    for n in range(len(points)):
        x, y, z = points[n, 0], points[n, 1], points[n, 2]
        t = triangle[n]
        ax, ay, az = corners[t, 0, 0], corners[t, 0, 1], corners[t, 0, 2]
        ux, uy, uz = corners[t, 1, 0] - ax, corners[t, 1, 1] - ay, corners[t, 1, 2] - az
        vx, vy, vz = corners[t, 2, 0] - ax, corners[t, 2, 1] - ay, corners[t, 2, 2] - az
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        square = nx * nx + ny * ny + nz * nz
        if square > 0.0:
            height = ((x - ax) * nx + (y - ay) * ny + (z - az) * nz) / square
            feet[n, 0], feet[n, 1], feet[n, 2] = x - height * nx, y - height * ny, z - height * nz
            if _holds(corners, t, feet, n, nx, ny, nz):
                continue
        _to_edges(corners, t, x, y, z, feet, n)


@njit(nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _holds(  # pragma: no cover - compiled
    corners: Any, t: int, feet: Any, n: int, nx: float, ny: float, nz: float
) -> bool:
    """Whether a foot on the plane lies in the triangle."""
    for k in range(3):
        m = (k + 1) % 3
        ax, ay, az = corners[t, k, 0], corners[t, k, 1], corners[t, k, 2]
        ux, uy, uz = corners[t, m, 0] - ax, corners[t, m, 1] - ay, corners[t, m, 2] - az
        px, py, pz = feet[n, 0] - ax, feet[n, 1] - ay, feet[n, 2] - az
        if (uy * pz - uz * py) * nx + (uz * px - ux * pz) * ny + (ux * py - uy * px) * nz < 0.0:
            return False
    return True


@njit(nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _to_edges(  # pragma: no cover - compiled
    corners: Any, t: int, x: float, y: float, z: float, feet: Any, n: int
) -> None:
    """Writes the nearest of the feet on the three edges."""
    best = np.inf
    for k in range(3):
        m = (k + 1) % 3
        ax, ay, az = corners[t, k, 0], corners[t, k, 1], corners[t, k, 2]
        ux, uy, uz = corners[t, m, 0] - ax, corners[t, m, 1] - ay, corners[t, m, 2] - az
        square = ux * ux + uy * uy + uz * uz
        share = ((x - ax) * ux + (y - ay) * uy + (z - az) * uz) / square if square > 0.0 else 0.0
        share = min(max(share, 0.0), 1.0)
        fx, fy, fz = ax + share * ux, ay + share * uy, az + share * uz
        gap = (x - fx) ** 2 + (y - fy) ** 2 + (z - fz) ** 2
        if gap < best:
            best = gap
            feet[n, 0], feet[n, 1], feet[n, 2] = fx, fy, fz
