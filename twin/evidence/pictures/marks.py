"""Lettering of true-to-scale drawings: dimensions, elevation marks, section line, north arrow, scale bar, key plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.conformity.model import StoreyResult, StoreyStatus
from twin.evidence.pictures.drawing import Frame
from twin.evidence.pictures.lettering import fitted, width_mm
from twin.evidence.pictures.page import BAND_MM, Page, write
from twin.evidence.pictures.palette import INK, PAPER, SECOND_INK, STOREY, Rgb, unit
from twin.evidence.pictures.subject import Subject

LEVELS_MM = 60.0
"""Room at the left of a section for the marks of levels."""

_STEPS_M = tuple(digit * 10.0**power for power in range(-2, 4) for digit in (1.0, 2.0, 5.0))
_SCALE_BAR_MM = 49.0

_SHIFT_SHOWN_M = 0.02
"""A level is written a second time as measured where it differs by more than this, and by more than its expanded
uncertainty: less is finish and noise."""

_LEVEL_PT, _LEVEL_ROOM_MM = 8.0, LEVELS_MM - 20.0


def metres(value: float) -> str:
    """A length for a drawing."""
    return f"{value:.2f}"


def elevation(value: float) -> str:
    """An elevation with its sign, as drawings write it."""
    return f"±{0.0:.2f}" if abs(value) < 0.005 else f"{value:+.2f}".replace("-", "−")


def dimension(
    page: Page, frame: Frame, start: tuple[float, float], end: tuple[float, float], offset_m: float, rgb: Rgb
) -> None:
    """A dimension line beside a level or upright distance.

    Parameters
    ----------
    start, end : (x, y) m on paper
        On one level or one upright line.
    offset_m : float
        From the points to the line: upward of a level distance, to the right of an upright one.
    """
    upright = abs(start[0] - end[0]) < abs(start[1] - end[1])
    shift = np.array([offset_m, 0.0] if upright else [0.0, offset_m])
    a, b = np.array(start) + shift, np.array(end) + shift
    ink, axes, mm = unit(rgb), page.drawing, frame.mm
    for near, far in ((np.array(start), a), (np.array(end), b)):
        gap = np.sign(shift) * 1.2 * mm
        axes.plot(*zip(near + gap, far + gap, strict=True), color=ink, linewidth=0.5, zorder=9)
    axes.plot(*zip(a, b, strict=True), color=ink, linewidth=0.9, zorder=9)
    for end_point in (a, b):
        tick = np.array([1.0, 1.0]) * mm
        axes.plot(*zip(end_point - tick, end_point + tick, strict=True), color=ink, linewidth=1.6, zorder=9)
    middle = (a + b) / 2.0
    lift = np.array([-2.2 * mm, 0.0]) if upright else np.array([0.0, 2.2 * mm])
    write(
        axes, tuple(middle + lift), metres(float(np.abs(np.subtract(end, start)).max())), 9.5, rgb, "center",
        va="center", rotation=90.0 if upright else 0.0, zorder=10,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Level:
    """A level to mark: where it lies, what is written, in which colour."""

    at_m: float
    text: str
    rgb: Rgb


def levels_of(subject: Subject) -> list[Level]:
    """Marks of all storeys; those that differ are written as measured as well."""
    marks: list[Level] = []
    for storey in subject.scene.storeys:
        marks += _marks(storey, subject)
    return sorted(marks, key=lambda mark: mark.at_m)


def _marks(storey: StoreyResult, subject: Subject) -> list[Level]:
    say, marks = subject.say, []
    designed, measured = storey.design_elevation_m, storey.measured_elevation_m
    if designed is not None:
        grey = storey.status in (StoreyStatus.NOT_BUILT, StoreyStatus.NOT_OBSERVED)
        tail = f" ({say.storey(storey.status)})" if grey else ""
        text = _named(designed, storey.name or say("level_unnamed"), tail)
        marks.append(Level(designed, text, STOREY[storey.status] if grey else INK))
    if measured is None:
        return marks
    if designed is None:
        text = f"{elevation(measured)}  {say.storey(StoreyStatus.UNAPPROVED)}"
        marks.append(Level(measured, text, STOREY[StoreyStatus.UNAPPROVED]))
    elif abs(measured - designed) > max(_SHIFT_SHOWN_M, storey.expanded_uncertainty_m or 0.0):
        text = _named(measured, storey.name or say("level_unnamed"), f" ({say('measured')})")
        marks.append(Level(measured, text, STOREY[StoreyStatus.SHIFTED]))
    return marks


def _named(at_m: float, name: str, tail: str) -> str:
    """Elevation, name and state of a level; where there is no room for all, it is the name that is cut."""
    head = f"{elevation(at_m)}  "
    room = _LEVEL_ROOM_MM - width_mm(head, _LEVEL_PT) - width_mm(tail, _LEVEL_PT)
    return f"{head}{fitted(name, _LEVEL_PT, room)}{tail}"


def draw_levels(page: Page, frame: Frame, marks: list[Level]) -> None:
    """Level lines across the window and their marks at its left, kept apart where levels lie close."""
    left, right, bottom, top = frame.window
    mm, axes = frame.mm, page.drawing
    marks = [mark for mark in marks if bottom - 0.02 <= mark.at_m <= top + 0.02]
    rows = spread([mark.at_m for mark in marks], 4.6 * mm)
    for mark, row in zip(marks, rows, strict=True):
        ink = unit(mark.rgb)
        strong = mark.rgb != INK
        axes.plot(
            [left - 4.0 * mm, right + 2.0 * mm], [mark.at_m] * 2, color=ink, linewidth=1.1 if strong else 0.6,
            linestyle=(0, (9, 3, 1.5, 3)), zorder=7, alpha=0.9 if strong else 0.55,
        )  # fmt: skip
        axes.plot([left - 9.0 * mm, left - 4.0 * mm], [row, mark.at_m], color=ink, linewidth=0.6, zorder=7)
        tip = np.array([[-12.0, 0.0], [-13.3, 2.0], [-10.7, 2.0]]) * mm + [left, row]
        axes.fill(tip[:, 0], tip[:, 1], facecolor=ink if strong else "white", edgecolor=ink, linewidth=0.7, zorder=7)
        axes.plot([left - 12.0 * mm, left - 9.0 * mm], [row, row], color=ink, linewidth=0.6, zorder=7)
        text = fitted(mark.text, _LEVEL_PT, _LEVEL_ROOM_MM)
        write(axes, (left - 14.5 * mm, row + 1.2 * mm), text, _LEVEL_PT, mark.rgb, "right", zorder=9)


def spread(places: list[float], pitch: float) -> list[float]:
    """Ascending places moved apart to at least `pitch`, each as little as need be."""
    blocks: list[tuple[float, int]] = []
    for place in places:
        centre, count = place, 1
        while blocks and centre - (count - 1) * pitch / 2.0 < blocks[-1][0] + (blocks[-1][1] + 1) * pitch / 2.0:
            other, many = blocks.pop()
            centre = (centre * count + other * many) / (count + many)
            count += many
        blocks.append((centre, count))
    return [centre + (i - (count - 1) / 2.0) * pitch for centre, count in blocks for i in range(count)]


def north_arrow(page: Page, at_mm: tuple[float, float], angle_deg: float, size_mm: float, letter: str) -> None:
    """A needle on the paper that points `angle_deg` anticlockwise from the top."""
    angle = np.radians(angle_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    needle = np.array([[0.0, 1.0], [0.36, -0.75], [0.0, -0.42], [-0.36, -0.75]]) * size_mm @ turn.T + at_mm
    for half, rgb in (([0, 1, 2], PAPER), ([0, 2, 3], INK)):
        page.paper.fill(*needle[half].T, facecolor=unit(rgb), edgecolor=unit(INK), linewidth=0.8)
    place = turn @ np.array([0.0, 1.55]) * size_mm + at_mm
    write(page.paper, (float(place[0]), float(place[1])), letter, 9.0, INK, "center", va="center")


def scale_bar(page: Page, frame: Frame, at_mm: tuple[float, float]) -> None:
    """Four parts of a round length, filled in turn, with the lengths below."""
    from matplotlib.patches import Rectangle

    step = max((step for step in _STEPS_M if 4.0 * step / frame.mm <= _SCALE_BAR_MM), default=_STEPS_M[0])
    part = step / frame.mm
    x, y = at_mm
    for number in range(4):
        fill = unit(INK if number % 2 == 0 else PAPER)
        page.paper.add_patch(
            Rectangle((x + number * part, y), part, 1.6, facecolor=fill, edgecolor=unit(INK), linewidth=0.6)
        )
    for number in (0, 1, 2, 4):
        text = f"{number * step:g}" + (" m" if number == 4 else "")
        write(page.paper, (x + number * part, y - 2.4), text, 7.0, INK, "center")


def imprint(page: Page, subject: Subject, scale: str) -> None:
    """Case, day, inputs and units at the right of the band."""
    say, scene = subject.say, subject.scene
    rows = (
        (say("case"), scene.case),
        (say("surveyed"), scene.captured_on or say("date_unknown")),
        (say("digest"), f"sha256 {scene.digest[:12]}"),
    )
    x, y = 239.0, 17.0
    for label, value in rows:
        write(page.paper, (x, y), label, 7.0, SECOND_INK)
        write(page.paper, (x + 15.0, y), fitted(value, 7.0, 38.0), 7.0)
        y -= 4.3
    write(page.paper, (x, y), fitted(say("units"), 7.0, 54.0), 7.0, SECOND_INK)
    write(page.paper, (x, BAND_MM - 5.0), scale, 8.5)


def north_on_paper_deg(subject: Subject) -> float:
    """Direction of north on a plan whose right is the building's main axis, anticlockwise from the top."""
    return subject.scene.north_deg - float(np.degrees(subject.axis_rad))
