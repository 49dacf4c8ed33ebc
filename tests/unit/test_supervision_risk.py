"""Risk: a sum of grounds in words, which no further ground lowers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.conformity.milestone import Milestone
from twin.supervision.records import RiskInputs
from twin.supervision.risk import Grounds, assess, tier_of
from twin.supervision.settings import RiskSettings
from twin.supervision.states import Tier

DEFAULT = RiskSettings()


def risk_of(upheld: int = 0, unsurveyed: tuple[Milestone, ...] = (), **known: object):
    return assess(Grounds(RiskInputs.model_validate(known), upheld, unsurveyed), DEFAULT)


def test_nothing_known_is_low_without_a_reason() -> None:
    risk = risk_of()
    assert (risk.score, risk.tier, risk.reasons) == (0.0, Tier.LOW, ())


@pytest.mark.parametrize(
    ("known", "name", "points", "why"),
    [
        ({"storey_height_m": 4.5}, "storey_height", 30.0, "a storey is 4.50 m high: another floor fits in"),
        ({"counted_share": 0.95}, "counted_share", 20.0, "95.0% of the floor area that the plot allows is used"),
        ({"use": "Mixed commercial and office"}, "use", 15.0, "use: Mixed commercial and office"),
        ({"use": "商住楼"}, "use", 15.0, "use: 商住楼"),
        ({"past_findings": 2}, "past_findings", 20.0, "findings confirmed at other projects of the party: 2"),
        ({"change_orders": 9}, "change_orders", 15.0, "approved changes of the design: 9"),
        ({"upheld": 1}, "confirmed_findings", 20.0, "findings confirmed here: 1"),
        (
            {"skipped_checks": (Milestone.FOUNDATION, Milestone.GROUND_STOREY)},
            "unchecked_milestones",
            30.0,
            "milestones passed over: M2, M3; no survey by their day: -",
        ),
        (
            {"unsurveyed": (Milestone.TOPPING_OUT,), "skipped_checks": (Milestone.FOUNDATION,)},
            "unchecked_milestones",
            30.0,
            "milestones passed over: M2; no survey by their day: M5",
        ),
    ],
)
def test_each_ground_is_said_with_its_points(known: dict, name: str, points: float, why: str) -> None:
    risk = risk_of(**known)
    assert [(each.name, each.why, each.points) for each in risk.reasons] == [(name, why, points)]
    assert risk.score == points


@pytest.mark.parametrize(
    "known",
    [
        {"storey_height_m": 4.49},
        {"storey_height_m": 9.0, "use": "Industrial"},
        {"storey_height_m": 9.0, "use": "标准厂房"},
        {"counted_share": 0.949},
        {"use": "residential"},
    ],
)
def test_what_is_usual_is_no_ground(known: dict) -> None:
    assert risk_of(**known).score == 0.0


def test_a_check_that_was_passed_over_counts_once() -> None:
    risk = risk_of(unsurveyed=(Milestone.FOUNDATION,), skipped_checks=(Milestone.FOUNDATION,))
    assert [(each.name, each.points) for each in risk.reasons] == [("unchecked_milestones", 15.0)]


grounds = st.builds(
    Grounds,
    known=st.builds(
        RiskInputs,
        use=st.none() | st.sampled_from(["mixed", "office", "工业", "loft"]),
        storey_height_m=st.none() | st.floats(2.0, 9.0),
        counted_share=st.none() | st.floats(0.0, 1.5),
        change_orders=st.integers(0, 9),
        past_findings=st.integers(0, 9),
        skipped_checks=st.lists(st.sampled_from(Milestone), unique=True, max_size=4).map(tuple),
    ),
    upheld=st.integers(0, 9),
    unsurveyed=st.lists(st.sampled_from(Milestone), unique=True, max_size=4).map(tuple),
)
MORE = {
    "a higher storey": lambda g: replace(g, known=_with(g, storey_height_m=(g.known.storey_height_m or 2.0) + 1.0)),
    "more of the plot": lambda g: replace(g, known=_with(g, counted_share=(g.known.counted_share or 0.0) + 0.2)),
    "a watched use": lambda g: replace(g, known=_with(g, use=f"{g.known.use or ''} loft")),
    "a change": lambda g: replace(g, known=_with(g, change_orders=g.known.change_orders + 1)),
    "a past finding": lambda g: replace(g, known=_with(g, past_findings=g.known.past_findings + 1)),
    "a finding here": lambda g: replace(g, upheld=g.upheld + 1),
    "a skipped check": lambda g: replace(
        g, known=_with(g, skipped_checks=tuple({*g.known.skipped_checks, Milestone.STRUCTURE}))
    ),
    "a missing survey": lambda g: replace(g, unsurveyed=tuple({*g.unsurveyed, Milestone.STRUCTURE})),
}


def _with(ground: Grounds, **values: object) -> RiskInputs:
    return ground.known.model_copy(update=values)


weights = st.builds(
    RiskSettings,
    fits_a_floor_score=st.floats(0.0, 100.0),
    watched_use_score=st.floats(0.0, 100.0),
    unchecked_milestone_score=st.floats(0.0, 100.0),
    confirmed_finding_score=st.floats(0.0, 100.0),
    most_counted=st.integers(1, 9),
)


@given(ground=grounds, settings=weights, more=st.sampled_from(sorted(MORE)))
def test_a_further_ground_never_lowers_score_or_tier(ground: Grounds, settings: RiskSettings, more: str) -> None:
    before, after = assess(ground, settings), assess(MORE[more](ground), settings)
    assert after.score >= before.score
    order = [Tier.LOW, Tier.MEDIUM, Tier.HIGH]
    assert order.index(after.tier) >= order.index(before.tier)


@given(ground=grounds)
def test_the_score_is_the_sum_of_its_reasons_and_the_same_again(ground: Grounds) -> None:
    risk = assess(ground, DEFAULT)
    assert risk.score == sum(each.points for each in risk.reasons)
    assert all(each.points > 0.0 for each in risk.reasons)
    assert risk.tier is tier_of(risk.score, DEFAULT)
    assert risk == assess(ground, DEFAULT)


def test_tiers_begin_at_their_scores() -> None:
    assert [tier_of(score, DEFAULT) for score in (29.9, 30.0, 59.9, 60.0)] == [
        Tier.LOW, Tier.MEDIUM, Tier.MEDIUM, Tier.HIGH,
    ]  # fmt: skip
