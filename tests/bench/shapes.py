"""Shapes inspected from a known pose: ``python -m tests.bench.shapes [--write] [NAME...]``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.observing import inspected  # noqa: E402 - after the path to the tests' support
from support.shape_catalogue import HELD_OUT, TUNED  # noqa: E402
from support.shape_edits import ABOVE, EDITS, INSIDE, RAYS, ShapeEdit  # noqa: E402
from support.shape_inspections import case_of  # noqa: E402
from support.shape_surveys import Look  # noqa: E402

from twin.conformity.model import Finding, FindingVerdict, Verdict  # noqa: E402

from . import machine  # noqa: E402
from .scenarios.conclusion import SHARED, iou, shared  # noqa: E402
from .tables import table  # noqa: E402

DOCUMENT = ROOT / "docs" / "benchmarks-shapes.md"
LOOKS = {
    "inside": Look("inside", told=True, seed=3),
    "inside, no stations": Look("inside", seed=3),
    "around, no stations": Look("around", seed=3),
    "street": Look("street", told=True, seed=3),
    "drone, no stations": Look("drone", 0.015, seed=3),
}
_FROM_OUTSIDE = ("around, no stations", "street", "drone, no stations")
_HEIGHTS = ("extra storey", "room on the roof", "lean-to")
"""Changes that are as high as their box."""
_PARTIAL = ("street",)
"""Half of the building is not seen: what stands on the other half is not shown."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: the shape's name, what was changed, how it was surveyed."""

    shape: str
    edit: str
    look: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was concluded.

    `found`: the right kind, at least borderline; None where nothing was changed or shown. `held`: the true height lies
    within the stated uncertainty; None where none was stated.
    """

    of: Trial
    found: bool | None
    iou: float | None
    volume: float | None
    levels_m: tuple[float, float] | None
    held: bool | None
    accused: tuple[str, ...]
    silenced: bool
    seconds: float


_INTRO = """\
# Shapes

Written by `python -m tests.bench.shapes --write`. Twelve buildings of other shapes than those of the
[scenarios](benchmarks-scenarios.md): gable and mono-pitch, L, horseshoe, court, round, hexagon, flatiron, bow, terrace,
crooked, two on one plot; windows are openings with nothing in them. Each is surveyed by tripods inside and outside with
and without stations, by tripods outside without stations, from the street, and by a drone without stations, among
containers, cars and a neighbour. The pose is known. The shapes are those on which
[registration](benchmarks-registration.md) is tried; what is added, judged and measured was not made on them until
{since}, when a first run found rooms taken for enclosures of a lean-to, slabs parted by partitions, and roofs that came
down by the thickness of a slab taken for ceilings. So they are not held out any more.

A change counts where the survey shows it: inside changes to tripods inside, a room on the roof to a drone, a window
that was made to tripods inside that name their stations, a storey squeezed in to all, by floors or by windows; from the
street nothing counts but what was built as approved. *Found* is the right kind with a verdict of at least borderline.
An accusation is false when it is inconsistent and shares less than half of its box with what was changed. IoU, volume
and levels are those of the finding against the box of the change, medians over what was found; *height within* counts
the true heights that lie within the stated expanded uncertainty (95 %)."""


def all_trials() -> Iterator[Trial]:
    """Every shape with every change that it can bear, by every survey."""
    for shape in (*TUNED, *HELD_OUT):
        for edit, make in EDITS.items():
            if make(shape) is not None:
                yield from (Trial(shape.name, edit, look) for look in LOOKS)


def shown(trial: Trial) -> bool:
    """Whether the survey shows the change."""
    if trial.edit in INSIDE and trial.look in _FROM_OUTSIDE:
        return False
    if trial.edit in RAYS and trial.look != "inside":
        return False
    if trial.edit in ABOVE and not trial.look.startswith("drone"):
        return False
    return trial.look not in _PARTIAL


def tried(trial: Trial) -> Outcome:
    """Inspects one trial."""
    shape = next(shape for shape in (*TUNED, *HELD_OUT) if shape.name == trial.shape)
    edit = EDITS[trial.edit](shape)
    assert edit is not None
    case = case_of(edit, LOOKS[trial.look])
    started = time.perf_counter()
    judgement = inspected(case).judgement
    seconds = time.perf_counter() - started
    judged = [f for f in judgement.findings if f.verdict is not FindingVerdict.INFORMATION]
    accused = tuple(
        f"{f.kind}: {f.title}"
        for f in judged
        if f.verdict is FindingVerdict.INCONSISTENT and (edit.box is None or shared(f.box, edit.box) < SHARED)
    )
    silenced = edit.kind is not None and judgement.verdict is Verdict.CONSISTENT
    if edit.box is None or not shown(trial):
        return Outcome(trial, None, None, None, None, None, accused, silenced, seconds)
    alike = [f for f in judged if str(f.kind) == edit.kind and iou(f.box, edit.box) > 0.0]
    best = max(alike, key=lambda f: iou(f.box, edit.box), default=None)
    if best is None:
        return Outcome(trial, False, None, None, None, None, accused, silenced, seconds)
    sizes = [float(np.prod(box[1] - box[0])) for box in (best.box, edit.box)]
    base, top = (float(v) for v in best.box[:, 2] - edit.box[:, 2])
    overlap = iou(best.box, edit.box)
    held = _held(best, edit) if trial.edit in _HEIGHTS else None
    return Outcome(trial, True, overlap, sizes[0] / sizes[1] - 1.0, (base, top), held, accused, silenced, seconds)


def _held(finding: Finding, edit: ShapeEdit) -> bool | None:
    """Whether the true height lies within what is stated of it."""
    unsure = finding.uncertainty["height_m"]
    if finding.height_m is None or unsure is None or edit.box is None:
        return None
    return bool(abs(finding.height_m - float(np.ptp(edit.box[:, 2]))) <= unsure)


def report(outcomes: Sequence[Outcome], about: str) -> str:
    """The document."""
    missed = [f"- missed: {_named(o.of)}" for o in outcomes if o.found is False]
    accused = [f"- accused: {_named(o.of)}: {text}" for o in outcomes for text in o.accused]
    silenced = [f"- called consistent: {_named(o.of)}" for o in outcomes if o.silenced]
    head = (
        "change",
        "tried",
        "shown",
        "found",
        "box IoU",
        "volume",
        "base mm",
        "top mm",
        "height within",
        "false accusations",
    )
    rows = [_row(edit, [o for o in outcomes if o.of.edit == edit]) for edit in EDITS]
    parts = [_INTRO.format(since="2026-11-26"), about, table(head, rows), "\n".join([*accused, *silenced, *missed])]
    return "\n\n".join(part for part in parts if part) + "\n"


def _row(edit: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    asked = [o for o in outcomes if o.found is not None]
    found = [o for o in asked if o.found]
    accusations = str(sum(len(o.accused) for o in outcomes))
    counts = (edit, str(len(outcomes)), str(len(asked)), str(len(found)))
    if not found:
        return (*counts, "-", "-", "-", "-", "-", accusations)
    overlap = np.median([o.iou for o in found if o.iou is not None])
    volume = np.median([abs(o.volume) for o in found if o.volume is not None])
    base, top = np.median([np.abs(o.levels_m) for o in found if o.levels_m is not None], axis=0)
    figures = f"{overlap:.2f}", f"{100.0 * volume:.0f} %", f"{1000.0 * base:.0f}", f"{1000.0 * top:.0f}"
    held = [o.held for o in found if o.held is not None]
    return (*counts, *figures, f"{sum(held)} of {len(held)}" if held else "-", accusations)


def _named(trial: Trial) -> str:
    return f"{trial.shape}, {trial.edit}, {trial.look}"


def main(arguments: list[str]) -> int:
    """Tries and reports; 1 where somebody honest was accused or a change was called consistent."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.shapes", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks-shapes.md")
    parser.add_argument("--step", type=int, default=1, help="try only each so many-th trial: 3 takes a quarter hour")
    parser.add_argument("name", nargs="*", help="shapes, changes or surveys to try, by the beginning of their names")
    options = parser.parse_args(arguments)
    trials = [
        t
        for t in all_trials()
        if all(any(part.startswith(name) for part in (t.shape, t.edit, t.look)) for name in options.name)
    ]
    trials = trials[:: options.step]
    load, outcomes = machine.load(), []
    with ProcessPoolExecutor() as pool:
        for outcome in pool.map(tried, trials):
            outcomes.append(outcome)
            marks = ("! " if outcome.accused or outcome.silenced else "") + (
                "missed " if outcome.found is False else ""
            )
            sys.stderr.write(f"{marks}{_named(outcome.of)}, {outcome.seconds:.1f} s {' | '.join(outcome.accused)}\n")
    about = f"{machine.description()}. Load before the run: {load:.1f}. Tried each {options.step}. of all trials."
    text = report(outcomes, about)
    if options.write:
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(text)
    return int(any(o.accused or o.silenced for o in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
