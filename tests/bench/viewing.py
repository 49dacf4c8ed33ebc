"""The viewer at size: ``python -m tests.bench.viewing [--write]``; takes some ten minutes and 12 GB of disk.

Ten million points in one file, a hundred million served, in a headless Chromium that draws by software.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import psutil  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support import inspections  # noqa: E402
from support.browser import Browser, browser, chromium  # noqa: E402
from support.scenes import small_building  # noqa: E402
from support.survey_files import deviation_header  # noqa: E402

from twin.evidence.inspection import write  # noqa: E402
from twin.evidence.scene import Scene  # noqa: E402
from twin.evidence.viewer import write_viewer  # noqa: E402
from twin.evidence.viewer.serving import CaseServer  # noqa: E402

from . import machine  # noqa: E402
from .tables import table  # noqa: E402

DOCUMENT = ROOT / "docs" / "benchmarks-viewer.md"
_IN_FILE, _SERVED, _SEEDS = 10_000_000, 100_000_000, 3_000_000
_BLOCK = 1 << 20
_JITTER_M = 0.01
_DRAGS = 20
_PATIENCE_S = 900.0

_INTRO = """\
# The viewer at size

Written by `python -m tests.bench.viewing --write`; run by hand. A small building with its surroundings, scanned; pages
opened in a headless Chromium that draws by software on the same two cores, 1280 x 720: what is measured here is the
least that a page gives. *First picture* is from asking for the address to a drawn building; *whole view* until no tile
of the first view is missing; *a step* is one of twenty steps of a turn with the
mouse, to the second picture after it."""


@dataclass(frozen=True)
class Seen:
    """Of one page, s: until it drew, until all tiles of the view were there, a step of a turn."""

    ready_s: float
    whole_s: float
    step_s: float


def main(arguments: Sequence[str]) -> int:
    """Measures and reports."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.viewing", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write docs/{DOCUMENT.name}")
    options = parser.parse_args(arguments)
    program, load = chromium(), machine.load()
    if program is None:
        sys.stderr.write("no Chromium on this machine\n")
        return 1
    with tempfile.TemporaryDirectory() as scratch, browser(program, Path(scratch) / "profile") as page:
        rows = [_in_one_file(Path(scratch), page), _served(Path(scratch), page)]
    text = "\n\n".join([_INTRO, f"{machine.description()}. Load before the run: {load:.1f}.", _table(rows)]) + "\n"
    if options.write:
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(text)
    return 0


def _table(rows: list[list[str]]) -> str:
    head = ["", "points", "size", "made in s", "peak MB", "first picture s", "whole view s", "a step ms, median"]
    return table(head, rows)


def _in_one_file(scratch: Path, page: Browser) -> list[str]:
    """Ten million points that the page carries."""
    scene = small_building(_IN_FILE)
    path, before = scratch / "one.html", psutil.Process().memory_info().rss
    started = time.perf_counter()
    write_viewer(scene, path)
    made = time.perf_counter() - started
    seen = _looked_at(page, path.as_uri())
    peak = (psutil.Process().memory_info().rss - before) / 1e6
    return _row("one file", len(scene.points), path.stat().st_size, made, peak, seen)


def _served(scratch: Path, page: Browser) -> list[str]:
    """A hundred million points beside the page."""
    folder = scratch / "case"
    folder.mkdir()
    scene = small_building(_SEEDS)
    write(inspections.inspection(), folder)
    few = np.random.default_rng(0).choice(len(scene.points), 400_000, replace=False)
    write_viewer(_thinned(scene, np.sort(few)), folder / "viewer.html")
    _write_large(scene, folder / "deviation.laz")
    started, process = time.perf_counter(), psutil.Process()
    before, peak = process.memory_info().rss, 0
    server = CaseServer(folder, scratch / "cache")
    while not server.wait_for_tiles(0.2):
        peak = max(peak, process.memory_info().rss - before)
        if server.failure is not None or time.perf_counter() - started > _PATIENCE_S:
            raise SystemExit(f"no tiles: {server.failure}")
    made = time.perf_counter() - started
    threading.Thread(target=server.run, daemon=True).start()
    try:
        seen = _looked_at(page, server.address)
    finally:
        server.close()
    size = sum(path.stat().st_size for path in (scratch / "cache").rglob("*.*"))
    shutil.rmtree(scratch / "cache")
    return _row("served, tiles built once", _SERVED, size, made, peak / 1e6, seen)


def _thinned(scene: Scene, rows: np.ndarray) -> Scene:  # type: ignore[type-arg]
    names = ("points", "point_deviation", "point_class", "point_rgb", "point_finding")
    return replace(scene, **{name: getattr(scene, name)[rows] for name in names})


def _write_large(scene: Scene, path: Path) -> None:
    """As many points as are asked for, drawn from those of a scene, a little beside them."""
    import laspy

    lots = np.random.default_rng(1)
    header = deviation_header(scene.points)
    with laspy.open(path, "w", header=header) as writer:
        for start in range(0, _SERVED, _BLOCK):
            rows = np.sort(lots.integers(0, len(scene.points), min(_BLOCK, _SERVED - start)))
            record = laspy.ScaleAwarePointRecord.zeros(len(rows), header=header)
            record.x, record.y, record.z = (scene.points[rows] + lots.normal(0.0, _JITTER_M, (len(rows), 3))).T
            record["deviation"], record["plumbline_class"] = scene.point_deviation[rows], scene.point_class[rows]
            writer.write_points(record)


def _looked_at(page: Browser, address: str) -> Seen:
    page.size(1280, 720)
    started = time.perf_counter()
    page.open(address)
    page.settle()
    ready = time.perf_counter() - started
    asked = -1
    while asked != len(page.requests()):
        asked = len(page.requests())
        time.sleep(1.0)
        page.settle()
    whole = time.perf_counter() - started
    steps, mouse = [], {"button": "left", "clickCount": 1}
    page.call("Input.dispatchMouseEvent", {"type": "mousePressed", "x": 640, "y": 360, **mouse})
    for step in range(_DRAGS):
        began = time.perf_counter()
        place = {"x": 640 + 8 * step, "y": 360 + 3 * step}
        page.call("Input.dispatchMouseEvent", {"type": "mouseMoved", "button": "left", "buttons": 1, **place})
        page.settle()
        steps.append(time.perf_counter() - began)
    page.call("Input.dispatchMouseEvent", {"type": "mouseReleased", "x": 800, "y": 420, **mouse})
    return Seen(ready, whole, float(np.median(steps)))


def _row(name: str, points: int, size: int, made_s: float, peak_mb: float, seen: Seen) -> list[str]:
    return [
        name,
        f"{points / 1e6:.0f} million",
        f"{size / 1e6:.0f} MB",
        f"{made_s:.0f}",
        f"{peak_mb:.0f}",
        f"{seen.ready_s:.1f}",
        f"{seen.whole_s:.1f}",
        f"{1000.0 * seen.step_s:.0f}",
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
