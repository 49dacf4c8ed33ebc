"""A project as its files tell it, and what that means at a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from twin.supervision.cases import read_cases
from twin.supervision.decisions import Decision, last_of, read_decisions
from twin.supervision.following.ledger import ProgressPart
from twin.supervision.model import FindingState, InspectionState, MapPlace, ProjectState
from twin.supervision.records import Project, read_project
from twin.supervision.risk import Grounds, assess, upheld
from twin.supervision.schedule import due_dates, unsurveyed
from twin.supervision.settings import SupervisionSettings
from twin.supervision.states import State
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
    decided = last_of(decisions)
    findings = []
    for tracked in tracked_findings(project.number, cases, last):
        decision = decided.get(tracked.guid)
        findings.append(stated(tracked, State.CANDIDATE if decision is None else decision.after, decision))
    place = next((case.place for case in reversed(cases) if case.place is not None), None)
    states, progress = tuple(case.state() for case in cases), () if last is None else last[1].progress
    return Facts(project, states, tuple(findings), decisions, place, progress)


def state_at(facts: Facts, settings: SupervisionSettings, today: date) -> ProjectState:
    """The project at a day: risk and what is due are those of that day, everything else as the files have it now."""
    project, inspections = facts.project, facts.inspections
    missing = unsurveyed(project, inspections, settings.schedule, today)
    risk = assess(Grounds(project.risk, upheld(facts.findings), missing), settings.risk)
    due = due_dates(project, inspections, risk.tier, settings.schedule, today)
    return ProjectState(project, inspections, facts.findings, risk, due, *on_map(project, facts.place))


def on_map(
    project: Project, place: MapPlace | None
) -> tuple[tuple[tuple[float, float], ...], str | None, tuple[tuple[float, ...], ...] | None]:
    """Outline on the map, its system, and the way from the design to the map, as a project's state has them."""
    if place is None:
        return (), None if project.place is None else project.place.crs, None
    return place.on_map(), place.crs, place.map_from_design
