"""Names, verdicts, storey table, indicators and the level up to which works are due."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.observing import HERE, design_of
from support.worlds import COTTAGE, approved

from twin.conformity import due_below, storeys
from twin.conformity.indicators import indicators
from twin.conformity.kinds import name_addition
from twin.conformity.lifted import lifted
from twin.conformity.milestone import Milestone, milestone_named
from twin.conformity.model import Change, Finding, FindingVerdict, Indicator, Kind, StoreyStatus
from twin.conformity.permit import Permit, PermittedBuilding
from twin.conformity.settings import ConformitySettings
from twin.conformity.stack import Span
from twin.conformity.storeys import storey_table
from twin.design.model import Design
from twin.errors import SettingsError
from twin.massing.columns import Raster
from twin.massing.ground import Ground
from twin.massing.model import Addition, BuiltFloor, Footprint, LevelMeasure, Lift, Massing, Surroundings

RULES = ConformitySettings()
DESIGN = design_of(approved(COTTAGE), COTTAGE, HERE.design_from_world)
SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
NONE = np.zeros(0, dtype=np.int64)
RANK = {FindingVerdict.INFORMATION: 0, FindingVerdict.BORDERLINE: 1, FindingVerdict.INCONSISTENT: 2}
ON_ROOF = Surroundings(1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 48.0)
BESIDE = Surroundings(0.0, 1.0, 0.0, 0.0, 0.3, 1.0, 0.0, 0.0)
BALCONY = Surroundings(0.0, 0.0, 1.0, 1.0, 0.3, 1.0, 0.0, 0.0)
IN_VOID = Surroundings(1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 2.8, 2.8, 1.0)


def _addition(around: Surroundings, area: float, height: float, u_area: float = 0.0, u_height: float = 0.0) -> Addition:
    expanded = {"area_m2": u_area, "height_m": u_height, "volume_m3": 0.0}
    is_slab = around.clear_below_m is not None
    return Addition(SQUARE, 6.0, 6.0 + height, area, area * height, expanded, is_slab, around, NONE, (), ())


@pytest.mark.parametrize(
    ("around", "area", "height", "kind"),
    [
        (ON_ROOF, 40.0, 3.0, Kind.EXTRA_STOREY),
        (ON_ROOF, 40.0, 2.0, Kind.ROOFTOP_ADDITION),
        (ON_ROOF, 10.0, 3.0, Kind.ROOFTOP_ADDITION),
        (BESIDE, 12.0, 3.0, Kind.LATERAL_EXTENSION),
        (BALCONY, 4.5, 2.8, Kind.ENCLOSURE),
        (IN_VOID, 7.5, 0.25, Kind.VOID_INFILL),
        (replace(IN_VOID, floor_beside=0.0), 7.5, 0.2, Kind.MEZZANINE),
        (replace(IN_VOID, clear_below_m=0.7), 7.5, 0.05, Kind.UNMODELLED_OBJECT),
        (replace(BESIDE, gap_m=0.6), 12.0, 2.6, Kind.UNMODELLED_OBJECT),
    ],
)
def test_an_addition_is_named_by_where_it_stands(around: Surroundings, area: float, height: float, kind: Kind) -> None:
    named = name_addition(_addition(around, area, height), has_floors=True, ground_m=0.0, settings=RULES)
    expected = FindingVerdict.INFORMATION if kind is Kind.UNMODELLED_OBJECT else FindingVerdict.INCONSISTENT
    assert named == (kind, expected)


def test_without_floors_in_the_design_nothing_is_said_of_slabs_inside() -> None:
    named = name_addition(_addition(IN_VOID, 7.5, 0.25), has_floors=False, ground_m=0.0, settings=RULES)
    assert named == (Kind.UNMODELLED_OBJECT, FindingVerdict.INFORMATION)


@pytest.mark.parametrize(
    ("walled", "expected"),
    [(0.6, FindingVerdict.INCONSISTENT), (0.3, FindingVerdict.BORDERLINE), (0.1, FindingVerdict.INFORMATION)],
)
def test_a_volume_without_a_seen_roof_is_accused_as_far_as_its_walls_were_seen(
    walled: float, expected: FindingVerdict
) -> None:
    thing = replace(_addition(replace(BESIDE, walled=walled), 12.0, 3.0), caveats=("its roof was not seen",))
    assert name_addition(thing, has_floors=True, ground_m=0.0, settings=RULES)[1] is expected


AROUND = st.sampled_from([ON_ROOF, BESIDE, BALCONY, IN_VOID])
AREA, HEIGHT, UNSURE = st.floats(0.1, 60.0), st.floats(0.1, 6.0), st.floats(0.0, 5.0)


def _rank(thing: Addition, rules: ConformitySettings = RULES) -> int:
    return RANK[name_addition(thing, has_floors=True, ground_m=0.0, settings=rules)[1]]


@settings(max_examples=300, deadline=None)
@given(AROUND, AREA, HEIGHT, UNSURE, UNSURE, st.floats(1.0, 3.0))
def test_widening_the_limits_of_size_never_makes_a_graver_verdict(
    around: Surroundings, area: float, height: float, one: float, two: float, wider: float
) -> None:
    wide = replace(
        RULES,
        least_slab_area_m2=RULES.least_slab_area_m2 * wider,
        least_enclosure_area_m2=RULES.least_enclosure_area_m2 * wider,
        least_roof_area_m2=RULES.least_roof_area_m2 * wider,
        least_roof_height_m=RULES.least_roof_height_m * wider,
        least_extension_m2=RULES.least_extension_m2 * wider,
        least_extension_height_m=RULES.least_extension_height_m * wider,
    )
    thing = _addition(around, area, height, one, two)
    assert _rank(thing, wide) <= _rank(thing)


def _ground() -> Ground:
    return Ground(Raster(np.zeros(2), 1.0, (1, 1)), np.full((1, 1), -0.15), np.ones((1, 1), dtype=bool))


def _massing(offsets: tuple[float | None, ...] = (0.0, 0.0, 0.0), top: float | None = 6.9, **parts: object) -> Massing:
    levels = tuple(LevelMeasure(n, o, None if o is None else 0.005, 40) for n, o in enumerate(offsets))
    whole = Massing(None, (), (), levels, _ground(), 48.0, top, -0.15, NONE, NONE, 0.1)
    return replace(whole, **parts)  # type: ignore[arg-type]


def _finding(kind: Kind, low: float, high: float, area: float = 48.0) -> Finding:
    box = np.array([[0.0, 0.0, low], [8.0, 6.0, high]])
    unsure: dict[str, float | None] = {"area_m2": 0.5, "volume_m3": 1.0, "height_m": 0.01}
    args = ("F-001", kind, FindingVerdict.INCONSISTENT, Change.ADDED, None, "", box, SQUARE)
    return Finding(*args, area, area * (high - low), high - low, unsure, 0.9, (), NONE, None)


def test_a_level_is_as_designed_shifted_not_observed_or_not_built() -> None:
    table = storey_table(DESIGN, _massing((0.01, 0.12, None)), (), None, RULES)
    assert [row.status for row in table] == [
        StoreyStatus.AS_DESIGNED,
        StoreyStatus.SHIFTED,
        StoreyStatus.NOT_OBSERVED,
    ]
    assert table[1].measured_elevation_m == pytest.approx(3.12)
    assert table[0].height_m == pytest.approx(3.11)
    assert table[2].measured_elevation_m is None
    assert table[2].height_m is None
    due = storey_table(DESIGN, _massing((0.01, 0.0, None)), (), 6.0, RULES)
    assert due[2].status is StoreyStatus.NOT_BUILT


def test_a_lift_carries_the_levels_above_its_cut_along() -> None:
    lift = Lift(3.0, (3.0, 3.0), 0.4, 0.005, (Footprint(SQUARE, (), 48.0, (), NONE),))
    table = storey_table(DESIGN, _massing((0.0, None, None), lift=lift), (), None, RULES)
    assert [row.status for row in table] == [StoreyStatus.AS_DESIGNED, StoreyStatus.SHIFTED, StoreyStatus.SHIFTED]
    assert [row.measured_elevation_m for row in table] == pytest.approx([0.0, 3.4, 6.4])
    assert [row.height_m for row in table[:2]] == pytest.approx([3.4, 3.0])


@pytest.mark.parametrize(
    ("between", "caveats"),
    [
        ((3.0, 3.0), ()),
        ((2.94, 3.06), ("begins between +2.94 and +3.06 m: no level surface in between was seen to stay or to move",)),
    ],
)
def test_a_cut_that_is_known_only_between_two_surfaces_is_told_so(
    between: tuple[float, float], caveats: tuple[str, ...]
) -> None:
    lift = Lift(3.0, between, 0.4, 0.005, (Footprint(SQUARE, (), 48.0, (), NONE),))
    (found,) = lifted(DESIGN, lift, RULES)
    assert (found.kind, found.caveats[:-1]) == (Kind.STOREY_HEIGHT, caveats)


@pytest.mark.parametrize(
    ("offset_m", "unsure_m", "floor_m", "sigma_m", "verdict"),
    [
        (0.15, 0.35, 0.40, 0.003, FindingVerdict.INFORMATION),  # one change, which the floor tells
        (-0.15, 0.35, -0.30, 0.003, FindingVerdict.INFORMATION),
        (0.15, 0.35, None, 0.003, FindingVerdict.BORDERLINE),  # nothing else tells it
        (0.15, 0.35, 0.70, 0.003, FindingVerdict.BORDERLINE),  # not by as much: another change
        (0.15, 0.35, -0.30, 0.003, FindingVerdict.BORDERLINE),
        (0.15, 0.35, 0.40, 0.2, FindingVerdict.BORDERLINE),  # the floor is not sure to have moved either
        (0.40, 0.02, 0.40, 0.003, FindingVerdict.INCONSISTENT),  # known to have moved
        (0.40, 0.35, 0.40, 0.003, FindingVerdict.BORDERLINE),
        (3.10, 3.50, 3.10, 0.003, FindingVerdict.BORDERLINE),  # a storey put in is never told by a floor alone
    ],
)
def test_a_part_that_may_not_have_moved_is_told_by_the_floor_beneath_it_if_that_did(
    offset_m: float, unsure_m: float, floor_m: float | None, sigma_m: float, verdict: FindingVerdict
) -> None:
    lift = Lift(3.0, (3.0, 3.0), offset_m, unsure_m, (Footprint(SQUARE, (), 48.0, (), NONE),))
    level = DESIGN.storeys[1].elevation_m
    floors = () if floor_m is None else (BuiltFloor(level + floor_m, sigma_m, 40.0, 48.0, SQUARE, NONE),)
    (found,) = lifted(DESIGN, lift, RULES, (Span(0.0, 6.0, (1,), floors),))
    assert found.verdict is verdict
    beneath = Span(0.0, 6.0, (0,), floors)
    assert lifted(DESIGN, lift, RULES, (beneath,))[0].verdict is not FindingVerdict.INFORMATION


@pytest.mark.parametrize("offset_m", [0.4, -0.4, 3.1])
def test_the_area_of_what_moved_is_said_to_be_the_approved_one(offset_m: float) -> None:
    lift = Lift(3.0, (3.0, 3.0), offset_m, 0.005, (Footprint(SQUARE, (), 48.0, (), NONE),))
    (found,) = lifted(DESIGN, lift, RULES)
    assert found.uncertainty["area_m2"] is None
    assert found.caveats[-1].startswith("its area is that of the approved plan")


def test_an_unapproved_storey_is_a_row_of_its_own_in_its_place() -> None:
    table = storey_table(DESIGN, _massing((0.0, 0.0, 0.0)), (_finding(Kind.EXTRA_STOREY, 6.0, 9.0),), None, RULES)
    extra = [row for row in table if row.status is StoreyStatus.UNAPPROVED]
    assert len(extra) == 1
    assert (extra[0].name, extra[0].design_elevation_m) == (None, None)
    assert (extra[0].measured_elevation_m, extra[0].height_m) == (6.0, 3.0)
    levels = [row.measured_elevation_m for row in table]
    assert levels == sorted(level for level in levels if level is not None)


def _permit(**numbers: object) -> Permit:
    building = PermittedBuilding(name="house", **numbers)  # type: ignore[arg-type]
    return Permit(path="p.toml", sha256="0" * 64, number="1", buildings=(building,))


def _indicators(
    massing: Massing, permit: Permit | None = None, decidable: bool = True, found: tuple[Finding, ...] = ()
) -> dict[str, Indicator]:
    table = storey_table(DESIGN, massing, found, None, RULES)
    return {i.name: i for i in indicators(DESIGN, permit, massing, found, table, decidable, RULES)}


def test_a_house_as_designed_conforms_in_every_number() -> None:
    numbers = _indicators(_massing())
    assert {name: i.verdict for name, i in numbers.items()} == {
        "top_elevation": "conforming",
        "building_height": "conforming",
        "storeys_above_ground": "conforming",
        "footprint_area": "conforming",
    }
    assert numbers["top_elevation"].design == pytest.approx(6.9)
    assert numbers["building_height"].measured == pytest.approx(7.05)
    assert numbers["storeys_above_ground"].measured == 2.0
    assert all(i.permitted is None for i in numbers.values())


def test_the_permit_decides_where_it_says_a_number_and_the_design_where_not() -> None:
    permit = _permit(top_elevation_m=6.0, storeys_above_ground=1, footprint_area_m2=48.0)
    numbers = _indicators(_massing(), permit)
    assert numbers["top_elevation"].verdict == "nonconforming"
    assert numbers["top_elevation"].permitted == 6.0
    assert numbers["storeys_above_ground"].verdict == "nonconforming"
    assert numbers["building_height"].verdict == "conforming"
    assert numbers["footprint_area"].permitted == 48.0


def test_without_control_the_absolute_level_is_not_decidable_but_the_height_is() -> None:
    numbers = _indicators(_massing(top=9.0), decidable=False)
    assert numbers["top_elevation"].verdict == "not_decidable"
    assert numbers["building_height"].verdict == "nonconforming"


def test_what_was_not_measured_is_not_decidable() -> None:
    numbers = _indicators(_massing((0.0, None, 0.0), top=None, ground_m=None))
    assert numbers["top_elevation"].verdict == "not_decidable"
    assert numbers["building_height"].verdict == "not_decidable"
    assert numbers["storeys_above_ground"].verdict == "not_decidable"


def test_extensions_count_into_the_footprint_and_storeys_into_their_number() -> None:
    found = (_finding(Kind.LATERAL_EXTENSION, 0.0, 3.0, 9.0), _finding(Kind.EXTRA_STOREY, 6.0, 9.0))
    numbers = _indicators(_massing(), found=found)
    assert numbers["footprint_area"].measured == pytest.approx(57.0)
    assert numbers["footprint_area"].verdict == "nonconforming"
    assert numbers["storeys_above_ground"].measured == 3.0
    assert numbers["storeys_above_ground"].verdict == "nonconforming"


@settings(max_examples=200, deadline=None)
@given(st.floats(5.0, 9.0), st.floats(5.0, 9.0), st.floats(0.0, 2.0))
def test_a_higher_limit_never_turns_conforming_into_nonconforming(top: float, limit: float, more: float) -> None:
    order = {"conforming": 0, "inconclusive": 1, "nonconforming": 2}
    strict = _indicators(_massing(top=top), _permit(top_elevation_m=limit))["top_elevation"]
    wide = _indicators(_massing(top=top), _permit(top_elevation_m=limit + more))["top_elevation"]
    assert order[wide.verdict] <= order[strict.verdict]
    exceeds = top - limit - RULES.least_over_height_m
    if abs(exceeds) > 0.0200001:
        assert strict.verdict == ("nonconforming" if exceeds > 0.0 else "conforming")


def _with_levels(levels: tuple[float, ...]) -> Design:
    storeys = tuple(replace(DESIGN.storeys[0], name=f"L{n}", elevation_m=level) for n, level in enumerate(levels))
    return replace(DESIGN, storeys=storeys)


def test_works_are_due_up_to_the_level_above_the_named_storey() -> None:
    design = _with_levels((0.0, 3.0, 3.4, 6.0))
    assert due_below(design, None) is None
    assert due_below(design, "L0") == 3.0
    assert due_below(design, "L1") == 6.0  # a step of 0.4 m is the same storey
    assert due_below(design, "L3") == math.inf
    assert due_below(design, "4.25") == 4.25
    with pytest.raises(SettingsError, match="no storey is called 'roof'"):
        due_below(design, "roof")


def test_milestones_are_known_by_name_and_code() -> None:
    for milestone in Milestone:
        assert milestone_named(milestone.value.upper().replace("-", "_")) is milestone
        assert milestone_named(f" {milestone.code} ") is milestone
    assert [m for m in Milestone if m.all_is_due] == [Milestone.COMPLETION, Milestone.IN_USE]
    with pytest.raises(SettingsError, match="M10"):
        milestone_named("M10")


def test_a_number_that_is_no_level_is_refused() -> None:
    for text in ("nan", "inf", "-inf"):
        with pytest.raises(SettingsError):
            due_below(DESIGN, text)


@settings(max_examples=300, deadline=None)
@given(AROUND, AREA, HEIGHT, UNSURE, UNSURE, st.floats(1.0, 3.0))
def test_more_uncertainty_never_makes_an_accusation_surer(
    around: Surroundings, area: float, height: float, one: float, two: float, more: float
) -> None:
    sure, unsure = _addition(around, area, height, one, two), _addition(around, area, height, one * more, two * more)
    assert min(_rank(unsure), 2) <= max(_rank(sure), 1)


@pytest.mark.parametrize(
    ("level", "unsure", "status"),
    [
        (3.02, 0.01, StoreyStatus.AS_DESIGNED),
        (3.06, 0.02, StoreyStatus.AS_DESIGNED),
        (3.10, 0.02, StoreyStatus.SHIFTED),
        (3.35, 0.60, StoreyStatus.NOT_OBSERVED),
        (3.35, 0.20, StoreyStatus.SHIFTED),
        (None, None, StoreyStatus.NOT_OBSERVED),
    ],
)
def test_a_level_that_is_not_known_well_is_not_where_it_should_be(
    level: float | None, unsure: float | None, status: StoreyStatus
) -> None:
    assert storeys._status(3.0, level, unsure, None, ConformitySettings()) is status
