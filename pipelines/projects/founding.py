"""New records of projects: written once, never over an earlier one."""

from __future__ import annotations

import os
import re
from pathlib import Path

from twin.evidence.case import write_whole
from twin.supervision.records import FILE_NAME, Project, ProjectError, document


def found(project: Project) -> Path:
    """Writes the record of a new project into its folder and returns its path.

    Raises
    ------
    ProjectError
        There is one already, or a file that the record names is not there.
    FolderError
        It cannot be written.
    """
    check(project, str(project.folder / FILE_NAME))
    path = project.folder / FILE_NAME
    write_whole(path, document(project))
    return path


def check(project: Project, source: str) -> None:
    """Refuses a record that stands already or names files that are not there; `source` is named in errors.

    Raises
    ------
    ProjectError
    """
    path = project.folder / FILE_NAME
    if path.exists():
        raise ProjectError(f"{path}: is there already", "a record is never written over; change it with an editor")
    for name in (*project.design, *filter(None, [project.permit])):
        if not (project.folder / name).resolve().is_file():
            raise ProjectError(f"{source}: there is no file {project.folder / name}", "name design and permit files")


def folder_name(number: str) -> str:
    """A folder's name for a project's number: what file systems and shells dislike becomes a hyphen."""
    return re.sub(r"[^\w.]+", "-", number).strip("-.")[:60] or "project"


def seen_from(folder: Path, file: Path) -> str:
    """A file's path as a record in `folder` writes it: relative, so that both can move together."""
    try:
        return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return file.resolve().as_posix()
