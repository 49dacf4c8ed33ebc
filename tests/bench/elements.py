"""States of elements on generated buildings: ``python -m tests.bench.elements [--seeds N]``.

Of each building of the shape catalogue some elements are left out and some built off their place. Writes
``docs/benchmarks-elements.md``.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.observing import registration_of  # noqa: E402
from support.shape_catalogue import HELD_OUT, TUNED  # noqa: E402
from support.shape_inspections import about  # noqa: E402
from support.shape_surveys import Look, anywhere, cloud_of, stations, surveyed  # noqa: E402
from support.shapes import Body, Shape, bodies, design_of  # noqa: E402

from twin.arrays import Floats  # noqa: E402
from twin.deviation import measure  # noqa: E402
from twin.deviation.settings import DeviationSettings  # noqa: E402
from twin.frames import inverse  # noqa: E402

from . import machine  # noqa: E402
from .tables import table  # noqa: E402

DOCUMENT = ROOT / "docs" / "benchmarks-elements.md"
_JUDGED = ("wall", "partition", "slab")
_SHARE = 8
"""One of so many is left out, one of so many built off its place."""
_LEAST_M, _MOST_M = 0.03, 0.30
_TOLERANCE_M = 0.05
_STATES = ("as_designed", "displaced", "missing", "not_observed")
_TRUTHS = ("as approved", "off by up to 50 mm", "off by 50 to 100 mm", "off by more", "left out")

_INTRO = """\
# States of elements

Written by `python -m tests.bench.elements`; run by hand. Twelve buildings of code; of the walls, partitions and slabs
of each one in eight was left out and one in eight built 30 to 300 mm off, walls along their normal, slabs in height.
Tripods inside and around, or around only; each sees all that is in its sight, with 3 mm of noise; stations named or
not. The pose is known. Rows are what was built, columns what was said of it; without stations only walls of which the
foot or the head was laid bare can be called missing, and all else must be *not observed*, never *as designed*. Walls
that moved by about their own thickness show one face where the other was approved: where nobody says from which side it
was seen, and only one face was seen, that is *as designed*. Bare ground where a slab was left out reads as the
slab, displaced, where stations are not named; where they are, a slab that sank by its thickness reads as missing."""


@dataclass(frozen=True)
class Trial:
    """One survey of one building."""

    shape: str
    kind: str
    told: bool
    seed: int


def tried(trial: Trial) -> list[tuple[str, str]]:
    """What was built of each element, and what was said of it."""
    shape = next(shape for shape in (*TUNED, *HELD_OUT) if shape.name == trial.shape)
    random = np.random.default_rng([trial.seed, 31])
    gone, moved = _edited(bodies(shape), random)
    built = [
        replace(part, vertices=part.vertices + moved.get(part.name, 0.0))
        for part in bodies(shape)
        if part.name not in gone
    ]
    design = design_of(shape)
    points, scan, places = _seen(shape, [*built, *about(shape)], trial)
    survey_from_design = anywhere(np.random.default_rng(trial.seed), 0.0)
    cloud = cloud_of(points, scan, places, survey_from_design, trial.told)
    known = replace(registration_of(design, inverse(survey_from_design)), residual_rms_m=0.003)
    results = measure(design, cloud, known, DeviationSettings()).elements
    names = [design.elements[result.element].name for result in results]
    return [(_truth(name, gone, moved), str(result.status)) for name, result in zip(names, results, strict=True)]


def _edited(parts: list[Body], random: np.random.Generator) -> tuple[set[str], dict[str, Floats]]:
    """Names that are left out, and shifts by name."""
    names = [name for name in dict.fromkeys(part.name for part in parts) if name.startswith(_JUDGED)]
    picked = [str(name) for name in random.permutation(names)]
    count = max(1, len(names) // _SHARE)
    moved = {}
    for name in picked[count : 2 * count]:
        corners = np.vstack([part.vertices for part in parts if part.name == name])
        size = random.choice([-1.0, 1.0]) * random.uniform(_LEAST_M, _MOST_M)
        moved[name] = size * (np.array([0.0, 0.0, 1.0]) if name.startswith("slab") else _across(corners))
    return set(picked[:count]), moved


def _across(corners: Floats) -> Floats:
    """Unit normal, level, of an upright element."""
    arm = corners[:, :2] - corners[:, :2].mean(axis=0)
    return np.array([*np.linalg.eigh(arm.T @ arm)[1][:, 0], 0.0])


def _seen(shape: Shape, parts: list[Body], trial: Trial) -> tuple[Floats, np.ndarray, Floats]:  # type: ignore[type-arg]
    look = Look(trial.kind, density=40.0, told=trial.told)
    places = stations(shape, look)
    views = [
        surveyed(shape, parts, replace(look, seed=1000 * trial.seed + k), places[k : k + 1])[0]
        for k in range(len(places))
    ]
    return np.vstack(views), np.repeat(np.arange(len(places)), [len(v) for v in views]).astype(np.int32), places


def _truth(name: str, gone: set[str], moved: dict[str, Floats]) -> str:
    if name in gone:
        return _TRUTHS[4]
    size = float(np.linalg.norm(moved[name])) if name in moved else 0.0
    return _TRUTHS[0] if size == 0.0 else _TRUTHS[1 + int(size > _TOLERANCE_M) + int(size > 2.0 * _TOLERANCE_M)]


def main(arguments: list[str]) -> int:
    """Tries all and writes the document."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.elements", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    seeds = parser.parse_args(arguments).seeds
    load, parts = machine.load(), []
    with ProcessPoolExecutor(2) as pool:
        for kind in ("inside", "around"):
            for told in (True, False):
                trials = [Trial(s.name, kind, told, seed) for s in (*TUNED, *HELD_OUT) for seed in range(seeds)]
                count = Counter(pair for pairs in pool.map(tried, trials) for pair in pairs)
                rows = [(truth, *(str(count[truth, state]) for state in _STATES)) for truth in _TRUTHS]
                stated = "stations named" if told else "stations not named"
                parts += [f"## {kind}, {stated}", table(("built", *(s.replace("_", " ") for s in _STATES)), rows)]
    where = f"{machine.description()}. Load before the run: {load:.1f}."
    DOCUMENT.write_text("\n\n".join([_INTRO, where, *parts]) + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
