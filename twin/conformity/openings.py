"""Openings that were closed, and openings that were made, against the approved walls."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.arrays import Floats, Longs
from twin.conformity.bodies import prism, rectangle
from twin.conformity.grounds import NO_POINTS, Grounds, finding_of, storey_at
from twin.conformity.model import Body, Change, Finding, FindingVerdict, Kind
from twin.conformity.settings import ConformitySettings
from twin.design.model import Element
from twin.design.openings import Opening, axes
from twin.deviation.model import ElementStatus
from twin.massing.breaches import Breach
from twin.massing.closures import Closure
from twin.phrases import phrase

_CELL_M = 0.2
"""Cells in which the passage of rays is noted; an edge is known to half of one."""
_HALF = 0.5


def changed_openings(grounds: Grounds) -> list[Finding]:
    """Findings of openings closed and made, wall by wall.

    In walls that stand otherwise where they should: what moved is told as a whole, with its windows.
    """
    stands = {e.index for e in grounds.design.elements if _stands(grounds, e)}
    return [*_closed(grounds, stands), *_made(grounds, stands)]


def _stands(grounds: Grounds, wall: Element) -> bool:
    lift = grounds.massing.lift
    if grounds.deviation.elements[wall.index].status is not ElementStatus.AS_DESIGNED:
        return False
    if lift is not None and wall.box[5] >= lift.cut_m:
        return False
    return not any(span.approved and span.low_m < wall.box[5] and wall.box[2] < span.high_m for span in grounds.spans)


def _closed(grounds: Grounds, stands: set[int]) -> list[Finding]:
    settings = grounds.settings
    found = []
    for sides in _both_sides(grounds.massing.closures):
        opening = max(sides, key=lambda side: side.opening.area_m2).opening
        if opening.element not in stands or not _is_worth(opening, settings):
            continue
        verdict, caveats = _certainty(sides)
        wall = grounds.design.elements[opening.element]
        points = np.unique(np.concatenate([side.points for side in sides]))
        found.append(
            _finding(
                grounds,
                _Place(opening.normal, opening.plane_m, opening.outline, opening.depth_m, opening.area_m2),
                verdict,
                Change.ADDED,
                phrase(
                    "Approved opening closed: {area:.1f} m2 in {element}",
                    area=opening.area_m2,
                    element=wall.name or wall.ifc_class,
                ),
                wall.global_id,
                points,
                caveats,
                0.0,
            )
        )
    return found


def _certainty(sides: list[Closure]) -> tuple[FindingVerdict, tuple[str, ...]]:
    """How sure it is that an opening is closed: on both faces of its wall, on one, or by who knows what behind it."""
    if len(sides) > 1:
        return FindingVerdict.INCONSISTENT, ()
    if sides[0].is_sided:
        return FindingVerdict.BORDERLINE, (
            phrase("one face was seen: a shutter, a board or a flush door leaf would look alike"),
        )
    return FindingVerdict.INFORMATION, (
        phrase("stations are unknown: what stands behind the opening would look alike"),
    )


def _is_worth(opening: Opening | Breach, settings: ConformitySettings) -> bool:
    wide = float(np.ptp(opening.outline, axis=0).min())
    return opening.area_m2 >= settings.least_opening_m2 and wide >= settings.least_opening_m


def _both_sides(closures: tuple[Closure, ...]) -> list[list[Closure]]:
    """Closures of one opening together: one of each face of its wall."""
    groups: list[list[Closure]] = []
    for closure in closures:
        for group in groups:
            if _is_same(group[0].opening, closure.opening):
                group.append(closure)
                break
        else:
            groups.append([closure])
    return groups


def _is_same(one: Opening, other: Opening) -> bool:
    """Whether two openings are the faces of one: in the same wall, facing opposite ways, over each other by half."""
    if one.element != other.element or one.normal @ other.normal > 0.0:
        return False
    along, up = axes(one.normal)
    boxes = [opening.place() @ np.column_stack([along, up]) for opening in (one, other)]
    low = np.max([box.min(axis=0) for box in boxes], axis=0)
    high = np.min([box.max(axis=0) for box in boxes], axis=0)
    shared = float(np.prod(np.maximum(high - low, 0.0)))
    return shared >= _HALF * min(one.area_m2, other.area_m2)


@dataclass(frozen=True, eq=False)
class _Place:
    """An opening in a wall: outward normal of its face, the plane's distance from the origin, outline (k, 2) m along it
    and up, depth of the wall behind it, and area.
    """

    normal: Floats
    plane_m: float
    outline: Floats
    depth_m: float
    area_m2: float

    def corners(self) -> Floats:
        """(2 k, 3) m, design frame: of the outline on both faces of the wall, a cell apart where it has one only."""
        flat = self.outline @ np.array(axes(self.normal))
        return np.vstack([flat + (self.plane_m - deep) * self.normal for deep in (0.0, self.depth_m or _CELL_M)])

    def body(self) -> Body | None:
        """The prism through the wall; as deep as a cell where its thickness is not known."""
        solid = prism(self.outline, -(self.depth_m or _CELL_M), 0.0)
        if solid is None:
            return None
        along, up = axes(self.normal)
        vertices = solid.vertices @ np.array([along, up, self.normal]) + self.plane_m * self.normal
        return replace(solid, vertices=vertices)


def _made(grounds: Grounds, stands: set[int]) -> list[Finding]:
    """Holes that rays passed through in walls that stand otherwise where they should."""
    return [
        _hole(grounds, breach)
        for breach in grounds.massing.breaches
        if breach.element in stands and _is_worth(breach, grounds.settings)
    ]


def _hole(grounds: Grounds, breach: Breach) -> Finding:
    milestone, wall = grounds.milestone, grounds.design.elements[breach.element]
    place = _Place(breach.normal, breach.plane_m, breach.outline, breach.depth_m, breach.area_m2)
    verdict, caveats = FindingVerdict.INCONSISTENT, tuple[str, ...]()
    if milestone is None:
        verdict = FindingVerdict.BORDERLINE
        caveats = (phrase("the works are not said to be complete: openings for hoists are closed later"),)
    elif not milestone.envelope_is_whole:
        verdict = FindingVerdict.INFORMATION
        caveats = (phrase("the envelope is not whole yet: openings for hoists are closed later"),)
    title = phrase(
        "Opening that was not approved: {area:.1f} m2 in {element}",
        area=place.area_m2,
        element=wall.name or wall.ifc_class,
    )
    return _finding(grounds, place, verdict, Change.REMOVED, title, wall.global_id, NO_POINTS, caveats, _HALF * _CELL_M)


def _finding(
    grounds: Grounds,
    place: _Place,
    verdict: FindingVerdict,
    change: Change,
    title: str,
    global_id: str,
    points: Longs,
    caveats: tuple[str, ...],
    edge_m: float,
) -> Finding:
    """A finding of one opening; `edge_m` is how well its edges are known, the design's are exact."""
    corners = place.corners()
    low, high = corners.min(axis=0), corners.max(axis=0)
    height = float(high[2] - low[2])
    around = 2.0 * (height + place.area_m2 / max(height, _CELL_M))
    settings = grounds.settings
    finding = finding_of(
        kind=Kind.OPENING_CHANGED,
        verdict=verdict,
        change=change,
        storey=storey_at(grounds.design, float(low[2])),
        title=title,
        outline=rectangle(low, high),
        span=(float(low[2]), float(high[2])),
        sizes=(place.area_m2, None, height),
        uncertainty={"area_m2": around * edge_m or None, "volume_m3": None, "height_m": 2.0 * edge_m or None},
        global_ids=(global_id,),
        points=points,
        caveats=caveats,
        rule=phrase(
            "openings of walls, from {area:g} m2 and {width:g} m wide",
            area=settings.least_opening_m2,
            width=settings.least_opening_m,
        ),
    )
    return replace(finding, body=place.body())
