"""A city of plausible projects, the same for the same seed."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from pathlib import Path

from twin.conformity.milestone import Milestone
from twin.conformity.model import FindingVerdict, Kind, Verdict
from twin.supervision.model import Due, FindingState, InspectionState, ProjectState, Reason, Risk
from twin.supervision.records import InspectionRecord, MilestoneDue, Place, Project
from twin.supervision.schedule import checks_asked, undated, undecided
from twin.supervision.settings import ScheduleSettings
from twin.supervision.states import Standing, State, Tier

TODAY = date(2026, 11, 27)
CRS = "EPSG:4549"
CENTRE = (520_000.0, 3_350_000.0)
DISTRICTS = {
    "城东区": (7_500.0, 1_500.0), "城西区": (-7_000.0, 2_000.0), "城南区": (500.0, -7_500.0),
    "城北区": (-500.0, 8_500.0), "老城区": (0.0, 0.0), "江岸区": (7_000.0, -6_500.0),
    "湖滨区": (-6_500.0, -5_500.0), "高新区": (9_500.0, 8_000.0), "空港新城": (17_000.0, 3_500.0),
}  # fmt: skip
USES = ("住宅", "办公楼", "商业综合体", "厂房", "学校", "Residential", "Warehouse")
_TITLES = {
    Kind.EXTRA_STOREY: "An extra storey on top",
    Kind.ROOFTOP_ADDITION: "A volume on the roof",
    Kind.LATERAL_EXTENSION: "A volume outside the approved outline",
    Kind.MEZZANINE: "A level between two approved ones",
    Kind.ENCLOSURE: "A balcony closed in",
    Kind.VOID_INFILL: "A slab over a void",
    Kind.BASEMENT_EXTENSION: "A wider basement",
    Kind.OVER_HEIGHT: "Higher than permitted",
    Kind.OPENING_CHANGED: "A window closed",
    Kind.UNMODELLED_OBJECT: "An object beside the building",
}
_FLOW = (State.CONFIRMED, State.HANDED_OVER, State.RECTIFYING, State.RECTIFIED, State.CLOSED)


def city(count: int = 500, seed: int = 7, today: date = TODAY) -> list[ProjectState]:
    """So many projects in nine districts, in all states."""
    chance = random.Random(seed)
    return [_project(chance, number, today) for number in range(count)]


def _project(chance: random.Random, number: int, today: date) -> ProjectState:
    district = chance.choice(list(DISTRICTS)) if chance.random() > 0.01 else None
    away = DISTRICTS[district or "老城区"]
    spread = 1_500.0 if district == "老城区" else 2_300.0
    east = CENTRE[0] + away[0] + chance.gauss(0.0, spread)
    north = CENTRE[1] + away[1] + chance.gauss(0.0, spread)
    started = today - timedelta(days=chance.randrange(60, 500))
    milestones = _milestones(chance, started)
    inspections = _inspections(chance, milestones, today, number)
    record = Project(
        folder=Path(f"projects/P{number:04d}"),
        number=f"建字第2025-{number:04d}号",
        name=f"{district} {chance.randrange(1, 90):02d} 地块 · {chance.choice(USES)} {number % 12 + 1} 号楼",
        design=("design.ifc",),
        district=district,
        grid_cell=None if district is None else f"{district}-{chance.randrange(1, 25):02d}",
        started_on=started,
        place=Place(easting=east, northing=north, crs=CRS),
        milestones=milestones,
        inspections=tuple(
            InspectionRecord(milestone=each.milestone, date=each.date, surveys=("survey.laz",)) for each in inspections
        ),
    )
    turn = chance.random() * math.pi
    outline, matrix = _footprint(chance, east, north, turn)
    cases = [each for each in inspections if each.verdict is not None]
    risk = _risk(chance, cases)
    checks = checks_asked(record, inspections, lambda _: risk.tier, ScheduleSettings(), today)
    return ProjectState(
        project=record,
        inspections=inspections,
        findings=tuple(_findings(chance, cases, number, outline)),
        risk=risk,
        due=_due(record, inspections, today, chance),
        map_outline=tuple(_moved(matrix, point) for point in outline) if cases else (),
        map_crs=CRS,
        map_from_design=matrix if cases else None,
        checks=checks,
        undated=undated(record, inspections, risk.tier, ScheduleSettings(), today),
        undecided=undecided(inspections, today),
    )


def _milestones(chance: random.Random, started: date) -> tuple[MilestoneDue, ...]:
    day, found = started, []
    for milestone in (Milestone.FOUNDATION, Milestone.STRUCTURE, Milestone.TOPPING_OUT, Milestone.COMPLETION):
        day += timedelta(days=chance.randrange(50, 120))
        found.append(MilestoneDue(milestone=milestone, due=day))
    return tuple(found)


def _inspections(
    chance: random.Random, milestones: tuple[MilestoneDue, ...], today: date, number: int
) -> tuple[InspectionState, ...]:
    if chance.random() < 0.08:
        return ()
    found = []
    for due in milestones:
        day = due.due + timedelta(days=chance.choice((-9, -6, -4, -2, -1, 0, 3, 12)))
        if day > today or chance.random() < 0.13:
            continue
        name = f"{due.milestone.code}-{day.isoformat()}"
        folder = Path(f"projects/P{number:04d}/inspections/{name}")
        if chance.random() < 0.05:
            why = "survey.laz: holds no points"
            found.append(InspectionState(name, due.milestone, day, folder, None, why))
            continue
        verdict = chance.choices(list(Verdict), (56, 15, 11, 18))[0]
        found.append(InspectionState(name, due.milestone, day, folder, verdict))
    return tuple(found)


def _findings(
    chance: random.Random, cases: list[InspectionState], number: int, outline: tuple[tuple[float, float], ...]
) -> list[FindingState]:
    found = []
    for case in cases:
        grave = {Verdict.INCONSISTENT: FindingVerdict.INCONSISTENT, Verdict.BORDERLINE: FindingVerdict.BORDERLINE}
        verdicts = [grave[case.verdict]] * chance.randrange(1, 4) if case.verdict in grave else []
        verdicts += [FindingVerdict.INFORMATION] * (chance.random() < 0.3)
        for verdict in verdicts:
            found.append(_finding(chance, cases, case, verdict, f"{number:04d}{len(found):03d}", outline))
    return found


def _finding(
    chance: random.Random,
    cases: list[InspectionState],
    case: InspectionState,
    verdict: FindingVerdict,
    guid: str,
    outline: tuple[tuple[float, float], ...],
) -> FindingState:
    warns = verdict is not FindingVerdict.INFORMATION
    kind = chance.choice(list(_TITLES)[:-1]) if warns else Kind.UNMODELLED_OBJECT
    state = State.CANDIDATE
    if warns and chance.random() < 0.72:
        dismissed = chance.random() < (0.08 if verdict is FindingVerdict.INCONSISTENT else 0.4)
        state = State.DISMISSED if dismissed else chance.choices(_FLOW, (30, 25, 15, 15, 15))[0]
    later = [each for each in cases if each.date > case.date]
    standing = chance.choices(list(Standing)[1:], (40, 6, 6, 25, 3, 20))[0] if later else Standing.NEW
    seen = later[-1] if later and standing in (Standing.PERSISTS, Standing.GREW, Standing.SHRANK) else case
    width, depth = outline[2]
    share = chance.uniform(0.2, 0.6)
    area = round(width * depth * share, 2)
    proposed = State.RECTIFIED if standing is Standing.RESOLVED and state is State.RECTIFYING else None
    return FindingState(
        guid=guid, kind=kind, verdict=verdict, title=_TITLES[kind],
        storey=chance.choice(("F1", "F2", "屋面", None)), state=state, standing=standing, proposed=proposed,
        first_seen=case.date, last_seen=seen.date, inspection=seen.name, decided=_decided(state, case.date),
        area_m2=area if chance.random() < 0.9 else None,
        volume_m3=round(area * 3.1, 2) if chance.random() < 0.8 else None,
        height_m=3.1,
        outline=((0.0, 0.0), (width * share, 0.0), (width * share, depth), (0.0, depth)),
    )  # fmt: skip


def _decided(state: State, seen: date) -> tuple[tuple[State, date], ...]:
    """What led to a state, a decision every three weeks; every other one skipped the authority."""
    if state in (State.CANDIDATE, State.DISMISSED):
        return () if state is State.CANDIDATE else ((state, seen + timedelta(days=21)),)
    way = _FLOW[: _FLOW.index(state) + 1]
    if seen.day % 2 and state is not State.HANDED_OVER:
        way = tuple(each for each in way if each is not State.HANDED_OVER)
    return tuple((each, seen + timedelta(days=21 * step)) for step, each in enumerate(way, start=1))


def _risk(chance: random.Random, cases: list[InspectionState]) -> Risk:
    reasons = [Reason("use", "industrial: extensions are frequent", 1.0)] if chance.random() < 0.4 else []
    if chance.random() < 0.35:
        reasons.append(Reason("storey_height", "an approved storey of 5.40 m: another floor fits in", 2.0))
    if chance.random() < 0.2:
        reasons.append(Reason("change_orders", "3 approved changes of the design", 1.0))
    if any(case.verdict is Verdict.INCONSISTENT for case in cases):
        reasons.append(Reason("findings", "an earlier survey was inconsistent with the permit", 3.0))
    score = sum(reason.points for reason in reasons)
    tier = Tier.HIGH if score >= 4.0 else Tier.MEDIUM if score >= 2.0 else Tier.LOW
    return Risk(score, tier, tuple(reasons))


def _due(
    project: Project, inspections: tuple[InspectionState, ...], today: date, chance: random.Random
) -> tuple[Due, ...]:
    made = {each.milestone for each in inspections if each.verdict is not None}
    found = [
        Due(each.milestone, each.due, "milestone of the record", max((today - each.due).days, 0))
        for each in project.milestones
        if each.milestone not in made
    ]
    if chance.random() < 0.5:
        day = today + timedelta(days=chance.randrange(-12, 60))
        found.append(Due(None, day, "patrol between milestones", max((today - day).days, 0)))
    return tuple(sorted(found, key=lambda each: each.due))


def _footprint(
    chance: random.Random, east: float, north: float, turn: float
) -> tuple[tuple[tuple[float, float], ...], tuple[tuple[float, ...], ...]]:
    width, depth = chance.uniform(24.0, 90.0), chance.uniform(14.0, 40.0)
    cos, sin = math.cos(turn), math.sin(turn)
    corners = ((0.0, 0.0), (width, 0.0), (width, depth), (0.0, depth))
    matrix = ((cos, -sin, 0.0, east), (sin, cos, 0.0, north), (0.0, 0.0, 1.0, 12.0), (0.0, 0.0, 0.0, 1.0))
    return corners, matrix


def _moved(matrix: tuple[tuple[float, ...], ...], point: tuple[float, float]) -> tuple[float, float]:
    x, y = point
    return matrix[0][0] * x + matrix[0][1] * y + matrix[0][3], matrix[1][0] * x + matrix[1][1] * y + matrix[1][3]
