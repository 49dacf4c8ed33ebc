"""A whole inspection of a dense survey, and how soon the command answers."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from .dense import write_dense_sample
from .running import PLUMBLINE, Run, run

POINTS = 20_000_000
_TIMES = 7


@dataclass(frozen=True, slots=True)
class Whole:
    """One inspection: how many points were asked for, the process, and the wall seconds of each of its stages."""

    points: int
    run: Run
    stages: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Start:
    """Wall seconds of `plumbline --help` and of an interpreter that does nothing."""

    help_s: float
    bare_s: float


def inspected(design: Path, scratch: Path) -> Whole | None:
    """Inspects the sample site's laser scans as one LAZ file; None where the command fails."""
    survey, folder = scratch / "whole.laz", scratch / "whole"
    points = write_dense_sample(survey, POINTS)
    command = (*PLUMBLINE, "inspect", str(design), str(survey), "-o", str(folder), "--quiet")
    run((*command[:-3], str(scratch / "first"), "--quiet"), scratch, scratch / "cache")
    shutil.rmtree(scratch / "first", ignore_errors=True)
    done = run(command, scratch, scratch / "cache")
    try:
        document = json.loads((folder / "inspection.json").read_text(encoding="utf-8"))
    except OSError:
        sys.stderr.write(f"inspection of {points} points: {done.complaint or done.output}")
        return None
    stages = tuple((stage["name"], float(stage["seconds"])) for stage in document["stages"])
    return Whole(points, done, stages)


def started(scratch: Path) -> Start:
    """Both, several times in turn."""
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(_TIMES):
        times[True].append(run((*PLUMBLINE, "--help"), scratch, scratch / "cache").wall_s)
        times[False].append(run((sys.executable, "-c", "pass"), scratch, scratch / "cache").wall_s)
    return Start(statistics.median(times[True]), statistics.median(times[False]))
