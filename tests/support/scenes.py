"""A small building and what a survey found of it: scenes for everything that shows a case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from support.small_findings import finding_of, findings_of, result_of
from support.small_house import Part, box_body, design_of, house_parts, map_from_design

from twin.arrays import Floats, Ints
from twin.conformity.model import Body, Change, Finding, FindingVerdict, Kind, StoreyResult, StoreyStatus, Verdict
from twin.design.model import Role, Surface
from twin.deviation.model import ElementResult, ElementStatus
from twin.evidence.scene import PointClass, Scene

TOLERANCE = 0.02
NOISE = 0.004


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


def _survey(parts: list[Part], findings: list[Finding], count: int) -> _Survey:
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
    parts = house_parts()
    design = design_of(parts)
    findings = findings_of(design)
    survey = _survey(parts, findings, count)
    finding = np.concatenate(survey.finding).astype(np.int32)
    findings = [replace(f, points=np.flatnonzero(finding == i)) for i, f in enumerate(findings)]
    scene = Scene(
        case="Harbour Street 12",
        captured_on="2024-05-17",
        digest="9f2c4e1ab07d55e3c8b1f64d20a9e7735c1d8f0b6a2e49d7f3358c0e1b94a6d2",
        design=design,
        element_results=tuple(result_of(index, part) for index, part in enumerate(parts)),
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
        point_station=np.full(len(finding), -1, dtype=np.int32),
        stations=np.array([[-6.0, -8.0, 1.5], [20.0, -9.0, 1.5], [19.0, 15.0, 1.5]]),
        north_deg=12.0,
        map_from_design=map_from_design(),
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
        scene.design,
        surface=Surface(surface.vertices + by, surface.triangles, surface.element),
        storeys=storeys,
        axes=tuple(replace(axis, points=axis.points + by) for axis in scene.design.axes),
    )
    return replace(scene, design=design, findings=findings, points=scene.points + by, stations=scene.stations + by)


def hostile(scene: Scene) -> Scene:
    """The same with every text a file can bring turned against the page that shows it."""
    bad = "</script><script>window.harmed=1</script><img src=x onerror=window.harmed=2>\u202e\x07\ud800\"'&$script"
    elements = tuple(replace(e, name=bad + "n" * 10_000, ifc_class=bad) for e in scene.design.elements)
    storeys = tuple(replace(s, name=bad) for s in scene.design.storeys)
    axes = tuple(replace(axis, tag=f"{axis.tag}{bad}" + "n" * 10_000) for axis in scene.design.axes)
    findings = tuple(replace(f, title=bad, storey=bad, rule=bad, caveats=(bad,)) for f in scene.findings)
    return replace(
        scene,
        case=bad,
        captured_on=bad,
        crs=bad,
        design=replace(scene.design, name=bad, elements=elements, storeys=storeys, axes=axes),
        storeys=tuple(replace(s, name=bad) for s in scene.storeys),
        findings=findings,
    )


def inspection_of(scene: Scene) -> dict[str, Any]:
    """The parts of an inspection's result that accompany the scene."""
    return {
        "registration": {"status": "accepted", "mode": "georeferenced", "residual_rms_m": 0.0043, "overlap": 0.83},
        "coverage": {"design_surface": 0.46},
        "indicators": [
            _indicator("storeys_above_ground", 2, 2, 3, None, "1", "nonconforming"),
            _indicator("building_height", 6.5, 6.2, 9.55, 0.012, "m", "nonconforming"),
            _indicator("footprint_area", 145.0, 140.0, 140.2, 0.9, "m2", "conforming"),
        ],
        "versions": {"plumbline": "0.1.0"},
        "findings": [{"id": finding.id, "pictures": []} for finding in scene.findings],
    }


def _indicator(
    name: str, permitted: float, design: float, measured: float, uncertainty: float | None, unit: str, verdict: str
) -> dict[str, Any]:
    return {
        "name": name,
        "permitted": permitted,
        "design": design,
        "measured": measured,
        "expanded_uncertainty": uncertainty,
        "unit": unit,
        "verdict": verdict,
        "rule": "",
    }


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
    finding = finding_of(
        1,
        Kind.EXTRA_STOREY,
        FindingVerdict.INCONSISTENT,
        Change.ADDED,
        "A storey too many",
        extra,
        (1.0, 3.0, 3.0),
        None,
    )
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
        point_station=np.full(len(points), -1, dtype=np.int32),
        stations=np.zeros((0, 3)),
        north_deg=0.0,
        map_from_design=None,
        crs=None,
        tolerance_m=TOLERANCE,
    )
