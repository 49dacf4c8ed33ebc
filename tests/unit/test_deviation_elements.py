"""Status, offset and coverage of every element of a small house."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from support.observing import Case, observed, placing, registration_of, stations_of
from support.shape_catalogue import TUNED
from support.shape_surveys import Look, cloud_of, stations, surveyed
from support.shapes import bodies, design_of
from support.worlds import COTTAGE, World, honest

from twin.arrays import Flags
from twin.design.expected import Expected
from twin.deviation import Deviation, DeviationSettings, ElementStatus, measure

SETTINGS = DeviationSettings()
S = ElementStatus


def _measured(case: Case, due_below_m: float | None = None) -> Deviation:
    return measure(case.design, case.cloud, case.registration, SETTINGS, Expected(due_below_m))


def _status(case: Case, deviation: Deviation) -> dict[str, ElementStatus]:
    return {e.name: deviation.elements[e.index].status for e in case.design.elements}


@cache
def _of(world: World) -> tuple[Case, Deviation]:
    case = observed(world, density=60.0)
    return case, _measured(case)


HONEST = honest()


def test_an_honest_house_is_as_designed_and_its_glass_is_not_observed() -> None:
    case, deviation = _of(HONEST)
    for element in case.design.elements:
        result = deviation.elements[element.index]
        glass = element.ifc_class == "IfcWindow"
        assert result.status is (S.NOT_OBSERVED if glass else S.AS_DESIGNED), element.name
        if not glass:
            assert result.deviation_m is not None
            assert result.expanded_uncertainty_m is not None
            assert abs(result.deviation_m) < 0.002
            assert 0.004 <= result.expanded_uncertainty_m < 0.01
    assert deviation.coverage > 0.7
    assert min(deviation.facades.values()) > 0.8
    assert set(deviation.facades) == {"north", "east", "south", "west"}
    assert deviation.roof is not None
    assert deviation.roof > 0.9


def test_glass_is_never_missing_whatever_rays_passed_through() -> None:
    case, deviation = _of(HONEST)
    panes = [e.index for e in case.design.elements if e.ifc_class == "IfcWindow"]
    assert deviation.sample_pierced[np.isin(deviation.samples.element, panes)].any()
    assert {deviation.elements[pane].status for pane in panes} == {S.NOT_OBSERVED}


def test_what_lies_above_the_level_that_is_due_is_not_due_unless_it_stands() -> None:
    case = observed(HONEST.without("balcony 1"), density=60.0)
    due = _status(case, _measured(case, due_below_m=2.7))
    assert due["balcony 1"] is S.NOT_DUE
    assert due["wall 1.0"] is S.AS_DESIGNED
    everything = _status(case, _measured(case))
    assert everything["balcony 1"] is S.MISSING


@pytest.mark.parametrize("name", ["parapet 1", "balcony 1", "balcony 2"])
def test_what_is_absent_is_missing_and_nothing_else_is(name: str) -> None:
    case, deviation = _of(HONEST.without(name))
    status = _status(case, deviation)
    assert status[name] is S.MISSING
    assert sum(s is S.MISSING for s in status.values()) == 1
    assert not any(s is S.DISPLACED for s in status.values())


def test_what_is_absent_where_few_rays_passed_is_never_as_designed() -> None:
    case, deviation = _of(HONEST.without("wall 1.2"))
    assert _status(case, deviation)["wall 1.2"] in (S.MISSING, S.NOT_OBSERVED)


@pytest.mark.parametrize("step", [0.08, 0.14, 0.2, 0.4])
def test_a_wall_that_stands_off_its_place_is_found_with_its_offset(step: float) -> None:
    case, deviation = _of(HONEST.with_moved("wall 1.1", (step, 0.0, 0.0)))
    wall = next(e.index for e in case.design.elements if e.name == "wall 1.1")
    result = deviation.elements[wall]
    assert result.status is S.DISPLACED
    assert result.offset_m is not None
    assert result.expanded_uncertainty_m is not None
    assert np.abs(np.array(result.offset_m) - [step, 0.0, 0.0]).max() < max(result.expanded_uncertainty_m, 0.004)
    others = [e for e in deviation.elements if e.status is S.DISPLACED and e.element != wall]
    names = {case.design.elements[e.element].name for e in others}
    assert not names, names


def test_a_survey_somewhere_else_observes_nothing() -> None:
    case = observed(HONEST, density=20.0)
    far = placing(survey_deg=10.0, offset=(3000.0, 0.0, 0.0)).design_from_survey
    away = replace(case, registration=replace(case.registration, design_from_survey=far))
    deviation = _measured(away)
    assert {e.status for e in deviation.elements} == {S.NOT_OBSERVED}
    assert all(e.deviation_m is None and e.points == 0 for e in deviation.elements)
    assert deviation.coverage == 0.0
    assert np.isnan(deviation.distance).all()
    assert (deviation.element == -1).all()


def _only(world: World, keep: Flags) -> tuple[Case, Deviation]:
    case = observed(world, density=60.0, keep=keep)
    return case, _measured(case)


def test_a_survey_of_one_facade_says_nothing_of_the_others() -> None:
    blind = honest(replace(COTTAGE, windows=False))
    places = stations_of(blind)
    south = (places[:, 1] < 0.0) & (np.abs(places[:, 0] - 4.0) < 1.0) & (places[:, 2] < 3.0)
    case, deviation = _only(blind, south)
    status = _status(case, deviation)
    assert status["wall 0.0"] is S.AS_DESIGNED
    for hidden in ("wall 0.1", "wall 0.2", "wall 0.3", "wall 1.2", "parapet 2", "column 0", "column 1"):
        assert status[hidden] is S.NOT_OBSERVED, hidden
    assert not any(s in (S.MISSING, S.DISPLACED) for s in status.values())
    assert deviation.facades["south"] > 0.5
    assert deviation.facades["north"] == 0.0
    assert deviation.roof is not None
    assert deviation.roof < 0.05


def test_moving_design_and_survey_together_changes_nothing() -> None:
    world = HONEST.without("balcony 1").with_moved("wall 1.1", (0.2, 0.0, 0.0))
    case, here = _of(world)
    moved = observed(world, placing(41.0, (2400.0, -1800.0, 60.0), survey_deg=-7.0), density=60.0)
    there = _measured(moved)
    assert _status(case, here) == _status(moved, there)
    near = np.isfinite(here.distance) & np.isfinite(there.distance)
    assert near.mean() > 0.5
    assert np.isfinite(here.distance).sum() == pytest.approx(np.isfinite(there.distance).sum(), abs=5)
    assert np.abs(np.abs(here.distance) - np.abs(there.distance))[near].max() < 1e-4
    same = near & (here.element == there.element) & (np.abs(here.distance) > 1e-4)
    assert same.sum() > 0.9 * near.sum()
    assert (np.sign(here.distance) == np.sign(there.distance))[same].mean() > 0.998  # coincident faces have two sides
    one, two = (d.elements[_wall(case)].offset_m for d in (here, there))
    assert one is not None
    assert two is not None
    assert np.hypot(two[0], two[1]) == pytest.approx(np.hypot(one[0], one[1]), abs=1e-3)


def _wall(case: Case) -> int:
    return next(e.index for e in case.design.elements if e.name == "wall 1.1")


def test_points_in_any_order_give_the_same_bytes() -> None:
    case, here = _of(HONEST)
    order = np.random.default_rng(3).permutation(len(case.cloud.points))
    cloud = replace(case.cloud, points=case.cloud.points[order], scan=case.cloud.scan[order])
    there = measure(case.design, cloud, case.registration, SETTINGS)
    assert np.array_equal(here.distance[order], there.distance, equal_nan=True)
    assert np.array_equal(here.sample_seen, there.sample_seen)
    assert [e.status for e in here.elements] == [e.status for e in there.elements]


def test_what_is_not_due_is_not_missing_and_what_stands_already_is_as_designed() -> None:
    top = [part.name for part in HONEST.approved if part.low[2] >= 5.7]
    case = observed(HONEST.without(*top), density=60.0)
    due = _status(case, _measured(case, due_below_m=5.7))
    assert {due[name] for name in top} == {S.NOT_DUE}
    assert due["wall 1.0"] is S.AS_DESIGNED
    everything = _status(case, _measured(case))
    assert all(everything[name] in (S.MISSING, S.NOT_OBSERVED) for name in top)
    whole, deviation = _of(HONEST)
    assert _status(whole, _measured(whole, due_below_m=3.0)) == {
        name: S.NOT_DUE if status is S.NOT_OBSERVED and name.startswith("window 1") else status
        for name, status in _status(whole, deviation).items()
    }


def test_rays_through_a_railing_do_not_make_it_missing_but_through_a_solid_they_do() -> None:
    case, deviation = _of(HONEST.without("railing 1"))
    rail = next(e.index for e in case.design.elements if e.name == "railing 1")
    samples = deviation.samples.element == rail
    assert deviation.sample_pierced[samples].mean() > 0.5
    assert deviation.elements[rail].status is S.NOT_OBSERVED
    elements = tuple(replace(e, ifc_class="IfcWall") if e.index == rail else e for e in case.design.elements)
    solid = replace(case, design=replace(case.design, elements=elements))
    assert _measured(solid).elements[rail].status is S.MISSING


@pytest.mark.parametrize("density", [60.0, 12.0])
def test_what_only_tripods_on_the_ground_saw_has_no_top(density: float) -> None:
    on_the_ground = np.arange(len(stations_of(HONEST))) < 8
    case = observed(HONEST, density=density, keep=on_the_ground)
    deviation = _measured(case)
    samples = deviation.samples
    top = samples.points[:, 2].max()
    upward = (samples.normals[:, 2] > 0.9) & (samples.points[:, 2] > top - 0.01)
    assert upward.sum() > 20
    assert not deviation.sample_seen[upward].any()


@pytest.mark.parametrize("told", [True, False])
def test_what_meets_an_absent_wall_does_not_show_it(told: bool) -> None:
    shape = next(shape for shape in TUNED if shape.name == "ell")
    look = Look("around", density=40.0, told=told)
    built = [part for part in bodies(shape) if part.name != "wall 1.0.5"]
    places = stations(shape, look)
    views = [surveyed(shape, built, replace(look, seed=k), places[k : k + 1])[0] for k in range(len(places))]
    scan = np.repeat(np.arange(len(places)), [len(view) for view in views]).astype(np.int32)
    cloud = cloud_of(np.vstack(views), scan, places, np.eye(4), told)
    design = design_of(shape)
    known = replace(registration_of(design, np.eye(4)), residual_rms_m=0.003)
    results = {
        design.elements[result.element].name: result
        for result in measure(design, cloud, known, DeviationSettings()).elements
    }
    assert results["wall 1.0.5"].status is ElementStatus.MISSING
    assert results["wall 1.0.4"].status is ElementStatus.AS_DESIGNED
