"""``plumbline follow-up``: one inspection against an earlier one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson, Lang
from pipelines.choices import Language


def follow_up(
    earlier: Annotated[Path, typer.Argument(metavar="EARLIER", help="Case folder of the earlier inspection.")],
    later: Annotated[Path, typer.Argument(metavar="LATER", help="Case folder of the later one, of the same building.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Ledger to write.", show_default="follow_up.json in LATER"),
    ] = None,
    settings: Annotated[
        Path | None,
        typer.Option(
            "--settings", metavar="FILE", help="A supervision.toml; the nearest at or above LATER where left out."
        ),
    ] = None,
    lang: Lang = Language.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Tell what became of the findings of an earlier inspection."""
    from cli import console
    from cli.following import show
    from pipelines.followup import follow_up as run
    from twin.supervision.following.entering import FILE_NAME

    ledger = run(earlier, later, output, lang.value, settings)
    if as_json:
        console.print_json(ledger.model_dump(mode="json", by_alias=True))
    else:
        show(ledger, output or later / FILE_NAME, lang.value, console.output())
