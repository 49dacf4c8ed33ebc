"""Every survey door, fed with what goes wrong: one clear line that names the file, and nothing else."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from support.survey_files import WRITERS, cloud, write_las, write_pcd, write_ply, write_rows

from twin.errors import SurveyError
from twin.survey import decode, open_survey
from twin.survey.model import Cloud

COUNTED = [name for name in WRITERS if name not in ("cloud.xyz", "cloud.csv")]


def opened(path: Path) -> Cloud | SurveyError:
    """The decoded file, or its refusal, which must name it in one line."""
    try:
        return decode(open_survey([path]), path.parent / "columns")
    except SurveyError as error:
        refusal = error
    assert str(path) in refusal.message
    assert "\n" not in str(refusal)
    return refusal


def refused(path: Path) -> SurveyError:
    """The refusal of a file that must not be read."""
    outcome = opened(path)
    assert isinstance(outcome, SurveyError), f"{path} was read"
    return outcome


@pytest.mark.parametrize("name", COUNTED)
def test_every_truncation_is_refused(tmp_path: Path, name: str) -> None:
    path = WRITERS[name](tmp_path / name, cloud(120))
    data = path.read_bytes().rstrip(b"\n")
    for length in sorted(
        {*range(0, len(data) - 4, len(data) // 60 + 1), *range(len(data) - 12, len(data) - 4), 1, 4, 8, 24}
    ):
        path.write_bytes(data[:length])
        if not (name == "cloud.ptx" and ends_with_a_set_up(data, length)):
            assert refused(path).hint, f"cut at {length}"


def ends_with_a_set_up(data: bytes, length: int) -> bool:
    """Whether a PTX cut here still holds whole set-ups only, or lacks no more than digits of the last intensity."""
    first = data.index(b"\n60\n1\n") + 1
    return first - 4 < length <= first


@pytest.mark.parametrize("name", ["cloud.xyz", "cloud.csv"])
def test_text_that_breaks_off_is_refused_or_remarked(tmp_path: Path, name: str) -> None:
    path = WRITERS[name](tmp_path / name, cloud(60))
    data = path.read_bytes()
    for length in range(0, len(data) - 1, 37):
        path.write_bytes(data[:length])
        outcome = opened(path)
        if not isinstance(outcome, SurveyError):
            complete = data[length - 1 : length] == b"\n"
            assert complete or "its last line has no end" in outcome.facts[0].notes[-1]


@pytest.mark.parametrize("name", WRITERS)
def test_damage_gives_a_refusal_or_points_and_never_anything_else(tmp_path: Path, name: str) -> None:
    path = WRITERS[name](tmp_path / name, cloud(120))
    data, dice = path.read_bytes(), random.Random(7)
    for _ in range(40):
        damaged = bytearray(data)
        for _ in range(dice.choice([1, 2, 8])):
            damaged[dice.randrange(dice.choice([len(data), min(len(data), 400)]))] = dice.choice(
                [0, 255, dice.randrange(256)]
            )
        path.write_bytes(damaged)
        outcome = opened(path)
        assert isinstance(outcome, SurveyError) or np.isfinite(outcome.points).all()


@pytest.mark.parametrize("suffix", ["las", "laz", "e57", "ply", "pcd", "pts", "ptx", "xyz", "csv", "txt", "bin"])
def test_random_and_empty_files_are_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"noise.{suffix}"
    for seed in range(5):
        path.write_bytes(random.Random(seed).randbytes(5000))
        refused(path)
    path.write_bytes(b"")
    assert "is empty" in refused(path).message


@pytest.mark.parametrize("magic", [b"LASF", b"ASTM-E57", b"ply\n", b"# .PCD v0.7\n"])
def test_a_signature_with_noise_behind_it_is_refused(tmp_path: Path, magic: bytes) -> None:
    path = tmp_path / f"noise.{ {b'L': 'las', b'A': 'e57', b'p': 'ply', b'#': 'pcd'}[magic[:1]] }"
    for seed in range(20):
        path.write_bytes(magic + random.Random(seed).randbytes(3000))
        assert refused(path).hint, f"noise {seed}"


@pytest.mark.parametrize(
    ("name", "label", "reason"),
    [
        ("cloud.laz", "a.e57", "named .e57, but its content is LAS"),
        ("cloud.e57", "a.laz", "named .laz, but its content is E57"),
        ("binary.ply", "a.pcd", "named .pcd, but its content is PLY"),
        ("binary.pcd", "a.ply", "named .ply, but its content is PCD"),
        ("cloud.xyz", "a.ptx", "named .ptx, but its content is plain text"),
        ("cloud.xyz", "a.las", "named .las, but its content is plain text"),
        ("cloud.ptx", "a.pts", "named .pts, but its content is PTX"),
        ("cloud.e57", "a.rcp", ".rcp is a maker's own format"),
    ],
)
def test_mislabelled_clouds_are_refused_by_name_and_reason(tmp_path: Path, name: str, label: str, reason: str) -> None:
    shutil.copy(WRITERS[name](tmp_path / name, cloud(20)), tmp_path / label)
    assert reason in refused(tmp_path / label).message


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n", "is a PNG picture"),
        (b"PK\x03\x04", "is a ZIP archive"),
        (b"%PDF-1.7", "is a PDF document"),
        (b"ISO-10303-21;", "is a STEP or IFC model"),
    ],
)
def test_other_files_named_as_clouds_are_refused(tmp_path: Path, start: bytes, reason: str) -> None:
    path = tmp_path / "a.laz"
    path.write_bytes(start + bytes(range(40)) * 20)
    assert reason in refused(path).message


def test_text_in_utf_16_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("1 2 3\n4 5 6\n", encoding="utf-16")
    assert "is text in UTF-16" in refused(path).message


@pytest.mark.parametrize(("name", "label"), [("cloud.laz", "a.las"), ("cloud.pts", "a.txt"), ("cloud.ptx", "a.xyz")])
def test_names_of_the_same_family_are_taken(tmp_path: Path, name: str, label: str) -> None:
    shutil.copy(WRITERS[name](tmp_path / name, cloud(20)), tmp_path / label)
    assert open_survey([tmp_path / label]).facts[0].points == 20


def test_a_name_that_says_nothing_is_noted(tmp_path: Path) -> None:
    shutil.copy(WRITERS["cloud.e57"](tmp_path / "cloud.e57", cloud(20)), tmp_path / "scan.bak")
    assert open_survey([tmp_path / "scan.bak"]).facts[0].notes[0].startswith("taken for E57 by its content")


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path).message
    assert "no such file" in refused(tmp_path / "a.laz").message


def test_clouds_without_points_are_refused(tmp_path: Path) -> None:
    nothing = np.zeros((0, 3))
    for path in (
        write_ply(tmp_path / "a.ply", nothing),
        write_ply(tmp_path / "b.ply", nothing, encoding="binary_little_endian"),
        write_pcd(tmp_path / "a.pcd", nothing),
        write_pcd(tmp_path / "b.pcd", nothing, data="ascii"),
        WRITERS["cloud.las"](tmp_path / "a.las", nothing),
    ):
        assert "holds no points" in refused(path).message
    assert "holds no rows of numbers" in refused(write_rows(tmp_path / "a.csv", nothing, ",", "x,y,z")).message
    (tmp_path / "a.pts").write_text("0\n")
    refused(tmp_path / "a.pts")


def test_headers_that_promise_more_than_any_disk_holds_are_refused(tmp_path: Path) -> None:
    for path, old, new in (
        (
            write_ply(tmp_path / "a.ply", cloud(20), encoding="binary_little_endian"),
            b"vertex 20",
            b"vertex 99999999999999",
        ),
        (write_pcd(tmp_path / "a.pcd", cloud(20)), b"WIDTH 20", b"WIDTH 99999999999999"),
        (write_pcd(tmp_path / "b.pcd", cloud(20), data="ascii"), b"WIDTH 20", b"WIDTH 99999999999999"),
        (WRITERS["cloud.pts"](tmp_path / "a.pts", cloud(20)), b"20\n", b"99999999999999\n"),
    ):
        data = path.read_bytes().replace(old, new, 1).replace(b"POINTS 20", b"POINTS 99999999999999")
        path.write_bytes(data)
        assert refused(path).hint, path.name


def test_points_as_far_apart_as_damage_makes_them_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "hole.laz"
    points = np.random.default_rng(3).uniform(0.0, 20.0, (500, 3))
    points[200:210] += 3e5
    write_las(path, points)
    assert "300 km apart" in refused(path).message


def test_a_pipe_that_nobody_fills_and_a_device_are_refused_at_once(tmp_path: Path) -> None:
    pipe, endless = tmp_path / "pipe.laz", tmp_path / "endless.ply"
    os.mkfifo(pipe)
    endless.symlink_to("/dev/zero")
    for path in (pipe, endless):
        assert "is a device or a pipe" in refused(path).message
