"""``plumbline register``: only the pose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import (
    Control,
    Inputs,
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
from pipelines.choices import RegistrationChoice

REFUSED = 4


def register(
    inputs: Inputs,
    design: MoreDesigns = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Where to write the pose (JSON); else standard output."),
    ] = None,
    rival: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Write the N-th rival in place of the pose: a person has looked."),
    ] = None,
    pose: Pose = None,
    control: Control = None,
    stations: Stations = None,
    registration: Registration = RegistrationChoice.AUTO,
    unit: Unit = None,
    crs: System = None,
    scale: ScaleChoice = None,
    settings: SettingsFile = None,
    quiet: Quiet = False,
) -> None:
    """Find only where the survey stands in the design, with its quality and rivals."""
    designs, surveys = parted(inputs, design)

    from cli import console
    from pipelines.inspection import register_only
    from pipelines.job import InspectionJob
    from twin.evidence.case import write_whole

    job = InspectionJob(
        design=designs,
        survey=surveys,
        folder=Path(),
        pose=pose,
        control=control,
        stations=stations,
        registration=registration,
        unit=unit,
        crs=crs,
        settings=settings_for(settings, scale),
    )
    with console.progress(quiet) as progress:
        found, document = register_only(job, progress)
    if rival is not None:
        document = chosen(document, rival)
    if output is None:
        console.print_json(document)
    else:
        write_whole(output, json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
        console.say(f"{output}")
    if found.status == "refused":
        raise typer.Exit(REFUSED)


def chosen(document: dict[str, Any], rival: int) -> dict[str, Any]:
    """The document with one of its rivals in the pose's place, and the pose among the rivals."""
    rivals = document["rivals"]
    if rival > len(rivals):
        raise typer.BadParameter(f"there are {len(rivals)} rivals", param_hint="--rival")
    taken = rivals[rival - 1]
    left = {"design_from_survey": document["design_from_survey"], "score_ratio": 1.0, "kind": taken["kind"]}
    others = [left, *(one for k, one in enumerate(rivals) if k != rival - 1)]
    said = f"a person chose rival {rival} ({taken['kind']}): quality and uncertainty are those of the pose it replaces"
    changed = {"design_from_survey": taken["design_from_survey"], "rivals": others}
    return {**document, **changed, "notes": [*document["notes"], said]}
