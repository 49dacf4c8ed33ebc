"""What is asked of an inspection and what it leaves: the two ends of the flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipelines.choices import Language, LengthUnit, Output, RegistrationChoice, Scale
from pipelines.settings import Settings
from twin.conformity.milestone import Milestone
from twin.evidence.inspection import Inspection


@dataclass(frozen=True, slots=True)
class InspectionJob:
    """One approved design against one survey.

    Attributes
    ----------
    design : tuple of Path
        One or more IFC files that make up one design.
    survey : tuple of Path
        One or more clouds in one frame.
    folder : Path
        The case folder to write.
    milestone : Milestone or None
        None while nobody said: what is absent then counts as not yet built.
    built_to : str or None
        Name of the highest storey that is due, or its elevation in m, design frame.
    surveyed_on : date or None
        Day of the survey: what the model's own tasks build later is not due yet.
    pose : Path or None
        A pose that is given, as ``plumbline register`` writes it.
    control : Path or None
        Control and check points (CSV).
    stations : Path or None
        Where the instrument stood (CSV).
    unit : LengthUnit or None
        Overrides what the clouds say.
    crs : str or None
        Coordinate system of the clouds; overrides what they say.
    outputs : frozenset of Output
        What is written beside the document.
    beside : mapping of str to str
        Further files of the case: name and text.
    """

    design: tuple[Path, ...]
    survey: tuple[Path, ...]
    folder: Path
    permit: Path | None = None
    milestone: Milestone | None = None
    built_to: str | None = None
    surveyed_on: date | None = None
    pose: Path | None = None
    control: Path | None = None
    stations: Path | None = None
    registration: RegistrationChoice = RegistrationChoice.AUTO
    unit: LengthUnit | None = None
    crs: str | None = None
    lang: Language = Language.ENGLISH
    settings: Settings = field(default_factory=Settings)
    seed: int = 0
    outputs: frozenset[Output] = frozenset(Output)
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def scale(self) -> Scale:
        """Whether registration may change the survey's size; one of its settings."""
        return Scale(self.settings.registration.scale)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A finished inspection: its document and the folder that holds everything else."""

    inspection: Inspection
    folder: Path
