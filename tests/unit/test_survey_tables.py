"""PLY, PCD, PTS, PTX and plain text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.survey_files import cloud, colours, write_pcd, write_ply, write_pts, write_ptx, write_rows

from twin import frames
from twin.errors import SurveyError
from twin.survey import decode, open_survey

FAR = (500_000.0, 3_400_000.0, 5.0)


def decoded_of(path: Path, **how: str) -> tuple[np.ndarray, np.ndarray | None]:
    cloud = decode(open_survey([path], **how), path.parent / "columns")
    return cloud.points + cloud.origin, None if cloud.rgb is None else np.array(cloud.rgb)


@pytest.mark.parametrize("encoding", ["ascii", "binary_little_endian", "binary_big_endian"])
def test_ply_keeps_double_precision(tmp_path: Path, encoding: str) -> None:
    points, rgb = decoded_of(write_ply(tmp_path / "a.ply", cloud() + FAR, colours(500), encoding))
    np.testing.assert_allclose(points, cloud() + FAR, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(rgb, colours(500))


def test_a_mesh_gives_its_vertices(tmp_path: Path) -> None:
    path = write_ply(tmp_path / "a.ply", cloud(3), encoding="binary_little_endian")
    data = path.read_bytes().replace(
        b"end_header", b"element face 1\nproperty list uchar int vertex_indices\nend_header"
    )
    path.write_bytes(data + bytes([3]) + np.array([0, 1, 2], "<i4").tobytes())
    np.testing.assert_array_equal(decoded_of(path)[0], cloud(3))
    assert open_survey([path]).facts[0].notes == ("it is a mesh: its vertices were taken for points",)


def test_a_ply_table_before_the_vertices_is_passed_over(tmp_path: Path) -> None:
    for encoding, row in (("ascii", b"7 8\n"), ("binary_big_endian", np.array([7, 8], ">f4").tobytes())):
        path = write_ply(tmp_path / "a.ply", cloud(5), encoding=encoding)
        extra = b"element camera 2\nproperty float a\nproperty float b\nelement vertex"
        head, body = path.read_bytes().replace(b"element vertex", extra).split(b"end_header\n", 1)
        path.write_bytes(head + b"end_header\n" + 2 * row + body)
        np.testing.assert_array_equal(decoded_of(path)[0], cloud(5))


@pytest.mark.parametrize("data", ["ascii", "binary", "binary_compressed"])
@pytest.mark.parametrize("size", [4, 8])
def test_pcd_keeps_what_the_file_has(tmp_path: Path, data: str, size: int) -> None:
    points, rgb = decoded_of(write_pcd(tmp_path / "a.pcd", cloud() + FAR, colours(500), data, size))
    expected = (cloud() + FAR).astype(f"f{size}").astype(np.float64)
    np.testing.assert_allclose(points, expected, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(rgb, colours(500))


def test_lzf_back_references_are_followed(tmp_path: Path) -> None:
    points = np.repeat(cloud(4), 100, axis=0)
    path = write_pcd(tmp_path / "a.pcd", points, data="binary_compressed")
    assert path.stat().st_size < 1000
    np.testing.assert_array_equal(decoded_of(path)[0], points)


def test_colours_packed_in_a_float(tmp_path: Path) -> None:
    path = write_pcd(tmp_path / "a.pcd", cloud(), colours(500))
    path.write_bytes(path.read_bytes().replace(b"TYPE F F F U", b"TYPE F F F F"))
    np.testing.assert_array_equal(decoded_of(path)[1], colours(500))


def test_an_organised_pcd_has_a_grid(tmp_path: Path) -> None:
    survey = open_survey([write_pcd(tmp_path / "a.pcd", cloud(), height=20)])
    assert survey.facts[0].scans[0].grid == (20, 25)


def test_points_that_are_no_numbers_are_dropped_and_counted(tmp_path: Path) -> None:
    points = cloud()
    points[10, 1], points[20, 2], points[30, 0] = np.nan, np.inf, 1e300
    for path in (
        write_ply(tmp_path / "a.ply", points),
        write_pcd(tmp_path / "a.pcd", points),
        write_rows(tmp_path / "a.xyz", points),
    ):
        whole = decode(open_survey([path]), tmp_path / "c")
        np.testing.assert_array_equal(whole.points, np.delete(points, [10, 20, 30], axis=0))
        assert whole.scans[0].invalid == 3
        assert whole.facts[0].notes[-1] == "3 of 500 records are no valid points"


def test_pts_with_two_sections(tmp_path: Path) -> None:
    first = write_pts(tmp_path / "a.pts", cloud(300, 1), colours(300))
    second = write_pts(tmp_path / "b.pts", cloud(200, 2), colours(200, 5))
    first.write_bytes(first.read_bytes() + second.read_bytes())
    whole = decode(open_survey([first]), tmp_path / "c")
    np.testing.assert_array_equal(whole.points, np.concatenate([cloud(300, 1), cloud(200, 2)]))
    np.testing.assert_array_equal(whole.rgb, np.concatenate([colours(300), colours(200, 5)]))
    assert [scan.points for scan in whole.scans] == [300, 200]


def test_pts_intensity_runs_over_leicas_range(tmp_path: Path) -> None:
    file = open_survey([write_pts(tmp_path / "a.pts", cloud(), colours(500))]).files[0]
    intensity = next(iter(file.chunks(1000))).intensity
    np.testing.assert_allclose(intensity, (-600 + 2048) / 4095, atol=1e-6)


def test_ptx_poses_stations_grid_and_misses(tmp_path: Path) -> None:
    pose = frames.translation(np.array([100.0, -50.0, 1.75])) @ frames.yaw(0.5)
    second = cloud(200, 2)
    second[::4] = 0.0
    path = write_ptx(tmp_path / "a.ptx", [(cloud(300), np.eye(4), 10), (second, pose, 8)])
    whole = decode(open_survey([path]), tmp_path / "c")
    seen = second[(second != 0).any(axis=1)]
    np.testing.assert_allclose(whole.points, np.concatenate([cloud(300), frames.move(pose, seen)]), atol=1e-12)
    np.testing.assert_allclose(whole.stations, [[0, 0, 0], [100.0, -50.0, 1.75]])
    assert [(scan.points, scan.invalid, scan.grid) for scan in whole.scans] == [(300, 0, (10, 30)), (150, 50, (8, 25))]


def test_ptx_posed_before_export_takes_its_position_line(tmp_path: Path) -> None:
    path = write_ptx(tmp_path / "a.ptx", [(cloud(20), np.eye(4), 4)])
    lines = path.read_text().splitlines()
    lines[2] = "10.0 20.0 1.6"
    path.write_text("\n".join(lines) + "\n")
    assert open_survey([path]).facts[0].scans[0].station == (10.0, 20.0, 1.6)


def test_a_ptx_with_a_sheared_pose_is_refused(tmp_path: Path) -> None:
    pose = np.eye(4)
    pose[0, 1] = 0.3
    with pytest.raises(SurveyError, match="no rigid pose"):
        open_survey([write_ptx(tmp_path / "a.ptx", [(cloud(20), pose, 4)])])


@pytest.mark.parametrize("separator", [" ", ",", ";", "\t", "   ", ", ", " \t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(tmp_path: Path, separator: str, end: str) -> None:
    path = write_rows(tmp_path / "a.xyz", cloud(50), separator)
    path.write_bytes(b"\xef\xbb\xbf" + (end + path.read_text().replace("\n", " " + end) + end).encode())
    np.testing.assert_array_equal(decoded_of(path)[0], cloud(50))


@pytest.mark.parametrize("separator", [";", " ", "\t"])
def test_decimal_commas(tmp_path: Path, separator: str) -> None:
    path = write_rows(tmp_path / "a.csv", cloud(50), separator)
    path.write_text(path.read_text().replace(".", ","))
    np.testing.assert_array_equal(decoded_of(path)[0], cloud(50))


@pytest.mark.parametrize(
    ("head", "order"),
    [
        ("x,y,z", [0, 1, 2]),
        ('"Z [m]","Y [m]","X [m]"', [2, 1, 0]),
        ("Northing,Easting,Elevation", [1, 0, 2]),
        ("//Y,X,Height", [1, 0, 2]),
        ("# made by a test\n# E,N,H", [0, 1, 2]),
    ],
)
def test_columns_by_name(tmp_path: Path, head: str, order: list[int]) -> None:
    points = cloud()
    path = write_rows(tmp_path / "a.csv", points[:, np.argsort(order)], ",", head + "\n")
    np.testing.assert_array_equal(decoded_of(path)[0], points)


def test_columns_by_what_they_hold(tmp_path: Path) -> None:
    number, rgb, level = np.arange(7, 507), colours(500), np.round(np.linspace(0, 1, 500), 3)
    plain = write_rows(tmp_path / "a.txt", cloud(), " ", "", rgb)
    np.testing.assert_array_equal(decoded_of(plain)[1], rgb)
    between = write_rows(tmp_path / "b.txt", cloud(), " ", "", level, rgb)
    np.testing.assert_array_equal(decoded_of(between)[1], rgb)
    behind = write_rows(tmp_path / "c.txt", cloud(), " ", "", rgb, level)
    points, found = decoded_of(behind)
    np.testing.assert_array_equal(found, rgb)
    np.testing.assert_array_equal(points, cloud())
    numbered = tmp_path / "d.csv"
    numbered.write_text(
        "".join(f"{n},{x!r},{y!r},{z!r}\n" for n, (x, y, z) in zip(number, cloud().tolist(), strict=True))
    )
    np.testing.assert_array_equal(decoded_of(numbered)[0], cloud())


def test_normals_are_no_colours(tmp_path: Path) -> None:
    directions = np.round(np.random.default_rng(3).normal(size=(500, 3)), 4)
    assert decoded_of(write_rows(tmp_path / "a.xyz", cloud(), " ", "", directions))[1] is None


def test_a_blank_field_is_an_invalid_point_and_a_short_row_a_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y,z\n1,2,3\n4,,6\n7,8,9\n")
    whole = decode(open_survey([path]), tmp_path / "c")
    np.testing.assert_array_equal(whole.points, [[1, 2, 3], [7, 8, 9]])
    assert whole.scans[0].invalid == 1
    path.write_text("x,y,z\n1,2,3\n4,6\n7,8,9\n")
    with pytest.raises(SurveyError, match="line 2 is not 3 numbers: '4,6'"):
        open_survey([path])


def test_a_word_among_numbers_is_named_with_its_line(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.xyz", cloud(5))
    path.write_text(path.read_text() + "1.0 oops 2.0\n")
    with pytest.raises(SurveyError, match=r"line 6 is not 3 numbers: '1.0 oops 2.0'"):
        open_survey([path])


def test_a_last_line_without_an_end_is_noted(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.csv", cloud(5), ",", "x,y,z\n")
    path.write_text(path.read_text().rstrip())
    assert open_survey([path]).facts[0].notes == ("its last line has no end: it may be cut off",)
    np.testing.assert_array_equal(decoded_of(path)[0], cloud(5))


def test_degrees_by_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SurveyError, match="latitude and longitude"):
        open_survey([write_rows(tmp_path / "a.csv", cloud(5), ",", "lon,lat,z\n")])


@pytest.mark.parametrize("unit", ["mm", "ft"])
def test_text_in_another_unit(tmp_path: Path, unit: str) -> None:
    metres = {"mm": 0.001, "ft": 0.3048}[unit]
    points, _ = decoded_of(write_rows(tmp_path / "a.xyz", cloud()), unit=unit)
    np.testing.assert_allclose(points, cloud() * metres, rtol=0, atol=1e-12)
