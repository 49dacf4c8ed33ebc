"""Runs the stages of a flow one after another and records what each did and cost."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from pipelines.progress import Progress
from twin.errors import TwinError
from twin.evidence.schema import StagePart

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger


Status = Literal["COMPLETE", "SKIPPED", "FAILED"]


class Meter:
    """How far one stage has come; call it with the amount of work done since the last call."""

    def __init__(self, stage: str, progress: Progress) -> None:
        self._stage, self._progress, self._done = stage, progress, 0.0
        self.why = ""
        """What the record says of how it ran, where that is worth a word."""

    def __call__(self, amount: float, total: float | None = None) -> None:
        """`amount` more is done."""
        self._done += amount
        self._progress.advanced(self._stage, amount, total)

    def reached(self, done: float, total: float) -> None:
        """`done` of `total` is done: the form in which the library's stages report."""
        self(done - self._done, total)


class Stages:
    """The record of a run.

    Parameters
    ----------
    progress : Progress
        Told of each stage.
    log : structlog logger, optional
        Written to as stages end.
    clock : callable
        Seconds from any start, never going back.
    """

    def __init__(
        self,
        progress: Progress,
        log: FilteringBoundLogger | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._progress = progress
        self._log = log
        self._clock = clock
        self._done: list[StagePart] = []

    @property
    def records(self) -> tuple[StagePart, ...]:
        """What ran and what did not, in order."""
        return tuple(self._done)

    @contextmanager
    def run(self, name: str, total: float | None = None) -> Iterator[Meter]:
        """One stage; yields the meter to report to.

        Parameters
        ----------
        total : float, optional
            Amount of work in the unit of the meter, where it is known.
        """
        started = self._clock()
        self._progress.started(name, total)
        meter = Meter(name, self._progress)
        try:
            yield meter
        except BaseException as error:
            self._record(name, "FAILED", _reason(error), started)
            raise
        else:
            self._record(name, "COMPLETE", meter.why, started)
        finally:
            self._progress.finished(name)

    @contextmanager
    def beside(self, name: str, work: Callable[[], None]) -> Iterator[None]:
        """One stage on another core while the body runs; recorded, and what fails in it raised, after the body."""
        ended: list[float] = []

        def timed() -> None:
            try:
                work()
            finally:
                ended.append(self._clock())

        with ThreadPoolExecutor(1) as aside:
            started = self._clock()
            done = aside.submit(timed)
            yield
            self._progress.started(name, None)
            error = done.exception()
            status: Status = "COMPLETE" if error is None else "FAILED"
            self._record(name, status, "" if error is None else _reason(error), started, ended[0])
            self._progress.finished(name)
        done.result()

    def skip(self, name: str, why: str) -> None:
        """Notes that a stage had no reason to run."""
        self._record(name, "SKIPPED", why, self._clock())

    def _record(self, name: str, status: Status, why: str, started: float, ended: float | None = None) -> None:
        seconds = max((self._clock() if ended is None else ended) - started, 0.0)
        stage = StagePart(name=name, status=status, why=why, seconds=seconds, peak_rss_mb=peak_rss_mb())
        self._done.append(stage)
        if self._log is not None:
            self._log.info("stage", **stage.model_dump())


def peak_rss_mb() -> float:
    """Highest resident memory of this process so far, in MB (10^6 bytes), resident parts of mapped files included."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def _reason(error: BaseException) -> str:
    return error.message if isinstance(error, TwinError) else type(error).__name__
