"""``log.jsonl``: what happened in a run, one JSON object a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

FILE_NAME = "log.jsonl"


@contextmanager
def journal(path: Path, clock: Callable[[], str]) -> Iterator[FilteringBoundLogger]:
    """A structured log that writes to `path` at once, line by line.

    Parameters
    ----------
    path : Path
        A new file.
    clock : callable
        Gives the time of an event as ISO text; twin itself never reads the clock.
    """
    import structlog

    def stamped(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """The event with its time and its level."""
        return {"time": clock(), "level": method, **event}

    with path.open("x", encoding="utf-8", newline="\n", buffering=1) as stream:
        log: Any = structlog.wrap_logger(
            structlog.PrintLogger(stream),
            processors=[
                structlog.processors.format_exc_info,
                stamped,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(0),
            cache_logger_on_first_use=False,
        )
        yield log
