"""Runs a plan to its end: by threads of this process, or by the workers of a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass, replace
from importlib.metadata import version
from threading import Event
from typing import Protocol

from pipelines.batch.digests import digests_in
from pipelines.batch.following import follow_projects
from pipelines.batch.locks import batch_lock, clear_locks
from pipelines.batch.model import Limits, Plan
from pipelines.batch.receipts import FOLDER, Receipt
from pipelines.batch.summary import write_summary
from pipelines.batch.supervise import Task, supervise
from twin.evidence.case import FolderError

_SPARED = 0.8
"""Share of the machine's memory that cases may have together."""
_LEAST_BYTES = 2e9
"""Of memory for each case, where nobody says how many may run at a time."""


class Listener(Protocol):
    """Told of the batch as it goes; calls come from several threads."""

    def heard(self, name: str, stage: str) -> None:
        """A case begins a stage; an empty one: it is over."""
        ...

    def finished(self, receipt: Receipt, done: int, total: int) -> None:
        """A case came to its end, or had come to it earlier."""
        ...


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Receipts of all cases of the plan, by name, and a line for each project whose findings cannot be followed."""

    plan: Plan
    receipts: tuple[Receipt, ...]
    unfollowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Watch:
    """What supervisors in this process see of the batch."""

    listener: Listener
    stop: Event

    def heard(self, name: str, stage: str) -> None:
        """Passes it on."""
        self.listener.heard(name, stage)

    def stopped(self) -> bool:
        """Whether the batch was stopped."""
        return self.stop.is_set()


def run_batch(
    plan: Plan, listener: Listener, *, resume: bool = False, workers: int | None = None, scheduler: str | None = None
) -> BatchResult:
    """Runs every case of the plan that has no result yet, and writes the summary.

    Parameters
    ----------
    resume : bool
        Whether results may hold receipts already, of a batch that was stopped or of an earlier plan.
    workers : int, optional
        Cases at a time on this machine, in place of the plan's.
    scheduler : str, optional
        Address of a Dask scheduler whose workers see the same files.

    Raises
    ------
    FolderError
        The results hold receipts and `resume` is not set, another batch is at work there, or they cannot be written.
    InputError
        No scheduler answers, or it went away.
    """
    if workers is not None:
        plan = plan.model_copy(update={"limits": plan.limits.model_copy(update={"workers": workers})})
    with batch_lock(plan.results) as lock:
        if not resume and any((plan.results / FOLDER).glob("*.json")):
            raise FolderError(f"{plan.results}: holds results", "go on with --resume, or name other results")
        receipts: dict[str, Receipt] = {}
        try:
            with closing(
                _here(plan, listener, lock) if scheduler is None else _there(plan, listener, scheduler)
            ) as ended:
                for receipt in ended:
                    receipts[receipt.name] = receipt
                    listener.finished(receipt, len(receipts), len(plan.cases))
        finally:
            digests_in(plan.results).keep(at_once=True)
        result = BatchResult(plan, tuple(receipts[case.name] for case in plan.cases))
        write_summary(plan, result.receipts)
        unfollowed = follow_projects(plan)
        clear_locks(plan.results)
        return replace(result, unfollowed=unfollowed)


def local_limits(limits: Limits, cores: int, memory: float) -> Limits:
    """Limits in full for this machine: as many cases at a time as there are cores and memory for."""
    room = _SPARED * memory
    each = limits.memory_gb * 1e9 if limits.memory_gb is not None else _LEAST_BYTES
    workers = limits.workers or max(1, min(cores, int(room // each)))
    memory_gb = limits.memory_gb or max(round(room / workers / 1e9, 2), 0.05)
    threads = limits.threads or max(1, cores // workers)
    return limits.model_copy(update={"workers": workers, "memory_gb": memory_gb, "threads": threads})


def _tasks(plan: Plan, limits: Limits, threads: int) -> list[Task]:
    known = version("plumbline")
    return [
        Task(case=case, base=plan.base, results=plan.results, limits=limits, threads=threads, version=known)
        for case in plan.cases
    ]


def unlimited_there(limits: Limits, workers: int | None) -> tuple[str, ...]:
    """Names of what holds on this machine and not on a cluster: ``workers`` where it is asked for, ``memory`` where no
    limit is, since nobody knows what the machines there have.
    """
    asked = limits.workers if workers is None else workers
    return (*(("workers",) if asked is not None else ()), *(("memory",) if limits.memory_gb is None else ()))


def _there(plan: Plan, listener: Listener, scheduler: str) -> Generator[Receipt, None, None]:
    from pipelines.batch.cluster import on_cluster

    return on_cluster(_tasks(plan, plan.limits, plan.limits.threads or 1), scheduler, listener.heard)


def _here(plan: Plan, listener: Listener, lock: int) -> Generator[Receipt, None, None]:
    import psutil  # type: ignore[import-untyped]

    cores = len(os.sched_getaffinity(0))
    limits = local_limits(plan.limits, cores, psutil.virtual_memory().total)
    assert limits.workers is not None
    assert limits.threads is not None
    watch = _Watch(listener, Event())
    with ThreadPoolExecutor(limits.workers) as pool:
        try:
            waiting = [pool.submit(supervise, task, watch, (lock,)) for task in _tasks(plan, limits, limits.threads)]
            for future in as_completed(waiting):
                yield future.result()
        except BaseException:
            watch.stop.set()
            pool.shutdown(cancel_futures=True)
            raise
