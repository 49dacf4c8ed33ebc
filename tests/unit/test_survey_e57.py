"""E57: poses, grids, invalid points, spherical coordinates, and when a station is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.survey_files import axes_of, cloud, colours, write_e57

from twin import frames
from twin.errors import SurveyError
from twin.survey import decode, open_survey

HALF = np.sqrt(0.5)


def test_each_scan_is_posed_and_keeps_its_station(tmp_path: Path) -> None:
    first, second = cloud(300, 1), cloud(200, 2)
    scans = [
        {**axes_of(first), "name": "ground", "pose": (1, 0, 0, 0, 0, 0, 0)},
        {**axes_of(second), "pose": (HALF, 0, 0, HALF, 5.0, -2.0, 1.5)},
    ]
    survey = open_survey([write_e57(tmp_path / "a.e57", scans)])
    decoded = decode(survey, tmp_path / "c")
    survey_from_station = frames.translation(np.array([5.0, -2.0, 1.5])) @ frames.yaw(np.pi / 2)
    np.testing.assert_allclose(decoded.points[:300], first, atol=1e-12)
    np.testing.assert_allclose(decoded.points[300:], frames.move(survey_from_station, second), atol=1e-12)
    np.testing.assert_array_equal(decoded.scan, np.repeat([0, 1], [300, 200]))
    np.testing.assert_allclose(decoded.stations, [[0, 0, 0], [5.0, -2.0, 1.5]], atol=1e-12)
    assert [scan.name for scan in decoded.scans] == ["ground", "scan 2"]


def test_stations_far_from_zero_lose_no_digit(tmp_path: Path) -> None:
    shift = np.array([500_123.25, 3_456_789.5, 12.125])
    scans = [{**axes_of(cloud()), "pose": (1, 0, 0, 0, *shift)}]
    decoded = decode(open_survey([write_e57(tmp_path / "a.e57", scans)]), tmp_path / "c")
    np.testing.assert_array_equal(decoded.origin, [500_100.0, 3_456_800.0, 0.0])
    np.testing.assert_allclose(decoded.stations[0], shift - decoded.origin, atol=1e-9)
    np.testing.assert_allclose(decoded.points, np.add(cloud(), (shift - decoded.origin)), atol=1e-9)


def test_invalid_points_are_counted_and_the_grid_kept(tmp_path: Path) -> None:
    row, column = np.divmod(np.arange(500), 25)
    state = np.where(np.arange(500) % 4 == 0, 2, 0)
    scan = {**axes_of(cloud()), "rowIndex": row, "columnIndex": column, "cartesianInvalidState": state}
    decoded = decode(open_survey([write_e57(tmp_path / "a.e57", [scan])]), tmp_path / "c")
    np.testing.assert_allclose(decoded.points, cloud()[state == 0], atol=1e-12)
    only = decoded.scans[0]
    assert (only.points, only.invalid, only.grid) == (375, 125, (20, 25))
    assert only.station == (0.0, 0.0, 0.0)


def test_spherical_coordinates(tmp_path: Path) -> None:
    points = cloud()
    distance = np.linalg.norm(points, axis=1)
    scan = {
        "sphericalRange": distance,
        "sphericalAzimuth": np.arctan2(points[:, 1], points[:, 0]),
        "sphericalElevation": np.arcsin(points[:, 2] / distance),
        "sphericalInvalidState": (np.arange(500) < 100).astype(np.int32),
        "pose": (1, 0, 0, 0, 1.0, 2.0, 3.0),
    }
    decoded = decode(open_survey([write_e57(tmp_path / "a.e57", [scan])]), tmp_path / "c")
    np.testing.assert_allclose(decoded.points, np.add(points[100:], (1.0, 2.0, 3.0)), atol=1e-12)
    assert decoded.scans[0].invalid == 100


def test_colours_and_intensity(tmp_path: Path) -> None:
    rgb = colours(500)
    fields = {f"color{name}": rgb[:, i].astype(np.int32) for i, name in enumerate(("Red", "Green", "Blue"))}
    scan = {**axes_of(cloud()), **fields, "intensity": np.arange(500)}
    survey = open_survey([write_e57(tmp_path / "a.e57", [scan])])
    np.testing.assert_array_equal(decode(survey, tmp_path / "c").rgb, rgb)
    intensity = np.concatenate([chunk.intensity for chunk in survey.files[0].chunks(64)])
    np.testing.assert_allclose(intensity, np.arange(500) / 499.0, atol=1e-6)


def test_a_merged_cloud_has_no_station(tmp_path: Path) -> None:
    scan = {**axes_of(cloud()), "pose": (1, 0, 0, 0, 0, 0, 0)}
    survey = open_survey([write_e57(tmp_path / "a.e57", [scan])])
    assert survey.facts[0].scans[0].station is None
    assert survey.facts[0].notes == ("all poses are identity: scan positions are not known",)
    assert np.isnan(decode(survey, tmp_path / "c").stations).all()


def test_a_scan_without_pose_has_no_station_and_no_note(tmp_path: Path) -> None:
    survey = open_survey([write_e57(tmp_path / "a.e57", [axes_of(cloud())])])
    assert survey.facts[0].scans[0].station is None
    assert survey.facts[0].notes == ()


def test_blocks_smaller_than_a_scan_give_the_same_points(tmp_path: Path) -> None:
    path = write_e57(
        tmp_path / "a.e57", [axes_of(cloud(2000, 1)), {**axes_of(cloud(17, 2)), "pose": (1, 0, 0, 0, 1, 1, 1)}]
    )
    file = open_survey([path]).files[0]
    chunks = list(file.chunks(300))
    assert [len(chunk.points) for chunk in chunks] == [300] * 6 + [200, 17]
    assert [chunk.scan for chunk in chunks] == [0] * 7 + [1]
    whole = np.concatenate([chunk.points for chunk in file.chunks(10**6)])
    np.testing.assert_array_equal(np.concatenate([chunk.points for chunk in chunks]), whole)


def test_a_pose_that_is_no_rotation_is_refused(tmp_path: Path) -> None:
    scan = {**axes_of(cloud()), "name": "third", "pose": (0, 0, 0, 0, 1, 1, 1)}
    with pytest.raises(SurveyError, match="pose of third is no rotation"):
        open_survey([write_e57(tmp_path / "a.e57", [scan])])


def test_a_scan_without_coordinates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SurveyError, match="neither cartesian nor spherical"):
        open_survey([write_e57(tmp_path / "a.e57", [{"intensity": np.arange(10)}])])


def test_the_reference_system_is_kept_as_text(tmp_path: Path) -> None:
    path = write_e57(tmp_path / "a.e57", [axes_of(cloud())], crs='PROJCS["somewhere"]')
    assert open_survey([path]).facts[0].crs == 'PROJCS["somewhere"]'


def test_metres_unless_asked_otherwise(tmp_path: Path) -> None:
    path = write_e57(tmp_path / "a.e57", [{**axes_of(cloud()), "pose": (1, 0, 0, 0, 1000, 0, 0)}])
    assert open_survey([path]).facts[0].unit == "m"
    asked = open_survey([path], unit="mm")
    assert asked.facts[0].scans[0].station == (1.0, 0.0, 0.0)
    assert asked.facts[0].notes == ("the file states m, it was read in mm as asked",)
