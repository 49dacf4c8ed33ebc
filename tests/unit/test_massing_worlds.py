"""Whole small worlds: what was added is found with kind, place and size; what is clutter accuses nobody."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from support.observing import HERE, Case, Inspected, Placing, inspected, observed, placing, stations_of
from support.worlds import (
    COTTAGE,
    ELL,
    GROUND,
    World,
    enclosure,
    honest,
    lifted,
    roof_room,
    solid,
    squeezed,
    with_clutter,
    with_extra_storey,
)

from twin.arrays import Floats
from twin.conformity import judge
from twin.conformity.milestone import Milestone
from twin.conformity.model import Finding, FindingVerdict, Kind, StoreyStatus, Verdict
from twin.conformity.settings import ConformitySettings
from twin.deviation import ElementStatus
from twin.frames import move
from twin.registration.model import Status

PLAIN = replace(COTTAGE, balcony=None)
TURNED = placing(33.0, (70.0, -20.0, 5.0), survey_deg=-12.0)
FAR = placing(57.0, (410_000.0, 3_200_000.0, 48.0), survey_deg=20.0)


@cache
def _case(world: World, at: Placing = HERE) -> Inspected:
    return inspected(observed(world, at))


def _accusing(result: Inspected) -> list[Finding]:
    return [f for f in result.judgement.findings if f.verdict is not FindingVerdict.INFORMATION]


def _box(plan: list[tuple[float, float]], low: float, high: float, at: Placing) -> Floats:
    corners = np.array([(x, y, z) for x, y in plan for z in (low, high)])
    moved = move(at.design_from_world, corners)
    return np.array([moved.min(axis=0), moved.max(axis=0)])


def _iou(one: Floats, two: Floats) -> float:
    common = np.prod(np.maximum(np.minimum(one[1], two[1]) - np.maximum(one[0], two[0]), 0.0))
    return float(common / (np.prod(one[1] - one[0]) + np.prod(two[1] - two[0]) - common))


def _rectangle(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float]]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


Planted = tuple[World, Kind, list[tuple[float, float]], float, float]
PLANTED: dict[str, Planted] = {
    "roof room": (
        honest(ELL).plus(roof_room((1, 1), (4, 3.4), 6.0, 2.6)),
        Kind.ROOFTOP_ADDITION,
        _rectangle(1, 1, 4, 3.4),
        6.0,
        8.6,
    ),
    "extension": (
        honest(ELL).plus(roof_room((9, 0.5), (12, 4), GROUND, 3.0)),
        Kind.LATERAL_EXTENSION,
        _rectangle(9, 0.5, 12, 4),
        GROUND,
        GROUND + 3.0,
    ),
    "enclosure": (
        honest().plus(enclosure(COTTAGE, 1)),
        Kind.ENCLOSURE,
        _rectangle(2.5, -1.5, 5.5, 0),
        3.0,
        5.8,
    ),
    "extra storey": (with_extra_storey(honest(PLAIN)), Kind.EXTRA_STOREY, _rectangle(0, 0, 8, 6), 6.0, 9.0),
}


STRAIGHT = [(name, HERE) for name in PLANTED] + [("extra storey", TURNED)]


@pytest.mark.parametrize(
    ("name", "at"), STRAIGHT, ids=[f"{n} {'here' if a is HERE else 'turned'}" for n, a in STRAIGHT]
)
def test_what_was_added_is_found_with_its_kind_place_and_size(name: str, at: Placing) -> None:
    world, kind, plan, low, high = PLANTED[name]
    found = _accusing(_case(world, at))
    assert [f.kind for f in found] == [kind]
    finding = found[0]
    assert finding.verdict is FindingVerdict.INCONSISTENT
    assert _iou(finding.box, _box(plan, low, high, at)) >= 0.9
    (x0, y0), (x1, y1) = plan[0], plan[2]
    truth = (x1 - x0) * (y1 - y0) * (high - low)
    assert finding.volume_m3 is not None
    assert abs(finding.volume_m3 / truth - 1.0) < 0.05
    lift = at.design_from_world[2, 3]
    assert np.abs(finding.box[:, 2] - [low + lift, high + lift]).max() < 0.05
    assert finding.body is not None
    assert len(finding.points) > 100
    assert _case(world, at).judgement.verdict is Verdict.INCONSISTENT


def test_the_points_of_a_finding_lie_on_what_was_added() -> None:
    world, *_ = PLANTED["roof room"]
    result = _case(world, HERE)
    points = move(result.case.registration.design_from_survey, result.case.cloud.points)
    shown = points[_accusing(result)[0].points]
    assert (shown > [0.9, 0.9, 6.05]).all()
    assert (shown < [4.1, 3.5, 8.7]).all()


OPEN = honest(replace(PLAIN, hole=((3.2, 1.2), (5.4, 4.2))))
HIGH = honest(replace(PLAIN, heights=(4.8, 3.0)))
WATCHED = replace(HIGH, inside=(*HIGH.inside, (2.5, 5.0, 4.0), (6.0, 5.0, 1.0)))
FLOORS = {
    Kind.VOID_INFILL: (OPEN, solid("infill", (3.2, 1.2, 2.75), (5.4, 4.2, 3.0))),
    Kind.MEZZANINE: (WATCHED, solid("gallery", (4.0, 0.25, 2.3), (7.75, 5.75, 2.5))),
}


@pytest.mark.parametrize("kind", FLOORS)
def test_a_floor_that_was_put_in_is_found_at_its_level(kind: Kind) -> None:
    world, slab = FLOORS[kind]
    result = _case(world.plus(slab), HERE)
    found = _accusing(result)
    assert [(f.kind, f.verdict) for f in found] == [(kind, FindingVerdict.INCONSISTENT)]
    assert np.abs(found[0].box[:, 2] - [slab.low[2], slab.high[2]]).max() < 0.01
    assert _iou(found[0].box, np.array([slab.low, slab.high])) > 0.7
    assert found[0].height_m == pytest.approx(slab.high[2] - slab.low[2], abs=0.01)


def test_what_is_absent_accuses_only_once_completion_is_due() -> None:
    result = inspected(observed(honest().without("balcony 1", "railing 1"), density=60.0))
    case = result.case
    names = {e.global_id: e.name for e in case.design.elements}
    for milestone, verdict, whole in (
        (None, FindingVerdict.INFORMATION, Verdict.UNDECIDED),
        (Milestone.STRUCTURE, FindingVerdict.INFORMATION, Verdict.CONSISTENT),
        (Milestone.COMPLETION, FindingVerdict.INCONSISTENT, Verdict.INCONSISTENT),
    ):
        told = judge(
            case.design, None, case.registration, result.deviation, result.massing, ConformitySettings(), milestone
        )
        missing = [f for f in told.findings if f.kind is Kind.ELEMENT_MISSING]
        assert [(f.verdict, {names[g] for g in f.global_ids}) for f in missing] == [(verdict, {"balcony 1"})]
        assert told.verdict is whole
        assert bool(missing[0].caveats) == (milestone is not Milestone.COMPLETION)


def test_a_lifted_part_is_one_finding_also_when_completion_is_due() -> None:
    result = inspected(observed(lifted(honest(), 1, 0.8), density=60.0), milestone=Milestone.COMPLETION)
    assert [f.kind for f in _accusing(result)] == [Kind.STOREY_HEIGHT]


def test_without_control_no_absolute_level_is_judged() -> None:
    case = observed(honest(), density=40.0)
    fitted = replace(case, registration=replace(case.registration, may_judge_position=False))
    verdicts = {i.name: i.verdict for i in inspected(fitted).judgement.indicators}
    assert verdicts["top_elevation"] == "not_decidable"
    assert verdicts["building_height"] == "conforming"


HONEST: dict[str, tuple[World, Placing]] = {
    "cottage": (honest(), HERE),
    "cottage with clutter": (with_clutter(honest()), TURNED),
    "ell with clutter": (with_clutter(honest(ELL)), FAR),
    "void left open": (with_clutter(honest(replace(PLAIN, hole=((3.2, 1.2), (5.4, 4.2))))), HERE),
    "on a slope": (replace(with_clutter(honest(ELL)), ground_slope=0.08), HERE),
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_house_is_accused_of_nothing_whatever_stands_about(name: str) -> None:
    world, at = HONEST[name]
    result = _case(world, at)
    assert [(f.kind, f.title) for f in _accusing(result)] == []
    assert result.massing.lift is None
    assert result.judgement.verdict is Verdict.CONSISTENT
    assert {row.status for row in result.judgement.storeys} == {StoreyStatus.AS_DESIGNED}
    assert all(i.verdict == "conforming" for i in result.judgement.indicators)
    assert not any(e.status is ElementStatus.MISSING for e in result.deviation.elements)


def test_clutter_is_listed_with_its_size_and_not_dropped() -> None:
    world, _ = HONEST["cottage with clutter"]
    result = _case(world, TURNED)
    listed = [f for f in result.judgement.findings if f.kind is Kind.UNMODELLED_OBJECT]
    truth = _box(_rectangle(8.6, 0.5, 11.04, 5.5), GROUND, GROUND + 2.6, TURNED)
    best = max(listed, key=lambda f: _iou(f.box, truth))
    assert _iou(best.box, truth) > 0.75
    assert max(float(f.box[1, 2]) for f in listed) > 5.0 + 15.0  # the crane


def test_levels_are_measured_to_a_centimetre() -> None:
    for row in _case(*HONEST["cottage"]).judgement.storeys:
        assert row.measured_elevation_m is not None
        assert row.design_elevation_m is not None
        assert row.expanded_uncertainty_m is not None
        assert abs(row.measured_elevation_m - row.design_elevation_m) < row.expanded_uncertainty_m < 0.01


@pytest.mark.parametrize("offset", [-0.5, 0.12, 0.8, 7.0])
def test_what_stands_higher_or_lower_is_found_to_five_millimetres_and_cut_at_its_storey(offset: float) -> None:
    result = inspected(observed(lifted(honest(PLAIN), 1, offset), density=60.0))
    lift = result.massing.lift
    assert lift is not None
    assert abs(lift.offset_m - offset) < 0.005
    assert abs(lift.offset_m - offset) < lift.expanded_uncertainty_m
    assert lift.cut_m == pytest.approx(3.0, abs=0.01)
    assert abs(lift.footprints[0].area_m2 - 48.0) < 1.5
    first = _accusing(result)[0]
    assert first.kind is (Kind.EXTRA_STOREY if offset > 2.2 else Kind.STOREY_HEIGHT)
    assert first.verdict is FindingVerdict.INCONSISTENT
    assert len(_accusing(result)) == 1
    levels = {row.name: row.measured_elevation_m for row in result.judgement.storeys if row.name}
    assert levels["Storey 0"] == pytest.approx(0.0, abs=0.01)
    assert levels["Storey 1"] == pytest.approx(3.0 + offset, abs=0.01)
    assert levels["Storey 2"] == pytest.approx(6.0 + offset, abs=0.01)


def test_equal_storeys_of_which_the_upper_ones_were_not_scanned_are_no_lift() -> None:
    world = honest(replace(PLAIN, heights=(3.0, 3.0, 3.0)))
    places = stations_of(world)
    result = inspected(observed(world, density=60.0, keep=places[:, 2] < 3.0))
    assert result.massing.lift is None
    assert not _accusing(result)
    assert result.judgement.verdict is Verdict.UNDECIDED


def test_a_survey_without_the_roof_leaves_the_verdict_open_and_says_why() -> None:
    world = honest(PLAIN)
    places = stations_of(world)
    result = inspected(observed(world, density=60.0, keep=places[:, 2] < 6.0))
    assert result.judgement.verdict is Verdict.UNDECIDED
    assert any("roof" in note for note in result.judgement.notes)
    assert not any("facade" in note for note in result.judgement.notes)


def test_a_pose_that_is_not_accepted_carries_no_verdict() -> None:
    case = observed(PLANTED["extension"][0], density=40.0)
    doubtful = replace(case, registration=replace(case.registration, status=Status.AMBIGUOUS))
    assert inspected(doubtful).judgement.verdict is Verdict.UNDECIDED


def test_moving_design_and_survey_together_changes_no_finding() -> None:
    world, *_ = PLANTED["extra storey"]
    here, there = _case(world, HERE), _case(world, TURNED)
    one, two = _accusing(here), _accusing(there)
    assert [(f.kind, f.verdict) for f in one] == [(f.kind, f.verdict) for f in two]
    for first, second in zip(one, two, strict=True):
        assert first.volume_m3 is not None
        assert second.volume_m3 == pytest.approx(first.volume_m3, rel=0.02)
        assert second.box[:, 2] - 5.0 == pytest.approx(first.box[:, 2], abs=0.02)
    rows = zip(here.judgement.storeys, there.judgement.storeys, strict=True)
    assert all(a.status is b.status and a.name == b.name for a, b in rows)


TALL = honest(replace(PLAIN, heights=(3.6, 3.6, 3.6, 3.6)))


def _without_stations(case: Case) -> Case:
    unknown = np.full_like(case.cloud.stations, np.nan)
    return replace(case, cloud=replace(case.cloud, stations=unknown))


@pytest.mark.parametrize("known", [True, False], ids=["stations", "no stations"])
def test_a_storey_squeezed_in_under_an_unchanged_roof_is_counted(known: bool) -> None:
    case = observed(squeezed(TALL), density=60.0)
    result = inspected(case if known else _without_stations(case))
    (found,) = _accusing(result)
    assert (found.kind, found.verdict) == (Kind.EXTRA_STOREY, FindingVerdict.INCONSISTENT)
    assert found.height_m == pytest.approx(14.4 / 5.0, abs=0.01)
    assert found.box[:, 2] == pytest.approx([0.0, 14.4], abs=0.01)
    told = [(row.status, row.measured_elevation_m) for row in result.judgement.storeys]
    assert [status for status, _ in told] == [
        StoreyStatus.AS_DESIGNED,
        *[StoreyStatus.SHIFTED] * 3,
        StoreyStatus.UNAPPROVED,
        StoreyStatus.AS_DESIGNED,
    ]
    assert [level for _, level in told] == pytest.approx([0.0, 2.88, 5.76, 8.64, 11.52, 14.4], abs=0.01)
    (count,) = [i for i in result.judgement.indicators if i.name == "storeys_above_ground"]
    assert (count.design, count.measured, count.verdict) == (4.0, 5.0, "nonconforming")


def test_storeys_squeezed_in_that_nobody_saw_inside_are_not_called_consistent() -> None:
    outside = stations_of(TALL)[:12]
    result = inspected(observed(squeezed(TALL), density=60.0, stations=outside))
    assert result.judgement.verdict is not Verdict.CONSISTENT


def test_who_saw_the_outside_only_has_not_seen_the_floors() -> None:
    world = honest(replace(PLAIN, windows=False))
    result = inspected(observed(world, density=60.0, stations=stations_of(world)[:12]))
    assert not _accusing(result)
    assert result.judgement.verdict is Verdict.UNDECIDED
    assert sum("inside of storey" in note for note in result.judgement.notes) == 2


def _with_a_floor_moved(offset: float) -> World:
    """The second floor's slab stands at another level, all else where it is."""
    house = PLAIN
    uneven = honest(replace(house, heights=(3.0 + offset, 3.0 - offset)))
    return replace(honest(house), built=uneven.built, inside=uneven.inside)


@pytest.mark.parametrize("offset", [-0.3, 0.4])
def test_one_floor_at_another_level_is_a_changed_storey_height(offset: float) -> None:
    result = inspected(observed(_with_a_floor_moved(offset), density=60.0))
    (found,) = _accusing(result)
    assert (found.kind, found.verdict) == (Kind.STOREY_HEIGHT, FindingVerdict.INCONSISTENT)
    assert found.height_m == pytest.approx(abs(offset), abs=0.005)
    level = {row.name: row for row in result.judgement.storeys}["Storey 1"]
    assert level.status is StoreyStatus.SHIFTED
    assert level.measured_elevation_m == pytest.approx(3.0 + offset, abs=0.005)


@pytest.mark.parametrize(("thick", "verdicts"), [(0.06, []), (0.15, [FindingVerdict.BORDERLINE])])
def test_a_floor_finish_is_no_changed_storey_height(thick: float, verdicts: list[FindingVerdict]) -> None:
    (x0, y0, x1, y1) = PLAIN.rectangles[0]
    screed = solid("screed", (x0 + 0.25, y0 + 0.25, 3.0), (x1 - 0.25, y1 - 0.25, 3.0 + thick))
    found = _accusing(inspected(observed(honest(PLAIN).plus(screed), density=60.0)))
    assert [f.verdict for f in found] == verdicts


def test_the_underside_of_an_approved_floor_is_no_floor_at_another_level() -> None:
    world = replace(honest(PLAIN), built=tuple(s for s in honest(PLAIN).built if s.low[2] < 3.2))
    result = inspected(
        _without_stations(observed(world, density=60.0, stations=stations_of(world)[[0, 2, 4, 6, 12, 13]]))
    )
    assert not _accusing(result)
    assert result.judgement.verdict is Verdict.UNDECIDED


def test_a_hung_ceiling_under_a_floor_that_nobody_scanned_is_no_floor() -> None:
    (x0, y0, x1, y1) = PLAIN.rectangles[0]
    ceiling = solid("ceiling", (x0 + 0.25, y0 + 0.25, 2.35), (x1 - 0.25, y1 - 0.25, 2.38))
    world = honest(PLAIN).plus(ceiling)
    case = observed(world, density=60.0, stations=stations_of(world)[[0, 2, 4, 6, 12, 13]])
    assert not _accusing(inspected(_without_stations(case)))
    assert not _accusing(inspected(case))


@pytest.mark.parametrize(
    ("offset", "unsure", "vacated", "verdicts"),
    [
        (0.30, 0.43, True, []),
        (0.30, 0.02, True, [FindingVerdict.INCONSISTENT]),
        (0.30, 0.02, False, [FindingVerdict.INCONSISTENT]),
        (0.15, 0.02, False, [FindingVerdict.BORDERLINE]),
        (0.15, 0.02, True, [FindingVerdict.INCONSISTENT]),
        (0.09, 0.005, True, []),
    ],
)
def test_a_displacement_must_be_seen_beyond_its_uncertainty_and_not_only_hidden(
    offset: float, unsure: float, vacated: bool, verdicts: list[FindingVerdict]
) -> None:
    honest_house = _case(*HONEST["cottage"])
    case, deviation = honest_house.case, honest_house.deviation
    wall = next(e.index for e in case.design.elements if e.name == "wall 0.1")
    moved = replace(
        deviation.elements[wall],
        status=ElementStatus.DISPLACED,
        expanded_uncertainty_m=unsure,
        offset_m=(offset, 0.0, 0.0),
        is_vacated=vacated,
    )
    elements = tuple(moved if e.element == wall else e for e in deviation.elements)
    told = judge(
        case.design,
        None,
        case.registration,
        replace(deviation, elements=elements),
        honest_house.massing,
        ConformitySettings(),
    )
    assert [f.verdict for f in told.findings if f.kind is Kind.ELEMENT_DISPLACED] == verdicts


def test_a_storey_too_many_on_equal_ones_is_one_storey_also_from_the_street() -> None:
    world = with_extra_storey(honest(replace(PLAIN, heights=(3.0, 3.0, 3.0, 3.0))))
    result = inspected(observed(world, density=60.0, stations=stations_of(world)[:8], noise_m=0.012))
    found = [f for f in _accusing(result) if f.kind is Kind.EXTRA_STOREY]
    assert len(found) == 1
    assert found[0].box[0, 2] == pytest.approx(12.0, abs=0.05)
