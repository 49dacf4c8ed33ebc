"""The door of ledgers: reads finished cases and the ``follow_up.json`` beside them."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from twin.deviation.model import ElementStatus
from twin.errors import EvidenceError
from twin.evidence import inspection as document
from twin.evidence.case import write_whole
from twin.evidence.seen import read_seen
from twin.supervision.following.absence import Looked
from twin.supervision.following.ledger import SCHEMA, Epoch, Ledger
from twin.supervision.following.progress import ElementRow, states

FILE_NAME = "follow_up.json"


def read_epoch(folder: Path, date: str | None = None, language: str = "en") -> tuple[Epoch, tuple[ElementRow, ...]]:
    """A finished case as a point in time, and its table of elements.

    Parameters
    ----------
    folder : Path
    date : str, optional
        ISO day of the survey; the earliest that its files name where it is left out.
    language : str
        In which the ledger gives reasons.

    Raises
    ------
    EvidenceError
        No finished case, or one of its files is damaged.
    """
    inspection = document.read(folder)
    rows = _elements(folder / "elements.parquet")
    days = sorted(file.captured_on for file in inspection.survey.files if file.captured_on)
    looked = Looked(inspection, read_seen(folder), states(rows))
    return Epoch(folder.resolve().name, date or (days[0] if days else None), looked, language), rows


def read_ledger(folder: Path) -> Ledger | None:
    """The ledger up to a case; None where none was written yet.

    Raises
    ------
    EvidenceError
        The file is damaged.
    """
    path = folder / FILE_NAME
    try:
        return Ledger.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read ({error.strerror})", "check the path and its rights") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise EvidenceError(f"{path}: {where}: {first['msg']}", f"the file must follow {SCHEMA}") from error


def write_ledger(ledger: Ledger, path: Path) -> None:
    """Writes a ledger whole or not at all; equal ledgers are equal bytes."""
    value = ledger.model_dump(mode="json", by_alias=True)
    write_whole(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _elements(path: Path) -> tuple[ElementRow, ...]:
    import polars as pl

    try:
        with path.open("rb") as stream:  # a path that is no text cannot be handed over
            table = pl.read_parquet(stream, columns=["global_id", "ifc_class", "storey", "status"])
        return tuple(ElementRow(g, c, s, ElementStatus(status)) for g, c, s, status in table.iter_rows())
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise EvidenceError(f"{path}: cannot be read ({error})", "inspect again to write it") from error
