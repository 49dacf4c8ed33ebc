"""Parts of the building that stand higher or lower as a whole, as findings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.conformity.bodies import rectangle
from twin.conformity.grounds import finding_of, storey_at
from twin.conformity.guard import beyond
from twin.conformity.model import Change, Finding, FindingVerdict, Kind
from twin.conformity.settings import ConformitySettings
from twin.conformity.stack import Span
from twin.design.model import Design, Element, Role
from twin.massing.model import OVERHANG_M, Footprint, Lift
from twin.phrases import phrase

_KNOWN_M = 0.01  # a level known this closely needs no caveat: centimetres are what levels are judged by
_PLAN = phrase(
    "its area is that of the approved plan, which rose or sank with it; the volume is as uncertain as the height alone"
)


def lifted(
    design: Design, lift: Lift | None, settings: ConformitySettings, spans: tuple[Span, ...] = ()
) -> list[Finding]:
    """The findings of what stands higher or lower as a whole: one for each building, or tower, that does.

    Raised by a storey or more, a storey was put in beneath it; by less, the height of the storey beneath was changed.

    Parameters
    ----------
    design : Design
    lift : Lift or None
    settings : ConformitySettings
    spans : tuple of Span
        Where floors were measured at other levels than approved: one that tells the same change tells it better.
    """
    if lift is None or abs(lift.offset_m) < settings.least_storey_height_m:
        return []
    verdict = beyond(abs(lift.offset_m), lift.expanded_uncertainty_m, settings.least_storey_height_m)
    if lift.offset_m >= settings.full_storey_m:
        return [_inserted(design, lift, part, verdict) for part in lift.footprints]
    if _is_told_by_a_floor(design, lift, settings, spans):
        verdict = FindingVerdict.INFORMATION
    return [_raised(design, lift, part, verdict, settings) for part in lift.footprints]


def _is_told_by_a_floor(design: Design, lift: Lift, settings: ConformitySettings, spans: tuple[Span, ...]) -> bool:
    """Whether what is not known to have moved at all stands on a floor that was measured to have, by as much.

    It is one change, and the floor tells it: the level of detection of the part above lies higher.
    """
    if abs(lift.offset_m) > lift.expanded_uncertainty_m:
        return False
    offsets = (
        (floor.level_m - design.storeys[storey].elevation_m, 2.0 * floor.sigma_m)
        for span in spans
        if not span.redivided
        for storey, floor in span.pairs
        if lift.between_m[0] - settings.report_position_m <= design.storeys[storey].elevation_m
    )
    return any(
        beyond(abs(offset), unsure, settings.least_storey_height_m) is FindingVerdict.INCONSISTENT
        and abs(offset - lift.offset_m) <= lift.expanded_uncertainty_m + unsure
        for offset, unsure in offsets
    )


def _inserted(design: Design, lift: Lift, part: Footprint, verdict: FindingVerdict) -> Finding:
    low, high = lift.cut_m, lift.cut_m + lift.offset_m
    title = phrase(
        "Unapproved storey: what stands above {level:+.2f} m was found {rise:.2f} m higher",
        level=low,
        rise=lift.offset_m,
    )
    return finding_of(
        kind=Kind.EXTRA_STOREY,
        verdict=verdict,
        change=Change.ADDED,
        storey=storey_at(design, low),
        title=title,
        outline=part.outline,
        span=(low, high),
        sizes=(part.area_m2, part.area_m2 * lift.offset_m, lift.offset_m),
        uncertainty=_slice_uncertainty(lift, part),
        points=part.points,
        global_ids=tuple(design.elements[number].global_id for number in part.elements),
        caveats=_caveats(lift),
        holes=part.holes,
        rule=phrase("an approved part stands a storey or more above its place"),
    )


def _raised(
    design: Design, lift: Lift, part: Footprint, verdict: FindingVerdict, settings: ConformitySettings
) -> Finding:
    reaching = lift.cut_m + settings.report_position_m
    moved = [e for e in _over(design, part) if e.box[5] > reaching]
    low = np.min([e.box[:3] for e in moved], axis=0)
    high = np.max([e.box[3:] for e in moved], axis=0)
    approved_top = float(high[2])
    low[2], high[2] = lift.cut_m, high[2] + lift.offset_m
    outline = part.outline if len(part.outline) else rectangle(low, high)
    title = phrase(
        "Storey height changed: all above {level:+.2f} m stands {by:.2f} m {way}",
        level=lift.cut_m,
        by=abs(lift.offset_m),
        way=phrase("higher") if lift.offset_m > 0 else phrase("lower"),
    )
    finding = finding_of(
        kind=Kind.STOREY_HEIGHT,
        verdict=verdict,
        change=Change.MOVED,
        storey=storey_at(design, lift.cut_m),
        title=title,
        outline=outline,
        span=(float(low[2]), float(high[2])),
        sizes=(part.area_m2, part.area_m2 * abs(lift.offset_m), abs(lift.offset_m)),
        uncertainty=_slice_uncertainty(lift, part),
        points=part.points,
        global_ids=tuple(design.elements[number].global_id for number in part.elements),
        caveats=_caveats(lift),
        holes=part.holes,
        rule=phrase("storey heights are reported from {least:.2f} m", least=settings.least_storey_height_m),
    )
    # Where it was to stand and where it stands: what came down reached as high as it was approved.
    low[2], high[2] = lift.cut_m + min(lift.offset_m, 0.0), max(high[2], approved_top)
    return replace(finding, box=np.array([low, high]))


def _over(design: Design, part: Footprint) -> list[Element]:
    """Elements of the building over a footprint; all of them where it has no outline."""
    building = [element for element in design.elements if element.role is Role.BUILDING]
    if not len(part.outline):
        return building
    low, high = part.outline.min(axis=0) - OVERHANG_M, part.outline.max(axis=0) + OVERHANG_M
    middles = [np.array([element.box[:2], element.box[3:5]]).mean(axis=0) for element in building]
    over = [e for e, middle in zip(building, middles, strict=True) if ((middle >= low) & (middle <= high)).all()]
    return over or building


def _caveats(lift: Lift) -> tuple[str, ...]:
    """What is not known: the plan of what moved, and maybe the level from which on the building stands higher."""
    low, high = lift.between_m
    if high - low < _KNOWN_M:
        return (_PLAN,)
    begin = phrase(
        "begins between {low:+.2f} and {high:+.2f} m: no level surface in between was seen to stay or to move",
        low=low,
        high=high,
    )
    return (begin, _PLAN)


def _slice_uncertainty(lift: Lift, part: Footprint) -> dict[str, float | None]:
    return {
        "area_m2": None,
        "volume_m3": part.area_m2 * lift.expanded_uncertainty_m,
        "height_m": lift.expanded_uncertainty_m,
    }
