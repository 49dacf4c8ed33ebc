"""Real models: simulated surveys with known truth, a real tower from crane cameras, and map coordinates."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from twin.arrays import Matrix4
from twin.design import read_design
from twin.design.model import Design
from twin.frames import angle_between_deg, inverse, move, scale_of, translation, yaw
from twin.registration import RegistrationSettings, register
from twin.registration.model import Mode, Status
from twin.survey import decode, open_survey, with_stations
from twin.survey.model import Cloud

pytestmark = [pytest.mark.sites, pytest.mark.slow]

COARSE_TOWER = translation(np.array([2.56, 24.72, 5.54])) @ yaw(np.radians(47.1))
"""A hand alignment, off by one to three metres."""

Reader = Callable[[str], Design]


@pytest.fixture(scope="module")
def design(data: Path) -> Reader:
    return cache(lambda name: read_design([data / name]))


def survey_of(path: Path, folder: Path) -> Cloud:
    return with_stations(decode(open_survey([path]), folder / "columns"))


def error_of(found: Matrix4, truth: Matrix4, about: np.ndarray) -> tuple[float, float]:
    """(m, degrees) at a place of the design."""
    place = np.array([*about, 1.0])
    return float(np.linalg.norm((found @ inverse(truth) @ place - place)[:3])), angle_between_deg(found, truth)


@pytest.mark.parametrize(("site", "limit_m"), [("s03-duplex-roof-room", 0.006), ("s04-fzk-extra-storey", 0.003)])
def test_sites_come_to_lie_where_they_were_taken_from_a_rough_pose(
    sites: Path, design: Reader, tmp_path: Path, site: str, limit_m: float
) -> None:
    truth = json.loads((sites / site / "truth.json").read_text())
    approved = design(f"models/{truth['ifc']}")
    cloud = survey_of(sites / site / truth["survey"], tmp_path)
    design_from_file = np.array(truth["survey_to_design"])
    middle = approved.surface.vertices.mean(axis=0)
    off = translation(middle + np.array([0.7, -0.6, 0.4])) @ yaw(np.radians(3.0)) @ translation(-middle)
    found = register(approved, cloud, given=off @ design_from_file)
    shift, turn = error_of(found.design_from_survey, design_from_file @ translation(cloud.origin), found.centre)
    assert (found.status, found.mode) == (Status.ACCEPTED, Mode.GIVEN)
    assert shift < limit_m
    assert turn < 0.02


def test_a_site_in_a_frame_of_its_own_is_found_under_a_storey_too_many(
    sites: Path, design: Reader, tmp_path: Path
) -> None:
    site = sites / "s04-fzk-extra-storey"
    truth = json.loads((site / "truth.json").read_text())
    cloud = survey_of(site / truth["survey"], tmp_path)
    found = register(design(f"models/{truth['ifc']}"), cloud)
    expected = np.array(truth["survey_to_design"]) @ translation(cloud.origin)
    shift, turn = error_of(found.design_from_survey, expected, found.centre)
    assert (found.status, found.mode, found.searched) == (Status.ACCEPTED, Mode.BEST_FIT, True)
    assert shift < 0.003
    assert turn < 0.02


def test_a_house_that_is_its_own_half_turn_waits_for_a_person(sites: Path, design: Reader, tmp_path: Path) -> None:
    site = sites / "s03-duplex-roof-room"
    truth = json.loads((site / "truth.json").read_text())
    cloud = survey_of(site / truth["survey"], tmp_path)
    found = register(design(f"models/{truth['ifc']}"), cloud)
    expected = np.array(truth["survey_to_design"]) @ translation(cloud.origin)
    poses = [found.design_from_survey, *(rival.design_from_survey for rival in found.rivals)]
    assert (found.status, found.searched) == (Status.AMBIGUOUS, True)
    assert [rival.kind for rival in found.rivals] == ["half turn"]
    assert min(error_of(pose, expected, found.centre)[0] for pose in poses) < 0.02


@pytest.mark.parametrize("site", ["s01-duplex-as-designed", "s07-fzk-under-way"])
def test_the_wrong_house_is_refused(sites: Path, design: Reader, tmp_path: Path, site: str) -> None:
    truth = json.loads((sites / site / "truth.json").read_text())
    other = {"Duplex_A_20110907.ifc": "AC20-FZK-Haus.ifc"}.get(truth["ifc"], "Duplex_A_20110907.ifc")
    cloud = survey_of(sites / site / truth["survey"], tmp_path)
    own, wrong = design(f"models/{truth['ifc']}"), design(f"models/{other}")
    middle = wrong.surface.vertices.mean(axis=0) - own.surface.vertices.mean(axis=0)
    found = register(wrong, cloud, given=translation(middle) @ np.array(truth["survey_to_design"]))
    assert found.status is Status.REFUSED
    assert "another building" in found.notes[-1] or "not recognised" in found.notes[-1]


def test_a_sparse_tower_without_control_finds_pose_and_scale(data: Path, design: Reader, tmp_path: Path) -> None:
    cloud = survey_of(data / "strijp-s1/survey_photogrammetry.pcd", tmp_path)
    free = RegistrationSettings(scale="free")
    whole = register(design("strijp-s1/design_facade.ifczip"), cloud, given=COARSE_TOWER, settings=free)
    assert whole.status is Status.ACCEPTED
    assert 1.045 < whole.scale < 1.075
    points = move(whole.design_from_survey, cloud.points)
    plan = np.all((points[:, :2] > [12.0, 12.0]) & (points[:, :2] < [30.0, 53.0]), axis=1)
    height, edges = np.histogram(points[plan, 2], np.arange(5.0, 20.0, 0.1))
    assert edges[height.argmax()] == pytest.approx(14.1, abs=0.25)  # the top slab lies at N04

    cut = design("strijp-s1/design_facade_two_storeys.ifczip")
    part = register(cut, cloud, given=COARSE_TOWER, settings=free)
    assert part.scale == pytest.approx(whole.scale, rel=0.01)
    foot = np.array([21.0, 33.0, 0.0])
    gap = move(part.design_from_survey @ inverse(whole.design_from_survey), foot[None])[0] - foot
    assert np.linalg.norm(gap[:2]) < 0.3
    assert "was not observed" in " ".join(part.notes)

    again = register(cut, cloud, given=whole.design_from_survey @ translation(-cloud.origin))
    assert again.status is Status.ACCEPTED
    assert scale_of(again.design_from_survey) == pytest.approx(whole.scale, abs=1e-9)
    assert error_of(again.design_from_survey, whole.design_from_survey, foot)[0] < 0.3


@pytest.mark.parametrize("shift", [(0.0, 0.0, 0.0), (0.2, 0.0, 0.0)])
def test_a_survey_in_map_coordinates_keeps_its_place(
    sites: Path, design: Reader, tmp_path: Path, shift: tuple[float, float, float]
) -> None:
    site = sites / "s01-duplex-as-designed"
    truth = np.array(json.loads((site / "truth.json").read_text())["survey_to_design"])
    approved = design("models/Duplex_A_georeferenced.ifc")
    place = approved.georeference.map_from_design
    assert place is not None
    near = survey_of(site / "survey.e57", tmp_path)
    map_from_survey = place @ translation(np.array(shift)) @ truth @ translation(near.origin)
    points = move(map_from_survey, near.points)
    origin = np.round(points[0], -2)
    facts = tuple(replace(one, crs=approved.georeference.crs) for one in near.facts)
    cloud = replace(
        near,
        points=points - origin,
        stations=move(map_from_survey, near.stations) - origin,
        origin=origin,
        facts=facts,
    )
    found = register(approved, cloud)
    assert (found.mode, found.status, found.may_judge_position) == (Mode.GEOREFERENCED, Status.ACCEPTED, True)
    assert found.shift_m == pytest.approx(shift, abs=0.002)
    assert found.absolute_pose == pytest.approx(inverse(place) @ translation(origin), abs=1e-6)
