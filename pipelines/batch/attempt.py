"""One attempt at a case: a process of its own, watched from outside, ended where it takes too much."""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import psutil  # type: ignore[import-untyped]
from pydantic import ValidationError

from pipelines.batch.case import Order
from pipelines.batch.copies import Copy, begun
from pipelines.batch.model import Limits
from pipelines.batch.outcome import TELLING, Message, Outcome
from pipelines.batch.receipts import Status

_GLANCE_S = 0.1
_BACKSTOP_SHARE, _BACKSTOP_BYTES = 1.25, 500_000_000
"""How far the system's own limit lies above the one that is watched: it counts what is
allocated and never touched, and stops what allocates faster than one looks."""
_PACKAGES = Path(__file__).resolve().parents[2]
_CHILDREN_S = 0.5
"""How often one looks for processes that the case's process has started."""
_THREADS = (
    *("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"),
    *("VTK_SMP_MAX_THREADS", "LP_NUM_THREADS"),
)


@dataclass(frozen=True, slots=True)
class Ended:
    """What an attempt came to and what it cost; None of `outcome` where the batch was stopped."""

    outcome: Outcome | None
    seconds: float
    cpu_seconds: float
    peak_rss_mb: float


@dataclass(frozen=True, slots=True)
class Means:
    """With what an attempt is made.

    Attributes
    ----------
    log : Path
        Receives all that the process prints.
    scratch : Path
        Folder for its temporary files.
    held : tuple of int
        Handles of locks that the process holds while it lives.
    """

    threads: int
    limits: Limits
    log: Path
    scratch: Path
    held: tuple[int, ...]


def data_bytes(limits: Limits) -> int | None:
    """The system's limit on a process's own memory."""
    if limits.memory_gb is None:
        return None
    return int(limits.memory_gb * 1e9 * _BACKSTOP_SHARE) + _BACKSTOP_BYTES


def attempted(order: Order, means: Means, heard: Callable[[str], None], stopped: Callable[[], bool]) -> Ended:
    """Runs a case's process to its end.

    Parameters
    ----------
    heard : callable
        Told of each stage that begins.
    stopped : callable
        Whether the batch was stopped: the process is then killed.
    """
    ends = os.pipe()
    with os.fdopen(ends[0], "rb") as messages, os.fdopen(ends[1], "wb") as answers:
        listening = _Listening(messages.fileno(), heard)
        copy = _begun(order, means, answers, stopped)
        answers.close()  # now the process alone has it: who dies closes it
        if copy is None:
            return Ended(None, 0.0, 0.0, 0.0)
        started = time.monotonic()  # what the libraries took to load is not the case's
        try:
            verdict = _watched(copy, listening, means.limits, started, stopped)
        finally:
            code, cpu_seconds, most_bytes = copy.ended()
        listening.drain()
    outcome = listening.outcome or (None if stopped() else verdict or _crash(code, means.log))
    return Ended(outcome, time.monotonic() - started, cpu_seconds, most_bytes / 1e6)


def _begun(order: Order, means: Means, answers: BinaryIO, stopped: Callable[[], bool]) -> Copy | None:
    """The process, its order on its standard input; None where the batch was stopped before."""
    with means.log.open("ab") as log, TemporaryFile(dir=means.scratch) as asked:
        asked.write(order.model_dump_json().encode())
        asked.seek(0)
        handles = (asked.fileno(), answers.fileno(), log.fileno(), *means.held)
        return begun(means.scratch, _environment(means), handles, stopped)


def _environment(means: Means) -> dict[str, str]:
    """The caller's, with few threads, and this very program on the path.

    The process has a single thread when it is copied, so that its algebra has one for good.
    """
    path = os.pathsep.join(filter(None, [str(_PACKAGES), os.environ.get("PYTHONPATH")]))
    threads = dict.fromkeys(_THREADS, str(means.threads)) | {"OPENBLAS_NUM_THREADS": "1"}
    return {**os.environ, **threads, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"}


class _Listening:
    """Messages of the process as they come."""

    def __init__(self, handle: int, heard: Callable[[str], None]) -> None:
        self._handle, self._heard, self._rest, self._open = handle, heard, b"", True
        self.outcome: Outcome | None = None
        self._selector = selectors.DefaultSelector()
        self._selector.register(handle, selectors.EVENT_READ)

    def wait(self, seconds: float) -> None:
        """Takes what comes within that time, or lets it pass."""
        if not self._open:
            time.sleep(seconds / 5.0)
        elif self._selector.select(seconds):
            self._take()

    def drain(self) -> None:
        """Takes what still lies in the pipe; its writers are gone."""
        while self._open and self._selector.select(0):
            self._take()
        self._selector.close()

    def _take(self) -> None:
        block = os.read(self._handle, 1 << 16)
        if not block:
            self._open = False
            self._selector.unregister(self._handle)
        *lines, self._rest = (self._rest + block).split(b"\n")
        for line in lines:
            self._understand(line)

    def _understand(self, line: bytes) -> None:
        try:
            message = Message.model_validate_json(line)
        except ValidationError:
            return  # cut off by its writer's death
        self.outcome = message.outcome or self.outcome
        if message.stage is not None:
            self._heard(message.stage)


def _watched(
    copy: Copy, listening: _Listening, limits: Limits, started: float, stopped: Callable[[], bool]
) -> Outcome | None:
    """Waits for the end; the reason where it is to be brought about, None where it came or the batch was stopped."""
    tree, most = _Tree(copy.pid), None if limits.memory_gb is None else limits.memory_gb * 1e9
    while not copy.is_over():
        listening.wait(_GLANCE_S)
        if stopped():
            return None
        if time.monotonic() - started > limits.minutes * 60.0:
            return Outcome(status=Status.TIMEOUT, reason=f"took longer than {limits.minutes:g} min (limits.minutes)")
        if most is not None and tree.own_bytes() > most:
            said = f"needed more than {limits.memory_gb:g} GB (limits.memory_gb)"
            return Outcome(status=Status.OUT_OF_MEMORY, reason=said)
    return None


class _Tree:
    """A process and those it has started."""

    def __init__(self, pid: int) -> None:
        self._all: list[psutil.Process] = []
        self._looked = 0.0
        with suppress(psutil.Error):  # it has ended already
            self._all = [psutil.Process(pid)]

    def own_bytes(self) -> int:
        """Resident memory that is theirs alone; parts of mapped files are left out, since the system can drop them."""
        if time.monotonic() - self._looked > _CHILDREN_S:
            self._looked = time.monotonic()
            with suppress(psutil.Error, IndexError):
                self._all[1:] = self._all[0].children(recursive=True)
        return sum(self._each())

    def _each(self) -> Iterator[int]:
        for process in self._all:
            with suppress(psutil.Error):
                memory = process.memory_info()
                yield memory.rss - memory.shared


def _crash(code: int, log: Path) -> Outcome:
    """An end without a word."""
    if code < 0 and any(text in _tail(log) for text in TELLING):
        return Outcome(status=Status.OUT_OF_MEMORY, reason="asked for more memory than it may take", exit_code=code)
    said = f"killed by signal {-code} ({_signal(-code)})" if code < 0 else f"ended with code {code} without a word"
    return Outcome(status=Status.CRASHED, reason=said, exit_code=code, may_pass=True, keeps_log=True)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


def _tail(log: Path) -> str:
    return log.read_bytes()[-4000:].decode(errors="replace")
