"""Many records at once: from a table of projects, or from permit files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.projects.folders import project_folders
from pipelines.projects.founding import check, folder_name, found, seen_from
from twin import digest
from twin.conformity.milestone import Milestone
from twin.conformity.permit import read_permit
from twin.delimited import Line, read_lines
from twin.errors import ManyFaults, TwinError
from twin.supervision.records import Project, ProjectError, project_from, read_project

REQUIRED = ("number", "name", "design")
TEXTS = ("number", "name", "permit", "location", "district", "grid_cell")
COLUMNS = {
    **dict.fromkeys(TEXTS, "as in the record"),
    "permit": "the permit's numbers, relative to the table",
    "design": "IFC files, relative to the table; several with `;` between them",
    "started_on": "day, as 2026-05-06",
    "easting": "m; with `northing` and `crs`, or none of them",
    "northing": "m",
    "crs": "such as EPSG:4549",
    "use": "as in `[risk]`",
    "storey_height_m": "as in `[risk]`",
    "counted_share": "as in `[risk]`",
    "change_orders": "as in `[risk]`",
    "past_findings": "as in `[risk]`",
    "skipped_checks": "milestones with `;` between them",
    "responsible": "name of the party that answers for the works",
    "role": "of that party",
    "contact": "of that party",
    **{milestone.code.lower(): f"day on which `{milestone}` is due" for milestone in Milestone},
}
"""Columns of a table, and what stands in them."""
_HINT = "see docs/reference/project.md for the columns"


class ImportFaults(ManyFaults):
    """What is wrong with sources, one line for each fault; nothing was written."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of sources: records written, and projects that were there already and left alone."""

    written: tuple[Project, ...]
    left: tuple[tuple[str, Path], ...]


@dataclass(slots=True)
class _Gathering:
    """What sources hold so far."""

    root: Path
    known: dict[str, Path]
    found: dict[Path, Project] = field(default_factory=dict)
    left: list[tuple[str, Path]] = field(default_factory=list)
    faults: list[TwinError] = field(default_factory=list)

    def take(self, read: Callable[[Path], Project], number: str, source: str) -> None:
        """Takes a project up, leaves it alone where it is known, or notes what is wrong with it."""
        if number in self.known:
            self.left.append((number, self.known[number]))
            return
        folder = self.root / folder_name(number)
        try:
            project = read(folder)
            if folder in self.found:
                twin = self.found[folder].number
                raise ProjectError(f"{source}: {number} and {twin} would share the folder {folder}", "change one")
            check(project, source)
        except TwinError as fault:
            self.faults.append(fault)
            return
        self.found[folder] = project


def import_projects(sources: Sequence[Path], root: Path) -> Imported:
    """Writes a record for each project of the sources, each into a folder under `root` named by its number.

    Parameters
    ----------
    sources : sequence of Path
        Tables (``.csv``) and permit files (``.toml``).

    Raises
    ------
    ImportFaults
        Anything is wrong with any source; then nothing was written.
    FolderError
        A record cannot be written; those before it were.
    """
    gathering = _Gathering(root, dict(_known(root)))
    for source in sources:
        try:
            (_take_permit if source.suffix.lower() == ".toml" else _take_table)(source, gathering)
        except TwinError as fault:
            gathering.faults.append(fault)
    if gathering.faults:
        raise ImportFaults([str(fault) for fault in gathering.faults])
    for project in gathering.found.values():
        found(project)
    return Imported(tuple(gathering.found.values()), tuple(gathering.left))


def _known(root: Path) -> Iterator[tuple[str, Path]]:
    for folder in project_folders(root) if root.is_dir() else ():
        try:
            yield read_project(folder).number, folder
        except ProjectError:
            continue


def _take_permit(source: Path, gathering: _Gathering) -> None:
    permit = read_permit(source)

    def read(folder: Path) -> Project:
        heights = [height for each in permit.buildings for height in each.storey_heights_m or ()]
        uses = list(dict.fromkeys(each.use for each in permit.buildings if each.use))
        values = {
            "folder": folder,
            "number": permit.number,
            "name": permit.project or permit.location or permit.number,
            "design": tuple(seen_from(folder, model) for model in _models(source, permit.drawings.ifc_sha256)),
            "permit": seen_from(folder, source),
            "location": permit.location,
            "responsible": ({"name": permit.holder, "role": "permit holder"},) if permit.holder else (),
            "risk": {"use": ", ".join(uses) or None, "storey_height_m": max(heights, default=None)},
        }
        return project_from({name: value for name, value in values.items() if value is not None}, str(source))

    gathering.take(read, permit.number, str(source))


def _models(permit: Path, sha256: str | None) -> list[Path]:
    """The design beside a permit: the model whose digest the permit names, else all of them."""
    models = sorted(path for path in permit.parent.iterdir() if path.suffix.lower() in (".ifc", ".ifczip"))
    if not models:
        raise ProjectError(f"{permit}: no model lies beside it", "put the approved IFC files into its folder")
    if sha256 is None:
        return models
    named = [model for model in models if digest.of_file(model) == sha256.lower()]
    if not named:
        raise ProjectError(f"{permit}: no model beside it has the SHA-256 that it names", "find the approved model")
    return named


def _take_table(source: Path, gathering: _Gathering) -> None:
    header, lines = read_lines(source, REQUIRED, _HINT)
    for column in header:
        if column and column not in COLUMNS:
            gathering.faults.append(ProjectError(f"{source}: there is no column {column}", _HINT))
    seen: dict[str, int] = {}
    for line in lines:
        number = line.cells.get("number", "")
        if number and (first := seen.setdefault(number, line.number)) != line.number:
            gathering.faults.append(line.wrong(f"number {number} stands in line {first} too"))
            continue
        gathering.take(lambda folder, line=line: _of_line(line, folder), number, f"{source}, line {line.number}")  # type: ignore[misc]


def _of_line(line: Line, folder: Path) -> Project:
    def files(column: str) -> tuple[str, ...]:
        return tuple(
            name if Path(name).is_absolute() else seen_from(folder, line.path.parent / name)
            for name in _several(line, column)
        )

    values: dict[str, Any] = {name: line.cells[name] for name in TEXTS if line.cells.get(name)}
    values |= {"folder": folder, "design": files("design"), "risk": _risk(line), "milestones": _milestones(line)}
    if permit := files("permit"):
        values["permit"] = permit[0]
    if line.cells.get("started_on"):
        values["started_on"] = _day(line, "started_on")
    if any(line.cells.get(name) for name in ("easting", "northing", "crs")):
        easting, northing = line.value("easting"), line.value("northing")
        values["place"] = {"easting": easting, "northing": northing, "crs": line.cells.get("crs", "")}
    if line.cells.get("responsible"):
        party = {
            "name": line.cells["responsible"],
            "role": line.cells.get("role"),
            "contact": line.cells.get("contact"),
        }
        values["responsible"] = ({name: text for name, text in party.items() if text},)
    return project_from(values, f"{line.path}, line {line.number}")


def _risk(line: Line) -> dict[str, Any]:
    risk: dict[str, Any] = {"skipped_checks": _several(line, "skipped_checks")}
    if line.cells.get("use"):
        risk["use"] = line.cells["use"]
    for name in ("storey_height_m", "counted_share"):
        if line.cells.get(name):
            risk[name] = line.value(name)
    for name in ("change_orders", "past_findings"):
        if text := line.cells.get(name):
            if not text.isdecimal():
                raise line.wrong(f"{name} is not a whole number")
            risk[name] = int(text)
    return risk


def _milestones(line: Line) -> tuple[dict[str, Any], ...]:
    codes = [milestone.code.lower() for milestone in Milestone]
    return tuple({"milestone": code, "due": _day(line, code)} for code in codes if line.cells.get(code))


def _several(line: Line, column: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in line.cells.get(column, "").replace("；", ";").split(";"))))


def _day(line: Line, column: str) -> date:
    try:
        return date.fromisoformat(line.cells[column])
    except ValueError as error:
        raise line.wrong(f"{column} is no day such as 2026-05-06") from error
