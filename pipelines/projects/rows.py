"""Projects as rows of the index, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from twin.conformity.milestone import Milestone
from twin.conformity.model import FindingVerdict, Kind, Verdict
from twin.phrases import Phrase
from twin.supervision.decisions import Decision, by_finding
from twin.supervision.following.ledger import ProgressPart
from twin.supervision.model import (
    Check,
    Due,
    FindingState,
    InspectionState,
    MapPlace,
    ProjectState,
    Reason,
    Risk,
)
from twin.supervision.records import Project
from twin.supervision.state import Facts, loose, on_map
from twin.supervision.states import Standing, State, Tier

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A project of a portfolio: its state at a day, or why its files cannot be read.

    Attributes
    ----------
    folder : Path
    number : str or None
        None where not even that can be read.
    broken : str or None
        One line; then there is no state.
    unfollowed : str or None
        Why its findings cannot be followed, in one line: then some may be counted as new that are not.
    progress : tuple of ProgressPart
        Of the last inspection that was followed.
    """

    folder: Path
    number: str | None
    broken: str | None
    state: ProjectState | None
    decisions: tuple[Decision, ...] = ()
    unfollowed: str | None = None
    progress: tuple[ProgressPart, ...] = ()

    @property
    def loose(self) -> tuple[str, ...]:
        """GUIDs about which something was decided, and which no case shows any more."""
        return () if self.state is None else loose(self.decisions, self.state.findings)


def rows_of_facts(facts: Facts) -> dict[str, list[dict[str, Any]]]:
    """Rows of each table that do not depend on the day."""
    return {
        "milestone": [
            {"milestone": at.milestone.value, "due": at.due, "built_to": at.built_to}
            for at in facts.project.milestones
        ],
        "inspection": [_plain(each, "folder") for each in facts.inspections],
        "finding": [_plain(each, "decided") for each in facts.findings],
        "decision": [_plain(each) for each in facts.decisions],
    }  # fmt: skip


def columns_of_project(project: Project) -> dict[str, Any]:
    """Columns of a project's own row that do not depend on the day."""
    return {
        "number": project.number,
        "name": project.name,
        "district": project.district,
        "grid_cell": project.grid_cell,
        "record": project.model_dump(mode="json", exclude={"folder"}),
    }


def columns_of_cases(facts: Facts) -> dict[str, Any]:
    """Columns of a project's own row that its cases tell: where its design lies, and how far the building is."""
    return {
        "place": None if facts.place is None else asdict(facts.place),
        "progress": [part.model_dump(mode="json") for part in facts.progress],
    }


def columns_of_day(state: ProjectState) -> dict[str, Any]:
    """Columns of a project's own row that depend on the day."""
    risk = state.risk
    reasons = [{"name": each.name, "why": _said(each.why), "points": each.points} for each in risk.reasons]
    return {
        "tier": risk.tier.value,
        "score": risk.score,
        "reasons": reasons,
        "checks": [
            [each.milestone.value, each.due.isoformat(), each.made and each.made.isoformat(), each.passed_over]
            for each in state.checks
        ],
        "undated": [each.value for each in state.undated],
        "undecided": [each.name for each in state.undecided],
    }


def rows_of_due(due: Sequence[Due]) -> list[dict[str, Any]]:
    """Rows of what is due."""
    return [{**_plain(each), "why": _said(each.why)} for each in due]


def facts_from(folder: Path, row: Row, parts: Rows) -> Facts:
    """What the files said when their rows were written."""
    record = Project.model_validate_json(json.dumps({**row["record"], "folder": "."}))
    project = record.model_copy(update={"folder": folder})
    folders = {record.name: project.case_of(record) for record in project.inspections}
    decisions = tuple(_decision(each) for each in parts["decision"])
    decided = by_finding(decisions)
    return Facts(
        project,
        tuple(_inspection(each, folders[each["name"]]) for each in parts["inspection"]),
        tuple(_finding(each, decided.get(each["guid"], ())) for each in parts["finding"]),
        decisions,
        _place(row["place"]),
        tuple(ProgressPart(**part) for part in row["progress"]),
    )


def entry_from(folder: Path, row: Row, parts: Rows) -> Entry:
    """A project with its state at the day of its rows."""
    if row["broken"] is not None:
        return Entry(folder, row["number"], row["broken"], None, unfollowed=row["unfollowed"])
    facts = facts_from(folder, row, parts)
    reasons = tuple(Reason(each["name"], _phrase(each["why"]), each["points"]) for each in row["reasons"])
    due = tuple(
        Due(
            _milestone(each["milestone"]), each["due"], _phrase(each["why"]), each["overdue_days"], each["reinspection"]
        )
        for each in parts["due"]
    )
    inspections = {each.name: each for each in facts.inspections}
    risk = Risk(row["score"], Tier(row["tier"]), reasons)
    place = on_map(facts.project, facts.place)
    state = ProjectState(
        facts.project,
        facts.inspections,
        facts.findings,
        risk,
        due,
        *place,
        checks=tuple(_check(*each) for each in row["checks"]),
        undated=tuple(Milestone(each) for each in row["undated"]),
        undecided=tuple(inspections[each] for each in row["undecided"]),
    )
    return Entry(folder, facts.project.number, None, state, facts.decisions, row["unfollowed"], facts.progress)


def _plain(value: Any, *without: str) -> dict[str, Any]:
    plain = {name: str(inner) if isinstance(inner, str) else inner for name, inner in asdict(value).items()}
    return {name: inner for name, inner in plain.items() if name not in without}


def _said(text: str) -> dict[str, Any]:
    """A sentence with what it is made of, so that it can be said in another language later."""
    return {"template": text.template, "values": dict(text.values)} if isinstance(text, Phrase) else {"text": text}


def _phrase(said: Row) -> str:
    return str(said["text"]) if "text" in said else Phrase(said["template"], said["values"])


def _place(row: Row | None) -> MapPlace | None:
    if row is None:
        return None
    outline, matrix = (tuple(tuple(each) for each in row[name]) for name in ("outline", "map_from_design"))
    return MapPlace(outline, matrix, row["crs"])


def _milestone(value: str | None) -> Milestone | None:
    return None if value is None else Milestone(value)


def _inspection(row: Row, folder: Path) -> InspectionState:
    verdict = None if row["verdict"] is None else Verdict(row["verdict"])
    return InspectionState(
        row["name"], Milestone(row["milestone"]), row["date"], folder, verdict, row["failed_because"]
    )


def _check(milestone: str, due: str, made: str | None, passed_over: bool) -> Check:
    day = None if made is None else date.fromisoformat(made)
    return Check(Milestone(milestone), date.fromisoformat(due), day, passed_over)


def _finding(row: Row, decided: Sequence[Decision]) -> FindingState:
    return FindingState(
        **{
            **row,
            "kind": Kind(row["kind"]),
            "verdict": FindingVerdict(row["verdict"]),
            "state": State(row["state"]),
            "standing": Standing(row["standing"]),
            "proposed": None if row["proposed"] is None else State(row["proposed"]),
            "outline": tuple((x, y) for x, y in row["outline"]),
            "decided": tuple((each.after, each.day) for each in decided),
        }
    )


def _decision(row: Row) -> Decision:
    return Decision(**{**row, "before": State(row["before"]), "after": State(row["after"])})
