"""Elevations coloured by deviation: what was seen of each side of the building, and how far it lies off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Bytes, Flags, Floats, Longs
from twin.conformity.model import Change
from twin.evidence.pictures.captions import close_band
from twin.evidence.pictures.cut import Plane
from twin.evidence.pictures.drawing import Frame, Window, framed, paper_mm, underlay
from twin.evidence.pictures.keyplan import key_plan, sight_arrow
from twin.evidence.pictures.marks import LEVELS_MM, draw_levels, levels_of
from twin.evidence.pictures.page import Entry, Page, blank, legend, notes, write
from twin.evidence.pictures.palette import (
    CHANGE,
    DEVIATION_STOPS,
    INK,
    NOT_OBSERVED,
    SECOND_INK,
    unit,
)
from twin.evidence.pictures.sight import View, shaded
from twin.evidence.pictures.subject import LIGHT_CLASSES, Subject
from twin.evidence.pictures.tags import Tag, place_tags
from twin.evidence.scene import PointClass

REACH_M = 0.20
"""A spot of the facade counts as observed where a survey point lies within this on the same surface."""

DEPTH_M = 0.30
"""Points that lie farther than this before or behind the visible surface belong to something else."""

RANGE_TOLERANCES = 5.0
"""The colours end at this multiple of the tolerance."""

_EDGE_GREY = 0.75
"""Between the shade of edges and that of surfaces."""

_COMPASS = {0: "n", 1: "nw", 2: "w", 3: "sw", 4: "s", 5: "se", 6: "e", 7: "ne"}


@dataclass(frozen=True, eq=False)
class Facade:
    """One side of the building: file name, its wind in words, and the plane outside it that looks at it."""

    name: str
    wind: str
    plane: Plane


def facades_of(subject: Subject) -> list[Facade]:
    """The four main sides, from the north against the sun."""
    facades = []
    for outward in (subject.across, -subject.along, -subject.across, subject.along):
        azimuth = subject.from_north_deg(outward)
        wind = round(azimuth / 45.0) % 8
        up = np.array([0.0, 0.0, 1.0])
        far = float(np.linalg.norm(subject.box[1] - subject.box[0]))
        plane = Plane(subject.middle + outward * far, np.cross(-outward, up), up)
        facades.append(Facade(f"deviation-{_COMPASS[wind]}", subject.say.wind(azimuth), plane))
    return facades


def facade_page(subject: Subject, facade: Facade) -> Page:
    """The elevation of one side as a heat map."""
    say, plane = subject.say, facade.plane
    page = blank(say("facade", wind=facade.wind), say("against"), None, subject.scene.case)
    frame = framed(page, _window(subject, plane), (LEVELS_MM, 10.0, 7.0, 7.0))
    building = subject.approved_sight.view(plane, frame.window, frame.pixel_m)
    whole = subject.sight.view(plane, frame.window, frame.pixel_m)
    deviation, seen = _measured(subject, plane, building)
    range_m = subject.scene.tolerance_m * RANGE_TOLERANCES
    underlay(page, frame, _coloured(building, _rims(subject, building), deviation, seen, range_m))
    changes = _draw_findings(page, frame, subject, whole)
    draw_levels(page, frame, levels_of(subject))
    entries = [Entry("hatch", NOT_OBSERVED, say("not_observed"))]
    entries += [Entry("hatch", CHANGE[change], say.change(change)) for change in changes]
    legend(page, entries, rows=2)
    _ramp(page, subject)
    surface = int(np.count_nonzero(np.isfinite(building.depth)))
    share = int(np.count_nonzero(seen)) / max(surface, 1)
    rule = say("facade_at", reach=f"{REACH_M:.2f}", depth=f"{DEPTH_M:.2f}")
    notes(page, [say("facade", wind=facade.wind), say("observed_share", share=round(100.0 * share)), rule])
    place, _ = key_plan(page, subject, None)
    sight_arrow(page, place(subject.middle[None, :2])[0], place((subject.middle - plane.look)[None, :2])[0])
    close_band(page, subject, frame)
    return page


def _window(subject: Subject, plane: Plane) -> Window:
    axis = 0 if abs(plane.right @ subject.along) > 0.5 else 1
    sign = 1.0 if plane.right @ (subject.along, subject.across)[axis] > 0.0 else -1.0
    ends = np.sort(subject.drawn_box[:, axis] * sign)
    return float(ends[0]) - 0.4, float(ends[1]) + 0.4, float(subject.box[0, 2]) - 0.2, float(subject.box[1, 2]) + 0.4


def _measured(subject: Subject, plane: Plane, view: View) -> tuple[Floats, Flags]:
    """Mean deviation, (h, w) m, of the points at each pixel or nearest to it, and where the surface was seen."""
    from scipy.ndimage import distance_transform_edt

    total, count = _gathered(subject, plane, view)
    hit = count > 0
    mean = np.divide(total, count, out=np.zeros_like(total), where=hit)
    if not hit.any():
        return mean, hit
    distance, (row, column) = distance_transform_edt(~hit, return_indices=True)
    depth = np.where(np.isfinite(view.depth), view.depth, 1e9)
    same: Flags = np.abs(depth[row, column] - depth) < DEPTH_M / 3.0
    seen: Flags = np.isfinite(view.depth) & same & (distance * view.pixel_m <= REACH_M)
    return mean[row, column], seen


def _gathered(subject: Subject, plane: Plane, view: View) -> tuple[Floats, Floats]:
    """Sum of deviations and number of points, (h, w), of points on the visible surface."""
    scene = subject.scene
    of_building = np.isin(scene.point_class, (PointClass.AS_DESIGNED, PointClass.DEVIATING))
    wanted = of_building & np.isfinite(scene.point_deviation)
    index = np.flatnonzero(wanted)
    points = scene.points[index]
    place, depth = plane.on_paper(points), plane.ahead(points)
    height, width = view.depth.shape
    left, right, bottom, top = view.extent
    column: Longs = np.floor((place[:, 0] - left) / (right - left) * width).astype(np.int64)
    row: Longs = np.floor((top - place[:, 1]) / (top - bottom) * height).astype(np.int64)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    index, depth, row, column = index[inside], depth[inside], row[inside], column[inside]
    near = np.abs(view.depth[row, column] - depth) <= DEPTH_M
    flat = row[near] * width + column[near]
    weights = scene.point_deviation[index[near]].astype(np.float64)
    total = np.asarray(np.bincount(flat, weights, height * width), dtype=np.float64)
    count = np.asarray(np.bincount(flat, minlength=height * width), dtype=np.float64)
    return total.reshape(height, width), count.reshape(height, width)


def _rims(subject: Subject, view: View) -> Flags:
    """(h, w): pixels beside which a window, door or the like begins or ends, flush as it may be."""
    light = np.array([e.ifc_class in LIGHT_CLASSES for e in subject.scene.design.elements], dtype=np.bool_)
    there = view.triangle >= 0
    kind = np.zeros(view.triangle.shape, dtype=np.int8)
    kind[there] = 1 + light[subject.building.element[view.triangle[there]]]
    rims = np.zeros(kind.shape, dtype=np.bool_)
    rims[:-1] |= kind[:-1] != kind[1:]
    rims[:, :-1] |= kind[:, :-1] != kind[:, 1:]
    return rims


def _coloured(view: View, rims: Flags, deviation: Floats, seen: Flags, range_m: float) -> Bytes:
    """(h, w, 3): deviations where seen, grey-blue stripes where not, the design's edges over both."""
    grey = shaded(view, 1e3)
    rgb = np.full((*view.depth.shape, 3), 255.0)
    there = np.isfinite(view.depth)
    row, column = np.indices(view.depth.shape)
    stripe = ((row + column) // 4) % 3 == 0
    blue = np.array(NOT_OBSERVED, dtype=np.float64)
    rgb[there] = 0.45 * blue + 0.55 * 255.0
    rgb[there & stripe] = blue
    rgb[seen] = ramp(deviation[seen] / range_m)
    line = there & ((grey < _EDGE_GREY) | rims)
    rgb[line] *= 0.55
    return np.rint(rgb).astype(np.uint8)


def ramp(share: Floats) -> Floats:
    """(n, 3) 0..255: colours of deviations given as shares -1..1 of the range."""
    stops = np.array([stop for stop, _ in DEVIATION_STOPS])
    colours = np.array([colour for _, colour in DEVIATION_STOPS], dtype=np.float64)
    clipped = np.clip(share, -1.0, 1.0)
    return np.stack([np.interp(clipped, stops, colours[:, channel]) for channel in range(3)], axis=-1)


def _draw_findings(page: Page, frame: Frame, subject: Subject, view: View) -> list[Change]:
    """Outlines, hatches and numbers what is visible of each finding. Returns the changes shown."""
    whose = np.where(view.triangle >= 0, subject.owner[view.triangle], -1)
    left, right, bottom, top = view.extent
    height, width = whose.shape
    x = left + (np.arange(width) + 0.5) / width * (right - left)
    y = top - (np.arange(height) + 0.5) / height * (top - bottom)
    changes, tags = set(), []
    for number in (int(n) for n in np.unique(whose[whose >= 0])):
        mask = whose == number
        finding = subject.scene.findings[number]
        if finding.change is Change.OBJECT or mask.sum() < 60:
            continue
        colour = unit(CHANGE[finding.change])
        filled = page.drawing.contourf(
            x, y, mask.astype(float), levels=[0.5, 2.0], colors=[(*colour, 0.22)], hatches=["///"], zorder=3
        )
        filled.set_edgecolor(colour)
        filled.set_linewidth(0.0)
        page.drawing.contour(x, y, mask.astype(float), levels=[0.5], colors=[colour], linewidths=1.8, zorder=4)
        rows, columns = np.nonzero(mask)
        anchor = paper_mm(frame, float(x[int(np.median(columns))]), float(y[int(np.median(rows))]))
        room = (float(np.ptp(x[columns])) / frame.mm, float(np.ptp(y[rows])) / frame.mm)
        tags.append(Tag(finding.id, CHANGE[finding.change], anchor, room))
        changes.add(finding.change)
    place_tags(page, tags)
    return sorted(changes)


def _ramp(page: Page, subject: Subject) -> None:
    """The colour scale with the tolerance marked."""
    say, tolerance = subject.say, subject.scene.tolerance_m * 1000.0
    full = tolerance * RANGE_TOLERANCES
    x0, x1, y = 9.0, 114.0, 11.5
    colours = ramp(np.linspace(-1.0, 1.0, 400))[None] / 255.0
    page.paper.imshow(colours, extent=(x0, x1, y, y + 3.4), aspect="auto", zorder=2)
    page.paper.plot([x0, x1, x1, x0, x0], [y, y, y + 3.4, y + 3.4, y], color=unit(INK), linewidth=0.6, zorder=3)
    for value in (-full, -full / 2.0, -tolerance, 0.0, tolerance, full / 2.0, full):
        x = x0 + (value / full + 1.0) / 2.0 * (x1 - x0)
        text = f"{value:+.0f}".replace("-", "−") if value else "0"
        bound = "≤" if value == -full else "≥" if value == full else ""
        write(page.paper, (x, y - 2.6), bound + text, 7.0, INK, "center")
    write(page.paper, (x0, y + 5.4), say("deviation"), 7.5)
    write(page.paper, (x0, y - 7.0), f"− {say('inside')}", 7.0, SECOND_INK)
    write(page.paper, ((x0 + x1) / 2.0, y - 7.0), say("within", mm=f"{tolerance:.0f}"), 7.0, SECOND_INK, "center")
    write(page.paper, (x1, y - 7.0), f"+ {say('outside')}", 7.0, SECOND_INK, "right")
