"""``plumbline info``: what a file holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson, Quiet, Unit


def info(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A model or a point cloud.", show_default=False)],
    unit: Unit = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Tell what a model or a cloud holds, and what is odd about it."""
    from cli import console
    from pipelines.overview import overview

    with console.progress(quiet) as progress:
        told = overview(file, unit, progress)
    if as_json:
        console.print_json({"path": told.path, "facts": dict(told.facts), "notes": list(told.notes)})
        return
    width = max(len(name) for name, _ in told.facts)
    console.say(console.one_line(told.path))
    for name, value in told.facts:
        console.say(f"  {console.one_line(name):<{width}}  {console.one_line(value)}")
    console.say("odd:" if told.notes else "nothing odd was seen")
    for note in told.notes:
        console.say(f"  - {console.one_line(note)}")
