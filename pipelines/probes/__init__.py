"""Small trials of everything that an inspection needs from a machine: each one works, or says what is wrong.

Each runs in a process of its own, since a missing driver may end a process instead of raising.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

TRIALS = {
    "design": "read IFC and mesh it",
    "laz": "read LAS and LAZ",
    "e57": "read E57",
    "tables": "write Parquet and glTF",
    "maps": "coordinate systems without a network",
    "kernel": "compile the distance kernel",
    "lettering": "Chinese and Latin lettering",
    "rendering": "render pictures",
    "viewer": "the programs of viewer and dashboard",
    "disk": "room for temporary files",
}
"""What is tried, in the words that a user reads."""

LONGEST_S = 180.0
"""A trial that takes longer has hung: the slowest, compiling, takes under 60 s on one slow core."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The outcome of one trial; `said` is its answer or what was wrong, in one line."""

    name: str
    what: str
    works: bool
    said: str


def trials() -> Iterator[Trial]:
    """Tries everything, one after another."""
    for name, what in TRIALS.items():
        yield tried(name, what)


def tried(name: str, what: str) -> Trial:
    """One trial in its own process."""
    command = [sys.executable, "-P", "-m", "pipelines.probes", name]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, capture_output=True, text=True, errors="replace", timeout=LONGEST_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Trial(name, what, False, f"did not end within {LONGEST_S:.0f} s")
    except OSError as error:
        return Trial(name, what, False, f"could not be started ({error.strerror})")
    if done.returncode == 0:
        return Trial(name, what, True, _last_line(done.stdout))
    return Trial(name, what, False, _last_line(done.stderr) or _ended(done.returncode))


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else ""


def _ended(code: int) -> str:
    return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
