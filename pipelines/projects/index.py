"""The index over the projects of a portfolio: an answer to questions, never the truth.

It is read from the files of projects, again wherever those changed, and can be thrown away at any time. SQLite in
``.plumbline/index.sqlite`` by default, any database that SQLAlchemy knows by its URL. A broken file of SQLite is made
anew; where none can be written, the index lives in memory for the length of one answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, SQLAlchemyError

from pipelines.followup import follow_missing
from pipelines.projects import tables
from pipelines.projects.folders import HIDDEN, project_folders, stamp
from pipelines.projects.rows import (
    Entry,
    Row,
    Rows,
    columns_of_cases,
    columns_of_day,
    columns_of_project,
    entry_from,
    facts_from,
    rows_of_due,
    rows_of_facts,
)
from pipelines.projects.settings import supervision_of_each
from twin import digest
from twin.errors import InputError, TwinError
from twin.supervision.settings import SupervisionSettings
from twin.supervision.state import Facts, read_facts, state_at

FILE_NAME = "index.sqlite"
_MEMORY = "sqlite://"


class IndexUnusable(InputError):
    """The database that was asked for cannot be used."""


@dataclass(frozen=True, slots=True)
class _Portfolio:
    """What an answer is about: a root, a day, and one project where only that is asked for."""

    root: Path
    today: date
    only: Path | None
    folders: Mapping[str, Path]
    """Folders of projects by their name in the index."""
    settings: Mapping[str, SupervisionSettings]
    """Of each project by its name: those of the nearest file, from wherever one asks."""

    def digest_of(self, name: str) -> str:
        """Of a project's settings."""
        return digest.of_json(asdict(self.settings[name]))


def portfolio(
    root: Path, today: date, *, database: str | None = None, only: Path | None = None, rebuild: bool = False
) -> tuple[Entry, ...]:
    """All projects of a portfolio at a day, from its index, which is brought up to date first.

    Parameters
    ----------
    database : str, optional
        URL of another database than the file in `root`.
    only : Path, optional
        Folder of the one project that is asked for, inside `root`.
    rebuild : bool
        Throw the index away first.

    Raises
    ------
    InputError
        `root` is no folder; a named database cannot be used.
    SettingsError
        A ``supervision.toml`` at, above or below `root` is wrong.
    """
    found = project_folders(root) if only is None else (only,)
    folders = {_name(each, root): each for each in found}
    _, *settings = supervision_of_each([root, *folders.values()])
    asked = _Portfolio(root, today, only, folders, dict(zip(folders, settings, strict=True)))
    if database is not None:
        return _named(asked, database, rebuild)
    path = root / HIDDEN / FILE_NAME
    if path.exists() or (found and only is None):
        for afresh in (rebuild, True):
            try:
                return _in_file(asked, path, afresh)
            except (DatabaseError, OSError, ValueError, KeyError, TypeError) as error:
                if "locked" in str(error) or "readonly" in str(error):
                    break
    return _answer(asked, sql.make_url(_MEMORY))


def _in_file(asked: _Portfolio, path: Path, afresh: bool) -> tuple[Entry, ...]:
    path.parent.mkdir(exist_ok=True)
    if afresh:
        path.unlink(missing_ok=True)
    return _answer(asked, sql.URL.create("sqlite", database=str(path)))


def _named(asked: _Portfolio, database: str, rebuild: bool) -> tuple[Entry, ...]:
    try:
        url = sql.make_url(database)
        return _answer(asked, url, rebuild)
    except (ArgumentError, NoSuchModuleError) as error:
        raise IndexUnusable(f"--database {database!r}: is no database", "such as sqlite:///index.sqlite") from error
    except ModuleNotFoundError as error:
        raise IndexUnusable(f"--database: {error.name} is not installed", "pip install plumbline[postgres]") from error
    except SQLAlchemyError as error:
        said = " ".join(str(getattr(error, "orig", error)).split())
        where = url.render_as_string(hide_password=True)
        raise IndexUnusable(f"{where}: cannot be used ({said})", "check that it runs and may be written") from error


def _answer(asked: _Portfolio, url: sql.URL, rebuild: bool = False) -> tuple[Entry, ...]:
    is_file = url.get_backend_name() == "sqlite"
    engine = sql.create_engine(url, connect_args={"timeout": 30} if is_file else {})
    try:
        with engine.begin() as connection:
            if is_file:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            _prepare(connection, rebuild)
            _refresh(connection, asked)
            return _entries(connection, asked.folders)
    finally:
        engine.dispose()


def _prepare(connection: sql.Connection, rebuild: bool) -> None:
    """Tables of this edition; those of another, or all on request, go first."""
    known = set(sql.inspect(connection).get_table_names())
    editions = connection.scalars(sql.select(tables.edition.c.number)).all() if tables.edition.name in known else []
    if rebuild or (editions != [tables.EDITION] and known & set(tables.metadata.tables)):
        tables.metadata.drop_all(connection)
    tables.metadata.create_all(connection)
    if rebuild or editions != [tables.EDITION]:
        connection.execute(sql.insert(tables.edition).values(number=tables.EDITION))


def _refresh(connection: sql.Connection, asked: _Portfolio) -> None:
    """Reads again what changed on disk, and dates again what is of another day or other settings."""
    rows, folders = _projects(connection), asked.folders
    if asked.only is None:
        _remove(connection, rows.keys() - folders.keys())
    dated: list[str] = []
    for name, folder in folders.items():
        row, unfollowed = rows.get(name), None
        if row is None or row["unfollowed"] is not None or _changed(asked, name, row):
            unfollowed = _said(follow_missing(folder))
        if row is None or row["stamp"] != stamp(folder) or row["unfollowed"] != unfollowed:
            _remove(connection, [name] if row else [])
            _add(connection, asked, name, unfollowed)
        elif row["day"] != asked.today or row["settings"] != asked.digest_of(name):
            dated.append(name)
    parts = _parts(connection, dated)
    for name in dated:
        facts = None if rows[name]["broken"] else facts_from(folders[name], rows[name], parts[name])
        _date(connection, asked, name, facts)


def _changed(asked: _Portfolio, name: str, row: Row) -> bool:
    return bool(row["stamp"] != stamp(asked.folders[name]) or row["settings"] != asked.digest_of(name))


def _add(connection: sql.Connection, asked: _Portfolio, name: str, unfollowed: str | None) -> None:
    """Rows of a project from its files; `unfollowed` says why its findings could not be followed."""
    folder = asked.folders[name]
    row = {"folder": name, "stamp": stamp(folder), "day": asked.today, "settings": asked.digest_of(name)}
    row["unfollowed"] = unfollowed
    try:
        facts = read_facts(folder)
    except TwinError as error:
        connection.execute(sql.insert(tables.project).values(**row, broken=_text(str(error))))
        return
    except Exception as error:  # harms no other project; asking for this one alone tells where it lies
        said = f"{folder}: sorry, this is a bug ({type(error).__name__}: {' '.join(str(error).split())})"
        connection.execute(sql.insert(tables.project).values(**row, broken=_text(said)))
        return
    connection.execute(
        sql.insert(tables.project).values(**row, **columns_of_project(facts.project), **columns_of_cases(facts))
    )
    for table, rows in rows_of_facts(facts).items():
        _insert(connection, tables.PARTS[table], name, rows)
    _date(connection, asked, name, facts)


def _date(connection: sql.Connection, asked: _Portfolio, name: str, facts: Facts | None) -> None:
    """Risk and due dates of a project at the day that is asked for."""
    columns: dict[str, Any] = {"day": asked.today, "settings": asked.digest_of(name)}
    if facts is not None:
        state = state_at(facts, asked.settings[name], asked.today)
        columns |= columns_of_day(state)
        connection.execute(sql.delete(tables.due).where(tables.due.c.folder == name))
        _insert(connection, tables.due, name, rows_of_due(state.due))
    connection.execute(sql.update(tables.project).where(tables.project.c.folder == name).values(**columns))


def _insert(connection: sql.Connection, table: sql.Table, name: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        numbered = [{**row, "folder": name, "position": position} for position, row in enumerate(rows)]
        connection.execute(sql.insert(table), numbered)


def _remove(connection: sql.Connection, names: Iterable[str]) -> None:
    for name in names:
        for table in (*tables.PARTS.values(), tables.project):
            connection.execute(sql.delete(table).where(table.c.folder == name))


def _entries(connection: sql.Connection, folders: Mapping[str, Path]) -> tuple[Entry, ...]:
    rows = _projects(connection)
    parts = _parts(connection, folders)
    first: dict[str, str] = {}
    entries = []
    for name in sorted(folders):
        entry = entry_from(folders[name], rows[name], parts[name])
        if entry.state is not None and (twin := first.setdefault(entry.state.project.number, name)) != name:
            said = f"{entry.folder}: its number {entry.number} is that of {twin}: give each project its own"
            entry = replace(entry, broken=said, state=None, decisions=())
        entries.append(entry)
    return tuple(entries)


def _projects(connection: sql.Connection) -> dict[str, dict[str, Any]]:
    return {row["folder"]: dict(row) for row in connection.execute(sql.select(tables.project)).mappings()}


def _parts(connection: sql.Connection, names: Iterable[str]) -> dict[str, Rows]:
    """Rows of each project by table, in their order."""
    parts: dict[str, dict[str, list[Row]]] = {name: {part: [] for part in tables.PARTS} for name in names}
    for part, table in tables.PARTS.items() if parts else ():
        query = sql.select(table).order_by(table.c.folder, table.c.position)
        if len(parts) == 1:
            query = query.where(table.c.folder == next(iter(parts)))
        columns = [column.name for column in table.columns][2:]
        for folder, _, *values in connection.execute(query):
            if folder in parts:
                parts[folder][part].append(dict(zip(columns, values, strict=True)))
    return dict(parts)


def _name(folder: Path, root: Path) -> str:
    """A folder's name in the index: relative, and in text that any database takes."""
    return _text(folder.resolve().relative_to(root.resolve()).as_posix())


def _said(text: str | None) -> str | None:
    return None if text is None else _text(text)


def _text(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
