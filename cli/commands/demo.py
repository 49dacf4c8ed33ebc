"""``plumbline demo``: the sample site, inspected."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Lang, Quiet
from pipelines.choices import Language


def demo(
    folder: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Folder for the sample site and its inspection.")
    ] = Path("demo"),
    lang: Lang = Language.ENGLISH,
    quiet: Quiet = False,
) -> None:
    """Write the sample site, inspect it, and say where the viewer is."""
    from cli import console
    from cli.findings import show
    from pipelines.demo import run_demo

    with console.progress(quiet) as progress:
        result = run_demo(folder, lang, progress)
    show(result.inspection, result.folder, lang, console.output())
