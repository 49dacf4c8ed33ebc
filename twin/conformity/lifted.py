"""Parts of the building that stand higher or lower as a whole, as findings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.conformity.grounds import finding_of, storey_at
from twin.conformity.model import Change, Finding, FindingVerdict, Kind
from twin.conformity.settings import ConformitySettings
from twin.design.model import Design, Role
from twin.massing.model import Lift

_KNOWN_M = 0.01  # a level known this closely needs no caveat: centimetres are what levels are judged by


def lifted(design: Design, lift: Lift | None, settings: ConformitySettings) -> list[Finding]:
    """The finding of a part that stands higher or lower as a whole, if there is one.

    Raised by a storey or more, a storey was put in beneath it; by less, the height of the storey beneath was changed.
    """
    if lift is None or abs(lift.offset_m) < settings.least_storey_height_m:
        return []
    sure = abs(lift.offset_m) - lift.expanded_uncertainty_m > settings.least_storey_height_m
    verdict = FindingVerdict.INCONSISTENT if sure else FindingVerdict.BORDERLINE
    if lift.offset_m >= settings.full_storey_m:
        return [_inserted(design, lift, verdict)]
    return [_raised(design, lift, verdict, settings)]


def _inserted(design: Design, lift: Lift, verdict: FindingVerdict) -> Finding:
    low, high = lift.cut_m, lift.cut_m + lift.offset_m
    title = f"Unapproved storey: what stands above {low:+.2f} m was found {lift.offset_m:.2f} m higher"
    return finding_of(
        kind=Kind.EXTRA_STOREY,
        verdict=verdict,
        change=Change.ADDED,
        storey=storey_at(design, low),
        title=title,
        outline=lift.outline,
        span=(low, high),
        sizes=(lift.area_m2, lift.area_m2 * lift.offset_m, lift.offset_m),
        uncertainty=_slice_uncertainty(lift),
        points=lift.points,
        global_ids=tuple(design.elements[number].global_id for number in lift.elements),
        caveats=_cut_caveat(lift),
        rule="an approved part stands a storey or more above its place",
    )


def _raised(design: Design, lift: Lift, verdict: FindingVerdict, settings: ConformitySettings) -> Finding:
    reaching = lift.cut_m + settings.report_position_m
    moved = [e for e in design.elements if e.role is Role.BUILDING and e.box[5] > reaching]
    low = np.min([e.box[:3] for e in moved], axis=0)
    high = np.max([e.box[3:] for e in moved], axis=0)
    low[2], high[2] = lift.cut_m, high[2] + lift.offset_m
    corners = np.array([[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]]])
    outline = lift.outline if len(lift.outline) else corners
    way = "higher" if lift.offset_m > 0 else "lower"
    title = f"Storey height changed: all above {lift.cut_m:+.2f} m stands {abs(lift.offset_m):.2f} m {way}"
    finding = finding_of(
        kind=Kind.STOREY_HEIGHT,
        verdict=verdict,
        change=Change.MOVED,
        storey=storey_at(design, lift.cut_m),
        title=title,
        outline=outline,
        span=(float(low[2]), float(high[2])),
        sizes=(lift.area_m2, lift.area_m2 * abs(lift.offset_m), abs(lift.offset_m)),
        uncertainty=_slice_uncertainty(lift),
        points=lift.points,
        global_ids=tuple(design.elements[number].global_id for number in lift.elements),
        caveats=_cut_caveat(lift),
        rule=f"storey heights are reported from {settings.least_storey_height_m:.2f} m",
    )
    return replace(finding, box=np.array([low, high]))


def _cut_caveat(lift: Lift) -> tuple[str, ...]:
    """What is not known of the level from which on the building stands higher."""
    low, high = lift.between_m
    if high - low < _KNOWN_M:
        return ()
    return (f"begins between {low:+.2f} and {high:+.2f} m: no level surface in between was seen to stay or to move",)


def _slice_uncertainty(lift: Lift) -> dict[str, float | None]:
    return {
        "area_m2": None,
        "volume_m3": lift.area_m2 * lift.expanded_uncertainty_m,
        "height_m": lift.expanded_uncertainty_m,
    }
