"""The same distances by CloudCompare, whole programs side by side."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import trimesh

from twin.design.model import Surface
from twin.survey.model import Cloud

from .distances import BAND_M
from .running import run

PROGRAM = shutil.which("CloudCompare")
_TIME = re.compile(r"\[(?:computeApproxDistances|ComputeDistances)\] Time: ([0-9.]+) s")
_AT_A_TIME = 1_000_000


@dataclass(frozen=True, slots=True)
class Pair:
    """Seconds of both: of the distances alone, and of the whole process."""

    points: int
    ours_compute: float
    ours_whole: float
    theirs_compute: float
    theirs_whole: float


def write_inputs(surface: Surface, cloud: Cloud, model: Path, points: Path) -> None:
    """Model and cloud as binary PLY, which both programs read: Debian's CloudCompare reads no LAS."""
    trimesh.Trimesh(surface.vertices, surface.triangles, process=False).export(model)
    head = "ply\nformat binary_little_endian 1.0\nelement vertex {}\n" + "property float {}\n" * 3 + "end_header\n"
    with points.open("wb") as out:
        out.write(head.format(len(cloud.points), *"xyz").encode())
        for start in range(0, len(cloud.points), _AT_A_TIME):
            part = np.asarray(cloud.points[start : start + _AT_A_TIME]) + cloud.origin
            out.write(part.astype("<f4").tobytes())


def compared(model: Path, points: Path, scratch: Path) -> Pair | None:
    """Both, one after the other, each on one core; None where CloudCompare is absent or fails."""
    if PROGRAM is None:
        return None
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    asked = ("-SILENT", "-AUTO_SAVE", "OFF", "-O", points, "-O", model, "-C2M_DIST", "-MAX_DIST", BAND_M)
    theirs = run([*_ON_ONE_CORE, PROGRAM, *map(str, asked), "-MAX_TCOUNT", "1"], scratch, scratch / "cache")
    folder = scratch / "columns-of-peers"
    command = (sys.executable, "-m", "tests.bench.distances", str(model), str(points), str(folder))
    ours = run([*_ON_ONE_CORE, *command], scratch, scratch / "cache")
    shutil.rmtree(folder, ignore_errors=True)
    times = [float(seconds) for seconds in _TIME.findall(theirs.output + theirs.complaint)]
    if theirs.code or ours.code or not times:
        sys.stderr.write(f"{theirs.complaint}{theirs.output[-2000:]}{ours.complaint}")
        return None
    figures = json.loads(ours.output)
    return Pair(figures["points"], figures["compute_s"], ours.wall_s, sum(times), theirs.wall_s)


_ON_ONE_CORE = ("taskset", "-c", "0") if shutil.which("taskset") else ()
