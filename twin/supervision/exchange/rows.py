"""One plain row for each project, inspection and finding; tables and map features are made of the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from twin.conformity.milestone import Milestone
from twin.supervision.counting import is_confirmed, is_failed, is_finished, is_lead, is_open, warns
from twin.supervision.exchange.places import centre, outline_or_point, system_of
from twin.supervision.model import Due, FindingState, InspectionState, ProjectState, Unreadable
from twin.supervision.portfolio import latest_case, status_of
from twin.supervision.states import State

Row = dict[str, Any]
PROJECT = {
    "number": str, "name": str, "district": str, "grid_cell": str, "tier": str, "score": float, "status": str,
    "last_verdict": str, "last_inspection": str, "next_due": str, "next_due_at": str, "overdue_days": int,
    "inspections": int, "failed": int, "findings": int, "leads": int, "warnings": int, "undecided": int,
    "confirmed": int, "dismissed": int, "closed": int, "easting_m": float, "northing_m": float, "map_crs": str,
    "open_confirmed": int, "undated": str, "passed_over": str, "undecided_at": str,
}  # fmt: skip
INSPECTION = {
    "project": str, "district": str, "inspection": str, "milestone": str, "date": str, "verdict": str,
    "failed_because": str,
}  # fmt: skip
FINDING = {
    "project": str, "district": str, "guid": str, "kind": str, "verdict": str, "title": str, "storey": str,
    "state": str, "standing": str, "proposed": str, "first_seen": str, "last_seen": str, "inspection": str,
    "area_m2": float, "volume_m3": float, "height_m": float, "part_of": str, "handed_over_on": str,
}  # fmt: skip
UNREADABLE = {"folder": str, "number": str, "why": str}
"""Columns with their types. Dates are ISO 8601 text: every program reads that alike."""


def project_row(state: ProjectState) -> Row:
    """A project as its latest survey and the decisions of persons leave it."""
    project, findings, case = state.project, state.findings, latest_case(state)
    due = min(state.due, key=lambda each: each.due, default=None)
    places = outline_or_point(state)
    easting, northing = centre(places) if places else (None, None)
    return {
        "number": project.number,
        "name": project.name,
        "district": project.district,
        "grid_cell": project.grid_cell,
        "tier": state.risk.tier.value,
        "score": float(state.risk.score),
        "status": status_of(state).value,
        "last_verdict": None if case is None or case.verdict is None else case.verdict.value,
        "last_inspection": None if case is None else case.name,
        "next_due": None if due is None else due.due.isoformat(),
        "next_due_at": None if due is None else occasion_of(due),
        "overdue_days": max((each.overdue_days for each in state.due if each.overdue_days > 0), default=0),
        "inspections": sum(map(is_finished, state.inspections)),
        "failed": sum(map(is_failed, state.inspections)),
        "findings": len(findings),
        "leads": sum(map(is_lead, findings)),
        "warnings": sum(map(warns, findings)),
        "undecided": sum(is_lead(each) and each.state is State.CANDIDATE for each in findings),
        "confirmed": sum(map(is_confirmed, findings)),
        "dismissed": sum(each.state is State.DISMISSED for each in findings),
        "closed": sum(each.state is State.CLOSED for each in findings),
        "easting_m": easting,
        "northing_m": northing,
        "map_crs": system_of(state),
        "open_confirmed": sum(map(is_open, findings)),
        "undated": _codes(state.undated),
        "passed_over": _codes(check.milestone for check in state.checks if check.passed_over),
        "undecided_at": _codes(each.milestone for each in state.undecided),
    }


def occasion_of(due: Due) -> str:
    """The milestone at which an inspection is due, or what else it is."""
    if due.milestone is not None:
        return due.milestone.value
    return "re-inspection" if due.reinspection else "patrol"


def unreadable_row(unreadable: Unreadable) -> Row:
    """A project that could not be read."""
    return {"folder": unreadable.folder, "number": unreadable.number, "why": unreadable.why}


def _codes(milestones: Iterable[Milestone]) -> str | None:
    return ", ".join(each.code for each in milestones) or None


def inspection_row(state: ProjectState, inspection: InspectionState) -> Row:
    """An inspection that was asked for."""
    return {
        "project": state.project.number,
        "district": state.project.district,
        "inspection": inspection.name,
        "milestone": inspection.milestone.value,
        "date": inspection.date.isoformat(),
        "verdict": None if inspection.verdict is None else inspection.verdict.value,
        "failed_because": inspection.failed_because,
    }


def finding_row(state: ProjectState, finding: FindingState) -> Row:
    """A finding as last seen."""
    return {
        "project": state.project.number,
        "district": state.project.district,
        "guid": finding.guid,
        "kind": finding.kind.value,
        "verdict": finding.verdict.value,
        "title": str(finding.title),
        "storey": finding.storey,
        "state": finding.state.value,
        "standing": finding.standing.value,
        "proposed": None if finding.proposed is None else finding.proposed.value,
        "first_seen": finding.first_seen.isoformat(),
        "last_seen": finding.last_seen.isoformat(),
        "inspection": finding.inspection,
        "area_m2": finding.area_m2,
        "volume_m3": finding.volume_m3,
        "height_m": finding.height_m,
        "part_of": finding.part_of,
        "handed_over_on": next((day.isoformat() for state, day in finding.decided if state is State.HANDED_OVER), None),
    }
