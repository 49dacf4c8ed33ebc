"""``plumbline doctor``: whether this machine can do the work."""

from __future__ import annotations

import typer

BROKEN = 3


def doctor() -> None:
    """Try whether this machine can render, read and write everything."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from cli import console
    from pipelines.probes import trials

    table = Table(box=box.ROUNDED, header_style="bold")
    for column in ("check", "state", "answer"):
        table.add_column(column, no_wrap=column != "answer")
    results = []
    with console.waiting("trying") as told:
        for trial in trials():
            told(trial.what)
            results.append(trial)
    for trial in results:
        state = Text("works", style="green") if trial.works else Text("fails", style="bold red")
        table.add_row(Text(trial.what), state, Text(console.one_line(trial.said)))
    console.output().print(table)
    broken = [trial for trial in results if not trial.works]
    if broken:
        console.remark(f"{len(broken)} of {len(results)} checks fail")
        raise typer.Exit(BROKEN)
