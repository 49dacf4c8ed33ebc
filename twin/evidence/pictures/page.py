"""The sheet that every picture stands on: A4 across, a title above, the picture, a band of captions below."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twin.arrays import Bytes
from twin.errors import EvidenceError
from twin.evidence.pictures.lettering import face, fitted, width_mm, wrapped
from twin.evidence.pictures.palette import HAIRLINE, INK, PAPER, SECOND_INK, Rgb, unit

WIDTH_MM, HEIGHT_MM = 297.0, 210.0
BAND_MM, TITLE_MM = 37.0, 14.0
PICTURE_MM = (WIDTH_MM, HEIGHT_MM - BAND_MM - TITLE_MM)
DPI = 160.0
"""About 6 pixels a millimetre: sharp on a screen and in print, and a set of pictures stays below 20 MB."""

_FOOT_MM, _FOOT_PT, _MOST_AT_FOOT = 9.0, 7.5, 6
_PER_MM = DPI / 25.4
PICTURE_PX = (round(PICTURE_MM[0] * _PER_MM), round(PICTURE_MM[1] * _PER_MM))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a legend. `form` is patch, hatch, line, dash or dot."""

    form: str
    rgb: Rgb
    text: str


@dataclass(frozen=True, eq=False)
class Page:
    """A sheet in work: the figure, axes over it in millimetres, and those of the picture's area."""

    figure: Any
    paper: Any
    drawing: Any


def blank(title: str, subtitle: str, chip: tuple[str, Rgb] | None, case: str) -> Page:
    """A new sheet with its title line.

    Parameters
    ----------
    title, subtitle : str
    chip : (text, colour) or None
        A coloured tag before the title: the finding's number.
    case : str
        Stands at the right.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_MM / 25.4, HEIGHT_MM / 25.4), dpi=DPI, facecolor=unit(PAPER))
    FigureCanvasAgg(figure)
    drawing = _axes(figure, (0.0, BAND_MM, *PICTURE_MM), 1.0)
    paper = _axes(figure, (0.0, 0.0, WIDTH_MM, HEIGHT_MM), 5.0)
    paper.set_xlim(0.0, WIDTH_MM)
    paper.set_ylim(0.0, HEIGHT_MM)
    page = Page(figure, paper, drawing)
    _title(page, title, subtitle, chip, case)
    for y in (BAND_MM, HEIGHT_MM - TITLE_MM):
        line(page, (0.0, WIDTH_MM), (y, y), HAIRLINE, 0.8)
    return page


def _axes(figure: Any, box_mm: tuple[float, float, float, float], order: float) -> Any:
    left, bottom, width, height = box_mm
    axes = figure.add_axes((left / WIDTH_MM, bottom / HEIGHT_MM, width / WIDTH_MM, height / HEIGHT_MM), zorder=order)
    axes.axis("off")
    axes.patch.set_alpha(0.0)
    axes.set_autoscale_on(False)
    return axes


def _title(page: Page, title: str, subtitle: str, chip: tuple[str, Rgb] | None, case: str) -> None:
    x, y = 7.0, HEIGHT_MM - TITLE_MM / 2.0
    if chip is not None:
        badge(page.paper, (x, y), chip[0], chip[1], 11.0, left=True)
        x += width_mm(chip[0], 11.0) + 8.0
    case = fitted(case, 9.0, 70.0)
    right = WIDTH_MM - 7.0 - width_mm(case, 9.0)
    title = fitted(title, 15.0, (right - x) * 0.6)
    write(page.paper, (x, y), title, 15.0)
    x += width_mm(title, 15.0) + 5.0
    write(page.paper, (x, y - 0.7), fitted(subtitle, 10.0, right - x - 6.0), 10.0, SECOND_INK)
    write(page.paper, (right, y), case, 9.0, SECOND_INK)


def write(
    axes: Any, at: tuple[float, float], text: str, size_pt: float, rgb: Rgb = INK, across: str = "left", **more: Any
) -> None:
    """One line of text, centred on its height; never read as a formula."""
    axes.text(
        *at, text, fontproperties=face(size_pt), color=unit(rgb), ha=across, va=more.pop("va", "center_baseline"),
        parse_math=False, **more,
    )  # fmt: skip


def line(page: Page, x: tuple[float, float], y: tuple[float, float], rgb: Rgb, width_pt: float) -> None:
    """A straight line on the paper, in mm."""
    page.paper.plot(x, y, color=unit(rgb), linewidth=width_pt, solid_capstyle="butt")


def badge(axes: Any, at: tuple[float, float], text: str, rgb: Rgb, size_pt: float, left: bool = False) -> None:
    """White text on a rounded coloured tag."""
    shape = {"boxstyle": "round,pad=0.35,rounding_size=0.3", "facecolor": unit(rgb), "edgecolor": "white"}
    x = at[0] + (1.8 if left else 0.0)
    write(axes, (x, at[1]), text, size_pt, PAPER, "left" if left else "center", bbox=shape, zorder=12)


def legend(page: Page, entries: list[Entry], rows: int = 5) -> None:
    """Entries in two columns of at most `rows` at the left of the band."""
    pitch, column = 6.0, 57.0
    for number, entry in enumerate(entries[: 2 * rows]):
        x = 7.0 + column * (number // rows)
        y = BAND_MM - 6.0 - pitch * (number % rows)
        _swatch(page.paper, entry, x, y)
        write(page.paper, (x + 9.5, y), fitted(entry.text, 7.5, column - 12.0), 7.5)


def _swatch(axes: Any, entry: Entry, x: float, y: float) -> None:
    from matplotlib.patches import Rectangle

    colour = unit(entry.rgb)
    if entry.form in ("patch", "hatch"):
        pattern = "////" if entry.form == "hatch" else None
        face_colour = (*colour, 0.25) if pattern else (*colour, 1.0)
        edge = colour if pattern else unit(SECOND_INK)
        axes.add_patch(
            Rectangle((x, y - 1.5), 7.0, 3.2, facecolor=face_colour, edgecolor=edge, hatch=pattern, linewidth=0.5)
        )
    elif entry.form == "dot":
        for step in (1.0, 3.5, 6.0):
            axes.plot([x + step], [y], marker="o", markersize=3.0, color=colour, markeredgewidth=0.0)
    else:
        style = (0, (5, 2)) if entry.form == "dash" else "solid"
        axes.plot([x, x + 7.0], [y, y], color=colour, linewidth=1.4, linestyle=style)


def notes(page: Page, lines: list[str]) -> None:
    """What is shown and measured, in the middle of the band."""
    x, y, room = 124.0, BAND_MM - 6.0, 66.0
    for number, text in enumerate(lines):
        size, colour, step = (9.0, INK, 4.8) if number == 0 else (7.0, SECOND_INK, 4.0)
        for part in wrapped(text, size, room, 2):
            if y > 2.5:
                write(page.paper, (x, y), part, size, colour)
            y -= step


def at_the_foot(page: Page, text: str) -> None:
    """A text along the lower edge of the picture, on a light ground, as many lines as it takes."""
    lines = wrapped(text, _FOOT_PT, WIDTH_MM - 2.0 * _FOOT_MM, _MOST_AT_FOOT)
    ground = {"facecolor": unit(PAPER), "edgecolor": "none", "alpha": 0.88, "pad": 1.5}
    write(page.paper, (_FOOT_MM, BAND_MM + 2.0), "\n".join(lines), _FOOT_PT, va="bottom", bbox=ground, zorder=11)


def put_picture(page: Page, picture: Bytes) -> None:
    """Fills the picture's area, (h, w, 3) uint8, pixel by pixel."""
    from matplotlib.artist import Artist

    bottom = round(BAND_MM * _PER_MM)
    opaque = np.full((*picture.shape[:2], 4), 255, dtype=np.uint8)
    opaque[..., :3] = picture[::-1]

    class Pixels(Artist):
        """As they are: an image artist would first work out what it draws at its own size."""

        def draw(self, renderer: Any) -> None:
            """Copies them into the sheet."""
            context = renderer.new_gc()
            renderer.draw_image(context, 0.0, float(bottom), opaque)
            context.restore()

    page.figure.add_artist(Pixels()).set(zorder=0)


def developed(page: Page) -> Bytes:
    """(h, w, 3) uint8: the sheet, drawn."""
    canvas = page.figure.canvas
    canvas.draw()
    return np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3])


def save(pixels: Bytes, path: Path) -> None:
    """Writes a drawn sheet, (h, w, 3) uint8, as PNG."""
    from PIL import Image

    try:
        Image.fromarray(pixels).save(path, format="PNG", dpi=(DPI, DPI), compress_level=4)
    except OSError as error:
        raise EvidenceError(f"{path}: the picture cannot be written ({error})") from error
