"""Horizontal sections: through each finding, and through every storey concerned."""

from __future__ import annotations

from twin.conformity.model import Body, Change, Finding, StoreyStatus
from twin.evidence.pictures.axes import draw_axes, named_axes
from twin.evidence.pictures.captions import annotate, close_band, drawing_legend, finding_page
from twin.evidence.pictures.cut import Plane, cut
from twin.evidence.pictures.drawing import (
    SLICE_M,
    Frame,
    Window,
    draw_beyond,
    draw_cut,
    draw_findings,
    draw_slice,
    framed,
    paper_mm,
    windowed,
)
from twin.evidence.pictures.keyplan import key_plan
from twin.evidence.pictures.marks import dimension, elevation, metres, north_arrow, north_on_paper_deg
from twin.evidence.pictures.page import HEIGHT_MM, TITLE_MM, WIDTH_MM, Page, blank, notes
from twin.evidence.pictures.palette import CHANGE
from twin.evidence.pictures.subject import Subject
from twin.evidence.pictures.tags import Tag, place_tags

CUT_ABOVE_FLOOR_M = 1.2
"""Height of the cut above a floor, as is the custom: through windows, above tables."""

_MARGINS_MM = (18.0, 30.0, 14.0, 8.0)
_NEAR_EDGE_MM = 22.0
_FLAT_M = 0.6
"""A finding lower than this is a floor or a beam: a cut through it would show slabs and nothing else."""
_FADE_M = 8.0
"""Depth below the cut at which things fade to paper: two storeys and a half."""


def plan_page(subject: Subject, number: int) -> Page:
    """A finding cut level, with its length and width; a flat one from above, as floors are drawn."""
    say, body = subject.say, subject.bodies[number]
    low, high = float(body.vertices[:, 2].min()), float(body.vertices[:, 2].max())
    flat = high - low < _FLAT_M
    level = high + CUT_ABOVE_FLOOR_M if flat else low + min(CUT_ABOVE_FLOOR_M, 0.5 * (high - low))
    plane = subject.plan_plane(level)
    page = finding_page(subject, number, f"{say('plan')} {elevation(level)} m")
    place = plane.on_paper(body.vertices)
    (left, bottom), (right, top) = place.min(axis=0), place.max(axis=0)
    around = (float(left), float(right), float(bottom), float(top))
    frame = framed(page, windowed(around, _whole(subject), _MARGINS_MM), _MARGINS_MM)
    _draw(page, frame, subject, plane, number)
    _lengths(page, frame, around, number, subject)
    annotate(page, subject, number, say("plan_at", level=elevation(level), half=metres(SLICE_M)))
    return page


def storey_page(subject: Subject, name: str, floor_m: float) -> Page:
    """A whole storey cut level."""
    say, level = subject.say, floor_m + CUT_ABOVE_FLOOR_M
    page = blank(f"{say('plan')} {name}", f"{elevation(level)} m", None, subject.scene.case)
    frame = framed(page, _whole(subject), _MARGINS_MM)
    _draw(page, frame, subject, subject.plan_plane(level), None)
    notes(page, [f"{say('storey')}: {name}", say("plan_at", level=elevation(level), half=metres(SLICE_M))])
    return page


def storeys_concerned(subject: Subject) -> list[tuple[str, float]]:
    """Name and floor level of every storey that a finding touches, from below; unapproved levels are among them."""
    say = subject.say
    floors: list[tuple[str, float]] = []
    for storey in subject.scene.storeys:
        level = storey.measured_elevation_m if storey.design_elevation_m is None else storey.design_elevation_m
        if level is None or storey.status is StoreyStatus.UNAPPROVED:
            continue
        cut_at = level + CUT_ABOVE_FLOOR_M
        if any(_touches(finding, storey.name, cut_at) for finding in subject.scene.findings):
            floors.append((storey.name or say("level_unnamed"), level))
    return floors


def _touches(finding: Finding, storey: str | None, cut_at: float) -> bool:
    if finding.change is Change.OBJECT:
        return False
    return bool(finding.box[0, 2] <= cut_at <= finding.box[1, 2]) or (storey is not None and finding.storey == storey)


def _draw(page: Page, frame: Frame, subject: Subject, plane: Plane, chief: int | None) -> None:
    planes = [_plane_through(body, plane, subject) for body in subject.bodies]
    draw_beyond(page, frame, subject, plane, _FADE_M)
    draw_cut(page, frame, subject, plane)
    changes = draw_findings(page, frame, subject, planes, chief)
    classes = draw_slice(page, frame, subject, plane)
    has_axes = draw_axes(page, frame, subject, plane, named_axes(subject, chief))
    if chief is None:
        _numbers(page, frame, subject, planes)
    drawing_legend(page, subject, changes, classes, has_axes)
    key_plan(page, subject, chief)
    north = north_on_paper_deg(subject)
    north_arrow(page, (WIDTH_MM - 13.0, HEIGHT_MM - TITLE_MM - 14.0), north, 6.0, subject.say("north"))
    close_band(page, subject, frame)


def _plane_through(body: Body, plane: Plane, subject: Subject) -> Plane:
    """The plane of a plan, or the one through a flat body that lies on the floor below it."""
    low, high, at = float(body.vertices[:, 2].min()), float(body.vertices[:, 2].max()), float(plane.origin[2])
    on_floor = 0.0 < at - high < CUT_ABOVE_FLOOR_M + _FLAT_M
    return subject.plan_plane(0.5 * (low + high)) if high - low < _FLAT_M and on_floor else plane


def _numbers(page: Page, frame: Frame, subject: Subject, planes: list[Plane]) -> None:
    tags = []
    for finding, body, plane in zip(subject.scene.findings, subject.bodies, planes, strict=True):
        lines = cut(body.vertices, body.triangles, plane).lines
        if len(lines):
            low, high = lines.reshape(-1, 2).min(axis=0), lines.reshape(-1, 2).max(axis=0)
            x, y = (low + high) / 2.0
            room = (float(high[0] - low[0]) / frame.mm, float(high[1] - low[1]) / frame.mm)
            tags.append(Tag(finding.id, CHANGE[finding.change], paper_mm(frame, float(x), float(y)), room))
    place_tags(page, tags)


def _lengths(page: Page, frame: Frame, around: Window, number: int, subject: Subject) -> None:
    left, right, bottom, top = around
    colour = CHANGE[subject.scene.findings[number].change]
    mm = frame.mm
    below, beside = bottom - frame.window[2], frame.window[1] - right
    # close findings are dimensioned outside the building, others right beside themselves
    drop = below + 6.0 * mm if below < _NEAR_EDGE_MM * mm else 7.0 * mm
    dimension(page, frame, (left, bottom), (right, bottom), -drop, colour)
    step = beside + 7.0 * mm if beside < _NEAR_EDGE_MM * mm else 8.0 * mm
    dimension(page, frame, (right, bottom), (right, top), step, colour)


def _whole(subject: Subject) -> Window:
    (left, bottom), (right, top) = subject.drawn_box
    return float(left) - 1.2, float(right) + 1.2, float(bottom) - 1.2, float(top) + 1.2


def slug(name: str) -> str:
    """A storey's name as part of a file name: letters and digits of any script, all else as hyphens."""
    kept = "".join(letter.lower() if letter.isalnum() else "-" for letter in name)
    return "-".join(part for part in kept.split("-") if part)[:40] or "level"


def plan_names(floors: list[tuple[str, float]]) -> list[str]:
    """A file name for each storey, all different."""
    names: list[str] = []
    for name, _ in floors:
        base, count = f"plan-{slug(name)}", 1
        while (each := base if count == 1 else f"{base}-{count}") in names:
            count += 1
        names.append(each)
    return names
