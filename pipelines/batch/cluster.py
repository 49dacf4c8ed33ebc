"""The same supervisors on the workers of a Dask cluster that is there already.

A task is a supervisor, never an inspection: a case that crashes or eats memory takes no worker with it. A worker that
dies takes its case's process along; the scheduler gives the task to another one.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from typing import Any
from uuid import uuid4

from pipelines.batch.beside import tell_beside
from pipelines.batch.locks import is_batch_gone
from pipelines.batch.outcome import one_line
from pipelines.batch.receipts import Receipt, Status, write_receipt
from pipelines.batch.supervise import Stopped, Task, supervise
from twin.errors import InputError

_ANSWER_S, _WORKERS_S = 10, 30
_LOOK_S = 1.0
_MOST_DEATHS = 3
"""Blames of one case for its worker's death; the scheduler blames whatever was assigned to one that dies."""


Heard = Callable[[str, str], None]
"""Told of a case's name and of the stage that it begins; an empty one: it is over."""


def on_cluster(tasks: Sequence[Task], address: str, heard: Heard) -> Generator[Receipt, None, None]:
    """Receipts as the cluster's workers come to them.

    Parameters
    ----------
    heard : callable
        Called from another thread.

    Raises
    ------
    InputError
        Dask is not installed, nobody answers, no worker is there, or the scheduler went away.
    """
    client, topic = _client(address), f"plumbline-{uuid4().hex}"
    try:
        client.subscribe_topic(topic, lambda event: heard(*event[1]))
        for receipt in _receipts(client, tasks, address, topic):
            heard(receipt.name, "")  # who had it may have died before it could say so
            yield receipt
    finally:
        client.close(timeout=2)


def supervised_there(task: Task, topic: str) -> Receipt:
    """What a worker runs; stages go to the topic."""
    return supervise(task, _FromAfar(task, topic))


class _FromAfar:
    """What a supervisor in another process sees of the batch: whether it still holds its results."""

    def __init__(self, task: Task, topic: str) -> None:
        self._results, self._topic, self._looked, self._gone = task.results, topic, 0.0, False

    def heard(self, name: str, stage: str) -> None:
        """Passes it on; a stage that nobody hears of costs no result."""
        from distributed import get_worker

        with suppress(Exception):
            get_worker().log_event(self._topic, (name, stage))

    def stopped(self) -> bool:
        """Whether the batch is gone, looked for once a second."""
        if not self._gone and time.monotonic() - self._looked > _LOOK_S:
            self._looked, self._gone = time.monotonic(), is_batch_gone(self._results)
        return self._gone


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError("--scheduler needs Dask", "install plumbline[cluster]") from error
    for name in ("distributed", "distributed.client", "distributed.core"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=_ANSWER_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        said = f"{address}: no scheduler answers within {_ANSWER_S} s"
        raise InputError(said, "start one with `dask scheduler`, or correct the address") from error
    try:
        client.wait_for_workers(1, timeout=_WORKERS_S)
    except TimeoutError as error:
        client.close(timeout=2)
        raise InputError(f"{address}: no worker within {_WORKERS_S} s", "start some with `dask worker`") from error
    return client


def _receipts(client: Any, tasks: Sequence[Task], address: str, topic: str) -> Generator[Receipt, None, None]:
    """Each future is let go as it ends, so that a worker's death makes nobody do finished work again.

    What goes wrong with one supervisor, such as a full disk of its machine, costs the result of its case alone.
    """
    from distributed import KilledWorker, as_completed

    blamed: Counter[str] = Counter()
    of_key: dict[str, Task] = {}

    def submitted(task: Task) -> Any:
        future = client.submit(supervised_there, task, topic, pure=False)
        of_key[future.key] = task
        return future

    running = as_completed([submitted(task) for task in tasks], loop=client.loop, raise_errors=False)
    for future in running:
        task, status = of_key.pop(future.key), future.status
        if status == "finished":
            yield future.result()
        elif status == "error" and isinstance(error := future.exception(), KilledWorker):
            blamed[task.case.name] += 1
            if blamed[task.case.name] < _MOST_DEATHS:
                running.add(submitted(task))
            else:
                yield _given_up(task, "the workers that had it died, again and again")
        elif status == "error" and isinstance(error, Exception) and not isinstance(error, Stopped):
            yield _given_up(task, one_line(f"its supervisor on the cluster failed ({type(error).__name__}: {error})"))
        elif status == "error":
            raise error
        else:
            raise InputError(f"{address}: the scheduler went away", "start it again and go on with --resume")
        future.release()


def _given_up(task: Task, said: str) -> Receipt:
    receipt = Receipt(
        name=task.case.name, key="", status=Status.CRASHED, reason=said, may_pass=True, limits=task.limits
    )
    write_receipt(receipt, task.results)
    tell_beside(task.case, task.base, receipt, is_new=True)
    return receipt
