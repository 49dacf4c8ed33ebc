"""The portfolio of a city: figures, map files, tables and the dashboard, from folders of projects."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote

from pipelines.choices import Language
from pipelines.progress import Progress
from pipelines.projects.index import portfolio
from pipelines.projects.rows import Entry
from twin.errors import InputError
from twin.evidence.case import FolderError
from twin.supervision.dashboard import write_dashboard
from twin.supervision.exchange import write_geojson, write_tables
from twin.supervision.model import InspectionState, ProjectState, Unreadable
from twin.supervision.portfolio import Figures, figures

PAGE, VIEWER = "portfolio.html", "viewer.html"


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What was counted and written.

    Attributes
    ----------
    folder : Path
        Where everything lies.
    files : tuple of str
        Names inside `folder`.
    notes : tuple of str
        What a reader of the files must know.
    """

    figures: Figures
    folder: Path
    files: tuple[str, ...]
    notes: tuple[str, ...]


def write_portfolio(
    root: Path, folder: Path, today: date, lang: Language, progress: Progress, database: str | None = None
) -> Portfolio:
    """Counts the projects in and under `root` and writes page, map files and tables into `folder`.

    Parameters
    ----------
    database : str, optional
        URL of another index than the file in `root`.

    Raises
    ------
    InputError
        No project lies there, or none can be read; a named database cannot be used.
    EvidenceError
        A file cannot be written.
    """
    progress.started("projects")
    states, unreadable, unfollowed = read_states(root, today, database)
    progress.finished("projects")
    progress.started("portfolio")
    counted = figures(states, today, unreadable)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderError(f"{folder}: cannot be made ({error.strerror})", "give another folder") from error
    notes = (*(each.why for each in unreadable), *unfollowed, *write_geojson(states, folder))
    tables = write_tables(states, counted, folder, lang.value)
    write_dashboard(
        states,
        today,
        folder / PAGE,
        title=_name(root),
        language=lang.value,
        address_of=viewers_from(folder),
        unreadable=unreadable,
    )
    progress.finished("portfolio")
    names = (PAGE, "projects.geojson", "findings.geojson", *(path.name for path in tables))
    return Portfolio(counted, folder, names, notes)


def read_states(
    root: Path, today: date, database: str | None = None
) -> tuple[list[ProjectState], tuple[Unreadable, ...], tuple[str, ...]]:
    """The state of every project in or under `root`, by number, those that cannot be read, with why, and a line for
    each that cannot be followed.

    Raises
    ------
    InputError
        No project lies there, or none can be read; a named database cannot be used.
    """
    entries = portfolio(root, today, database=database)
    unreadable = tuple(
        Unreadable(_text(os.path.relpath(entry.folder, root)), entry.number, entry.broken)
        for entry in entries
        if entry.broken is not None
    )
    notes = tuple(note for entry in entries for note in _notes(entry))
    states = sorted((entry.state for entry in entries if entry.state is not None), key=lambda each: each.project.number)
    if not states:
        said = f"none of its projects can be read: {unreadable[0].why}" if unreadable else "holds no project"
        raise InputError(f"{root}: {said}", "give a folder under which project.toml files lie")
    return states, unreadable, notes


def _notes(entry: Entry) -> Iterator[str]:
    """What a reader must know of a project that is read: that it is not followed, that decisions hang on nothing."""
    if entry.unfollowed is not None:
        yield f"{entry.folder}: its findings cannot be followed: {entry.unfollowed}"
    if entry.loose:
        yield f"{entry.folder}: findings about which something was decided and which no case shows: {len(entry.loose)}"


def viewers_from(folder: Path) -> Callable[[InspectionState], str | None]:
    """Says where an inspection's viewer lies as seen from a page in `folder`; None where it has none."""
    start = folder.resolve()

    def address(inspection: InspectionState) -> str | None:
        viewer = inspection.folder.resolve() / VIEWER
        if not viewer.is_file():
            return None
        try:
            path = Path(os.path.relpath(viewer, start)).as_posix()
        except ValueError:  # another drive
            return viewer.as_uri()
        # Bytes that are no text are escaped too; a colon would make a scheme of what stands before it.
        return quote(os.fsencode(path), safe="/")

    return address


def _name(root: Path) -> str:
    return _text(root.resolve().name) or "Plumbline"


def _text(name: str) -> str:
    """A name in text that any file takes, also where its bytes are none."""
    return name.encode("utf-8", "replace").decode()
