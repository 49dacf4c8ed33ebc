"""What a batch shows while it runs, and at its end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from cli import console
from cli.findings import COLOURS
from pipelines.batch.words import words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID

    from pipelines.batch.model import Plan
    from pipelines.batch.receipts import Receipt
    from pipelines.batch.running import BatchResult, Listener


@contextmanager
def listening(total: int, lang: str, *, quiet: bool, silent: bool) -> Iterator[Listener]:
    """Bars on a terminal unless `quiet`, a line for each case that ends unless `silent`."""
    if quiet or not sys.stderr.isatty():
        yield _Lines(lang, silent)
        return
    with _Bars(total, lang, silent) as bars:
        yield bars


def tell_unlimited(plan: Plan, workers: int | None) -> None:
    """A line on stderr for each limit that does not hold on a cluster."""
    from pipelines.batch.running import unlimited_there

    for name in unlimited_there(plan.limits, workers):
        console.remark(words(plan.lang.value)[f"there.{name}"])


def line_of(receipt: Receipt, done: int, total: int, lang: str) -> str:
    """One case in one line."""
    said = words(lang)
    head = f"[{done:{len(str(total))}}/{total}] {receipt.name}: "
    if receipt.verdict is None:
        return f"{head}{said[receipt.status.value]}: {receipt.reason}"
    found = receipt.findings
    numbers = f"{found.inconsistent} / {found.borderline} / {found.information}"
    seconds = "" if receipt.seconds is None else f", {receipt.seconds:.0f} s"
    return f"{head}{said[receipt.verdict.value]} ({numbers}){seconds}"


def show(result: BatchResult, out: Console) -> None:
    """Prints how many cases came to what, of how many, and where the summary lies."""
    from rich.text import Text

    from pipelines.batch.summary import PAGE, counts

    said, counted = words(result.plan.lang.value), counts(result.receipts)
    for name in ("inconsistent", "borderline", "undecided", "no_result", "consistent"):
        label = said["no_verdict"] if name == "no_result" else said[name]
        number = said["of"].format(count=counted[name], total=counted["cases"])
        out.print(Text(f"{number} ") + Text(label, style=COLOURS.get(name, "bold")))
    for line in result.unfollowed:
        out.print(Text(f"{said['unfollowed']}: {console.one_line(line)}", style="bold red"), soft_wrap=True)
    out.print(Text(str(result.plan.results / PAGE)), soft_wrap=True)


class _Lines:
    """A `Listener` for pipes."""

    def __init__(self, lang: str, silent: bool) -> None:
        self._lang, self._silent = lang, silent

    def heard(self, name: str, stage: str) -> None:
        """Nothing: stages are for who watches."""

    def finished(self, receipt: Receipt, done: int, total: int) -> None:
        if not self._silent:
            console.say(console.one_line(line_of(receipt, done, total, self._lang)))


class _Bars(_Lines):
    """A `Listener` for terminals: a bar for all, and a line for each case that runs."""

    def __init__(self, total: int, lang: str, silent: bool) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        super().__init__(lang, silent)
        self._lock = Lock()
        self._running: dict[str, TaskID] = {}
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=32),
            TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(),
            console=console.remarks(),
            redirect_stdout=sys.stdout.isatty(),
        )
        self._all = self._bars.add_task(words(lang)["case"], total=total, count=f"0/{total}")

    def __enter__(self) -> _Bars:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def heard(self, name: str, stage: str) -> None:
        with self._lock:
            if not stage:
                self._over(name)
                return
            text = console.one_line(f"{name}: {stage}")
            if name in self._running:
                self._bars.update(self._running[name], description=text)
            else:
                self._running[name] = self._bars.add_task(text, total=None, count="")

    def finished(self, receipt: Receipt, done: int, total: int) -> None:
        super().finished(receipt, done, total)
        self._bars.update(self._all, completed=done, count=f"{done}/{total}")

    def _over(self, name: str) -> None:
        if name in self._running:
            self._bars.remove_task(self._running.pop(name))
