"""True-to-scale drawing: the paper's scale, cut structure, findings, survey slices and what lies beyond."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.arrays import Bytes, Flags, Floats, Ints
from twin.conformity.model import Change
from twin.evidence.pictures.cut import Plane, areas_of, cut
from twin.evidence.pictures.page import BAND_MM, DPI, PICTURE_MM, Page
from twin.evidence.pictures.palette import CHANGE, DESIGN_CUT, INK, PAPER, POINT, SECOND_INK, Rgb, unit
from twin.evidence.pictures.sight import View, shaded
from twin.evidence.pictures.subject import LIGHT_CLASSES, Subject
from twin.evidence.scene import PointClass

SCALES = (10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200, 250, 300, 400, 500, 600, 1000, 2000, 5000, 10000, 20000)
"""Scales of building drawings after GB/T 50001-2017, table 6.0.4."""

SLICE_M = 0.10
"""Half thickness of the slice of survey points that a cut shows."""

MOST_SLICE_POINTS = 120_000

READABLE_MM = 24.0
"""A finding that would be smaller than this on paper is drawn with its neighbourhood only, at a larger scale."""

CONTEXT_M = 5.0
"""Neighbourhood of a small finding: about a storey and a half, a room and a half."""

Window = tuple[float, float, float, float]
Margins = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawing on paper: 1:`scale`; `window` (left, right, bottom, top) m is drawn, `limits` m is the whole area."""

    scale: int
    window: Window
    limits: Window

    @property
    def mm(self) -> float:
        """Metres that one millimetre of paper shows."""
        return self.scale / 1000.0

    @property
    def pixel_m(self) -> float:
        """Metres that one pixel shows."""
        return self.mm * 25.4 / DPI


def framed(page: Page, window: Window, margins_mm: Margins) -> Frame:
    """Sets the page's drawing axes to the largest standard scale at which the window fits.

    Parameters
    ----------
    page : Page
    window : (left, right, bottom, top), m on paper
    margins_mm : (left, right, bottom, top)
        Kept free for levels and dimensions.
    """
    left, right, bottom, top = margins_mm
    room = (PICTURE_MM[0] - left - right, PICTURE_MM[1] - bottom - top)
    size = (window[1] - window[0], window[3] - window[2])
    scale = scale_of(window, margins_mm)
    mm = scale / 1000.0
    start_x = window[0] - (left + (room[0] - size[0] / mm) / 2.0) * mm
    start_y = window[2] - (bottom + (room[1] - size[1] / mm) / 2.0) * mm
    limits = (start_x, start_x + PICTURE_MM[0] * mm, start_y, start_y + PICTURE_MM[1] * mm)
    page.drawing.set_xlim(limits[0], limits[1])
    page.drawing.set_ylim(limits[2], limits[3])
    return Frame(scale, window, limits)


def paper_mm(frame: Frame, x: float, y: float) -> tuple[float, float]:
    """A place of the drawing, m, in millimetres on the sheet."""
    return (x - frame.limits[0]) / frame.mm, BAND_MM + (y - frame.limits[2]) / frame.mm


def scale_of(window: Window, margins_mm: Margins) -> int:
    """The largest standard scale, as its denominator, at which a window fits the picture."""
    left, right, bottom, top = margins_mm
    need = max(
        (window[1] - window[0]) * 1000.0 / (PICTURE_MM[0] - left - right),
        (window[3] - window[2]) * 1000.0 / (PICTURE_MM[1] - bottom - top),
    )
    return next((scale for scale in SCALES if scale >= need), int(np.ceil(need)))


def windowed(around: Window, whole: Window, margins_mm: Margins) -> Window:
    """The part of `whole` to draw: all of it where `around` is then large enough to read, else a neighbourhood."""
    size = max(around[1] - around[0], around[3] - around[2])
    if size * 1000.0 / scale_of(whole, margins_mm) >= READABLE_MM:
        low_all, high_all = (min(around[i], whole[i]) for i in (0, 2)), (max(around[i], whole[i]) for i in (1, 3))
        (left, bottom), (right, top) = low_all, high_all
        return left, right, bottom, top
    context_m = max(CONTEXT_M, 0.8 * size)
    low = [max(around[i] - context_m, whole[i]) for i in (0, 2)]
    high = [min(around[i] + context_m, whole[i]) for i in (1, 3)]
    return min(low[0], around[0]), max(high[0], around[1]), min(low[1], around[2]), max(high[1], around[3])


def draw_beyond(page: Page, frame: Frame, subject: Subject, plane: Plane, fade_m: float) -> None:
    """What is seen beyond the cut, pale; findings in a tint of their colour."""
    view = subject.sight.view(plane, frame.window, frame.pixel_m * 2.0)
    underlay(page, frame, np.rint(tinted(view, subject, shaded(view, fade_m)) * 255.0).astype(np.uint8))


def underlay(page: Page, frame: Frame, picture: Bytes) -> None:
    """Lays an (h, w, 3) uint8 picture of the window under the drawing, to the nearest pixel."""
    from PIL import Image

    per_m = 1.0 / frame.pixel_m
    left, right = (round((x - frame.limits[0]) * per_m) for x in frame.window[:2])
    bottom, top = (round((y - frame.limits[2]) * per_m + BAND_MM / 25.4 * DPI) for y in frame.window[2:])
    size = (max(right - left, 1), max(top - bottom, 1))
    pixels = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR))
    page.figure.figimage(pixels, xo=left, yo=bottom, origin="upper", zorder=0)


def tinted(view: View, subject: Subject, grey: Floats) -> Floats:
    """(h, w, 3) 0..1: a grey view with the pixels of findings in a tint of their colour."""
    rgb = np.repeat(grey[..., None], 3, axis=2)
    whose = np.where(view.triangle >= 0, subject.owner[view.triangle], -1)
    for number in np.unique(whose[whose >= 0]):
        colour = np.array(unit(CHANGE[subject.scene.findings[number].change]))
        rgb[whose == number] = rgb[whose == number] * (0.72 + 0.28 * colour)
    return rgb


def draw_cut(page: Page, frame: Frame, subject: Subject, plane: Plane) -> None:
    """The approved building where it is cut: structure filled dark, windows and the like pale."""
    mesh = subject.kept
    found = cut(mesh.vertices, mesh.triangles, plane)
    light = np.array([e.ifc_class in LIGHT_CLASSES for e in subject.scene.design.elements], dtype=np.bool_)
    is_light = light[mesh.element[found.triangle]] if len(found.triangle) else np.zeros(0, dtype=np.bool_)
    near = _of_touching(mesh.element[found.triangle], in_window(found.lines, frame))
    for chosen, fill, width, order in ((is_light, PAPER, 0.6, 3), (~is_light, DESIGN_CUT, 0.7, 4)):
        areas = areas_of(found.lines[chosen & near])
        draw_areas(page.drawing, areas, frame, facecolor=unit(fill), edgecolor=unit(INK), linewidth=width, zorder=order)
        _draw_lines(page.drawing, found.lines[chosen & near], frame, SECOND_INK, 0.5, order - 0.5)


def _of_touching(element: Ints, touches: Flags) -> Flags:
    """All lines of elements that touch the window at all: areas need their loops whole."""
    return np.isin(element, np.unique(element[touches]))


def in_window(lines: Floats, frame: Frame) -> Flags:
    """Lines that touch the window."""
    left, right, bottom, top = frame.window
    low, high = lines.min(axis=1), lines.max(axis=1)
    inside: Flags = (high[:, 0] >= left) & (low[:, 0] <= right) & (high[:, 1] >= bottom) & (low[:, 1] <= top)
    return inside


def draw_areas(axes: Any, areas: list[Any], frame: Frame, **style: Any) -> None:
    """Fills polygons with their holes, clipped to the window."""
    import shapely
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not areas:
        return
    left, right, bottom, top = frame.window
    merged = shapely.intersection(shapely.union_all(areas), shapely.box(left, bottom, right, top))
    vertices, codes = [], []
    for ring in shapely.get_rings(shapely.get_parts(merged)[shapely.get_dimensions(shapely.get_parts(merged)) == 2]):
        points = shapely.get_coordinates(ring)
        vertices.append(points)
        codes.append([Path.MOVETO, *[Path.LINETO] * (len(points) - 2), Path.CLOSEPOLY])
    if vertices:
        axes.add_patch(PathPatch(Path(np.concatenate(vertices), np.concatenate(codes)), **style))


def _draw_lines(axes: Any, lines: Floats, frame: Frame, rgb: Rgb, width: float, order: float) -> None:
    from matplotlib.collections import LineCollection

    if len(lines):
        drawn = LineCollection(list(lines), colors=[unit(rgb)], linewidths=width, zorder=order)
        axes.add_collection(drawn, autolim=False)
        drawn.set_clip_path(_window_patch(axes, frame))


def _window_patch(axes: Any, frame: Frame) -> Any:
    from matplotlib.patches import Rectangle

    left, right, bottom, top = frame.window
    return Rectangle((left, bottom), right - left, top - bottom, transform=axes.transData)


def draw_findings(
    page: Page, frame: Frame, subject: Subject, planes: Sequence[Plane], chief: int | None
) -> list[Change]:
    """Every finding as a plane of its own cuts it, hatched and outlined; the chief one strongest.

    Returns the changes shown.
    """
    changes = []
    cuts = zip(subject.scene.findings, subject.bodies, planes, strict=True)
    for number, (finding, body, plane) in enumerate(cuts):
        lines = cut(body.vertices, body.triangles, plane).lines
        areas = areas_of(lines) if in_window(lines, frame).any() else []
        if not areas:
            continue
        colour = unit(CHANGE[finding.change])
        strong = chief is None or number == chief
        order = 6.0 if strong else 5.0
        fill, width = (0.30, 2.4) if strong else (0.12, 1.2)
        draw_areas(page.drawing, areas, frame, facecolor=(*colour, fill), edgecolor="none", zorder=order)
        outline = {"edgecolor": colour, "hatch": "///", "linewidth": width, "hatch_linewidth": 0.7}
        draw_areas(page.drawing, areas, frame, facecolor="none", zorder=order + 0.1, **outline)
        changes.append(finding.change)
    return sorted(set(changes))


def draw_slice(page: Page, frame: Frame, subject: Subject, plane: Plane) -> list[PointClass]:
    """Survey points within `SLICE_M` of the plane, by class. Returns the classes shown, in the legend's order."""
    scene = subject.scene
    near = np.flatnonzero(np.abs(plane.ahead(scene.points)) <= SLICE_M)
    place = plane.on_paper(scene.points[near])
    left, right, bottom, top = frame.window
    inside = (place[:, 0] >= left) & (place[:, 0] <= right) & (place[:, 1] >= bottom) & (place[:, 1] <= top)
    near, place = near[inside], place[inside]
    step = max(-(-len(near) // MOST_SLICE_POINTS), 1)
    near, place = near[::step], place[::step]
    shown = []
    for point_class in sorted(PointClass, key=lambda c: c is PointClass.ADDED):
        chosen = place[scene.point_class[near] == point_class]
        if len(chosen):
            shown.append(point_class)
            page.drawing.plot(
                chosen[:, 0], chosen[:, 1], linestyle="none", marker="o", markersize=1.5, markeredgewidth=0.0,
                color=unit(POINT[point_class]), zorder=8,
            )  # fmt: skip
    return sorted(shown)
