"""A portfolio on disk: records, cases with findings, and nothing of a design or survey but their names."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from support import inspections

from twin.conformity.model import Verdict
from twin.evidence.inspection import document
from twin.supervision import records
from twin.supervision.model import InspectionState
from twin.supervision.records import Project, project_from

STARTED = date(2026, 1, 5)


def project(folder: Path, number: str = "P-1", **values: Any) -> Project:
    """A record with an inspection at M5 and the days of four milestones, unless told otherwise."""
    due = [("M2", 30), ("M3", 60), ("M5", 120), ("M8", 300)]
    return project_from(
        {
            "folder": folder,
            "number": number,
            "name": f"Building {number}",
            "design": ["design.ifc"],
            "started_on": STARTED,
            "milestones": [{"milestone": code, "due": STARTED + timedelta(days=days)} for code, days in due],
            "inspections": [inspection("M5", date(2026, 5, 1))],
            **values,
        },
        "a test",
    )


def inspection(milestone: str, day: date) -> dict[str, Any]:
    """Values of an inspection's record."""
    return {"milestone": milestone, "date": day, "surveys": ["survey.laz"]}


def state(milestone: str, day: date, verdict: Verdict | None = Verdict.CONSISTENT) -> InspectionState:
    """An inspection that was asked for, with or without a finished case."""
    record = records.InspectionRecord(**{**inspection(milestone, day), "surveys": ("survey.laz",)})
    return InspectionState(record.name, record.milestone, day, Path(record.name), verdict)


def write(folder: Path, number: str = "P-1", verdict: Verdict = Verdict.INCONSISTENT, **values: Any) -> Project:
    """Writes a project with a case for each inspection of its record."""
    written = project(folder, number, **values)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "design.ifc").touch()
    (folder / records.FILE_NAME).write_text(records.document(written), encoding="utf-8")
    for record in written.inspections:
        write_case(written.case_of(record), verdict)
    return written


def write_case(folder: Path, verdict: Verdict = Verdict.INCONSISTENT) -> None:
    """The document of a case that someone inspected by hand."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document(inspections.inspection(verdict)))
    (folder / "inspection.json").write_text(text, encoding="utf-8")


def write_elements(folder: Path) -> None:
    """The table of elements of a case, as far as a follow-up reads it."""
    rows = [("0Aslab", "IfcSlab", "EG", "as_designed"), ("0Awall", "IfcWall", "EG", "not_observed")]
    table = pl.DataFrame(rows, schema=["global_id", "ifc_class", "storey", "status"], orient="row")
    table.write_parquet(folder / "elements.parquet")
