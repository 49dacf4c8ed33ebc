"""Exchange files read back to what was put in, and come out the same twice."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import laspy
import numpy as np
import polars as pl
import pytest
import trimesh
from support.picture_scenes import EXTENSION_BOX, picture_scene

from twin.arrays import Bytes
from twin.deviation.model import Deviation
from twin.errors import EvidenceError
from twin.evidence.exchange import write_deviation_laz, write_diff_glb, write_elements
from twin.evidence.scene import Scene
from twin.frames import move, translation, yaw
from twin.registration.model import Mode, Registration, Status
from twin.survey.model import Cloud, Scan

COUNT = 3000


@pytest.fixture(scope="module")
def scene() -> Scene:
    return picture_scene(step_deg=1.5)


@pytest.fixture
def registration() -> Registration:
    pose = translation(np.array([500_000.0, 4_200_000.0, 35.0])) @ yaw(0.7)
    return Registration(
        Status.ACCEPTED, Mode.GIVEN, pose, 1.0, 0.004, 0.6, np.eye(6) * 1e-6, np.zeros(3), (), may_judge_position=True
    )


@pytest.fixture
def cloud() -> Cloud:
    noise = np.random.default_rng(11)
    scan = np.sort(noise.integers(0, 3, COUNT)).astype(np.int16)
    scans = tuple(Scan(f"S{i}", None, int((scan == i).sum())) for i in range(3))
    points = noise.uniform(-40.0, 40.0, (COUNT, 3))
    rgb = noise.integers(0, 256, (COUNT, 3)).astype(np.uint8)
    return Cloud(points, scan, rgb, scans, np.full((3, 3), np.nan), np.zeros(3), ())


@pytest.fixture
def deviation() -> Deviation:
    distance = np.random.default_rng(12).normal(0.0, 0.05, COUNT).astype(np.float32)
    distance[::7] = np.nan
    only_distance = object.__new__(Deviation)  # nothing else of it goes into the file
    object.__setattr__(only_distance, "distance", distance)
    return only_distance


@pytest.fixture
def point_class() -> Bytes:
    return np.random.default_rng(13).integers(0, 7, COUNT).astype(np.uint8)


def test_the_cloud_comes_back_in_the_design_frame(
    cloud: Cloud, registration: Registration, deviation: Deviation, point_class: Bytes, tmp_path: Path
) -> None:
    path = tmp_path / "deviation.laz"
    write_deviation_laz(cloud, registration, deviation, point_class, path, captured_on="2026-05-04")
    back = laspy.read(path)
    expected = move(registration.design_from_survey, cloud.points)
    np.testing.assert_allclose(back.xyz, expected, atol=0.5e-4 + 1e-9)
    np.testing.assert_array_equal(back["deviation"], deviation.distance)
    np.testing.assert_array_equal(back["plumbline_class"], point_class)
    np.testing.assert_array_equal(back.point_source_id, cloud.scan)
    assert cloud.rgb is not None
    np.testing.assert_array_equal(np.column_stack([back.red, back.green, back.blue]) // 257, cloud.rgb)
    header = back.header
    assert (str(header.version), header.point_format.id, header.point_count) == ("1.4", 7, COUNT)
    assert header.global_encoding.wkt
    assert header.creation_date.isoformat() == "2026-05-04"
    assert header.generating_software.startswith("plumbline ")
    np.testing.assert_allclose(header.mins, expected.min(axis=0), atol=1e-4)


def test_the_cloud_is_the_same_twice_and_needs_no_date_and_no_colour(
    cloud: Cloud, registration: Registration, deviation: Deviation, point_class: Bytes, tmp_path: Path
) -> None:
    plain = replace(cloud, rgb=None)
    for name in ("a.laz", "b.laz"):
        write_deviation_laz(plain, registration, deviation, point_class, tmp_path / name)
    first = (tmp_path / "a.laz").read_bytes()
    assert first == (tmp_path / "b.laz").read_bytes()
    assert struct.unpack_from("<HH", first, 90) == (0, 0)
    assert laspy.read(tmp_path / "a.laz").header.point_format.id == 6


def test_a_cloud_of_several_chunks_is_whole(
    cloud: Cloud,
    registration: Registration,
    deviation: Deviation,
    point_class: Bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_deviation_laz(cloud, registration, deviation, point_class, tmp_path / "one.laz")
    monkeypatch.setattr("twin.evidence.exchange.cloud._CHUNK", 700)
    write_deviation_laz(cloud, registration, deviation, point_class, tmp_path / "many.laz")
    one, many = laspy.read(tmp_path / "one.laz"), laspy.read(tmp_path / "many.laz")
    assert one.points.array.tobytes() == many.points.array.tobytes()


def test_bad_clouds_are_refused_in_one_line(
    cloud: Cloud, registration: Registration, deviation: Deviation, point_class: Bytes, tmp_path: Path
) -> None:
    path = tmp_path / "deviation.laz"
    with pytest.raises(EvidenceError, match="one of each"):
        write_deviation_laz(cloud, registration, deviation, point_class[:-1], path)
    with pytest.raises(EvidenceError, match="ISO date"):
        write_deviation_laz(cloud, registration, deviation, point_class, path, captured_on="May")
    far = cloud.points.copy()
    far[0] = 1e9
    with pytest.raises(EvidenceError, match="wider than"):
        write_deviation_laz(replace(cloud, points=far), registration, deviation, point_class, path)
    with pytest.raises(EvidenceError, match="cannot be written"):
        write_deviation_laz(cloud, registration, deviation, point_class, tmp_path / "no" / "folder.laz")


def test_the_differences_are_named_nodes_of_true_size(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "diff.glb"
    write_diff_glb(scene, path)
    back = trimesh.load(path)
    nodes = set(back.graph.nodes_geometry)
    assert {"additions/F-001", "additions/F-002", "removals/F-004", "moved/F-005", "objects/F-006"} <= nodes
    assert {"design/Ground floor", "design/Roof"} <= nodes
    assert any(node.startswith("not_observed/") for node in nodes)
    extension = back.geometry[back.graph["additions/F-002"][1]]
    assert extension.volume == pytest.approx(4.5 * 6.0 * 3.0, rel=1e-6)
    origin = np.array(back.metadata["origin_m"])
    y_up = extension.vertices
    design = origin + np.column_stack([y_up[:, 0], -y_up[:, 2], y_up[:, 1]])
    np.testing.assert_allclose([*design.min(axis=0), *design.max(axis=0)], EXTENSION_BOX, atol=1e-5)
    assert back.metadata["digest"] == scene.digest
    assert back.metadata["case"] == scene.case


def test_the_differences_are_the_same_twice(scene: Scene, tmp_path: Path) -> None:
    for name in ("a.glb", "b.glb"):
        write_diff_glb(scene, tmp_path / name)
    assert (tmp_path / "a.glb").read_bytes() == (tmp_path / "b.glb").read_bytes()
    with pytest.raises(EvidenceError, match="cannot be written"):
        write_diff_glb(scene, tmp_path / "no" / "diff.glb")


def test_the_table_has_a_row_for_each_element(scene: Scene, tmp_path: Path) -> None:
    for name in ("a.parquet", "b.parquet"):
        write_elements(scene.design, scene.element_results, tmp_path / name)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    table = pl.read_parquet(tmp_path / "a.parquet")
    assert table.columns == [
        "global_id",
        "ifc_class",
        "name",
        "storey",
        "status",
        "deviation_m",
        "expanded_uncertainty_m",
        "coverage",
        "points",
    ]
    assert table["global_id"].to_list() == [e.global_id for e in scene.design.elements]
    parapet = table.filter(pl.col("name") == "Parapet").row(0, named=True)
    assert (parapet["status"], parapet["deviation_m"], parapet["storey"]) == ("displaced", 0.08, "Roof")
    missing = table.filter(pl.col("status") == "missing").row(0, named=True)
    assert missing["deviation_m"] is None
    with pytest.raises(EvidenceError, match="element results"):
        write_elements(scene.design, scene.element_results[:-1], tmp_path / "c.parquet")
