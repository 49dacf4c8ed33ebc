"""The pass over a survey at several sizes: ``python -m tests.bench.scale`` writes ``docs/benchmarks-scale.md``."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from samples import write_sample_site
from twin.design import read_design
from twin.survey import decode, open_survey

from . import machine
from .cases import ROOT
from .dense import write_dense_tiles
from .peers import Pair, compared, write_inputs
from .running import run
from .tables import table
from .tiles import tiled

DOCUMENT = ROOT / "docs" / "benchmarks-scale.md"
SIZES = ((1, 1, 1), (10, 1, 1), (1, 13, 1), (10, 13, 1), (100, 13, 1), (10, 310, 1))
"""Million points, how many of the sample building stand side by side, and how often the file is read as another."""
LARGEST = (100, 13, 10)
"""Takes forty gigabytes of disk and half an hour: only with ``--largest``."""
AGAINST = ((10, 13), (100, 13))
"""The same, for the comparison with CloudCompare."""

_INTRO = """\
# Benchmarks of the pass

Written by `python -m tests.bench.scale`. The approved model of the [sample site](tutorial/sample-site.md), once and
many times side by side, against laser scans of what was built there: 18 stations a building, rays in the order in which
they were sent, street, cars, trees and scaffolding included, in a LAZ file. Each line is a process of its own, after a
first one that compiles what is compiled once.

*Bare* unpacks the file by the library's reader on all cores and drops the points. *Decode* brings them into columns on
disk. The *sweep* reads the columns once: nearest triangle and signed distance of every point, one point drawn for each
occupied cell, and the passage of rays from all stations. *Measure* is the sweep and all that follows to the state of
every element. Seconds are those of the wall; in brackets, of the CPU over all threads. *Open3D* is its closest point of
the first million points in the same process, single precision, unsigned, over CPU seconds. Memory is the peak of
*measure*, in 10^6 bytes, mapped files apart."""

_PEERS = """\
## Against CloudCompare

Distances within 0.1 m by `C2M_DIST -MAX_DIST 0.1`, which runs on one core by its own rule, and by ours on one core,
nothing known before; the same binary PLY files for both. *Compute* is the distances alone: theirs as it prints them,
both steps; ours from the bare mesh to the last point. *Whole* is the process from start to end, reading included."""


def main() -> int:
    """Measures all sizes and writes the document; 1 where a size failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description="The pass at several sizes.")
    parser.add_argument("--largest", action="store_true", help="a billion points too: 40 GB of disk")
    sizes = (*SIZES, LARGEST) if parser.parse_args().largest else SIZES
    load = machine.load()
    with TemporaryDirectory(prefix="plumbline-bench-") as name:
        scratch = Path(name)
        site = write_sample_site(scratch / "site")
        _figures(site.design, 1, 1, 1, scratch)
        measured = [_figures(site.design, *size, scratch) for size in sizes]
        pairs = [_against(site.design, millions, tiles, scratch) for millions, tiles in AGAINST]
    about = f"Plumbline {version('plumbline')} on {machine.description()}. Load before the first line: {load:.1f}."
    rows = [_row(figures) for figures in measured if figures]
    found = [_peer_row(pair) for pair in pairs if pair]
    peers = table(_PEER_HEAD, found) if found else "No figures: CloudCompare is absent, or one of both programs failed."
    text = f"{_INTRO}\n\n{about}\n\n{table(_HEAD, rows)}\n\n{_PEERS}\n\n{peers}\n"
    DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    return int(len(rows) < len(measured))


def _figures(design: Path, millions: int, tiles: int, times: int, scratch: Path) -> dict[str, Any] | None:
    survey, folder = scratch / f"{millions}-{tiles}.laz", scratch / f"{millions}-{tiles}"
    folder.mkdir(exist_ok=True)
    command = (sys.executable, "-m", "tests.bench.passing", design, tiles, millions * 10**6, times, survey, folder)
    done = run([str(part) for part in command], scratch, scratch / "cache")
    sys.stderr.write(f"{millions * times} million points, {tiles} buildings: {done.output or done.complaint}")
    shutil.rmtree(folder)
    for name in survey.parent.glob(f"{survey.stem}*{survey.suffix}"):
        name.unlink()
    figures: dict[str, Any] | None = json.loads(done.output) if done.code == 0 else None
    return figures


def _against(design: Path, millions: int, tiles: int, scratch: Path) -> Pair | None:
    one = read_design((design,), scratch / "designs")
    surface, survey = tiled(one, tiles).surface, scratch / "peers.laz"
    model, points = scratch / "model.ply", scratch / "points.ply"
    write_dense_tiles(survey, one.surface, tiles, millions * 1_000_000)
    write_inputs(surface, decode(open_survey([survey]), scratch / "columns"), model, points)
    pair = compared(model, points, scratch)
    sys.stderr.write(f"{millions} million points against CloudCompare: {pair}\n")
    return pair


_HEAD = (
    "points, million",
    "triangles",
    "bare s",
    "decode s",
    "sweep s",
    "measure s",
    "sweep over bare",
    "decode and measure over bare",
    "sweep, million points a CPU second",
    "Open3D's distance, the same",
    "memory MB",
)
_PEER_HEAD = (
    "points, million",
    "CloudCompare compute s",
    "ours",
    "times faster",
    "CloudCompare whole s",
    "ours",
    "share of theirs",
)


def _row(figures: dict[str, Any]) -> tuple[str, ...]:
    millions, bare = figures["points"] / 1e6, figures["bare"][0]
    return (
        f"{millions:.1f}",
        f"{figures['triangles']:,}",
        *(_seconds(figures[name]) for name in ("bare", "decode", "sweep", "measure")),
        f"{figures['sweep'][0] / bare:.2f}",
        f"{(figures['decode'][0] + figures['measure'][0]) / bare:.2f}",
        f"{millions / figures['sweep'][1]:.2f}",
        f"{min(millions, 1.0) / figures['open3d'][1]:.2f}",
        f"{figures['memory_mb']:.0f}",
    )


def _peer_row(pair: Pair) -> tuple[str, ...]:
    return (
        f"{pair.points / 1e6:.1f}",
        f"{pair.theirs_compute:.1f}",
        f"{pair.ours_compute:.1f}",
        f"{pair.theirs_compute / pair.ours_compute:.1f}",
        f"{pair.theirs_whole:.1f}",
        f"{pair.ours_whole:.1f}",
        f"{pair.ours_whole / pair.theirs_whole:.2f}",
    )


def _seconds(pair: list[float]) -> str:
    wall, cpu = pair
    return f"{wall:.1f} ({cpu:.1f})"


if __name__ == "__main__":
    sys.exit(main())
