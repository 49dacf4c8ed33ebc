"""The document ``docs/benchmarks.md``."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import numpy as np

from . import tables
from .cases import SHIFT_M, TURN_DEG
from .measuring import Measured, Unmeasured
from .targets import targets
from .truth import pose_difference

BUSY = 0.5
"""Load from which other work on the machine is felt."""

_INTRO = """\
# Benchmarks

Written by `make bench`. `python -m tests.bench NAME...` measures only the cases whose names begin so, and prints.

Surveys and models lie in `../shared/sites` and `../shared/data`, or where `PLUMBLINE_SITES` and `PLUMBLINE_DATA` say;
`sample` is [the sample site](tutorial/sample-site.md), which the run writes itself. Each case is one process of its
own, run once after a first run that compiles what is compiled once a machine. The design is read from the model, not
from the cache. Input files were read before, so that no run waits for the disk."""

_SPEED = """\
## Time and memory

Wall and CPU seconds (user and system, all threads) and peak resident memory (10^6 bytes, pages of mapped files
included) of the whole process, start of the interpreter included; of `sample`, the writing of the site too. *Bare
decode* only brings all points of the survey into columns, in a process of its own in the same run: the ratio to it
depends less on the machine than the seconds do."""

_STAGES = """\
## Where the time goes

Percent of the wall time. *Other* is what no stage claims: start of the interpreter, judgement, and of `sample` the
writing of the site."""

_EDITS = """\
## What was found

IoU is the intersection over the union of two upright boxes: that of the finding and that of the truth. Volume is
measured over true; base and top are measured minus true levels of the box. A building of which all above a level stands
higher has as its true box the extent of that part, up to the as-built top, and no volume."""

_RESULTS = """\
A false accusation is a finding with verdict *inconsistent* that shares less than half of its box with everything that
was built otherwise. The pose is compared with the true one at the centre of the building, storey levels with those
that were built. Where nobody knows the true pose, neither can be said."""

_TOWERS = """\
The tower is real and nobody knows its true pose. A coarse one from an alignment by hand was given, and the size of
the survey was free. The box above the two approved storeys is concluded from the design of the whole tower."""


def report(
    results: Sequence[Measured | Unmeasured],
    machine: str,
    load: float,
    product: str,
) -> str:
    """The whole document.

    Parameters
    ----------
    machine : str
        In neutral words.
    load : float
        Processes that wanted to run before the first case.
    product : str
        Name and version of what was measured.
    """
    measured = [result for result in results if isinstance(result, Measured)]
    parts = [_INTRO, _where(product, machine, load)]
    if measured:
        parts += _measured(measured)
    parts += _unmeasured([result for result in results if isinstance(result, Unmeasured)])
    return "\n\n".join(parts) + "\n"


def _wrapped(text: str) -> str:
    return fill(text, 118, break_long_words=False, break_on_hyphens=False)


def _where(product: str, machine: str, load: float) -> str:
    text = f"{product} on {machine}. Load of the machine before the first case: {load:.1f}."
    if load > BUSY:
        text += " It did other work besides: wall seconds are too high, CPU seconds the safer figures."
    return _wrapped(text)


def _measured(measured: Sequence[Measured]) -> list[str]:
    parts = ["## Targets", targets(measured), _SPEED, tables.speed(measured), _STAGES, tables.stages(measured)]
    if any(case.accuracy.matches for case in measured):
        parts += [_EDITS, tables.edits(measured)]
    else:
        parts += ["## What was found"]
    return [*parts, _RESULTS, tables.results(measured), *_given(measured), *_towers(measured), *_repeated(measured)]


def _given(measured: Sequence[Measured]) -> list[str]:
    named = [case.case.name for case in measured if case.case.coarse == "truth"]
    if not named:
        return []
    off = float(np.linalg.norm(SHIFT_M))
    text = f"Given a coarse pose, off by {off:.1f} m and {TURN_DEG:.0f}° about the vertical: {', '.join(named)}."
    return [_wrapped(text)]


def _towers(measured: Sequence[Measured]) -> list[str]:
    """Two designs of one building, placed in one survey independently of each other."""
    towers = [case for case in measured if case.case.coarse == "hand"]
    if not towers:
        return []
    text = _TOWERS.replace("\n", " ")
    if len(towers) == 2:
        one, other = (np.array(case.document["registration"]["design_from_survey"]) for case in towers)
        millimetres, degrees = pose_difference(one, other, towers[1].building)
        scales = " and ".join(f"{case.document['registration']['scale']:.3f}" for case in towers)
        text += (
            f" Both designs were placed independently of each other: the poses differ by {millimetres / 1000.0:.2f} m "
            f"at the centre of the smaller and by {degrees:.2f}°, with scales of {scales}."
        )
    return [_wrapped(text)]


def _repeated(measured: Sequence[Measured]) -> list[str]:
    parts = [_again(case) for case in measured if case.again is not None]
    return ["## A second run", *parts] if parts else []


def _again(case: Measured) -> str:
    again = case.again
    assert again is not None
    same = "is the same, apart from" if again.identical else "**differs** in more than"
    others = ", ".join(f"`{name}`" for name in again.differing)
    files = f"Of the other files only {others} differ." if others else "All other files are equal byte for byte."
    return _wrapped(
        f"`{case.case.name}` was inspected twice. Reading the design took {again.first_s:.2f} s, and "
        f"{again.second_s:.2f} s from the cache; the whole run {again.first_wall_s:.1f} s and "
        f"{again.second_wall_s:.1f} s. `inspection.json` {same} the seconds and the peak memory of the stages. {files}"
    )


def _unmeasured(cases: Sequence[Unmeasured]) -> list[str]:
    if not cases:
        return []
    rows = [(each.case.name, "failed" if each.failed else "skipped", each.why) for each in cases]
    return ["## Not measured", tables.table(("case", "", "why"), rows)]
