"""Which inspections are due: at the milestones that a project's tier asks for, and by patrols between them.

A milestone is due on the day that the record names; a milestone without a day is not listed, since nobody knows when
works come so far. Nor is one of which the record says that it was passed over: what is covered cannot be surveyed any
more. A milestone is done once an inspection at it has a finished case: a survey that nobody compared is still due.
Several inspections of storeys between (M4) count as one: how many floors apart they shall be is for the record to say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

from twin.conformity.milestone import Milestone
from twin.phrases import phrase
from twin.supervision.model import Due, InspectionState
from twin.supervision.records import Project
from twin.supervision.settings import ScheduleSettings
from twin.supervision.states import Tier


def due_dates(
    project: Project, inspections: Sequence[InspectionState], tier: Tier, settings: ScheduleSettings, today: date
) -> tuple[Due, ...]:
    """Inspections that are due or next to come, the earliest first.

    Parameters
    ----------
    inspections : sequence of InspectionState
        Those of a later day than `today` do not count.
    """
    past = [each for each in inspections if each.date <= today]
    done = {each.milestone for each in past if each.verdict is not None}
    surveyed = {each.milestone: each.date for each in past if each.verdict is None}
    asked = asked_of(project, tier, settings)
    due = [
        Due(at.milestone, at.due, _why(tier, at.milestone, settings, surveyed), _overdue(at.due, today))
        for at in project.milestones
        if at.milestone in asked - done - set(project.risk.skipped_checks)
    ]
    patrol = _patrol(project, past, tier, settings, today)
    listed = due if patrol is None else [*due, patrol]
    return tuple(sorted(listed, key=lambda each: (each.due, each.milestone.code if each.milestone else "")))


def asked_of(project: Project, tier: Tier, settings: ScheduleSettings) -> frozenset[Milestone]:
    """Milestones at which this project is inspected when in that tier."""
    asked = set(settings.milestones(tier))
    if tier is Tier.LOW:
        asked |= {each for each in Milestone if drawn(project.number, each, settings)}
    return frozenset(asked)


def unsurveyed(
    project: Project, inspections: Sequence[InspectionState], settings: ScheduleSettings, today: date
) -> tuple[Milestone, ...]:
    """Milestones of which the day passed without a survey, of those that every tier is asked for: risk decides the
    tier, so what it rests on cannot depend on it.
    """
    surveyed = {each.milestone for each in inspections if each.date <= today}
    asked = settings.milestones(Tier.LOW)
    late = (at.milestone for at in project.milestones if at.due < today and at.milestone in asked)
    return tuple(sorted(set(late) - surveyed, key=lambda each: each.code))


def drawn(number: str, milestone: Milestone, settings: ScheduleSettings) -> bool:
    """Whether the lot falls on a milestone of the project of that number; the same for the same seed, anywhere."""
    text = f"{settings.lot_seed}\n{number}\n{milestone.code}"
    lot = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    return lot < settings.random_share * 2**64


def _why(tier: Tier, milestone: Milestone, settings: ScheduleSettings, surveyed: dict[Milestone, date]) -> str:
    if milestone in surveyed:
        return phrase("surveyed on {day}, no finished case", day=surveyed[milestone].isoformat())
    if milestone not in settings.milestones(tier):
        return phrase("drawn by lot")
    if milestone is Milestone.STRUCTURE:
        return phrase("a milestone of its tier; one inspection counts for all storeys between")
    return phrase("a milestone of its tier")


def _patrol(
    project: Project, past: Sequence[InspectionState], tier: Tier, settings: ScheduleSettings, today: date
) -> Due | None:
    days = settings.patrol_days(tier)
    finished = any(each.milestone.all_is_due and each.verdict is not None for each in past)
    last = max((each.date for each in past if each.verdict is not None), default=None)
    begin = last or project.started_on
    if not days or finished or begin is None:
        return None
    after = phrase("patrol, {days} days after the last inspection", days=days)
    why = after if last else phrase("patrol, {days} days after works began", days=days)
    due = begin + timedelta(days=days)
    return Due(None, due, why, _overdue(due, today))


def _overdue(due: date, today: date) -> int:
    return max(0, (today - due).days)
