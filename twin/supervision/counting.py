"""What is counted: predicates of projects, milestone checks, inspections and findings, and the rates made of them.

Defined once; the terminal, the tables and the dashboard all count by these. None of them grades a person or a party.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from twin.conformity.milestone import Milestone
from twin.conformity.model import FindingVerdict, Kind, Verdict
from twin.supervision.model import FindingState, InspectionState, ProjectState
from twin.supervision.rates import Definition
from twin.supervision.states import Standing, State

ADDITIONS = frozenset(
    {
        Kind.EXTRA_STOREY,
        Kind.MEZZANINE,
        Kind.ROOFTOP_ADDITION,
        Kind.LATERAL_EXTENSION,
        Kind.VOID_INFILL,
        Kind.ENCLOSURE,
        Kind.BASEMENT_EXTENSION,
    }
)
"""Kinds that add floor or volume; of the others, sums would mean nothing."""
_HANDED_OVER = frozenset({State.HANDED_OVER, State.RECTIFYING, State.RECTIFIED, State.CLOSED})
_RECTIFIED = frozenset({State.RECTIFIED, State.CLOSED})
_STILL_THERE = frozenset({Standing.PERSISTS, Standing.GREW, Standing.SHRANK})


ESTIMATES = frozenset({"dismissed"})
"""Rates that tell how the next case may turn out, and so carry an interval. The others count all there is."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check that a milestone asked for, and when a finished inspection made it; None while none did."""

    milestone: Milestone
    due: date
    made: date | None


def is_finished(inspection: InspectionState) -> bool:
    """Whether it left a case with a verdict."""
    return inspection.verdict is not None


def is_failed(inspection: InspectionState) -> bool:
    """Whether the last attempt gave no case and no earlier one did."""
    return inspection.verdict is None and inspection.failed_because is not None


def warns(finding: FindingState) -> bool:
    """Whether it says that something differs, or may differ, from the permit."""
    return finding.verdict is not FindingVerdict.INFORMATION


def is_lead(finding: FindingState) -> bool:
    """Whether a person has to decide on it, or did: it warns, or somebody took it up."""
    return warns(finding) or finding.state is not State.CANDIDATE


def is_confirmed(finding: FindingState) -> bool:
    """Whether a person confirmed it, whatever happened since."""
    return finding.state not in (State.CANDIDATE, State.DISMISSED)


def is_confirmed_addition(finding: FindingState) -> bool:
    """Whether its area and volume count among the confirmed additions."""
    return is_confirmed(finding) and finding.kind in ADDITIONS


def is_inspected(state: ProjectState) -> bool:
    """Whether at least one inspection finished."""
    return any(map(is_finished, state.inspections))


def is_warned(state: ProjectState) -> bool:
    """Whether at least one finding warns."""
    return any(map(warns, state.findings))


def is_overdue(state: ProjectState) -> bool:
    """Whether an inspection is overdue."""
    return any(due.overdue_days > 0 for due in state.due)


def _was_followed(finding: FindingState) -> bool:
    return is_lead(finding) and finding.standing is not Standing.NEW


PROJECT_RATES: tuple[Definition[ProjectState], ...] = (
    Definition("inspected", "projects with a finished inspection, of all projects", lambda _: True, is_inspected),
    Definition("overdue", "projects of which an inspection is overdue, of all projects", lambda _: True, is_overdue),
    Definition(
        "warned",
        "projects with an inconsistent or borderline finding, of projects with a finished inspection",
        is_inspected,
        is_warned,
    ),
)
CHECK_RATES: tuple[Definition[Check], ...] = (
    Definition(
        "on_time",
        "milestone checks made by their date, of those that have fallen due",
        lambda _: True,
        lambda check: check.made is not None and check.made <= check.due,
    ),
    Definition(
        "missed",
        "milestone checks not made at all, of those that have fallen due",
        lambda _: True,
        lambda check: check.made is None,
    ),
)
INSPECTION_RATES: tuple[Definition[InspectionState], ...] = (
    Definition(
        "inspections_warned",
        "inspections with verdict inconsistent or borderline, of finished inspections",
        is_finished,
        lambda inspection: inspection.verdict in (Verdict.INCONSISTENT, Verdict.BORDERLINE),
    ),
    Definition(
        "inspections_undecided",
        "inspections that saw too little to decide, of finished inspections",
        is_finished,
        lambda inspection: inspection.verdict is Verdict.UNDECIDED,
    ),
    Definition(
        "failed",
        "inspections that gave no case, of inspections tried",
        lambda inspection: is_finished(inspection) or is_failed(inspection),
        is_failed,
    ),
)
FINDING_RATES: tuple[Definition[FindingState], ...] = (
    Definition(
        "decided", "leads on which a person decided, of all leads", is_lead, lambda f: f.state != State.CANDIDATE
    ),
    Definition("confirmed", "leads that a person confirmed, of all leads", is_lead, is_confirmed),
    Definition(
        "dismissed",
        "leads that a person dismissed (false alarms), of leads decided on",
        lambda f: f.state is not State.CANDIDATE,
        lambda f: f.state is State.DISMISSED,
    ),
    Definition(
        "handed_over",
        "findings handed over or further, of confirmed findings",
        is_confirmed,
        lambda f: f.state in _HANDED_OVER,
    ),
    Definition(
        "rectified",
        "findings that a person said to be rectified, or closed, of confirmed findings",
        is_confirmed,
        lambda f: f.state in _RECTIFIED,
    ),
    Definition("closed", "findings closed, of confirmed findings", is_confirmed, lambda f: f.state is State.CLOSED),
    Definition(
        "resolved",
        "leads of which a later survey saw the place without them, of leads surveyed again",
        _was_followed,
        lambda f: f.standing is Standing.RESOLVED,
    ),
    Definition(
        "reopened",
        "leads that came back after they were gone, of leads surveyed again",
        _was_followed,
        lambda f: f.standing is Standing.REOPENED,
    ),
    Definition(
        "persisting",
        "leads still there, larger or smaller, of leads surveyed again",
        _was_followed,
        lambda f: f.standing in _STILL_THERE,
    ),
    Definition(
        "no_longer_observed",
        "leads whose place a later survey did not see, of leads surveyed again",
        _was_followed,
        lambda f: f.standing is Standing.NO_LONGER_OBSERVED,
    ),
)
