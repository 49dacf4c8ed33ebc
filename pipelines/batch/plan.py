"""The door of plans: what shall be inspected, checked as a whole before anything runs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from pipelines.batch.faults import Checked, Faults, Place, sound
from pipelines.batch.files import is_pattern, is_text, is_there, matching
from pipelines.batch.model import Case, Limits, Plan
from pipelines.batch.rows import Projects, Row, Shared, Table, plan_tables, project_rows, table_rows, written_rows
from pipelines.choices import Language, RegistrationChoice
from pipelines.settings import read_settings
from twin.errors import TwinError
from twin.evidence.case import check_replaceable

SCHEMA = "plumbline.plan/1"
_FILES = ("permit", "control", "pose", "stations", "settings")
_LONGEST_NAME = 100
_NEEDS = {RegistrationChoice.GIVEN: "pose", RegistrationChoice.CONTROL: "control"}


class _Top(Checked):
    """The keys of a plan; the tables among them are checked one by one."""

    schema_: Annotated[str, Field(alias="schema")]
    name: Annotated[str, Field(min_length=1)] | None = None
    results: Annotated[str, Field(min_length=1)] = "results"
    lang: Language = Language.ENGLISH
    limits: dict[str, Any] = Field(default_factory=dict)
    defaults: dict[str, Any] = Field(default_factory=dict)
    cases: list[Any] = Field(default_factory=list)
    tables: list[Any] = Field(default_factory=list)
    projects: list[Any] = Field(default_factory=list)


class _Limits(Limits, Checked):
    """The keys of ``[limits]``."""


def read_plan(path: Path) -> Plan:
    """The plan in a TOML file.

    Raises
    ------
    PlanError
        With everything that is wrong: no TOML, unknown or missing keys, wrong values, files that are not there,
        patterns that match nothing, names or folders that stand twice.
    """
    faults, place = Faults(), Place(path)
    tables = plan_tables(path, faults)
    if tables.get("schema") != SCHEMA:
        faults.add(place, "schema", "is no plan of this kind", f'its first line is schema = "{SCHEMA}"')
    top = sound(_Top, {"schema": SCHEMA, **tables}, place, faults)
    base = path.resolve().parent
    limits = Limits.model_validate(sound(_Limits, top.get("limits", {}), Place(path, "limits"), faults))
    lang = top.get("lang", Language.ENGLISH)
    defaults = {"lang": lang, **sound(Shared, top.get("defaults", {}), Place(path, "defaults"), faults)}
    results, rows, cases = str(top.get("results", "results")), list[Row](), list[Case]()
    for row in _rows(path, base, top, defaults, faults):
        rows.append(row)
        if (case := _case(row, base, results, faults)) is not None:
            cases.append(case)
    if not rows and not faults.lines:
        faults.add(place, "", "asks for no inspection", "add [[cases]], [[tables]] or [[projects]]")
    _each_apart(rows, results, base, faults)
    faults.end()
    return Plan(
        path=path,
        base=base,
        results=(base / results).resolve(),
        name=top.get("name") or path.stem,
        lang=lang,
        limits=limits,
        cases=tuple(sorted(cases, key=lambda case: case.name)),
    )


def _rows(path: Path, base: Path, top: dict[str, Any], defaults: dict[str, Any], faults: Faults) -> Iterator[Row]:
    yield from written_rows(path, top.get("cases", []), defaults, faults)
    for number, table in enumerate(top.get("tables", []), start=1):
        place = Place(path, f"tables {number}")
        entry = sound(Table, table if isinstance(table, dict) else {}, place, faults)
        if "file" in entry:
            yield from table_rows(base, place, entry["file"], defaults, faults)
    for number, table in enumerate(top.get("projects", []), start=1):
        place = Place(path, f"projects {number}")
        entry = sound(Projects, table if isinstance(table, dict) else {}, place, faults)
        before, rows = len(faults.lines), list(project_rows(base, place, entry, defaults, faults))
        if "folders" in entry and not rows and len(faults.lines) == before:
            faults.add(place, "", "no inspection is listed in these records", "add them, or name other milestones")
        yield from rows


def _case(row: Row, base: Path, results: str, faults: Faults) -> Case | None:
    """The case with its patterns resolved; None where something is wrong with it, which is noted."""
    before, values = len(faults.lines), dict(row.values)
    _check_name(row, faults)
    for key in ("design", "surveys"):
        values[key] = tuple(file for text in values.get(key, ()) for file in _matched(row, key, text, base, faults))
    for key in _FILES:
        if key in values and not is_there(base / values[key]):
            faults.add(row.place, key, f"there is no file {values[key]}", "correct its name")
    _check_rules(row, base, faults)
    values["folder"] = _folder(row, results)
    _check_folder(row, base, values["folder"], faults)
    if len(faults.lines) > before or not (values.get("name") and values["design"] and values["surveys"]):
        return None
    return Case.model_validate(values)


def _matched(row: Row, key: str, text: str, base: Path, faults: Faults) -> tuple[str, ...]:
    files = matching(base, text)
    if not files and is_pattern(base, text):
        faults.add(row.place, key, f"nothing matches {text!r}", "correct the pattern")
    elif not files:
        faults.add(row.place, key, f"there is no file {text}", "correct its name")
    for file in files:
        if not is_text(file):
            faults.add(row.place, key, f"{file!a}: its name is no text", "rename it")
    return files


def _check_name(row: Row, faults: Faults) -> None:
    name = row.values.get("name")
    if name is None:
        return
    if name.startswith((".", " ")) or not all(char.isalnum() or char in "-_. ()" for char in name):
        faults.add(row.place, "name", "is no name for a file", "use letters, digits, blanks and - _ . ( )")
    if len(name.encode()) > _LONGEST_NAME:
        faults.add(row.place, "name", f"is longer than {_LONGEST_NAME} bytes", "shorten it")


def _check_rules(row: Row, base: Path, faults: Faults) -> None:
    """What can be told of a case without opening its models and clouds."""
    values = row.values
    need = _NEEDS.get(values.get("registration", RegistrationChoice.AUTO))
    if need and need not in values:
        faults.add(row.place, "registration", f"rests on a {need}, and none is named", f"add {need}")
    if "settings" in values and (wrong := _wrong_settings(base / values["settings"])):
        faults.add(row.place, "settings", wrong[0].replace(f"{base}/", ""), wrong[1])
    if "crs" in values and (wrong := _wrong_system(values["crs"])):
        faults.add(row.place, "crs", *wrong)


@lru_cache(maxsize=256)
def _wrong_settings(path: Path) -> tuple[str, str] | None:
    if not is_there(path):
        return None  # said already
    try:
        read_settings(path)
    except TwinError as error:
        return error.message, error.hint
    return None


@lru_cache(maxsize=256)
def _wrong_system(text: str) -> tuple[str, str] | None:
    from twin.survey.crs import stated

    try:
        stated(text)
    except TwinError as error:
        return error.message, error.hint
    return None


def _folder(row: Row, results: str) -> str:
    return str(row.values.get("folder") or (Path(results) / "cases" / str(row.values.get("name", "-"))).as_posix())


def _check_folder(row: Row, base: Path, folder: str, faults: Faults) -> None:
    try:
        check_replaceable(base / folder)
    except TwinError as error:
        faults.add(row.place, "folder", error.message.replace(f"{base}/", ""), error.hint)


def _each_apart(rows: list[Row], results: str, base: Path, faults: Faults) -> None:
    """Names once, and no case folder twice or inside another, or around the results."""
    names: dict[str, Place] = {}
    folders = {(base / results).resolve(): "the results"}
    for row in rows:
        name = row.values.get("name")
        if name is None:
            continue
        earlier = names.setdefault(name.casefold(), row.place)
        if earlier is not row.place:
            faults.add(row.place, "name", f"{name} stands twice", f"the other is {earlier.path}, {earlier.part}")
            continue
        folder = (base / _folder(row, results)).resolve()
        if folder in folders:
            faults.add(row.place, "folder", f"is that of {folders[folder]}", "give each case a folder of its own")
        folders.setdefault(folder, name)
    _none_nested(rows, folders, base, results, faults)


def _none_nested(rows: list[Row], folders: dict[Path, str], base: Path, results: str, faults: Faults) -> None:
    whole = (base / results).resolve()
    for row in rows:
        folder = (base / _folder(row, results)).resolve()
        around = next((above for above in folder.parents if above in folders), None)
        if around is not None and folders[around] != "the results":
            faults.add(row.place, "folder", f"lies inside that of {folders[around]}", "keep case folders apart")
        if folder in whole.parents and "name" in row.values:
            faults.add(row.place, "folder", "holds the results of the batch", "keep case folders apart from them")
