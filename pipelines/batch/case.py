"""The process of one case, a copy of `pipelines.batch.zygote`.

It reads an `Order` from standard input and tells the stages it begins, and its end, on standard output.
"""

from __future__ import annotations

import os
import resource
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pipelines.batch.model import Case, Frozen
from pipelines.batch.outcome import Message, Outcome, outcome_of
from pipelines.batch.receipts import MARK, Status, mark_of
from pipelines.progress import Silence

if TYPE_CHECKING:
    from pipelines.job import InspectionJob


class Order(Frozen):
    """What the process shall do.

    Attributes
    ----------
    base : Path
        Folder from which the case's paths start.
    data_bytes : int or None
        Most memory of its own, as the system counts it.
    """

    case: Case
    base: Path
    key: str
    data_bytes: int | None


class _Told(Silence):
    """A `Progress` that passes on which stage begins."""

    def __init__(self, channel: BinaryIO) -> None:
        self._channel = channel

    def started(self, stage: str, total: float | None = None) -> None:
        tell(self._channel, Message(stage=stage))


def main() -> int:
    """Carries out the order and returns the exit code."""
    order = Order.model_validate_json(sys.stdin.buffer.read())
    channel = own_channel()
    if order.data_bytes is not None:
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        most = order.data_bytes if hard == resource.RLIM_INFINITY else min(order.data_bytes, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    outcome = carried_out(order, channel)
    tell(channel, Message(outcome=outcome))
    return outcome.exit_code or 0


def own_channel() -> BinaryIO:
    """Standard output for messages alone: whatever else is printed, by whatever library, goes to the log."""
    channel = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return channel


def tell(channel: BinaryIO, message: Message) -> None:
    """One message, one line."""
    channel.write(message.model_dump_json(exclude_defaults=True).encode() + b"\n")


def carried_out(order: Order, channel: BinaryIO) -> Outcome:
    """Inspects; no error leaves it."""
    try:
        from pipelines.inspection import inspect

        os.chdir(order.base)
        inspect(_job(order), _Told(channel))
    except Exception as error:
        outcome = outcome_of(error)
        if outcome.keeps_log:
            traceback.print_exception(error)
        return outcome
    return Outcome(status=Status.DONE, exit_code=0)


def _job(order: Order) -> InspectionJob:
    from pipelines.job import InspectionJob
    from pipelines.settings import Settings, read_settings

    case = order.case
    settings = Settings() if case.settings is None else read_settings(Path(case.settings))
    if case.scale is not None:
        settings = replace(settings, registration=replace(settings.registration, scale=case.scale.value))
    permit, pose, control, stations = (
        None if path is None else Path(path) for path in (case.permit, case.pose, case.control, case.stations)
    )
    return InspectionJob(
        design=tuple(Path(path) for path in case.design),
        survey=tuple(Path(path) for path in case.surveys),
        folder=Path(case.folder),
        permit=permit,
        milestone=case.milestone,
        built_to=case.built_to,
        surveyed_on=case.surveyed_on,
        pose=pose,
        control=control,
        stations=stations,
        registration=case.registration,
        unit=case.unit,
        crs=case.crs,
        lang=case.lang,
        settings=settings,
        outputs=frozenset(case.outputs),
        beside={MARK: mark_of(case, order.key)},
    )
