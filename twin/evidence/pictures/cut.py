"""What a plane cuts out of triangle meshes: directed lines, and the areas they enclose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.arrays import Flags, Floats, Ints, Longs

GRID_M = 1e-4
"""Cut lines are joined on this grid: far below what a drawing shows, far above rounding."""


@dataclass(frozen=True, eq=False)
class Plane:
    """A cutting plane with axes to draw it by.

    Attributes
    ----------
    origin : (3,) m, design frame
    right, up : (3,) unit
        Axes on paper; the viewer looks along ``cross(up, right)``.
    """

    origin: Floats
    right: Floats
    up: Floats

    @property
    def look(self) -> Floats:
        """(3,) unit: the direction in which the viewer looks."""
        return np.asarray(np.cross(self.up, self.right))

    def on_paper(self, points: Floats) -> Floats:
        """(n, 2) m: the points' coordinates along right and up, in the design's own numbers where axes agree."""
        return np.column_stack([points @ self.right, points @ self.up])

    def ahead(self, points: Floats) -> Floats:
        """(n,) m: how far each point lies beyond the plane."""
        return np.asarray((points - self.origin) @ self.look)


@dataclass(frozen=True, eq=False)
class Cut:
    """Directed lines on paper, (k, 2, 2) m, with the index of the triangle that each comes from."""

    lines: Floats
    triangle: Longs


def cut(vertices: Floats, triangles: Ints, plane: Plane) -> Cut:
    """Lines in which a plane meets triangles.

    Parameters
    ----------
    vertices : (v, 3) m, design frame
    triangles : (t, 3) int32
    plane : Plane

    Returns
    -------
    Cut
        Lines run so that solid matter is always on the same side.

    Notes
    -----
    A vertex in the plane counts as lying beyond it, so every triangle gives one line or none and closed meshes give
    closed loops.
    """
    beyond = plane.ahead(vertices)
    side = beyond >= 0.0
    of_corner = side[triangles]
    count = of_corner.sum(axis=1)
    crossing = np.flatnonzero((count == 1) | (count == 2))
    lone = _lone_corner(of_corner[crossing], count[crossing])
    row = np.arange(len(crossing))
    corners = triangles[crossing]
    a = corners[row, lone]
    b = corners[row, (lone + 1) % 3]
    c = corners[row, (lone + 2) % 3]
    first, second = _meet(vertices, beyond, a, b), _meet(vertices, beyond, a, c)
    turned = count[crossing] == 2
    start = np.where(turned[:, None], second, first)
    end = np.where(turned[:, None], first, second)
    lines = np.stack([plane.on_paper(start), plane.on_paper(end)], axis=1)
    return Cut(np.round(lines / GRID_M) * GRID_M, crossing)


def _lone_corner(of_corner: Flags, count: Longs) -> Longs:
    lone: Longs = np.where(count == 1, of_corner.argmax(axis=1), (~of_corner).argmax(axis=1))
    return lone


def _meet(vertices: Floats, beyond: Floats, a: Ints, b: Ints) -> Floats:
    low, high = np.minimum(a, b), np.maximum(a, b)  # one order, so that neighbours compute the same point
    span = beyond[high] - beyond[low]
    share = -beyond[low] / np.where(span == 0.0, 1.0, span)
    met: Floats = vertices[low] + share[:, None] * (vertices[high] - vertices[low])
    return met


def areas_of(lines: Floats) -> list[Any]:
    """Polygons of solid matter that directed lines enclose, overlaps allowed.

    Parameters
    ----------
    lines : (k, 2, 2) m, on paper
        Of one closed element or several.

    Returns
    -------
    list of shapely polygons
        Empty where the lines close nothing.
    """
    import shapely

    if not len(lines):
        return []
    long = np.any(lines[:, 0] != lines[:, 1], axis=1)
    lines = lines[long]
    noded = shapely.node(shapely.multilinestrings(shapely.linestrings(lines)))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    if not len(faces):
        return []
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    return [face for face, solid in zip(faces, _winding(lines, inner) != 0, strict=True) if solid]


def _winding(lines: Floats, points: Floats) -> Longs:
    """How often directed lines run round each point."""
    total = np.zeros(len(points), dtype=np.int64)
    x0, y0, x1, y1 = lines[:, 0, 0], lines[:, 0, 1], lines[:, 1, 0], lines[:, 1, 1]
    for index, (x, y) in enumerate(points):
        rises, falls = (y0 <= y) & (y1 > y), (y0 > y) & (y1 <= y)
        left = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
        total[index] = np.count_nonzero(rises & (left > 0.0)) - np.count_nonzero(falls & (left < 0.0))
    return total


def area_of(lines: Floats) -> float:
    """Signed sum of the areas that directed lines enclose, m2, without joining them."""
    (x0, y0), (x1, y1) = (lines[:, 0].T, lines[:, 1].T)
    return float(np.abs(np.sum(x0 * y1 - x1 * y0)) / 2.0)
