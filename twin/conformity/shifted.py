"""The building as a whole: where it stands, against where it was to stand. Only control and coordinates can tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.arrays import Floats
from twin.conformity.bodies import rectangle
from twin.conformity.grounds import finding_of
from twin.conformity.guard import beyond, weaker
from twin.conformity.model import Change, Finding, FindingVerdict, Kind
from twin.conformity.settings import ConformitySettings
from twin.design.model import Design, Role
from twin.phrases import phrase
from twin.registration.model import Mode, Registration

_UNCHECKED = phrase(
    "the survey's place on the map rests on its own coordinates: no control or check point vouches for it"
)
_DATUM = phrase("a shift in height alone may be one of the height systems")


def shifted(design: Design, registration: Registration, settings: ConformitySettings) -> list[Finding]:
    """At most one finding: the building stands off its approved place in plan, or, where not in plan, in height.

    Notes
    -----
    The uncertainty is that of the fit and that of survey control, combined. Without control points nobody is accused
    of more than *borderline*: the coordinates may be wrong.
    """
    if registration.shift_m is None or not registration.may_judge_position:
        return []
    shift = np.array(registration.shift_m)
    expanded = 2.0 * np.sqrt(np.diag(registration.covariance)[:3] + settings.control_sigma_m**2)
    unchecked = () if registration.mode is Mode.CONTROL else (_UNCHECKED,)
    plan, rise = float(np.hypot(shift[0], shift[1])), float(shift[2])
    way = phrase("too high") if rise > 0.0 else phrase("too low")
    for size, unsure, said, caveats in (
        (plan, float(expanded[:2].max()), phrase("from its approved place"), unchecked),
        (abs(rise), float(expanded[2]), way, (*unchecked, _DATUM)),
    ):
        verdict = beyond(size, unsure, settings.least_shift_m)
        if verdict is FindingVerdict.INFORMATION:
            continue
        if caveats:
            verdict = weaker(verdict, FindingVerdict.BORDERLINE)
        title = phrase("The building stands {size:.2f} m {said}", size=size, said=said)
        measured = phrase("{size:.3f} m, expanded uncertainty {unsure:.3f} m", size=size, unsure=unsure)
        return [_finding(design, shift, title, verdict, (measured, *caveats), settings)]
    return []


def _finding(
    design: Design,
    shift: Floats,
    title: str,
    verdict: FindingVerdict,
    caveats: tuple[str, ...],
    settings: ConformitySettings,
) -> Finding:
    boxes = np.array([element.box for element in design.elements if element.role is Role.BUILDING])
    low, high = boxes[:, :3].min(axis=0), boxes[:, 3:].max(axis=0)
    finding = finding_of(
        kind=Kind.BUILDING_SHIFT,
        verdict=verdict,
        change=Change.MOVED,
        storey=None,
        title=title,
        outline=rectangle(low + shift, high + shift),
        span=(float(low[2] + shift[2]), float(high[2] + shift[2])),
        caveats=caveats,
        rule=phrase("the place of a building is reported from {least:.2f} m off", least=settings.least_shift_m),
    )
    return replace(finding, box=np.array([np.minimum(low, low + shift), np.maximum(high, high + shift)]))
