"""One process, measured from outside: nothing of the measuring counts."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .cases import ROOT

PLUMBLINE = (sys.executable, "-m", "cli")
DECODE = (sys.executable, "-m", "tests.bench.decode")
EXTENT = (sys.executable, "-m", "tests.bench.extent")


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took.

    Attributes
    ----------
    cpu_s : float
        User and system seconds of all its threads and of the processes it waited for.
    peak_mb : float
        Highest resident memory in 10^6 bytes.
    """

    code: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    output: str
    complaint: str


def run(command: Sequence[str], scratch: Path, cache: Path) -> Run:
    """Run a command in the checkout and wait for it.

    Parameters
    ----------
    scratch : Path
        Receives what the command prints: a pipe that nobody empties would stop it.
    cache : Path
        Where the process keeps its caches, instead of the user's own place.
    """
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    output, complaint = scratch / "stdout", scratch / "stderr"
    with output.open("wb") as out, complaint.open("wb") as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, cwd=ROOT, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    return Run(
        process.returncode,
        wall,
        used.ru_utime + used.ru_stime,
        peak,
        output.read_text(encoding="utf-8", errors="replace"),
        complaint.read_text(encoding="utf-8", errors="replace"),
    )


def warmed(paths: Sequence[Path]) -> None:
    """Reads files once, so that no run waits for the disk and the next does not."""
    for path in paths:
        with path.open("rb") as stream:
            while stream.read(1 << 22):
                pass
