"""A project as its files tell it, and what that means at a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from twin.supervision.cases import read_cases
from twin.supervision.decisions import Decision, read_decisions, states_of
from twin.supervision.model import FindingState, InspectionState, MapPlace, ProjectState
from twin.supervision.records import Project, read_project
from twin.supervision.risk import Grounds, assess, upheld
from twin.supervision.schedule import due_dates, unsurveyed
from twin.supervision.settings import SupervisionSettings
from twin.supervision.states import State
from twin.supervision.tracking import stated, tracked_findings


@dataclass(frozen=True, slots=True)
class Facts:
    """What the files of a project say, whatever the day."""

    project: Project
    inspections: tuple[InspectionState, ...]
    findings: tuple[FindingState, ...]
    decisions: tuple[Decision, ...]
    place: MapPlace | None = None


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
    states = states_of(decisions)
    findings = tuple(
        stated(tracked, states.get(tracked.guid, State.CANDIDATE))
        for tracked in tracked_findings(project.number, cases)
    )  # fmt: skip
    place = next((case.place for case in reversed(cases) if case.place is not None), None)
    return Facts(project, tuple(case.state() for case in cases), findings, decisions, place)


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
    """Outline on the map, its system, and the way from the design to the map, as a project's state has them.

    A design that says where it lies but not in which system gives way to the place of the record.
    """
    if project.place is not None and (place is None or not (place.crs or "").strip()):
        return (), project.place.crs, None
    return ((), None, None) if place is None else (place.on_map(), place.crs, place.map_from_design)
