"""The document ``docs/benchmarks-scale.md`` and its picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .peers import Pair
from .tables import table
from .wholes import Start, Whole

Figures = dict[str, Any]

_INTRO = """\
# Benchmarks of the pass

Written by `python -m tests.bench.scale`. The approved model of the [sample site](tutorial/sample-site.md), once and
many times side by side, against laser scans of what was built there: 18 stations a building, rays in the order in which
they were sent, street, cars, trees and scaffolding included, in a LAZ file, with coordinates alone or with *all* that
scanners write: colour, intensity and time. Each line is a process of its own, after a first one that compiles what is
compiled once.

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

_WHOLE = """\
## A whole inspection

`plumbline inspect` of the sample site's model and one LAZ file of its laser scans, without stations, which that format
cannot hold: pictures, exchange files and viewer included. Files are written beside the pictures."""

_START = """\
## Start

Wall seconds of whole processes, the median of several: `plumbline --help`, and an interpreter that does nothing."""

_HEAD = (
    "points, million",
    "fields",
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


def scaling(
    about: str, measured: Sequence[Figures], pairs: Sequence[Pair], whole: Whole | None, start: Start, picture: Path
) -> str:
    """The document's text; the picture is written."""
    rows = [_row(figures) for figures in measured]
    _drawn(measured, picture)
    none = "No figures: CloudCompare is absent, or one of both programs failed."
    peers = table(_PEER_HEAD, [_peer_row(pair) for pair in pairs]) if pairs else none
    plot = f"![Seconds and memory by points and by triangles]({picture.name})"
    parts = [_INTRO, about, table(_HEAD, rows), plot, _PEERS, peers, _WHOLE, _whole(whole), _START, _started(start)]
    return "\n\n".join(parts) + "\n"


def _row(figures: Figures) -> tuple[str, ...]:
    millions, bare = figures["points"] / 1e6, figures["bare"][0]
    return (
        f"{millions:.1f}",
        figures["fields"],
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


def _whole(whole: Whole | None) -> str:
    if whole is None:
        return "No figures: the inspection failed."
    head = ("points, million", "wall s", "CPU s", "peak MB", *(f"{name} s" for name, _ in whole.stages))
    stages = (f"{seconds:.1f}" for _, seconds in whole.stages)
    figures = (f"{whole.points / 1e6:.1f}", f"{whole.run.wall_s:.1f}", f"{whole.run.cpu_s:.1f}")
    return table(head, [(*figures, f"{whole.run.peak_mb:.0f}", *stages)])


def _started(start: Start) -> str:
    head = ("`plumbline --help` s", "bare interpreter s", "ratio")
    return table(head, [(f"{start.help_s:.2f}", f"{start.bare_s:.2f}", f"{start.help_s / start.bare_s:.1f}")])


def _drawn(measured: Sequence[Figures], picture: Path) -> None:
    """Two by two: seconds above, memory below; by points at equal triangles on the left, the other way on the right."""
    largest = max(figures["triangles"] for figures in measured)
    middle = sorted({figures["triangles"] for figures in measured if figures["triangles"] < largest})
    alike = [figures for figures in measured if figures["fields"] == measured[0]["fields"]]
    by_points = [figures for figures in alike if middle and figures["triangles"] == middle[-1]]
    by_triangles = [figures for figures in alike if round(figures["points"] / 1e6) == 10]
    figure = Figure(figsize=(9.0, 6.0), layout="constrained")
    axes = figure.subplots(2, 2, sharex="col")
    for column, (rows, key) in enumerate(((by_points, "points"), (by_triangles, "triangles"))):
        _lines(axes[0, column], sorted(rows, key=lambda row, key=key: row[key]), key)
        _memory(axes[1, column], sorted(rows, key=lambda row, key=key: row[key]), key)
    axes[0, 0].legend(frameon=False)
    with mpl.rc_context({"svg.hashsalt": "plumbline", "svg.fonttype": "path"}):
        figure.savefig(picture, metadata={"Date": None})


def _lines(axes: Axes, rows: Sequence[Figures], key: str) -> None:
    for name in ("bare", "decode", "sweep", "measure"):
        axes.plot([row[key] for row in rows], [row[name][0] for row in rows], marker="o", label=name)
    axes.set(xscale="log", yscale="log", ylabel="seconds")
    axes.grid(alpha=0.3)


def _memory(axes: Axes, rows: Sequence[Figures], key: str) -> None:
    axes.plot([row[key] for row in rows], [row["memory_mb"] for row in rows], marker="o", color="black")
    axes.set(xscale="log", xlabel=key, ylabel="peak of measure, MB", ylim=(0.0, None))
    axes.grid(alpha=0.3)
