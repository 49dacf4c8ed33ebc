"""Real models, built otherwise and inspected: ``python -m tests.bench.models [--write] [--only NAME...] [IFC...]``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests"))

from tests.bench import machine  # noqa: E402 - after the path to the tests' support

from .edits import EDITS  # noqa: E402
from .report import report  # noqa: E402
from .trying import LOOKS, Outcome, Trial, tried  # noqa: E402

DOCUMENT = ROOT / "docs" / "benchmarks-models.md"
DATA = Path(os.environ.get("PLUMBLINE_DATA", ROOT.parent / "shared" / "data"))
MODELS = ("models/AC20-FZK-Haus.ifc", "models/Duplex_A_20110907.ifc")


def main(arguments: Sequence[str]) -> int:
    """Tries and reports; 1 where somebody honest was accused or a change was called consistent."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.models", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks-models.md")
    parser.add_argument("--only", nargs="*", default=(), help="changes and surveys, by the beginning of their names")
    parser.add_argument("models", nargs="*", type=Path, help="IFC files; those of the data folder otherwise")
    options = parser.parse_args(arguments)
    models = options.models or [path for path in (DATA / name for name in MODELS) if path.is_file()]
    trials = [
        Trial(str(model), edit, look)
        for model in models
        for edit in EDITS
        for look in LOOKS
        if all(edit.startswith(name) or look.startswith(name) for name in options.only)
    ]
    load, outcomes = machine.load(), []
    with ProcessPoolExecutor() as pool:
        for trial, outcome in zip(trials, pool.map(tried, trials), strict=True):
            if outcome is not None:
                outcomes.append(outcome)
            sys.stderr.write(f"{_line(trial, outcome)}\n")
    text = report(outcomes, f"{machine.description()}. Load before the run: {load:.1f}.")
    if options.write:
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(text)
    return int(any(outcome.accused or outcome.silenced for outcome in outcomes))


def _line(trial: Trial, outcome: Outcome | None) -> str:
    if outcome is None:
        return f"{trial}: the model does not bear it"
    said = "" if outcome.found is None else " found" if outcome.found else " MISSED"
    sizes = "" if outcome.iou is None else f" IoU {outcome.iou:.2f}"
    loud = "".join(f"\n    ACCUSED {text}" for text in outcome.accused) + ("\n    SILENCED" if outcome.silenced else "")
    return f"{trial}: {outcome.status}{said}{sizes}, {outcome.seconds:.1f} s{loud}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
