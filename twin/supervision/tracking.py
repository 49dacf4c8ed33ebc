"""Findings of a project from one inspection to the next, with the states that persons gave them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from twin.conformity.model import FindingVerdict
from twin.evidence.schema import FindingPart
from twin.supervision.cases import Case, CaseFinding
from twin.supervision.decisions import Decision
from twin.supervision.following.entering import read_ledger
from twin.supervision.following.ledger import Ledger, StepPart, Tracked
from twin.supervision.following.proposing import graver_since, proposal, resolved_by
from twin.supervision.model import FindingState
from twin.supervision.states import Standing, State

_UNFOLLOWED = UUID("6f1d6c1e-55c5-5f0a-9a4e-0d2f2f6f7f10")


@dataclass(frozen=True, slots=True)
class TrackedFinding:
    """A finding over several inspections, under one GUID; `finding` as `inspection`, the last to show it, has it.

    `part_of` is the GUID of the finding into which it grew, if it did: then `finding` is as it was before.
    """

    guid: str
    standing: Standing
    first_seen: date
    last_seen: date
    inspection: str
    finding: CaseFinding | FindingPart
    part_of: str | None = None
    history: tuple[StepPart, ...] = ()


def guid_of(number: str, inspection: str, finding: str) -> str:
    """GUID of a finding while no follow-up has read its case, from project number, inspection and its id there."""
    return str(
        uuid5(_UNFOLLOWED, "\n".join((number, inspection, finding)).encode("utf-8", "backslashreplace").decode())
    )


def last_ledger(cases: Sequence[Case]) -> tuple[int, Ledger] | None:
    """The last case with a ledger, by its place, and that ledger; None where no follow-up has read any.

    Raises
    ------
    EvidenceError
        The ledger is damaged.
    """
    for place in reversed(range(len(cases))):
        if (ledger := read_ledger(cases[place].folder)) is not None:
            return place, ledger
    return None


def tracked_findings(number: str, cases: Sequence[Case], last: tuple[int, Ledger] | None) -> tuple[TrackedFinding, ...]:
    """Findings of a project's cases: those of the last ledger, then those of cases that no follow-up has read yet."""
    if last is None:
        return _unfollowed(number, cases)
    place, ledger = last
    return (*_followed(ledger, cases[: place + 1]), *_unfollowed(number, cases[place + 1 :]))


def _followed(ledger: Ledger, cases: Sequence[Case]) -> tuple[TrackedFinding, ...]:
    days = {case.name: case.date for case in cases}
    entries = {entry.guid: entry for entry in ledger.tracked}
    return tuple(
        TrackedFinding(
            entry.guid,
            entry.standing,
            _day(entry.first_seen, entry.history[0].inspection, days),
            _day(entry.last_seen, entry.inspection, days),
            entry.inspection,
            entry.finding,
            _grown_into(entry, entries),
            entry.history,
        )
        for entry in ledger.tracked
    )


def _grown_into(entry: Tracked, entries: Mapping[str, Tracked]) -> str | None:
    """GUID of the finding that swallowed it: the last inspection that showed both made one finding of them. A piece
    that fell off another is one of its own.
    """
    if entry.part_of is None or entry.part_of not in entries:
        return None
    shown = next((step for step in reversed(entry.history) if step.finding is not None), None)
    whole = {(step.inspection, step.finding) for step in entries[entry.part_of].history}
    return entry.part_of if shown is not None and (shown.inspection, shown.finding) in whole else None


def _day(text: str | None, inspection: str, days: Mapping[str, date]) -> date:
    """As the ledger states it, else that of the inspection; a ledger from elsewhere may name one that is none here."""
    return date.fromisoformat(text) if text else days.get(inspection, min(days.values()))


def _unfollowed(number: str, cases: Sequence[Case]) -> tuple[TrackedFinding, ...]:
    return tuple(
        TrackedFinding(guid_of(number, case.name, finding.id), Standing.NEW, case.date, case.date, case.name, finding)
        for case in cases
        for finding in case.findings
    )


def stated(tracked: TrackedFinding, decided: Sequence[Decision] = ()) -> FindingState:
    """A tracked finding with the state that persons gave it, and what the last survey proposes.

    Parameters
    ----------
    decided : sequence of Decision
        About this finding, in order.
    """
    finding, history = tracked.finding, tracked.history
    state, last = (decided[-1].after, decided[-1]) if decided else (State.CANDIDATE, None)
    graver = None if last is None or not history else graver_since(history, last.inspection, last.at[:10])
    accuses = finding.verdict is not FindingVerdict.INFORMATION
    return FindingState(
        guid=tracked.guid,
        kind=finding.kind,
        verdict=finding.verdict,
        title=finding.title,
        storey=finding.storey,
        state=state,
        standing=tracked.standing,
        proposed=proposal(tracked.standing, state, accuses=accuses, is_graver=graver),
        first_seen=tracked.first_seen,
        last_seen=tracked.last_seen,
        inspection=tracked.inspection,
        area_m2=finding.area_m2,
        volume_m3=finding.volume_m3,
        height_m=finding.height_m,
        outline=finding.outline,
        decided=tuple((each.after, each.day) for each in decided),
        part_of=tracked.part_of,
        resolved_by=resolved_by(history),
    )
