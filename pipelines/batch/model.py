"""What a plan asks for, once it is found to be whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pipelines.choices import Language, LengthUnit, Output, RegistrationChoice, Scale
from twin.conformity.milestone import Milestone


class Frozen(BaseModel):
    """Base of all parts: frozen, and nothing unknown inside."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Limits(Frozen):
    """What a batch and each of its cases may take; None where the machine decides.

    Attributes
    ----------
    workers : int or None
        Cases at a time on this machine.
    threads : int or None
        Of each case; else the cores divided by the workers, and one under a scheduler.
    memory_gb : float or None
        Of each case with all its processes, 10^9 bytes.
    minutes : float
        After which a case is ended.
    retries : int
        Further attempts for what may pass: a crash, a kill by the system, a failing disk.
    """

    workers: Annotated[int, Field(ge=1, le=1024)] | None = None
    threads: Annotated[int, Field(ge=1, le=1024)] | None = None
    memory_gb: Annotated[float, Field(ge=0.05, le=100_000.0)] | None = None
    minutes: Annotated[float, Field(gt=0.0, le=100_000.0)] = 120.0
    retries: Annotated[int, Field(ge=0, le=10)] = 1


class Case(Frozen):
    """One inspection of a plan. Paths are as the plan has them: relative to its folder, or absolute."""

    name: str
    folder: str
    design: tuple[str, ...]
    surveys: tuple[str, ...]
    project: str | None = None
    permit: str | None = None
    milestone: Milestone | None = None
    built_to: str | None = None
    surveyed_on: date | None = None
    control: str | None = None
    pose: str | None = None
    stations: str | None = None
    registration: RegistrationChoice = RegistrationChoice.AUTO
    unit: LengthUnit | None = None
    crs: str | None = None
    scale: Scale | None = None
    settings: str | None = None
    lang: Language = Language.ENGLISH
    outputs: tuple[Output, ...] = tuple(Output)


class Plan(Frozen):
    """A plan that may run.

    Attributes
    ----------
    path : Path
        Of the plan, as it was named.
    base : Path
        Folder from which its relative paths start; absolute.
    results : Path
        Where receipts, logs and the summary lie; absolute.
    cases : tuple of Case
        By name.
    """

    path: Path
    base: Path
    results: Path
    name: str
    lang: Language
    limits: Limits
    cases: tuple[Case, ...]
