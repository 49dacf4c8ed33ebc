"""Buildings of many shapes for trials of registration, what was built of them, and surveys of it; all made by code.

Told in the design frame: the ground floor at level zero, z up. A shape is a set of rings (outer ones anticlockwise,
courts clockwise) and of convex tiles that fill them. Where windows are is drawn for each wall from the shape's seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from twin.arrays import Flags, Floats, Ints, Matrix4
from twin.design.model import Design, DesignFile, Element, Georeference, Role, Storey, Surface
from twin.frames import move, translation, yaw
from twin.survey.model import Cloud, Scan

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


def upright(name: str, plan: Floats | Ring, low: float, high: float, ifc_class: str = "IfcSlab", storey: int = 0) -> Body:
    """A convex plan between two levels."""
    corners = np.asarray(plan, dtype=np.float64)
    return extruded(name, np.column_stack([corners, np.full(len(corners), low)]), (0, 0, high - low), ifc_class, storey)


def block(name: str, low: tuple[float, float, float], high: tuple[float, float, float]) -> Body:
    """A box of no particular class."""
    plan = ((low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1]))
    return upright(name, plan, low[2], high[2], "IfcBuildingElementProxy")


@dataclass(frozen=True)
class Shape:
    """A building. `roof` is "flat", or "gable" or "mono" over a rectangle; `regular` puts the same windows everywhere."""

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
        parts += [upright(f"slab {number}.{k}", t, level - SLAB, level, storey=number) for k, t in enumerate(shape.tiles)]
    for number in range(len(shape.heights)):
        low, high = shape.levels[number], shape.levels[number + 1] - (SLAB if _has_lid(shape, number) else 0.0)
        for r, ring in enumerate(shape.rings):
            for side, (p, q, v, u) in enumerate(_band(ring)):
                parts += _pierced(shape, (number, r, side), (p, q, v, u), low, high)
        if shape.rooms:
            parts += [_partition(shape, number, k, t, low, high) for k, t in enumerate(shape.tiles)]
    return parts + (_flat_top(shape) if shape.roof == "flat" else _pitched(shape))


def _has_lid(shape: Shape, number: int) -> bool:
    return shape.roof == "flat" or number < len(shape.heights) - 1


def _band(ring: Ring) -> list[tuple[Floats, Floats, Floats, Floats]]:
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
    p, q, v, u = ends
    length = float(np.linalg.norm(q - p))
    name = "wall {}.{}.{}".format(*key)

    def piece(a: float, b: float, z0: float, z1: float) -> Body:
        s, e = a / length, b / length
        plan = np.array([p + s * (q - p), p + e * (q - p), u + e * (v - u), u + s * (v - u)])
        return upright(name, plan, z0, z1, "IfcWall", key[0])

    random = np.random.default_rng([shape.seed, *((0, 0, 0) if shape.regular else key)])
    parts, at = [], 0.0
    for a, b, sill, head in _openings(length, random, shape.regular):
        top = min(low + head, high - 0.2)
        parts += [piece(at, a, low, high), piece(a, b, low, low + sill), piece(a, b, top, high)]
        at = b
    return [*parts, piece(at, length, low, high)]


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
    return upright(f"partition {number}.{k}", np.array([p - side, q - side, q + side, p + side]), low, high, "IfcWall", number)


def _flat_top(shape: Shape) -> list[Body]:
    if not shape.parapet:
        return []
    top, number = shape.levels[-1], len(shape.heights) - 1
    bands = [ends for ring in shape.rings for ends in _band(ring)]
    return [upright(f"parapet {k}", np.array([p, q, v, u]), top, top + PARAPET, "IfcWall", number) for k, (p, q, v, u) in enumerate(bands)]


def _pitched(shape: Shape) -> list[Body]:
    """A gable or mono-pitch roof over the box of the first ring, eaves 0.4 m out."""
    corners = np.asarray(shape.rings[0], dtype=np.float64)
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    eaves, number, thick = shape.levels[-1], len(shape.heights) - 1, 0.25
    if shape.roof == "mono":
        rise = 0.25 * (y1 - y0)
        lid = np.array([(x0 - 0.4, y0 - 0.4, eaves - 0.1), (x1 + 0.4, y0 - 0.4, eaves - 0.1), (x1 + 0.4, y1 + 0.4, eaves + rise + 0.1), (x0 - 0.4, y1 + 0.4, eaves + rise + 0.1)])
        ends = [np.array([(x, y0, eaves), (x, y1, eaves), (x, y1, eaves + rise)]) for x in (x0, x1 - WALL)]
        back = upright("gable back", ((x0, y1 - WALL), (x1, y1 - WALL), (x1, y1), (x0, y1)), eaves, eaves + rise - 0.1, "IfcWall", number)
        return [extruded("roof 0", lid, (0, 0, thick), "IfcRoof", number), back, *(extruded(f"gable {k}", e, (WALL, 0, 0), "IfcWall", number) for k, e in enumerate(ends))]
    middle = 0.5 * (y0 + y1) + 0.06 * (0.0 if shape.regular else 1.0) * (y1 - y0)
    rise = 0.35 * (y1 - y0)
    parts = []
    for k, y in enumerate((y0, y1)):
        out = y + np.sign(y - middle) * 0.4
        drop = rise * 0.4 / abs(y - middle)
        lid = np.array([(x0 - 0.4, out, eaves - drop), (x1 + 0.4, out, eaves - drop), (x1 + 0.4, middle, eaves + rise), (x0 - 0.4, middle, eaves + rise)])
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
    surface = Surface(np.vstack(vertices), np.vstack(triangles).astype(np.int32), np.concatenate(owner).astype(np.int32))
    elements = []
    for k, name in enumerate(names):
        mine = [part for part in parts if part.name == name]
        points = np.vstack([part.vertices for part in mine])
        box = tuple(float(v) for v in (*points.min(axis=0), *points.max(axis=0)))
        elements.append(Element(k, f"{k:022d}", mine[0].ifc_class, name, Role.BUILDING, mine[0].storey, box, True))
    count = len(shape.heights) + (shape.roof == "flat")
    storeys = tuple(Storey(f"Storey {n}", None, z, n < len(shape.heights), "slab", 50.0) for n, z in enumerate(shape.levels[:count]))
    nowhere = Georeference(None, None, 0.0, None, None, None, "none")
    return Design((DesignFile("shape.ifc", "0" * 64, "IFC4", 1.0),), shape.name, tuple(elements), storeys, surface, nowhere)


Change = Callable[[Shape, list[Body]], list[Body]]


def as_approved(_: Shape, parts: list[Body]) -> list[Body]:
    return parts


def one_storey_more(shape: Shape, _: list[Body]) -> list[Body]:
    """As high as the last one; roof and parapet stand on it."""
    return bodies(replace(shape, heights=(*shape.heights, shape.heights[-1])))


def lifted_from(number: int, rise: float) -> Change:
    """Floor `number` and all above it stand so much higher; the walls below it are as much longer."""

    def change(shape: Shape, parts: list[Body]) -> list[Body]:
        level = shape.levels[number] - SLAB - 1e-6
        return [
            replace(part, vertices=part.vertices + np.where(part.vertices[:, 2:] > level, [0.0, 0.0, rise], 0.0))
            for part in parts
        ]

    return change


def without_some(share: float, seed: int = 3) -> Change:
    """That share of the elements is not there."""

    def change(_: Shape, parts: list[Body]) -> list[Body]:
        names = sorted({part.name for part in parts})
        gone = set(np.random.default_rng(seed).permutation(names)[: round(share * len(names))])
        return [part for part in parts if part.name not in gone]

    return change


def facade_moved(out_m: float, side: int = 0) -> Change:
    """The walls of one side of the first ring stand so much farther out."""

    def change(shape: Shape, parts: list[Body]) -> list[Body]:
        p, q, _, _ = _band(shape.rings[0])[side]
        way = (q - p) / np.linalg.norm(q - p)
        offset = (out_m * float(way[1]), -out_m * float(way[0]), 0.0)
        names = [f"wall {n}.0.{side}" for n in range(len(shape.heights))]
        return [part.moved(offset) if part.name in names else part for part in parts]

    return change


def extended(shape: Shape, parts: list[Body]) -> list[Body]:
    """A lean-to before the second side of the first ring."""
    p, q, _, _ = _band(shape.rings[0])[1]
    way = (q - p) / np.linalg.norm(q - p)
    out = 3.0 * np.array([way[1], -way[0]])
    a, b = p + 0.2 * (q - p), p + 0.7 * (q - p)
    return [*parts, upright("lean-to", np.array([a + out, b + out, b, a]), -0.2, 2.8, "IfcBuildingElementProxy")]


def scaffolded(shape: Shape, parts: list[Body]) -> list[Body]:
    """Planks and poles before every side of the first ring."""
    poles, top = [], shape.levels[-1] + 1.0
    for p, q, _, _ in _band(shape.rings[0]):
        length = float(np.linalg.norm(q - p))
        way = (q - p) / length
        out = np.array([way[1], -way[0]])
        for z in np.arange(1.8, top, 2.0):
            poles.append(upright("plank", np.array([p + 0.4 * out, q + 0.4 * out, q + 1.1 * out, p + 1.1 * out])[::-1], z, z + 0.05))
        for s in np.arange(0.0, length, 2.5):
            foot = p + s * way + 1.1 * out
            poles.append(block("pole", (foot[0] - 0.03, foot[1] - 0.03, GROUND), (foot[0] + 0.03, foot[1] + 0.03, top)))
    return [*parts, *poles]


def cluttered(shape: Shape, parts: list[Body], seed: int) -> list[Body]:
    """With a neighbour at another angle, containers and cars about."""
    random = np.random.default_rng([seed, 11])
    corners = np.vstack([np.asarray(ring) for ring in shape.rings])
    middle, reach = corners.mean(axis=0), float(np.linalg.norm(np.ptp(corners, axis=0))) / 2.0
    things = []
    for k in range(7):
        angle, away = random.uniform(0.0, 2.0 * np.pi), reach + random.uniform(6.0, 9.0)
        size = random.uniform([1.8, 3.5, 1.4], [2.6, 6.0, 2.8])
        if k == 0:
            away, size = reach + 13.0, random.uniform([7.0, 9.0, 5.0], [9.0, 14.0, 9.0])
        place = translation(np.array([middle[0] + away * np.cos(angle), middle[1] + away * np.sin(angle), GROUND]))
        thing = block(f"thing {k}", (-size[0] / 2, -size[1] / 2, 0.0), (size[0] / 2, size[1] / 2, size[2]))
        things.append(replace(thing, vertices=move(place @ yaw(random.uniform(0.0, np.pi)), thing.vertices)))
    return [*parts, *things]


@dataclass(frozen=True)
class Look:
    """How a survey is taken.

    `kind`: "around" tripods on all sides, "inside" those and tripods in every room, "rooms" tripods of one storey only,
    "drone" from above and around, "street" tripods on two sides, "facade" tripods on one side. `told` says whether the
    file names its stations.
    """

    kind: str = "around"
    noise_m: float = 0.003
    density: float = 80.0
    told: bool = False
    storey: int = 0
    seed: int = 1


def stations(shape: Shape, look: Look) -> Floats:
    """(s, 3) m, design frame."""
    corners = np.vstack([np.asarray(ring) for ring in shape.rings])
    middle, half = 0.5 * (corners.min(axis=0) + corners.max(axis=0)), 0.5 * np.ptp(corners, axis=0)
    rooms = [(*(0.75 * np.mean(t, axis=0) + 0.25 * np.asarray(t[k])), z + 1.6) for z in shape.levels[:-1] for t in shape.tiles for k in (0, len(t) // 2)]
    ring = [(*(middle + (half + 9.0) * [np.cos(a), np.sin(a)] * 1.1), GROUND + 1.7) for a in np.arange(8) * np.pi / 4 + 0.3]
    above = [(*(middle + (half + 12.0) * [np.cos(a), np.sin(a)]), shape.levels[-1] + 14.0) for a in np.arange(8) * np.pi / 4]
    chosen = {
        "around": ring,
        "inside": ring + rooms,
        "rooms": [place for place in rooms if abs(place[2] - 1.6 - shape.levels[look.storey]) < 0.1],
        "drone": [*above, (*middle, shape.levels[-1] + 25.0)],
        "street": ring[4:7],
        "facade": ring[5:6],
    }
    return np.array(chosen[look.kind])


def surveyed(shape: Shape, built: list[Body], look: Look) -> tuple[Floats, Ints, Floats]:
    """Points (n, 3) m in the design frame, the station of each, and the stations: what each sees, nearest first."""
    import open3d as o3d

    random = np.random.default_rng([look.seed, 5])
    corners = np.vstack([np.asarray(ring) for ring in shape.rings])
    (x0, y0), (x1, y1) = corners.min(axis=0) - 18.0, corners.max(axis=0) + 18.0
    ground = block("ground", (x0, y0, GROUND - 0.5), (x1, y1, GROUND))
    scene, samples = o3d.t.geometry.RaycastingScene(), []
    for part in (ground, *built):
        scene.add_triangles(o3d.core.Tensor(part.vertices.astype(np.float32)), o3d.core.Tensor(part.triangles.astype(np.uint32)))
        samples.append(_sampled(part, 8.0 if part is ground else look.density, random))
    points, places = np.vstack(samples), stations(shape, look)
    best, scan = np.full(len(points), np.inf), np.full(len(points), -1, dtype=np.int32)
    for number, station in enumerate(places):
        way = points - station
        length = np.linalg.norm(way, axis=1)
        asked = np.flatnonzero((length < best) & (length < 70.0))
        seen = asked[_sees(scene, station, way[asked], length[asked])]
        best[seen], scan[seen] = length[seen], number
    kept = scan >= 0
    points, scan = points[kept], scan[kept]
    return points + random.normal(0.0, look.noise_m, points.shape), scan, places


def _sees(scene: object, station: Floats, way: Floats, length: Floats) -> Flags:
    import open3d as o3d

    rays = np.hstack([np.broadcast_to(station, way.shape), way]).astype(np.float32)
    answer = scene.cast_rays(o3d.core.Tensor(rays))  # type: ignore[attr-defined]
    cosine = np.abs(np.einsum("ij,ij->i", answer["primitive_normals"].numpy(), way)) / length
    return np.asarray((np.abs(answer["t_hit"].numpy() - 1.0) * length < 0.005) & (cosine > 0.1))


def _sampled(part: Body, density: float, random: np.random.Generator) -> Floats:
    corners = part.vertices[part.triangles]
    area = 0.5 * np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    count = round(density * float(area.sum()))
    if not count:
        return np.zeros((0, 3))
    chosen = random.choice(len(area), count, p=area / area.sum())
    u, v = random.random((2, count))
    over = u + v > 1.0
    u[over], v[over] = 1.0 - u[over], 1.0 - v[over]
    a, b, c = np.moveaxis(corners[chosen], 1, 0)
    return np.asarray(a + u[:, None] * (b - a) + v[:, None] * (c - a))


def cloud_of(points: Floats, scan: Ints, places: Floats, survey_from_design: Matrix4, told: bool) -> Cloud:
    """The survey in a frame of its own."""
    scans = tuple(Scan(f"scan {n}", None, int((scan == n).sum())) for n in range(len(places)))
    at = move(survey_from_design, places) if told else np.full(places.shape, np.nan)
    return Cloud(move(survey_from_design, points), scan.astype(np.int16), None, scans, at, np.zeros(3), ())


def anywhere(random: np.random.Generator, tilt_deg: float = 1.5) -> Matrix4:
    """A random pose: any yaw, 80 m, a small lean."""
    from scipy.spatial.transform import Rotation

    lean = np.eye(4)
    lean[:3, :3] = Rotation.from_rotvec([*np.radians(random.uniform(-tilt_deg, tilt_deg, 2)), 0.0]).as_matrix()
    shift: Matrix4 = translation(random.uniform(-80.0, 80.0, 3)) @ lean @ yaw(random.uniform(-np.pi, np.pi))
    return shift


def _box(x0: float, y0: float, x1: float, y1: float) -> Ring:
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def _circle(x: float, y: float, radius: float, count: int, turn: float = 0.0) -> Ring:
    angles = turn + 2.0 * np.pi * np.arange(count) / count
    return tuple((float(x + radius * np.cos(a)), float(y + radius * np.sin(a))) for a in angles)


def _arc(inner: float, outer: float, count: int, span: float) -> tuple[Ring, tuple[Ring, ...]]:
    angles = np.linspace(0.0, span, count + 1)
    out = [(float(outer * np.cos(a)), float(outer * np.sin(a))) for a in angles]
    back = [(float(inner * np.cos(a)), float(inner * np.sin(a))) for a in angles]
    tiles = tuple((out[k], out[k + 1], back[k + 1], back[k]) for k in range(count))
    return (*out, *back[::-1]), tiles


_ARC = _arc(9.0, 17.0, 8, 1.9)
TUNED = (
    Shape("gable house", (_box(0, 0, 11, 8),), (_box(0, 0, 11, 8),), (2.8, 2.6), "gable", 1),
    Shape("ell", (((0, 0), (14, 0), (14, 6), (6, 6), (6, 12), (0, 12)),), (_box(0, 0, 14, 6), _box(0, 6, 6, 12)), (3.2, 3.0), seed=2),
    Shape("horseshoe", (((0, 0), (18, 0), (18, 12), (13, 12), (13, 5), (5, 5), (5, 10), (0, 10)),), (_box(0, 0, 18, 5), _box(0, 5, 5, 10), _box(13, 5, 18, 12)), (3.0, 3.0, 3.0), seed=3),
    Shape("round tower", (_circle(0, 0, 6.5, 32), _box(6.9, -2.5, 12, 2.0)), (_circle(0, 0, 6.5, 32), _box(6.9, -2.5, 12, 2.0)), (3.0, 3.0, 3.0), seed=4),
    Shape("terrace", (((0, 0), (36, 0), (36, 9), (34, 9), (34, 11), (31, 11), (31, 9), (0, 9)),), (*(_box(6 * k, 0, 6 * k + 6, 9) for k in range(6)), _box(31, 9, 34, 11)), (2.8, 2.8), seed=5, regular=True),
    Shape("crooked", (((0, 0), (11, -2), (15, 5), (8, 11), (-1, 8)),), (((0, 0), (11, -2), (15, 5), (8, 11), (-1, 8)),), (3.1, 2.9), seed=6),
)
HELD_OUT = (
    Shape("tee under one pitch", (_box(0, 0, 13, 7),), (_box(0, 0, 13, 7),), (3.0, 2.7), "mono", 11),
    Shape("court", (_box(0, 0, 19, 16), _box(6, 6, 13, 10)[::-1]), (_box(0, 0, 19, 6), _box(0, 10, 19, 16), _box(0, 6, 6, 10), _box(13, 6, 19, 10)), (3.3, 3.0), seed=12),
    Shape("flatiron", (((0, 0), (20, 0), (3, 11)),), (((0, 0), (20, 0), (3, 11)),), (3.4, 3.2, 3.2), seed=13),
    Shape("hexagon", (_circle(0, 0, 8, 6, 0.2),), (_circle(0, 0, 8, 6, 0.2),), (3.2, 3.0), seed=14),
    Shape("two on one plot", (_box(0, 0, 9, 8), ((14, 3), (22, 5), (20, 13), (12, 11))), (_box(0, 0, 9, 8), ((14, 3), (22, 5), (20, 13), (12, 11))), (3.0, 3.0), seed=15),
    Shape("bow", (_ARC[0],), _ARC[1], (3.1, 3.1), seed=16),
)
SYMMETRIC = (
    Shape("plain row", (_box(0, 0, 36, 9),), tuple(_box(6 * k, 0, 6 * k + 6, 9) for k in range(6)), (2.8, 2.8), seed=25, regular=True),
    Shape("plain oblong", (_box(0, 0, 12, 8),), (_box(0, 0, 12, 8),), (3.0, 3.0), seed=21, regular=True),
    Shape("plain square", (_box(0, 0, 10, 10),), (_box(0, 0, 10, 10),), (3.0, 3.0), seed=22, regular=True, rooms=False),
    Shape("drum", (_circle(0, 0, 7, 24),), (_circle(0, 0, 7, 24),), (3.0, 3.0), seed=23, regular=True, rooms=False),
    Shape("plain hexagon", (_circle(0, 0, 8, 6),), (_circle(0, 0, 8, 6),), (3.0,), seed=24, regular=True, rooms=False),
)
