"""Normals of faces, edges and corners by which the side of a point is told right also where faces meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from twin.arrays import Floats, Ints, numbered
from twin.design.model import Surface

_WELD_M = 1e-5  # corners of one element nearer than this are one: far below any drawing, far above rounding


@dataclass(frozen=True, eq=False)
class Pseudonormals:
    """Outward directions of every part of the surface, of any length.

    Attributes
    ----------
    edge_id : (t, 3) int32
        Number of the edge opposite to each corner.
    corner_id : (t, 3) int32
    edge : (e, 3)
        By these numbers; zero where faces that look in opposite directions cancel.
    corner : (c, 3)

    Notes
    -----
    Angle-weighted pseudonormals after Baerentzen and Aanaes (2005, IEEE TVCG 11, 243-253): the sign of a point's way
    from its foot along them is right for every closed surface.
    """

    edge_id: Ints
    corner_id: Ints
    edge: Floats
    corner: Floats


def pseudonormals(surface: Surface) -> Pseudonormals:
    """Pseudonormals of a surface; faces of different elements do not share edges."""
    corner_id, edge_id = _shared_parts(surface)
    edge, corner = (np.zeros((int(number.max(initial=-1)) + 1, 3)) for number in (edge_id, corner_id))
    _add(np.array(surface.vertices), np.array(surface.triangles), edge_id, corner_id, edge, corner)
    return Pseudonormals(edge_id, corner_id, edge, corner)


def _shared_parts(surface: Surface) -> tuple[Ints, Ints]:
    """(t, 3) numbers of the welded corner, and of the edge opposite to it."""
    count = len(surface.vertices)
    used, where = np.unique(surface.element[:, None] * np.int64(count) + surface.triangles, return_inverse=True)
    steps = np.round((surface.vertices - surface.vertices.min(axis=0)) / _WELD_M).astype(np.int64)[used % count]
    corner = numbered((used // count, steps[:, 0], steps[:, 1], steps[:, 2]))[where.reshape(-1, 3)]
    one, other = corner[:, [1, 2, 0]], corner[:, [2, 0, 1]]
    ends = np.minimum(one, other) * np.int64(count * 3 + 1) + np.maximum(one, other)
    edge = np.unique(ends, return_inverse=True)[1].reshape(-1, 3)
    return corner.astype(np.int32), edge.astype(np.int32)


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _add(vertices: Floats, triangles: Ints, edge_id: Ints, corner_id: Ints, edge: Floats, corner: Floats) -> None:
    """Adds the normal of each face to its edges, and to its corners by the angle there."""
    sides, normal = np.empty((3, 3)), np.empty(3)
    for row in range(len(triangles)):
        for k in range(3):  # from corner k to the next
            for axis in range(3):
                ends = vertices[triangles[row, (k + 1) % 3], axis], vertices[triangles[row, k], axis]
                sides[k, axis] = ends[0] - ends[1]
        for axis in range(3):
            p, q = (axis + 1) % 3, (axis + 2) % 3
            normal[axis] = sides[0, p] * sides[1, q] - sides[0, q] * sides[1, p]
        length = np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2)
        if length == 0.0:
            continue
        for k in range(3):
            before = (k + 2) % 3
            cosine = sides[k, 0] * sides[before, 0] + sides[k, 1] * sides[before, 1] + sides[k, 2] * sides[before, 2]
            angle = np.arctan2(length, -cosine)
            for axis in range(3):
                edge[edge_id[row, k], axis] += normal[axis] / length
                corner[corner_id[row, k], axis] += angle * normal[axis] / length
