"""Axes of the grid on plans: thin lines with their tags in bubbles, as a drawing office draws them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from twin.arrays import Floats
from twin.design.model import GridAxis
from twin.evidence.axes import bays_of_finding
from twin.evidence.pictures.cut import Plane
from twin.evidence.pictures.drawing import Frame, Window
from twin.evidence.pictures.lettering import fitted
from twin.evidence.pictures.page import Page, write
from twin.evidence.pictures.palette import INK, PAPER, SECOND_INK, unit
from twin.evidence.pictures.subject import Subject

BUBBLE_MM = 2.6
_STUB_MM = 1.8
"""From the window to the bubble."""
_APART_MM = 2.0 * BUBBLE_MM + 0.4
_LETTER_PT, _KEY_PT = 7.0, 5.5
_MOST_KEY_LINES = 24
"""More lines would hide the building in a square of three centimetres."""


def named_axes(subject: Subject, number: int | None) -> frozenset[str]:
    """Tags of the axes by which the place of a finding is told."""
    if number is None:
        return frozenset()
    bays = bays_of_finding(subject.scene.design.axes, subject.scene.findings[number])
    return frozenset(tag for bay in bays for tag in (bay.start, bay.end))


def draw_axes(page: Page, frame: Frame, subject: Subject, plane: Plane, named: Collection[str]) -> bool:
    """Draws the axes that cross the window, each with one bubble at its left or upper end.

    Where bubbles would touch, axes are left out, those in `named` last. Returns whether any was drawn.
    """
    mm = frame.mm
    left, right, bottom, top = frame.window
    stub = _STUB_MM * mm
    around = (left - stub, right + stub, bottom - stub, top + stub)
    taken: list[Floats] = []
    for axis in _ranked(subject.scene.design.axes, named):
        line = _within(plane.on_paper(axis.points), around)
        if line is None:
            continue
        centre = _bubble_at(line, BUBBLE_MM * mm)
        if any(np.linalg.norm(centre - other) < _APART_MM * mm for other in taken):
            continue
        taken.append(centre)
        _draw_line(page.drawing, line, 0.5)
        _bubble(page.drawing, centre, axis.tag, mm)
    return bool(taken)


def key_axes(
    page: Page, subject: Subject, place: Callable[[Floats], Floats], square: Window, named: Collection[str]
) -> None:
    """The axes on the key plan, hair thin; tags on those in `named` alone."""
    axes = _ranked(subject.scene.design.axes, named)
    for axis in axes if len(axes) <= _MOST_KEY_LINES else [axis for axis in axes if axis.tag in named]:
        line = _within(place(axis.points[:, :2]), square)
        if line is None:
            continue
        _draw_line(page.paper, line, 0.3)
        if axis.tag in named:
            x, y = _bubble_at(line, 1.4)
            ground = {"facecolor": unit(PAPER), "edgecolor": "none", "pad": 0.2, "alpha": 0.8}
            text = fitted(axis.tag, _KEY_PT, 6.0)
            write(page.paper, (x, y), text, _KEY_PT, INK, "center", va="center", zorder=6, bbox=ground)


def _ranked(axes: tuple[GridAxis, ...], named: Collection[str]) -> list[GridAxis]:
    return sorted(axes, key=lambda axis: axis.tag not in named)


def _within(line: Floats, window: Window) -> Floats | None:
    """The part of a line inside a rectangle, the longest where there are several; None where there is none."""
    import shapely

    left, right, bottom, top = window
    inside = shapely.intersection(shapely.linestrings(line), shapely.box(left, bottom, right, top))
    parts = [part for part in shapely.get_parts(inside) if part.length > 0.0]
    return shapely.get_coordinates(max(parts, key=lambda part: part.length)) if parts else None


def _bubble_at(line: Floats, radius: float) -> Floats:
    """Middle of a bubble at the left or upper end of a line, beyond it."""
    end, before = (line[0], line[1]) if line[0] @ [-1.0, 1.0] > line[-1] @ [-1.0, 1.0] else (line[-1], line[-2])
    way = end - before
    return np.asarray(end + way / max(float(np.linalg.norm(way)), 1e-12) * radius)


def _draw_line(axes: Any, line: Floats, width: float) -> None:
    axes.plot(line[:, 0], line[:, 1], color=unit(SECOND_INK), linewidth=width, linestyle=(0, (14, 3, 2, 3)), zorder=7)


def _bubble(axes: Any, centre: Floats, tag: str, mm: float) -> None:
    from matplotlib.patches import Circle

    shape = Circle((centre[0], centre[1]), BUBBLE_MM * mm, zorder=9)
    shape.set(facecolor=unit(PAPER), edgecolor=unit(INK), linewidth=0.7)
    axes.add_patch(shape)
    text = fitted(tag, _LETTER_PT, 2.0 * BUBBLE_MM - 0.8)
    write(axes, (float(centre[0]), float(centre[1])), text, _LETTER_PT, INK, "center", va="center", zorder=10)
