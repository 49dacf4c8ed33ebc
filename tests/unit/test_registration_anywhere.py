"""Poses of surveys in frames that say nothing of the design."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.registration_house import View, approved, cloud_of, design_of, errors, surveyed
from support.shape_catalogue import HELD_OUT, SYMMETRIC, TUNED
from support.shape_changes import Change, as_approved, cluttered, lifted_from, one_storey_more
from support.shape_surveys import Look, anywhere
from support.shape_surveys import cloud_of as shape_cloud
from support.shape_surveys import surveyed as shape_survey
from support.shapes import Shape, bodies
from support.shapes import design_of as shape_design

from twin.arrays import Matrix4
from twin.errors import NoOverlap
from twin.frames import angle_between_deg, inverse, move, translation, turn, yaw
from twin.registration import register
from twin.registration.features import Features
from twin.registration.model import Mode, Registration, Status
from twin.registration.search.anywhere import ground_of, symmetries
from twin.registration.search.directions import yaws
from twin.registration.search.lines import settled
from twin.registration.search.plan import Evidence, best_shifts, plan_of
from twin.registration.search.rising import rise_curve
from twin.registration.target import exposed_shell

CENTRE = np.array([4.5, 3.5, 3.0])
SHAPES = {shape.name: shape for shape in (*TUNED, *HELD_OUT, *SYMMETRIC)}


def placed(shape: Shape, built: Shape, change: Change, look: Look, seed: int) -> tuple[Registration, Matrix4]:
    """The registration of a survey at a random pose, and that pose."""
    points, scan, places = shape_survey(built, cluttered(built, change(built, bodies(built)), seed), look)
    survey_from_design = anywhere(np.random.default_rng(seed))
    cloud = shape_cloud(points, scan, places, survey_from_design, look.told)
    return register(shape_design(shape), cloud), survey_from_design


def error_of(pose: Matrix4, survey_from_design: Matrix4) -> tuple[float, float]:
    """(m, degrees) at the middle of the ground floor."""
    return float(np.linalg.norm((pose @ survey_from_design)[:3, 3])), angle_between_deg(
        pose, inverse(survey_from_design)
    )


@pytest.mark.parametrize(
    ("name", "change", "look"),
    [
        pytest.param("crooked", as_approved, Look(told=True), id="no right angles, tripods"),
        pytest.param("gable house", one_storey_more, Look(), id="a storey more, lifts no pose"),
        pytest.param("ell", lifted_from(1, 0.4), Look(), id="all above the ground floor 0.4 m higher"),
        pytest.param("gable house", lifted_from(1, -0.2), Look("inside"), id="a low storey under a wide roof"),
        pytest.param("gable house", lifted_from(1, 0.4), Look("inside", told=True), id="a high storey under it"),
        pytest.param("horseshoe", as_approved, Look("street", told=True), id="two sides only"),
        pytest.param("flatiron", as_approved, Look("drone", noise_m=0.015), id="a triangle from above"),
    ],
)
def test_a_survey_in_a_frame_of_its_own_finds_its_place(name: str, change: Change, look: Look) -> None:
    found, survey_from_design = placed(SHAPES[name], SHAPES[name], change, look, 11)
    shift, angle = error_of(found.design_from_survey, survey_from_design)
    assert (found.status, found.mode, found.searched) == (Status.ACCEPTED, Mode.BEST_FIT, True)
    assert shift < 0.02
    assert angle < 0.02
    assert not found.may_judge_position


def test_a_symmetric_building_is_ambiguous_and_its_true_pose_is_listed() -> None:
    hexagon = SHAPES["plain hexagon"]
    found, survey_from_design = placed(hexagon, hexagon, as_approved, Look(), 5)
    assert found.status is Status.AMBIGUOUS
    poses = [found.design_from_survey, *(rival.design_from_survey for rival in found.rivals)]
    assert min(error_of(pose, survey_from_design) for pose in poses) < (0.05, 0.1)
    assert all(rival.score_ratio > 0.9 for rival in found.rivals if rival.kind == "half turn")
    assert any(note.startswith("ambiguous: ") for note in found.notes)


def test_another_building_is_refused_wherever_it_is_laid() -> None:
    with pytest.raises(NoOverlap, match="another building or place") as caught:
        placed(SHAPES["flatiron"], SHAPES["hexagon"], as_approved, Look(density=40.0), 3)
    assert "--pose" in caught.value.hint


@pytest.mark.parametrize(("unit", "metres"), [("ft", 0.3048), ("mm", 0.001)])
def test_a_survey_in_a_unit_that_it_does_not_name_is_told_by_its_fit(unit: str, metres: float) -> None:
    points = surveyed(approved(), View(step_m=0.13)) / metres
    away = translation(np.array([200.0, 90.0, 3.0]) / metres) @ yaw(1.0)
    with pytest.raises(NoOverlap) as caught:
        register(design_of(approved()), cloud_of(points, away))
    assert f"--unit {unit}" in caught.value.hint


def test_the_same_house_far_away_is_found_twice_alike() -> None:
    survey_from_design = translation(np.array([300.0, -40.0, 7.0])) @ yaw(np.radians(200.0))
    points = np.vstack([surveyed(approved(), View(step_m=0.13)), [[4e6, 5e5, 0.0]]])  # and a point that is none
    first = register(design_of(approved()), cloud_of(points, survey_from_design))
    assert first.status is Status.ACCEPTED
    shift, angle = errors(first.design_from_survey, np.zeros(3), survey_from_design, CENTRE)
    assert shift < 0.003
    assert angle < 0.02
    second = register(design_of(approved()), cloud_of(points, survey_from_design))
    assert first.design_from_survey.tobytes() == second.design_from_survey.tobytes()


def test_a_frame_that_nearly_fits_is_taken_for_what_it_says() -> None:
    shape = SHAPES["plain oblong"]
    points, scan, places = shape_survey(shape, bodies(shape), Look())
    nearly = translation(np.array([0.5, -0.4, 0.2])) @ yaw(np.radians(2.0))
    found = register(shape_design(shape), shape_cloud(points, scan, places, nearly, told=False))
    assert (found.status, found.searched) == (Status.ACCEPTED, False)
    assert error_of(found.design_from_survey, nearly)[0] < 0.005


@given(turned=st.floats(0.0, 179.9), spread=st.floats(0.0, 1.0))
@settings(max_examples=25, deadline=None)
def test_yaw_is_found_for_walls_in_any_directions(turned: float, spread: float) -> None:
    walls = np.radians(np.array([0.0, 72.0 + 20.0 * spread, 131.0]))
    weight = np.array([3.0, 2.0, 1.0])
    normals = np.column_stack([np.cos(walls), np.sin(walls)])
    there = np.column_stack([np.cos(walls - np.radians(turned)), np.sin(walls - np.radians(turned))])
    found = np.degrees(yaws((there, weight), (normals, weight)))
    gap = np.abs((found - turned + 90.0) % 180.0 - 90.0)
    assert gap.min() < 0.1


def test_directions_of_a_drum_decide_nothing() -> None:
    angle = np.linspace(0.0, 2.0 * np.pi, 720, endpoint=False)
    normals, weight = np.column_stack([np.cos(angle), np.sin(angle)]), np.ones(720)
    assert np.diff(yaws((normals, weight), (normals, weight))).max() < np.radians(3.1)


def walls_in_plan() -> Evidence:
    """An open angle of two walls and a third aside."""
    s = np.arange(0.0, 8.0, 0.05)
    along, across = np.column_stack([s, 0.0 * s]), np.column_stack([0.0 * s, 0.6 * s])
    aside = np.column_stack([2.0 + 0.2 * s, 3.0 + 0.0 * s])
    normals = np.vstack([np.tile([0.0, 1.0], (len(s), 1)), np.tile([1.0, 0.0], (len(s), 1))])
    return Evidence(np.vstack([along, across, aside]), np.vstack([normals, normals[: len(s)]]), 0.05)


@given(x=st.floats(-40.0, 40.0), y=st.floats(-40.0, 40.0))
@settings(max_examples=20, deadline=None)
def test_a_shift_in_plan_is_found_to_a_cell(x: float, y: float) -> None:
    design = walls_in_plan()
    survey = Evidence(design.places - [x, y], design.normals, design.area_m2)
    plan = plan_of(survey, 10.0)
    shift, _ = best_shifts(plan, design, 3)[0]
    assert np.abs(shift - [x, y]).max() < 1.01 * plan.cell_m


def test_height_and_wall_faces_are_found_by_look_up() -> None:
    target = exposed_shell(design_of(approved()))
    ground = ground_of(target)
    points = surveyed(approved(), View(ground_m=None))
    index = np.arange(0, len(points), 5)
    near = target.proximity.nearest(points[index])
    normals = target.normals[near.triangle]
    lifts, support = rise_curve(ground.fields, points[index] - [0.0, 0.0, 4.2], normals, 0.15, -8.0, 120)
    assert lifts[support.argmax()] == pytest.approx(4.2, abs=1.1 * ground.fields.cell_m)
    yes = np.ones(len(index), dtype=np.bool_)
    features = Features(points[index], normals, ~yes, yes, 0.1, np.full_like(normals, np.nan), 0.1)
    off = translation(np.array([0.3, -0.2, 0.0]))
    back = settled(ground.lines, features, off)
    assert np.abs(back[:2, 3]).max() < 0.06


def test_a_design_lists_the_movements_that_lay_it_on_itself() -> None:
    target = exposed_shell(shape_design(SHAPES["plain square"]))
    changes = symmetries(target, ground_of(target))
    corner = np.array([[0.0, 0.0, 0.0], [10.0, 0.0, 0.0], [10.0, 10.0, 0.0], [0.0, 10.0, 0.0]])
    for angle in (90.0, 180.0, 270.0):
        about = translation(target.centre) @ yaw(np.radians(angle)) @ translation(-target.centre)
        assert min(np.abs(move(change, corner) - move(about, corner)).max() for change in changes) < 0.4
    assert turn(changes[0], np.array([[0.0, 0.0, 1.0]]))[0] == pytest.approx([0.0, 0.0, 1.0])
