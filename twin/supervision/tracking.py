"""Findings from one inspection to the next, as far as a follow-up has told which are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID, uuid5

from twin.evidence.schema import FindingPart
from twin.supervision.cases import Case, CaseFinding
from twin.supervision.model import FindingState, Standing, State

_FINDINGS = UUID("6f1d6c1e-55c5-5f0a-9a4e-0d2f2f6f7f10")


class Tracked(Protocol):
    """A finding over several inspections, under one GUID."""

    @property
    def guid(self) -> str:
        """Of the finding, the same in every inspection."""
        ...

    @property
    def standing(self) -> Standing:
        """What the last survey says of it."""
        ...

    @property
    def proposed(self) -> State | None:
        """State that the last survey proposes."""
        ...

    @property
    def first_seen(self) -> date:
        """Of the first survey that showed it."""
        ...

    @property
    def last_seen(self) -> date:
        """Of the last survey that showed it."""
        ...

    @property
    def inspection(self) -> str:
        """Name of the last inspection that showed it."""
        ...

    @property
    def finding(self) -> CaseFinding | FindingPart:
        """As that inspection has it."""
        ...


@dataclass(frozen=True, slots=True)
class _New:
    """A finding of a case that no follow-up has read."""

    guid: str
    first_seen: date
    last_seen: date
    inspection: str
    finding: CaseFinding
    standing: Standing = Standing.NEW
    proposed: State | None = None


def guid_of(number: str, inspection: str, finding: str) -> str:
    """GUID of a finding that was first seen at an inspection, from project number, inspection and its id there."""
    return str(uuid5(_FINDINGS, "\n".join((number, inspection, finding)).encode("utf-8", "backslashreplace").decode()))


def tracked_findings(number: str, cases: Sequence[Case]) -> tuple[Tracked, ...]:
    """Findings of a project's cases, in their order. Each finding of each case counts as new."""
    return tuple(
        _New(guid_of(number, case.name, finding.id), case.date, case.date, case.name, finding)
        for case in cases
        for finding in case.findings
    )


def stated(tracked: Tracked, state: State) -> FindingState:
    """A tracked finding with the state that persons gave it; what the survey proposes shows where it differs."""
    finding = tracked.finding
    return FindingState(
        guid=tracked.guid,
        kind=finding.kind,
        verdict=finding.verdict,
        title=finding.title,
        storey=finding.storey,
        state=state,
        standing=tracked.standing,
        proposed=None if tracked.proposed is state else tracked.proposed,
        first_seen=tracked.first_seen,
        last_seen=tracked.last_seen,
        inspection=tracked.inspection,
        area_m2=finding.area_m2,
        volume_m3=finding.volume_m3,
        height_m=finding.height_m,
        outline=finding.outline,
    )
