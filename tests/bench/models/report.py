"""The document ``docs/benchmarks-models.md``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.bench.tables import table

from .edits import EDITS
from .trying import Outcome

_INTRO = """\
# Models

Written by `python -m tests.bench.models --write`; `python -m tests.bench.models FILE.ifc` tries any other model. Models
that architects' programs wrote are changed by geometry alone (`tests/bench/models/edits.py`): where a wall is even a
room is built against it, where a roof is flat a room stands on it, storeys are doubled, stretched and pressed, walls
left out and moved, windows walled up. Tripods stand in every room and around, or around only, or a drone flies; glass
gives no returns to speak of; 3 mm of noise, 12 mm from the drone. The survey lies at any place and heading, and is
registered from there.

*Shown* are changes that a survey can show; *found* is the right kind with a verdict of at least borderline. An
accusation is false when it is inconsistent and shares less than half of its box with what was changed. IoU, volume and
levels are those of the finding's box against the true one, medians over what was found. *Within* counts the true
areas, heights and volumes that lie within the stated expanded uncertainty (95 %)."""

_HEAD = (
    "change",
    "tried",
    "placed",
    "shown",
    "found",
    "box IoU",
    "volume",
    "base mm",
    "top mm",
    "area within",
    "height within",
    "volume within",
    "false accusations",
)


def report(outcomes: Sequence[Outcome], about: str) -> str:
    """The document's text."""
    rows = [_row(edit, [outcome for outcome in outcomes if outcome.of.edit == edit]) for edit in EDITS]
    accused = [f"- accused: {outcome.of}: {text}" for outcome in outcomes for text in outcome.accused]
    silenced = [f"- called consistent: {outcome.of}" for outcome in outcomes if outcome.silenced]
    missed = [f"- missed: {outcome.of}" for outcome in outcomes if outcome.found is False]
    unplaced = [
        f"- not placed: {outcome.of}: {outcome.status}"
        for outcome in outcomes
        if not outcome.status.endswith("accepted")
    ]
    parts = [_INTRO, about, table(_HEAD, rows), "\n".join([*accused, *silenced, *missed, *unplaced])]
    return "\n\n".join(part for part in parts if part) + "\n"


def _row(edit: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    shown = [outcome for outcome in outcomes if outcome.found is not None]
    found = [outcome for outcome in shown if outcome.found]
    placed = sum(outcome.found is not None or outcome.status.endswith("accepted") for outcome in outcomes)
    counts = (edit, str(len(outcomes)), str(placed), str(len(shown)), str(len(found)))
    accusations = str(sum(len(outcome.accused) for outcome in outcomes))
    within = [_within(found, name) for name in ("area_m2", "height_m", "volume_m3")]
    if not found:
        return (*counts, "-", "-", "-", "-", *within, accusations)
    sizes = np.array([(o.iou, o.volume, o.base_m, o.top_m) for o in found], dtype=np.float64)
    overlap, (volume, base, top) = np.median(sizes[:, 0]), np.median(np.abs(sizes[:, 1:]), axis=0)
    figures = (f"{overlap:.2f}", f"{100.0 * volume:.0f} %", f"{1000.0 * base:.0f}", f"{1000.0 * top:.0f}")
    return (*counts, *figures, *within, accusations)


def _within(found: Sequence[Outcome], size: str) -> str:
    held = [held for outcome in found for name, held in outcome.held if name == size]
    return f"{sum(held)} of {len(held)}" if held else "-"
