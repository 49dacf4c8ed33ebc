"""Normals of faces, edges and corners by which the side of a point is told right also where faces meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Ints, Longs
from twin.design.model import Surface

_WELD_M = 1e-5  # corners of one element nearer than this are one: far below any drawing, far above rounding
_ON_BORDER = 1e-6  # barycentric share below which a foot lies on an edge


@dataclass(frozen=True, eq=False)
class Pseudonormals:
    """Outward directions of every part of the surface, of any length.

    Attributes
    ----------
    face : (t, 3)
    edge : (t, 3, 3)
        Of the edge opposite to each corner.
    corner : (t, 3, 3)

    Notes
    -----
    Angle-weighted pseudonormals after Baerentzen and Aanaes (2005, IEEE TVCG 11, 243-253): the sign of a point's way
    from its foot along them is right for every closed surface.
    """

    face: Floats
    edge: Floats
    corner: Floats

    def at(self, feet: Floats, triangle: Ints, corners: Floats) -> Floats:
        """(n, 3): the direction that belongs to the part of each triangle on which a foot lies.

        Parameters
        ----------
        feet : (n, 3) m
        triangle : (n,) int32
        corners : (n, 3, 3) m
            Of these triangles.
        """
        share = _barycentric(feet, corners)
        low = share < _ON_BORDER
        part = self.face[triangle].copy()
        on_edge = low.sum(axis=1) == 1
        part[on_edge] = self.edge[triangle[on_edge], np.argmax(low[on_edge], axis=1)]
        on_corner = low.sum(axis=1) >= 2
        part[on_corner] = self.corner[triangle[on_corner], np.argmax(share[on_corner], axis=1)]
        return part


def pseudonormals(surface: Surface) -> Pseudonormals:
    """Pseudonormals of a surface; faces of different elements do not share edges."""
    face = surface.normals()
    corner_id, edge_id = _shared_parts(surface)
    corner = _summed(corner_id, face[:, None, :] * _angles(surface.corners())[:, :, None])
    edge = _summed(edge_id, np.repeat(face[:, None, :], 3, axis=1))
    return Pseudonormals(face, edge, corner)


def _shared_parts(surface: Surface) -> tuple[Longs, Longs]:
    """(t, 3) numbers of the welded corner, and of the edge opposite to it."""
    corners = surface.corners()
    keys = np.round((corners - surface.vertices.min(axis=0)) / _WELD_M).astype(np.int64).reshape(-1, 3)
    keys = np.column_stack([np.repeat(surface.element, 3), keys])
    corner_id = np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1, 3)
    ends = np.sort(np.stack([corner_id[:, [1, 2]], corner_id[:, [2, 0]], corner_id[:, [0, 1]]], axis=1), axis=2)
    edge_id = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)[1].reshape(-1, 3)
    return corner_id, edge_id


def _summed(number: Longs, vectors: Floats) -> Floats:
    """(t, 3, 3): sum of the vectors of all parts with the same number."""
    total = np.zeros((int(number.max()) + 1 if number.size else 0, 3))
    np.add.at(total, number.reshape(-1), vectors.reshape(-1, 3))
    return np.asarray(total[number])


def _angles(corners: Floats) -> Floats:
    """(t, 3) rad: inner angle at each corner."""
    after = np.roll(corners, -1, axis=1) - corners
    before = np.roll(corners, 1, axis=1) - corners
    cross = np.linalg.norm(np.cross(after, before), axis=2)
    return np.asarray(np.arctan2(cross, np.einsum("tij,tij->ti", after, before)))


def _barycentric(points: Floats, corners: Floats) -> Floats:
    """(n, 3): shares of the corners in points of their triangles' planes."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    normal = np.cross(b - a, c - a)
    square = np.maximum(np.einsum("ij,ij->i", normal, normal), 1e-300)
    of_a = np.einsum("ij,ij->i", np.cross(c - b, points - b), normal) / square
    of_b = np.einsum("ij,ij->i", np.cross(a - c, points - c), normal) / square
    return np.column_stack([of_a, of_b, 1.0 - of_a - of_b])
