"""Small inspections for batches, and the real command run on them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from support.ifc_models import small_building
from support.shape_surveys import sampled
from support.shapes import Body
from support.survey_files import write_las

from twin.arrays import Floats
from twin.design import read_design

ROOT = Path(__file__).resolve().parents[2]
POSE = {
    "schema": "plumbline.pose/1",
    "status": "accepted",
    "mode": "best_fit",
    "design_from_survey": np.eye(4).tolist(),
    "scale": 1.0,
    "residual_rms_m": 0.003,
    "overlap": 1.0,
    "sigma_translation_m": [0.001, 0.001, 0.001],
    "sigma_rotation_deg": [0.01, 0.01, 0.01],
    "rivals": [],
    "may_judge_position": False,
    "notes": [],
}


@lru_cache
def _made(floors: int, built: int) -> tuple[bytes, Floats]:
    """The model of a building and points of what was built of it, or of one with more floors."""
    scratch = Path(mkdtemp(prefix="plumbline-test-"))
    model = small_building(floors=floors).write(scratch / "design.ifc")
    stands = model if built == floors else small_building(floors=built).write(scratch / "built.ifc")
    surface = read_design((stands,)).surface
    random = np.random.default_rng(5)
    points = sampled(Body("all", "IfcWall", surface.vertices, surface.triangles), 30.0, random)
    return model.read_bytes(), points + random.normal(0.0, 0.003, points.shape)


def write_house(folder: Path, floors: int = 1, built: int | None = None) -> Path:
    """``design.ifc``, ``survey.laz`` and ``pose.json`` of a small building; `built` floors where they are others."""
    folder.mkdir(parents=True, exist_ok=True)
    model, points = _made(floors, built or floors)
    (folder / "design.ifc").write_bytes(model)
    write_las(folder / "survey.laz", points)
    (folder / "pose.json").write_text(json.dumps(POSE))
    return folder


def case(name: str, **changes: Any) -> str:
    """A case of a plan over the house in ``house``; a change of None leaves the key out."""
    keys: dict[str, Any] = {
        "name": name,
        "design": "house/design.ifc",
        "surveys": ["house/survey.laz"],
        "pose": "house/pose.json",
        **changes,
    }
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items() if value is not None)
    return "\n".join(["[[cases]]", *lines, ""])


def write_plan(folder: Path, *cases: str, head: str = "[defaults]\noutputs = []") -> Path:
    """``plan.toml`` in the folder."""
    path = folder / "plan.toml"
    path.write_text("\n".join(['schema = "plumbline.plan/1"', head, *cases]), encoding="utf-8")
    return path


def started(*arguments: str | Path, cache: Path | None = None) -> subprocess.Popen[str]:
    """``plumbline batch`` with these arguments, running."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if cache is not None:
        environment["XDG_CACHE_HOME"] = str(cache)
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "batch", *map(str, arguments)],
        cwd=ROOT, env=environment, text=True, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def ran(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of ``plumbline batch`` with these arguments."""
    process = started(*arguments)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def rows(folder: Path) -> dict[str, dict[str, Any]]:
    """The summary's rows by case."""
    document = json.loads((folder / "results" / "summary.json").read_text(encoding="utf-8"))
    return {row["name"]: row for row in document["cases"]}


def contents(folder: Path) -> dict[str, Any]:
    """Files of a case by name: bytes, but for what a run costs; the log, which tells times, is left out."""
    found: dict[str, Any] = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
    del found["log.jsonl"]
    document = json.loads(found["inspection.json"])
    for stage in document["stages"]:
        del stage["seconds"], stage["peak_rss_mb"]
    found["inspection.json"] = document
    found.pop("viewer.html", None)  # embeds the document with its times
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def cluster(
    workers: int, scratch: Path, cache: Path | None = None
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A real scheduler on loopback with single-threaded workers, each with its nanny left out."""
    address, environment = f"tcp://127.0.0.1:{free_port()}", {**os.environ, "PYTHONPATH": str(ROOT)}
    if cache is not None:
        environment["XDG_CACHE_HOME"] = str(cache)
    host, port = address.removeprefix("tcp://").split(":")

    def begun(name: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{name}", *arguments]
        return subprocess.Popen(
            command, cwd=scratch, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    scheduler = begun("dask_scheduler", "--host", host, "--port", port, "--no-dashboard", "--no-show")
    options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(scratch))
    crew = [begun("dask_worker", address, *options) for _ in range(workers)]
    try:
        yield address, crew
    finally:
        for process in (*crew, scheduler):
            process.kill()
            process.wait()
