"""What supervision knows of projects, inspections and findings at a day: types that lists, maps and figures read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from twin.conformity.milestone import Milestone
from twin.conformity.model import FindingVerdict, Kind, Verdict
from twin.supervision.records import Project
from twin.supervision.states import Standing, State, Tier


@dataclass(frozen=True, slots=True)
class InspectionState:
    """One inspection that was asked for.

    Attributes
    ----------
    name : str
        ``MILESTONE-DATE``, as its case folder.
    verdict : Verdict or None
        None while there is no finished case.
    failed_because : str or None
        Why the last attempt gave no case that can be read, also where an earlier one had left a verdict.
    """

    name: str
    milestone: Milestone
    date: date
    folder: Path
    verdict: Verdict | None
    failed_because: str | None = None


@dataclass(frozen=True, slots=True)
class FindingState:
    """A finding over time, under one GUID. Sizes are those last seen: m2, m3, m; outline in the design frame, m.

    Attributes
    ----------
    state : State
        By the last decision of a person.
    decided : tuple of (State, date)
        All that persons decided about it, in order: what it became, and on which day (UTC).
    part_of : str or None
        GUID of the finding into which it grew: what was last measured of that holds this one too.
    proposed : State or None
        What the last survey proposes, where that differs.
    first_seen, last_seen : date
        Of surveys that showed it.
    inspection : str
        Name of the last inspection that showed it.
    resolved_by : str or None
        Name of the inspection that saw its place without it, while it is gone.
    """

    guid: str
    kind: Kind
    verdict: FindingVerdict
    title: str
    storey: str | None
    state: State
    standing: Standing
    proposed: State | None
    first_seen: date
    last_seen: date
    inspection: str
    area_m2: float | None
    volume_m3: float | None
    height_m: float | None
    outline: tuple[tuple[float, float], ...]
    decided: tuple[tuple[State, date], ...] = ()
    part_of: str | None = None
    resolved_by: str | None = None


@dataclass(frozen=True, slots=True)
class MapPlace:
    """Where the approved design lies on the map, as an inspection read it from the design's files.

    Attributes
    ----------
    outline : tuple of (x, y), m, design frame
        Of the approved ground storey.
    map_from_design : (4, 4), row-major
        To eastings, northings and heights, m.
    crs : str or None
    """

    outline: tuple[tuple[float, float], ...]
    map_from_design: tuple[tuple[float, ...], ...]
    crs: str | None

    def on_map(self) -> tuple[tuple[float, float], ...]:
        """The outline in eastings and northings, m."""
        x, y = self.map_from_design[0], self.map_from_design[1]
        return tuple((x[0] * u + x[1] * v + x[3], y[0] * u + y[1] * v + y[3]) for u, v in self.outline)


@dataclass(frozen=True, slots=True)
class Reason:
    """One of the grounds of a score: what it is, in words, and the points it adds."""

    name: str
    why: str
    points: float


@dataclass(frozen=True, slots=True)
class Risk:
    """A transparent score: the sum of its reasons, and the tier that it falls into."""

    score: float
    tier: Tier
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """An inspection that is due: at a milestone; without one, a patrol or a re-inspection of what was rectified."""

    milestone: Milestone | None
    due: date
    why: str
    overdue_days: int
    reinspection: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """A check that was asked of a project: at a milestone, by a day.

    Attributes
    ----------
    made : date or None
        Of the first survey there that left a finished case, an undecided one too: somebody went. None while none did.
    passed_over : bool
        Not made, and it cannot be made up: the record says so, or a later milestone was surveyed and this one never.
    """

    milestone: Milestone
    due: date
    made: date | None
    passed_over: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A project of which no state is known: where it lies, its number where that can be read, and why, in one line."""

    folder: str
    number: str | None
    why: str


@dataclass(frozen=True, slots=True)
class ProjectState:
    """A project at a day, with all that lists, maps and figures need.

    Attributes
    ----------
    map_outline : tuple of (easting, northing), m
        Footprint of the approved design on the map; empty where no inspection tells where the design lies.
    map_crs : str or None
        System of `map_outline`; of the record's place where no design says where it lies.
    map_from_design : (4, 4), row-major, or None
        Maps the design frame, m, to `map_crs`, m; None where no inspection tells where the design lies.
    checks : tuple of Check
        All that were asked of it and have a day, past and to come.
    undated : tuple of Milestone
        Asked of it, but never due: the record has no day for them.
    undecided : tuple of InspectionState
        For each milestone of which the last inspection saw too little to decide, and none after it did, that one.
    """

    project: Project
    inspections: tuple[InspectionState, ...]
    findings: tuple[FindingState, ...]
    risk: Risk
    due: tuple[Due, ...]
    map_outline: tuple[tuple[float, float], ...] = ()
    map_crs: str | None = None
    map_from_design: tuple[tuple[float, ...], ...] | None = None
    checks: tuple[Check, ...] = ()
    undated: tuple[Milestone, ...] = ()
    undecided: tuple[InspectionState, ...] = ()
