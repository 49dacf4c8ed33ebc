"""Cases as people write them: tables of a plan, lines of a CSV file, records of projects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from pipelines.batch.faults import Checked, Faults, Place, sound
from pipelines.batch.files import is_there, matching_folders, within
from pipelines.choices import Language, LengthUnit, Output, RegistrationChoice, Scale
from twin.delimited import read_lines
from twin.errors import InputError
from twin.supervision.records import FILE_NAME, InspectionRecord, Project, Stage, read_project
from twin.toml import read_tables


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _level(value: object) -> object:
    return f"{value:g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _day(value: object) -> object:
    return date.fromisoformat(value) if isinstance(value, str) else value


Text = Annotated[str, Field(min_length=1)]
Several = Annotated[tuple[Text, ...], Field(min_length=1), BeforeValidator(_several)]


class Shared(Checked):
    """What a case may say and ``[defaults]`` may say for all that do not."""

    permit: Text | None = None
    milestone: Stage | None = None
    built_to: Annotated[Text, BeforeValidator(_level)] | None = None
    surveyed_on: Annotated[date, BeforeValidator(_day)] | None = None
    control: Text | None = None
    pose: Text | None = None
    stations: Text | None = None
    registration: RegistrationChoice = RegistrationChoice.AUTO
    unit: LengthUnit | None = None
    crs: Text | None = None
    scale: Scale | None = None
    settings: Text | None = None
    lang: Language = Language.ENGLISH
    outputs: Annotated[tuple[Output, ...], BeforeValidator(_several)] = tuple(Output)


class Written(Shared):
    """A case as a plan or a table has it; `design` and `surveys` may be patterns."""

    REQUIRED = ("name", "design", "surveys")

    name: Text | None = None
    design: Several | None = None
    surveys: Several | None = None
    folder: Text | None = None


class Table(Checked):
    """``[[tables]]``: a CSV file with a case a line."""

    REQUIRED = ("file",)

    file: Text | None = None


class Projects(Checked):
    """``[[projects]]``: folders of project records, of which every inspection is a case."""

    REQUIRED = ("folders",)

    folders: Several | None = None
    milestones: Annotated[tuple[Stage, ...], BeforeValidator(_several)] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A case before its files are looked for; `values` are right by themselves, wrong ones were left out."""

    place: Place
    values: dict[str, Any]


_LISTS = ("design", "surveys", "outputs")
_OF_OFFICE = ("settings", "lang", "outputs")
"""Defaults that hold for project records too, which say the rest themselves."""


def written_rows(path: Path, tables: list[Any], defaults: dict[str, Any], faults: Faults) -> Iterator[Row]:
    """``[[cases]]`` of the plan."""
    for number, table in enumerate(tables, start=1):
        name = table.get("name") if isinstance(table, dict) else None
        place = Place(path, f"cases {number} ({name})" if isinstance(name, str) else f"cases {number}")
        if isinstance(table, dict):
            yield Row(place, {**defaults, **sound(Written, table, place, faults)})
        else:
            faults.add(place, "", "is no table", "write [[cases]] and its keys below")


def table_rows(base: Path, place: Place, file: str, defaults: dict[str, Any], faults: Faults) -> Iterator[Row]:
    """Lines of a CSV file whose columns are keys of a case; lists are parted by semicolons, empty cells say nothing."""
    path = base / file
    if not is_there(path):
        faults.add(place, "file", f"there is no file {file}", "correct its name")
        return
    try:
        columns, lines = read_lines(path, ("name", "design", "surveys"), "columns are the keys of a case")
    except InputError as error:
        faults.add(Place(Path(file)), "", error.message.removeprefix(f"{path}: "), error.hint)
        return
    for column in columns:
        if column not in Written.model_fields:
            known = ", ".join(Written.model_fields)
            faults.add(Place(Path(file), "line 1"), column, "there is no such column", f"the columns are {known}")
    for line in lines:
        at = Place(Path(file), f"line {line.number}")
        cells = {key: cell for key, cell in line.cells.items() if cell and key in Written.model_fields}
        values = {key: _parted(cell) if key in _LISTS else cell for key, cell in cells.items()}
        yield Row(at, {**defaults, **sound(Written, values, at, faults)})


def project_rows(
    base: Path, place: Place, entry: dict[str, Any], defaults: dict[str, Any], faults: Faults
) -> Iterator[Row]:
    """Every inspection of the records in the folders, at the milestones where the entry names some."""
    office = {key: value for key, value in defaults.items() if key in _OF_OFFICE}
    wanted = entry.get("milestones")
    for pattern in entry.get("folders", ()):
        folders = [folder for folder in matching_folders(base, pattern) if is_there(base / folder / FILE_NAME)]
        if not folders:
            faults.add(place, "folders", f"no folder {pattern!r} holds a {FILE_NAME}", "correct the pattern")
        for folder in folders:
            try:
                project = read_project(base / folder)
            except InputError as error:
                said = error.message.removeprefix(f"{base / folder / FILE_NAME}: ")
                faults.add(Place(Path(folder) / FILE_NAME), "", said, error.hint)
                continue
            yield from (
                Row(Place(Path(folder) / FILE_NAME, record.name), {**office, **_of_record(project, record, folder)})
                for record in project.in_order()
                if wanted is None or record.milestone in wanted
            )


def _of_record(project: Project, record: InspectionRecord, folder: str) -> dict[str, Any]:
    due = {each.milestone: each.built_to for each in project.milestones}
    files = {
        "permit": project.permit,
        "control": record.control,
        "pose": record.pose,
        "stations": record.stations,
        "folder": str(project.case_of(record).relative_to(project.folder)),
    }
    said = {
        **{key: within(folder, path) for key, path in files.items() if path is not None},
        "name": _as_file_name(f"{project.number}-{record.name}"),
        "project": project.number,
        "design": tuple(within(folder, path) for path in project.design),
        "surveys": tuple(within(folder, path) for path in record.surveys),
        "milestone": record.milestone,
        "surveyed_on": record.date,
        "built_to": record.built_to or due.get(record.milestone),
        "registration": RegistrationChoice(record.registration),
        "unit": None if record.unit is None else LengthUnit(record.unit),
        "crs": record.crs,
        "scale": Scale(record.scale) if record.scale == "free" else None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _as_file_name(text: str) -> str:
    kept = "".join(char if char.isalnum() or char in "-_. ()" else "-" for char in text).strip(" ")
    return f"-{kept[1:]}" if kept.startswith(".") else kept


def _parted(cell: str) -> tuple[str, ...]:
    return tuple(part for part in (each.strip() for each in cell.split(";")) if part)


def plan_tables(path: Path, faults: Faults) -> dict[str, Any]:
    """The plan as TOML; where it is none, that is its only fault."""
    try:
        return read_tables(path, InputError, "see docs/reference/plan.md")
    except InputError as error:
        faults.add(Place(path), "", error.message.removeprefix(f"{path}: "), error.hint)
    faults.end()
    return {}
