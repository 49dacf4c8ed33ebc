"""A small house with windows for registration tests, and surveys of it, all made by code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Matrix4
from twin.design.model import Design, DesignFile, Element, Georeference, Role, Storey, Surface
from twin.frames import inverse, move
from twin.registration.fit.coarse import surface_samples
from twin.survey.model import Cloud, FileFacts, Scan

WIDTH, DEPTH, STOREY, WALL, SLAB = 9.0, 7.0, 3.0, 0.3, 0.25
_FACES = np.array(
    [
        *[(0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7), (0, 1, 5), (0, 5, 4)],
        *[(1, 2, 6), (1, 6, 5), (2, 3, 7), (2, 7, 6), (3, 0, 4), (3, 4, 7)],
    ],
    dtype=np.int32,
)
Box = tuple[float, float, float, float, float, float]
NOWHERE = Georeference(None, None, 0.0, None, None, None, "none")


def storey_boxes(base: float) -> list[tuple[str, Box]]:
    """Slab and walls with a window in each wall and a bay that breaks the symmetry, for a floor at `base`."""
    top = base + STOREY - SLAB
    boxes: list[tuple[str, Box]] = [("IfcSlab", (0.0, 0.0, base - SLAB, WIDTH, DEPTH, base))]
    for y0, y1 in ((0.0, WALL), (DEPTH - WALL, DEPTH)):
        boxes += [("IfcWall", box) for box in _pierced(0.0, WIDTH, 2.0 + 0.7 * (y0 > 1.0), y0, y1, base, top)]
    for x0, x1 in ((0.0, WALL), (WIDTH - WALL, WIDTH)):
        pieces = _pierced(WALL, DEPTH - WALL, 2.6, x0, x1, base, top)
        boxes += [("IfcWall", (y0, x_low, z0, y1, x_high, z1)) for x_low, y0, z0, x_high, y1, z1 in pieces]
    boxes.append(("IfcWall", (5.0, WALL, base, 5.15, DEPTH - WALL, top)))
    boxes.append(("IfcWall", (5.15, 3.6, base, WIDTH - WALL, 3.75, top)))
    boxes.append(("IfcWall", (WIDTH, 1.0, base, WIDTH + 1.2, 2.8, top)))
    return boxes


def _pierced(start: float, end: float, at: float, y0: float, y1: float, base: float, top: float) -> list[Box]:
    """A wall along x with a window 1.5 m wide and 1.3 m high."""
    left, right, sill, head = start + at, start + at + 1.5, base + 0.9, base + 2.2
    return [
        (start, y0, base, left, y1, top),
        (right, y0, base, end, y1, top),
        (left, y0, base, right, y1, sill),
        (left, y0, head, right, y1, top),
    ]


def roof(base: float) -> tuple[str, Box]:
    """A flat roof with its underside at the top of the walls of the storey below `base`."""
    return ("IfcSlab", (-0.4, -0.4, base - SLAB, WIDTH + 0.4, DEPTH + 0.4, base))


def approved() -> list[tuple[str, Box]]:
    """Two storeys and a flat roof."""
    return [*storey_boxes(0.0), *storey_boxes(STOREY), roof(2.0 * STOREY)]


def surface_of(boxes: list[tuple[str, Box]]) -> Surface:
    """All boxes as one surface, one element each."""
    vertices, triangles, element = [], [], []
    for k, (_, (x0, y0, z0, x1, y1, z1)) in enumerate(boxes):
        plan = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        vertices.append(np.array([(x, y, z) for z in (z0, z1) for x, y in plan]))
        triangles.append(_FACES + 8 * k)
        element.append(np.full(12, k))
    return Surface(np.vstack(vertices), np.vstack(triangles).astype(np.int32), np.concatenate(element).astype(np.int32))


def design_of(boxes: list[tuple[str, Box]], georeference: Georeference = NOWHERE) -> Design:
    """A design of boxes with floors at 0 and one storey up."""
    elements = tuple(
        Element(k, f"{k:022d}", kind, f"{kind} {k}", Role.BUILDING, None, box, True)
        for k, (kind, box) in enumerate(boxes)
    )
    storeys = (
        Storey("Ground floor", None, 0.0, True, "slab", WIDTH * DEPTH),
        Storey("First floor", None, STOREY, True, "slab", WIDTH * DEPTH),
    )
    file = DesignFile("house.ifc", "0" * 64, "IFC4", 1.0)
    return Design((file,), "house", elements, storeys, surface_of(boxes), georeference)


@dataclass(frozen=True)
class View:
    """What a survey sees: only the outside, or the inside too; the ground about; noise; also under slabs or not."""

    inside: bool = True
    ground_m: float | None = -0.4
    noise_m: float = 0.003
    step_m: float = 0.1
    seed: int = 1
    crawl_space: bool = False


def surveyed(boxes: list[tuple[str, Box]], view: View) -> Floats:
    """(n, 3) m, design frame: points on the visible surface, no two boxes' touching faces."""
    rng = np.random.default_rng(view.seed)
    surface = surface_of(boxes)
    points, triangle = surface_samples(surface, view.step_m)
    normals = surface.normals()[triangle]
    seen = ~_within(points + 0.01 * normals, boxes)
    if not view.inside:
        hull = np.array([[0.0, 0.0], [WIDTH, DEPTH]])
        probe = points + 0.02 * normals
        interior = np.all((probe[:, :2] > hull[0]) & (probe[:, :2] < hull[1]), axis=1)
        seen &= ~interior | (points[:, 2] > max(box[5] for _, box in boxes) - 0.01)
    if view.ground_m is not None:
        seen &= points[:, 2] > (view.ground_m if view.crawl_space else -0.2)
    points = points[seen] + view.noise_m * rng.standard_normal((int(seen.sum()), 3))
    if view.ground_m is None:
        return points
    plan = rng.uniform([-8.0, -8.0], [WIDTH + 8.0, DEPTH + 8.0], (12_000, 2))
    outside = ~np.all((plan > 0.0) & (plan < [WIDTH, DEPTH]), axis=1)
    ground = np.column_stack([plan[outside], np.full(int(outside.sum()), view.ground_m)])
    ground += view.noise_m * rng.standard_normal(ground.shape)
    return np.vstack([points, ground])


def _within(points: Floats, boxes: list[tuple[str, Box]]) -> np.ndarray:
    inside = np.zeros(len(points), dtype=np.bool_)
    for _, box in boxes:
        inside |= np.all((points > box[:3]) & (points < box[3:]), axis=1)
    return inside


def cloud_of(points_design: Floats, survey_from_design: Matrix4, unit_m: float = 1.0, crs: str | None = None) -> Cloud:
    """A survey of points given in the design frame, with a local origin where its coordinates are large."""
    points = move(survey_from_design, points_design)
    middle = points.mean(axis=0)
    origin = np.round(middle, -2) if np.abs(middle).max() > 1000.0 else np.zeros(3)
    facts = FileFacts("cloud.laz", "0" * 64, "LAS 1.4", len(points), (), "m", unit_m, crs)
    scan = Scan("cloud", None, len(points))
    return Cloud(
        points - origin, np.zeros(len(points), dtype=np.int16), None, (scan,), np.full((1, 3), np.nan), origin, (facts,)
    )


def errors(found: Matrix4, origin: Floats, survey_from_design: Matrix4, about: Floats) -> tuple[float, float]:
    """Error of a pose at a place of the design, (m, degrees)."""
    from twin.frames import angle_between_deg, translation

    truth = inverse(survey_from_design) @ translation(origin)
    relative = found @ inverse(truth)
    place = np.array([*about, 1.0])
    return float(np.linalg.norm((relative @ place - place)[:3])), angle_between_deg(found, truth)
