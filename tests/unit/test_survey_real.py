"""Real and simulated surveys, against what is known of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from twin import frames
from twin.survey import decode, normals, open_survey, thin

SITES = [
    "s01-duplex-as-designed",
    "s02-duplex-extra-storey",
    "s03-duplex-roof-room",
    "s04-fzk-extra-storey",
    "s05-fzk-extension",
    "s06-duplex-storey-height",
    "s07-fzk-under-way",
]


@pytest.mark.sites
@pytest.mark.parametrize("name", SITES)
def test_sites_have_the_points_that_were_simulated(sites: Path, tmp_path: Path, name: str) -> None:
    truth = json.loads((sites / name / "truth.json").read_text())
    whole = decode(open_survey([sites / name / truth["survey"]]), tmp_path / "c")
    assert len(whole.points) == truth["points"] == whole.facts[0].points
    assert sum(scan.invalid for scan in whole.scans) == 0


@pytest.mark.sites
@pytest.mark.parametrize("name", ["s01-duplex-as-designed", "s02-duplex-extra-storey", "s06-duplex-storey-height"])
def test_stations_are_where_they_were_put(sites: Path, name: str) -> None:
    truth = json.loads((sites / name / "truth.json").read_text())
    scans = open_survey([sites / name / "survey.e57"]).facts[0].scans
    expected = frames.move(np.array(truth["design_to_survey"]), np.array(truth["stations"]))
    np.testing.assert_allclose([scan.station for scan in scans], expected, atol=1e-6)


@pytest.mark.sites
def test_normals_of_the_ground_point_up(sites: Path, tmp_path: Path) -> None:
    whole = decode(open_survey([sites / "s02-duplex-extra-storey" / "survey.e57"]), tmp_path / "c")
    chosen = thin(whole.points, 0.2)
    surfaces = normals(whole.points[chosen], 0.6, whole.stations, whole.scan[chosen])
    below = whole.stations[whole.scan[chosen]] - whole.points[chosen]
    steep = below[:, 2] > 0.2 * np.linalg.norm(below, axis=1)
    flat = steep & (np.abs(surfaces.normals[:, 2]) > 0.99)
    assert flat.sum() > 1000
    assert (surfaces.normals[flat, 2] > 0).all()


@pytest.mark.parametrize(
    ("file", "format", "points", "unit_m", "crs", "captured_on"),
    [
        ("clouds/autzen_trim_feet.laz", "LAZ", 110_000, 0.3048, "PROJCRS", "2015-09-10"),
        ("clouds/ign_lidarhd_50m_tile.laz", "LAZ", 60_653, 1.0, "EPSG:2154", "2022-12-31"),
        ("clouds/lone-star.copc.laz", "COPC", 518_862, 1.0, "EPSG:4978", None),
        ("clouds/bunnyDouble.e57", "E57", 30_571, 1.0, None, "2011-04-20"),
        ("strijp-s1/survey_photogrammetry.pcd", "PCD binary_compressed", 101_694, 1.0, None, None),
    ],
)
def test_real_clouds_are_read_whole(
    data: Path,
    tmp_path: Path,
    file: str,
    format: str,
    points: int,
    unit_m: float,
    crs: str | None,
    captured_on: str | None,
) -> None:
    survey = open_survey([data / file])
    facts = survey.facts[0]
    assert (facts.format, facts.points, facts.unit_m, facts.captured_on) == (format, points, unit_m, captured_on)
    assert (facts.crs or "").startswith(crs or "")
    whole = decode(survey, tmp_path / "c")
    assert len(whole.points) == points
    if facts.box is not None:
        np.testing.assert_allclose(whole.facts[0].box, facts.box, atol=0.011)


def test_earth_centred_coordinates_are_noted(data: Path) -> None:
    survey = open_survey([data / "clouds" / "lone-star.copc.laz"])
    assert survey.facts[0].notes == ("coordinates are earth-centred: z is not up",)


def test_the_photogrammetric_cloud_has_its_known_extent_and_colours(data: Path, tmp_path: Path) -> None:
    whole = decode(open_survey([data / "strijp-s1" / "survey_photogrammetry.pcd"]), tmp_path / "c")
    np.testing.assert_allclose(np.ptp(whole.points, axis=0), [145, 146, 58], atol=5.0)
    assert whole.rgb is not None
    assert 60 < np.mean(whole.rgb) < 200
