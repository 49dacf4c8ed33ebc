"""What the dashboard knows: each project with its place, its checks, inspections and findings, ready to be counted.

The page counts what the reader's filters leave, but it does not define what counts: each thing carries the places that
it takes in the rates of `twin.supervision.counting`, as bits of two numbers (numerator, denominator).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from twin.conformity.milestone import Milestone
from twin.evidence.pictures import palette
from twin.evidence.scene import PointClass
from twin.evidence.sentences import said
from twin.evidence.viewer.wording import words_of
from twin.supervision.counting import (
    CHECK_RATES,
    ESTIMATES,
    FINDING_RATES,
    INSPECTION_RATES,
    PROJECT_RATES,
    additions,
    is_open,
)
from twin.supervision.dashboard.ground import ground_of
from twin.supervision.dated import month_of
from twin.supervision.exchange.places import Place, centre
from twin.supervision.exchange.rows import occasion_of
from twin.supervision.model import FindingState, InspectionState, ProjectState, Unreadable
from twin.supervision.portfolio import Status, checks_of, latest_case, status_of
from twin.supervision.rates import FEW, Definition, Thing

LANGUAGES = ("en", "zh")
_SHARED_WORDS = ("kind.", "short.", "verdict.")
COLOURS: dict[Status, palette.Rgb] = {
    Status.INCONSISTENT: palette.ACCENT,
    Status.BORDERLINE: palette.POINT[PointClass.DEVIATING],
    Status.CONSISTENT: palette.POINT[PointClass.AS_DESIGNED],
    Status.UNDECIDED: palette.NOT_OBSERVED,
    Status.FAILED: palette.SECOND_INK,
    Status.NOT_INSPECTED: palette.SECOND_INK,
}
"""As in the pictures. What was not observed also has a shape of its own, so that it never looks like *consistent*."""

AddressOf = Callable[[InspectionState], str | None]


def facts_of(
    states: Sequence[ProjectState],
    today: date,
    *,
    title: str,
    language: str,
    address_of: AddressOf,
    unreadable: Sequence[Unreadable] = (),
) -> dict[str, Any]:
    """The facts as plain JSON values; dates are ISO 8601, places m from the ground's origin."""
    ground = ground_of(states)
    return {
        "title": title,
        "date": today.isoformat(),
        "language": language,
        "crs": ground.crs,
        "origin": ground.origin,
        "hulls": [{"district": name, "ring": ring} for name, ring in ground.hulls.items()],
        "colours": {status.value: rgb for status, rgb in COLOURS.items()},
        "words": {each: _shared_words(each) for each in LANGUAGES},
        "milestones": [{"name": each.value, "code": each.code} for each in Milestone],
        "rates": {
            "project": [each.name for each in PROJECT_RATES],
            "check": [each.name for each in CHECK_RATES],
            "inspection": [each.name for each in INSPECTION_RATES],
            "finding": [each.name for each in FINDING_RATES],
        },
        "estimates": sorted(ESTIMATES),
        "few": FEW,
        "unreadable": [[each.number or each.folder, each.why] for each in unreadable],
        "projects": [
            _project(state, places, today, address_of) for state, places in zip(states, ground.places, strict=True)
        ],
    }


def _shared_words(language: str) -> dict[str, str]:
    return {key: text for key, text in words_of(language).items() if key.startswith(_SHARED_WORDS)}


def _project(state: ProjectState, places: tuple[Place, ...], today: date, address_of: AddressOf) -> dict[str, Any]:
    project, case = state.project, latest_case(state)
    return {
        "number": project.number,
        "name": project.name,
        "district": project.district,
        "cell": project.grid_cell,
        "tier": state.risk.tier.value,
        "score": state.risk.score,
        "status": status_of(state).value,
        "milestone": None if case is None else case.milestone.value,
        "at": centre(places) if places else None,
        "ring": places if len(places) >= 3 else [],
        "open": sum(map(is_open, state.findings)),
        "reasons": [
            [{each: said(reason.why, each) for each in LANGUAGES}, reason.points] for reason in state.risk.reasons
        ],
        "due": [
            [occasion_of(each), each.due.isoformat(), each.overdue_days]
            for each in sorted(state.due, key=lambda each: each.due)
        ],
        "undated": [each.value for each in state.undated],
        "undecided": [[each.milestone.value, each.date.isoformat()] for each in state.undecided],
        "counts": _bits(PROJECT_RATES, state),
        "checks": [[*_bits(CHECK_RATES, check), check.milestone.value] for check in checks_of(state, today)],
        "inspections": [_inspection(each, address_of) for each in state.inspections],
        "findings": _findings(state),
    }


def _inspection(inspection: InspectionState, address_of: AddressOf) -> dict[str, Any]:
    return {
        "milestone": inspection.milestone.value,
        "date": inspection.date.isoformat(),
        "verdict": None if inspection.verdict is None else inspection.verdict.value,
        "failed": inspection.failed_because,
        "address": None if inspection.verdict is None else address_of(inspection),
        "counts": _bits(INSPECTION_RATES, inspection),
    }


def _findings(state: ProjectState) -> list[dict[str, Any]]:
    ever = {each.guid for each in additions(state.findings)}
    still = {each.guid for each in additions(state.findings, is_open)}
    return [
        {**_finding(each), "addition": each.guid in ever, "standing_addition": each.guid in still}
        for each in state.findings
    ]


def _finding(finding: FindingState) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "verdict": finding.verdict.value,
        "title": str(finding.title),
        "storey": finding.storey,
        "state": finding.state.value,
        "standing": finding.standing.value,
        "proposed": None if finding.proposed is None else finding.proposed.value,
        "first": finding.first_seen.isoformat(),
        "last": finding.last_seen.isoformat(),
        "area": finding.area_m2,
        "volume": finding.volume_m3,
        "height": finding.height_m,
        "decided": [[after.value, month_of(day)] for after, day in finding.decided],
        "counts": _bits(FINDING_RATES, finding),
    }


def _bits(definitions: Sequence[Definition[Thing]], thing: Thing) -> list[int]:
    """Of which rates the thing is in the numerator, and of which in the denominator; the first rate is bit 0."""
    places = [definition.places(thing) for definition in definitions]
    return [sum(place[side] << bit for bit, place in enumerate(places)) for side in (0, 1)]
