"""What happened in a month: rates of findings by the days of decisions about them, not by what became of them since."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from twin.phrases import phrase
from twin.supervision.counting import FINDING_RATES, is_lead
from twin.supervision.model import FindingState
from twin.supervision.rates import Definition
from twin.supervision.states import State

_DECISIONS = (State.CONFIRMED, State.DISMISSED)
_SURVEYED_AGAIN = ("resolved", "reopened", "persisting", "no_longer_observed")

BY_SURVEYS = tuple(each for each in FINDING_RATES if each.name in _SURVEYED_AGAIN)
"""Rates that no decision dates: what surveys say of findings."""


def month_of(day: date) -> str:
    """As ``2026-05``."""
    return f"{day:%Y-%m}"


def found(month: str) -> Definition[FindingState]:
    """Leads among the findings that a survey showed for the first time in a month."""
    return Definition(
        "found",
        phrase("leads, of findings that a survey of the month showed first"),
        lambda f: month_of(f.first_seen) == month,
        is_lead,
    )


def decided_in(month: str) -> tuple[Definition[FindingState], ...]:
    """Rates of decisions made in a month, named as those of all time."""
    return (
        Definition(
            "decided",
            phrase("leads on which a person first decided in the month, of leads that awaited it"),
            lambda f: _awaited(f, month),
            lambda f: _first(f, State) == month,
        ),
        Definition(
            "confirmed",
            phrase("leads confirmed in the month, of those confirmed or dismissed in it"),
            lambda f: _in(f, _DECISIONS, month),
            lambda f: _in(f, (State.CONFIRMED,), month),
        ),
        Definition(
            "dismissed",
            phrase("leads dismissed in the month, of those confirmed or dismissed in it"),
            lambda f: _in(f, _DECISIONS, month),
            lambda f: _in(f, (State.DISMISSED,), month),
        ),
        Definition(
            "handed_over",
            phrase("findings handed over in the month, of those confirmed until its end"),
            *_after_confirmation(State.HANDED_OVER, month),
        ),
        Definition(
            "rectified",
            phrase("findings said in the month to be rectified, of those confirmed until its end"),
            *_after_confirmation(State.RECTIFIED, month),
        ),
        Definition(
            "closed",
            phrase("findings closed in the month, of those confirmed until its end"),
            *_after_confirmation(State.CLOSED, month),
        ),
    )


def _after_confirmation(
    state: State, month: str
) -> tuple[Callable[[FindingState], bool], Callable[[FindingState], bool]]:
    """Which findings are looked at, and which count. A decision may be dated before the one that it followed."""

    def came(finding: FindingState) -> bool:
        """Whether it took that state in the month."""
        return _in(finding, (state,), month)

    def was_confirmed(finding: FindingState) -> bool:
        """Whether it was confirmed by the end of the month, or took the state all the same."""
        first = _first(finding, (State.CONFIRMED,))
        return came(finding) or (first is not None and first <= month)

    return was_confirmed, came


def _awaited(finding: FindingState, month: str) -> bool:
    """Whether a lead was known and undecided at some time of the month."""
    first = _first(finding, State)
    if not is_lead(finding) or (first is not None and first < month):
        return False
    return first == month or month_of(finding.first_seen) <= month


def _in(finding: FindingState, states: Collection[State], month: str) -> bool:
    return any(after in states and month_of(day) == month for after, day in finding.decided)


def _first(finding: FindingState, states: Collection[State] | type[State]) -> str | None:
    """Month of the first decision to one of these states."""
    return next((month_of(day) for after, day in finding.decided if after in states), None)
