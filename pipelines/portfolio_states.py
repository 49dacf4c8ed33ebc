"""The states of projects, read from their records and finished inspections alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from twin.errors import EvidenceError, InputError
from twin.evidence.case import is_case
from twin.evidence.inspection import Inspection, read
from twin.evidence.schema import FindingPart
from twin.supervision.model import (
    Due,
    FindingState,
    InspectionState,
    ProjectState,
    Reason,
    Risk,
    Standing,
    State,
    Tier,
)
from twin.supervision.records import CASES, InspectionRecord, Project, is_project, read_project

_HIGH, _MEDIUM = 3.0, 1.0
_ROOM_FOR_A_FLOOR_M = 4.5


def read_states(root: Path, today: date) -> list[ProjectState]:
    """The state of every project in or under `root`, by number.

    Findings are those of the latest case of each project, all of them candidates: nothing that persons decided is read.

    Raises
    ------
    InputError
        No project lies there, or a record cannot be read.
    """
    folders = sorted(_project_folders(root))
    if not folders:
        raise InputError(f"{root}: holds no project", "give a folder under which project.toml files lie")
    return sorted((_state(read_project(folder), today) for folder in folders), key=lambda each: each.project.number)


def _project_folders(root: Path) -> Iterator[Path]:
    for place, inner, _ in os.walk(root):
        if is_project(Path(place)):
            inner.clear()
            yield Path(place)
        inner[:] = sorted(name for name in inner if not name.startswith("."))


def _state(project: Project, today: date) -> ProjectState:
    cases = [(record, _case(project, record)) for record in project.in_order()]
    finished = [(record, case) for record, case in cases if case is not None]
    latest = finished[-1][1] if finished else None
    georeference = latest.design.georeference if latest else None
    return ProjectState(
        project=project,
        inspections=tuple(_inspection(project, record, case) for record, case in cases),
        findings=tuple(_finding(project, finished[-1][0], part) for part in latest.findings) if latest else (),
        risk=_risk(project),
        due=_due(project, {record.milestone for record, _ in finished}, today),
        map_crs=georeference.crs if georeference else project.place.crs if project.place else None,
        map_from_design=georeference.map_from_design if georeference else None,
    )


def _case(project: Project, record: InspectionRecord) -> Inspection | None:
    folder = project.case_of(record)
    if not is_case(folder):
        return None
    try:
        return read(folder)
    except EvidenceError as error:
        raise InputError(error.message, "inspect again, or take the case away") from error


def _inspection(project: Project, record: InspectionRecord, case: Inspection | None) -> InspectionState:
    folder = project.folder / CASES / record.name
    return InspectionState(record.name, record.milestone, record.date, folder, None if case is None else case.verdict)


def _finding(project: Project, record: InspectionRecord, part: FindingPart) -> FindingState:
    return FindingState(
        guid=f"{project.number}/{record.name}/{part.id}",
        kind=part.kind,
        verdict=part.verdict,
        title=part.title,
        storey=part.storey,
        state=State.CANDIDATE,
        standing=Standing.NEW,
        proposed=None,
        first_seen=record.date,
        last_seen=record.date,
        inspection=record.name,
        area_m2=part.area_m2,
        volume_m3=part.volume_m3,
        height_m=part.height_m,
        outline=part.outline,
    )


def _risk(project: Project) -> Risk:
    """A point for each ground of the record."""
    known = project.risk
    reasons = []
    if known.storey_height_m is not None and known.storey_height_m >= _ROOM_FOR_A_FLOOR_M:
        reasons.append(Reason("storey_height", f"a storey of {known.storey_height_m:.2f} m: one more fits in", 1.0))
    if known.change_orders:
        reasons.append(Reason("change_orders", f"{known.change_orders} approved changes of the design", 1.0))
    if known.skipped_checks:
        reasons.append(Reason("skipped_checks", f"{len(known.skipped_checks)} milestones passed unchecked", 1.0))
    if known.past_findings:
        reasons.append(Reason("past_findings", f"{known.past_findings} confirmed findings at other projects", 1.0))
    score = sum(reason.points for reason in reasons)
    tier = Tier.HIGH if score >= _HIGH else Tier.MEDIUM if score >= _MEDIUM else Tier.LOW
    return Risk(score, tier, tuple(reasons))


def _due(project: Project, made: set[object], today: date) -> tuple[Due, ...]:
    """The milestones of the record that no finished inspection has checked yet."""
    return tuple(
        Due(each.milestone, each.due, "a milestone of the record", max((today - each.due).days, 0))
        for each in sorted(project.milestones, key=lambda each: each.due)
        if each.milestone not in made
    )
