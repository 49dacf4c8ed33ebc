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
from .passing import ALL, COORDINATES
from .peers import Pair, compared, write_inputs
from .running import run
from .scaling import scaling
from .tiles import tiled
from .wholes import inspected, started

DOCUMENT = ROOT / "docs" / "benchmarks-scale.md"
PICTURE = DOCUMENT.with_suffix(".svg")
Size = tuple[int, int, int, str]
"""Million points, how many of the sample building stand side by side, how often the file is read as another, and what
its points have."""
SIZES: tuple[Size, ...] = (
    (1, 1, 1, COORDINATES),
    (10, 1, 1, COORDINATES),
    (1, 13, 1, COORDINATES),
    (10, 13, 1, COORDINATES),
    (100, 13, 1, COORDINATES),
    (100, 13, 1, ALL),
    (10, 310, 1, COORDINATES),
)
LARGEST: Size = (100, 13, 10, COORDINATES)
"""Takes forty gigabytes of disk and half an hour: only with ``--largest``."""
AGAINST = ((10, 13), (100, 13))
"""The same, for the comparison with CloudCompare."""


def main() -> int:
    """Measures all sizes and writes the document; 1 where a size failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description="The pass at several sizes.")
    parser.add_argument("--largest", action="store_true", help="a billion points too: 40 GB of disk")
    sizes = (*SIZES, LARGEST) if parser.parse_args().largest else SIZES
    load = machine.load()
    with TemporaryDirectory(prefix="plumbline-bench-") as name:
        scratch = Path(name)
        site = write_sample_site(scratch / "site")
        _figures(site.design, SIZES[0], scratch)
        start, whole = started(scratch), inspected(site.design, scratch)
        pairs = [_against(site.design, millions, tiles, scratch) for millions, tiles in AGAINST]
        measured = [_figures(site.design, size, scratch) for size in sizes]
    about = f"Plumbline {version('plumbline')} on {machine.description()}. Load before the first line: {load:.1f}."
    rows = [figures for figures in measured if figures]
    text = scaling(about, rows, [pair for pair in pairs if pair], whole, start, PICTURE)
    DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    return int(len(rows) < len(measured) or whole is None)


def _figures(design: Path, size: Size, scratch: Path) -> dict[str, Any] | None:
    millions, tiles, times, fields = size
    survey, folder = scratch / f"{millions}-{tiles}.laz", scratch / f"{millions}-{tiles}"
    folder.mkdir(exist_ok=True)
    command = (
        sys.executable,
        "-m",
        "tests.bench.passing",
        design,
        tiles,
        millions * 10**6,
        times,
        fields,
        survey,
        folder,
    )
    done = run([str(part) for part in command], scratch, scratch / "cache")
    sys.stderr.write(
        f"{millions * times} million points ({fields}), {tiles} buildings: {done.output or done.complaint}"
    )
    shutil.rmtree(folder)
    for name in (*survey.parent.glob(f"{survey.stem}*{survey.suffix}"), survey.with_suffix(".scan")):
        name.unlink(missing_ok=True)
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


if __name__ == "__main__":
    sys.exit(main())
