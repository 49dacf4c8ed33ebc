"""LAS, LAZ and COPC: every version, units and reference systems, and what a header may lie about."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from support.survey_files import cloud, colours, write_las

from twin.errors import SurveyError
from twin.survey import decode, open_survey

US_SURVEY_FOOT = 1200 / 3937


@pytest.mark.parametrize("version", ["1.1", "1.2", "1.3", "1.4"])
@pytest.mark.parametrize("suffix", ["las", "laz"])
def test_every_version_gives_points_and_colours(tmp_path: Path, version: str, suffix: str) -> None:
    points, rgb = cloud(), None if version == "1.1" else colours(500)
    survey = open_survey([write_las(tmp_path / f"a.{suffix}", points, rgb, version)])
    decoded = decode(survey, tmp_path / "columns")
    assert survey.facts[0].format == suffix.upper()
    assert survey.facts[0].points == 500
    np.testing.assert_allclose(decoded.points, points, atol=1e-9)
    if rgb is None:
        assert decoded.rgb is None
    else:
        np.testing.assert_array_equal(decoded.rgb, rgb)


def test_version_1_0_is_read(tmp_path: Path) -> None:
    path = write_las(tmp_path / "a.las", cloud(), version="1.1")
    data = bytearray(path.read_bytes())
    data[25] = 0
    path.write_bytes(data)
    np.testing.assert_allclose(decode(open_survey([path]), tmp_path / "c").points, cloud(), atol=1e-9)


def test_16_bit_colours_keep_their_upper_byte(tmp_path: Path) -> None:
    rgb = colours(500).astype(np.uint16) * 257
    decoded = decode(open_survey([write_las(tmp_path / "a.las", cloud(), rgb)]), tmp_path / "c")
    np.testing.assert_array_equal(decoded.rgb, colours(500))


@pytest.mark.parametrize(
    ("crs", "text", "metres"),
    [
        ("EPSG:2225", "EPSG:2225", US_SURVEY_FOOT),
        ("EPSG:2913", "EPSG:2913", 0.3048),
        ("EPSG:4549", "EPSG:4549", 1.0),
    ],
)
def test_the_unit_of_the_reference_system_is_exact(tmp_path: Path, crs: str, text: str, metres: float) -> None:
    points = np.add(cloud(), (6_000_000.0, 2_000_000.0, 100.0))
    survey = open_survey([write_las(tmp_path / "a.las", points, version="1.4", crs=crs)])
    facts = survey.facts[0]
    assert (facts.crs, facts.unit_m, facts.unit) == (text, metres, "m" if metres == 1.0 else "ft")
    decoded = decode(survey, tmp_path / "c")
    np.testing.assert_allclose(decoded.points + decoded.origin, points * metres, rtol=0, atol=2e-9)


def test_heights_in_another_unit_than_eastings(tmp_path: Path) -> None:
    points = np.add(cloud(), (6_000_000.0, 2_000_000.0, 100.0))
    path = write_las(tmp_path / "a.las", points, version="1.4", crs="EPSG:2225+5703")
    survey = open_survey([path])
    decoded = decode(survey, tmp_path / "c")
    expected = points * (US_SURVEY_FOOT, US_SURVEY_FOOT, 1.0)
    np.testing.assert_allclose(decoded.points + decoded.origin, expected, rtol=0, atol=2e-9)
    assert survey.facts[0].crs == "EPSG:2225+5703"
    assert survey.facts[0].notes == ("heights are in units of 1 m, eastings and northings of 0.304801 m",)
    np.testing.assert_allclose(survey.facts[0].box, [*expected.min(axis=0), *expected.max(axis=0)], atol=2e-9)


def test_degrees_are_refused(tmp_path: Path) -> None:
    path = write_las(tmp_path / "a.las", cloud(), version="1.4", crs="EPSG:4490")
    with pytest.raises(SurveyError, match="degrees") as refusal:
        open_survey([path])
    assert "project the cloud" in refusal.value.hint


def test_the_unit_asked_for_wins_and_is_noted(tmp_path: Path) -> None:
    path = write_las(tmp_path / "a.las", cloud(), version="1.4", crs="EPSG:4549")
    facts = open_survey([path], unit="mm").facts[0]
    assert facts.unit_m == 0.001
    assert facts.notes == ("the file states m, it was read in mm as asked",)


def test_feet_asked_for_are_those_of_the_reference_system(tmp_path: Path) -> None:
    path = write_las(tmp_path / "a.las", cloud(), version="1.4", crs="EPSG:2225")
    assert open_survey([path], unit="ft").facts[0].unit_m == US_SURVEY_FOOT
    plain = write_las(tmp_path / "b.las", cloud(seed=9))
    assert open_survey([plain], unit="ft").facts[0].unit_m == 0.3048


def test_withheld_points_are_left_out_and_counted(tmp_path: Path) -> None:
    withheld = np.arange(500) % 5 == 0
    survey = open_survey([write_las(tmp_path / "a.las", cloud(), withheld=withheld)])
    decoded = decode(survey, tmp_path / "c")
    np.testing.assert_allclose(decoded.points, cloud()[~withheld], atol=1e-9)
    assert (decoded.scans[0].points, decoded.scans[0].invalid) == (400, 100)
    assert decoded.facts[0].notes == ("100 of 500 records are no valid points",)


def test_a_las_cut_between_two_records_is_refused(tmp_path: Path) -> None:
    path = write_las(tmp_path / "a.las", cloud())
    path.write_bytes(path.read_bytes()[: -20 * 100])
    with pytest.raises(SurveyError, match="counts 500 points, the file has room for 400"):
        open_survey([path])


def test_points_that_the_header_does_not_count_are_noted(tmp_path: Path) -> None:
    path = write_las(tmp_path / "a.las", cloud())
    path.write_bytes(path.read_bytes() + bytes(200))
    assert open_survey([path]).facts[0].notes == ("200 bytes follow its last point",)


@pytest.mark.parametrize("version", ["1.2", "1.4"])
def test_a_chunk_table_that_does_not_add_up_never_reaches_the_decoder(tmp_path: Path, version: str) -> None:
    path = write_las(tmp_path / "a.laz", cloud(), version=version)
    data = bytearray(path.read_bytes())
    offset = struct.unpack_from("<I", data, 96)[0]
    table = struct.unpack_from("<q", data, offset)[0]
    data[table + 4 : table + 8] = b"\xff\xff\xff\x7f"
    path.write_bytes(data)
    with pytest.raises(SurveyError, match="chunk table is damaged"):
        open_survey([path])


def test_a_layer_larger_than_its_chunk_never_reaches_the_decoder(tmp_path: Path) -> None:
    path = write_las(tmp_path / "a.laz", cloud(), version="1.4")
    data = bytearray(path.read_bytes())
    offset = struct.unpack_from("<I", data, 96)[0]
    data[offset + 8 + 30 + 4 : offset + 8 + 30 + 8] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    with pytest.raises(SurveyError, match="layers of a chunk do not add up"):
        open_survey([path])


def test_a_chunk_size_beyond_all_memory_never_reaches_the_decoder(tmp_path: Path) -> None:
    path = write_las(tmp_path / "a.laz", cloud())
    data = bytearray(path.read_bytes())
    offset = struct.unpack_from("<I", data, 96)[0]
    place = data.index(struct.pack("<I", 50_000), 227, offset)
    data[place : place + 4] = struct.pack("<I", 0x8000C350)
    path.write_bytes(data)
    with pytest.raises(SurveyError, match="chunks are too large to unpack"):
        open_survey([path])
