"""Many bodies as one drawable mesh: triangles, crease lines and the owner of each vertex."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.arrays import Flags, Floats, Ints, Longs

STEP_M = 0.0001
"""Vertices are rounded to whole steps: a tenth of a millimetre."""
_CREASE_DEG = 25.0
"""Faces that meet at a larger angle are drawn with a line between them; flat and gently curved surfaces stay clean."""


def mesh_arrays(vertices: Floats, triangles: Ints, owner: Ints) -> dict[str, NDArray[Any]]:
    """One mesh in which no vertex has two owners.

    Parameters
    ----------
    vertices : (v, 3) m, relative to the page's local origin
    triangles : (t, 3) int
    owner : (t,) int
        Element or finding of each triangle.

    Returns
    -------
    arrays : dict
        ``vertex`` (n, 3) int32 in steps; ``owner`` (n,) int32; ``triangle`` (t, 3) int32; ``crease`` (c, 2) int32.
    """
    places = np.rint(vertices / STEP_M).astype(np.int64)
    corner_owner = np.repeat(owner.astype(np.int64), 3)
    rows = np.column_stack([corner_owner, places[triangles.ravel()]]) if len(triangles) else np.zeros((0, 4), np.int64)
    unique, corner = _unique_rows(rows)
    faces = corner.reshape(-1, 3)
    whole = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    faces = faces[whole]
    return {
        "vertex": unique[:, 1:].astype(np.int32),
        "owner": unique[:, 0].astype(np.int32),
        "triangle": faces.astype(np.int32),
        "crease": _creases(np.asarray(unique[:, 1:] * STEP_M, dtype=np.float64), faces).astype(np.int32),
    }


def _unique_rows(rows: Longs) -> tuple[Longs, Longs]:
    """Unique rows in ascending order, and which of them each row is."""
    order = np.lexsort(rows.T[::-1])
    is_new = np.ones(len(rows), dtype=bool)
    is_new[1:] = np.any(np.diff(rows[order], axis=0) != 0, axis=1)
    which = np.empty_like(order)
    which[order] = np.cumsum(is_new) - 1
    return rows[order[is_new]], which


def _creases(vertices: Floats, faces: Longs) -> Longs:
    """Edges, (c, 2) vertex indices ascending, at which a surface ends, branches or turns."""
    if not len(faces):
        return np.zeros((0, 2), dtype=np.int64)
    sides = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    key = sides[:, 0] * len(vertices) + sides[:, 1]
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(key[order]) != 0])
    counts = np.diff(np.r_[starts, len(order)])
    drawn = counts != 2
    pairs = starts[~drawn]
    drawn[~drawn] = _turns(vertices, faces, order[pairs] // 3, order[pairs + 1] // 3)
    chosen: Longs = sides[order[starts[drawn]]]
    return chosen


def _turns(vertices: Floats, faces: Longs, first: Longs, second: Longs) -> Flags:
    """Whether the two faces at each edge meet at more than the crease angle; thin slivers never hide a line."""
    corners = vertices[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    unit = np.divide(normal, length, out=np.zeros_like(normal), where=length > 0.0)
    cosine = np.abs(np.einsum("ij,ij->i", unit[first], unit[second]))
    turns: Flags = cosine < np.cos(np.radians(_CREASE_DEG))
    return turns
