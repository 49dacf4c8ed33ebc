"""What came of a case: receipts on disk, and the case folder, which speaks for itself."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from pipelines.batch.model import Case, Frozen, Limits
from twin.conformity.model import Verdict
from twin.evidence.case import write_whole
from twin.evidence.inspection import FILE_NAME as DOCUMENT

SCHEMA: Literal["plumbline.receipt/1"] = "plumbline.receipt/1"
FOLDER, LOGS = "receipts", "logs"
MARK = "case.json"
"""Lies in a case folder and says by which key it was made: it appears with the case, in the same instant."""


class Status(StrEnum):
    """How a case ended."""

    DONE = "done"
    FAILED = "failed"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"


class Counts(Frozen):
    """Findings by verdict."""

    inconsistent: int = 0
    borderline: int = 0
    information: int = 0


class Receipt(Frozen):
    """What came of one case.

    Attributes
    ----------
    key : str
        Digest of inputs, options and version: the same key gives the same result.
    reason : str
        Why there is no result, in one line; empty where there is one.
    exit_code : int or None
        Of the case's process, as the command line's own; negative the signal that ended it.
    verdict : Verdict or None
        None where there is no result: never to be read as consistent.
    notes : tuple of str
        Of the result: what was not seen, and so on.
    attempts : int
        In all; 0 where the result was there already.
    may_pass : bool
        Whether another attempt with the same key may end otherwise.
    limits : Limits
        Under which it ended.
    log : str or None
        File with the details, relative to the results.
    """

    schema_: Literal["plumbline.receipt/1"] = Field(default=SCHEMA, alias="schema")
    name: str
    key: str
    status: Status
    reason: str = ""
    exit_code: int | None = None
    verdict: Verdict | None = None
    findings: Counts = Counts()
    notes: tuple[str, ...] = ()
    attempts: int = 0
    seconds: float | None = None
    cpu_seconds: float | None = None
    peak_rss_mb: float | None = None
    may_pass: bool = False
    limits: Limits = Limits()
    log: str | None = None


def receipt_path(results: Path, name: str) -> Path:
    """Where a case's receipt lies."""
    return results / FOLDER / f"{name}.json"


def write_receipt(receipt: Receipt, results: Path) -> None:
    """Writes it whole. Raises `FolderError` where the results cannot be written."""
    write_whole(receipt_path(results, receipt.name), receipt.model_dump_json(indent=1, by_alias=True) + "\n")


def read_receipt(results: Path, name: str) -> Receipt | None:
    """The receipt of a case; None where there is none or it cannot be read."""
    try:
        return Receipt.model_validate_json(receipt_path(results, name).read_bytes())
    except (OSError, ValidationError):
        return None


def mark_of(case: Case, key: str) -> str:
    """The text of `MARK`."""
    return json.dumps({"schema": "plumbline.case/1", "name": case.name, "key": key}, ensure_ascii=False) + "\n"


def settled(case: Case, key: str, base: Path, results: Path, limits: Limits) -> Receipt | None:
    """What already came of a case, where another attempt would bring nothing else; None where it is to be run."""
    earlier = read_receipt(results, case.name)
    if earlier is not None and earlier.key != key:
        earlier = None
    if (finished := case_result(base / case.folder, key)) is not None:
        cost = earlier if earlier is not None and earlier.status is Status.DONE else None
        return (cost or Receipt(name=case.name, key=key, status=Status.DONE, exit_code=0)).model_copy(
            update={name: getattr(finished, name) for name in CaseResult.model_fields}
        )
    return earlier if earlier is not None and _is_final(earlier, limits) else None


class CaseResult(Frozen):
    """What a finished case came to; its fields are those of a receipt."""

    verdict: Verdict
    findings: Counts
    notes: tuple[str, ...]


def case_result(folder: Path, key: str) -> CaseResult | None:
    """What a finished case came to; None where the folder holds none of that key."""
    mark, document = _json(folder / MARK), _json(folder / DOCUMENT)
    if mark.get("key") != key or "verdict" not in document:
        return None
    said = [finding["verdict"] for finding in document["findings"]]
    counts = Counts(**{name: said.count(name) for name in Counts.model_fields})
    return CaseResult(verdict=Verdict(document["verdict"]), findings=counts, notes=tuple(document["notes"]))


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _is_final(receipt: Receipt, limits: Limits) -> bool:
    """Whether a failure would come again: not where it may pass, nor where its limit was raised since."""
    if receipt.status is Status.TIMEOUT:
        return limits.minutes <= receipt.limits.minutes
    if receipt.status is Status.OUT_OF_MEMORY:
        then = receipt.limits.memory_gb
        return then is not None and limits.memory_gb is not None and limits.memory_gb <= then
    return receipt.status is Status.FAILED and not receipt.may_pass
