"""The door of ledgers: reads finished cases and the ``follow_up.json`` beside them."""

from __future__ import annotations

import json
from pathlib import Path

from twin.deviation.model import ElementStatus
from twin.errors import EvidenceError
from twin.evidence import inspection as document
from twin.evidence.case import write_whole
from twin.evidence.documents import read_document
from twin.evidence.seen import read_seen
from twin.supervision.following.absence import Looked
from twin.supervision.following.ledger import SCHEMA, Epoch, Ledger
from twin.supervision.following.progress import ElementRow, states

FILE_NAME = "follow_up.json"


def read_epoch(folder: Path, date: str | None = None, language: str = "en") -> tuple[Epoch, tuple[ElementRow, ...]]:
    """A finished case as a point in time, and its table of elements, storeys from below.

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
    levels = {level.name: place for place, level in enumerate(inspection.storeys)}
    rows = tuple(
        sorted(_elements(folder / "elements.parquet"), key=lambda row: levels.get(row.storey or "", len(levels)))
    )
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
    return read_document(folder / FILE_NAME, Ledger, f"the file must follow {SCHEMA}")


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
