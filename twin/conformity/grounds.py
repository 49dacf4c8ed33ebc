"""What findings are drawn from, and the form they have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Longs, frozen
from twin.conformity.bodies import prism
from twin.conformity.milestone import Milestone
from twin.conformity.model import Change, Finding, FindingVerdict, Kind
from twin.conformity.settings import ConformitySettings
from twin.conformity.stack import Span
from twin.design.model import Design
from twin.deviation.model import Deviation
from twin.massing.model import Massing

NO_POINTS: Longs = frozen(np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, eq=False)
class Grounds:
    """What findings are drawn from."""

    design: Design
    deviation: Deviation
    massing: Massing
    milestone: Milestone | None
    settings: ConformitySettings
    spans: tuple[Span, ...] = ()


def storey_at(design: Design, level_m: float) -> str | None:
    """Name of the highest storey that lies at or below a level, by up to half a metre above it."""
    below = [storey for storey in design.storeys if storey.elevation_m <= level_m + 0.5]
    return below[-1].name if below else (design.storeys[0].name if design.storeys else None)


def finding_of(
    *,
    kind: Kind,
    verdict: FindingVerdict,
    change: Change,
    storey: str | None,
    title: str,
    outline: Floats,
    span: tuple[float, float],
    rule: str,
    sizes: tuple[float | None, float | None, float | None] = (None, None, None),
    uncertainty: dict[str, float | None] | None = None,
    points: Longs = NO_POINTS,
    global_ids: tuple[str, ...] = (),
    caveats: tuple[str, ...] = (),
    holes: tuple[Floats, ...] = (),
    at_least: dict[str, float] | None = None,
) -> Finding:
    """A finding over an outline, less its holes, and between two levels; `sizes` are area, volume and height.

    What is not said of size, uncertainty and points is not known, or does not apply.
    """
    low, high = outline.min(axis=0), outline.max(axis=0)
    confidence = {FindingVerdict.INCONSISTENT: 0.95, FindingVerdict.BORDERLINE: 0.6, FindingVerdict.INFORMATION: 0.3}
    return Finding(
        id="",
        kind=kind,
        verdict=verdict,
        change=change,
        storey=storey,
        title=title,
        box=np.array([[*low, span[0]], [*high, span[1]]]),
        outline=outline,
        area_m2=sizes[0],
        volume_m3=sizes[1],
        height_m=sizes[2],
        uncertainty=uncertainty or {"area_m2": None, "volume_m3": None, "height_m": None},
        confidence=confidence[verdict] - 0.05 * len(caveats),
        global_ids=global_ids,
        points=points,
        body=prism(outline, *span, holes),
        caveats=caveats,
        rule=rule,
        at_least=at_least or {},
    )
