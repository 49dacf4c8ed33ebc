"""Runs that gave no case: a small file beside the case folder says why, so that a failure never looks like nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from twin import digest
from twin.evidence.case import write_whole
from twin.evidence.inspection import FILE_NAME

SCHEMA: Literal["plumbline.failure/1"] = "plumbline.failure/1"
ENDING = ".failed.json"


class Failure(BaseModel):
    """Why the last run of an inspection gave no case.

    Attributes
    ----------
    name : str
        Of the inspection, as its case folder.
    status : str
        As in the receipt of a batch: failed, timeout, out_of_memory, crashed.
    reason : str
        In one line.
    exit_code : int or None
        Of the process that inspected; negative the signal that ended it.
    day : date
        On which it ended.
    key : str
        Digest of its inputs, options and the version of the program; empty where it did not come so far.
    case : str or None
        SHA-256 of the document of the case that stood there then, from an earlier run; None where there was none.
    """

    model_config = ConfigDict(frozen=True)

    schema_: Literal["plumbline.failure/1"] = Field(default=SCHEMA, alias="schema")
    name: str
    status: str
    reason: str
    exit_code: int | None = None
    day: date
    key: str = ""
    case: str | None = None


def failure_path(folder: Path) -> Path:
    """Where the failure of the inspection with that case folder is told."""
    return folder.with_name(f"{folder.name}{ENDING}")


def document_digest(folder: Path) -> str | None:
    """SHA-256 of the document of the case in `folder`; None where there is none."""
    try:
        return digest.of_file(folder / FILE_NAME)
    except OSError:
        return None


def write_failure(failure: Failure, folder: Path) -> None:
    """Writes it whole, beside that case folder. Raises `FolderError` where it cannot be written."""
    write_whole(failure_path(folder), failure.model_dump_json(indent=1, by_alias=True) + "\n")


def read_failure(folder: Path) -> Failure | None:
    """What is told beside a case folder; None where nothing is, or nothing that can be read."""
    try:
        return Failure.model_validate_json(failure_path(folder).read_bytes())
    except (OSError, ValidationError):
        return None


def why_failed(folder: Path) -> str | None:
    """Why the last run with that case folder gave no case; None where it gave one, or none was made.

    A case that was made since, by whatever command, is another than the one that stood there when the run failed.
    """
    path, standing = failure_path(folder), document_digest(folder)
    if not path.exists():
        return None
    failure = read_failure(folder)
    if failure is None:
        return f"{path.name} is malformed" if standing is None else None
    return failure.reason if failure.case == standing else None
