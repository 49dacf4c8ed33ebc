"""The building as a whole: where it stands, against where it was to stand. Only control and coordinates can tell."""

from __future__ import annotations

import numpy as np

from twin.conformity.bodies import prism
from twin.conformity.model import Change, Finding, FindingVerdict, Kind
from twin.conformity.settings import ConformitySettings
from twin.design.model import Design, Role
from twin.registration.model import Mode, Registration

_NO_POINTS = np.zeros(0, dtype=np.int64)
_ORDER = (FindingVerdict.INFORMATION, FindingVerdict.BORDERLINE, FindingVerdict.INCONSISTENT)
_UNCHECKED = "the survey's place on the map rests on its own coordinates: no control or check point vouches for it"
_DATUM = "a shift in height alone may be one of the height systems"


def shifted(design: Design, registration: Registration, settings: ConformitySettings) -> list[Finding]:
    """At most one finding: the building stands off its approved place in plan, or, where not in plan, in height.

    Notes
    -----
    Guard bands (ISO 14253-1) about the least shift, with the uncertainty of the fit and that of survey control
    combined. Without control points nobody is accused of more than *borderline*: the coordinates may be wrong.
    """
    if registration.shift_m is None or not registration.may_judge_position:
        return []
    shift = np.array(registration.shift_m)
    variance = np.diag(registration.covariance)[:3] + settings.control_sigma_m**2
    plan, rise = float(np.hypot(shift[0], shift[1])), float(abs(shift[2]))
    unsure_plan, unsure_rise = 2.0 * float(np.sqrt(variance[:2].max())), 2.0 * float(np.sqrt(variance[2]))
    for size, unsure, in_plan in ((plan, unsure_plan, True), (rise, unsure_rise, False)):
        verdict = _beyond(size, unsure, settings.least_shift_m)
        if verdict is FindingVerdict.INFORMATION:
            continue
        caveats: tuple[str, ...] = ()
        if registration.mode is not Mode.CONTROL:
            caveats = (_UNCHECKED,)
        elif not in_plan:
            caveats = (_DATUM,)
        if caveats:
            verdict = FindingVerdict.BORDERLINE
        return [_finding(design, shift, (size, unsure), in_plan, verdict, caveats, settings)]
    return []


def _beyond(value: float, expanded: float, limit: float) -> FindingVerdict:
    if value - expanded > limit:
        return FindingVerdict.INCONSISTENT
    return FindingVerdict.BORDERLINE if value > limit else FindingVerdict.INFORMATION


def _finding(
    design: Design,
    shift: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    measured: tuple[float, float],
    in_plan: bool,
    verdict: FindingVerdict,
    caveats: tuple[str, ...],
    settings: ConformitySettings,
) -> Finding:
    boxes = np.array([element.box for element in design.elements if element.role is Role.BUILDING])
    low, high = boxes[:, :3].min(axis=0), boxes[:, 3:].max(axis=0)
    box = np.array([np.minimum(low, low + shift), np.maximum(high, high + shift)])
    (x0, y0), (x1, y1) = low[:2] + shift[:2], high[:2] + shift[:2]
    outline = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    way = "from its approved place" if in_plan else ("too high" if shift[2] > 0.0 else "too low")
    return Finding(
        id="",
        kind=Kind.BUILDING_SHIFT,
        verdict=verdict,
        change=Change.MOVED,
        storey=None,
        title=f"The building stands {measured[0]:.2f} m {way}",
        box=box,
        outline=outline,
        area_m2=None,
        volume_m3=None,
        height_m=None,
        uncertainty={"area_m2": None, "volume_m3": None, "height_m": None},
        confidence={1: 0.6, 2: 0.95}[_ORDER.index(verdict)],
        global_ids=(),
        points=_NO_POINTS,
        body=prism(outline, float(low[2] + shift[2]), float(high[2] + shift[2])),
        caveats=(f"{measured[0]:.3f} m, expanded uncertainty {measured[1]:.3f} m", *caveats),
        rule=f"the place of a building is reported from {settings.least_shift_m:.2f} m off",
    )
