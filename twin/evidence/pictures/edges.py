"""Edges that a draughtsman would draw: where surfaces turn, not where triangles merely meet."""

from __future__ import annotations

import numpy as np

from twin.arrays import Floats, Ints
from twin.evidence.pictures.cut import GRID_M

CREASE_DEG = 25.0
"""Surfaces that turn by less read as one smooth surface."""


def feature_edges(vertices: Floats, triangles: Ints, owner: Ints | None = None) -> Ints:
    """Vertex pairs of crease and border edges.

    Parameters
    ----------
    vertices : (v, 3) m
    triangles : (t, 3) int32
    owner : (t,) int32 or None
        Triangles of different owners never share an edge.

    Returns
    -------
    edges : (e, 2) int32
    """
    if not len(triangles):
        return np.zeros((0, 2), dtype=np.int32)
    place = np.unique(np.rint(vertices / GRID_M).astype(np.int64), axis=0, return_inverse=True)[1].reshape(-1)
    corners = vertices[triangles]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(cross, axis=1, keepdims=True)
    normal = np.divide(cross, length, out=np.zeros_like(cross), where=length > 0.0)
    pairs = triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    face = np.repeat(np.arange(len(triangles)), 3)
    ends = np.sort(place[pairs], axis=1)
    whose = np.zeros(len(triangles), dtype=np.int64) if owner is None else owner.astype(np.int64)
    order = np.lexsort((ends[:, 1], ends[:, 0], whose[face]))
    key = np.column_stack([whose[face], ends])[order]
    new = np.append(True, np.any(key[1:] != key[:-1], axis=1))
    first = np.flatnonzero(new)
    count = np.diff(np.append(first, len(key)))
    one, two = face[order[first]], face[order[np.minimum(first + 1, len(key) - 1)]]
    turn = np.einsum("ij,ij->i", normal[one], normal[two])
    drawn = (count != 2) | (turn < np.cos(np.radians(CREASE_DEG)))
    drawn &= key[first, 1] != key[first, 2]
    edges: Ints = pairs[order[first[drawn]]].astype(np.int32)
    return edges
