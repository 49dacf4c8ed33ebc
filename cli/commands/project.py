"""``plumbline project``: records, what is due, and what persons decided."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import AsJson, Database, Lang
from pipelines.choices import Language
from twin.supervision.states import State, Tier

if TYPE_CHECKING:
    from pipelines.projects.rows import Entry

app = typer.Typer(
    name="project",
    help="Keep projects under supervision: records, what is due, and what persons decided.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Root = Annotated[Path, typer.Argument(metavar="ROOT", help="Folder under which projects lie.", show_default=False)]
ProjectFolder = Annotated[
    Path, typer.Argument(metavar="PROJECT", help="Folder with a project.toml.", show_default=False)
]
Today = Annotated[
    datetime | None,
    typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="The day to speak of.", show_default="today"),
]

_DAYS_AHEAD = 30


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the record shall lie.", show_default=False)],
    number: Annotated[str, typer.Option(help="By which the office knows the project.", show_default=False)],
    name: Annotated[str, typer.Option(help="What people call it.", show_default=False)],
    design: Annotated[
        list[Path],
        typer.Option(metavar="FILE", help="The approved model (IFC); repeat as needed.", show_default=False),
    ],
    permit: Annotated[Path | None, typer.Option(metavar="FILE", help="The permit's numbers (TOML).")] = None,
    district: Annotated[str | None, typer.Option(help="District.")] = None,
    grid_cell: Annotated[str | None, typer.Option(help="Unit of neighbourhood supervision.")] = None,
    started_on: Annotated[
        datetime | None, typer.Option(metavar="DATE", formats=["%Y-%m-%d"], help="Day on which works began.")
    ] = None,
) -> None:
    """Write the record of a new project."""
    from cli import console
    from pipelines.projects.founding import found, seen_from
    from twin.supervision.records import FILE_NAME, project_from

    values = {
        "folder": folder,
        "number": number,
        "name": name,
        "design": [seen_from(folder, path) for path in design],
        "permit": None if permit is None else seen_from(folder, permit),
        "district": district,
        "grid_cell": grid_cell,
        "started_on": None if started_on is None else started_on.date(),
    }
    console.say(str(found(project_from(values, str(folder / FILE_NAME)))))


@app.command("import")
def import_(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="TABLE.csv|permit.toml...", help="Tables of projects, or permit files.", show_default=False
        ),
    ],
    root: Annotated[
        Path, typer.Option("-o", "--output", metavar="ROOT", help="Folder for the projects.", show_default=False)
    ],
) -> None:
    """Write a record for each project of a table or permit; those that are there already are left alone."""
    from cli import console
    from pipelines.projects.importing import import_projects

    imported = import_projects(sources, root)
    for project in imported.written:
        console.say(console.one_line(f"{project.number}: {project.folder}"))
    for number, folder in imported.left:
        console.remark(f"{number} is there already and was left alone: {folder}")


@app.command("list")
def list_(
    root: Root,
    due: Annotated[bool, typer.Option("--due", help="Inspections that are due, the longest overdue first.")] = False,
    within: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS", min=0, max=36_500, help="Inspections due within so many days.", show_default="--due: 30"
        ),
    ] = None,
    tier: Annotated[Tier | None, typer.Option(help="Only this tier.")] = None,
    today: Today = None,
    database: Database = None,
    lang: Lang = Language.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """List projects by risk, or what is due."""
    from cli import console
    from cli.projects import show_due, show_list
    from pipelines.projects import listing
    from pipelines.projects.index import portfolio

    day = _day(today)
    entries = portfolio(root, day, database=database)
    if not due and within is None:
        listed = listing.by_risk(entries, tier)
        if as_json:
            console.print_json([listing.line(entry) for entry in listed])
        else:
            show_list(listed, lang, console.output())
        return
    last = listing.until(day, _DAYS_AHEAD if within is None else within)
    dated, questions = listing.by_due_date(entries, last, tier), listing.open_questions(entries, tier)
    if as_json:
        rows = [{**listing.line(entry), **(listing.due_value(at) if at else {})} for entry, at in dated]
        asked = [{**listing.line(entry), **listing.question_value(at, why)} for entry, at, why in questions]
        console.print_json([*rows, *asked])
    else:
        show_due(dated, questions, last, lang, console.output())


@app.command()
def show(
    folder: ProjectFolder,
    today: Today = None,
    database: Database = None,
    lang: Lang = Language.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Show one project: record, risk, inspections, findings, what is due, decisions."""
    from cli import console
    from cli.projects import show_project
    from pipelines.projects.folders import portfolio_of
    from pipelines.projects.index import portfolio
    from pipelines.projects.listing import page
    from twin.supervision.state import read_facts

    (entry,) = portfolio(portfolio_of(folder), _day(today), database=database, only=folder)
    if entry.state is None:
        read_facts(folder)
    if as_json:
        console.print_json(page(entry))
    else:
        show_project(entry, lang, console.output())


@app.command()
def decide(
    folder: ProjectFolder,
    finding: Annotated[
        str, typer.Argument(metavar="GUID", help="Of the finding, or how it begins.", show_default=False)
    ],
    state: Annotated[State, typer.Argument(metavar="STATE", help="What it becomes.", show_default=False)],
    by: Annotated[str, typer.Option(metavar="NAME", help="Who decides.", show_default=False)],
    why: Annotated[str, typer.Option(metavar="TEXT", help="On what grounds.", show_default=False)],
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When, such as 2026-05-06T15:00:00+08:00.", show_default="now")
    ] = None,
) -> None:
    """Note what a person decided about a finding. Nothing that was decided is ever changed."""
    from cli import console
    from pipelines.projects.deciding import decide_about, time_named

    now = datetime.now().astimezone()
    time = None if at is None else time_named(at)
    made = decide_about(folder, finding, state, by=by, why=why, at=time, now=now)
    when = made.time.isoformat()
    console.say(console.one_line(f"{made.finding}: {made.before} -> {made.after}, {when}, {made.by}: {made.why}"))


@app.command()
def index(root: Root, database: Database = None, today: Today = None) -> None:
    """Build the index of projects again from their files."""
    from cli import console
    from pipelines.projects.index import portfolio

    with console.waiting("reading projects"):
        entries = portfolio(root, _day(today), database=database, rebuild=True)
    _tell_broken(entries)
    console.say(f"{sum(entry.state is not None for entry in entries)} of {len(entries)} projects")


def _tell_broken(entries: tuple[Entry, ...]) -> None:
    from cli import console

    for entry in entries:
        if entry.state is None:
            console.remark(f"cannot be read: {entry.broken}")
        elif entry.unfollowed is not None:
            console.remark(f"{entry.number}: findings cannot be followed: {entry.unfollowed}")


def _day(today: datetime | None) -> date:
    return datetime.now().astimezone().date() if today is None else today.date()
