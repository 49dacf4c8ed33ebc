"""Where the projects of a portfolio lie, and whether their files changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from pipelines.projects.settings import FILE_NAME as SETTINGS_NAME
from twin.errors import InputError
from twin.evidence.inspection import FILE_NAME as DOCUMENT
from twin.supervision import decisions, records
from twin.supervision.failures import ENDING
from twin.supervision.following import keeping

HIDDEN = ".plumbline"
"""Folder at the root of a portfolio for what can be made again at any time."""


def project_folders(root: Path) -> tuple[Path, ...]:
    """Folders with a project's record, at any depth but not inside each other, and folders of which nobody can say.

    Hidden folders are left out, and links to folders are not followed.

    Raises
    ------
    InputError
        `root` is no folder that can be read.
    """
    if not root.is_dir():
        raise InputError(f"{root}: is no folder", "name the folder under which projects lie")
    found: list[Path] = []
    for place, folders, files in os.walk(root, onerror=lambda error: found.append(Path(error.filename))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if records.FILE_NAME in files:
            found.append(Path(place))
            folders.clear()
    return tuple(found)


def portfolio_of(project: Path) -> Path:
    """The portfolio to which a project belongs: the nearest folder above with settings, else with an index, else the
    folder above.

    Whoever lists a part of a portfolio leaves an index there: that makes it no portfolio of its own.
    """
    above = project.resolve().parents
    marked = (place for name in (SETTINGS_NAME, HIDDEN) for place in above if (place / name).exists())
    return next(marked, above[0])


def stamp(folder: Path) -> str:
    """Tells whether any file of a project changed that its state rests on: which they are, their sizes and times."""
    digest = hashlib.sha256()
    for path in _truth(folder):
        try:
            facts = path.stat()
        except OSError:
            continue
        digest.update(f"{path.relative_to(folder)}\n{facts.st_size} {facts.st_mtime_ns} {facts.st_ino}\n".encode(
            "utf-8", "surrogateescape"
        ))  # fmt: skip
    return digest.hexdigest()


def _truth(folder: Path) -> Iterator[Path]:
    yield from (
        folder / name for name in (records.FILE_NAME, decisions.FILE_NAME, decisions.HEAD_NAME, keeping.KEPT_NAME)
    )
    try:
        cases = sorted(entry.name for entry in os.scandir(folder / records.CASES))
    except OSError:
        return
    for name in cases:
        if name.endswith(ENDING) and not name.startswith("."):
            yield folder / records.CASES / name
        elif not name.startswith("."):
            yield from (folder / records.CASES / name / file for file in (DOCUMENT, "follow_up.json"))
