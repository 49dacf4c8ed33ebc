"""Storeys counted from outside, by their rows of windows, where nobody saw the floors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.conformity.bodies import prism, together
from twin.conformity.grounds import Grounds, finding_of, storey_at
from twin.conformity.model import Change, Finding, FindingVerdict, Kind
from twin.massing.rhythm import Rhythm
from twin.phrases import phrase

_MOST_KEPT = 0.7
"""Share of the approved rows that may have been built where they were approved: a row more among them is a cornice, a
band of shadows, the boards of a scaffold."""
_FLOOR_SEEN, _BETWEEN_M = 0.2, 1.0
"""Share of a floor that tells where it lies, and how far from foot and head of the outside a floor divides it."""
_REGULAR = 0.2
"""Storeys are alike: the spread of the distances of their windows, over their mean."""
_THICK_M = 0.2
"""In which a floor is drawn."""
_ROW_M = 0.1
"""Standard uncertainty of the level of one row: half a cell of the facade."""


def recounted(grounds: Grounds, found: list[Finding]) -> list[Finding]:
    """The finding that the outside shows more storeys than were approved, if nothing that was `found` tells it."""
    rhythm = grounds.massing.rhythm
    is_told = grounds.massing.lift is not None or any(finding.kind is Kind.EXTRA_STOREY for finding in found)
    if rhythm is None or is_told or any(span.approved for span in grounds.spans) or not _is_redivided(rhythm):
        return []
    if _floors_kept(grounds, rhythm) > _MOST_KEPT:
        return []
    built, approved = len(rhythm.built), len(rhythm.approved)
    pitch = float(np.diff(rhythm.built).mean())
    was = (rhythm.high_m - rhythm.low_m) / approved if approved < 2 else float(np.diff(rhythm.approved).mean())
    area = grounds.massing.footprint_m2 * (built - approved)
    finding = finding_of(
        kind=Kind.EXTRA_STOREY,
        verdict=FindingVerdict.BORDERLINE,
        change=Change.ADDED,
        storey=storey_at(grounds.design, rhythm.low_m),
        title=phrase(
            "Unapproved storey, by the windows: {built} rows {pitch:.2f} m apart,"
            " where {approved} of {was:.2f} m were approved",
            built=built,
            pitch=pitch,
            approved=approved,
            was=was,
        ),
        outline=rhythm.outline,
        span=(rhythm.low_m, rhythm.high_m),
        sizes=(area, None, pitch),
        uncertainty={
            "area_m2": None,
            "volume_m3": None,
            "height_m": 2.0 * float(np.sqrt(2.0)) * _ROW_M / (built - 1),
        },
        caveats=(phrase("counted from outside: the floors were not seen, and windows may lie otherwise than they do"),),
        rule=phrase("more rows of windows than were approved, as regular, and not where those were approved"),
    )
    levels = _levels(grounds, rhythm)
    body = together([prism(rhythm.outline, level - _THICK_M, level) for level in levels])
    return [replace(finding, body=body, levels_m=levels)]


def _levels(grounds: Grounds, rhythm: Rhythm) -> tuple[float, ...]:
    """Levels of the topmost floors, as many as were not approved: windows stand over floors as approved ones do."""
    beneath = [s.elevation_m for s in grounds.design.storeys if s.is_floor and s.elevation_m < rhythm.approved[0]]
    over = float(rhythm.approved[0]) - max(beneath, default=rhythm.low_m)
    return tuple(float(row) - over for row in rhythm.built[len(rhythm.approved) :])


def _floors_kept(grounds: Grounds, rhythm: Rhythm) -> float:
    """Share of the approved floors between foot and head of the outside that were seen at their place."""
    share = {measure.storey: measure.floor_share or 0.0 for measure in grounds.massing.levels}
    between = [
        number
        for number, storey in enumerate(grounds.design.storeys)
        if storey.is_floor and rhythm.low_m + _BETWEEN_M < storey.elevation_m < rhythm.high_m - _BETWEEN_M
    ]
    return sum(share.get(number, 0.0) >= _FLOOR_SEEN for number in between) / max(len(between), 1)


def _is_redivided(rhythm: Rhythm) -> bool:
    """Whether more rows were built than approved, alike, and most elsewhere than those that were approved."""
    built, approved = len(rhythm.built), len(rhythm.approved)
    if approved == 0 or built <= approved or rhythm.kept > _MOST_KEPT:
        return False
    apart = np.diff(rhythm.built)
    return bool(apart.std() <= _REGULAR * apart.mean())
