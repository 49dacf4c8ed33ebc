"""Buildings of many shapes for trials of registration, what was built of them, and surveys of it; all made by code.

Told in the design frame: the ground floor at level zero, z up. A shape is a set of rings (outer ones anticlockwise,
courts clockwise) and of convex tiles that fill them. Where windows are is drawn for each wall from the shape's seed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from twin.arrays import Floats, Ints
from twin.design.model import Design, DesignFile, Element, Georeference, Role, Storey, Surface

WALL, SLAB, PARAPET, GROUND = 0.3, 0.25, 0.8, -0.2
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class Body:
    """One closed element."""

    name: str
    ifc_class: str
    vertices: Floats
    triangles: Ints
    storey: int = 0

    def moved(self, offset: tuple[float, float, float]) -> Body:
        return replace(self, vertices=self.vertices + np.array(offset))


def extruded(name: str, polygon: Floats, way: Iterable[float], ifc_class: str = "IfcWall", storey: int = 0) -> Body:
    """A convex plane polygon, (n, 3) m, drawn along a vector."""
    count, far = len(polygon), polygon + np.asarray(list(way))
    faces = []
    for k in range(1, count - 1):
        faces += [(0, k + 1, k), (count, count + k, count + k + 1)]
    for k in range(count):
        n = (k + 1) % count
        faces += [(k, n, count + n), (k, count + n, count + k)]
    vertices, triangles = np.vstack([polygon, far]), np.array(faces, dtype=np.int32)
    a, b, c = np.moveaxis(vertices[triangles] - vertices.mean(axis=0), 1, 0)
    if np.einsum("ij,ij->i", a, np.cross(b, c)).sum() < 0.0:
        triangles = triangles[:, ::-1].copy()
    return Body(name, ifc_class, vertices, triangles, storey)


def upright(
    name: str, plan: Floats | Ring, low: float, high: float, ifc_class: str = "IfcSlab", storey: int = 0
) -> Body:
    """A convex plan between two levels."""
    corners = np.asarray(plan, dtype=np.float64)
    return extruded(name, np.column_stack([corners, np.full(len(corners), low)]), (0, 0, high - low), ifc_class, storey)


def block(name: str, low: tuple[float, float, float], high: tuple[float, float, float]) -> Body:
    """A box of no particular class."""
    plan = ((low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1]))
    return upright(name, plan, low[2], high[2], "IfcBuildingElementProxy")


@dataclass(frozen=True)
class Shape:
    """A building. `roof` is "flat", or over a rectangle "gable" or "mono"; `regular` puts equal windows everywhere."""

    name: str
    rings: tuple[Ring, ...]
    tiles: tuple[Ring, ...]
    heights: tuple[float, ...] = (3.0, 3.0)
    roof: str = "flat"
    seed: int = 0
    regular: bool = False
    rooms: bool = True
    parapet: bool = True

    @property
    def levels(self) -> tuple[float, ...]:
        return tuple(float(v) for v in np.cumsum([0.0, *self.heights]))


def bodies(shape: Shape) -> list[Body]:
    """All elements of a shape."""
    parts: list[Body] = []
    for number, level in enumerate(shape.levels):
        if number == len(shape.heights) and shape.roof != "flat":
            continue
        parts += [
            upright(f"slab {number}.{k}", t, level - SLAB, level, storey=number) for k, t in enumerate(shape.tiles)
        ]
    for number in range(len(shape.heights)):
        low, high = shape.levels[number], shape.levels[number + 1] - (SLAB if _has_lid(shape, number) else 0.0)
        for r, ring in enumerate(shape.rings):
            for side, (p, q, v, u) in enumerate(band(ring)):
                parts += _pierced(shape, (number, r, side), (p, q, v, u), low, high)
        if shape.rooms:
            parts += [_partition(shape, number, k, t, low, high) for k, t in enumerate(shape.tiles)]
    return parts + (_flat_top(shape) if shape.roof == "flat" else _pitched(shape))


def _has_lid(shape: Shape, number: int) -> bool:
    return shape.roof == "flat" or number < len(shape.heights) - 1


def band(ring: Ring) -> list[tuple[Floats, Floats, Floats, Floats]]:
    """Outer ends and inner ends of the wall along each side, mitred."""
    corners = np.asarray(ring, dtype=np.float64)
    along = np.roll(corners, -1, axis=0) - corners
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    inward = np.column_stack([-along[:, 1], along[:, 0]])
    before = np.roll(inward, 1, axis=0)
    mitre = (inward + before) / (1.0 + np.einsum("ij,ij->i", inward, before))[:, None]
    inner = corners + WALL * mitre
    count = len(corners)
    return [(corners[k], corners[(k + 1) % count], inner[(k + 1) % count], inner[k]) for k in range(count)]


def _pierced(
    shape: Shape, key: tuple[int, int, int], ends: tuple[Floats, Floats, Floats, Floats], low: float, high: float
) -> list[Body]:
    """A wall with windows, as pieces of one name."""
    length = float(np.linalg.norm(ends[1] - ends[0]))
    parts, at = [], 0.0
    for a, b, sill, top in openings_in(shape, key, ends, low, high):
        spans = ((at, a, low, high), (a, b, low, sill), (a, b, top, high))
        parts += [piece_of(key, ends, span) for span in spans]
        at = b
    return [*parts, piece_of(key, ends, (at, length, low, high))]


def piece_of(
    key: tuple[int, int, int],
    ends: tuple[Floats, Floats, Floats, Floats],
    span: tuple[float, float, float, float],
) -> Body:
    """Of a wall: from one place to another along it, and between two levels."""
    p, q, v, u = ends
    s, e = np.array(span[:2]) / float(np.linalg.norm(q - p))
    plan = np.array([p + s * (q - p), p + e * (q - p), u + e * (v - u), u + s * (v - u)])
    return upright("wall {}.{}.{}".format(*key), plan, span[2], span[3], "IfcWall", key[0])


def openings_in(
    shape: Shape, key: tuple[int, int, int], ends: tuple[Floats, Floats, Floats, Floats], low: float, high: float
) -> list[tuple[float, float, float, float]]:
    """Windows of a wall between two levels: from where to where along it, sill and head."""
    random = np.random.default_rng([shape.seed, *((0, 0, 0) if shape.regular else key)])
    found = _openings(float(np.linalg.norm(ends[1] - ends[0])), random, shape.regular)
    return [(a, b, low + sill, min(low + head, high - 0.2)) for a, b, sill, head in found]


def _openings(length: float, random: np.random.Generator, regular: bool) -> list[tuple[float, float, float, float]]:
    """(start, end, sill, head) of windows, in order."""
    count = int((length - 1.0) // 2.8)
    pitch = length / max(count, 1)
    found = []
    for k in range(count):
        if not regular and random.random() < 0.25:
            continue
        width = 1.3 if regular else float(random.uniform(0.7, 1.7))
        middle = (k + 0.5) * pitch + (0.0 if regular else float(random.uniform(-0.4, 0.4)))
        sill = 0.9 if regular or random.random() < 0.8 else 0.1
        start = max(0.4, middle - 0.5 * width)
        found.append((start, min(start + width, length - 0.4), sill, 2.2))
    return [one for one in found if one[1] - one[0] > 0.4]


def _partition(shape: Shape, number: int, k: int, tile: Ring, low: float, high: float) -> Body:
    """One wall across a tile, from its first side to the opposite one."""
    random = np.random.default_rng([shape.seed, 7, number, k])
    corners = np.asarray(tile, dtype=np.float64)
    half = len(corners) // 2
    share = 0.5 if shape.regular else float(random.uniform(0.3, 0.7))
    p = corners[0] + share * (corners[1] - corners[0])
    q = corners[half] + (1.0 - share) * (corners[(half + 1) % len(corners)] - corners[half])
    way = (q - p) / np.linalg.norm(q - p)
    p, q = p + 0.4 * way, q - (0.4 if shape.regular else 1.2) * way
    side = 0.06 * np.array([-way[1], way[0]])
    return upright(
        f"partition {number}.{k}", np.array([p - side, q - side, q + side, p + side]), low, high, "IfcWall", number
    )


def _flat_top(shape: Shape) -> list[Body]:
    if not shape.parapet:
        return []
    top, number = shape.levels[-1], len(shape.heights) - 1
    bands = [ends for ring in shape.rings for ends in band(ring)]
    return [
        upright(f"parapet {k}", np.array([p, q, v, u]), top, top + PARAPET, "IfcWall", number)
        for k, (p, q, v, u) in enumerate(bands)
    ]


def _pitched(shape: Shape) -> list[Body]:
    """A gable or mono-pitch roof over the box of the first ring, eaves 0.4 m out."""
    corners = np.asarray(shape.rings[0], dtype=np.float64)
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    eaves, number, thick = shape.levels[-1], len(shape.heights) - 1, 0.25
    if shape.roof == "mono":
        rise = 0.25 * (y1 - y0)
        lid = np.array(
            [
                (x0 - 0.4, y0 - 0.4, eaves - 0.1),
                (x1 + 0.4, y0 - 0.4, eaves - 0.1),
                (x1 + 0.4, y1 + 0.4, eaves + rise + 0.1),
                (x0 - 0.4, y1 + 0.4, eaves + rise + 0.1),
            ]
        )
        ends = [np.array([(x, y0, eaves), (x, y1, eaves), (x, y1, eaves + rise)]) for x in (x0, x1 - WALL)]
        back = upright(
            "gable back",
            ((x0, y1 - WALL), (x1, y1 - WALL), (x1, y1), (x0, y1)),
            eaves,
            eaves + rise - 0.1,
            "IfcWall",
            number,
        )
        return [
            extruded("roof 0", lid, (0, 0, thick), "IfcRoof", number),
            back,
            *(extruded(f"gable {k}", e, (WALL, 0, 0), "IfcWall", number) for k, e in enumerate(ends)),
        ]
    middle = 0.5 * (y0 + y1) + 0.06 * (0.0 if shape.regular else 1.0) * (y1 - y0)
    rise = 0.35 * (y1 - y0)
    parts = []
    for k, y in enumerate((y0, y1)):
        out = y + np.sign(y - middle) * 0.4
        drop = rise * 0.4 / abs(y - middle)
        lid = np.array(
            [
                (x0 - 0.4, out, eaves - drop),
                (x1 + 0.4, out, eaves - drop),
                (x1 + 0.4, middle, eaves + rise),
                (x0 - 0.4, middle, eaves + rise),
            ]
        )
        parts.append(extruded(f"roof {k}", lid, (0, 0, thick), "IfcRoof", number))
    for k, x in enumerate((x0, x1 - WALL)):
        face = np.array([(x, y0, eaves), (x, y1, eaves), (x, middle, eaves + rise)])
        parts.append(extruded(f"gable {k}", face, (WALL, 0, 0), "IfcWall", number))
    return parts


def design_of(shape: Shape, parts: list[Body] | None = None) -> Design:
    """The shape as a design; pieces of one name are one element."""
    parts = bodies(shape) if parts is None else parts
    names = list(dict.fromkeys(part.name for part in parts))
    start, vertices, triangles, owner = 0, [], [], []
    for part in sorted(parts, key=lambda one: names.index(one.name)):
        vertices.append(part.vertices)
        triangles.append(part.triangles + start)
        owner.append(np.full(len(part.triangles), names.index(part.name)))
        start += len(part.vertices)
    surface = Surface(
        np.vstack(vertices), np.vstack(triangles).astype(np.int32), np.concatenate(owner).astype(np.int32)
    )
    elements = []
    for k, name in enumerate(names):
        mine = [part for part in parts if part.name == name]
        points = np.vstack([part.vertices for part in mine])
        box = tuple(float(v) for v in (*points.min(axis=0), *points.max(axis=0)))
        elements.append(Element(k, f"{k:022d}", mine[0].ifc_class, name, Role.BUILDING, mine[0].storey, box, True))
    count = len(shape.heights) + (shape.roof == "flat")
    storeys = tuple(
        Storey(f"Storey {n}", None, z, n < len(shape.heights), "slab", 50.0) for n, z in enumerate(shape.levels[:count])
    )
    nowhere = Georeference(None, None, 0.0, None, None, None, "none")
    return Design(
        (DesignFile("shape.ifc", "0" * 64, "IFC4", 1.0),), shape.name, tuple(elements), storeys, surface, nowhere
    )
