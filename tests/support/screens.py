"""What the viewer shows at the end of each of its paths, compared with pictures kept: by tolerance, not by the byte.

``python -m tests.support.screens --write`` takes the pictures anew; look at every one before they are kept.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.browser import Browser, browser, chromium  # noqa: E402
from support.scenes import inspection_of, small_building  # noqa: E402
from support.small_house import CORNERS  # noqa: E402

from twin.evidence.viewer import write_viewer  # noqa: E402

KEPT = ROOT / "tests" / "golden" / "screens"
WINDOW, SIZE = (1280, 720), (640, 360)
_CELLS = (80, 45)
"""Pictures are compared on so many cells of 16 x 16 pixels of the window: a letter's shape counts for little in one."""
_MIDDLE = (slice(6, 36), slice(21, 57))
"""Rows and columns of cells that show the model alone; around them stand panels, tools and legend."""
FAR = 25.0
"""A cell differs where it is off by more than this, of 255."""
MOST_CELLS, MOST_MEAN = 2, 2.0
"""In the middle so many of the 1080 cells may differ, by so much all on average: letters of another typeface in bubbles
and marks come to one cell and 1.4, the smallest finding hidden to ten."""
MOST_AROUND = 6.0
"""Mean difference of the whole window: another typeface in all panels comes to 5."""

Pixels = Any


def pixels_of(png: bytes) -> Pixels:
    """(360, 640, 3) uint8: a screenshot at the size at which it is kept."""
    picture = Image.open(io.BytesIO(png)).convert("RGB").resize(SIZE, Image.Resampling.BOX)
    return np.asarray(picture)


def kept(name: str) -> Pixels:
    """(360, 640, 3) uint8: the picture kept under a name."""
    with Image.open(KEPT / f"{name}.webp") as picture:
        return np.asarray(picture.convert("RGB"))


@dataclass(frozen=True)
class Difference:
    """Of two pictures: cells of the middle that differ; mean difference of the middle and of all, of 255."""

    cells: int
    middle: float
    around: float

    @property
    def is_small(self) -> bool:
        """Whether both show the same."""
        return self.cells <= MOST_CELLS and self.middle <= MOST_MEAN and self.around <= MOST_AROUND


def difference(one: Pixels, other: Pixels) -> Difference:
    """How far two pictures of the window are apart."""
    off = np.abs(_cells(one) - _cells(other)).max(axis=2)
    middle = off[_MIDDLE]
    return Difference(int((middle > FAR).sum()), float(middle.mean()), float(off.mean()))


def _cells(picture: Pixels) -> Pixels:
    soft = Image.fromarray(picture).filter(ImageFilter.GaussianBlur(3.0)).resize(_CELLS, Image.Resampling.BOX)
    return np.asarray(soft, dtype=np.float64)


def _finding(number: int) -> Callable[[Browser], None]:
    def step(page: Browser) -> None:
        page.press(f"[data-finding='F-{number:03d}'] button")

    return step


def _slider(page: Browser) -> None:
    _set(page, ".storeys input", "Number(s.max) - 4")


def _storey(page: Browser) -> None:
    page.evaluate("[...document.querySelectorAll('.mark')].find(e => e.textContent === 'First floor').click()")


def _section(page: Browser) -> None:
    _set(page, ".section .axis:nth-of-type(3) input", "(Number(s.min) + Number(s.max)) / 2")


def _measure(page: Browser) -> None:
    page.press("[data-layer=points]")
    page.press("[data-tool=measure]")
    left, top = page.evaluate(
        "(() => { const b = document.querySelector('canvas').getBoundingClientRect(); return [b.x, b.y]; })()"
    )
    for corner, (x, y) in zip(CORNERS, ((2.0, -1.0), (1.0, -2.0)), strict=True):
        at = page.evaluate(f"plumbline.screen({list(corner)})")
        page.click(left + at["x"] + x, top + at["y"] + y)


def _layers(page: Browser) -> None:
    for name in ("added", "points"):
        page.press(f"[data-layer={name}]")


def _plan(page: Browser) -> None:
    _storey(page)
    page.press("[data-tool=parallel]")
    page.key("2")


def _chinese(page: Browser) -> None:
    page.press(".tool.text")
    _finding(1)(page)


def _start(page: Browser) -> None:
    page.settle()


SCREENS: dict[str, Callable[[Browser], None]] = {
    "start": _start,
    "finding-1": _finding(1),
    "finding-2": _finding(2),
    "finding-3": _finding(3),
    "finding-4": _finding(4),
    "finding-5": _finding(5),
    "slider": _slider,
    "section": _section,
    "measure": _measure,
    "layers": _layers,
    "plan": _plan,
    "chinese": _chinese,
}


def _set(page: Browser, selector: str, value: str) -> None:
    page.evaluate(
        f"(() => {{ const s = document.querySelector({selector!r}); s.value = {value};"
        " s.dispatchEvent(new Event('input')); })()"
    )


def write_page(path: Path) -> None:
    """The page whose screens are kept."""
    scene = small_building(20_000)
    write_viewer(scene, path, inspection=inspection_of(scene))


def taken(page: Browser, address: str, name: str) -> Pixels:
    """(360, 640, 3) uint8: the page freshly opened, and then what a path shows."""
    page.size(*WINDOW)
    page.open(address)
    SCREENS[name](page)
    page.evaluate("document.activeElement?.blur()")
    return pixels_of(page.picture())


def main(arguments: Sequence[str]) -> int:
    """Compares all screens with those kept, or takes them anew."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.screens", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"keep them in {KEPT.relative_to(ROOT)}")
    options = parser.parse_args(arguments)
    program = chromium()
    if program is None:
        sys.stderr.write("no Chromium on this machine\n")
        return 1
    with tempfile.TemporaryDirectory() as scratch, browser(program, Path(scratch) / "profile") as page:
        path = Path(scratch) / "viewer.html"
        write_page(path)
        for name in SCREENS:
            shown = taken(page, path.as_uri(), name)
            if options.write:
                KEPT.mkdir(exist_ok=True)
                Image.fromarray(shown).save(KEPT / f"{name}.webp", quality=80, method=6)
            sys.stdout.write(f"{name:12} {difference(shown, kept(name))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
