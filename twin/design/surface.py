"""Triangles made fit to measure against: welded, outward, without slivers, one array for the whole design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from twin.arrays import Flags, Floats, Ints, Longs, frozen
from twin.design.model import Surface
from twin.design.tessellation import Body

WELD_M = 1e-6
"""Corners nearer than this are one: far below any modelling tolerance, far above the rounding of map coordinates."""
_SLIVER_M2 = 1e-12
"""Area of a triangle with two corners one weld length apart and the third a micrometre away: nothing to measure."""


@dataclass(frozen=True, eq=False)
class Solid:
    """One element's surface.

    Attributes
    ----------
    vertices : (v, 3) m, design frame
    triangles : (t, 3) int32
        Anticlockwise seen from outside where `is_closed`.
    is_closed : bool
        Every edge is run through equally often in both directions, so the surface encloses a volume.
    was_inside_out : bool
        Whether a shell was turned over.
    """

    vertices: Floats
    triangles: Ints
    is_closed: bool
    was_inside_out: bool


def solid(body: Body) -> Solid | None:
    """`body` welded and turned outward, or None where no triangle with an area is left.

    Notes
    -----
    Closedness is judged before slivers go: a sliver may be the only thing that closes the seam between a long edge
    and its halves.
    """
    vertices, triangles = _welded(body)
    closed = _is_closed(triangles, len(vertices))
    turned = False
    if closed:
        triangles, turned = _outward(vertices, triangles)
    corners = vertices[triangles]
    areas = 0.5 * np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    triangles = triangles[areas > _SLIVER_M2]
    if not len(triangles):
        return None
    used, triangles = np.unique(triangles, return_inverse=True)
    return Solid(vertices[used], triangles.reshape(-1, 3).astype(np.int32), closed, turned)


def _welded(body: Body) -> tuple[Floats, Longs]:
    origin = body.vertices.min(axis=0)
    steps = np.rint((body.vertices - origin) / WELD_M).astype(np.int64)
    _, first, where = np.unique(steps, axis=0, return_index=True, return_inverse=True)
    triangles = where.reshape(-1)[body.triangles].astype(np.int64)
    a, b, c = triangles.T
    return body.vertices[first], triangles[(a != b) & (b != c) & (c != a)]


def _is_closed(triangles: Longs, count: int) -> bool:
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    forward = np.sort(edges[:, 0] * count + edges[:, 1])
    backward = np.sort(edges[:, 1] * count + edges[:, 0])
    return len(triangles) > 0 and bool(np.array_equal(forward, backward))


def _outward(vertices: Floats, triangles: Longs) -> tuple[Longs, bool]:
    """The whole turned to positive volume, then each shell that is neither outward nor a cavity of another."""
    shell = _shells(triangles, len(vertices))
    volumes = _shell_volumes(vertices, triangles, shell)
    all_turned = bool(volumes.sum() < 0.0)
    if all_turned:
        triangles, volumes = triangles[:, ::-1], -volumes
    inside_out = (volumes < 0.0) & ~_cavities(vertices, triangles, shell, volumes)
    turn = inside_out[shell]
    return np.where(turn[:, None], triangles[:, ::-1], triangles), all_turned or bool(inside_out.any())


def _shells(triangles: Longs, count: int) -> Ints:
    rows = np.concatenate([triangles[:, 0], triangles[:, 1]])
    columns = np.concatenate([triangles[:, 1], triangles[:, 2]])
    graph = coo_matrix((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(count, count))
    label = connected_components(graph, directed=False)[1][triangles[:, 0]]
    return np.unique(label, return_inverse=True)[1].reshape(-1).astype(np.int32)


def _shell_volumes(vertices: Floats, triangles: Longs, shell: Ints) -> Floats:
    corners = vertices[triangles] - vertices[triangles[0, 0]]
    volumes = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6.0
    sums: Floats = np.bincount(shell, weights=volumes).astype(np.float64)
    return sums


def _cavities(vertices: Floats, triangles: Longs, shell: Ints, volumes: Floats) -> Flags:
    """Shells of negative volume whose box lies strictly inside the box of one positive shell."""
    count = len(volumes)
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    for corner in triangles.T:
        np.minimum.at(low, shell, vertices[corner])
        np.maximum.at(high, shell, vertices[corner])
    hosts = np.flatnonzero(volumes > 0.0)
    inside = np.zeros(count, dtype=np.bool_)
    for index in np.flatnonzero(volumes < 0.0):
        holds = (low[hosts] < low[index]).all(axis=1) & (high[hosts] > high[index]).all(axis=1)
        inside[index] = bool(holds.any())
    return inside


def joined(solids: Sequence[Solid]) -> Surface:
    """All solids as one surface, in their order; element i is ``solids[i]``."""
    starts = np.cumsum([0, *(len(s.vertices) for s in solids)])
    counts = [len(s.triangles) for s in solids]
    vertices = [s.vertices for s in solids] or [np.zeros((0, 3))]
    triangles = [s.triangles + start for s, start in zip(solids, starts, strict=False)] or [np.zeros((0, 3), np.int32)]
    return Surface(
        frozen(np.concatenate(vertices)),
        frozen(np.concatenate(triangles).astype(np.int32)),
        frozen(np.repeat(np.arange(len(solids), dtype=np.int32), counts)),
    )
