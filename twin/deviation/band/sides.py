"""On which side of the surface a point lies, by the face, edge or corner on which its foot is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from twin.arrays import Bytes, Floats32, Ints
from twin.design.pseudonormals import Pseudonormals

_FLAT = 1e-6
"""Cosine below which a direction says nothing: neighbours that look in opposite directions cancel."""


def parts_in_order(outward: Pseudonormals, first: Bytes) -> tuple[Ints, Floats32]:
    """Which direction belongs to each edge and corner of the triangles of a `Hierarchy`.

    Returns
    -------
    parts : (t, 6) int32
        Rows of the directions of the edges from the frame's first, second and third corner, then of these corners.
    directions : (d, 3) float32
    """
    parts = _parts_in_order(outward.edge_id, outward.corner_id, first, len(outward.edge))
    return parts, np.vstack([outward.edge, outward.corner], dtype=np.float32, casting="same_kind")


@njit(cache=True, nogil=True)
def _parts_in_order(edge: Any, corner: Any, first: Any, edges: int) -> Any:  # pragma: no cover - compiled
    parts = np.empty((len(first), 6), dtype=np.int32)
    for row in range(len(first)):
        for k in range(3):
            turn = (first[row] + k) % 3
            parts[row, k], parts[row, 3 + k] = edge[row, (turn + 2) % 3], corner[row, turn] + edges
    return parts


@njit(cache=True, nogil=True, error_model="numpy")
def signed(  # pragma: no cover - compiled
    points: Any,
    found: Any,
    over: Any,
    frames: Any,
    parts: Any,
    directions: Any,
    rows: Any,
    distance: Any,
    triangle: Any,
) -> None:
    """Writes triangle and signed distance of each point that has a triangle.

    Parameters
    ----------
    points : tuple of x, y, z, (n,) m
    found : (n,) int32
        Triangles, or -1.
    over : (n,) m
        Height over a triangle that holds the point's foot: this is the distance then. NaN elsewhere.
    frames : (t, 12)
        Of a `Hierarchy`.
    parts, directions
        From `parts_in_order`.
    rows : (n,) int32
        Where the answer of each point belongs in the arrays that follow.
    distance : (m,) float32
    triangle : (m,) int32
    """
    x, y, z = points
    for i in range(len(found)):
        if found[i] < 0:
            continue
        triangle[rows[i]] = found[i]
        beside = np.isnan(over[i])
        distance[rows[i]] = _signed(frames, found[i], parts, directions, x[i], y[i], z[i]) if beside else over[i]


@njit(nogil=True, error_model="numpy")
def _signed(  # pragma: no cover - compiled
    frames: Any, t: int, parts: Any, directions: Any, x: float, y: float, z: float
) -> Any:
    dx, dy, dz = x - frames[t, 0], y - frames[t, 1], z - frames[t, 2]
    ex, ey, ez, gx, gy, gz = frames[t, 3], frames[t, 4], frames[t, 5], frames[t, 6], frames[t, 7], frames[t, 8]
    nx, ny, nz = ey * gz - ez * gy, ez * gx - ex * gz, ex * gy - ey * gx
    u, v, w = dx * ex + dy * ey + dz * ez, dx * gx + dy * gy + dz * gz, dx * nx + dy * ny + dz * nz
    part, s, r = _part(u, v, frames[t, 9], frames[t, 10], frames[t, 11])
    if part < 0:
        return w
    distance = np.sqrt(s * s + r * r + w * w)
    d = parts[t, part]
    wx, wy, wz = s * ex + r * gx + w * nx, s * ey + r * gy + w * ny, s * ez + r * gz + w * nz
    along = wx * directions[d, 0] + wy * directions[d, 1] + wz * directions[d, 2]
    if abs(along) <= _FLAT * distance:
        along = w
    return -distance if along < 0.0 else distance


@njit(nogil=True, error_model="numpy")
def _part(  # pragma: no cover - compiled
    u: float, v: float, length: float, place: float, third: float
) -> tuple[int, float, float]:
    """Where in the triangle's plane the foot of (u, v) lies (-1 inside, 0..2 on an edge, 3..5 on a corner), and the
    way from it to (u, v).
    """
    back = place - length
    if v >= 0.0 and third > 0.0 and back * v - third * (u - length) >= 0.0 and third * u - place * v >= 0.0:
        return -1, 0.0, 0.0
    best, part, s, r = np.inf, 0, 0.0, 0.0
    for edge in range(3):
        if edge == 0:
            fu, fv, tu, tv = 0.0, 0.0, length, 0.0
        elif edge == 1:
            fu, fv, tu, tv = length, 0.0, place, third
        else:
            fu, fv, tu, tv = place, third, 0.0, 0.0
        au, av = tu - fu, tv - fv
        square = au * au + av * av
        t = ((u - fu) * au + (v - fv) * av) / square if square > 0.0 else 0.0
        t = min(max(t, 0.0), 1.0)
        p, q = u - fu - t * au, v - fv - t * av
        if p * p + q * q < best:
            best, s, r = p * p + q * q, p, q
            part = edge if 0.0 < t < 1.0 else 3 + (edge if t <= 0.0 else (edge + 1) % 3)
    return part, s, r
