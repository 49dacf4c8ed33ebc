"""What lists and pages of projects show, as values for tables and programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from pipelines.projects.rows import Entry
from twin.conformity.milestone import Milestone
from twin.phrases import phrase
from twin.supervision.counting import is_failed, is_finished, is_open
from twin.supervision.model import Due, FindingState, InspectionState
from twin.supervision.portfolio import latest_case, status_of
from twin.supervision.risk import accuses, upheld
from twin.supervision.states import Tier

_TIERS = tuple(Tier)


def by_risk(entries: Iterable[Entry], tier: str | None = None) -> list[Entry]:
    """The most closely watched first; those that cannot be read come last and are in every list."""
    return sorted((entry for entry in entries if _is_in(entry, tier)), key=_place)


def by_due_date(entries: Iterable[Entry], last: date, tier: str | None = None) -> list[tuple[Entry, Due | None]]:
    """What is due until a day, the longest overdue first, then projects that cannot be read, without a date."""
    listed = [entry for entry in entries if _is_in(entry, tier)]
    due: list[tuple[Entry, Due | None]] = [
        (entry, due) for entry in listed if entry.state for due in entry.state.due if due.due <= last
    ]
    due.sort(key=lambda each: (each[1].due if each[1] else date.max, *_place(each[0])))
    return [*due, *((entry, None) for entry in listed if entry.state is None)]


def open_questions(entries: Iterable[Entry], tier: str | None = None) -> list[tuple[Entry, Milestone, str]]:
    """What no date tells: milestones whose inspection left them undecided, then those that nobody gave a day."""
    listed = [entry for entry in entries if _is_in(entry, tier)]
    states = [(entry, entry.state) for entry in sorted(listed, key=_place) if entry.state is not None]
    return [
        *((entry, each.milestone, said_undecided(each)) for entry, state in states for each in state.undecided),
        *(
            (entry, each, phrase("no date for {code}", code=each.code))
            for entry, state in states
            for each in state.undated
        ),
    ]


def said_undecided(inspection: InspectionState) -> str:
    """When a milestone was inspected that is still undecided."""
    return phrase("inspected on {day}, undecided", day=inspection.date.isoformat())


def until(today: date, days: int) -> date:
    """The last day of a list that looks so many days ahead."""
    return today + timedelta(days=min(days, (date.max - today).days))


def line(entry: Entry) -> dict[str, Any]:
    """One project of a list, as a JSON value."""
    head = {
        "folder": str(entry.folder),
        "number": entry.number,
        "broken": entry.broken,
        "unfollowed": entry.unfollowed,
    }
    if entry.state is None:
        return head
    state, last = entry.state, latest_case(entry.state)
    return {
        **head,
        "name": state.project.name,
        "district": state.project.district,
        "grid_cell": state.project.grid_cell,
        "tier": state.risk.tier.value,
        "score": state.risk.score,
        "verdict": None if last is None or last.verdict is None else last.verdict.value,
        "last_inspection": None if last is None else last.name,
        "status": status_of(state).value,
        "no_date_for": [each.code for each in state.undated],
        "undecided_at": [{"milestone": each.milestone.code, "date": each.date.isoformat()} for each in state.undecided],
        "passed_over": [each.milestone.code for each in state.checks if each.passed_over],
        "counts": {
            "inspections": len(state.inspections),
            "inspections_with_case": sum(map(is_finished, state.inspections)),
            "inspections_failed": sum(map(is_failed, state.inspections)),
            "findings": len(state.findings),
            "findings_suspected": sum(accuses(each) for each in state.findings),
            "findings_confirmed": upheld(state.findings),
            "findings_open": sum(map(is_open, state.findings)),
            "decided_and_gone": len(entry.loose),
            "findings_by_state": dict(sorted(Counter(each.state.value for each in state.findings).items())),
        },
        "next_due": due_value(state.due[0]) if state.due else None,
    }


def due_value(due: Due) -> dict[str, Any]:
    """Something due, as a JSON value."""
    return {
        "milestone": None if due.milestone is None else due.milestone.code,
        "due": due.due.isoformat(),
        "why": str(due.why),
        "overdue_days": due.overdue_days,
        "reinspection": due.reinspection,
    }


def question_value(milestone: Milestone, why: str) -> dict[str, Any]:
    """What no date tells, as a JSON value of the same keys."""
    return {"milestone": milestone.code, "due": None, "why": str(why), "overdue_days": 0, "reinspection": False}


def page(entry: Entry) -> dict[str, Any]:
    """Everything about one project that can be read, as a JSON value."""
    state = entry.state
    if state is None:
        return line(entry)
    return {
        **line(entry),
        "record": state.project.model_dump(mode="json", exclude={"folder"}),
        "risk": asdict(state.risk),
        "inspections": [
            {**_plain(each), "folder": str(each.folder), "milestone": each.milestone.code} for each in state.inspections
        ],
        "findings": [{**_plain(each), "decided": _dated(each)} for each in state.findings],
        "due": [due_value(due) for due in state.due],
        "decisions": [_plain(each) for each in entry.decisions],
        "decided_and_gone": list(entry.loose),
        "progress": [part.model_dump(mode="json") for part in entry.progress],
        "map_outline": state.map_outline,
        "map_crs": state.map_crs,
    }


def _plain(value: Any) -> dict[str, Any]:
    return {
        name: inner.isoformat() if isinstance(inner, date) else inner
        for name, inner in asdict(value).items()
    }  # fmt: skip


def _dated(finding: FindingState) -> list[tuple[str, str]]:
    return [(after.value, day.isoformat()) for after, day in finding.decided]


def _is_in(entry: Entry, tier: str | None) -> bool:
    return tier is None or entry.state is None or entry.state.risk.tier == tier


def _place(entry: Entry) -> tuple[int, float, str]:
    if entry.state is None:
        return len(_TIERS), 0.0, str(entry.folder)
    return _TIERS.index(entry.state.risk.tier), -entry.state.risk.score, entry.state.project.number
