"""The pass over a survey at several sizes: ``python -m tests.bench.scale`` writes ``docs/benchmarks-scale.md``."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from samples import write_sample_site

from . import machine
from .cases import ROOT
from .running import run
from .tables import NONE, table

DOCUMENT = ROOT / "docs" / "benchmarks-scale.md"
SIZES = ((1_000_000, 1), (10_000_000, 1), (1_000_000, 13), (10_000_000, 13))
"""Points, and how many of the sample building stand side by side."""

_INTRO = """\
# Benchmarks of the pass

Written by `python -m tests.bench.scale`. The approved model of the [sample site](tutorial/sample-site.md), once and 13
times side by side, against points on its surfaces with 3 mm of noise, 5 % of them anywhere, in a LAZ file. Each line is
a process of its own, after a first one that compiles what is compiled once.

*Decode* brings the points into columns. *Distance* is triangle and signed distance of every point, the band's set-up
apart; *measure* is the whole comparison: distances, thinning, rays from 30 stations, coverage and states. Seconds are
those of the CPU (all threads), then of the wall. *Open3D* is its closest point of the first million points, single
precision and unsigned, in the same process. Memory is the peak while measuring, in 10^6 bytes, mapped files apart."""


def main() -> int:
    """Measures all sizes and writes the document; 1 where a size failed."""
    load = machine.load()
    with TemporaryDirectory(prefix="plumbline-bench-") as name:
        scratch = Path(name)
        site = write_sample_site(scratch / "site")
        _figures(site.design, 100_000, 1, scratch)
        measured = [_figures(site.design, points, tiles, scratch) for points, tiles in SIZES]
    about = f"Plumbline {version('plumbline')} on {machine.description()}. Load before the first line: {load:.1f}."
    rows = [_row(figures) for figures in measured if figures]
    DOCUMENT.write_text(f"{_INTRO}\n\n{about}\n\n{table(_HEAD, rows)}\n", encoding="utf-8", newline="\n")
    return int(len(rows) < len(measured))


def _figures(design: Path, points: int, tiles: int, scratch: Path) -> dict[str, Any] | None:
    survey, folder = scratch / f"{points}-{tiles}.laz", scratch / f"{points}-{tiles}"
    folder.mkdir()
    command = (sys.executable, "-m", "tests.bench.passing", design, tiles, points, survey, folder)
    done = run([str(part) for part in command], scratch, scratch / "cache")
    sys.stderr.write(f"{points} points, {tiles} buildings: {done.output or done.complaint}")
    survey.unlink(missing_ok=True)
    figures: dict[str, Any] | None = json.loads(done.output) if done.code == 0 else None
    return figures


_HEAD = (
    "points, million",
    "triangles",
    "decode s",
    "set-up s",
    "distance s",
    "measure s",
    "measure over decode",
    "distance, million a CPU second",
    "Open3D, million a CPU second",
    "ratio",
    "memory MB",
)


def _row(figures: dict[str, Any]) -> tuple[str, ...]:
    millions = figures["points"] / 1e6
    ours, theirs = millions / figures["distance"][1], min(millions, 1.0) / figures["open3d"][1]
    return (
        f"{millions:.0f}",
        f"{figures['triangles']:,}",
        *(_seconds(figures[name]) for name in ("decode", "set_up", "distance", "measure")),
        f"{figures['measure'][1] / figures['decode'][1]:.1f}" if figures["decode"][1] else NONE,
        f"{ours:.2f}",
        f"{theirs:.2f}",
        f"{ours / theirs:.1f}",
        f"{figures['memory_mb']:.0f}",
    )


def _seconds(pair: list[float]) -> str:
    wall, cpu = pair
    return f"{cpu:.1f}, {wall:.1f}"


if __name__ == "__main__":
    sys.exit(main())
