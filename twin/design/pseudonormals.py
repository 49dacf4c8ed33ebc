"""Normals of faces, edges and corners by which the side of a point is told right also where faces meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
    face = surface.normals()
    corner_id, edge_id = _shared_parts(surface)
    corner = _summed(corner_id, face[:, None, :] * _angles(surface.corners())[:, :, None])
    edge = _summed(edge_id, np.broadcast_to(face[:, None, :], (len(face), 3, 3)))
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


def _summed(number: Ints, vectors: Floats) -> Floats:
    """(k, 3): sum of the vectors of all parts with the same number."""
    flat = vectors.reshape(-1, 3)
    return np.column_stack([np.bincount(number.reshape(-1), weights=flat[:, axis]) for axis in range(3)])


def _angles(corners: Floats) -> Floats:
    """(t, 3) rad: inner angle at each corner."""
    after = np.roll(corners, -1, axis=1) - corners
    before = np.roll(corners, 1, axis=1) - corners
    cross = np.linalg.norm(np.cross(after, before), axis=2)
    return np.asarray(np.arctan2(cross, np.einsum("tij,tij->ti", after, before)))
