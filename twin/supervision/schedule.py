"""Which inspections are due: at the milestones that a project's tier asks for, by patrols between them, and where
findings were to be put right.

A milestone is asked for by the tier of its own day, as it was known then, and of today where that is to come: a tier
that rose asks for nothing backwards in time. It is due on the day that the record names; one without a day is listed as
such, since nobody knows when works come so far. One that the record says was passed over, or that nobody surveyed
before a later one was, is not due any more: what is covered cannot be surveyed. A milestone is done once an inspection
at it has a finished case, also an undecided one, which is named as such: a survey that nobody compared is still due.
Several inspections of storeys between (M4) count as one: how many floors apart they shall be is for the record to say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from twin.conformity.milestone import Milestone
from twin.conformity.model import Verdict
from twin.phrases import phrase
from twin.supervision.counting import is_open
from twin.supervision.model import Check, Due, FindingState, InspectionState
from twin.supervision.records import Project
from twin.supervision.settings import ScheduleSettings
from twin.supervision.states import State, Tier

TierOn = Callable[[date], Tier]
"""The tier of a project on a day, by what was known then."""


def due_dates(
    project: Project,
    inspections: Sequence[InspectionState],
    tier_on: TierOn,
    settings: ScheduleSettings,
    today: date,
    findings: Sequence[FindingState] = (),
) -> tuple[Due, ...]:
    """Inspections that are due or next to come, the earliest first.

    Parameters
    ----------
    inspections : sequence of InspectionState
        Those of a later day than `today` do not count.
    findings : sequence of FindingState
        With what persons decided about them.
    """
    past, tier = _until(inspections, today), tier_on(today)
    surveyed = {each.milestone: each.date for each in past if each.verdict is None}
    asked = asked_of(project, tier, settings)
    due = [
        Due(at.milestone, at.due, _why(tier, at.milestone, settings, surveyed), _overdue(at.due, today))
        for at in checks_asked(project, inspections, tier_on, settings, today)
        if at.milestone in asked and at.made is None and not at.passed_over
    ]
    due += filter(None, (_patrol(project, past, tier, settings, today, findings), _again(settings, today, findings)))
    return tuple(sorted(due, key=lambda each: (each.due, each.milestone.code if each.milestone else "")))


def asked_of(project: Project, tier: Tier, settings: ScheduleSettings) -> frozenset[Milestone]:
    """Milestones at which this project is inspected when in that tier."""
    asked = set(settings.milestones(tier))
    if tier is Tier.LOW:
        asked |= {each for each in Milestone if drawn(project.number, each, settings)}
    return frozenset(asked)


def checks_asked(
    project: Project,
    inspections: Sequence[InspectionState],
    tier_on: TierOn,
    settings: ScheduleSettings,
    today: date,
) -> tuple[Check, ...]:
    """The checks with a day that were asked of a project: of a past day by the tier of that day, else by today's."""
    past = _until(inspections, today)
    made: dict[Milestone, date] = {}
    for each in past:
        if each.verdict is not None:
            made[each.milestone] = min(each.date, made.get(each.milestone, each.date))
    return tuple(
        Check(
            at.milestone,
            at.due,
            made.get(at.milestone),
            at.milestone not in made and _is_passed_over(at.milestone, project, past),
        )
        for at in project.milestones
        if at.milestone in asked_of(project, tier_on(min(at.due, today)), settings)
    )


def undated(
    project: Project, inspections: Sequence[InspectionState], tier: Tier, settings: ScheduleSettings, today: date
) -> tuple[Milestone, ...]:
    """Milestones that the tier asks for and for which the record has no day, of those that are still to come."""
    past = _until(inspections, today)
    gone = {at.milestone for at in project.milestones} | {each.milestone for each in past}
    asked = asked_of(project, tier, settings) - gone
    return tuple(each for each in Milestone if each in asked and not _is_passed_over(each, project, past))


def undecided(inspections: Sequence[InspectionState], today: date) -> tuple[InspectionState, ...]:
    """Of each milestone the last finished inspection, where that is undecided, and none after it of the same or a later
    milestone did better.
    """
    finished = [each for each in _until(inspections, today) if each.verdict is not None]
    last: dict[Milestone, InspectionState] = {}
    for each in sorted(finished, key=lambda each: each.date):
        last[each.milestone] = each
    return tuple(
        each
        for _, each in sorted(last.items(), key=lambda item: item[0].code)
        if each.verdict is Verdict.UNDECIDED and not any(_settles(other, each) for other in finished)
    )


def unsurveyed(
    project: Project, inspections: Sequence[InspectionState], settings: ScheduleSettings, today: date
) -> tuple[Milestone, ...]:
    """Milestones of which the day passed without a survey, of those that every tier is asked for: risk decides the
    tier, so what it rests on cannot depend on it.
    """
    surveyed = {each.milestone for each in _until(inspections, today)}
    asked = settings.milestones(Tier.LOW)
    late = (at.milestone for at in project.milestones if at.due < today and at.milestone in asked)
    return tuple(sorted(set(late) - surveyed, key=lambda each: each.code))


def drawn(number: str, milestone: Milestone, settings: ScheduleSettings) -> bool:
    """Whether the lot falls on a milestone of the project of that number; the same for the same seed, anywhere."""
    text = f"{settings.lot_seed}\n{number}\n{milestone.code}"
    lot = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    return lot < settings.random_share * 2**64


def _until(inspections: Sequence[InspectionState], today: date) -> list[InspectionState]:
    return [each for each in inspections if each.date <= today]


def _is_passed_over(milestone: Milestone, project: Project, past: Sequence[InspectionState]) -> bool:
    """Whether a milestone without a finished case cannot be made up. What was surveyed can still be compared."""
    if milestone in project.risk.skipped_checks:
        return True
    surveyed = {each.milestone.code for each in past}
    return milestone.code not in surveyed and any(code > milestone.code for code in surveyed)


def _settles(other: InspectionState, left: InspectionState) -> bool:
    later = other.date > left.date and other.milestone.code >= left.milestone.code
    return later and other.verdict is not Verdict.UNDECIDED


def _why(tier: Tier, milestone: Milestone, settings: ScheduleSettings, surveyed: dict[Milestone, date]) -> str:
    if milestone in surveyed:
        return phrase("surveyed on {day}, no finished case", day=surveyed[milestone].isoformat())
    if milestone not in settings.milestones(tier):
        return phrase("drawn by lot")
    if milestone is Milestone.STRUCTURE:
        return phrase("a milestone of its tier; one inspection counts for all storeys between")
    return phrase("a milestone of its tier")


def _patrol(
    project: Project,
    past: Sequence[InspectionState],
    tier: Tier,
    settings: ScheduleSettings,
    today: date,
    findings: Sequence[FindingState],
) -> Due | None:
    """The next patrol; none once the completed works were inspected with a result and no confirmed finding is open."""
    days = settings.patrol_days(tier)
    decided = (each for each in past if each.verdict not in (None, Verdict.UNDECIDED))
    finished = any(each.milestone.all_is_due for each in decided) and not any(map(is_open, findings))
    last = max((each.date for each in past if each.verdict is not None), default=None)
    begin = last or project.started_on
    if not days or finished or begin is None:
        return None
    after = phrase("patrol, {days} days after the last inspection", days=days)
    why = after if last else phrase("patrol, {days} days after works began", days=days)
    due = begin + timedelta(days=days)
    return Due(None, due, why, _overdue(due, today))


def _again(settings: ScheduleSettings, today: date, findings: Sequence[FindingState]) -> Due | None:
    """A re-inspection of findings that were to be put right, or are said to be, and that no survey looked at since."""
    waiting = [day for finding in findings if (day := _unchecked_since(finding)) is not None]
    if not waiting:
        return None
    days = settings.reinspection_days
    why = phrase(
        "re-inspection, {days} days after it was decided; findings to be seen put right: {count}",
        days=days,
        count=len(waiting),
    )
    due = min(waiting) + timedelta(days=days)
    return Due(None, due, why, _overdue(due, today), reinspection=True)


def _unchecked_since(finding: FindingState) -> date | None:
    """Day of the decision that waits for a survey. One that did not see the finding's place checks nothing, nor does
    one of the very day, which may have come before the decision.
    """
    if finding.state not in (State.RECTIFYING, State.RECTIFIED) or not is_open(finding) or not finding.decided:
        return None
    _, day = finding.decided[-1]
    return day if finding.last_seen <= day else None


def _overdue(due: date, today: date) -> int:
    return max(0, (today - due).days)
