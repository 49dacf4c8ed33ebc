"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.choices import Language, LengthUnit, RegistrationChoice, Scale

if TYPE_CHECKING:
    from pipelines.settings import Settings

MODELS = (".ifc", ".ifczip")

Inputs = Annotated[
    list[Path],
    typer.Argument(
        metavar="DESIGN SURVEY...",
        help="The approved model (.ifc, .ifczip), then one or more point clouds of the site.",
        show_default=False,
    ),
]
MoreDesigns = Annotated[
    list[Path] | None,
    typer.Option("--design", metavar="FILE", help="Further model files of the same design; repeat as needed."),
]
Pose = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Where the survey stands, as `plumbline register` writes it."),
]
Control = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Control and check points: name, E, N, H, role, sigma, and x, y, z in the cloud (CSV)."
    ),
]
Stations = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Where the instrument stood, where files do not say: name of the scan or number of the set-up, x, y, z"
        " (CSV).",
    ),
]
Registration = Annotated[RegistrationChoice, typer.Option(help="On what the pose shall rest.")]
Unit = Annotated[
    LengthUnit | None, typer.Option(help="Unit of the cloud's coordinates, where its file does not say or is wrong.")
]
System = Annotated[
    str | None,
    typer.Option(
        "--crs", metavar="EPSG:CODE", help="Coordinate system of the cloud, where its file does not say or is wrong."
    ),
]
ScaleChoice = Annotated[
    Scale | None,
    typer.Option(help="Whether registration may change the survey's size.", show_default="fixed"),
]
Database = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Database of the index, such as postgresql+psycopg://host/name.",
        show_default="ROOT/.plumbline/index.sqlite",
    ),
]
Lang = Annotated[Language, typer.Option(help="Language of tables, pictures and viewer.")]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="Parameters other than the defaults, as TOML.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress and no remarks.")]
AsJson = Annotated[bool, typer.Option("--json", help="The result as JSON on standard output.")]


def parted(inputs: list[Path], more_designs: list[Path] | None) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Design files and clouds. The first input is the design, unless ``--design`` names it; models among the rest are
    told by their names.
    """
    named = tuple(more_designs or ())
    if named:
        design = (*(path for path in inputs if _is_model(path)), *named)
        survey = tuple(path for path in inputs if not _is_model(path))
    else:
        design, survey = tuple(inputs[:1]), tuple(inputs[1:])
    if not survey:
        raise typer.BadParameter("name at least one point cloud after the design", param_hint="SURVEY")
    for path in survey:
        if _is_model(path):
            raise typer.BadParameter(f"{path} is a model: name further models with --design", param_hint="SURVEY")
    return design, survey


def settings_for(file: Path | None, scale: Scale | None) -> Settings:
    """Settings of the file, or the defaults, with the scale that the command line asks for."""
    from dataclasses import replace

    from pipelines.settings import Settings, read_settings

    settings = Settings() if file is None else read_settings(file)
    if scale is None:
        return settings
    return replace(settings, registration=replace(settings.registration, scale=scale.value))


def _is_model(path: Path) -> bool:
    return path.suffix.lower() in MODELS
