"""Surveys in map coordinates, and poses and control points from files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.registration_house import View, approved, cloud_of, design_of, errors, surveyed

from twin.arrays import Matrix4
from twin.design.model import Georeference
from twin.errors import FrameError, InputError, NoOverlap, Underconstrained
from twin.frames import inverse, move, translation, yaw
from twin.registration import fit_control, read_control, read_pose, register
from twin.registration.anchors.georeference import met
from twin.registration.model import Mode, Status
from twin.registration.pose import file_pose, survey_pose

CENTRE = np.array([4.5, 3.5, 3.0])
MAP_FROM_DESIGN = translation(np.array([500_120.0, 4_301_350.0, 44.0])) @ yaw(np.radians(37.0))


def on_map(crs: str | None = "EPSG:4549") -> Georeference:
    return Georeference(MAP_FROM_DESIGN, crs, 0.0, None, None, None, "IfcMapConversion")


@pytest.mark.parametrize(
    ("offset", "said"),
    [
        pytest.param((0.012, -0.008, 0.01), "refined by", id="within"),
        pytest.param((0.15, 0.0, 0.0), "the building stands", id="beyond"),
    ],
)
def test_a_georeferenced_survey_is_judged_by_shape_and_by_place(offset: tuple[float, float, float], said: str) -> None:
    survey_from_design = MAP_FROM_DESIGN @ translation(np.array(offset))
    cloud = cloud_of(surveyed(approved(), View()), survey_from_design, crs="EPSG:4549")
    found = register(design_of(approved(), on_map()), cloud)
    assert (found.mode, found.status, found.may_judge_position) == (Mode.GEOREFERENCED, Status.ACCEPTED, True)
    assert found.shift_m == pytest.approx(offset, abs=0.002)
    assert found.absolute_pose is not None
    assert errors(found.absolute_pose, cloud.origin, MAP_FROM_DESIGN, CENTRE)[0] < 1e-6
    assert errors(found.design_from_survey, cloud.origin, survey_from_design, CENTRE)[0] < 0.002
    assert any(note.startswith(said) for note in found.notes)


def test_another_system_of_one_datum_is_converted() -> None:
    from pyproj import Transformer

    design = design_of(approved(), on_map("EPSG:4549"))
    points = move(MAP_FROM_DESIGN, surveyed(approved(), View(step_m=0.5)))
    change = Transformer.from_crs("EPSG:4549", "EPSG:4528", always_xy=True, allow_ballpark=False)
    east, north = change.transform(points[:, 0], points[:, 1])
    elsewhere = np.column_stack([east, north, points[:, 2]])
    cloud = cloud_of(elsewhere, np.eye(4), crs="EPSG:4528")
    meeting = met(design, cloud)
    assert meeting is not None
    assert move(meeting.pose, cloud.points) == pytest.approx(move(inverse(MAP_FROM_DESIGN), points), abs=0.003)
    assert "converted from EPSG:4528 to EPSG:4549" in " ".join(meeting.notes)


@pytest.mark.parametrize("crs", ["EPSG:2384", "EPSG:999999", "EPSG:4546"])
def test_no_ballpark_conversion_no_unknown_system_no_far_zone(crs: str) -> None:
    cloud = cloud_of(surveyed(approved(), View(step_m=0.5)), MAP_FROM_DESIGN, crs=crs)
    with pytest.raises(FrameError) as caught:
        register(design_of(approved(), on_map()), cloud, mode="georeferenced")
    assert caught.value.hint


def test_without_a_place_on_the_map_nothing_is_georeferenced() -> None:
    cloud = cloud_of(surveyed(approved(), View(step_m=0.5)), MAP_FROM_DESIGN)
    with pytest.raises(FrameError, match="place on the map"):
        register(design_of(approved()), cloud, mode="georeferenced")
    with pytest.raises(NoOverlap, match="apart"):
        register(design_of(approved()), cloud)


def test_a_survey_elsewhere_on_the_map_is_refused() -> None:
    away = translation(np.array([900.0, 0.0, 0.0])) @ MAP_FROM_DESIGN
    cloud = cloud_of(surveyed(approved(), View(step_m=0.5)), away, crs="EPSG:4549")
    with pytest.raises(NoOverlap, match="georeferences"):
        register(design_of(approved(), on_map()), cloud, mode="georeferenced")


def test_a_pose_file_speaks_of_file_coordinates_in_the_files_unit(tmp_path: Path) -> None:
    design_from_file = translation(np.array([1.0, 2.0, 3.0])) @ yaw(0.3) @ np.diag([0.001, 0.001, 0.001, 1.0])
    path = tmp_path / "pose.json"
    path.write_text(json.dumps({"design_from_survey": design_from_file.tolist()}))
    read = read_pose(path)
    assert np.array_equal(read, design_from_file)
    cloud = cloud_of(np.array([[4_000.0, 0.0, 0.0], [4_010.0, 5.0, 2.0]]), np.eye(4), unit_m=0.001)
    pose = survey_pose(read, cloud)
    in_file = (cloud.points + cloud.origin) / 0.001
    assert move(pose, cloud.points) == pytest.approx(move(read, in_file), abs=1e-9)
    assert file_pose(pose, cloud.origin, 0.001) == pytest.approx(design_from_file, abs=1e-9)


def test_files_of_different_units_have_no_common_pose() -> None:
    cloud = cloud_of(np.zeros((2, 3)), np.eye(4))
    mixed = replace(cloud, facts=(cloud.facts[0], replace(cloud.facts[0], unit_m=0.001)))
    with pytest.raises(FrameError, match="different units"):
        survey_pose(np.eye(4), mixed)


MIRROR = np.diag([1.0, 1.0, -1.0, 1.0])
SHEAR = np.eye(4) + 0.2 * np.eye(4, k=1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1, 2]",
        '{"pose": 1}',
        '{"design_from_survey": [[1, 2], [3, 4]]}',
        '{"design_from_survey": "north"}',
        '{"design_from_survey": [[1, 0, 0, 0], [0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 1]]}',
        '{"design_from_survey": [[NaN, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]}',
        json.dumps({"design_from_survey": MIRROR.tolist()}),
        json.dumps({"design_from_survey": SHEAR.tolist()}),
        "[" * 100_000,
    ],
)
def test_a_pose_that_is_none_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pose.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"pose\.json") as caught:
        read_pose(path)
    assert caught.value.hint


def test_a_missing_pose_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_pose(tmp_path / "none.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match="no JSON"):
        read_pose(tmp_path / "binary.json")


PLACES = np.array([[0.0, 0.0, 0.0], [9.0, 0.0, 0.0], [9.0, 7.0, 3.0], [0.0, 7.0, 6.0], [4.0, 3.0, 6.0]])


def control_file(path: Path, map_from_file: Matrix4, error_of_check_m: float = 0.0) -> Path:
    lines = ["name,E,N,H,role,sigma,x,y,z"]
    for k, place in enumerate(PLACES):
        role = "check" if k == 4 else "control"
        target = move(map_from_file, place[None])[0] + (error_of_check_m if k == 4 else 0.0) * np.array([1.0, 0.0, 0.0])
        numbers = [*target, 0.01, *place]
        lines.append(",".join([f"P{k}", *(f"{v:.6f}" for v in numbers[:3]), role, *(f"{v:.6f}" for v in numbers[3:])]))
    path.write_text("\n".join(lines) + "\n")
    return path


def test_control_points_fix_the_pose_and_check_points_judge_it(tmp_path: Path) -> None:
    points = read_control(control_file(tmp_path / "points.csv", MAP_FROM_DESIGN, 0.05))
    assert points.names == ("P0", "P1", "P2", "P3", "P4")
    assert list(points.is_check) == [False, False, False, False, True]
    fit = fit_control(points)
    assert fit.map_from_file == pytest.approx(MAP_FROM_DESIGN, abs=1e-4)
    assert fit.control_rms_m < 1e-5
    assert fit.check_rms_m == pytest.approx(0.05, abs=1e-4)
    assert fit.residual_m[4] == pytest.approx([-0.05, 0.0, 0.0], abs=1e-4)


def test_a_registration_by_control_points_may_judge_position(tmp_path: Path) -> None:
    survey_from_design = translation(np.array([40.0, -30.0, 5.0])) @ yaw(np.radians(100.0))
    path = control_file(tmp_path / "points.csv", MAP_FROM_DESIGN @ inverse(survey_from_design))
    cloud = cloud_of(surveyed(approved(), View()), survey_from_design)
    found = register(design_of(approved(), on_map()), cloud, control=read_control(path))
    assert (found.mode, found.may_judge_position) == (Mode.CONTROL, True)
    assert errors(found.design_from_survey, cloud.origin, survey_from_design, CENTRE)[0] < 0.002
    assert "4 control points" in " ".join(found.notes)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "column"),
        ("name,E,N,H,role\nA,1,2,3,control\n", "column sigma"),
        ("name,E,N,H,role,sigma,x,y,z\nA,1,2,three,control,0.01,1,2,3\n", "h is not a number"),
        ("name,E,N,H,role,sigma,x,y,z\nA,1,2,inf,control,0.01,1,2,3\n", "h is not finite"),
        ("name,E,N,H,role,sigma,x,y,z\nA,1,2,3,guess,0.01,1,2,3\n", "role"),
        ("name,E,N,H,role,sigma,x,y,z\nA,1,2,3,control,0,1,2,3\n", "sigma"),
        ("name,E,N,H,role,sigma,x,y,z\nA,1,2,3,control,1,1,2,3\nA,1,2,3,check,1,1,2,3\n", "twice"),
        ("name,E,N,H,role,sigma,x,y,z\nA,1,2\n", "is not a number"),
        ("name,E,N,H,role,sigma,x,y\nA,1,2,3,control,0.01,1,2\n", "column z"),
    ],
)
def test_a_control_file_is_refused_by_reason(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "points.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=what) as caught:
        read_control(path)
    assert caught.value.hint


def test_marks_of_which_nobody_knows_where_the_cloud_shows_them_check_its_heights(tmp_path: Path) -> None:
    points = np.vstack([surveyed(approved(), View()), _ground_at(np.array([[-2.0, -3.0, 0.01], [12.0, 4.0, 0.03]]))])
    marks = np.array([[-2.0, -3.0, 0.0], [12.0, 4.0, 0.0], [90.0, 90.0, 0.0]])
    lines = [f"M{k},{e:.4f},{n:.4f},{h:.4f},control,0.005" for k, (e, n, h) in enumerate(move(MAP_FROM_DESIGN, marks))]
    path = tmp_path / "marks.csv"
    path.write_text("\n".join(["name,E,N,H,role,sigma", *lines]))
    control = read_control(path)
    assert control.in_file is None
    with pytest.raises(Underconstrained, match="nothing of the cloud"):
        fit_control(control)
    cloud = cloud_of(points, MAP_FROM_DESIGN, crs="EPSG:4549")
    found = register(design_of(approved(), on_map()), cloud, control=control)
    assert (found.mode, found.may_judge_position) == (Mode.GEOREFERENCED, True)
    (said,) = [note for note in found.notes if note.startswith("heights at")]
    assert "2 of 3 marks" in said
    assert "mean +20.0 mm, worst M1 +30.0 mm" in said
    nowhere = register(design_of(approved()), cloud_of(points, np.eye(4)), control=control)
    assert nowhere.mode is Mode.BEST_FIT
    assert any("were not used" in note for note in nowhere.notes)


def _ground_at(places: np.ndarray) -> np.ndarray:
    """(n, 3) m: a patch of points, all as high, about each place."""
    steps = np.arange(-0.15, 0.16, 0.05)
    x, y = (axis.reshape(-1) for axis in np.meshgrid(steps, steps))
    return np.vstack([place + np.column_stack([x, y, np.zeros(len(x))]) for place in places])


def test_two_control_points_fix_nothing(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("name,E,N,H,role,sigma,x,y,z\nA,1,2,3,control,0.01,1,2,3\nB,2,2,3,control,0.01,2,2,3\n")
    with pytest.raises(Underconstrained):
        fit_control(read_control(path))
