"""Findings of storeys that were put in, or made higher or lower, between levels that stand as approved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.conformity.bodies import prism, together
from twin.conformity.grounds import Grounds, finding_of, storey_at
from twin.conformity.guard import beyond
from twin.conformity.model import Change, Finding, FindingVerdict, Kind
from twin.conformity.stack import Span
from twin.design.model import Role
from twin.massing.model import BuiltFloor
from twin.phrases import phrase

_THICK_M = 0.2  # in which a floor is drawn
_ALIKE_M = 0.05  # floors that moved by as much, twice the unevenness of one

Pair = tuple[int, BuiltFloor]
"""A storey of the design, and the floor that stands for it."""


def restacked(grounds: Grounds) -> list[Finding]:
    """One finding for each span with more floors than approved, else one for each floor at another level."""
    found = []
    for span in grounds.spans:
        if span.redivided:
            found.append(_extra(grounds, span))
        else:
            found += [finding for finding in (_shifted(grounds, group) for group in _alike(grounds, span)) if finding]
    return found


def _alike(grounds: Grounds, span: Span) -> list[list[Pair]]:
    """Pairs of storey and floor, together where neighbours moved by as much: what stands above moved along."""
    groups: list[list[Pair]] = []
    for pair in span.pairs:
        if groups and abs(_offset(grounds, groups[-1][-1]) - _offset(grounds, pair)) <= _ALIKE_M:
            groups[-1].append(pair)
        else:
            groups.append([pair])
    return groups


def _offset(grounds: Grounds, pair: Pair) -> float:
    return pair[1].level_m - grounds.design.storeys[pair[0]].elevation_m


def _extra(grounds: Grounds, span: Span) -> Finding:
    built, approved = len(span.built) + 1, len(span.approved) + 1
    height = span.high_m - span.low_m
    title = phrase(
        "Unapproved storey: {built} storeys of about {each:.2f} m between {low:+.2f} m and {high:+.2f} m,"
        " where {approved} of {was:.2f} m were approved",
        built=built,
        each=height / built,
        low=span.low_m,
        high=span.high_m,
        approved=approved,
        was=height / approved,
    )
    widest = max(span.built, key=lambda floor: floor.area_m2)
    floors = span.built[len(span.approved) :]
    finding = finding_of(
        kind=Kind.EXTRA_STOREY,
        verdict=FindingVerdict.INCONSISTENT,
        change=Change.ADDED,
        storey=storey_at(grounds.design, span.low_m),
        title=title,
        outline=widest.outline,
        span=(span.low_m, span.high_m),
        sizes=(float(sum(floor.area_m2 for floor in floors)), None, height / built),
        uncertainty={"area_m2": None, "volume_m3": None, "height_m": 2.0 * max(f.sigma_m for f in span.built) / built},
        points=np.concatenate([floor.points for floor in span.built]),
        rule=phrase(
            "floors seen over at least {share:.0%} of the plate, with room to stand, are more than were approved"
            " between two levels",
            share=grounds.settings.least_floor_share,
        ),
        caveats=(phrase("the outside is as approved: which of the storeys is the unapproved one cannot be said"),),
    )
    body = together([prism(f.outline, f.level_m - _THICK_M, f.level_m) for f in span.built])
    return replace(finding, body=body, levels_m=tuple(floor.level_m for floor in floors))


def _shifted(grounds: Grounds, group: list[Pair]) -> Finding | None:
    """The finding that one floor, or several above each other, lie higher or lower by about as much."""
    design = grounds.design
    names = [design.storeys[storey].name for storey, _ in group]
    offset = sum(_offset(grounds, pair) for pair in group) / len(group)
    unsure = 2.0 * max(floor.sigma_m for _, floor in group)
    limit = grounds.settings.least_storey_height_m
    verdict = beyond(abs(offset), unsure, limit)
    if verdict is FindingVerdict.INFORMATION:
        return None
    maybe_finish = 0.0 < offset <= grounds.settings.most_finish_m + unsure
    way = phrase("higher") if offset > 0.0 else phrase("lower")
    what = (
        phrase("the floor of {storey} lies", storey=names[0])
        if len(group) == 1
        else phrase("the floors of {first} to {last} lie", first=names[0], last=names[-1])
    )
    levels = [level for storey, floor in group for level in (design.storeys[storey].elevation_m, floor.level_m)]
    widest = max((floor for _, floor in group), key=lambda floor: floor.area_m2)
    return finding_of(
        kind=Kind.STOREY_HEIGHT,
        verdict=FindingVerdict.BORDERLINE if maybe_finish else verdict,
        change=Change.MOVED,
        storey=names[0],
        title=phrase("Storey height changed: {what} {by:.2f} m {way}", what=what, by=abs(offset), way=way),
        outline=widest.outline,
        span=(min(levels), _upper_end(grounds, group, max(levels), offset)),
        sizes=(widest.area_m2, None, abs(offset)),
        uncertainty={"area_m2": None, "volume_m3": None, "height_m": unsure},
        points=np.concatenate([floor.points for _, floor in group]),
        caveats=(phrase("a floor finish of that thickness would look alike"),) if maybe_finish else (),
        rule=phrase("storey heights are reported from {least:.2f} m", least=limit),
    )


def _upper_end(grounds: Grounds, group: list[Pair], level_m: float, offset_m: float) -> float:
    """Level up to which a change reaches: where the topmost floor moved, all that stands on it moved along."""
    wide = [row for row, storey in enumerate(grounds.design.storeys) if storey.floor_area_m2 > 0.0]
    if group[-1][0] != wide[-1]:
        return level_m
    top = max(element.box[5] for element in grounds.design.elements if element.role is Role.BUILDING)
    return max(level_m, top + offset_m)
