"""A small approved building of boxes and what was really built, for pictures, viewer and exchange files.

Three storeys of 18 x 12 m with windows, balconies and a parapet were approved. Built were a fourth storey, an
extension on the east side and an enclosed balcony; a wall was moved, a balcony left out, and a container stands
beside it. Stations stand on three sides only, so the north side was not observed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twin.arrays import Bytes, Floats, Floats32, Ints
from twin.conformity.model import Body, Change, Finding, FindingVerdict, Kind, StoreyResult, StoreyStatus, Verdict
from twin.design.model import Design, DesignFile, Element, Georeference, Role, Storey, Surface
from twin.deviation.model import ElementResult, ElementStatus
from twin.evidence.scene import PointClass, Scene

BOX_TRIANGLES = np.array(
    [int(corner) for corner in "021032456467015054126165237276304347"],
    dtype=np.int32,
).reshape(-1, 3)
WIDTH, DEPTH, STOREY_HEIGHT, WALL, SLAB = 18.0, 12.0, 3.2, 0.3, 0.25
LEVELS = (0.0, 3.2, 6.4)
ROOF = 9.6
NAMES = ("Ground floor", "First floor", "Second floor", "Roof")

Box = tuple[float, float, float, float, float, float]


def box_mesh(box: Box) -> tuple[Floats, Ints]:
    x0, y0, z0, x1, y1, z1 = box
    corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    vertices = np.array([[*c, z0] for c in corners] + [[*c, z1] for c in corners])
    return vertices, BOX_TRIANGLES


def boxes_mesh(boxes: Sequence[Box]) -> tuple[Floats, Ints]:
    parts = [box_mesh(box) for box in boxes]
    return (
        np.concatenate([v for v, _ in parts]),
        np.concatenate([t + 8 * i for i, (_, t) in enumerate(parts)]).astype(np.int32),
    )


def _bays(length: float) -> list[tuple[float, float]]:
    """Windows along a facade of `length` m: (from, to)."""
    count = max(int(length // 3.0), 1)
    pitch = length / count
    return [(pitch * (i + 0.5) - 0.7, pitch * (i + 0.5) + 0.7) for i in range(count)]


def _facade(length: float, z: float, height: float) -> tuple[list[Box], list[Box]]:
    """Wall pieces and window panes in facade coordinates (along, through, up)."""
    windows = _bays(length)
    sill, head = z + 0.9, z + 2.4
    walls: list[Box] = [(0.0, 0.0, z, length, WALL, sill), (0.0, 0.0, head, length, WALL, z + height)]
    edges = [0.0, *[v for w in windows for v in w], length]
    walls += [(edges[i], 0.0, sill, edges[i + 1], WALL, head) for i in range(0, len(edges), 2)]
    return walls, [(a, 0.12, sill, b, 0.18, head) for a, b in windows]


def _turned(box: Box, side: int) -> Box:
    a, t, z0, b, u, z1 = box
    if side == 0:
        return a, t, z0, b, u, z1
    if side == 1:
        return WIDTH - u, a, z0, WIDTH - t, b, z1
    if side == 2:
        return a, DEPTH - u, z0, b, DEPTH - t, z1
    return t, a, z0, u, b, z1


def _approved() -> list[tuple[str, str, Role, int | None, list[Box]]]:
    parts: list[tuple[str, str, Role, int | None, list[Box]]] = []
    for level, z in enumerate(LEVELS):
        parts.append(("IfcSlab", f"Floor {level}", Role.BUILDING, level, [(0.0, 0.0, z - SLAB, WIDTH, DEPTH, z)]))
        for side, length in enumerate((WIDTH, DEPTH, WIDTH, DEPTH)):
            walls, panes = _facade(length, z, STOREY_HEIGHT - SLAB)
            name = ("south", "east", "north", "west")[side]
            parts.append(("IfcWall", f"Wall {name} {level}", Role.BUILDING, level, [_turned(b, side) for b in walls]))
            for pane in panes:
                parts.append(("IfcWindow", f"Window {name} {level}", Role.BUILDING, level, [_turned(pane, side)]))
        inner: list[Box] = [(9.0, WALL, z, 9.2, 5.0, z + 2.95), (9.0, 6.2, z, 9.2, DEPTH - WALL, z + 2.95)]
        parts.append(("IfcWall", f"Wall inner {level}", Role.BUILDING, level, inner))
        if level:
            balconies: list[Box] = [(3.0, -1.6, z - 0.2, 7.0, 0.0, z), (11.0, -1.6, z - 0.2, 15.0, 0.0, z)]
            for balcony in balconies:
                x0, y0, _, x1, _, _ = balcony
                rail: list[Box] = [(x0, y0, z, x1, y0 + 0.08, z + 1.0), (x0, y0, z, x0 + 0.08, 0.0, z + 1.0)]
                rail.append((x1 - 0.08, y0, z, x1, 0.0, z + 1.0))
                parts.append(("IfcSlab", f"Balcony {level}", Role.BUILDING, level, [balcony]))
                parts.append(("IfcRailing", f"Railing {level}", Role.BUILDING, level, rail))
    parts.append(("IfcSlab", "Roof", Role.BUILDING, 3, [(0.0, 0.0, ROOF - SLAB, WIDTH, DEPTH, ROOF)]))
    parapet: list[Box] = [
        _turned((0.0, 0.0, ROOF, n, 0.2, ROOF + 0.6), s) for s, n in enumerate((18.0, 12.0, 18.0, 12.0))
    ]
    parts.append(("IfcWall", "Parapet", Role.BUILDING, 3, parapet))
    parts.append(("IfcFurniture", "Table", Role.MOVABLE, 0, [(3.0, 3.0, 0.0, 4.5, 4.0, 0.75)]))
    return parts


def approved_design() -> Design:
    """The approved building; storeys Ground floor, First floor, Second floor and Roof."""
    elements, vertices, triangles, owner = [], [], [], []
    count = 0
    for index, (ifc_class, name, role, storey, boxes) in enumerate(_approved()):
        points, faces = boxes_mesh(boxes)
        box = (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())
        elements.append(Element(index, f"{index:022d}", ifc_class, name, role, storey, box, True))
        vertices.append(points)
        triangles.append(faces + count)
        owner.append(np.full(len(faces), index, dtype=np.int32))
        count += len(points)
    storeys = tuple(
        Storey(name, f"S{i:021d}", z, True, "slab", WIDTH * DEPTH)
        for i, (name, z) in enumerate(zip(NAMES, (*LEVELS, ROOF), strict=True))
    )
    surface = Surface(
        np.concatenate(vertices), np.concatenate(triangles).astype(np.int32), np.concatenate(owner).astype(np.int32)
    )
    file = DesignFile("approved.ifc", "0" * 64, "IFC4", 0.001)
    georeference = Georeference(None, None, 0.0, None, None, None, "none")
    return Design((file,), "Approved house", tuple(elements), storeys, surface, georeference)


STOREY_BOX: Box = (0.0, 0.0, ROOF, WIDTH, DEPTH, 12.8)
EXTENSION_BOX: Box = (WIDTH, 2.0, 0.0, 22.5, 8.0, 3.0)
BALCONY_BOX: Box = (11.0, -1.6, 3.2, 15.0, 0.0, 6.15)
CONTAINER_BOX: Box = (-6.0, -7.0, 0.0, 0.0, -4.6, 2.6)


def _finding(
    number: int,
    kind: Kind,
    change: Change,
    storey: str | None,
    title: str,
    box: Box,
    ids: tuple[str, ...] = (),
) -> Finding:
    x0, y0, z0, x1, y1, z1 = box
    outline = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    area, height = (x1 - x0) * (y1 - y0), z1 - z0
    body = Body(*box_mesh(box)) if change in (Change.ADDED, Change.OBJECT) else None
    verdict = FindingVerdict.INFORMATION if change is Change.OBJECT else FindingVerdict.INCONSISTENT
    uncertainty: dict[str, float | None] = {"area_m2": 0.02 * area, "volume_m3": 0.02 * area * height, "height_m": 0.02}
    return Finding(
        f"F-{number:03d}", kind, verdict, change, storey, title, np.array([[x0, y0, z0], [x1, y1, z1]]), outline,
        area, area * height, height, uncertainty, 0.95, ids, np.zeros(0, dtype=np.int64), body,
    )  # fmt: skip


def findings_of(design: Design) -> tuple[Finding, ...]:
    """One of each change, gravest first."""
    moved = next(e for e in design.elements if e.name == "Parapet")
    missing = next(e for e in design.elements if e.name == "Balcony 2" and e.box[0] > 10.0)
    return (
        _finding(1, Kind.EXTRA_STOREY, Change.ADDED, None, "Unapproved storey on the roof", STOREY_BOX),
        _finding(2, Kind.LATERAL_EXTENSION, Change.ADDED, "Ground floor", "Extension on the east side", EXTENSION_BOX),
        _finding(3, Kind.ENCLOSURE, Change.ADDED, "First floor", "Balcony enclosed", BALCONY_BOX),
        _finding(
            4,
            Kind.ELEMENT_MISSING,
            Change.REMOVED,
            "Second floor",
            "Balcony missing",
            missing.box,
            (missing.global_id,),
        ),
        _finding(5, Kind.ELEMENT_DISPLACED, Change.MOVED, "Roof", "Parapet displaced", moved.box, (moved.global_id,)),
        _finding(6, Kind.UNMODELLED_OBJECT, Change.OBJECT, "Ground floor", "Container", CONTAINER_BOX),
    )


def _cast(vertices: Floats, triangles: Ints, stations: Floats, step_deg: float) -> tuple[Floats, Ints]:
    import open3d as o3d

    caster = o3d.t.geometry.RaycastingScene()
    caster.add_triangles(o3d.core.Tensor(vertices.astype(np.float32)), o3d.core.Tensor(triangles.astype(np.uint32)))
    azimuth, elevation = np.meshgrid(
        np.radians(np.arange(0.0, 360.0, step_deg)), np.radians(np.arange(-88.0, 70.0, step_deg))
    )
    rays = np.stack(
        [np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)], axis=-1
    ).reshape(-1, 3)
    points, hits = [], []
    for station in stations:
        answer = caster.cast_rays(
            o3d.core.Tensor(np.hstack([np.tile(station, (len(rays), 1)), rays]).astype(np.float32))
        )
        t, which = answer["t_hit"].numpy(), answer["primitive_ids"].numpy()
        met = np.isfinite(t) & (t < 60.0)
        points.append(station + rays[met] * t[met, None])
        hits.append(which[met].astype(np.int32))
    return np.concatenate(points), np.concatenate(hits)


def _built(design: Design, findings: tuple[Finding, ...]) -> tuple[Floats, Ints, Ints]:
    """Vertices, triangles and what each triangle belongs to: element, -1 ground, -2 - n finding n."""
    gone = {i for f in findings if f.change is Change.REMOVED for i in f.global_ids}
    moved = {i for f in findings if f.change is Change.MOVED for i in f.global_ids}
    stands = np.array([e.global_id not in gone for e in design.elements])
    shift = np.array([[0.0, 0.0, 0.08] if e.global_id in moved else [0.0, 0.0, 0.0] for e in design.elements])
    keep = stands[design.surface.element]
    owner = np.repeat(np.arange(len(design.elements)), np.bincount(design.surface.element) // 12 * 8)
    vertices = [design.surface.vertices + shift[owner]]
    triangles, belongs = [design.surface.triangles[keep]], [design.surface.element[keep]]
    count = len(vertices[0])
    extra = [(n, f.body) for n, f in enumerate(findings) if f.body is not None]
    ground = box_mesh((-25.0, -25.0, -0.6, 43.0, 37.0, -0.25))
    for number, (points, faces) in [(-1, ground), *[(-2 - n, (b.vertices, b.triangles)) for n, b in extra]]:
        vertices.append(points)
        triangles.append(faces + count)
        belongs.append(np.full(len(faces), number, dtype=np.int32))
        count += len(points)
    return np.concatenate(vertices), np.concatenate(triangles).astype(np.int32), np.concatenate(belongs)


def _classes(owner: Ints, design: Design, findings: tuple[Finding, ...]) -> tuple[Bytes, Floats32, Ints]:
    by_finding = np.where(owner <= -2, -2 - owner, -1).astype(np.int32)
    classes = np.full(len(owner), PointClass.AS_DESIGNED, dtype=np.uint8)
    classes[owner == -1] = PointClass.GROUND
    for number, finding in enumerate(findings):
        classes[by_finding == number] = PointClass.OBJECT if finding.change is Change.OBJECT else PointClass.ADDED
        for element in (e.index for e in design.elements if e.global_id in finding.global_ids):
            classes[owner == element] = PointClass.DEVIATING
            by_finding[owner == element] = number
    deviation = np.full(len(owner), np.nan, dtype=np.float32)
    deviation[classes == PointClass.AS_DESIGNED] = 0.0
    deviation[classes == PointClass.DEVIATING] = 0.08
    return classes, deviation, by_finding


def picture_scene(step_deg: float = 0.25, chosen: Sequence[int] | None = None) -> Scene:
    """The whole case; `chosen` keeps only the findings of these numbers (from 0), `step_deg` sets the density."""
    design = approved_design()
    findings = findings_of(design)
    if chosen is not None:
        findings = tuple(findings[n] for n in chosen)
    stations = np.array([[-9.0, -9.0, 1.6], [9.0, -14.0, 1.6], [27.0, -8.0, 1.6], [32.0, 6.0, 1.6], [-14.0, 8.0, 1.6]])
    drone = np.array([[9.0, -12.0, 25.0], [28.0, 6.0, 24.0], [-8.0, 4.0, 24.0]])
    vertices, triangles, belongs = _built(design, findings)
    points, hits = _cast(vertices, triangles, np.concatenate([stations, drone]), step_deg)
    noise = np.random.default_rng(7)
    thin = (belongs[hits] != -1) | (noise.random(len(hits)) < 0.02)
    points, hits = points[thin], hits[thin]
    points = points + noise.normal(0.0, 0.004, points.shape)
    owner = belongs[hits]
    classes, deviation, by_finding = _classes(owner, design, findings)
    bow = 0.05 * np.sin(points[:, 0] / 3.0) * np.sin(points[:, 2] / 2.5)
    deviation = (deviation + bow + noise.normal(0.0, 0.003, len(points))).astype(np.float32)
    return Scene(
        "Sample house", "2026-05-04", "3f9ac1d2" * 8, design, _results(design, findings, owner), _storeys(findings),
        findings, Verdict.INCONSISTENT if findings else Verdict.CONSISTENT, points, deviation, classes, None,
        by_finding, np.full(len(points), -1, np.int32), stations, 20.0, None, None, 0.03,
    )  # fmt: skip


def _results(design: Design, findings: tuple[Finding, ...], owner: Ints) -> tuple[ElementResult, ...]:
    seen = np.bincount(owner[owner >= 0], minlength=len(design.elements))
    missing = {i for f in findings if f.change is Change.REMOVED for i in f.global_ids}
    moved = {i for f in findings if f.change is Change.MOVED for i in f.global_ids}
    results = []
    for element in design.elements:
        count = int(seen[element.index])
        if element.global_id in missing:
            row = ElementResult(element.index, ElementStatus.MISSING, None, None, 0.0, 0)
        elif element.global_id in moved:
            row = ElementResult(element.index, ElementStatus.DISPLACED, 0.08, 0.01, 0.7, count, (0.0, 0.0, 0.08))
        elif count < 20:
            row = ElementResult(element.index, ElementStatus.NOT_OBSERVED, None, None, 0.0, count)
        else:
            row = ElementResult(element.index, ElementStatus.AS_DESIGNED, 0.001, 0.008, 0.6, count)
        results.append(row)
    return tuple(results)


def _storeys(findings: tuple[Finding, ...]) -> tuple[StoreyResult, ...]:
    levels = [
        StoreyResult(name, f"S{i:021d}", StoreyStatus.AS_DESIGNED, z, z + 0.004, 0.012, 3.2 if i < 3 else None)
        for i, (name, z) in enumerate(zip(NAMES, (*LEVELS, ROOF), strict=True))
    ]
    if any(f.kind is Kind.EXTRA_STOREY for f in findings):
        levels.append(StoreyResult(None, None, StoreyStatus.UNAPPROVED, None, 12.8, 0.02, 3.2))
    return tuple(levels)
