"""Straight prisms, the parts made of them, and their triangles.

Every part of the sample building is one or more prisms in a local frame. The IFC file and the virtual survey are both
made from these, by different code, so that each can be checked against the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from twin.arrays import Floats

Point2 = tuple[float, float]
Point3 = tuple[float, float, float]
Outline = tuple[Point2, ...]

_X: Point3 = (1.0, 0.0, 0.0)
_Y: Point3 = (0.0, 1.0, 0.0)
_Z: Point3 = (0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Prism:
    """A plane outline, extruded.

    Attributes
    ----------
    outline : (k, 2) m
        Anticlockwise in the plane of `u` and `v`.
    origin : (3,) m
        Where the outline's (0, 0) lies.
    u, v : (3,)
        Unit vectors of the outline's plane; the extrusion runs along u x v.
    depth : float
        Length of the extrusion in m.
    material : str
        Name in the palette.
    """

    outline: Outline
    origin: Point3
    u: Point3
    v: Point3
    depth: float
    material: str

    @property
    def axis(self) -> Point3:
        """Direction of the extrusion."""
        return _as_point(np.cross(self.u, self.v))

    @property
    def area(self) -> float:
        """Area of the outline in m2."""
        return outline_area(self.outline)

    @property
    def perimeter(self) -> float:
        """Length of the outline in m."""
        ring = np.array(self.outline)
        return float(np.linalg.norm(np.roll(ring, -1, axis=0) - ring, axis=1).sum())


@dataclass(frozen=True)
class Part:
    """One element of the building.

    Attributes
    ----------
    key : str
        Unique; the GlobalId is derived from it.
    family : str
        Which type it is of; see `samples.families`.
    name : str
    level : str
        Key of the level that it stands on.
    origin : (3,) m, design frame
        Origin of its local frame.
    yaw_deg : float
        Direction of its local x axis, anticlockwise from the design's x axis.
    bodies : tuple of Prism, local frame
    voids : tuple of Outline
        Holes through the first body, in that body's plane.
    void_keys : tuple of str
        One for each void.
    fills : str
        Key of the void that it stands in, empty where none.
    whole : str
        Key of the assembly that it is a part of, empty where none.
    size : dict
        Nominal dimensions in m, by name, for its quantities.
    """

    key: str
    family: str
    name: str
    level: str
    origin: Point3
    bodies: tuple[Prism, ...]
    yaw_deg: float = 0.0
    voids: tuple[Outline, ...] = ()
    void_keys: tuple[str, ...] = ()
    fills: str = ""
    whole: str = ""
    size: dict[str, float] = field(default_factory=dict)


def outline_area(outline: Outline) -> float:
    """Area in m2 of a simple outline, positive where it runs anticlockwise."""
    x, y = np.array(outline).T
    return float(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def rectangle(x0: float, y0: float, x1: float, y1: float) -> Outline:
    """The four corners, anticlockwise."""
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def box(low: Point3, high: Point3, material: str) -> Prism:
    """A box with faces along the axes."""
    return flat(rectangle(low[0], low[1], high[0], high[1]), low[2], high[2] - low[2], material)


def flat(outline: Outline, bottom: float, thickness: float, material: str) -> Prism:
    """A plate: an outline in plan, extruded upwards from `bottom`."""
    return Prism(outline, (0.0, 0.0, bottom), _X, _Y, thickness, material)


def upright(outline: Outline, thickness: float, material: str, front: float = 0.0) -> Prism:
    """A standing plate: an outline in x and z whose outer face is at y = `front` and inner face `thickness` behind."""
    return Prism(outline, (0.0, front + thickness, 0.0), _X, _Z, thickness, material)


def lengthwise(outline: Outline, start: float, length: float, material: str) -> Prism:
    """A bar along x: an outline in y and z, extruded from x = `start`."""
    return Prism(outline, (start, 0.0, 0.0), _Y, _Z, length, material)


def beam(start: Point3, end: Point3, width: float, material: str) -> Prism:
    """A square bar between two points, `width` m thick."""
    along = np.subtract(end, start)
    length = float(np.linalg.norm(along))
    along = along / length
    is_upright = abs(along[2]) > abs(along[0]) + abs(along[1])
    aside = np.array(_X) if is_upright else np.array(_Z)
    u = np.cross(aside, along)
    u /= np.linalg.norm(u)
    half = width / 2
    square = rectangle(-half, -half, half, half)
    return Prism(square, start, _as_point(u), _as_point(np.cross(along, u)), length, material)


def prism_triangles(prism: Prism, holes: tuple[Outline, ...] = ()) -> Floats:
    """Triangles of a prism's whole surface.

    Parameters
    ----------
    prism : Prism
    holes : tuple of Outline
        Cut through the whole prism, in its plane; they may reach over its edge.

    Returns
    -------
    triangles : (t, 3, 3) m, the prism's frame
        Anticlockwise seen from outside.
    """
    caps, rings = _cut(prism.outline, holes)
    origin, u, v = np.array(prism.origin), np.array(prism.u), np.array(prism.v)
    rise = np.cross(u, v) * prism.depth

    def lifted(plane: Floats) -> Floats:
        placed: Floats = origin + plane[..., :1] * u + plane[..., 1:] * v
        return placed

    bottom = lifted(caps)
    parts = [bottom[:, ::-1], bottom + rise]
    for ring in rings:
        a = lifted(ring)
        b = np.roll(a, -1, axis=0)
        parts += [np.stack([a, b, b + rise], axis=1), np.stack([a, b + rise, a + rise], axis=1)]
    return np.concatenate(parts)


def part_triangles(part: Part) -> tuple[Floats, list[str]]:
    """Triangles of a part and the material of each.

    Returns
    -------
    triangles : (t, 3, 3) m, design frame
    materials : list of str
    """
    soups = [prism_triangles(body, part.voids if i == 0 else ()) for i, body in enumerate(part.bodies)]
    materials = [body.material for body, soup in zip(part.bodies, soups, strict=True) for _ in range(len(soup))]
    yaw = np.radians(part.yaw_deg)
    turn = np.array([[np.cos(yaw), -np.sin(yaw), 0.0], [np.sin(yaw), np.cos(yaw), 0.0], [0.0, 0.0, 1.0]])
    return np.concatenate(soups) @ turn.T + np.array(part.origin), materials


def _cut(outline: Outline, holes: tuple[Outline, ...]) -> tuple[Floats, list[Floats]]:
    """(t, 3, 2) triangles of the outline less the holes, and its rings with the material on their left."""
    ring = np.array(outline)
    if not holes and _is_convex(ring):
        fan = np.array([[0, i, i + 1] for i in range(1, len(ring) - 1)])
        return ring[fan], [ring]
    import shapely

    region = shapely.Polygon(outline)
    if holes:
        region = region.difference(shapely.union_all([shapely.Polygon(hole) for hole in holes]))
    pieces = [shapely.orient_polygons(piece) for piece in shapely.get_parts(region)]
    triangles = shapely.get_parts(shapely.get_parts(shapely.constrained_delaunay_triangles(pieces)))
    corners = np.array([shapely.get_coordinates(shapely.orient_polygons(triangle))[:3] for triangle in triangles])
    rings = [np.array(line.coords)[:-1] for piece in pieces for line in (piece.exterior, *piece.interiors)]
    return corners, rings


def _is_convex(ring: Floats) -> bool:
    ahead = np.roll(ring, -1, axis=0) - ring
    after = np.roll(ahead, -1, axis=0)
    return bool((ahead[:, 0] * after[:, 1] - ahead[:, 1] * after[:, 0] >= 0.0).all())


def _as_point(vector: Floats) -> Point3:
    x, y, z = (float(component) for component in vector)
    return (x, y, z)
