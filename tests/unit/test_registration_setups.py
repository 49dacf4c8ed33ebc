"""Set-ups of a survey laid on each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.shape_catalogue import TUNED
from support.shape_changes import facade_moved
from support.shape_surveys import Look, anywhere, cloud_of, stations, surveyed
from support.shapes import Body, bodies, design_of

from twin.arrays import Floats, Ints, Matrix4
from twin.frames import inverse, move, translation, turn, yaw
from twin.registration import register
from twin.registration.fit.setups import agreement, disagreements
from twin.registration.target import exposed_shell
from twin.survey.model import Cloud

SHAPE = next(shape for shape in TUNED if shape.name == "ell")
SURVEY_FROM_DESIGN = anywhere(np.random.default_rng(4))
TARGET = exposed_shell(design_of(SHAPE))


def seen(kind: str = "inside", built: list[Body] | None = None) -> tuple[Floats, Ints, Floats]:
    """What each station sees, also where others see it too."""
    look = Look(kind, told=True, density=40.0)
    places = stations(SHAPE, look)
    parts = [
        surveyed(SHAPE, built or bodies(SHAPE), replace(look, seed=k), places[k : k + 1])[0] for k in range(len(places))
    ]
    scan = np.repeat(np.arange(len(places)), [len(part) for part in parts])
    return np.vstack(parts), scan.astype(np.int32), places


def off(points: Floats, scan: Ints, places: Floats, which: int, change: Matrix4) -> Cloud:
    """A survey of which one set-up was put elsewhere, in the design frame."""
    moved = points.copy()
    moved[scan == which] = move(change, points[scan == which])
    return cloud_of(moved, scan, places, SURVEY_FROM_DESIGN, told=True)


def test_set_ups_that_agree_are_said_to() -> None:
    points, scan, places = seen()
    found = agreement(cloud_of(points, scan, places, SURVEY_FROM_DESIGN, True), inverse(SURVEY_FROM_DESIGN), TARGET)
    assert len(found) == len(places)
    assert all(one.agrees for one in found)
    told = [one for one in found if one.shift_m is not None]
    assert len(told) > len(found) // 2
    assert max(float(np.linalg.norm(one.shift_m or ())) for one in told) < 0.006
    assert disagreements(found) == ()


@pytest.mark.parametrize("shift", [(0.0, -0.02, 0.03), (0.1, 0.1, 0.0)])
def test_the_one_that_stands_off_is_named_with_its_shift(shift: tuple[float, float, float]) -> None:
    points, scan, places = seen()
    which = int(np.bincount(scan).argmax())
    cloud = off(points, scan, places, which, translation(np.array(shift)))
    found = agreement(cloud, inverse(SURVEY_FROM_DESIGN), TARGET)
    assert [one.name for one in found if not one.agrees] == [f"scan {which}"]
    told = np.array(found[which].shift_m)
    assert np.linalg.norm(told - shift) < 0.005
    assert f"scan {which}" in disagreements(found)[0]


def test_two_set_ups_accuse_each_other_since_nothing_tells_which_is_off() -> None:
    points, scan, places = seen("around")
    pair = np.bincount(scan).argsort()[-2:]
    kept = np.isin(scan, pair)
    points, scan, places = points[kept], (scan[kept] == pair[1]).astype(np.int32), places[pair]
    cloud = off(points, scan, places, 1, translation(np.array([0.04, 0.03, 0.05])))
    found = agreement(cloud, inverse(SURVEY_FROM_DESIGN), TARGET)
    assert len(found) == 2
    assert all(not one.agrees or one.shift_m is None for one in found)


def test_what_was_built_otherwise_is_no_disagreement() -> None:
    """All set-ups see the moved facade alike: it is the building's doing, not theirs."""
    points, scan, places = seen("inside", facade_moved(0.2)(SHAPE, bodies(SHAPE)))
    found = agreement(cloud_of(points, scan, places, SURVEY_FROM_DESIGN, True), inverse(SURVEY_FROM_DESIGN), TARGET)
    assert all(one.agrees for one in found)


def test_a_registration_tells_of_its_set_ups() -> None:
    points, scan, places = seen()
    which = int(np.bincount(scan).argmax())
    found = register(design_of(SHAPE), off(points, scan, places, which, translation(np.array([0.0, 0.05, 0.0]))))
    assert [one.name for one in found.set_ups if not one.agrees] == [f"scan {which}"]
    assert any(f"set-up scan {which} stands" in note for note in found.notes)
    assert np.allclose(turn(found.design_from_survey @ SURVEY_FROM_DESIGN, np.eye(3)), np.eye(3), atol=1e-3)


def test_a_survey_of_one_piece_has_nothing_to_compare() -> None:
    points, scan, places = seen("around")
    cloud = cloud_of(points, np.zeros_like(scan), places[:1], SURVEY_FROM_DESIGN @ yaw(0.0), told=False)
    assert agreement(cloud, inverse(SURVEY_FROM_DESIGN), TARGET) == ()


def test_what_one_set_up_shows_alone_is_as_uncertain_as_set_ups_stand_apart() -> None:
    points, scan, places = seen()
    which = int(np.bincount(scan).argmax())
    honest, shifted = (
        register(design_of(SHAPE), off(points, scan, places, which, translation(np.array([0.0, 0.0, rise]))))
        for rise in (0.0, 0.06)
    )
    assert honest.set_up_sigma_m.max() < 0.004
    told = sum(one.shift_m is not None for one in shifted.set_ups)
    assert shifted.set_up_sigma_m[2] == pytest.approx(0.06 / np.sqrt(told), rel=0.2)


def test_rooms_behind_closed_doors_do_not_stand_off_by_the_thickness_of_their_walls() -> None:
    """What each place saw alone: two rooms share the two sides of a wall, and no surface."""
    look = Look("inside", density=60.0)
    points, scan, places = surveyed(SHAPE, bodies(SHAPE), look)
    found = agreement(cloud_of(points, scan, places, SURVEY_FROM_DESIGN, False), inverse(SURVEY_FROM_DESIGN), TARGET)
    assert len({int(one) for one in scan}) > 10
    assert disagreements(found) == ()
