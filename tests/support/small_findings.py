"""What was built of the small building otherwise than approved."""

from __future__ import annotations

from typing import Any

import numpy as np
from support.small_house import DEPTH, SLAB, STOREY, WALL, WIDTH, Part, box_body, joined

from twin.conformity.model import Body, Change, Finding, FindingVerdict, Kind
from twin.design.model import Design, Role
from twin.deviation.model import ElementResult, ElementStatus


def result_of(index: int, part: Part) -> ElementResult:
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


def findings_of(design: Design) -> list[Finding]:
    extra = _extra_storey()
    veranda = box_body((2, -1.8, STOREY), (7, -0.02, 2 * STOREY - 0.3))
    canopy = box_body((9, -1.5, 2.5), (12, 0, 2.65))
    car = joined([box_body((16, -4, -0.1), (20.3, -2.2, 0.6)), box_body((17, -3.9, 0.6), (19.6, -2.3, 1.2))])
    east = [e.global_id for e in design.elements if e.name.startswith("East") and e.name.split()[2][0] == "0"]
    return [
        finding_of(
            1,
            Kind.EXTRA_STOREY,
            FindingVerdict.INCONSISTENT,
            Change.ADDED,
            "An enclosed storey of 113 m² stands on the approved roof",
            extra,
            (112.6, 349.1, 3.1),
            None,
            ("The ceiling was seen from below only at two places.",),
        ),
        finding_of(
            2,
            Kind.ENCLOSURE,
            FindingVerdict.INCONSISTENT,
            Change.ADDED,
            "The balcony on the first floor is enclosed",
            veranda,
            (8.9, 25.1, 2.8),
            "First floor",
        ),
        finding_of(
            3,
            Kind.ELEMENT_DISPLACED,
            FindingVerdict.BORDERLINE,
            Change.MOVED,
            "The east wall stands 62 mm outside its place",
            None,
            (None, None, None),
            "Ground floor",
            (),
            tuple(east),
            box=((WIDTH - WALL, WALL, 0), (WIDTH + 0.06, DEPTH - WALL, 2.85)),
        ),
        finding_of(
            4,
            Kind.ELEMENT_MISSING,
            FindingVerdict.BORDERLINE,
            Change.REMOVED,
            "The canopy over the entrance is missing",
            canopy,
            (4.5, 0.68, 0.15),
            "Ground floor",
            (),
            tuple(e.global_id for e in design.elements if e.name == "Canopy"),
        ),
        finding_of(
            5,
            Kind.UNMODELLED_OBJECT,
            FindingVerdict.INFORMATION,
            Change.OBJECT,
            "A vehicle stands east of the building",
            car,
            (7.7, 11.2, 1.3),
            None,
        ),
    ]


def finding_of(
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
