"""Whether the stated uncertainty of a pose holds: ``python -m tests.bench.intervals [--seeds N]``.

Every building of the shape catalogue is built with each of its elements off by some millimetres, surveyed, and
registered from a frame that nearly fits. Writes ``docs/benchmarks-intervals.md``.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.shape_catalogue import HELD_OUT, TUNED  # noqa: E402
from support.shape_changes import cluttered  # noqa: E402
from support.shape_surveys import Look, cloud_of, surveyed  # noqa: E402
from support.shapes import Shape, bodies, design_of  # noqa: E402

from twin.arrays import Floats  # noqa: E402
from twin.errors import RegistrationError  # noqa: E402
from twin.frames import translation, yaw  # noqa: E402
from twin.registration import register  # noqa: E402

from . import machine  # noqa: E402
from .tables import table  # noqa: E402

DOCUMENT = ROOT / "docs" / "benchmarks-intervals.md"
_KINDS = ("around", "inside", "drone")
_BUILT_M = (0.0, 0.003, 0.008)
_NOISE_M, _DRONE_NOISE_M = 0.003, 0.015
_WITHIN = 1.96

_INTRO = """\
# Stated uncertainty of the pose

Written by `python -m tests.bench.intervals`; run by hand. Twelve buildings of code, each element off by a random
shift along each axis, surveyed among clutter by tripods around, tripods inside and around, or a drone (noise 3 mm;
15 mm), registered from a frame within half a metre and two degrees. The truth is the design's own place, which the
elements are off from on average by nothing.

*Held* is the share of errors within 1.96 standard uncertainties, over the three shifts at the middle of the matched
points and the three turns; 0.95 is asked. *Ratio* is the root mean square of error over uncertainty: 1 is right, less
is cautious. Errors and uncertainties are root mean squares in mm, x, y, z."""


@dataclass(frozen=True)
class Trial:
    """One survey of a building with elements `off_m` from their places."""

    shape: str
    kind: str
    off_m: float
    seed: int


def tried(trial: Trial) -> tuple[Floats, Floats] | None:
    """(6,) errors and (6,) standard uncertainties, shifts in m and turns in rad; None where it was not accepted."""
    shape = next(shape for shape in (*TUNED, *HELD_OUT) if shape.name == trial.shape)
    random = np.random.default_rng([trial.seed, round(1000.0 * trial.off_m), _KINDS.index(trial.kind)])
    points, scan, places = surveyed(shape, _built(shape, trial, random), _look(trial))
    nearly = translation(random.uniform(-0.5, 0.5, 3)) @ yaw(np.radians(random.uniform(-2.0, 2.0)))
    try:
        found = register(design_of(shape), cloud_of(points, scan, places, nearly, trial.seed % 2 == 0))
    except RegistrationError:
        return None
    if found.status != "accepted":
        return None
    change = found.design_from_survey @ nearly
    shift = change[:3, :3] @ found.centre + change[:3, 3] - found.centre
    turn = Rotation.from_matrix(change[:3, :3]).as_rotvec()
    return np.concatenate([shift, turn]), np.sqrt(np.diag(found.covariance))


def _built(shape: Shape, trial: Trial, random: np.random.Generator) -> list:  # type: ignore[type-arg]
    off = [
        replace(body, vertices=body.vertices + random.normal(0.0, max(trial.off_m, 1e-9), 3)) for body in bodies(shape)
    ]
    return cluttered(shape, off, trial.seed)


def _look(trial: Trial) -> Look:
    is_drone = trial.kind == "drone"
    noise = _DRONE_NOISE_M if is_drone else _NOISE_M
    return Look(trial.kind, noise_m=noise, told=not is_drone and trial.seed % 2 == 0, seed=trial.seed)


def _row(name: str, outcomes: list[tuple[Floats, Floats] | None]) -> tuple[str, ...]:
    good = [outcome for outcome in outcomes if outcome is not None]
    error, sigma = (np.array([outcome[k] for outcome in good]) for k in (0, 1))
    held = np.abs(error) < _WITHIN * sigma
    ratio = np.sqrt(((error / sigma) ** 2).mean(axis=0))
    return (
        name,
        f"{len(good)} of {len(outcomes)}",
        f"{held.mean():.3f}",
        f"{held[:, :3].mean():.3f}",
        f"{held[:, 3:].mean():.3f}",
        ", ".join(f"{value:.1f}" for value in ratio),
        ", ".join(f"{1000.0 * value:.2f}" for value in np.sqrt((error[:, :3] ** 2).mean(axis=0))),
        ", ".join(f"{1000.0 * value:.2f}" for value in np.sqrt((sigma[:, :3] ** 2).mean(axis=0))),
    )


def main(arguments: list[str]) -> int:
    """Tries all and writes the document."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.intervals", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    seeds = parser.parse_args(arguments).seeds
    names = [shape.name for shape in (*TUNED, *HELD_OUT)]
    rows, load, built_as_asked = [], machine.load(), []
    with ProcessPoolExecutor(2) as pool:
        for off in _BUILT_M:
            for kind in _KINDS:
                trials = [Trial(name, kind, off, seed) for name in names for seed in range(seeds if off else 1)]
                outcomes = list(pool.map(tried, trials))
                built_as_asked += outcomes if off else []
                rows.append(_row(f"{kind}, elements {1000.0 * off:.0f} mm off", outcomes))
                sys.stderr.write(f"{rows[-1]}\n")
    rows.append(_row("all with elements off", built_as_asked))
    head = ("survey", "accepted", "held", "shifts", "turns", "ratio of each", "error mm", "stated mm")
    where = f"{machine.description()}. Load before the run: {load:.1f}."
    DOCUMENT.write_text("\n\n".join([_INTRO, where, table(head, rows)]) + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
