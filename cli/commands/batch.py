"""``plumbline batch``: many inspections unattended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import AsJson, Quiet

if TYPE_CHECKING:
    from pipelines.batch.running import BatchResult

PlanFile = Annotated[
    Path,
    typer.Argument(
        metavar="PLAN", help="Which projects, milestones, surveys, rules, outputs (TOML).", show_default=False
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        metavar="tcp://HOST:PORT", help="A Dask scheduler whose workers see the same files.", show_default=False
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, max=1024, metavar="N", help="Cases at a time on this machine.", show_default="the plan's"),
]


def batch(
    plan: PlanFile,
    scheduler: Scheduler = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an earlier batch stopped: what is finished stays.")
    ] = False,
    workers: Workers = None,
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code",
            help="End with 1 when any case is inconsistent, else with 6 when any is undecided, borderline or without"
            " a result.",
        ),
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Inspect all that a plan names, each case in a process of its own, and write a summary."""
    from pipelines.batch import check_system

    check_system()
    from cli import console
    from cli.batches import listening, show, tell_unlimited
    from pipelines.batch.plan import read_plan
    from pipelines.batch.running import run_batch

    asked = read_plan(plan)
    if scheduler is not None and not quiet:
        tell_unlimited(asked, workers)
    with listening(len(asked.cases), asked.lang.value, quiet=quiet, silent=as_json) as listener:
        try:
            result = run_batch(asked, listener, resume=resume, workers=workers, scheduler=scheduler)
        except KeyboardInterrupt:
            console.remark(f"stopped; `plumbline batch {plan} --resume` goes on, what is finished stays")
            raise
    if as_json:
        for line in result.unfollowed:
            console.remark(f"findings cannot be followed: {line}")
        console.print_json(json.loads((asked.results / "summary.json").read_text(encoding="utf-8")))
    else:
        show(result, console.output())
    if exit_code:
        raise typer.Exit(code_of(result))


def code_of(result: BatchResult) -> int:
    """The exit code that ``--exit-code`` asks for: the gravest of all cases; one without a result is undecided."""
    verdicts = {str(receipt.verdict) for receipt in result.receipts}
    return 1 if "inconsistent" in verdicts else 0 if verdicts == {"consistent"} else 6
