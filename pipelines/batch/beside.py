"""What a batch leaves beside the case folders of projects: why an inspection of their records gave no case.

Receipts lie in the results of the batch, where nobody looks who asks for a project.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path

from pipelines.batch.model import Case
from pipelines.batch.receipts import Receipt, Status
from twin.evidence.case import FolderError
from twin.supervision.failures import Failure, document_digest, failure_path, read_failure, write_failure


def tell_beside(case: Case, base: Path, receipt: Receipt, *, is_new: bool) -> None:
    """Says why there is no result, or says it no longer. Where nothing can be written there, the receipt alone tells.

    Parameters
    ----------
    is_new : bool
        Whether it ended just now; what is settled from an earlier run is told as it was.
    """
    if case.project is None:
        return
    folder = base / case.folder
    if receipt.status is Status.DONE:
        _forget(folder)
        return
    told = read_failure(folder)
    if not is_new and told is not None and (told.key, told.status) == (receipt.key, receipt.status):
        return
    failure = Failure(
        name=folder.name,
        status=receipt.status.value,
        reason=receipt.reason.removesuffix(f"; details in {receipt.log}"),
        exit_code=receipt.exit_code,
        day=date.today(),
        key=receipt.key,
        case=document_digest(folder),
    )
    with suppress(FolderError):
        write_failure(failure, folder)


def forget_other(case: Case, base: Path, key: str) -> None:
    """What another key failed of says nothing about this one."""
    if case.project is None:
        return
    told = read_failure(base / case.folder)
    if told is None or told.key != key:
        _forget(base / case.folder)


def _forget(folder: Path) -> None:
    with suppress(OSError):
        failure_path(folder).unlink(missing_ok=True)
