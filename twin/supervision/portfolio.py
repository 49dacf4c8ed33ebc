"""The figures of a city's projects, whole and in parts. Each has its denominator."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from twin.conformity.milestone import Milestone
from twin.conformity.model import Kind
from twin.supervision.counting import (
    CHECK_RATES,
    FINDING_RATES,
    INSPECTION_RATES,
    PROJECT_RATES,
    Check,
    is_confirmed_addition,
    is_failed,
    is_finished,
)
from twin.supervision.model import FindingState, InspectionState, ProjectState
from twin.supervision.rates import Amount, Rate, counted

Key = TypeVar("Key")
Thing = TypeVar("Thing")


class Status(StrEnum):
    """Where a project stands by its latest survey; *undecided* and *not inspected* are never shown as *consistent*."""

    INCONSISTENT = "inconsistent"
    BORDERLINE = "borderline"
    CONSISTENT = "consistent"
    UNDECIDED = "undecided"
    FAILED = "failed"
    NOT_INSPECTED = "not_inspected"


@dataclass(frozen=True, slots=True)
class Figures:
    """All rates of a portfolio at a day, whole and in parts.

    Attributes
    ----------
    rates : mapping of str to Rate
        By name; the names are those of the four tables of definitions.
    amounts : mapping of str to Amount
        ``area_m2`` and ``volume_m3`` of confirmed additions, as last measured.
    by_district : mapping of (str or None) to mapping
        None for projects whose record names no district.
    by_month : mapping of str to mapping
        ``2026-05`` and so on: inspections by the date of their survey, findings by the first survey that showed them.
    by_milestone : mapping of Milestone to mapping
        Checks and inspections at it, findings by the last inspection that showed them.
    by_kind : mapping of Kind to mapping
        Rates of findings.
    """

    today: date
    projects: int
    rates: Mapping[str, Rate]
    amounts: Mapping[str, Amount]
    by_district: Mapping[str | None, Mapping[str, Rate]]
    by_month: Mapping[str, Mapping[str, Rate]]
    by_milestone: Mapping[Milestone, Mapping[str, Rate]]
    by_kind: Mapping[Kind, Mapping[str, Rate]]


def figures(states: Sequence[ProjectState], today: date) -> Figures:
    """The portfolio in figures.

    Parameters
    ----------
    states : sequence of ProjectState
        As they are at `today`.
    today : date
        Milestone checks that fall due later do not count.
    """
    months = _parted(
        ((_month(each.date), each) for state in states for each in state.inspections),
        ((_month(each.first_seen), each) for state in states for each in state.findings),
    )
    kinds = _grouped((each.kind, each) for state in states for each in state.findings)
    return Figures(
        today=today,
        projects=len(states),
        rates=rates_of(states, today),
        amounts=_amounts([finding for state in states for finding in state.findings]),
        by_district={
            district: rates_of(inside, today)
            for district, inside in _in_order(_grouped((state.project.district, state) for state in states))
        },
        by_month={month: _surveyed(*parts) for month, parts in sorted(months.items())},
        by_milestone=_by_milestone(states, today),
        by_kind={kind: counted(FINDING_RATES, kinds[kind]) for kind in Kind if kind in kinds},
    )


def rates_of(states: Sequence[ProjectState], today: date) -> dict[str, Rate]:
    """Every rate over these projects, by name."""
    checks = [check for state in states for check in checks_of(state, today)]
    return {
        **counted(PROJECT_RATES, states),
        **counted(CHECK_RATES, checks),
        **_surveyed(
            [inspection for state in states for inspection in state.inspections],
            [finding for state in states for finding in state.findings],
        ),
    }


def checks_of(state: ProjectState, today: date) -> tuple[Check, ...]:
    """The milestone checks of a project that have fallen due by `today`."""
    made: dict[Milestone, date] = {}
    for inspection in state.inspections:
        if is_finished(inspection):
            made[inspection.milestone] = min(inspection.date, made.get(inspection.milestone, inspection.date))
    return tuple(
        Check(due.milestone, due.due, made.get(due.milestone)) for due in state.project.milestones if due.due <= today
    )


def status_of(state: ProjectState) -> Status:
    """By the latest inspection that finished or failed."""
    tried = [each for each in state.inspections if is_finished(each) or is_failed(each)]
    if not tried:
        return Status.NOT_INSPECTED
    verdict = max(tried, key=lambda each: (each.date, each.milestone.code)).verdict
    return Status.FAILED if verdict is None else Status(verdict.value)


def latest_case(state: ProjectState) -> InspectionState | None:
    """The latest inspection that left a case."""
    finished = [each for each in state.inspections if is_finished(each)]
    return max(finished, key=lambda each: (each.date, each.milestone.code), default=None)


def _by_milestone(states: Sequence[ProjectState], today: date) -> dict[Milestone, dict[str, Rate]]:
    checks = _grouped((each.milestone, each) for state in states for each in checks_of(state, today))
    surveyed = _parted(
        ((each.milestone, each) for state in states for each in state.inspections),
        ((at, each) for state in states for at, each in milestones_of_findings(state)),
    )
    return {
        milestone: {
            **counted(CHECK_RATES, checks.get(milestone, [])),
            **_surveyed(*surveyed.get(milestone, ([], []))),
        }
        for milestone in Milestone
        if milestone in checks or milestone in surveyed
    }


def milestones_of_findings(state: ProjectState) -> list[tuple[Milestone, FindingState]]:
    """Each finding with the milestone of the last inspection that showed it; without, where that is not known."""
    at = {inspection.name: inspection.milestone for inspection in state.inspections}
    return [(at[each.inspection], each) for each in state.findings if each.inspection in at]


def _surveyed(inspections: Iterable[InspectionState], findings: Iterable[FindingState]) -> dict[str, Rate]:
    return {**counted(INSPECTION_RATES, inspections), **counted(FINDING_RATES, findings)}


def _amounts(findings: Sequence[FindingState]) -> dict[str, Amount]:
    additions = [finding for finding in findings if is_confirmed_addition(finding)]
    sizes = {
        "area_m2": [each.area_m2 for each in additions if each.area_m2 is not None],
        "volume_m3": [each.volume_m3 for each in additions if each.volume_m3 is not None],
    }
    meaning = "confirmed additions whose size was measured, of confirmed additions"
    return {
        name: Amount(round(math.fsum(known), 3), len(known), len(additions), meaning) for name, known in sizes.items()
    }


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _grouped(pairs: Iterable[tuple[Key, Thing]]) -> dict[Key, list[Thing]]:
    groups: defaultdict[Key, list[Thing]] = defaultdict(list)
    for key, thing in pairs:
        groups[key].append(thing)
    return dict(groups)


def _parted(
    inspections: Iterable[tuple[Key, InspectionState]], findings: Iterable[tuple[Key, FindingState]]
) -> dict[Key, tuple[list[InspectionState], list[FindingState]]]:
    left, right = _grouped(inspections), _grouped(findings)
    return {key: (left.get(key, []), right.get(key, [])) for key in dict.fromkeys([*left, *right])}


def _in_order(groups: Mapping[str | None, Thing]) -> list[tuple[str | None, Thing]]:
    """By name, what has none last."""
    return sorted(groups.items(), key=lambda item: (item[0] is None, item[0] or ""))
