"""A project as its files tell it, and what that means at a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from twin.supervision.cases import read_cases
from twin.supervision.decisions import Decision, by_finding, last_of, read_decisions
from twin.supervision.following.ledger import ProgressPart
from twin.supervision.model import FindingState, InspectionState, MapPlace, ProjectState, Risk
from twin.supervision.records import Project, read_project
from twin.supervision.risk import UPHELD, Grounds, assess, upheld
from twin.supervision.schedule import checks_asked, due_dates, undated, undecided, unsurveyed
from twin.supervision.settings import SupervisionSettings
from twin.supervision.states import Tier
from twin.supervision.tracking import last_ledger, stated, tracked_findings


@dataclass(frozen=True, slots=True)
class Facts:
    """What the files of a project say, whatever the day; progress is that of the last inspection that was followed."""

    project: Project
    inspections: tuple[InspectionState, ...]
    findings: tuple[FindingState, ...]
    decisions: tuple[Decision, ...]
    place: MapPlace | None = None
    progress: tuple[ProgressPart, ...] = ()

    @property
    def loose(self) -> tuple[str, ...]:
        """GUIDs about which something was decided, and which no case shows any more."""
        return loose(self.decisions, self.findings)


def loose(decisions: Iterable[Decision], findings: Iterable[FindingState]) -> tuple[str, ...]:
    """GUIDs about which something was decided, in that order, and which none of the findings has."""
    shown = {finding.guid for finding in findings}
    return tuple(guid for guid in last_of(decisions) if guid not in shown)


def read_facts(folder: Path) -> Facts:
    """Record, cases and decisions of the project in a folder. What is wrong with a case stands in its inspection.

    Raises
    ------
    ProjectError
        The record cannot be read.
    DecisionsTampered
        The log of decisions is not what was written.
    """
    project = read_project(folder)
    decisions = read_decisions(folder)
    cases = read_cases(project)
    last = last_ledger(cases)
    decided = by_finding(decisions)
    findings = tuple(
        stated(tracked, decided.get(tracked.guid, ())) for tracked in tracked_findings(project.number, cases, last)
    )
    place = next((case.place for case in reversed(cases) if case.place is not None), None)
    states, progress = tuple(case.state() for case in cases), () if last is None else last[1].progress
    return Facts(project, states, findings, decisions, place, progress)


def state_at(facts: Facts, settings: SupervisionSettings, today: date) -> ProjectState:
    """The project at a day: risk and what is due are those of that day, everything else as the files have it now."""
    project, inspections, schedule = facts.project, facts.inspections, settings.schedule
    risk = _risk(facts, settings, today, upheld(facts.findings))

    def tier_on(day: date) -> Tier:
        """The tier as it was on a day, by what was known then."""
        return risk.tier if day >= today else _risk(facts, settings, day, _upheld_on(facts.findings, day)).tier

    return ProjectState(
        project,
        inspections,
        facts.findings,
        risk,
        due_dates(project, inspections, tier_on, schedule, today, facts.findings),
        *on_map(project, facts.place),
        checks=checks_asked(project, inspections, tier_on, schedule, today),
        undated=undated(project, inspections, risk.tier, schedule, today),
        undecided=undecided(inspections, today),
    )


def _risk(facts: Facts, settings: SupervisionSettings, day: date, confirmed: int) -> Risk:
    """What the record says has no day, and counts as known on any."""
    missing = unsurveyed(facts.project, facts.inspections, settings.schedule, day)
    return assess(Grounds(facts.project.risk, confirmed, missing), settings.risk)


def _upheld_on(findings: Iterable[FindingState], day: date) -> int:
    """Number of findings that were confirmed, and not dismissed again, by the decisions up to a day."""
    last = ([after for after, at in finding.decided if at <= day][-1:] for finding in findings)
    return sum(state in UPHELD for states in last for state in states)


def on_map(
    project: Project, place: MapPlace | None
) -> tuple[tuple[tuple[float, float], ...], str | None, tuple[tuple[float, ...], ...] | None]:
    """Outline on the map, its system, and the way from the design to the map, as a project's state has them.

    A design that says where it lies but not in which system gives way to the place of the record.
    """
    if project.place is not None and (place is None or not (place.crs or "").strip()):
        return (), project.place.crs, None
    return ((), None, None) if place is None else (place.on_map(), place.crs, place.map_from_design)
