"""Closed meshes of findings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twin.arrays import Floats
from twin.conformity.model import Body


def prism(outline: Floats, base_m: float, top_m: float, holes: Sequence[Floats] = ()) -> Body | None:
    """The upright prism over a simple polygon; None where the polygon or the height is degenerate.

    Parameters
    ----------
    outline : (k, 2) m, design frame
        Anticlockwise, not closed.
    base_m, top_m : float, design frame
    holes : sequence of (h, 2) m, design frame
        Left out of it: anticlockwise, not closed.
    """
    import shapely

    if len(outline) < 3 or top_m <= base_m:
        return None
    polygon = shapely.Polygon(outline, holes)
    if not polygon.is_valid or polygon.area <= 0.0:
        return prism(outline, base_m, top_m) if len(holes) else None
    rings = [outline, *(hole[::-1] for hole in holes)]
    corners, count = np.vstack(rings), sum(len(ring) for ring in rings)
    index = {(float(x), float(y)): row for row, (x, y) in enumerate(corners)}
    faces = shapely.constrained_delaunay_triangles(polygon)
    lids = [[index[(float(x), float(y))] for x, y in face.exterior.coords[:3]] for face in faces.geoms]
    upper = [triple if _turns_left(corners[triple]) else triple[::-1] for triple in lids]
    lower = [[a, c, b] for a, b, c in upper]
    sides, start = [], 0
    for ring in rings:
        for row in range(len(ring)):
            here, after = start + row, start + (row + 1) % len(ring)
            sides += [[here, after, after + count], [here, after + count, here + count]]
        start += len(ring)
    vertices = np.vstack([np.column_stack([corners, np.full(count, z)]) for z in (base_m, top_m)])
    triangles = np.array([*lower, *[[a + count, b + count, c + count] for a, b, c in upper], *sides], dtype=np.int32)
    return Body(vertices, triangles)


def rectangle(low: Floats, high: Floats) -> Floats:
    """(4, 2) m: plan of the box between two corners, (2,) or (3,) m each, anticlockwise."""
    return np.array([[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]]])


def block(low: Floats, high: Floats) -> Body | None:
    """The box between two corners, (3,) m each."""
    return prism(rectangle(low, high), float(low[2]), float(high[2]))


def together(bodies: list[Body | None]) -> Body | None:
    """Several bodies as one; None where there is none."""
    some = [body for body in bodies if body is not None]
    if not some:
        return None
    starts = np.cumsum([0, *(len(body.vertices) for body in some[:-1])])
    triangles = [body.triangles + start for body, start in zip(some, starts, strict=True)]
    return Body(np.vstack([body.vertices for body in some]), np.vstack(triangles).astype(np.int32))


def _turns_left(corners: Floats) -> bool:
    a, b, c = corners
    return bool((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) > 0.0)
