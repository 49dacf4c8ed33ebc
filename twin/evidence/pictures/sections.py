"""Vertical sections: through each finding, and through the whole."""

from __future__ import annotations

import numpy as np

from twin.arrays import Floats
from twin.conformity.model import Body, Change
from twin.evidence.pictures.captions import annotate, close_band, drawing_legend, finding_page
from twin.evidence.pictures.cut import Plane, area_of, cut
from twin.evidence.pictures.drawing import (
    SLICE_M,
    Frame,
    Window,
    draw_beyond,
    draw_cut,
    draw_findings,
    draw_slice,
    framed,
    windowed,
)
from twin.evidence.pictures.keyplan import key_plan, section_line
from twin.evidence.pictures.marks import LEVELS_MM, dimension, draw_levels, levels_of, metres
from twin.evidence.pictures.page import Page, blank, notes
from twin.evidence.pictures.palette import CHANGE
from twin.evidence.pictures.subject import Subject

_TRIALS = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)
"""Places across a finding at which a section is tried, as shares of its width."""

_MARGINS_MM = (LEVELS_MM, 30.0, 7.0, 7.0)


def section_page(subject: Subject, number: int) -> Page:
    """A finding cut upright, with levels and its height."""
    say, body = subject.say, subject.bodies[number]
    plane = best_plane(subject, body)
    page = finding_page(subject, number, f"{say('section')} A–A")
    around = _extent(plane, body.vertices)
    whole = _whole(subject, plane)
    frame = framed(page, windowed(around, whole, _MARGINS_MM), _MARGINS_MM)
    _draw(page, frame, subject, plane, number)
    _heights(page, frame, subject, [number], plane)
    annotate(page, subject, number, say("section_at", half=metres(SLICE_M)))
    return page


def whole_section_page(subject: Subject) -> Page:
    """The building and everything added, cut where most of the findings lie."""
    say = subject.say
    chief = next((n for n, f in enumerate(subject.scene.findings) if f.change is not Change.OBJECT), None)
    body = _box_body(subject) if chief is None else subject.bodies[chief]
    plane = best_plane(subject, body)
    page = blank(f"{say('section')} A–A", say("against"), None, subject.scene.case)
    frame = framed(page, _whole(subject, plane), _MARGINS_MM)
    _draw(page, frame, subject, plane, None)
    _heights(page, frame, subject, list(range(len(subject.bodies))), plane)
    notes(page, [say("section"), say("section_at", half=metres(SLICE_M))])
    return page


def _draw(page: Page, frame: Frame, subject: Subject, plane: Plane, chief: int | None) -> None:
    reach = float(np.abs((subject.box[1] - subject.box[0]) @ plane.look))
    draw_beyond(page, frame, subject, plane, max(reach, 5.0))
    draw_cut(page, frame, subject, plane)
    changes = draw_findings(page, frame, subject, [plane] * len(subject.bodies), chief)
    classes = draw_slice(page, frame, subject, plane)
    draw_levels(page, frame, levels_of(subject))
    drawing_legend(page, subject, changes, classes)
    place, reach_m = key_plan(page, subject, chief)
    section_line(page, subject, place, reach_m, plane.origin, plane.look)
    close_band(page, subject, frame)


def _heights(page: Page, frame: Frame, subject: Subject, numbers: list[int], plane: Plane) -> None:
    """Heights of the findings that are cut, one beside the other at the right of the window."""
    mm = frame.mm
    column = 0
    for number in numbers:
        finding, body = subject.scene.findings[number], subject.bodies[number]
        lines = cut(body.vertices, body.triangles, plane).lines
        if not len(lines) or finding.change is Change.OBJECT or column > 2:
            continue
        low, high = lines.reshape(-1, 2).min(axis=0), lines.reshape(-1, 2).max(axis=0)
        if high[1] - low[1] < 1.0 * mm:
            continue
        offset = frame.window[1] + (6.0 + 6.5 * column) * mm - high[0]
        dimension(page, frame, (high[0], low[1]), (high[0], high[1]), offset, CHANGE[finding.change])
        column += 1


def best_plane(subject: Subject, body: Body) -> Plane:
    """The upright plane along a main axis that shows a body with most of the building around it.

    Of both axes the one that cuts more of the building's length beside the body; of several places across the body
    the one that cuts the least wall lengthwise, for a section that runs inside a wall shows nothing.
    """
    low, high = body.vertices.min(axis=0), body.vertices.max(axis=0)
    middle = (low + high) / 2.0
    up = np.array([0.0, 0.0, 1.0])
    candidates: list[tuple[float, Plane]] = []
    for right in (subject.along, subject.across):
        look = np.cross(up, right)
        across = body.vertices @ look
        for trial, share in enumerate(_TRIALS):
            offset = across.min() + share * (across.max() - across.min()) - middle @ look
            plane = Plane(middle + offset * look, right, up)
            candidates.append((_worth(subject, body, plane) - 0.002 * trial, plane))
    return max(candidates, key=lambda pair: pair[0])[1]


def _worth(subject: Subject, body: Body, plane: Plane) -> float:
    """0..2: how much of the body is cut, and how well the building stands beside it."""
    own = cut(body.vertices, body.triangles, plane).lines
    around = _whole(subject, plane)
    area = (around[1] - around[0]) * (around[3] - around[2])
    lines = cut(subject.kept.vertices, subject.kept.triangles, plane).lines
    if not len(own):
        return 0.0
    if not len(lines):
        return 0.2
    ends = lines.reshape(-1, 2)
    spread = float(np.prod(ends.max(axis=0) - ends.min(axis=0)))
    solid = area_of(lines) / max(spread, 1e-9)
    size = (body.vertices @ plane.right).max() - (body.vertices @ plane.right).min()
    shown = np.ptp(own[..., 0]) / max(size, 1e-9)
    narrow = 0.15 * min(1.0, (subject.box[1, 2] - subject.box[0, 2]) / max(around[1] - around[0], 1e-9))
    return float(0.5 * shown + 0.6 * min(1.0, spread / area) + narrow - 0.8 * min(solid, 1.0))


def _extent(plane: Plane, vertices: Floats) -> Window:
    place = plane.on_paper(vertices)
    (left, bottom), (right, top) = place.min(axis=0), place.max(axis=0)
    return float(left), float(right), float(bottom), float(top)


def _whole(subject: Subject, plane: Plane) -> Window:
    """Extent of building and additions on paper, with a little ground on each side."""
    axis = 0 if abs(plane.right @ subject.along) > 0.5 else 1
    low, high = subject.drawn_box[:, axis]
    return float(low) - 1.2, float(high) + 1.2, float(subject.box[0, 2]) - 0.5, float(subject.box[1, 2]) + 0.6


def _box_body(subject: Subject) -> Body:
    from twin.evidence.pictures.solids import extruded

    (x0, y0, z0), (x1, y1, z1) = subject.box
    return extruded(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]), z0, z1)
