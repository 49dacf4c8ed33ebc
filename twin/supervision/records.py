"""The record of a project: plain files in a folder are the truth.

``project.toml`` says who and where, which permit and design, which milestones are due and which inspections were made;
``decisions.jsonl`` what persons decided about findings, only ever added to; ``inspections/`` holds one case folder for
each inspection, named MILESTONE-DATE.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import tomli_w
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from twin.conformity.milestone import Milestone, milestone_named
from twin.errors import InputError
from twin.toml import read_content, tables_of, with_tuples

FILE_NAME = "project.toml"
CASES = "inspections"
SCHEMA: Literal["plumbline.project/1"] = "plumbline.project/1"
_MOST_SHARE = 2.0
"""Twice what a plot allows is more than anybody approves: who writes more means per cent."""
_SEE = "see docs/reference/project.md for keys and units"


class ProjectError(InputError):
    """A project's record cannot be read or contradicts itself."""


def _milestone(value: object) -> object:
    if not isinstance(value, str) or isinstance(value, Milestone):
        return value
    try:
        return milestone_named(value)
    except InputError as error:
        raise ValueError(str(error)) from error


def _share(value: float) -> float:
    if value > _MOST_SHARE:
        raise ValueError(f"{value:g} is no share: 1 is the whole, so that 98 % is 0.98")
    return value


Named = Annotated[str, Field(min_length=1)]
Stage = Annotated[Milestone, BeforeValidator(_milestone)]
Share = Annotated[float, Field(ge=0.0), AfterValidator(_share)]
Length = Annotated[float, Field(gt=0.0, le=10_000.0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Party(_Part):
    """Who answers for the works: a firm or an office, and how to reach it.

    Attributes
    ----------
    name : str
        Of the firm or office.
    role : str or None
        Such as permit holder, designer, contractor.
    contact : str or None
        How to reach it.
    """

    name: Named
    role: str | None = None
    contact: str | None = None


class Place(_Part):
    """Where the project lies on the map.

    Attributes
    ----------
    easting, northing : float
        m, in the system that `crs` names.
    crs : str
        Such as EPSG:4549, or the name of a local system.
    """

    easting: float
    northing: float
    crs: Named


class RiskInputs(_Part):
    """What is known of a project before anyone looks; what nobody said is left out.

    Attributes
    ----------
    use : str
        Such as residential, office, commercial, industrial, mixed.
    storey_height_m : float
        The largest approved one: from about 4.5 m another floor fits in.
    counted_share : float
        Counted floor area as a share of what the plot allows: 1 is all of it, 0.98 is 98 %; 2 at most.
    change_orders : int
        Approved changes of the design.
    skipped_checks : tuple of Milestone
        Milestones that passed without the check that was due.
    past_findings : int
        Confirmed findings at other projects of the same party.
    """

    use: str | None = None
    storey_height_m: Length | None = None
    counted_share: Share | None = None
    change_orders: Annotated[int, Field(ge=0)] = 0
    skipped_checks: tuple[Stage, ...] = ()
    past_findings: Annotated[int, Field(ge=0)] = 0


class MilestoneDue(_Part):
    """A milestone at which an inspection is due.

    Attributes
    ----------
    milestone : Milestone
        By name (topping-out) or code (M5).
    due : date
        The day by which it is to be inspected.
    built_to : str or None
        Highest storey that is due then, or its level in m, design frame.
    """

    milestone: Stage
    due: date
    built_to: str | None = None


class InspectionRecord(_Part):
    """A survey of the site, and how it is to be read. Paths are relative to the project folder.

    Attributes
    ----------
    milestone : Milestone
        Stage of the works at the time, by name or code.
    date : date
        Day of the survey.
    surveys : tuple of str
        Its clouds.
    built_to : str or None
        Highest storey that was due, or its level in m, design frame.
    control, pose, stations : str or None
        Files that say where the survey stands, as for `plumbline inspect`.
    registration, unit, crs, scale : str or None
        As for `plumbline inspect`.
    """

    milestone: Stage
    date: date
    surveys: Annotated[tuple[Named, ...], Field(min_length=1)]
    built_to: str | None = None
    control: str | None = None
    pose: str | None = None
    stations: str | None = None
    registration: Literal["auto", "control", "georeferenced", "best-fit", "given"] = "auto"
    unit: Literal["m", "mm", "ft"] | None = None
    crs: str | None = None
    scale: Literal["fixed", "free"] = "fixed"

    @property
    def name(self) -> str:
        """Of its case folder."""
        return f"{self.milestone.code}-{self.date.isoformat()}"


class Project(_Part):
    """One project under supervision.

    Attributes
    ----------
    folder : Path
        Where its record lies.
    number : str
        By which the office knows it; unique in a portfolio.
    name : str
        What people call it.
    design : tuple of str
        IFC files of the approved design, relative to the folder.
    permit : str or None
        The permit's numbers, relative to the folder.
    location : str or None
        Where it is, in words.
    district : str or None
        Part of the city.
    grid_cell : str or None
        Unit of neighbourhood supervision.
    started_on : date or None
        Day on which works began: patrols count from it.
    place : Place or None
        Where it lies on the map.
    responsible : tuple of Party
        Who answers for the works.
    risk : RiskInputs
        What is known before anyone looks.
    milestones : tuple of MilestoneDue
        At which inspections are due; each once.
    inspections : tuple of InspectionRecord
        Surveys that were made; one a milestone and day.
    """

    folder: Path
    number: Named
    name: Named
    design: Annotated[tuple[Named, ...], Field(min_length=1)]
    permit: str | None = None
    location: str | None = None
    district: str | None = None
    grid_cell: str | None = None
    started_on: date | None = None
    place: Place | None = None
    responsible: tuple[Party, ...] = ()
    risk: RiskInputs = RiskInputs()
    milestones: tuple[MilestoneDue, ...] = ()
    inspections: tuple[InspectionRecord, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Project:
        for what, names in (
            ("milestone", [due.milestone.code for due in self.milestones]),
            ("inspection", [record.name for record in self.inspections]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{what} {twice[0]} stands twice")
        return self

    def case_of(self, record: InspectionRecord) -> Path:
        """Case folder of an inspection, there or not yet."""
        return self.folder / CASES / record.name

    def in_order(self) -> tuple[InspectionRecord, ...]:
        """Inspections by date, then milestone."""
        return tuple(sorted(self.inspections, key=lambda record: (record.date, record.milestone.code)))


def is_project(folder: Path) -> bool:
    """Whether a project's record lies in that folder."""
    return (folder / FILE_NAME).is_file()


def read_project(folder: Path) -> Project:
    """The record of the project in `folder`.

    Raises
    ------
    ProjectError
        Unreadable, no TOML, an unknown or missing key, a wrong type, or something that stands twice.
    """
    path = folder / FILE_NAME
    content = read_content(path, ProjectError, "plumbline project init makes one")
    tables = tables_of(content, path, ProjectError, _SEE)
    if tables.pop("schema", None) != SCHEMA:
        raise ProjectError(f"{path}: is no record of this kind", f'its first line is schema = "{SCHEMA}"')
    return project_from({**tables, "folder": folder}, str(path))


def project_from(values: dict[str, Any], source: str) -> Project:
    """A project from the values of its record; `source` is named in errors. Raises as `read_project` does."""
    try:
        return Project.model_validate(with_tuples(values))
    except ValidationError as error:
        first = error.errors()[0]
        places = [str(place + 1) if isinstance(place, int) else place for place in first["loc"]]
        said = first["msg"].removeprefix("Value error, ")
        raise ProjectError(f"{source}: {': '.join([*filter(None, ['.'.join(places)]), said])}", _SEE) from error


def document(project: Project) -> str:
    """The record as TOML, as `read_project` reads it."""
    values = project.model_dump(exclude={"folder"}, exclude_none=True, exclude_defaults=True)
    return tomli_w.dumps({"schema": SCHEMA, **_plain(values)})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value.value if isinstance(value, Milestone) else value
