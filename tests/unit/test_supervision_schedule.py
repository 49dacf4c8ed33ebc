"""What is due, and when: by tier, by lot, by what was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import portfolios
from support.portfolios import STARTED, state

from twin.conformity.milestone import Milestone
from twin.conformity.model import FindingVerdict, Kind, Verdict
from twin.errors import SettingsError
from twin.supervision.model import Due, FindingState, InspectionState
from twin.supervision.schedule import TierOn, asked_of, checks_asked, drawn, due_dates, undated, undecided, unsurveyed
from twin.supervision.settings import ScheduleSettings
from twin.supervision.states import Standing, State, Tier

DEFAULT = ScheduleSettings()
NO_LOTS = replace(DEFAULT, random_share=0.0)
LATE = date(2026, 7, 1)


def always(tier: Tier) -> TierOn:
    """A project that was in that tier on every day."""
    return lambda _: tier


def due_of(
    tier: Tier,
    *inspections: InspectionState,
    today: date = LATE,
    settings: ScheduleSettings = NO_LOTS,
    **values: object,
) -> list[tuple[str | None, date, int]]:
    project = portfolios.project(Path("p"), **values)
    due = due_dates(project, inspections, always(tier), settings, today)
    return [(each.milestone.code if each.milestone else None, each.due, each.overdue_days) for each in due]


def test_a_low_tier_is_asked_for_its_milestones_and_no_patrol() -> None:
    assert due_of(Tier.LOW) == [
        ("M2", STARTED + timedelta(30), 147),
        ("M5", STARTED + timedelta(120), 57),
        ("M8", STARTED + timedelta(300), 0),
    ]


def test_a_medium_tier_is_patrolled_every_quarter_and_a_high_one_every_month_at_every_milestone() -> None:
    made = state("M2", date(2026, 2, 1))
    assert due_of(Tier.MEDIUM, made)[0] == (None, date(2026, 2, 1) + timedelta(91), 59)
    assert [code for code, *_ in due_of(Tier.MEDIUM, made)] == [None, "M5", "M8"]
    assert due_of(Tier.HIGH, made)[:2] == [(None, date(2026, 3, 3), 120), ("M3", STARTED + timedelta(60), 117)]


def test_patrols_begin_with_works_and_end_when_the_completed_works_were_inspected() -> None:
    assert (None, STARTED + timedelta(30), 147) in due_of(Tier.HIGH)
    assert None not in [code for code, *_ in due_of(Tier.HIGH, started_on=None)]
    done = [state("M2", STARTED), state("M3", STARTED), state("M5", STARTED), state("M8", date(2026, 6, 1))]
    assert due_of(Tier.HIGH, *done) == []


def test_a_survey_without_a_finished_case_is_still_due_and_says_so() -> None:
    made = state("M5", date(2026, 5, 1), None)
    due = due_dates(portfolios.project(Path("p")), [made], always(Tier.LOW), NO_LOTS, LATE)
    assert (due[0].milestone, due[0].why) == (Milestone.TOPPING_OUT, "surveyed on 2026-05-01, no finished case")


def test_what_the_record_says_was_passed_over_is_not_due_any_more() -> None:
    assert [code for code, *_ in due_of(Tier.LOW, risk={"skipped_checks": ["M2"]})] == ["M5", "M8"]


def test_an_inspection_of_tomorrow_is_not_made_yet() -> None:
    tomorrow = state("M5", LATE + timedelta(1))
    assert due_of(Tier.LOW, tomorrow) == due_of(Tier.LOW)
    assert unsurveyed(portfolios.project(Path("p")), [tomorrow], DEFAULT, LATE) == (
        Milestone.FOUNDATION, Milestone.TOPPING_OUT,
    )  # fmt: skip


def test_a_survey_is_missing_from_the_day_after_it_was_due() -> None:
    project = portfolios.project(Path("p"))
    assert unsurveyed(project, [], DEFAULT, STARTED + timedelta(30)) == ()
    assert unsurveyed(project, [], DEFAULT, STARTED + timedelta(31)) == (Milestone.FOUNDATION,)
    assert unsurveyed(project, [state("M2", STARTED, None)], DEFAULT, STARTED + timedelta(31)) == ()


def test_what_a_later_survey_left_behind_is_passed_over_and_not_overdue_for_ever() -> None:
    made = [state("M2", date(2026, 2, 1)), state("M8", date(2026, 6, 1), None)]
    assert due_of(Tier.LOW, *made) == [("M8", STARTED + timedelta(300), 0)]
    checks = checks_asked(portfolios.project(Path("p")), made, always(Tier.LOW), NO_LOTS, LATE)
    assert [(each.milestone.code, each.made is not None, each.passed_over) for each in checks] == [
        ("M2", True, False), ("M5", False, True), ("M8", False, False),
    ]  # fmt: skip
    both = [state("M5", date(2026, 5, 1), None), state("M8", date(2026, 6, 1))]
    assert ("M5", STARTED + timedelta(120), 57) in due_of(Tier.LOW, *both)  # its survey can still be compared


def test_a_tier_that_rose_asks_for_nothing_backwards_in_time() -> None:
    values = {"milestones": [{"milestone": "M3", "due": LATE - timedelta(days)} for days in (0,)]}
    project = portfolios.project(Path("p"), **values)
    for rose, asked in ((LATE - timedelta(1), True), (LATE, True), (LATE + timedelta(1), False)):

        def tier_on(day: date, rose: date = rose) -> Tier:
            return Tier.HIGH if day >= rose else Tier.LOW

        due = due_dates(project, [], tier_on, NO_LOTS, LATE + timedelta(365))
        assert (Milestone.GROUND_STOREY in {each.milestone for each in due}) == asked
        assert len(checks_asked(project, [], tier_on, NO_LOTS, LATE + timedelta(365))) == asked


def test_a_milestone_without_a_date_is_named_until_it_was_surveyed_or_left_behind() -> None:
    project = portfolios.project(Path("p"), milestones=[{"milestone": "M2", "due": LATE}])

    def codes(*inspections: InspectionState) -> str:
        return " ".join(each.code for each in undated(project, inspections, Tier.MEDIUM, NO_LOTS, LATE))

    assert codes() == "M4 M5 M6 M8"
    assert codes(state("M5", LATE, None)) == "M6 M8"
    assert codes(state("M5", LATE + timedelta(1))) == "M4 M5 M6 M8"


def test_an_undecided_inspection_is_made_and_named_until_one_decides() -> None:
    m5, m8 = state("M5", date(2026, 5, 1), Verdict.UNDECIDED), state("M8", date(2026, 6, 1), Verdict.UNDECIDED)
    assert "M5" not in [code for code, *_ in due_of(Tier.LOW, m5)]
    assert undecided([m5, m8], LATE) == (m5, m8)
    assert undecided([m5, m8], date(2026, 5, 2)) == (m5,)
    assert undecided([m5, state("M8", date(2026, 6, 1))], LATE) == ()
    assert undecided([state("M2", date(2026, 6, 1)), m5], LATE) == (m5,)  # an earlier stage says nothing of it
    assert undecided([m5, replace(m5, date=LATE, verdict=Verdict.BORDERLINE)], LATE) == ()
    assert undecided([m5, replace(m5, date=LATE, verdict=None)], LATE) == (m5,)


def found(
    now: State, day: date, standing: Standing = Standing.PERSISTS, last_seen: date = date(2026, 5, 1)
) -> FindingState:
    """A confirmed finding with the day of its last decision."""
    return FindingState(
        guid="g", kind=Kind.EXTRA_STOREY, verdict=FindingVerdict.INCONSISTENT, title="t", storey=None, state=now,
        standing=standing, proposed=None, first_seen=date(2026, 5, 1), last_seen=last_seen, inspection="M5-2026-05-01",
        area_m2=None, volume_m3=None, height_m=None, outline=(), decided=((State.CONFIRMED, day), (now, day)),
    )  # fmt: skip


def again(*findings: FindingState) -> list[tuple[date, int]]:
    """Re-inspections that are due."""
    due = due_dates(portfolios.project(Path("p")), [], always(Tier.LOW), NO_LOTS, LATE, findings)
    return [(each.due, each.overdue_days) for each in due if each.reinspection]


def test_what_is_to_be_put_right_is_due_for_a_survey_until_one_saw_its_place() -> None:
    day = date(2026, 5, 20)
    assert again(found(State.RECTIFYING, day), found(State.RECTIFIED, LATE)) == [(day + timedelta(30), 12)]
    assert again(found(State.RECTIFIED, day, Standing.NO_LONGER_OBSERVED)) != []  # a survey that did not see the place
    assert again(found(State.RECTIFIED, day, last_seen=day)) != []  # it may have come before the decision
    assert again(found(State.RECTIFIED, day, last_seen=day + timedelta(1))) == []  # it was seen again, still there
    assert again(found(State.RECTIFIED, day, Standing.RESOLVED)) == []  # it was seen gone
    assert again(*(found(now, day) for now in State if now not in (State.RECTIFYING, State.RECTIFIED))) == []


def test_patrols_end_only_with_a_result_and_without_an_open_confirmed_finding() -> None:
    def patrols(verdict: Verdict, *findings: FindingState) -> int:
        done = [state("M8", date(2026, 6, 1), verdict)]
        due = due_dates(portfolios.project(Path("p")), done, always(Tier.HIGH), NO_LOTS, LATE, findings)
        return sum(each.milestone is None and not each.reinspection for each in due)

    assert patrols(Verdict.CONSISTENT) == 0
    assert patrols(Verdict.UNDECIDED) == 1
    assert patrols(Verdict.INCONSISTENT, found(State.HANDED_OVER, LATE)) == 1
    assert patrols(Verdict.INCONSISTENT, found(State.HANDED_OVER, LATE, Standing.RESOLVED)) == 0
    assert patrols(Verdict.INCONSISTENT, found(State.CANDIDATE, LATE)) == 0


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
made = st.lists(st.builds(state, st.sampled_from(["M2", "M3", "M5", "M8"]), days), max_size=4)


@given(inspections=made, tier=st.sampled_from(Tier), today=days)
def test_due_dates_are_in_order_and_overdue_by_their_days(
    inspections: list[InspectionState], tier: Tier, today: date
) -> None:
    due = due_dates(portfolios.project(Path("p")), inspections, always(tier), DEFAULT, today)
    assert [each.due for each in due] == sorted(each.due for each in due)
    assert all(each.overdue_days == max(0, (today - each.due).days) for each in due)
    done = {each.milestone for each in inspections if each.date <= today}
    assert not {each.milestone for each in due} & done


@given(inspections=made, today=days)
def test_a_higher_tier_is_asked_for_all_that_a_lower_one_is(inspections: list[InspectionState], today: date) -> None:
    project = portfolios.project(Path("p"))

    def asked(tier: Tier) -> set[Milestone | None]:
        due = due_dates(project, inspections, always(tier), NO_LOTS, today)
        return {each.milestone for each in due if each.milestone}

    assert asked(Tier.LOW) <= asked(Tier.MEDIUM) <= asked(Tier.HIGH)


def test_lots_are_the_same_again_and_fall_by_their_share() -> None:
    numbers = [f"P-{number}" for number in range(2000)]
    lots = [drawn(number, Milestone.ENVELOPE, DEFAULT) for number in numbers]
    assert lots == [drawn(number, Milestone.ENVELOPE, DEFAULT) for number in numbers]
    assert abs(sum(lots) / len(lots) - DEFAULT.random_share) < 0.03
    assert lots != [drawn(number, Milestone.ENVELOPE, replace(DEFAULT, lot_seed=2)) for number in numbers]
    assert lots != [drawn(number, Milestone.STRUCTURE, DEFAULT) for number in numbers]
    assert not any(drawn(number, Milestone.ENVELOPE, NO_LOTS) for number in numbers)
    assert all(drawn(number, Milestone.ENVELOPE, replace(DEFAULT, random_share=1.0)) for number in numbers)


def test_a_lot_says_that_it_is_one() -> None:
    project = portfolios.project(Path("p"))
    everything = replace(DEFAULT, random_share=1.0)
    assert asked_of(project, Tier.LOW, everything) == set(Milestone)
    due = due_dates(project, [], always(Tier.LOW), everything, LATE)
    assert [each.why for each in due if each.milestone is Milestone.GROUND_STOREY] == ["drawn by lot"]


def test_one_inspection_of_a_storey_between_counts_for_all_and_the_list_says_so() -> None:
    values = {"milestones": [{"milestone": "M4", "due": LATE}]}
    (due, *_) = due_dates(
        portfolios.project(Path("p"), **values), [state("M2", LATE)], always(Tier.HIGH), NO_LOTS, LATE
    )
    assert due == Due(Milestone.STRUCTURE, LATE, due.why, 0)
    assert "one inspection counts for all storeys between" in due.why


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"low_milestones": "M2, M10"}, "there is no milestone 'M10'"),
        ({"medium_milestones": "M5"}, "a lower tier has milestones that a higher one has not"),
    ],
)
def test_a_schedule_that_contradicts_itself_is_refused(values: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        ScheduleSettings(**values)  # type: ignore[arg-type]
