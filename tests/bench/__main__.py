"""Benchmarks: ``python -m tests.bench [NAME...]``; without names all cases, and ``docs/benchmarks.md`` is written."""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from . import machine
from .cases import ROOT, SAMPLE, Case, all_cases, chosen
from .measuring import Measured, Unmeasured, measure
from .report import report
from .running import PLUMBLINE, run

DOCUMENT = ROOT / "docs" / "benchmarks.md"
REPEATED = (SAMPLE, "strijp-whole", "s02-duplex-extra-storey")
"""Runs twice: the first of these that is measured, as its design takes longest to read."""


def main(arguments: list[str]) -> int:
    """Measures and reports; 1 where a case failed, 2 for a name that is none."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Time, memory and accuracy.")
    parser.add_argument("name", nargs="*", help="cases to measure, by the beginning of their names; prints only")
    names = parser.parse_args(arguments).name
    load = machine.load()
    with TemporaryDirectory(prefix="plumbline-bench-") as scratch:
        try:
            cases = chosen(all_cases(Path(scratch)), names)
        except ValueError as error:
            parser.error(str(error))
        results = measured(cases, Path(scratch))
    text = report(results, machine.description(), load, f"Plumbline {version('plumbline')}")
    if names:
        sys.stdout.write(text)
    else:
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    return int(any(isinstance(each, Unmeasured) and each.failed for each in results))


def measured(cases: tuple[Case, ...], scratch: Path) -> list[Measured | Unmeasured]:
    """All cases, one after another, with one line to standard error for each."""
    cache = scratch / "cache"
    here = {case.name for case in cases if case.missing is None}
    if here:
        _say("first run, to compile what is compiled once")
        run((*PLUMBLINE, "demo", "--quiet", "-o", str(scratch / "first")), scratch, cache)
    repeated = next((name for name in REPEATED if name in here), None)
    results: list[Measured | Unmeasured] = []
    for case in cases:
        result = measure(case, scratch, cache, repeat=case.name == repeated)
        results.append(result)
        _say(_line(result))
    return results


def _line(result: Measured | Unmeasured) -> str:
    if isinstance(result, Unmeasured):
        return f"{result.case.name}: {result.why}"
    return f"{result.case.name}: {result.inspection.wall_s:.1f} s, {result.inspection.peak_mb:.0f} MB"


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
