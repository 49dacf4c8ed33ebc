"""``plumbline inspect``: the main job."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import (
    AsJson,
    Control,
    Inputs,
    Lang,
    MoreDesigns,
    Pose,
    Quiet,
    Registration,
    ScaleChoice,
    SettingsFile,
    Stations,
    System,
    Unit,
    parted,
    settings_for,
)
from pipelines.choices import Language, RegistrationChoice

if TYPE_CHECKING:
    from twin.evidence.schema import Inspection

Folder = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="DIR",
        help="Case folder to write; an earlier case there is replaced.",
        show_default="DESIGN--SURVEY",
    ),
]
PermitFile = Annotated[
    Path | None,
    typer.Option("--permit", metavar="FILE", help="The permit's numbers: storeys, heights, areas, levels (TOML)."),
]
MilestoneName = Annotated[
    str | None,
    typer.Option(
        "--milestone", metavar="NAME", help="Stage of the works, such as topping-out or completion: what is due."
    ),
]
BuiltTo = Annotated[
    str | None,
    typer.Option(metavar="STOREY|ELEVATION", help="Highest storey that is due, or its level in m."),
]


SurveyedOn = Annotated[
    datetime | None,
    typer.Option(
        "--surveyed-on",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="Day of the survey: what the model's own tasks (IfcTask) build later is not due yet.",
    ),
]


def inspect(
    inputs: Inputs,
    design: MoreDesigns = None,
    folder: Folder = None,
    permit: PermitFile = None,
    milestone: MilestoneName = None,
    built_to: BuiltTo = None,
    surveyed_on: SurveyedOn = None,
    pose: Pose = None,
    control: Control = None,
    stations: Stations = None,
    registration: Registration = RegistrationChoice.AUTO,
    unit: Unit = None,
    crs: System = None,
    scale: ScaleChoice = None,
    settings: SettingsFile = None,
    lang: Lang = Language.ENGLISH,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 1 when inconsistent, with 6 when undecided or borderline.")
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Compare a survey with the approved design and write a case folder."""
    designs, surveys = parted(inputs, design)

    from cli import console
    from cli.findings import show
    from pipelines.inspection import inspect as run
    from pipelines.job import InspectionJob
    from twin.conformity.milestone import milestone_named

    job = InspectionJob(
        design=designs,
        survey=surveys,
        folder=folder or default_folder(designs[0], surveys[0]),
        permit=permit,
        milestone=None if milestone is None else milestone_named(milestone),
        built_to=built_to,
        surveyed_on=None if surveyed_on is None else surveyed_on.date(),
        pose=pose,
        control=control,
        stations=stations,
        registration=registration,
        unit=unit,
        crs=crs,
        lang=lang,
        settings=settings_for(settings, scale),
    )
    with console.progress(quiet) as progress:
        result = run(job, progress)
    if as_json:
        from twin.evidence.inspection import document

        console.print_json(document(result.inspection))
    else:
        show(result.inspection, result.folder, lang, console.output())
    if exit_code:
        raise typer.Exit(code_of(result.inspection))


def default_folder(design: Path, survey: Path) -> Path:
    """``DESIGN--SURVEY`` in the current folder: another survey of the same design does not replace this one."""
    return Path(f"{design.stem}--{survey.stem}")


def code_of(inspection: Inspection) -> int:
    """The exit code that ``--exit-code`` asks for."""
    return {"consistent": 0, "inconsistent": 1}.get(str(inspection.verdict), 6)
