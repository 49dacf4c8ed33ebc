"""Bad input and odd surroundings: one clear line, the right code, never a traceback."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

CLOUDS = ["laz", "las", "e57", "ply", "pcd", "pts", "ptx", "xyz", "csv", "txt"]
MODELS = ["ifc", "ifczip"]


def plumbline(*arguments: str | bytes | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "cli", *map(os.fsencode, arguments)]
    return subprocess.run(
        command, cwd=folder, capture_output=True, env=os.environ | environment, check=False, timeout=120
    )


def assert_one_line(done: subprocess.CompletedProcess[bytes], code: int) -> str:
    said = done.stderr.decode(errors="replace")
    assert done.returncode == code, said
    assert "Traceback" not in said
    assert done.stdout == b""
    assert said.startswith("plumbline: error: ")
    assert said.count("\n") == 1
    return said


def garbage(kind: str) -> bytes:
    noise = random.Random(5).randbytes(4000)
    return {"empty": b"", "noise": noise, "text": b"Dear reader,\nthis is a letter.\n", "zeros": bytes(5000)}[kind]


@pytest.mark.parametrize("kind", ["empty", "noise", "text", "zeros"])
def test_every_door_refuses_garbage_by_name(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from cli.main import run

    for ending in (*CLOUDS, *MODELS):
        path = tmp_path / f"bad.{ending}"
        path.write_bytes(garbage(kind))
        assert run(["info", "--quiet", str(path)]) == 3, ending
        out, err = capsys.readouterr()
        assert out == "", ending
        assert err.startswith("plumbline: error: "), ending
        assert f"bad.{ending}" in err, ending
        assert err.count("\n") == 1, err


@pytest.mark.parametrize(
    ("source", "ending"), [("points.laz", "laz"), ("points.e57", "e57"), ("slab.ifc", "ifc"), ("points.laz", "e57")]
)
def test_truncated_and_mislabelled_files_are_refused(
    source: str, ending: str, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from cli.main import run

    whole = (root / "pipelines" / "probes" / source).read_bytes()
    for part in (1, 10, len(whole) // 2, len(whole) - 30):
        path = tmp_path / f"cut.{ending}"
        path.write_bytes(whole[:part])
        assert run(["info", "--quiet", str(path)]) == 3, part
        assert capsys.readouterr().err.count("\n") == 1


def test_missing_files_folders_and_odd_names_are_bad_input(tmp_path: Path) -> None:
    (tmp_path / "folder.laz").mkdir()
    assert "none.laz" in assert_one_line(plumbline("info", "none.laz", folder=tmp_path), 3)
    assert "folder.laz" in assert_one_line(plumbline("info", "folder.laz", folder=tmp_path), 3)
    assert_one_line(plumbline("info", b"h\xe4us\n\x1b[31m.ifc", folder=tmp_path), 3)
    assert_one_line(plumbline("info", "a" * 5000 + ".laz", folder=tmp_path), 3)


ASCII_ONLY = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}


def test_a_terminal_that_knows_only_ascii_still_works(tmp_path: Path) -> None:
    done = plumbline("info", "许可.ifc", folder=tmp_path, **ASCII_ONLY)
    assert "\\u8bb8" in assert_one_line(done, 3) or b"\\udc" in done.stderr
    assert plumbline("--help", folder=tmp_path, **ASCII_ONLY).returncode == 0
    assert plumbline("inspect", "--help", folder=tmp_path, **ASCII_ONLY).stderr == b""


def test_nobody_reads_the_output(root: Path, tmp_path: Path) -> None:
    cloud = root / "pipelines" / "probes" / "points.laz"
    command = [sys.executable, "-m", "cli", "info", str(cloud)]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(command, cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
