"""A small building and what a survey found of it: scenes for everything that shows a case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from twin.arrays import Floats, Ints
from twin.conformity.model import (
    Body,
    Change,
    Finding,
    FindingVerdict,
    Kind,
    StoreyResult,
    StoreyStatus,
    Verdict,
)
from twin.design.model import Design, DesignFile, Element, Georeference, Role, Storey, Surface
from twin.deviation.model import ElementResult, ElementStatus
from twin.evidence.scene import PointClass, Scene
from twin.frames import translation, yaw

WIDTH, DEPTH, STOREY = 14.0, 10.0, 3.1
WALL, SLAB = 0.3, 0.25
TOLERANCE = 0.02
NOISE = 0.004
CORNERS = ((WIDTH, 0.0, 2 * STOREY), (0.0, 0.0, 2 * STOREY))
"""Two corners of the approved roof, exactly `WIDTH` apart."""

_FACES = np.array(
    [[0, 2, 1], [0, 3, 2], [4, 5, 6], [4, 6, 7], [0, 1, 5], [0, 5, 4], [1, 2, 6], [1, 6, 5], [2, 3, 7], [2, 7, 6], [3, 0, 4], [3, 4, 7]],
    dtype=np.int32,
)  # fmt: skip


def box_body(low: tuple[float, float, float], high: tuple[float, float, float]) -> Body:
    """An upright box, (min x, y, z) and (max x, y, z) in m, design frame."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    plan = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    return Body(np.array([(x, y, z) for z in (z0, z1) for x, y in plan]), _FACES.copy())


def joined(bodies: list[Body]) -> Body:
    """Several bodies as one mesh."""
    starts = np.cumsum([0, *(len(body.vertices) for body in bodies)])
    triangles = [body.triangles + start for body, start in zip(bodies, starts, strict=False)]
    return Body(np.concatenate([body.vertices for body in bodies]), np.concatenate(triangles).astype(np.int32))


@dataclass(frozen=True, eq=False)
class _Part:
    name: str
    ifc_class: str
    body: Body
    storey: int | None = 0
    role: Role = Role.BUILDING
    status: ElementStatus = ElementStatus.AS_DESIGNED
    offset: float = 0.0


def _facade(start: Floats, end: Floats, inwards: Floats, base: float, windows: int) -> tuple[Body, list[Body]]:
    """A wall with windows: piers, sills and lintels; and the panes."""
    along = (end - start) / np.linalg.norm(end - start)
    length = float(np.linalg.norm(end - start))
    bay = length / windows
    pieces, panes = [], []

    def piece(a: float, b: float, low: float, high: float, inset: float, thick: float) -> Body:
        corners = [start + along * s + inwards * w for s in (a, b) for w in (inset, inset + thick)]
        plan = np.array(corners)
        return box_body((*plan.min(axis=0), base + low), (*plan.max(axis=0), base + high))

    height = STOREY - SLAB
    for number in range(windows):
        left, right = number * bay, (number + 1) * bay
        a, b = left + bay * 0.28, right - bay * 0.28
        pieces += [piece(left, a, 0, height, 0, WALL), piece(b, right, 0, height, 0, WALL)]
        pieces += [piece(a, b, 0, 0.9, 0, WALL), piece(a, b, 2.3, height, 0, WALL)]
        panes.append(piece(a, b, 0.9, 2.3, 0.12, 0.05))
    return joined(pieces), panes


def _storey_parts(level: int) -> list[_Part]:
    base = level * STOREY
    low, high = np.zeros(2), np.array([WIDTH, DEPTH])
    sides = {
        "South": (low, np.array([WIDTH, 0.0]), np.array([0.0, 1.0]), 4),
        "East": (np.array([WIDTH, WALL]), np.array([WIDTH, DEPTH - WALL]), np.array([-1.0, 0.0]), 3),
        "North": (np.array([0.0, DEPTH]), high, np.array([0.0, -1.0]), 4),
        "West": (np.array([0.0, WALL]), np.array([0.0, DEPTH - WALL]), np.array([1.0, 0.0]), 3),
    }
    parts = [
        _Part(f"Floor slab {level}", "IfcSlab", box_body((0, 0, base - SLAB), (WIDTH, DEPTH, base)), level),
        _Part(f"Partition {level}.1", "IfcWall", box_body((5, WALL, base), (5.15, DEPTH - WALL, base + STOREY - SLAB)), level, status=ElementStatus.NOT_OBSERVED),
        _Part(f"Partition {level}.2", "IfcWall", box_body((5.15, 5, base), (WIDTH - WALL, 5.15, base + STOREY - SLAB)), level, status=ElementStatus.NOT_OBSERVED),
        _Part(f"Desk {level}", "IfcFurniture", box_body((8, 2, base), (9.6, 2.8, base + 0.75)), level, Role.MOVABLE),
    ]  # fmt: skip
    for name, (start, end, inwards, windows) in sides.items():
        wall, panes = _facade(start, end, inwards, base, windows)
        status = ElementStatus.NOT_OBSERVED if (name, level) == ("North", 0) else ElementStatus.AS_DESIGNED
        if (name, level) == ("East", 0):
            status = ElementStatus.DISPLACED
        parts.append(_Part(f"{name} wall {level}", "IfcWall", wall, level, status=status))
        parts += [
            _Part(f"{name} window {level}.{n + 1}", "IfcWindow", pane, level, status=status)
            for n, pane in enumerate(panes)
        ]
    return parts


def _parts() -> list[_Part]:
    roof = box_body((0, 0, 2 * STOREY - SLAB), (WIDTH, DEPTH, 2 * STOREY))
    balcony = box_body((2, -1.8, STOREY - SLAB), (7, 0, STOREY))
    canopy = box_body((9, -1.5, 2.5), (12, 0, 2.65))
    basement = [
        _Part("Basement floor", "IfcSlab", box_body((0, 0, -3.1), (WIDTH, DEPTH, -2.8)), None, status=ElementStatus.NOT_OBSERVED),
        _Part("Basement wall", "IfcWall", box_body((0, 0, -2.8), (WIDTH, WALL, -SLAB)), None, status=ElementStatus.NOT_OBSERVED),
    ]  # fmt: skip
    return [
        *basement,
        *_storey_parts(0),
        *_storey_parts(1),
        _Part("Roof slab", "IfcSlab", roof, 2),
        _Part("Balcony", "IfcSlab", balcony, 1),
        _Part("Canopy", "IfcSlab", canopy, 0, status=ElementStatus.MISSING),
        _Part("Terrain", "IfcSite", box_body((-12, -14, -0.45), (26, 22, -0.3)), None, Role.GROUND),
    ]


def _design(parts: list[_Part]) -> Design:
    body = joined([part.body for part in parts])
    owner = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part.body.triangles) for part in parts])
    elements = tuple(
        Element(
            index=index,
            global_id=f"0TestElement{index:010d}",
            ifc_class=part.ifc_class,
            name=part.name,
            role=part.role,
            storey=part.storey,
            box=(*part.body.vertices.min(axis=0).tolist(), *part.body.vertices.max(axis=0).tolist()),
            is_closed=True,
        )
        for index, part in enumerate(parts)
    )
    storeys = (
        Storey("Ground floor", "0TestStorey00000000001", 0.0, True, "slab", WIDTH * DEPTH),
        Storey("First floor", "0TestStorey00000000002", STOREY, True, "slab", WIDTH * DEPTH),
        Storey("Roof", "0TestStorey00000000003", 2 * STOREY, True, "slab", WIDTH * DEPTH),
    )
    place = Georeference(_map_from_design(), "EPSG:4549", 12.0, None, None, None, "IfcMapConversion")
    files = (DesignFile("approved.ifc", "0" * 64, "IFC4", 1.0),)
    return Design(files, "Approved", elements, storeys, Surface(body.vertices, body.triangles, owner), place)


def _map_from_design() -> Floats:
    return translation(np.array([512_345.0, 3_456_789.0, 4.5])) @ yaw(np.radians(-12.0))


def _result(index: int, part: _Part) -> ElementResult:
    seen = part.status in (ElementStatus.AS_DESIGNED, ElementStatus.DISPLACED) and part.role is Role.BUILDING
    return ElementResult(
        element=index,
        status=part.status,
        deviation_m=(0.062 if part.status is ElementStatus.DISPLACED else 0.003) if seen else None,
        expanded_uncertainty_m=0.008 if seen else None,
        coverage=0.71 if seen else 0.0,
        points=1240 if seen else 0,
    )


def _extra_storey() -> Body:
    base, top = 2 * STOREY, 3 * STOREY
    outer = [
        box_body((0.6, 0.6, base), (WIDTH - 0.6, 0.9, top)),
        box_body((0.6, DEPTH - 0.9, base), (WIDTH - 0.6, DEPTH - 0.6, top)),
        box_body((0.6, 0.9, base), (0.9, DEPTH - 0.9, top)),
        box_body((WIDTH - 0.9, 0.9, base), (WIDTH - 0.6, DEPTH - 0.9, top)),
        box_body((0.6, 0.6, top), (WIDTH - 0.6, DEPTH - 0.6, top + SLAB)),
    ]
    return joined(outer)


def _findings(design: Design) -> list[Finding]:
    extra = _extra_storey()
    veranda = box_body((2, -1.8, STOREY), (7, -0.02, 2 * STOREY - 0.3))
    canopy = box_body((9, -1.5, 2.5), (12, 0, 2.65))
    car = joined([box_body((16, -4, -0.1), (20.3, -2.2, 0.6)), box_body((17, -3.9, 0.6), (19.6, -2.3, 1.2))])
    east = [e.global_id for e in design.elements if e.name.startswith("East") and e.name.split()[2][0] == "0"]
    return [
        _finding(1, Kind.EXTRA_STOREY, FindingVerdict.INCONSISTENT, Change.ADDED, "An enclosed storey of 113 m² stands on the approved roof", extra, (112.6, 349.1, 3.1), None, ("The ceiling was seen from below only at two places.",)),
        _finding(2, Kind.ENCLOSURE, FindingVerdict.INCONSISTENT, Change.ADDED, "The balcony on the first floor is enclosed", veranda, (8.9, 25.1, 2.8), "First floor"),
        _finding(3, Kind.ELEMENT_DISPLACED, FindingVerdict.BORDERLINE, Change.MOVED, "The east wall stands 62 mm outside its place", None, (None, None, None), "Ground floor", (), tuple(east), box=((WIDTH - WALL, WALL, 0), (WIDTH + 0.06, DEPTH - WALL, 2.85))),
        _finding(4, Kind.ELEMENT_MISSING, FindingVerdict.BORDERLINE, Change.REMOVED, "The canopy over the entrance is missing", canopy, (4.5, 0.68, 0.15), "Ground floor", (), tuple(e.global_id for e in design.elements if e.name == "Canopy")),
        _finding(5, Kind.UNMODELLED_OBJECT, FindingVerdict.INFORMATION, Change.OBJECT, "A vehicle stands east of the building", car, (7.7, 11.2, 1.3), None),
    ]  # fmt: skip


def _finding(
    number: int,
    kind: Kind,
    verdict: FindingVerdict,
    change: Change,
    title: str,
    body: Body | None,
    sizes: tuple[float | None, float | None, float | None],
    storey: str | None,
    caveats: tuple[str, ...] = (),
    global_ids: tuple[str, ...] = (),
    box: Any = None,
) -> Finding:
    bounds = np.array(box, float) if body is None else np.array([body.vertices.min(axis=0), body.vertices.max(axis=0)])
    (x0, y0, _), (x1, y1, _) = bounds
    return Finding(
        id=f"F-{number:03d}",
        kind=kind,
        verdict=verdict,
        change=change,
        storey=storey,
        title=title,
        box=bounds,
        outline=np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]),
        area_m2=sizes[0],
        volume_m3=sizes[1],
        height_m=sizes[2],
        uncertainty={"area_m2": 0.4, "volume_m3": 1.6, "height_m": 0.012},
        confidence=0.97 - 0.08 * number,
        global_ids=global_ids,
        points=np.arange(0, dtype=np.int64),
        body=body,
        caveats=caveats,
        rule="Permit 2024-117, sheet A-03" if change is not Change.OBJECT else "",
    )


def _sampled(body: Body, count: int, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Places evenly on a body's surface, and the outward normals there."""
    corners = body.vertices[body.triangles]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(cross, axis=1)
    chosen = random.choice(len(area), count, p=area / area.sum())
    u, v = random.random((2, count))
    over = u + v > 1.0
    u[over], v[over] = 1.0 - u[over], 1.0 - v[over]
    a, b, c = np.moveaxis(corners[chosen], 1, 0)
    return a + u[:, None] * (b - a) + v[:, None] * (c - a), cross[chosen] / area[chosen, None]


_RGB = {"IfcWall": (196, 178, 158), "IfcWindow": (88, 112, 130), "IfcSlab": (168, 166, 160), "IfcSite": (128, 136, 104)}


@dataclass
class _Survey:
    points: list[Floats]
    deviation: list[Floats]
    kind: list[Ints]
    rgb: list[Ints]
    finding: list[Ints]

    def add(self, places: Floats, deviation: Floats, kind: PointClass, rgb: tuple[int, int, int], finding: int) -> None:
        self.points.append(places)
        self.deviation.append(deviation)
        self.kind.append(np.full(len(places), int(kind)))
        self.rgb.append(np.tile(rgb, (len(places), 1)))
        self.finding.append(np.full(len(places), finding))


def _survey(parts: list[_Part], findings: list[Finding], count: int) -> _Survey:
    random = np.random.default_rng(7)
    survey = _Survey([], [], [], [], [])
    seen = [p for p in parts if p.status in (ElementStatus.AS_DESIGNED, ElementStatus.DISPLACED)]
    areas = np.array([_area(part.body) for part in seen])
    for part, share in zip(seen, areas / areas.sum(), strict=True):
        places, normals = _sampled(part.body, max(int(count * 0.7 * share), 12), random)
        off = random.normal(0.062 if part.status is ElementStatus.DISPLACED else 0.0, NOISE, len(places))
        if part.name == "South wall 1":
            off += 0.03 * np.sin(places[:, 0])
        kind = PointClass.GROUND if part.role is Role.GROUND else PointClass.AS_DESIGNED
        moved = 2 if part.status is ElementStatus.DISPLACED else -1
        kind = PointClass.DEVIATING if moved >= 0 else kind
        survey.add(places + normals * off[:, None], off, kind, _RGB.get(part.ifc_class, (120, 90, 60)), moved)
    for index, finding in enumerate(findings):
        if finding.body is None or finding.change is Change.REMOVED:
            continue
        places, normals = _sampled(finding.body, int(count * (0.24 if index == 0 else 0.03)), random)
        places = places + normals * random.normal(0.0, NOISE, (len(places), 1))
        kind = PointClass.OBJECT if finding.change is Change.OBJECT else PointClass.ADDED
        survey.add(places, np.full(len(places), np.nan), kind, (190, 120, 96) if index else (208, 188, 160), index)
    return survey


def _area(body: Body) -> float:
    corners = body.vertices[body.triangles]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return float(np.linalg.norm(cross, axis=1).sum() / 2.0)


def small_building(count: int = 40_000, *, offset: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Scene:
    """Two approved storeys, a third built on top, an enclosed balcony, a displaced wall and a missing canopy.

    Parameters
    ----------
    count : int
        About as many survey points.
    offset : m
        Moves everything, as in models drawn far from their origin.
    """
    parts = _parts()
    design = _design(parts)
    findings = _findings(design)
    survey = _survey(parts, findings, count)
    finding = np.concatenate(survey.finding).astype(np.int32)
    findings = [replace(f, points=np.flatnonzero(finding == i)) for i, f in enumerate(findings)]
    scene = Scene(
        case="Harbour Street 12",
        captured_on="2024-05-17",
        digest="9f2c4e1ab07d55e3c8b1f64d20a9e7735c1d8f0b6a2e49d7f3358c0e1b94a6d2",
        design=design,
        element_results=tuple(_result(index, part) for index, part in enumerate(parts)),
        storeys=(
            StoreyResult("Ground floor", "0TestStorey00000000001", StoreyStatus.AS_DESIGNED, 0.0, 0.002, 0.006, 3.1),
            StoreyResult("First floor", "0TestStorey00000000002", StoreyStatus.AS_DESIGNED, 3.1, 3.104, 0.006, 3.1),
            StoreyResult("Roof", "0TestStorey00000000003", StoreyStatus.AS_DESIGNED, 6.2, 6.207, 0.006, 3.1),
            StoreyResult(None, None, StoreyStatus.UNAPPROVED, None, 9.55, 0.012, None),
        ),
        findings=tuple(findings),
        verdict=Verdict.INCONSISTENT,
        points=np.concatenate(survey.points),
        point_deviation=np.concatenate(survey.deviation).astype(np.float32),
        point_class=np.concatenate(survey.kind).astype(np.uint8),
        point_rgb=np.concatenate(survey.rgb).astype(np.uint8),
        point_finding=finding,
        stations=np.array([[-6.0, -8.0, 1.5], [20.0, -9.0, 1.5], [19.0, 15.0, 1.5]]),
        north_deg=12.0,
        map_from_design=_map_from_design(),
        crs="EPSG:4549",
        tolerance_m=TOLERANCE,
    )
    return _moved(scene, np.array(offset)) if any(offset) else scene


def _moved(scene: Scene, by: Floats) -> Scene:
    surface = scene.design.surface
    findings = tuple(
        replace(
            f,
            box=f.box + by,
            outline=f.outline + by[:2],
            body=None if f.body is None else Body(f.body.vertices + by, f.body.triangles),
        )
        for f in scene.findings
    )
    storeys = tuple(replace(s, elevation_m=s.elevation_m + by[2]) for s in scene.design.storeys)
    design = replace(
        scene.design, surface=Surface(surface.vertices + by, surface.triangles, surface.element), storeys=storeys
    )
    return replace(scene, design=design, findings=findings, points=scene.points + by, stations=scene.stations + by)


def hostile(scene: Scene) -> Scene:
    """The same with every text a file can bring turned against the page that shows it."""
    bad = "</script><script>window.harmed=1</script><img src=x onerror=window.harmed=2>\u202e\x07\ud800\"'&$script"
    elements = tuple(replace(e, name=bad + "n" * 10_000, ifc_class=bad) for e in scene.design.elements)
    storeys = tuple(replace(s, name=bad) for s in scene.design.storeys)
    findings = tuple(replace(f, title=bad, storey=bad, rule=bad, caveats=(bad,)) for f in scene.findings)
    return replace(
        scene,
        case=bad,
        captured_on=bad,
        crs=bad,
        design=replace(scene.design, name=bad, elements=elements, storeys=storeys),
        storeys=tuple(replace(s, name=bad) for s in scene.storeys),
        findings=findings,
    )


def inspection_of(scene: Scene) -> dict[str, Any]:
    """The parts of an inspection's result that accompany the scene."""
    return {
        "registration": {"status": "accepted", "mode": "georeferenced", "residual_rms_m": 0.0043, "overlap": 0.83},
        "coverage": {"design_surface": 0.46},
        "indicators": [
            {"name": "storeys_above_ground", "permitted": 2, "design": 2, "measured": 3, "expanded_uncertainty": None, "unit": "1", "verdict": "nonconforming", "rule": ""},
            {"name": "building_height", "permitted": 6.5, "design": 6.2, "measured": 9.55, "expanded_uncertainty": 0.012, "unit": "m", "verdict": "nonconforming", "rule": ""},
            {"name": "footprint_area", "permitted": 145.0, "design": 140.0, "measured": 140.2, "expanded_uncertainty": 0.9, "unit": "m2", "verdict": "conforming", "rule": ""},
        ],
        "versions": {"plumbline": "0.1.0"},
        "findings": [{"id": finding.id, "pictures": []} for finding in scene.findings],
    }  # fmt: skip


def duplex(model: Path, count: int = 300_000) -> Scene:
    """The Duplex model with points on its outside and one storey too many on top.

    Parameters
    ----------
    model : Path
        ``Duplex_A_20110907.ifc`` or the like.
    """
    from twin.design import read_design

    design = read_design([model])
    random = np.random.default_rng(11)
    low = design.surface.vertices.min(axis=0)
    corners = np.array([e.box for e in design.elements if e.role is Role.BUILDING])
    low, high = corners[:, :3].min(axis=0), corners[:, 3:].max(axis=0)
    extra = box_body((low[0] + 1, low[1] + 1, high[2]), (high[0] - 1, high[1] - 1, high[2] + 3.0))
    finding = _finding(1, Kind.EXTRA_STOREY, FindingVerdict.INCONSISTENT, Change.ADDED, "A storey too many", extra, (1.0, 3.0, 3.0), None)  # fmt: skip
    surface = Body(design.surface.vertices, design.surface.triangles)
    places, normals = _sampled(surface, int(count * 0.85), random)
    off = random.normal(0.0, NOISE, len(places))
    added, _ = _sampled(extra, count - len(places), random)
    points = np.concatenate([places + normals * off[:, None], added])
    deviation = np.concatenate([off, np.full(len(added), np.nan)]).astype(np.float32)
    is_added = np.isnan(deviation)
    results = tuple(ElementResult(e.index, ElementStatus.AS_DESIGNED, 0.001, 0.004, 0.5, 100) for e in design.elements)
    return Scene(
        case="Duplex",
        captured_on="2024-05-17",
        digest="ab" * 32,
        design=design,
        element_results=results,
        storeys=(),
        findings=(replace(finding, points=np.flatnonzero(is_added)),),
        verdict=Verdict.INCONSISTENT,
        points=points,
        point_deviation=deviation,
        point_class=np.where(is_added, int(PointClass.ADDED), int(PointClass.AS_DESIGNED)).astype(np.uint8),
        point_rgb=random.integers(0, 256, (len(points), 3)).astype(np.uint8),
        point_finding=np.where(is_added, 0, -1).astype(np.int32),
        stations=np.zeros((0, 3)),
        north_deg=0.0,
        map_from_design=None,
        crs=None,
        tolerance_m=TOLERANCE,
    )
