"""The terminal: results on stdout, everything else on stderr, bars only where somebody watches."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from pipelines.progress import Progress, Silence

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import TaskID


def make_streams_speakable() -> None:
    """Characters that the terminal's encoding lacks are escaped instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def output() -> Console:
    """The console for results. As wide as the terminal; in a file or pipe as wide as its content needs."""
    return _console(sys.stdout)


def remarks() -> Console:
    """The console for everything that is no result."""
    return _console(sys.stderr)


def say(text: str) -> None:
    """A result in plain text on stdout, never wrapped."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        stop_writing()


def remark(text: str) -> None:
    """One line on stderr."""
    sys.stderr.write(f"plumbline: {one_line(text)}\n")


def complain(text: str) -> None:
    """An error in one line on stderr."""
    sys.stderr.write(f"plumbline: error: {one_line(text)}\n")


def print_json(value: Any) -> None:
    """A JSON document on stdout, in ASCII where the terminal knows no more."""
    ascii_only = (sys.stdout.encoding or "ascii").lower().replace("-", "") != "utf8"
    say(json.dumps(value, indent=1, ensure_ascii=ascii_only, allow_nan=False))


def stop_writing() -> None:
    """The reader of stdout is gone: what is still written goes nowhere, the run itself goes on."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def one_line(text: str) -> str:
    """`text` on a single line without control characters, so that no file name can play tricks on the terminal.

    Bytes of a file name that are no text stay; the stream escapes them.
    """
    joined = " ".join(text.split())
    return "".join(char if char.isprintable() or "\udc80" <= char <= "\udcff" else " " for char in joined)


def cell(value: RenderableType) -> RenderableType:
    """What stands in a table: text as it is, whatever brackets a person wrote into it, on one line."""
    from rich.text import Text

    return Text(one_line(value)) if isinstance(value, str) else value


@contextmanager
def progress(quiet: bool) -> Iterator[Progress]:
    """Bars on a terminal, plain remarks in a pipe, nothing at all when `quiet`."""
    if quiet:
        yield Silence()
    elif sys.stderr.isatty():
        with _Bars() as bars:
            yield bars
    else:
        yield _Remarks()


@contextmanager
def waiting(text: str) -> Iterator[Callable[[str], None]]:
    """A turning sign on a terminal while something of unknown length goes on; yields a way to change its text."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with remarks().status(text) as status:
        yield status.update


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    class Unbroken(Console):
        def on_broken_pipe(self) -> None:
            stop_writing()

    width = None if stream.isatty() or "COLUMNS" in os.environ else 160
    return Unbroken(file=stream, width=width, highlight=False, soft_wrap=False, emoji=False)


class _Remarks(Silence):
    """A `Progress` for pipes: what the user should know, and no bars."""

    def noted(self, text: str) -> None:
        remark(text)


class _Bars:
    """A `Progress` with one bar a stage."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

        self._tasks: dict[str, TaskID] = {}
        self._bars = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=32),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=remarks(),
        )

    def __enter__(self) -> _Bars:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def started(self, stage: str, total: float | None = None) -> None:
        self._tasks[stage] = self._bars.add_task(stage, total=total)

    def advanced(self, stage: str, amount: float, total: float | None = None) -> None:
        if total is not None:
            self._bars.update(self._tasks[stage], total=total)
        self._bars.advance(self._tasks[stage], amount)

    def finished(self, stage: str) -> None:
        task = self._tasks[stage]
        total = next(each.total for each in self._bars.tasks if each.id == task) or 1.0
        self._bars.update(task, total=total, completed=total)
        self._bars.stop_task(task)

    def noted(self, text: str) -> None:
        from rich.text import Text

        self._bars.console.print(Text(one_line(text), style="yellow"))
