"""Findings: every difference between what stands and what was approved, gravest first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.arrays import Floats
from twin.conformity.absent import absent
from twin.conformity.bodies import block, rectangle
from twin.conformity.grounds import Grounds, finding_of, storey_at
from twin.conformity.guard import beyond
from twin.conformity.kinds import name_addition
from twin.conformity.lifted import lifted
from twin.conformity.model import Change, Finding, FindingVerdict, Kind
from twin.conformity.openings import changed_openings
from twin.conformity.recounted import recounted
from twin.conformity.restacked import restacked
from twin.conformity.settings import ConformitySettings
from twin.conformity.stack import Span
from twin.design.model import Element
from twin.deviation.model import ElementResult, ElementStatus
from twin.massing.model import Addition, SiteObject
from twin.phrases import phrase

_NAMES = {
    Kind.EXTRA_STOREY: phrase("Unapproved storey"),
    Kind.MEZZANINE: phrase("Unapproved floor between storeys"),
    Kind.ROOFTOP_ADDITION: phrase("Unapproved structure on the roof"),
    Kind.LATERAL_EXTENSION: phrase("Unapproved extension"),
    Kind.VOID_INFILL: phrase("Approved void closed by a floor"),
    Kind.ENCLOSURE: phrase("Open space enclosed"),
    Kind.BASEMENT_EXTENSION: phrase("Unapproved basement"),
    Kind.UNMODELLED_OBJECT: phrase("Object that is not in the design"),
}
_ORDER = (FindingVerdict.INCONSISTENT, FindingVerdict.BORDERLINE, FindingVerdict.INFORMATION)
_SAME_FLOOR_M = 0.3  # tops and undersides of one floor
_AMONG = 0.5  # share of a boundary at approved structure


def all_findings(grounds: Grounds, of_the_whole: list[Finding]) -> tuple[Finding, ...]:
    """Findings of every kind, numbered: inconsistent first, then by size and place.

    Parameters
    ----------
    of_the_whole : list of Finding
        What is to be said of the building's place.
    """
    found = [
        *of_the_whole,
        *lifted(grounds.design, grounds.massing.lift, grounds.settings, grounds.spans),
        *restacked(grounds),
        *_additions(grounds),
        *_displaced(grounds),
    ]
    found += recounted(grounds, found)
    found += [*absent(grounds), *changed_openings(grounds), *_objects(grounds)]
    found.sort(key=_gravity)
    return tuple(replace(finding, id=f"F-{number:03d}") for number, finding in enumerate(found, start=1))


def _gravity(finding: Finding) -> tuple[int, float, tuple[float, ...]]:
    size = finding.volume_m3 or finding.area_m2 or 0.0
    return _ORDER.index(finding.verdict), -size, tuple(finding.box[0])


def _additions(grounds: Grounds) -> list[Finding]:
    has_floors = any(storey.floor_area_m2 > 0.0 for storey in grounds.design.storeys)
    ground = grounds.massing.ground_m
    found = []
    for addition in grounds.massing.additions:
        if addition.is_slab and any(_is_floor_of(addition, span) for span in grounds.spans):
            continue  # told as one of the storeys that were put in
        level = ground if ground is not None else addition.base_m
        kind, verdict = name_addition(addition, has_floors, level, grounds.settings)
        if verdict is not FindingVerdict.INFORMATION and any(_among_moved(addition, span) for span in grounds.spans):
            kind, verdict = Kind.UNMODELLED_OBJECT, FindingVerdict.INFORMATION
        if kind is not Kind.UNMODELLED_OBJECT or _is_worth_listing(addition, grounds.settings):
            found.append(_addition(grounds, addition, kind, verdict))
    return found


def _is_floor_of(addition: Addition, span: Span) -> bool:
    return span.redivided and any(abs(addition.top_m - floor.level_m) <= _SAME_FLOOR_M for floor in span.built)


def _among_moved(addition: Addition, span: Span) -> bool:
    """Whether a structure between approved ones stands where all of them were built at other heights: told already."""
    within = addition.base_m < span.high_m and addition.top_m > span.low_m
    return bool(span.approved and within and addition.surroundings.attached >= _AMONG)


def _is_worth_listing(addition: Addition, settings: ConformitySettings) -> bool:
    return addition.area_m2 >= settings.least_slab_area_m2


def _addition(grounds: Grounds, addition: Addition, kind: Kind, verdict: FindingVerdict) -> Finding:
    height = addition.top_m - addition.base_m
    change = Change.OBJECT if kind is Kind.UNMODELLED_OBJECT else Change.ADDED
    at_least, name = _at_least(addition), _NAMES[kind]
    return finding_of(
        kind=kind,
        verdict=verdict,
        change=change,
        storey=storey_at(grounds.design, addition.base_m),
        title=phrase(
            "{kind}: at least {area:.1f} m2, {height:.2f} m high",
            kind=name,
            area=at_least["area_m2"],
            height=height,
        )
        if at_least
        else phrase("{kind}: {area:.1f} m2, {height:.2f} m high", kind=name, area=addition.area_m2, height=height),
        outline=addition.outline,
        span=(addition.base_m, addition.top_m),
        sizes=(addition.area_m2, addition.volume_m3, height),
        uncertainty={key: float(value) for key, value in addition.expanded.items()},
        points=addition.points,
        caveats=addition.caveats,
        rule=_rule(kind, grounds.settings),
        holes=addition.holes,
        at_least=at_least,
    )


def _at_least(addition: Addition) -> dict[str, float]:
    """What is sure of the sizes in plan where a side was not seen: nobody knows how far it goes on there."""
    if addition.is_slab or addition.surroundings.is_closed:
        return {}
    sizes = {"area_m2": addition.area_m2, "volume_m3": addition.volume_m3}
    return {name: max(0.0, size - addition.expanded[name]) for name, size in sizes.items()}


def _rule(kind: Kind, settings: ConformitySettings) -> str:
    return {
        Kind.EXTRA_STOREY: phrase(
            "a level of at least {share:.0%} of the plate below and {height:.2f} m high",
            share=settings.least_extra_storey_share,
            height=settings.full_storey_m,
        ),
        Kind.ROOFTOP_ADDITION: phrase(
            "on the roof, from {area:g} m2 and {height:g} m high",
            area=settings.least_roof_area_m2,
            height=settings.least_roof_height_m,
        ),
        Kind.LATERAL_EXTENSION: phrase(
            "beside the building, from {area:g} m2 and {height:g} m high",
            area=settings.least_extension_m2,
            height=settings.least_extension_height_m,
        ),
        Kind.ENCLOSURE: phrase(
            "between an approved floor and ceiling, from {area:g} m2", area=settings.least_enclosure_area_m2
        ),
        Kind.VOID_INFILL: phrase("in an approved void, from {area:g} m2", area=settings.least_slab_area_m2),
        Kind.MEZZANINE: phrase("between approved floors, from {area:g} m2", area=settings.least_slab_area_m2),
    }.get(kind, phrase("listed for information, not judged"))


def _displaced(grounds: Grounds) -> list[Finding]:
    lift = grounds.massing.lift
    moved = set(lift.elements) if lift else set()
    found = []
    for result in grounds.deviation.elements:
        element = grounds.design.elements[result.element]
        if result.status is not ElementStatus.DISPLACED or result.element in moved:
            continue
        if lift is not None and element.box[5] >= lift.cut_m:
            continue  # the part above the cut is reported as a whole
        if any(_moved_with(element, result, span) for span in grounds.spans):
            continue  # its storey is reported as a whole
        if (finding := _displacement(grounds, element, result)) is not None:
            found.append(finding)
    return found


def _moved_with(element: Element, result: ElementResult, span: Span) -> bool:
    """Whether an element moved up or down between floors of which the heights changed."""
    offset = np.abs(np.array(result.offset_m if result.offset_m is not None else (0.0, 0.0, 0.0)))
    within = element.box[5] > span.low_m - _SAME_FLOOR_M and element.box[2] < span.high_m + _SAME_FLOOR_M
    return bool(span.approved and within and offset[2] >= np.hypot(offset[0], offset[1]))


def _displacement(grounds: Grounds, element: Element, result: ElementResult) -> Finding | None:
    offset = np.array(result.offset_m if result.offset_m is not None else (0.0, 0.0, 0.0))
    size, unsure = float(np.linalg.norm(offset)), result.expanded_uncertainty_m or 0.0
    limit = grounds.settings.least_displacement_m
    verdict = beyond(size, unsure, limit)
    if verdict is FindingVerdict.INFORMATION or size <= unsure:
        return None  # too small, or below the level of detection (Lague et al. 2013)
    low, high = np.array(element.box[:3]), np.array(element.box[3:])
    extent = np.sort(high - low)
    large = float(extent[1] * extent[2]) >= grounds.settings.least_extension_facade_m2
    verdict, caveats = _unless_hidden(verdict, result, offset, grounds.settings)
    box = np.array([np.minimum(low, low + offset), np.maximum(high, high + offset)])
    finding = finding_of(
        kind=Kind.ELEMENT_DISPLACED,
        verdict=verdict if large else FindingVerdict.INFORMATION,
        change=Change.MOVED,
        storey=storey_at(grounds.design, element.box[2]),
        title=phrase(
            "{element} stands {size:.2f} m from its approved place",
            element=element.name or element.ifc_class,
            size=size,
        ),
        outline=rectangle(*box),
        span=(float(box[0, 2]), float(box[1, 2])),
        global_ids=(element.global_id,),
        points=np.flatnonzero(grounds.deviation.element == element.index),
        caveats=caveats,
        rule=phrase(
            "displacement is reported from {limit:.2f} m, on parts from {area:g} m2",
            limit=limit,
            area=grounds.settings.least_extension_facade_m2,
        ),
    )
    return replace(finding, body=block(low + offset, high + offset))


def _unless_hidden(
    verdict: FindingVerdict, result: ElementResult, offset: Floats, settings: ConformitySettings
) -> tuple[FindingVerdict, tuple[str, ...]]:
    """The verdict on a displacement of which only faces in front of the approved place were seen.

    A hung ceiling hides the floor over it, a raised one the floor under it, insulation and lining a wall.
    """
    is_level = abs(offset[2]) > np.hypot(offset[0], offset[1])
    if result.is_vacated and is_level and result.is_one_sided:
        return FindingVerdict.INFORMATION, (phrase("if it is not there at all, what lies beneath it would look alike"),)
    if result.is_vacated:
        return verdict, ()
    if is_level:
        return FindingVerdict.INFORMATION, (phrase("a ceiling or a floor finish before it would look alike"),)
    if np.linalg.norm(offset) - (result.expanded_uncertainty_m or 0.0) <= settings.most_finish_m:
        return FindingVerdict.BORDERLINE, (phrase("cladding, insulation or lining before it would look alike"),)
    return verdict, ()


def _objects(grounds: Grounds) -> list[Finding]:
    settings = grounds.settings
    worth = [
        thing
        for thing in grounds.massing.objects
        if thing.top_m - thing.base_m >= settings.least_object_height_m
        and thing.area_m2 >= settings.least_object_area_m2
    ]
    return [_object(grounds, thing) for thing in worth]


def _object(grounds: Grounds, thing: SiteObject) -> Finding:
    height = thing.top_m - thing.base_m
    return finding_of(
        kind=Kind.UNMODELLED_OBJECT,
        verdict=FindingVerdict.INFORMATION,
        change=Change.OBJECT,
        storey=storey_at(grounds.design, thing.base_m),
        title=phrase(
            "{kind}: {area:.1f} m2, {height:.1f} m high",
            kind=_NAMES[Kind.UNMODELLED_OBJECT],
            area=thing.area_m2,
            height=height,
        ),
        outline=thing.outline,
        span=(thing.base_m, thing.top_m),
        sizes=(thing.area_m2, None, height),
        points=thing.points,
        rule=phrase("listed for information, not judged"),
    )
