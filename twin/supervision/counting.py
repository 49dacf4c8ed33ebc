"""What is counted: predicates of projects, milestone checks, inspections and findings, and the rates made of them.

Defined once; the terminal, the tables and the dashboard all count by these. None of them grades a person or a party.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from twin.conformity.model import ADDITIONS, FindingVerdict, Verdict
from twin.phrases import phrase
from twin.supervision.model import Check, FindingState, InspectionState, ProjectState
from twin.supervision.rates import Definition
from twin.supervision.states import Standing, State

_RECTIFIED = frozenset({State.RECTIFIED, State.CLOSED})
_STILL_THERE = frozenset({Standing.PERSISTS, Standing.GREW, Standing.SHRANK})


ESTIMATES = frozenset({"dismissed"})
"""Rates that tell how the next case may turn out, and so carry an interval. The others count all there is."""


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
    """Whether a person confirmed it and nobody dismissed it since."""
    return finding.state not in (State.CANDIDATE, State.DISMISSED)


def is_open(finding: FindingState) -> bool:
    """Whether it is confirmed and neither closed nor seen gone: a person's word that it was put right ends nothing."""
    return is_confirmed(finding) and finding.state is not State.CLOSED and finding.standing is not Standing.RESOLVED


def was_confirmed(finding: FindingState) -> bool:
    """Whether a person ever confirmed it, also where it was dismissed since."""
    return is_confirmed(finding) or _became(finding, State.CONFIRMED)


def was_handed_over(finding: FindingState) -> bool:
    """Whether the log of decisions has it handed over to the authority, whatever became of it since."""
    return _became(finding, State.HANDED_OVER)


def additions(
    findings: Sequence[FindingState], counts: Callable[[FindingState], bool] = is_confirmed
) -> tuple[FindingState, ...]:
    """Additions of a project that count, each area and volume once: one that grew into another that counts is in the
    size of that.

    Parameters
    ----------
    counts : callable
        `is_confirmed`: whatever became of them; `is_open`: those that still stand.
    """
    found = {finding.guid: finding for finding in findings}

    def is_held(finding: FindingState) -> bool:
        """Whether it grew into an addition that counts, directly or by way of others."""
        passed = {finding.guid}
        while (whole := found.get(finding.part_of or "")) is not None and whole.guid not in passed:
            if whole.kind in ADDITIONS and counts(whole):
                return True
            passed.add(whole.guid)
            finding = whole
        return False

    return tuple(each for each in findings if each.kind in ADDITIONS and counts(each) and not is_held(each))


def is_inspected(state: ProjectState) -> bool:
    """Whether at least one inspection finished."""
    return any(map(is_finished, state.inspections))


def is_warned(state: ProjectState) -> bool:
    """Whether at least one finding warns."""
    return any(map(warns, state.findings))


def is_overdue(state: ProjectState) -> bool:
    """Whether an inspection is overdue."""
    return any(due.overdue_days > 0 for due in state.due)


def _became(finding: FindingState, state: State) -> bool:
    return any(after is state for after, _ in finding.decided)


def _was_followed(finding: FindingState) -> bool:
    return is_lead(finding) and finding.standing is not Standing.NEW


PROJECT_RATES: tuple[Definition[ProjectState], ...] = (
    Definition(
        "inspected", phrase("projects with a finished inspection, of all projects"), lambda _: True, is_inspected
    ),
    Definition(
        "undated",
        phrase("projects with a milestone that is asked of them and has no date, of all projects"),
        lambda _: True,
        lambda state: bool(state.undated),
    ),
    Definition(
        "overdue", phrase("projects of which an inspection is overdue, of all projects"), lambda _: True, is_overdue
    ),
    Definition(
        "warned",
        phrase("projects with an inconsistent or borderline finding, of projects with a finished inspection"),
        is_inspected,
        is_warned,
    ),
)
CHECK_RATES: tuple[Definition[Check], ...] = (
    Definition(
        "on_time",
        phrase("milestone checks made by their date, of those asked for that have fallen due and were not passed over"),
        lambda check: not check.passed_over,
        lambda check: check.made is not None and check.made <= check.due,
    ),
    Definition(
        "missed",
        phrase("milestone checks not made at all, of those asked for that have fallen due and were not passed over"),
        lambda check: not check.passed_over,
        lambda check: check.made is None,
    ),
    Definition(
        "passed_over",
        phrase("milestone checks that works left behind unmade, of those asked for that have fallen due"),
        lambda _: True,
        lambda check: check.passed_over,
    ),
)
INSPECTION_RATES: tuple[Definition[InspectionState], ...] = (
    Definition(
        "inspections_warned",
        phrase("inspections with verdict inconsistent or borderline, of finished inspections"),
        is_finished,
        lambda inspection: inspection.verdict in (Verdict.INCONSISTENT, Verdict.BORDERLINE),
    ),
    Definition(
        "inspections_decided",
        phrase("inspections with any verdict but undecided, of finished inspections"),
        is_finished,
        lambda inspection: inspection.verdict is not Verdict.UNDECIDED,
    ),
    Definition(
        "inspections_undecided",
        phrase("inspections that saw too little to decide, of finished inspections"),
        is_finished,
        lambda inspection: inspection.verdict is Verdict.UNDECIDED,
    ),
    Definition(
        "failed",
        phrase("inspections that gave no case, of inspections tried"),
        lambda inspection: is_finished(inspection) or is_failed(inspection),
        is_failed,
    ),
)
FINDING_RATES: tuple[Definition[FindingState], ...] = (
    Definition(
        "decided",
        phrase("leads on which a person decided, of all leads"),
        is_lead,
        lambda f: f.state != State.CANDIDATE,
    ),
    Definition("confirmed", phrase("leads that a person confirmed, of all leads"), is_lead, is_confirmed),
    Definition(
        "dismissed",
        phrase("leads that a person dismissed (false alarms), of leads decided on"),
        lambda f: f.state is not State.CANDIDATE,
        lambda f: f.state is State.DISMISSED,
    ),
    Definition(
        "handed_over",
        phrase("findings ever handed over to the authority, of findings ever confirmed"),
        was_confirmed,
        was_handed_over,
    ),
    Definition(
        "rectified",
        phrase("findings that a person said to be rectified, or closed, of confirmed findings"),
        is_confirmed,
        lambda f: f.state in _RECTIFIED,
    ),
    Definition(
        "closed", phrase("findings closed, of confirmed findings"), is_confirmed, lambda f: f.state is State.CLOSED
    ),
    Definition(
        "resolved",
        phrase("leads of which a later survey saw the place without them, of leads surveyed again"),
        _was_followed,
        lambda f: f.standing is Standing.RESOLVED,
    ),
    Definition(
        "reopened",
        phrase("leads that came back after they were gone, of leads surveyed again"),
        _was_followed,
        lambda f: f.standing is Standing.REOPENED,
    ),
    Definition(
        "persisting",
        phrase("leads still there, larger or smaller, of leads surveyed again"),
        _was_followed,
        lambda f: f.standing in _STILL_THERE,
    ),
    Definition(
        "no_longer_observed",
        phrase("leads whose place a later survey did not see, of leads surveyed again"),
        _was_followed,
        lambda f: f.standing is Standing.NO_LONGER_OBSERVED,
    ),
)
