"""The figures of a city's projects, whole and in parts. Each has its denominator."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from twin.conformity.milestone import Milestone
from twin.conformity.model import Kind
from twin.phrases import phrase
from twin.supervision.counting import (
    CHECK_RATES,
    FINDING_RATES,
    INSPECTION_RATES,
    PROJECT_RATES,
    additions,
    is_confirmed,
    is_failed,
    is_finished,
    is_open,
)
from twin.supervision.dated import BY_SURVEYS, decided_in, found, month_of
from twin.supervision.model import Check, FindingState, InspectionState, ProjectState, Unreadable
from twin.supervision.rates import Amount, Rate, counted

Key = TypeVar("Key")
Thing = TypeVar("Thing")
_OF_A_MONTH = tuple(each for each in PROJECT_RATES if each.name != "undated")
"""Rates of projects that also mean something in a month: what has no date is in none."""
_UNREADABLE = phrase("projects that cannot be read and are in no other figure, of all projects found")


class Status(StrEnum):
    """Where a project stands by what is confirmed and open, else by its latest survey; *undecided* and *not inspected*
    are never shown as *consistent*.
    """

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
        By name; the names are those of the four tables of definitions, and ``unreadable``.
    amounts : mapping of str to Amount
        ``area_m2`` and ``volume_m3`` of confirmed additions, as last measured, whatever became of them; with
        ``_standing`` of those that are neither closed nor seen gone. What grew into another is counted with that.
    by_district : mapping of (str or None) to mapping
        None for projects whose record names no district.
    by_month : mapping of str to mapping
        ``2026-05`` and so on: checks by the day by which they were asked for, inspections by the date of their survey,
        decisions by their day (UTC), new leads and what later surveys say of them by the first survey that showed them.
    by_milestone : mapping of Milestone to mapping
        Projects, checks and inspections at it, findings by the last inspection that showed them.
    by_kind : mapping of Kind to mapping
        Rates of findings.
    unreadable : tuple of Unreadable
        Projects that could not be read: they are in no denominator but that of their own rate.
    """

    today: date
    projects: int
    rates: Mapping[str, Rate]
    amounts: Mapping[str, Amount]
    by_district: Mapping[str | None, Mapping[str, Rate]]
    by_month: Mapping[str, Mapping[str, Rate]]
    by_milestone: Mapping[Milestone, Mapping[str, Rate]]
    by_kind: Mapping[Kind, Mapping[str, Rate]]
    unreadable: tuple[Unreadable, ...] = ()


def figures(states: Sequence[ProjectState], today: date, unreadable: Sequence[Unreadable] = ()) -> Figures:
    """The portfolio in figures.

    Parameters
    ----------
    states : sequence of ProjectState
        As they are at `today`.
    today : date
        Milestone checks of this day and later do not count.
    unreadable : sequence of Unreadable
        Projects that were found and are in no other figure.
    """
    found_in_all = len(states) + len(unreadable)
    kinds = _grouped((each.kind, each) for state in states for each in state.findings)
    return Figures(
        today=today,
        projects=len(states),
        rates={**rates_of(states, today), "unreadable": Rate(len(unreadable), found_in_all, _UNREADABLE)},
        amounts=_amounts(states),
        by_district={
            district: rates_of(inside, today)
            for district, inside in _in_order(_grouped((state.project.district, state) for state in states))
        },
        by_month=_by_month(states, today),
        by_milestone=_by_milestone(states, today),
        by_kind={kind: counted(FINDING_RATES, kinds[kind]) for kind in Kind if kind in kinds},
        unreadable=tuple(unreadable),
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
    """The checks asked of a project of which the day has passed by `today`: on its day one can still be made."""
    return tuple(check for check in state.checks if check.due < today)


def status_of(state: ProjectState) -> Status:
    """*Inconsistent* while a finding that a person confirmed is open, whatever a later survey did not see; else by the
    latest inspection that finished or failed.
    """
    if any(map(is_open, state.findings)):
        return Status.INCONSISTENT
    tried = [each for each in state.inspections if is_finished(each) or is_failed(each)]
    if not tried:
        return Status.NOT_INSPECTED
    verdict = max(tried, key=lambda each: (each.date, each.milestone.code)).verdict
    return Status.FAILED if verdict is None else Status(verdict.value)


def latest_case(state: ProjectState) -> InspectionState | None:
    """The latest inspection that left a case."""
    finished = [each for each in state.inspections if is_finished(each)]
    return max(finished, key=lambda each: (each.date, each.milestone.code), default=None)


def _by_month(states: Sequence[ProjectState], today: date) -> dict[str, dict[str, Rate]]:
    findings = [each for state in states for each in state.findings]
    shown = _grouped((month_of(each.first_seen), each) for each in findings)
    inspections = _grouped((month_of(each.date), each) for state in states for each in state.inspections)
    checks = _grouped((month_of(each.due), each) for state in states for each in checks_of(state, today))
    decided = {month_of(day) for each in findings for _, day in each.decided}
    late = {month_of(each.due) for state in states for each in state.due if each.overdue_days > 0}
    return {
        month: {
            **counted(_OF_A_MONTH, [_in_month(state, month) for state in states]),
            **counted(CHECK_RATES, checks.get(month, [])),
            **counted(INSPECTION_RATES, inspections.get(month, [])),
            **counted((found(month),), shown.get(month, [])),
            **counted(decided_in(month), findings),
            **counted(BY_SURVEYS, shown.get(month, [])),
        }
        for month in sorted({*shown, *inspections, *checks, *decided, *late})
    }


def _in_month(state: ProjectState, month: str) -> ProjectState:
    """What of a project belongs to a month: surveys made, findings first shown, inspections that fell due."""
    return replace(
        state,
        inspections=tuple(each for each in state.inspections if month_of(each.date) == month),
        findings=tuple(each for each in state.findings if month_of(each.first_seen) == month),
        due=tuple(each for each in state.due if month_of(each.due) == month),
    )


def _by_milestone(states: Sequence[ProjectState], today: date) -> dict[Milestone, dict[str, Rate]]:
    checks = _grouped((each.milestone, each) for state in states for each in checks_of(state, today))
    inspections = _grouped((each.milestone, each) for state in states for each in state.inspections)
    findings = _grouped((at, each) for state in states for at, each in milestones_of_findings(state))
    return {
        milestone: {
            **counted(PROJECT_RATES, [_at_milestone(state, milestone) for state in states]),
            **counted(CHECK_RATES, checks.get(milestone, [])),
            **_surveyed(inspections.get(milestone, []), findings.get(milestone, [])),
        }
        for milestone in Milestone
        if milestone in {*checks, *inspections, *findings, *(each for state in states for each in state.undated)}
    }


def _at_milestone(state: ProjectState, milestone: Milestone) -> ProjectState:
    """What of a project belongs to a milestone."""
    return replace(
        state,
        inspections=tuple(each for each in state.inspections if each.milestone is milestone),
        findings=tuple(each for at, each in milestones_of_findings(state) if at is milestone),
        due=tuple(each for each in state.due if each.milestone is milestone),
        undated=tuple(each for each in state.undated if each is milestone),
    )


def milestones_of_findings(state: ProjectState) -> list[tuple[Milestone, FindingState]]:
    """Each finding with the milestone of the last inspection that showed it; without, where that is not known."""
    at = {inspection.name: inspection.milestone for inspection in state.inspections}
    return [(at[each.inspection], each) for each in state.findings if each.inspection in at]


def _surveyed(inspections: Iterable[InspectionState], findings: Iterable[FindingState]) -> dict[str, Rate]:
    return {**counted(INSPECTION_RATES, inspections), **counted(FINDING_RATES, findings)}


def _amounts(states: Sequence[ProjectState]) -> dict[str, Amount]:
    confirmed = [each for state in states for each in additions(state.findings, is_confirmed)]
    standing = [each for state in states for each in additions(state.findings, is_open)]
    meaning = phrase("confirmed additions whose size was measured, of confirmed additions")
    still = phrase("confirmed additions, neither closed nor seen gone, whose size was measured, of all such additions")
    return {
        "area_m2": _amount([each.area_m2 for each in confirmed], meaning),
        "volume_m3": _amount([each.volume_m3 for each in confirmed], meaning),
        "area_m2_standing": _amount([each.area_m2 for each in standing], still),
        "volume_m3_standing": _amount([each.volume_m3 for each in standing], still),
    }


def _amount(sizes: Sequence[float | None], meaning: str) -> Amount:
    known = [size for size in sizes if size is not None]
    return Amount(round(math.fsum(known), 3), len(known), len(sizes), meaning)


def _grouped(pairs: Iterable[tuple[Key, Thing]]) -> dict[Key, list[Thing]]:
    groups: defaultdict[Key, list[Thing]] = defaultdict(list)
    for key, thing in pairs:
        groups[key].append(thing)
    return dict(groups)


def _in_order(groups: Mapping[str | None, Thing]) -> list[tuple[str | None, Thing]]:
    """By name, what has none last."""
    return sorted(groups.items(), key=lambda item: (item[0] is None, item[0] or ""))
