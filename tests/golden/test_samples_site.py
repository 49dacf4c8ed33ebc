"""The whole sample site, written twice: the same bytes, read back through the doors, lying on what was built."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from samples import SampleSite, building, place, plan, read_truth, site_in, workmanship, write_sample_site
from samples.ifc_shapes import global_id
from samples.scene import build_scene
from samples.site import _SURROUNDINGS, _stream
from samples.surroundings import surroundings
from twin.arrays import Floats
from twin.digest import of_file
from twin.frames import inverse, move
from twin.survey import decode, open_survey
from twin.survey.model import Cloud

pytestmark = pytest.mark.slow

_NAMES = ("approved.ifc", "control.csv", "permit.toml", "survey_drone.laz", "survey_laser.e57", "truth.json")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> SampleSite:
    return write_sample_site(tmp_path_factory.mktemp("sample") / "site")


@pytest.fixture(scope="module")
def truth(site: SampleSite) -> dict[str, Any]:
    return read_truth(site.folder)


@pytest.fixture(scope="module")
def cloud(site: SampleSite, tmp_path_factory: pytest.TempPathFactory) -> Cloud:
    return decode(open_survey(site.surveys), tmp_path_factory.mktemp("columns"))


@pytest.fixture(scope="module")
def points_design(cloud: Cloud) -> Floats:
    return move(inverse(place.map_from_design()), np.asarray(cloud.points) + cloud.origin)


@pytest.fixture(scope="module")
def surface() -> Any:
    """Everything that stood there, as one scene for distances."""
    import open3d as o3d

    built = plan.as_built()
    parts = building.parts(built)
    things = surroundings(built, _stream(_SURROUNDINGS))
    triangles = build_scene(parts, workmanship.offsets(parts), things).triangles
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    corners = np.arange(3 * len(triangles), dtype=np.uint32).reshape(-1, 3)
    scene.add_triangles(o3d.core.Tensor(triangles.reshape(-1, 3).astype(np.float32)), o3d.core.Tensor(corners))
    return scene


def test_another_process_writes_the_same_bytes(site: SampleSite, root: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "33"}
    subprocess.run([sys.executable, "-m", "samples", str(tmp_path)], check=True, cwd=root, env=environment)
    assert sorted(file.name for file in tmp_path.iterdir()) == list(_NAMES)
    assert {n: of_file(tmp_path / n) for n in _NAMES} == {n: of_file(site.folder / n) for n in _NAMES}


def test_the_named_files_are_there_and_no_other(site: SampleSite) -> None:
    assert site == site_in(site.folder)
    assert tuple(sorted(file.name for file in site.folder.iterdir())) == _NAMES


def test_headers_say_what_was_measured(cloud: Cloud, truth: dict[str, Any]) -> None:
    laser, drone = cloud.facts
    assert (laser.points, drone.points) == (truth["points"]["laser"], truth["points"]["drone"])
    assert 2_000_000 < laser.points < 2_600_000
    assert 1_300_000 < drone.points < 1_700_000
    assert laser.captured_on == drone.captured_on == truth["surveyed_on"]
    assert drone.crs == "EPSG:4549"
    assert laser.notes == drone.notes == ()
    assert [scan.points for scan in laser.scans] == [station["points"] for station in truth["stations"]]


def test_stations_stand_where_the_truth_says(cloud: Cloud, truth: dict[str, Any]) -> None:
    known = np.isfinite(cloud.stations).all(axis=1)
    stated = move(inverse(place.map_from_design()), cloud.stations[known] + cloud.origin)
    true = np.array([station["position_design_m"] for station in truth["stations"]])
    assert 14 <= len(true) <= 18
    assert np.abs(stated - true).max() < 0.006


def test_points_lie_on_what_was_built(cloud: Cloud, points_design: Floats, surface: Any) -> None:
    import open3d as o3d

    laser = np.asarray(cloud.scan) < len(cloud.facts[0].scans)
    for rows, typical, near, share in ((laser, 0.002, 0.010, 0.95), (~laser, 0.010, 0.035, 0.98)):
        some = np.flatnonzero(rows)[::11]
        distance = surface.compute_distance(o3d.core.Tensor(points_design[some].astype(np.float32))).numpy()
        assert np.median(distance) < typical
        assert np.mean(distance < near) > share


def test_the_violations_were_seen(points_design: Floats, truth: dict[str, Any]) -> None:
    for edit in truth["edits"]:
        low, high = np.array(edit["lo"]) - 0.03, np.array(edit["hi"]) + 0.03
        inside = ((points_design > low) & (points_design < high)).all(axis=1)
        assert inside.sum() > 4000, edit["kind"]
    assert [edit["kind"] for edit in truth["edits"]] == ["extra_storey", "enclosure", "void_infill"]


def test_the_slab_over_the_atrium_is_seen_from_above_and_from_below(points_design: Floats) -> None:
    x, y, z = points_design.T
    within = (x > 9.5) & (x < 14.5) & (y > 8.5) & (y < 12.5)
    assert np.sum(within & (np.abs(z - 10.5) < 0.02)) > 5000
    assert np.sum(within & (np.abs(z - 10.3) < 0.02)) > 5000
    assert np.median(z[within & (np.abs(z - 10.5) < 0.05)]) == pytest.approx(10.5, abs=0.004)


def test_the_roof_stands_a_storey_higher(points_design: Floats, truth: dict[str, Any]) -> None:
    x, y, z = points_design.T
    roof = (x > 1.0) & (x < 7.0) & (y > 1.0) & (y < 20.0) & (z > 23.0) & (z < 24.2)
    assert np.median(z[roof]) == pytest.approx(truth["roof_elevation_m"], abs=0.01)
    assert truth["roof_elevation_m"] == 23.7


def test_seen_counts_every_approved_element_and_some_stayed_hidden(truth: dict[str, Any]) -> None:
    parts = [part for part in building.parts(plan.approved()) if part.bodies and part.family != "space"]
    assert set(truth["seen"]) == {global_id(part.key) for part in parts}
    counts = np.array(list(truth["seen"].values()))
    assert counts.min() == 0
    assert np.mean(counts > 50) > 0.6
    assert truth["seen"][global_id("1F/south wall")] > 5000


def test_control_marks_lie_on_the_ground(site: SampleSite) -> None:
    rows = [line.split(",") for line in site.control.read_text(encoding="utf-8").splitlines()]
    assert rows[0] == ["name", "E", "N", "H", "role", "sigma"]
    assert {row[4] for row in rows[1:]} == {"control", "check"}
    mapped = np.array([[float(value) for value in row[1:4]] for row in rows[1:]])
    design = move(inverse(place.map_from_design()), mapped)
    assert design[:, 2] == pytest.approx(place.ground_height(design[:, 0], design[:, 1]), abs=1e-3)
