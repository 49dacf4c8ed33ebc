"""Sees one case to its end: what is there stays, what may pass is tried again, and a receipt says what came of it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from pipelines.batch.attempt import Ended, Means, attempted, data_bytes
from pipelines.batch.beside import forget_other, tell_beside
from pipelines.batch.case import Order
from pipelines.batch.digests import digests_in
from pipelines.batch.keys import key_of
from pipelines.batch.locks import case_lock
from pipelines.batch.model import Case, Frozen, Limits
from pipelines.batch.outcome import Outcome, one_line
from pipelines.batch.receipts import LOGS, CaseResult, Receipt, Status, case_result, settled, write_receipt
from twin import digest
from twin.evidence.case import FolderError


class Task(Frozen):
    """One case with all that its supervisor needs, on this machine or another.

    Attributes
    ----------
    version : str
        Of the program that planned it; another one gives other results.
    """

    case: Case
    base: Path
    results: Path
    limits: Limits
    threads: int
    version: str


class Watch(Protocol):
    """Who looks on while a case runs."""

    def heard(self, name: str, stage: str) -> None:
        """A case has begun a stage."""
        ...

    def stopped(self) -> bool:
        """Whether the batch was stopped."""
        ...


class Stopped(Exception):
    """The batch was stopped before the case ended; nothing of it is left."""


def supervise(task: Task, watch: Watch, held: tuple[int, ...] = ()) -> Receipt:
    """Runs the case, unless its result or its final failure is there already, and writes its receipt.

    Raises
    ------
    Stopped
        The batch was stopped.
    FolderError
        The results cannot be written.
    """
    case, name = task.case, task.case.name
    with case_lock(task.results, name, watch.stopped) as lock:
        if lock is None or watch.stopped():
            raise Stopped
        if task.version != version("plumbline"):
            said = f"this worker runs Plumbline {version('plumbline')}, the plan {task.version}"
            receipt = _of_outcome(task, "", Outcome(status=Status.FAILED, reason=said, may_pass=True))
            tell_beside(case, task.base, receipt, is_new=True)
            return receipt
        key = _key(task, watch)
        if earlier := settled(case, key, task.base, task.results, task.limits):
            tell_beside(case, task.base, earlier, is_new=False)
            return earlier
        forget_other(case, task.base, key)
        receipt = _tried(task, key, watch, (*held, lock))
        write_receipt(receipt, task.results)
        tell_beside(case, task.base, receipt, is_new=True)
        return receipt


def _key(task: Task, watch: Watch) -> str:
    """The case's key. Large clouds take their time: the batch may be stopped meanwhile."""

    def go_on() -> None:
        if watch.stopped():
            raise Stopped

    digests = digests_in(task.results)
    try:
        return key_of(task.case, task.base, lambda path: digests.of(path, go_on))
    finally:
        digests.keep()


def _tried(task: Task, key: str, watch: Watch, held: tuple[int, ...]) -> Receipt:
    """Attempts until one is final."""
    name, log = task.case.name, task.results / LOGS / f"{task.case.name}.log"
    _make_empty(log)
    made: list[Ended] = []
    while True:
        made.append(_attempt(task, key, watch, held, log))
        outcome = made[-1].outcome
        if outcome is None:
            raise Stopped
        if not outcome.may_pass or len(made) > task.limits.retries:
            break
    watch.heard(name, "")
    if not outcome.keeps_log:
        log.unlink(missing_ok=True)
    return _of_outcome(task, key, outcome).model_copy(update=_cost(made))


def _cost(made: list[Ended]) -> dict[str, float]:
    return {
        "attempts": len(made),
        "seconds": round(sum(each.seconds for each in made), 2),
        "cpu_seconds": round(sum(each.cpu_seconds for each in made), 2),
        "peak_rss_mb": round(max(each.peak_rss_mb for each in made), 1),
    }


def _attempt(task: Task, key: str, watch: Watch, held: tuple[int, ...], log: Path) -> Ended:
    order = Order(case=task.case, base=task.base, key=key, data_bytes=data_bytes(task.limits))
    try:
        with _scratch(task) as scratch:
            means = Means(task.threads, task.limits, log, scratch, held)
            return attempted(order, means, lambda stage: watch.heard(task.case.name, stage), watch.stopped)
    except OSError as error:
        said = one_line(f"its process could not be started ({error})")
        return Ended(Outcome(status=Status.FAILED, reason=said, may_pass=True), 0.0, 0.0, 0.0)


def _of_outcome(task: Task, key: str, outcome: Outcome) -> Receipt:
    case, log = task.case, f"{LOGS}/{task.case.name}.log"
    receipt = Receipt(
        name=case.name,
        key=key,
        status=outcome.status,
        reason=f"{outcome.reason}; details in {log}" if outcome.keeps_log else outcome.reason,
        exit_code=outcome.exit_code,
        may_pass=outcome.may_pass,
        limits=task.limits,
        log=log if outcome.keeps_log else None,
    )
    if outcome.status is not Status.DONE:
        return receipt
    result = case_result(task.base / case.folder, key)
    if result is None:
        said = "its process said that it is done, and there is no case"
        return receipt.model_copy(update={"status": Status.CRASHED, "reason": said, "may_pass": True})
    return receipt.model_copy(update={name: getattr(result, name) for name in CaseResult.model_fields})


def _make_empty(log: Path) -> None:
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")
    except OSError as error:
        raise FolderError(
            f"{log}: cannot be written ({error.strerror})", "free some space, check its rights"
        ) from error


@contextmanager
def _scratch(task: Task) -> Iterator[Path]:
    """An empty folder for temporary files, always the same for a case: what a killed attempt left there goes."""
    mine = Path(tempfile.gettempdir()) / f"plumbline-batch-{os.getuid()}"
    mine.mkdir(mode=0o700, exist_ok=True)
    if mine.is_symlink() or mine.stat().st_uid != os.getuid():
        raise OSError(f"{mine} belongs to somebody else")
    folder = mine / digest.of_json([str(task.results), task.case.name])[:16]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
