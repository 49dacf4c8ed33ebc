"""A small approved building of boxes: two storeys with windows, a balcony, a canopy and a cellar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats
from twin.conformity.model import Body
from twin.design.model import Design, DesignFile, Element, Georeference, GridAxis, Role, Storey, Surface
from twin.deviation.model import ElementStatus
from twin.frames import translation, yaw

WIDTH, DEPTH, STOREY = 14.0, 10.0, 3.1
WALL, SLAB = 0.3, 0.25
CORNERS = ((WIDTH, 0.0, 2 * STOREY), (0.0, 0.0, 2 * STOREY))
"""Two corners of the approved roof, exactly `WIDTH` apart."""

_FACES = np.array(
    [
        *[(0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7), (0, 1, 5), (0, 5, 4)],
        *[(1, 2, 6), (1, 6, 5), (2, 3, 7), (2, 7, 6), (3, 0, 4), (3, 4, 7)],
    ],
    dtype=np.int32,
)


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
class Part:
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


def _storey_parts(level: int) -> list[Part]:
    base = level * STOREY
    low, high = np.zeros(2), np.array([WIDTH, DEPTH])
    sides = {
        "South": (low, np.array([WIDTH, 0.0]), np.array([0.0, 1.0]), 4),
        "East": (np.array([WIDTH, WALL]), np.array([WIDTH, DEPTH - WALL]), np.array([-1.0, 0.0]), 3),
        "North": (np.array([0.0, DEPTH]), high, np.array([0.0, -1.0]), 4),
        "West": (np.array([0.0, WALL]), np.array([0.0, DEPTH - WALL]), np.array([1.0, 0.0]), 3),
    }
    parts = [
        Part(f"Floor slab {level}", "IfcSlab", box_body((0, 0, base - SLAB), (WIDTH, DEPTH, base)), level),
        Part(
            f"Partition {level}.1",
            "IfcWall",
            box_body((5, WALL, base), (5.15, DEPTH - WALL, base + STOREY - SLAB)),
            level,
            status=ElementStatus.NOT_OBSERVED,
        ),
        Part(
            f"Partition {level}.2",
            "IfcWall",
            box_body((5.15, 5, base), (WIDTH - WALL, 5.15, base + STOREY - SLAB)),
            level,
            status=ElementStatus.NOT_OBSERVED,
        ),
        Part(f"Desk {level}", "IfcFurniture", box_body((8, 2, base), (9.6, 2.8, base + 0.75)), level, Role.MOVABLE),
    ]
    for name, (start, end, inwards, windows) in sides.items():
        wall, panes = _facade(start, end, inwards, base, windows)
        status = ElementStatus.NOT_OBSERVED if (name, level) == ("North", 0) else ElementStatus.AS_DESIGNED
        if (name, level) == ("East", 0):
            status = ElementStatus.DISPLACED
        parts.append(Part(f"{name} wall {level}", "IfcWall", wall, level, status=status))
        parts += [
            Part(f"{name} window {level}.{n + 1}", "IfcWindow", pane, level, status=status)
            for n, pane in enumerate(panes)
        ]
    return parts


def house_parts() -> list[Part]:
    roof = box_body((0, 0, 2 * STOREY - SLAB), (WIDTH, DEPTH, 2 * STOREY))
    balcony = box_body((2, -1.8, STOREY - SLAB), (7, 0, STOREY))
    canopy = box_body((9, -1.5, 2.5), (12, 0, 2.65))
    basement = [
        Part(
            "Basement floor",
            "IfcSlab",
            box_body((0, 0, -3.1), (WIDTH, DEPTH, -2.8)),
            None,
            status=ElementStatus.NOT_OBSERVED,
        ),
        Part(
            "Basement wall",
            "IfcWall",
            box_body((0, 0, -2.8), (WIDTH, WALL, -SLAB)),
            None,
            status=ElementStatus.NOT_OBSERVED,
        ),
    ]
    return [
        *basement,
        *_storey_parts(0),
        *_storey_parts(1),
        Part("Roof slab", "IfcSlab", roof, 2),
        Part("Balcony", "IfcSlab", balcony, 1),
        Part("Canopy", "IfcSlab", canopy, 0, status=ElementStatus.MISSING),
        Part("Terrain", "IfcSite", box_body((-12, -14, -0.45), (26, 22, -0.3)), None, Role.GROUND),
    ]


def design_of(parts: list[Part]) -> Design:
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
    place = Georeference(map_from_design(), "EPSG:4549", 12.0, None, None, None, "IfcMapConversion")
    files = (DesignFile("approved.ifc", "0" * 64, "IFC4", 1.0),)
    surface = Surface(body.vertices, body.triangles, owner)
    return Design(files, "Approved", elements, storeys, surface, place, axes=tuple(_axes()))


def _axes() -> Iterator[GridAxis]:
    """1 to 4 through the outer walls, the partition and a window's edge; A to C through the others; an arc."""
    for tag, x in zip("1234", (0.15, 5.075, 9.5, WIDTH - 0.15), strict=True):
        yield GridAxis(tag, np.array([[x, -3.0, 0.0], [x, DEPTH + 3.0, 0.0]]))
    for tag, y in zip("ABC", (0.15, 5.075, DEPTH - 0.15), strict=True):
        yield GridAxis(tag, np.array([[-3.0, y, 0.0], [WIDTH + 3.0, y, 0.0]]))
    turn = np.linspace(0.0, np.pi / 2.0, 16)
    yield GridAxis("R", np.column_stack([WIDTH + 3.0 * np.cos(turn), DEPTH + 3.0 * np.sin(turn), np.zeros(16)]))


def map_from_design() -> Floats:
    return translation(np.array([512_345.0, 3_456_789.0, 4.5])) @ yaw(np.radians(-12.0))
