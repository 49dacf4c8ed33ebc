"""``python -m tests.bench.scenarios [--seeds FIRST LAST] [--write]``: recall, false accusations and accuracy."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests"))

from .conclusion import Conclusion, conclude  # noqa: E402 - after the path to the tests' support
from .report import report  # noqa: E402
from .scenario import scenario  # noqa: E402

DOCUMENT = ROOT / "docs" / "benchmarks-scenarios.md"


def main(arguments: list[str]) -> int:
    """Inspects and reports; 1 where somebody honest was accused or a change was called consistent."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scenarios")
    parser.add_argument("--seeds", nargs=2, type=int, default=(0, 240), metavar=("FIRST", "LAST"))
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks-scenarios.md")
    options = parser.parse_args(arguments)
    results = []
    with ProcessPoolExecutor() as pool:
        for result in pool.map(_concluded, range(*options.seeds)):
            results.append(result)
            sys.stderr.write(_line(result) + "\n")
    text = report(results)
    if options.write:
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(text)
    return int(any(each.accused or each.silenced for each in results))


def _concluded(seed: int) -> Conclusion:
    return conclude(scenario(seed))


def _line(one: Conclusion) -> str:
    about = f"{one.of.seed} {one.of.change}, {one.of.survey}, {1000.0 * one.of.noise_m:.0f} mm, {one.of.density:.0f}/m2"
    said = f"{one.kind or '-'} IoU {one.iou:.2f} {one.base_m:+.3f} {one.top_m:+.3f}" if one.iou is not None else "-"
    marks = "".join(["! " if one.accused or one.silenced else "", "" if one.found or not one.of.shown else "missed "])
    return f"{marks}{about}: {said}; {one.verdict}; {one.seconds:.1f} s {' | '.join(one.accused)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
