"""Openings in approved walls: windows, doors and voids, as the surface shows them, however the file made them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.arrays import Floats, rows_by
from twin.design.faces import Faces
from twin.design.model import Design, Role

if TYPE_CHECKING:
    from shapely import Polygon

_UPRIGHT = 0.2
"""Largest rise of a wall's normal."""
FILLS = ("IfcWindow", "IfcDoor", "IfcCurtainWall", "IfcPlate", "IfcMember", "IfcRailing")
"""What stands in openings, or lets rays through like one: no wall."""
_GRID_M = 0.001
_LEAST_FACE_M2 = 2.0
_BESIDE_M = 0.5
"""What fills an opening stands no farther than this before or behind the face of its wall."""
_RECTANGULAR = 0.85
"""Share of the smallest rectangle about it that a notch must fill: doors, not steps and gables."""


@dataclass(frozen=True, eq=False)
class Opening:
    """An opening in one face of a wall.

    Attributes
    ----------
    element : int
        The wall.
    normal : (3,)
        Of the face, outward.
    plane_m : float
        Its distance from the origin along the normal.
    outline : (k, 2) m
        Anticlockwise, along the face, level, and up: `Opening.place` says where that is.
    depth_m : float
        Of the wall behind the face; 0 where it has no back.
    filled_m : (float, float) or None
        From where to where before the face, m, windows and doors lie in it; None where none was modelled.
    """

    element: int
    normal: Floats
    plane_m: float
    outline: Floats
    depth_m: float
    filled_m: tuple[float, float] | None

    @property
    def area_m2(self) -> float:
        """Of the outline."""
        x, y = self.outline.T
        return float(0.5 * abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)))

    def place(self, height_m: float = 0.0) -> Floats:
        """(k, 3) m, design frame: the corners of the outline, so far before the face."""
        along, _ = axes(self.normal)
        up = np.array([0.0, 0.0, 1.0])
        flat = self.outline[:, :1] * along + self.outline[:, 1:] * up
        return np.asarray(flat + (self.plane_m + height_m) * self.normal)


def axes(normal: Floats) -> tuple[Floats, Floats]:
    """(3,) each: along a wall's face, level, and up it; `normal` is level to the accuracy of a wall."""
    along = np.array([-normal[1], normal[0], 0.0])
    along /= np.linalg.norm(along)
    return along, np.array([0.0, 0.0, 1.0])


def openings_of(design: Design, least_m2: float, least_width_m: float) -> tuple[Opening, ...]:
    """Openings of at least that size in the upright faces of building elements, element by element.

    Holes in a face, and notches that reach its lower edge: most exporters cut doors so.

    Parameters
    ----------
    design : Design
    least_m2, least_width_m : float
        Area, and width both ways.
    """
    faces, fills, found = Faces(design.surface), _Fills(design), []
    for face, normal, triangles in _walls(design, faces):
        plane, thick = float(faces.plane_m[face]), faces.thickness(face)
        depth = thick if np.isfinite(thick) else 0.0
        for outline in _outlines(triangles, least_m2, least_width_m):
            filled = fills.within(normal, plane, outline)
            found.append(Opening(int(faces.element[face]), normal, plane, outline, depth, filled))
    return tuple(found)


def _walls(design: Design, faces: Faces) -> Iterator[tuple[int, Floats, Floats]]:
    """Each large upright face of the building: its number, its level normal, and its triangles, (t, 3, 2) m, along it
    and up.
    """
    surface = design.surface
    judged = np.array(
        [e.role is Role.BUILDING and not e.ifc_class.startswith(FILLS) for e in design.elements], dtype=bool
    )
    area = np.bincount(faces.of_triangle, weights=surface.areas(), minlength=len(faces))
    wanted = judged[faces.element] & (np.abs(faces.normal[:, 2]) < _UPRIGHT) & (area >= _LEAST_FACE_M2)
    triangles, corners = rows_by(faces.of_triangle, len(faces)), surface.corners()
    for face in np.flatnonzero(wanted):
        normal = faces.normal[face]
        along, up = axes(normal)
        yield int(face), normal, corners[triangles[face]] @ np.column_stack([along, up])


def _outlines(triangles: Floats, least_m2: float, least_width_m: float) -> Iterator[Floats]:
    """(k, 2) m each: holes and notches of a face."""
    from shapely import Polygon, polygons, union_all
    from shapely.geometry.polygon import orient

    if len(triangles) <= 2:
        return  # a whole rectangle, or less
    whole = union_all(polygons(triangles), grid_size=_GRID_M)
    for part in getattr(whole, "geoms", [whole]):
        if not isinstance(part, Polygon) or part.is_empty:
            continue
        candidates = [Polygon(ring) for ring in part.interiors] + [*_notches(part)]
        for gap in candidates:
            x0, y0, x1, y1 = gap.bounds
            if gap.area >= least_m2 and min(x1 - x0, y1 - y0) >= least_width_m:
                yield np.array(orient(gap).exterior.coords)[:-1]


def _notches(part: Polygon) -> Iterator[Polygon]:
    """What is cut out of a face from its lower edge and is a rectangle."""
    from shapely import Polygon

    hull = part.convex_hull
    rest = hull.difference(Polygon(part.exterior), grid_size=_GRID_M)
    low, high = hull.bounds[1], hull.bounds[3]
    for gap in getattr(rest, "geoms", [rest]):
        if isinstance(gap, Polygon) and not gap.is_empty:
            x0, y0, x1, y1 = gap.bounds
            at_foot = y0 < low + 2.0 * _GRID_M and y1 < high - _BESIDE_M / 10.0
            inner = x0 > hull.bounds[0] + 2.0 * _GRID_M and x1 < hull.bounds[2] - 2.0 * _GRID_M
            if at_foot and inner and gap.area >= _RECTANGULAR * (x1 - x0) * (y1 - y0):
                yield gap


class _Fills:
    """Windows, doors and what else fills openings."""

    def __init__(self, design: Design) -> None:
        self._surface = design.surface
        some = [element for element in design.elements if element.ifc_class.startswith(FILLS)]
        self._index = [element.index for element in some]
        boxes = np.array([element.box for element in some]).reshape(-1, 6)
        self._centre, self._size = 0.5 * (boxes[:, :3] + boxes[:, 3:]), boxes[:, 3:] - boxes[:, :3]

    def within(self, normal: Floats, plane_m: float, outline: Floats) -> tuple[float, float] | None:
        """From where to where before a face, m, they lie in an opening; None without any."""
        at = np.column_stack([self._centre @ axes(normal)[0], self._centre[:, 2]])
        inside = ((at >= outline.min(axis=0)) & (at <= outline.max(axis=0))).all(axis=1)
        reach = 0.5 * (self._size @ np.abs(normal))
        near = np.abs(self._centre @ normal - plane_m) <= reach + _BESIDE_M
        heights = []
        for row in np.flatnonzero(inside & near):
            ends = np.searchsorted(self._surface.element, [self._index[row], self._index[row] + 1])
            used = np.unique(self._surface.triangles[ends[0] : ends[1]])
            heights.append(self._surface.vertices[used] @ normal - plane_m)
        return (float(np.concatenate(heights).min()), float(np.concatenate(heights).max())) if heights else None
