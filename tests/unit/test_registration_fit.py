"""Poses of surveys made from a house of boxes, built as approved and otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from support.registration_house import (
    STOREY,
    Box,
    View,
    approved,
    cloud_of,
    design_of,
    errors,
    roof,
    storey_boxes,
    surveyed,
)

from twin.arrays import Floats
from twin.errors import NoOverlap, RegistrationError, SettingsError, Underconstrained
from twin.frames import inverse, translation, yaw
from twin.registration import RegistrationSettings, register
from twin.registration.features import SPARSE_M, extract, thinned
from twin.registration.model import Mode, Registration, Status

CENTRE = np.array([4.5, 3.5, 3.0])
NEAR = translation(np.array([0.4, -0.3, 0.2])) @ yaw(np.radians(1.5))
Boxes = list[tuple[str, Box]]


def lifted_above(boxes: Boxes, level: float, rise: float) -> Boxes:
    """All that starts above a level, so much higher; walls that the level cuts stay."""
    return [
        (kind, (b[0], b[1], b[2] + rise, b[3], b[4], b[5] + rise)) if b[2] > level else (kind, b) for kind, b in boxes
    ]


EXTRA_STOREY = [*storey_boxes(0.0), *storey_boxes(STOREY), *storey_boxes(2.0 * STOREY), roof(3.0 * STOREY)]
HIGHER_STOREY = lifted_above(approved(), 2.5, 0.3)
ONE_STOREY = storey_boxes(0.0)
MOVED_FACADE = [
    (kind, (b[0], b[1] - 0.2, b[2], b[3], b[4] - 0.2, b[5])) if b[4] == 0.3 else (kind, b) for kind, b in approved()
]
EXTENSION_AND_SCAFFOLD = [
    *approved(),
    ("IfcWall", (2.0, 7.0, 0.0, 6.0, 10.0, 2.7)),
    *[("pole", (x, -1.0, -0.4, x + 0.06, -0.94, 7.0)) for x in np.arange(-0.5, 10.0, 1.5)],
    *[("deck", (-0.5, -1.0, z, 9.5, -0.3, z + 0.05)) for z in (1.6, 3.6, 5.6)],
]


@pytest.mark.parametrize(
    ("built", "view", "limit_m"),
    [
        pytest.param(EXTRA_STOREY, View(), 0.003, id="one storey too many"),
        pytest.param(HIGHER_STOREY, View(), 0.003, id="upper storey 0.3 m too high"),
        pytest.param(
            HIGHER_STOREY,
            View(inside=False, step_m=0.07),
            0.005,
            id="the same seen from outside, where edges of windows decide",
        ),
        pytest.param(ONE_STOREY, View(), 0.003, id="upper storey not built yet"),
        pytest.param(MOVED_FACADE, View(step_m=0.06), 0.003, id="facade moved by 0.2 m"),
        pytest.param(EXTENSION_AND_SCAFFOLD, View(inside=False), 0.003, id="extension and scaffolding"),
        pytest.param(approved(), View(crawl_space=True), 0.003, id="seen from beneath"),
    ],
)
def test_what_deviates_leaves_no_trace_in_the_pose(built: Boxes, view: View, limit_m: float) -> None:
    cloud = cloud_of(surveyed(built, view), NEAR)
    found = register(design_of(approved()), cloud, settings=RegistrationSettings(basin_m=1.0))
    shift, turn = errors(found.design_from_survey, cloud.origin, NEAR, CENTRE)
    assert (found.status, found.mode) == (Status.ACCEPTED, Mode.BEST_FIT)
    assert shift < limit_m
    assert turn < 0.02
    assert found.scale == pytest.approx(1.0, abs=1e-12)
    assert not found.may_judge_position


def test_a_given_pose_may_be_coarse_and_in_millimetres() -> None:
    survey_from_design = translation(np.array([512_000.0, 4_301_000.0, 31.0])) @ yaw(np.radians(130.0))
    cloud = cloud_of(surveyed(approved(), View(inside=False)), survey_from_design, unit_m=0.001)
    off = translation(CENTRE + np.array([0.8, -0.9, 0.5])) @ yaw(np.radians(-3.0)) @ translation(-CENTRE)
    design_from_millimetres = off @ inverse(survey_from_design) @ np.diag([1e-3, 1e-3, 1e-3, 1.0])
    found = register(design_of(approved()), cloud, given=design_from_millimetres)
    shift, turn = errors(found.design_from_survey, cloud.origin, survey_from_design, CENTRE)
    assert found.mode is Mode.GIVEN
    assert shift < 0.003
    assert turn < 0.02


def test_free_scale_finds_a_cloud_that_is_too_small() -> None:
    shrink = np.diag([0.96, 0.96, 0.96, 1.0])
    cloud = cloud_of(surveyed(approved(), View()), shrink)
    found = register(design_of(approved()), cloud, settings=RegistrationSettings(scale="free", basin_m=0.5))
    assert found.scale == pytest.approx(1.0 / 0.96, rel=5e-4)
    shift, _ = errors(found.design_from_survey, cloud.origin, shrink, CENTRE)
    assert shift < 0.005


@pytest.fixture(scope="module")
def as_approved() -> tuple[Floats, Registration]:
    points = surveyed(approved(), View())
    return points, register(design_of(approved()), cloud_of(points, NEAR))


def test_stated_uncertainty_covers_the_error_and_is_no_excuse(as_approved: tuple[Floats, Registration]) -> None:
    found = as_approved[1]
    sigma = np.sqrt(np.diag(found.covariance)[:3])
    error = (found.design_from_survey @ NEAR @ [*found.centre, 1.0])[:3] - found.centre
    assert np.all(np.abs(error) < 3.0 * sigma)
    assert np.all(sigma < 0.003)
    assert np.linalg.eigvalsh(found.covariance).min() > 0.0
    assert found.residual_rms_m == pytest.approx(0.003, rel=0.3)
    assert found.overlap > 0.9


def test_the_same_points_give_the_same_bytes(as_approved: tuple[Floats, Registration]) -> None:
    points, first = as_approved
    second = register(design_of(approved()), cloud_of(points, NEAR))
    assert first.design_from_survey.tobytes() == second.design_from_survey.tobytes()
    assert first.covariance.tobytes() == second.covariance.tobytes()


def test_a_symmetric_house_lists_its_half_turn_and_the_frame_decides() -> None:
    plain: Boxes = [("IfcWall", (x, 0.0, 0.0, x + 0.3, 6.0, 3.0)) for x in (0.0, 7.7)]
    plain += [("IfcWall", (0.3, y, 0.0, 7.7, y + 0.3, 3.0)) for y in (0.0, 5.7)]
    plain.append(("IfcSlab", (0.0, 0.0, 3.0, 8.0, 6.0, 3.3)))
    cloud = cloud_of(surveyed(plain, View(inside=False)), NEAR)
    found = register(design_of(plain), cloud)
    assert found.status is Status.ACCEPTED
    turn = next(rival for rival in found.rivals if rival.kind == "half turn")
    assert turn.score_ratio == pytest.approx(1.0, abs=0.02)
    assert "poses beyond it explain the survey nearly as well" in " ".join(found.notes)


def another_house() -> Boxes:
    walls: Boxes = [("IfcWall", (x, -2.0, 0.0, x + 0.2, 5.0, 2.4)) for x in (-1.0, 3.1, 6.4)]
    return walls + [("IfcWall", (-1.0, y, 0.0, 6.6, y + 0.2, 2.4)) for y in (-2.2, 1.7, 5.0)]


def test_another_building_is_refused() -> None:
    found = register(design_of(approved()), cloud_of(surveyed(another_house(), View(step_m=0.13)), np.eye(4)))
    assert found.status is Status.REFUSED
    assert any(note.startswith("refused: ") for note in found.notes)


def test_a_building_so_large_that_its_points_are_thinned_to_two_decimetres_is_not_taken_for_a_sparse_survey() -> None:
    whole = cloud_of(surveyed(approved(), View(step_m=0.06)), NEAR)
    chosen = thinned(whole.points, 0.05, 6_000)
    features = extract(whole, chosen)
    assert chosen.kept < 0.2
    assert features.spacing_m > SPARSE_M
    assert features.own_spacing_m < 0.1
    assert not features.is_sparse
    assert extract(whole, thinned(whole.points, 0.4, 1_000_000)).is_sparse


def test_normals_are_sought_among_all_points_and_not_among_the_few_that_take_part() -> None:
    rng = np.random.default_rng(3)
    faces = [np.array([0.0, side, 0.0]) + rng.uniform(0.0, [8.0, 0.0, 3.0], (40_000, 3)) for side in (0.0, 0.2)]
    wall = cloud_of(np.vstack(faces) + rng.normal(0.0, 0.002, (80_000, 3)), np.eye(4))
    around = thinned(wall.points, 0.05, 1_000_000)
    few = thinned(wall.points[around.index], 0.05, 1_000).of(around.index)
    alone, among = extract(wall, few), extract(wall, few, around)
    assert (among.points == alone.points).all()
    assert alone.planar.mean() < 0.6  # both faces of the wall lie among the nearest neighbours
    assert among.planar.mean() > 0.99
    assert np.abs(among.normals[among.planar, 1]).min() > 0.99


def test_an_empty_site_is_refused() -> None:
    rng = np.random.default_rng(0)
    ground = np.column_stack([rng.uniform(-10.0, 20.0, (20_000, 2)), rng.normal(-0.4, 0.003, 20_000)])
    with pytest.raises(RegistrationError) as caught:
        register(design_of(approved()), cloud_of(ground, np.eye(4)))
    assert caught.value.hint
    assert caught.value.reached


def test_a_cloud_of_another_place_says_how_far_it_lies() -> None:
    away = translation(np.array([300.0, 0.0, 0.0]))
    with pytest.raises(NoOverlap, match="apart") as caught:
        register(design_of(approved()), cloud_of(surveyed(another_house(), View(step_m=0.15)), away))
    assert caught.value.reached["distance_m"] == pytest.approx(300.0, abs=5.0)
    assert "--pose" in caught.value.hint


def test_one_plain_facade_leaves_a_direction_free() -> None:
    points = surveyed(approved(), View(inside=False, ground_m=None))
    plain = points[(points[:, 1] < 0.1) & (points[:, 0] < 1.9) & (points[:, 2] < 5.4) & (points[:, 2] > 0.1)]
    with pytest.raises(Underconstrained, match="free"):
        register(design_of(approved()), cloud_of(plain, np.eye(4)))


@pytest.mark.parametrize("mode", ["nearest", "given", "control"])
def test_a_mode_without_its_ground_is_refused(mode: str) -> None:
    cloud = cloud_of(surveyed(approved(), View(step_m=0.5)), np.eye(4))
    with pytest.raises(SettingsError):
        register(design_of(approved()), cloud, mode=mode)


def test_settings_refuse_what_cannot_work() -> None:
    with pytest.raises(SettingsError):
        RegistrationSettings(basin_m=0.0)
    with pytest.raises(SettingsError):
        RegistrationSettings(scale="elastic")  # type: ignore[arg-type]
