"""``plumbline portfolio``: many projects in figures, on a map, and on one page."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import AsJson, Database, Lang, Quiet
from pipelines.choices import Language

if TYPE_CHECKING:
    from rich.table import Table

    from pipelines.portfolio import Portfolio
    from twin.supervision.portfolio import Figures
    from twin.supervision.rates import Rate

SCHEMA = "plumbline.portfolio/1"


def portfolio(
    root: Annotated[
        Path, typer.Argument(metavar="ROOT", help="The folder in or under which projects lie.", show_default=False)
    ],
    folder: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Folder to write into.", show_default="ROOT/portfolio"),
    ] = None,
    lang: Lang = Language.ENGLISH,
    today: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="Day as of which dates fall due.",
            show_default="the day it is",
        ),
    ] = None,
    database: Database = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Count the projects of a city; write a dashboard, files for its map, and tables."""
    from cli import console
    from pipelines.portfolio import PAGE, write_portfolio

    day = date.today() if today is None else today.date()
    with console.progress(quiet) as progress:
        result = write_portfolio(root, folder or root / "portfolio", day, lang, progress, database)
    if as_json:
        console.print_json(document(result, lang.value))
        return
    console.output().print(table(result.figures, lang.value))
    if not quiet:
        for note in result.notes:
            console.remark(note)
    console.say(str(result.folder / PAGE))


def document(result: Portfolio, lang: str = "en") -> dict[str, Any]:
    """The figures as JSON values; every share beside its numerator and denominator."""
    from twin.evidence.sentences import said
    from twin.supervision.exchange.rows import unreadable_row
    from twin.supervision.exchange.tables import figure_rows

    counted = result.figures
    return {
        "schema": SCHEMA,
        "date": counted.today.isoformat(),
        "projects": counted.projects,
        "figures": list(figure_rows(counted, lang)),
        "amounts": {
            name: {"total": each.total, "of": each.of, "among": each.among, "meaning": said(each.meaning, lang)}
            for name, each in counted.amounts.items()
        },
        "unreadable": [unreadable_row(each) for each in counted.unreadable],
        "folder": str(result.folder),
        "files": list(result.files),
        "notes": list(result.notes),
    }


def table(counted: Figures, lang: str) -> Table:
    """A row for each rate: numerator, denominator, and only then the share."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from twin.supervision.dashboard.wording import words_of

    said = words_of(lang)
    rows = Table(box=box.ROUNDED, show_header=False)
    rows.add_column(no_wrap=True)
    rows.add_column(justify="right", no_wrap=True)
    rows.add_column(justify="right", no_wrap=True)
    rows.add_column(style="dim")
    for name, rate in counted.rates.items():
        fraction = said["n_of_n"].format(a=rate.of, b=rate.among)
        rows.add_row(said[f"rate.{name}"], Text(fraction), share_of(name, rate), said[f"rate.{name}.means"])
    return rows


def share_of(name: str, rate: Rate) -> str:
    """The share, with its interval where it is an estimate; of few cases none, of nothing a dash."""
    from twin.supervision.counting import ESTIMATES

    interval = rate.interval() if name in ESTIMATES else None
    if rate.share is None:
        return "–"
    if interval is not None:
        return f"{100.0 * rate.share:.0f} % ({100.0 * interval[0]:.0f}–{100.0 * interval[1]:.0f})"
    return "" if rate.is_few else f"{100.0 * rate.share:.0f} %"
