"""The viewer at size: ``python -m tests.bench.viewing [PART...] [--write]``; each part takes a few minutes.

Parts are run alone or together; what each measured is kept beside its inputs, and the document is made of all that is
there. ``tiles`` needs 6 GB of disk and comes before ``served``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support import inspections  # noqa: E402
from support.browser import Browser, browser, chromium  # noqa: E402
from support.scenes import small_building  # noqa: E402
from support.survey_files import deviation_header  # noqa: E402

from samples import write_sample_site  # noqa: E402
from twin.evidence.inspection import write  # noqa: E402
from twin.evidence.scene import Scene  # noqa: E402
from twin.evidence.viewer import write_viewer  # noqa: E402
from twin.evidence.viewer.serving import CaseServer  # noqa: E402

from . import machine  # noqa: E402
from .dense import write_dense_sample  # noqa: E402
from .running import PLUMBLINE, run  # noqa: E402
from .tables import table  # noqa: E402

DOCUMENT = ROOT / "docs" / "benchmarks-viewer.md"
KEPT = ROOT / "build" / "viewing"
Figures = dict[str, Any]

_IN_FILE, _SERVED, _SEEDS, _IN_CASE, _SIGHT = 10_000_000, 100_000_000, 3_000_000, 20_000_000, 400_000
_BLOCK = 1 << 20
_JITTER_M = 0.01
_DRAGS = 20
_PATIENCE_S = 1800.0
_BARE = (
    "data:text/html,<canvas></canvas><script>const g=document.querySelector('canvas').getContext('webgl2');"
    "g.clearColor(1,0,0,1);g.clear(g.COLOR_BUFFER_BIT);requestAnimationFrame(()=>requestAnimationFrame("
    "()=>document.documentElement.dataset.drawn='true'))</script>"
)
"""A page that draws one colour: what the browser takes for itself on this machine at this moment."""

_INTRO = """\
# The viewer at size

Written by `python -m tests.bench.viewing --write`; run by hand. Pages are opened in a headless Chromium that draws by
software on the machine's own cores, 1280 x 720: what is measured here is the least that a page gives. *Bare page* is a
page that clears its canvas once. *First picture* is from asking for the address to a drawn building, *whole page* until
all that the page carries is unpacked and a picture at rest is drawn (of more points than the machine bears, a part),
*whole view* until no tile of the first view is missing; *a step* is one of
twenty steps of a turn with the mouse, to the second picture after it. *Load* is the number of processes that wanted to
run in the minute before a part, its own not counted: on two cores a load of two halves what a part gets."""


def main(arguments: Sequence[str]) -> int:
    """Measures the parts that are asked for and reports all that were ever measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.viewing", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all where none is named")
    parser.add_argument("--write", action="store_true", help=f"write docs/{DOCUMENT.name}")
    parser.add_argument("--kept", type=Path, default=KEPT, help="folder of inputs and figures")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    options.kept.mkdir(parents=True, exist_ok=True)
    for name in options.parts or ([] if options.write else PARTS):
        load = machine.load()
        _keep(options.kept, name, PARTS[name](options.kept) | {"load": load})
        sys.stderr.write(f"{name}: {_figures(options.kept)[name]}\n")
    text = _document(_figures(options.kept))
    if options.write:
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(text)
    return 0


def _figures(folder: Path) -> dict[str, Figures]:
    path = folder / "figures.json"
    found: dict[str, Figures] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def _keep(folder: Path, name: str, figures: Figures) -> None:
    text = json.dumps(_figures(folder) | {name: figures}, indent=1)
    (folder / "figures.json").write_text(text + "\n", encoding="utf-8")


def _one_file(kept: Path) -> Figures:
    """Ten million points that the page carries."""
    with tempfile.TemporaryDirectory(dir=kept) as scratch:
        scene = small_building(_IN_FILE)
        path = Path(scratch) / "one.html"
        with _watched() as made:
            write_viewer(scene, path)
        seen = _looked_at(path.as_uri(), Path(scratch))
        return made | seen | {"points": len(scene.points), "size_mb": path.stat().st_size / 1e6}


def _tiles(kept: Path) -> Figures:
    """A case of a hundred million points, and its tiles, as `plumbline view` builds them once."""
    folder, cache = kept / "case", kept / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    if not (folder / "deviation.laz").is_file():
        _write_case(folder)
    with _watched() as made:
        server = CaseServer(folder, cache)
        has_tiles = server.wait_for_tiles(_PATIENCE_S)
    server.close_at_once()
    if not has_tiles:
        raise SystemExit(f"no tiles: {server.failure}")
    size = sum(path.stat().st_size for path in cache.rglob("*.*") if path.is_file())
    return made | {"size_mb": size / 1e6, "points": _SERVED}


@contextmanager
def _watched() -> Iterator[Figures]:
    """Wall and CPU seconds of what is done inside, and by how many MB memory rose at most."""
    process, done, made = psutil.Process(), threading.Event(), {"peak_mb": 0.0}
    before, cpu, started = process.memory_info().rss, sum(process.cpu_times()[:2]), time.perf_counter()

    def watch() -> None:
        while not done.wait(0.05):
            made["peak_mb"] = max(made["peak_mb"], (process.memory_info().rss - before) / 1e6)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    yield made
    made |= {"made_s": time.perf_counter() - started, "cpu_s": sum(process.cpu_times()[:2]) - cpu}
    done.set()
    watcher.join()


def _write_case(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    scene = small_building(_SEEDS)
    write(inspections.inspection(), folder)
    few = np.random.default_rng(0).choice(len(scene.points), _SIGHT, replace=False)
    write_viewer(_thinned(scene, np.sort(few)), folder / "viewer.html")
    _write_large(scene, folder / "deviation.laz")


def _served(kept: Path) -> Figures:
    """The same case opened as `plumbline view` opens it, its tiles built before."""
    server = CaseServer(kept / "case", kept / "cache")
    if not server.wait_for_tiles(_PATIENCE_S):
        raise SystemExit("no tiles: run the part `tiles` first")
    threading.Thread(target=server.run, daemon=True).start()
    try:
        with tempfile.TemporaryDirectory(dir=kept) as scratch:
            return _looked_at(server.address, Path(scratch)) | {"points": _SERVED}
    finally:
        server.close()


def _case(kept: Path) -> Figures:
    """The stages of an inspection of twenty million points that draw pictures and write the page."""
    with tempfile.TemporaryDirectory(dir=kept) as name:
        scratch = Path(name)
        site = write_sample_site(scratch / "site")
        survey, folder = scratch / "dense.laz", scratch / "case"
        points = write_dense_sample(survey, _IN_CASE)
        command = (*PLUMBLINE, "inspect", str(site.design), str(survey), "-o", str(folder), "--quiet")
        done = run(command, scratch, kept / "caches")
        if done.code != 0:
            raise SystemExit(f"the inspection failed: {done.complaint}")
        document = json.loads((folder / "inspection.json").read_text("utf-8"))
        stages = {stage["name"]: stage["seconds"] for stage in document["stages"]}
        pictures = sum(1 for _ in (folder / "pictures").iterdir())
        return {"points": points, "wall_s": done.wall_s, "cpu_s": done.cpu_s, "stages": stages, "pictures": pictures}


PARTS: dict[str, Callable[[Path], Figures]] = {
    "one-file": _one_file,
    "tiles": _tiles,
    "served": _served,
    "case": _case,
}


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


def _looked_at(address: str, scratch: Path) -> Figures:
    """Seconds until a page drew, until all is there, and of a step of a turn; beside those of a bare page."""
    program = chromium()
    if program is None:
        raise SystemExit("no Chromium on this machine")
    with browser(program, scratch / "profile") as page:
        page.size(1280, 720)
        bare = min(_until_drawn(page, _BARE) for _ in range(3))
        _until_drawn(page, address)  # the browser keeps what it made of the page's programs
        started = time.perf_counter()
        first = _until_drawn(page, address)
        page.wait("document.documentElement.dataset.ready === 'true'")
        page.settle()
        whole = time.perf_counter() - started
        asked = -1
        while asked != len(page.requests()):
            asked = len(page.requests())
            time.sleep(1.0)
            page.settle()
        view = time.perf_counter() - started
        step = float(np.median(_turned(page)))
    return {"bare_s": bare, "first_s": first, "whole_s": whole, "view_s": view, "step_s": step}


def _until_drawn(page: Browser, address: str) -> float:
    page.call("Page.navigate", {"url": "about:blank"})
    page.events.clear()
    started = time.perf_counter()
    page.call("Page.navigate", {"url": address})
    page.wait("document.documentElement?.dataset.drawn === 'true'")
    return time.perf_counter() - started


def _turned(page: Browser) -> list[float]:
    """Seconds of each step of a turn with the mouse."""
    steps, mouse = [], {"button": "left", "clickCount": 1}
    page.call("Input.dispatchMouseEvent", {"type": "mousePressed", "x": 640, "y": 360, **mouse})
    for step in range(_DRAGS):
        began = time.perf_counter()
        place = {"x": 640 + 8 * step, "y": 360 + 3 * step}
        page.call("Input.dispatchMouseEvent", {"type": "mouseMoved", "button": "left", "buttons": 1, **place})
        page.settle()
        steps.append(time.perf_counter() - began)
    page.call("Input.dispatchMouseEvent", {"type": "mouseReleased", "x": 800, "y": 420, **mouse})
    return steps


def _document(figures: dict[str, Figures]) -> str:
    parts = [_INTRO, machine.description() + "."]
    if pages := [figures[name] | {"name": name} for name in ("one-file", "served") if name in figures]:
        parts += ["## Pages", _pages(pages)]
    parts += [_ASKED] if pages else []
    if made := [figures[name] | {"name": name} for name in ("one-file", "tiles") if name in figures]:
        parts += ["## What they are made of", _made(made)]
    if "case" in figures:
        parts += ["## A case of twenty million points", _CASE, _case_table(figures["case"])]
    return "\n\n".join(parts) + "\n"


_ASKED = """\
Asked: the first picture of a hundred million points within 2 s, ten million points in one file of less than 120 MB."""

_CASE = """\
`plumbline inspect` of the sample site's model and one file of its laser scans. Pictures and page together were asked to
take less than 60 s on two cores; both work on points thinned for sight, so their time hardly depends on the survey's
size. Exchange files are written beside the pictures, by the same cores."""


def _pages(rows: list[Figures]) -> str:
    head = [
        "part",
        "points",
        "bare page s",
        "first picture s",
        "of bare",
        "whole page s",
        "whole view s",
        "a step ms, median",
        "load",
    ]
    return table(head, [_page(row) for row in rows])


def _page(row: Figures) -> list[str]:
    seconds = (row["first_s"], row["whole_s"], row["view_s"])
    first, whole, view = (f"{value:.1f}" for value in seconds)
    share, step = f"{row['first_s'] / row['bare_s']:.1f}", f"{1000.0 * row['step_s']:.0f}"
    return [row["name"], _millions(row), f"{row['bare_s']:.2f}", first, share, whole, view, step, f"{row['load']:.1f}"]


def _made(rows: list[Figures]) -> str:
    head = ["part", "points", "size", "made in s", "CPU s", "peak MB", "load"]
    return table(
        head,
        [
            [
                row["name"],
                _millions(row),
                f"{row['size_mb']:.0f} MB",
                f"{row['made_s']:.0f}",
                f"{row['cpu_s']:.0f}",
                f"{row['peak_mb']:.0f}",
                f"{row['load']:.1f}",
            ]
            for row in rows
        ],
    )


def _case_table(row: Figures) -> str:
    stages, names = row["stages"], ("draw pictures", "write files", "write viewer")
    head = [
        "points",
        "pictures",
        *(f"{name} s" for name in names),
        "pictures and viewer s",
        "of the whole",
        "whole s",
        "load",
    ]
    both = stages["draw pictures"] + stages["write viewer"]
    share = f"{100.0 * both / row['wall_s']:.0f} %"
    cells = [_millions(row), str(row["pictures"]), *(f"{stages[name]:.1f}" for name in names), f"{both:.1f}", share]
    return table(head, [[*cells, f"{row['wall_s']:.0f}", f"{row['load']:.1f}"]])


def _millions(row: Figures) -> str:
    return f"{row['points'] / 1e6:.0f} million"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
