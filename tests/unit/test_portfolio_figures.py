"""Figures of a portfolio: by hand on a small one, by law on larger ones."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from support.portfolio_states import TODAY, city

from twin.conformity.milestone import Milestone
from twin.conformity.model import FindingVerdict, Kind, Verdict
from twin.supervision.counting import CHECK_RATES, FINDING_RATES, INSPECTION_RATES, PROJECT_RATES
from twin.supervision.dated import BY_SURVEYS
from twin.supervision.model import Due, FindingState, InspectionState, ProjectState, Risk, Unreadable
from twin.supervision.portfolio import Status, figures, status_of
from twin.supervision.rates import Rate
from twin.supervision.records import MilestoneDue, Project
from twin.supervision.schedule import checks_asked, undated
from twin.supervision.settings import ScheduleSettings
from twin.supervision.states import Standing, State, Tier

M5, M8 = Milestone.TOPPING_OUT, Milestone.COMPLETION
NO_LOTS = ScheduleSettings(random_share=0.0)
MAY, JUNE = date(2026, 5, 4), date(2026, 6, 9)


def inspection(milestone: Milestone, day: date, verdict: Verdict | None, why: str | None = None) -> InspectionState:
    return InspectionState(f"{milestone.code}-{day}", milestone, day, Path("case"), verdict, why)


def finding(
    state: State,
    standing: Standing = Standing.NEW,
    *,
    verdict: FindingVerdict = FindingVerdict.INCONSISTENT,
    kind: Kind = Kind.EXTRA_STOREY,
    area: float | None = 100.0,
    day: date = MAY,
    decided: tuple[tuple[State, date], ...] = (),
    guid: str = "g",
    part_of: str | None = None,
) -> FindingState:
    return FindingState(
        guid=guid, part_of=part_of, decided=decided, kind=kind, verdict=verdict, title="t", storey=None, state=state,
        standing=standing, proposed=None,
        first_seen=day, last_seen=day, inspection=f"M5-{day}", area_m2=area, volume_m3=None, height_m=None, outline=(),
    )  # fmt: skip


def project(
    number: str,
    district: str | None,
    inspections: tuple[InspectionState, ...] = (),
    findings: tuple[FindingState, ...] = (),
    milestones: tuple[tuple[Milestone, date], ...] = (),
    overdue: int = 0,
) -> ProjectState:
    record = Project(
        folder=Path(number), number=number, name=number, design=("d.ifc",), district=district,
        milestones=tuple(MilestoneDue(milestone=milestone, due=due) for milestone, due in milestones),
    )  # fmt: skip
    due = (Due(None, TODAY, "patrol", overdue),)
    return ProjectState(
        record, inspections, findings, Risk(0.0, Tier.LOW, ()), due,
        checks=checks_asked(record, inspections, lambda _: Tier.LOW, NO_LOTS, TODAY),
        undated=undated(record, inspections, Tier.LOW, NO_LOTS, TODAY),
    )  # fmt: skip


@pytest.fixture(scope="module")
def small() -> list[ProjectState]:
    warned = inspection(M5, MAY, Verdict.INCONSISTENT)
    return [
        project(
            "A", "east", (warned, inspection(M8, JUNE, Verdict.CONSISTENT)),
            (
                finding(State.CLOSED, Standing.RESOLVED, decided=(
                    (State.CONFIRMED, MAY), (State.RECTIFIED, JUNE), (State.CLOSED, JUNE)
                )),
                finding(State.HANDED_OVER, Standing.PERSISTS, area=40.5, decided=(
                    (State.CONFIRMED, MAY), (State.HANDED_OVER, JUNE)
                )),
                finding(State.DISMISSED, Standing.NO_LONGER_OBSERVED, decided=(
                    (State.CONFIRMED, MAY), (State.HANDED_OVER, JUNE), (State.DISMISSED, JUNE)
                )),
                finding(State.CANDIDATE, verdict=FindingVerdict.INFORMATION),
            ),
            ((M5, MAY), (M8, date(2026, 6, 1)), (Milestone.IN_USE, date(2027, 1, 1))),
        ),
        project("B", "east", (inspection(M5, MAY, Verdict.CONSISTENT),), (), ((M5, MAY), (M8, JUNE)), overdue=9),
        project(
            "C", None, (inspection(M5, JUNE, Verdict.BORDERLINE), inspection(M8, TODAY, None, "no points")),
            (
                finding(State.CANDIDATE, verdict=FindingVerdict.BORDERLINE, day=JUNE, area=None),
                finding(State.CONFIRMED, verdict=FindingVerdict.INFORMATION, kind=Kind.OVER_HEIGHT, day=JUNE, decided=(
                    (State.CONFIRMED, JUNE),
                )),
                finding(State.CONFIRMED, day=JUNE, area=None, decided=((State.CONFIRMED, JUNE),)),
            ),
        ),
        project("D", "west", (inspection(M5, TODAY, None),), overdue=3),
    ]  # fmt: skip


def test_every_rate_of_a_small_portfolio_is_that_counted_by_hand(small: list[ProjectState]) -> None:
    told = {name: str(rate) for name, rate in figures(small, TODAY).rates.items()}
    assert told == {
        "inspected": "3 of 4",
        "undated": "1 of 4",  # D's completion; what others have no date for they have left behind
        "overdue": "2 of 4",
        "warned": "2 of 3",
        "on_time": "2 of 4",  # A and B at M5; A's M8 was late, B's is missing, A's in use is not due yet
        "missed": "1 of 4",
        "passed_over": "0 of 4",
        "inspections_warned": "2 of 4",
        "inspections_decided": "4 of 4",
        "inspections_undecided": "0 of 4",
        "failed": "1 of 5",  # D's was never tried
        "decided": "5 of 6",  # the untouched information is no lead, the confirmed one is
        "confirmed": "4 of 6",
        "dismissed": "1 of 5",
        "handed_over": "2 of 5",  # the closed one never was, the dismissed one was
        "rectified": "1 of 4",
        "closed": "1 of 4",
        "resolved": "1 of 3",
        "reopened": "0 of 3",
        "persisting": "1 of 3",
        "no_longer_observed": "1 of 3",
        "unreadable": "0 of 4",
    }


def test_sizes_are_summed_over_confirmed_additions_and_say_of_how_many(small: list[ProjectState]) -> None:
    area, volume = (figures(small, TODAY).amounts[name] for name in ("area_m2", "volume_m3"))
    assert (area.total, area.of, area.among) == (140.5, 2, 3)  # over-height is no addition
    assert (volume.total, volume.of, volume.among) == (0.0, 0, 3)
    standing = figures(small, TODAY).amounts["area_m2_standing"]
    assert (standing.total, standing.of, standing.among) == (40.5, 1, 2)  # what is closed and seen gone is not there


def test_what_grew_into_another_addition_is_counted_once() -> None:
    whole = finding(State.CONFIRMED, area=50.0, guid="whole")
    part = finding(State.CONFIRMED, Standing.PERSISTS, area=20.0, guid="part", part_of="whole")
    inner = replace(part, guid="inner", part_of="part")

    def areas(*findings: FindingState) -> tuple[float, float]:
        amounts = figures([project("A", None, findings=findings)], TODAY).amounts
        return amounts["area_m2"].total, amounts["area_m2_standing"].total

    assert areas(whole, part, inner) == (50.0, 50.0)
    assert areas(replace(whole, state=State.CANDIDATE), part, inner) == (20.0, 20.0)  # nobody confirmed the whole
    assert areas(replace(whole, state=State.CLOSED), part) == (50.0, 20.0)


def test_parts_are_those_counted_by_hand(small: list[ProjectState]) -> None:
    parts = figures(small, TODAY)
    assert list(parts.by_district) == ["east", "west", None]
    assert str(parts.by_district["west"]["inspected"]) == "0 of 1"
    assert parts.by_district["west"]["warned"].share is None
    assert list(parts.by_month) == ["2026-05", "2026-06", "2026-11"]
    assert str(parts.by_month["2026-05"]["inspections_warned"]) == "1 of 2"
    assert str(parts.by_month["2026-05"]["found"]) == "3 of 4"
    assert str(parts.by_month["2026-05"]["confirmed"]) == "3 of 3"
    assert str(parts.by_month["2026-06"]["confirmed"]) == "2 of 3"  # A's third was dismissed in June
    assert str(parts.by_month["2026-06"]["handed_over"]) == "2 of 5"
    assert str(parts.by_month["2026-06"]["rectified"]) == "1 of 5"
    assert str(parts.by_month["2026-11"]["confirmed"]) == "0 of 0"
    assert str(parts.by_month["2026-06"]["decided"]) == "2 of 3"  # C's third still waits
    assert str(parts.by_month["2026-11"]["decided"]) == "0 of 1"
    assert str(parts.by_month["2026-11"]["failed"]) == "1 of 1"
    assert str(parts.by_month["2026-05"]["inspected"]) == "2 of 4"
    assert str(parts.by_month["2026-05"]["on_time"]) == "2 of 2"
    assert str(parts.by_month["2026-06"]["missed"]) == "1 of 2"
    assert str(parts.by_month["2026-11"]["overdue"]) == "2 of 4"
    assert str(parts.by_milestone[M8]["inspected"]) == "1 of 4"
    assert str(parts.by_milestone[M8]["undated"]) == "1 of 4"
    assert str(parts.by_milestone[M5]["on_time"]) == "2 of 2"
    assert str(parts.by_milestone[M8]["missed"]) == "1 of 2"
    assert str(parts.by_kind[Kind.OVER_HEIGHT]["confirmed"]) == "1 of 1"


def test_status_is_that_of_the_latest_survey_and_a_failed_one_hides_nothing(small: list[ProjectState]) -> None:
    assert [status_of(replace(state, findings=())) for state in small] == [
        Status.CONSISTENT, Status.CONSISTENT, Status.FAILED, Status.NOT_INSPECTED,
    ]  # fmt: skip


def test_an_open_confirmed_finding_outranks_whatever_a_later_survey_did_not_see(small: list[ProjectState]) -> None:
    assert [status_of(state) for state in small] == [
        Status.INCONSISTENT, Status.CONSISTENT, Status.INCONSISTENT, Status.NOT_INSPECTED,
    ]  # fmt: skip
    street = (inspection(M5, MAY, Verdict.INCONSISTENT), inspection(M8, JUNE, Verdict.UNDECIDED))
    for state in State:
        for standing in Standing:
            is_open = (
                state not in (State.CANDIDATE, State.DISMISSED, State.CLOSED) and standing is not Standing.RESOLVED
            )
            found = status_of(project("A", None, street, (finding(state, standing),)))
            assert found is (Status.INCONSISTENT if is_open else Status.UNDECIDED), (state, standing)


def test_checks_count_what_was_asked_and_fell_due_and_what_was_passed_over_stands_by_itself() -> None:
    asked = ((Milestone.FOUNDATION, MAY), (Milestone.GROUND_STOREY, MAY), (M5, JUNE), (M8, TODAY))
    late = project("A", None, (inspection(M5, JUNE, Verdict.UNDECIDED),), (), asked)
    rates = figures([late], TODAY).rates
    assert (str(rates["on_time"]), str(rates["missed"]), str(rates["passed_over"])) == ("1 of 1", "0 of 1", "1 of 2")
    assert (str(rates["inspections_decided"]), str(rates["inspections_undecided"])) == ("0 of 1", "1 of 1")
    assert str(figures([late], TODAY + timedelta(1)).rates["missed"]) == "1 of 2"  # on its day M8 can still be made


def test_projects_that_cannot_be_read_are_a_figure(small: list[ProjectState]) -> None:
    lost = Unreadable("east/e", "E", "east/e/decisions.jsonl, line 1: is not as it was written")
    counted = figures(small, TODAY, [lost])
    assert str(counted.rates["unreadable"]) == "1 of 5"
    assert counted.unreadable == (lost,)
    assert counted.projects == 4


@pytest.mark.parametrize("seed", range(6))
def test_parts_add_up_to_the_whole(seed: int) -> None:
    states = city(80, seed)
    whole = figures(states, TODAY)
    surveyed = {each.name for each in (*INSPECTION_RATES, *FINDING_RATES)}
    checked = {each.name for each in CHECK_RATES}
    dated = {each.name for each in (*INSPECTION_RATES, *BY_SURVEYS)} | checked
    for groups, names in (
        (whole.by_district, set(whole.rates) - {"unreadable"}),
        (whole.by_month, dated),
        (whole.by_milestone, surveyed | checked),
        (whole.by_kind, {each.name for each in FINDING_RATES}),
    ):
        for name in names:
            of = sum(group[name].of for group in groups.values())
            among = sum(group[name].among for group in groups.values())
            assert (of, among) == (whole.rates[name].of, whole.rates[name].among), name
    for name in ("decided", "handed_over"):  # each finding was first decided on, and handed over, in one month
        assert sum(month[name].of for month in whole.by_month.values()) == whole.rates[name].of > 0
    for name in ("rectified", "closed"):
        assert sum(month[name].of for month in whole.by_month.values()) >= whole.rates[name].of > 0


@pytest.mark.parametrize("seed", range(6))
def test_what_became_of_findings_only_narrows_and_what_was_surveyed_again_divides(seed: int) -> None:
    rates = figures(city(80, seed), TODAY).rates
    steps = [rates[name].of for name in ("decided", "confirmed", "rectified", "closed")]
    assert steps == sorted(steps, reverse=True)
    assert rates["handed_over"].among >= rates["confirmed"].of
    assert rates["confirmed"].of + rates["dismissed"].of == rates["decided"].of
    again = [rates[name] for name in ("resolved", "reopened", "persisting", "no_longer_observed")]
    assert sum(rate.of for rate in again) == again[0].among


def test_order_of_projects_changes_nothing() -> None:
    states = city(60, 3)
    shuffled = list(states)
    random.Random(1).shuffle(shuffled)
    assert figures(shuffled, TODAY) == figures(states, TODAY)


def test_a_later_day_only_adds_due_checks() -> None:
    states = city(60, 3)
    early, late = (figures(states, day).rates["on_time"] for day in (date(2026, 3, 1), TODAY))
    assert early.among < late.among
    assert early.of <= late.of


def test_a_dismissed_lead_stays_warned_but_is_never_confirmed(small: list[ProjectState]) -> None:
    before = figures(small, TODAY).rates
    dismissed = replace(small[2], findings=tuple(replace(each, state=State.DISMISSED) for each in small[2].findings))
    after = figures([*small[:2], dismissed, small[3]], TODAY).rates
    assert after["warned"] == before["warned"]
    assert (after["confirmed"].of, after["confirmed"].among) == (2, 6)


def test_an_empty_portfolio_has_no_shares() -> None:
    rates = figures([], TODAY).rates
    assert all(rate.share is None and rate.interval() is None for rate in rates.values())
    assert len(rates) == sum(map(len, (PROJECT_RATES, CHECK_RATES, INSPECTION_RATES, FINDING_RATES))) + 1


@pytest.mark.parametrize(
    ("of", "among", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_that_of_the_literature(of: int, among: int, low: float, high: float) -> None:
    """Newcombe 1998, table I, method 3."""
    assert Rate(of, among, "").interval() == pytest.approx((low, high), abs=5e-5)


def test_the_interval_holds_the_share_and_narrows_with_cases() -> None:
    widths = []
    for among in (5, 20, 80, 320):
        low, high = Rate(among // 5, among, "").interval() or (1.0, 0.0)
        assert low <= 0.2 <= high
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(("of", "among"), [(2, 1), (-1, 4), (1, 0)])
def test_what_is_no_share_is_refused(of: int, among: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        Rate(of, among, "")
