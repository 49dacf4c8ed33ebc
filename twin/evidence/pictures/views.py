"""Lettering of perspective pictures: numbers at the findings, what is hidden, legend and key plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Bytes, Flags, Floats, Ints
from twin.conformity.model import Change
from twin.evidence.pictures.cameras import VIEW_ANGLE_DEG
from twin.evidence.pictures.captions import annotate, finding_page
from twin.evidence.pictures.keyplan import key_plan, sight_arrow
from twin.evidence.pictures.lettering import fitted
from twin.evidence.pictures.marks import elevation, imprint
from twin.evidence.pictures.page import BAND_MM, PICTURE_MM, Entry, Page, blank, legend, notes, put_picture
from twin.evidence.pictures.palette import CHANGE, DESIGN, NOT_OBSERVED_PALE, POINT, Rgb
from twin.evidence.pictures.perspectives import UNSEEN, Prospect
from twin.evidence.pictures.shade import contact_shadows
from twin.evidence.pictures.sight import Sight
from twin.evidence.pictures.subject import Subject
from twin.evidence.pictures.tags import Tag, place_tags
from twin.evidence.scene import PointClass

_STRIPE, _BETWEEN = 0.5, 0.22
"""How strongly a hidden part shines through, on its stripes and between them."""

_BEHIND_M = 0.03
"""What lies behind something else by less than this counts as in one place with it."""

_NEVER_M = 1e6
"""Rays that come down farther off than this do not come down: they start at the camera."""

_SLIVER_PX = 40
"""Fewer pixels than this are nothing to point at."""

_MOST_LABELS = 24
"""Labels in one picture; the gravest findings come first."""


def perspective_page(subject: Subject, view: Prospect, picture: Bytes) -> Page:
    """The sheet of one rendered view."""
    say = subject.say
    back = view.camera.position - view.camera.target
    where = say("view_above") if view.from_above else say.from_wind(subject.from_north_deg(back))
    trace = _traced(subject, view, -(-picture.shape[1] // 2))
    if view.finding is None:
        page = blank(say("overview"), where, None, subject.scene.case)
        wanted = list(range(len(subject.bodies)))
        notes(page, _listed(subject))
    else:
        cut_open = "" if view.ceiling_m is None else f", {say('cutaway', level=elevation(view.ceiling_m))}"
        page = finding_page(subject, view.finding, f"{say('close')}, {where}{cut_open}")
        wanted = [view.finding]
        annotate(page, subject, view.finding)
    put_picture(page, _lettered(page, subject, view, trace, wanted, _shadowed(view, trace, picture)))
    legend(page, _entries(subject, view))
    place, _ = key_plan(page, subject, view.finding)
    sight_arrow(page, place(view.camera.target[None, :2])[0], place(view.camera.position[None, :2])[0])
    imprint(page, subject, say("no_scale"))
    return page


def _entries(subject: Subject, view: Prospect) -> list[Entry]:
    say, scene = subject.say, subject.scene
    entries = [Entry("patch", DESIGN, say("approved")), Entry("patch", NOT_OBSERVED_PALE, say("not_observed"))]
    changes = sorted({f.change for f in scene.findings}, key=list(Change).index)
    entries += [Entry("patch", CHANGE[change], say.change(change)) for change in changes]
    if changes:
        entries.append(Entry("hatch", CHANGE[changes[0]], say("hidden_part")))
    entries.append(Entry("dot", POINT[PointClass.GROUND], say("surroundings")))
    if view.finding is not None:
        present = [c for c in (PointClass.AS_DESIGNED, PointClass.DEVIATING) if (scene.point_class == c).any()]
        entries += [Entry("dot", POINT[c], say.points(c)) for c in present]
        if (scene.point_class == PointClass.ADDED).any():
            entries.append(Entry("dot", POINT[PointClass.ADDED], say.points(PointClass.ADDED)))
    return entries


def _listed(subject: Subject) -> list[str]:
    say, findings = subject.say, subject.scene.findings
    if not findings:
        results = subject.scene.element_results
        seen = sum(result.status not in UNSEEN for result in results)
        return [say("no_findings"), say("elements_seen", seen=seen, total=len(results))]
    grave = [f"{f.id}  {say.kind(f.kind)}: {say.verdict(f.verdict)}" for f in findings]
    room = 4
    if len(grave) > room:
        grave = [*grave[: room - 1], say("more", count=len(grave) - room + 1)]
    return [say("findings"), *grave]


@dataclass(frozen=True, eq=False)
class _Trace:
    """Rays of every second pixel from the camera: directions, and what they meet first; rows from the top."""

    rays: Floats
    distance: Floats
    triangle: Ints
    shape: tuple[int, int]


def _traced(subject: Subject, view: Prospect, width: int) -> _Trace:
    rays, shape = view.camera.rays(width)
    way = _to_ceiling(view, rays)
    distance, triangle, _ = subject.sight.cast(view.camera.position + way[:, None] * rays, rays)
    distance += way
    if view.finding is not None and view.ceiling_m is not None:
        # the finding itself is never cut open
        alone, met = _alone(subject, view, view.finding, rays)
        first = int(np.argmax(subject.owner == view.finding))
        triangle = np.where(alone < distance, first + met, triangle).astype(np.int32)
        distance = np.minimum(distance, alone)
    return _Trace(rays, distance, triangle, shape)


def _alone(subject: Subject, view: Prospect, finding: int, rays: Floats) -> tuple[Floats, Ints]:
    """Distance and triangle at which rays from the camera would meet a finding if nothing else stood there."""
    body = subject.bodies[finding]
    start = np.broadcast_to(view.camera.position, rays.shape)
    distance, triangle, _ = Sight(body.vertices, body.triangles).cast(start, rays)
    return distance, triangle


def _to_ceiling(view: Prospect, rays: Floats) -> Floats:
    """(n,) m along each ray to the level at which the building is cut open; 0 where it is whole."""
    if view.ceiling_m is None:
        return np.zeros(len(rays))
    fall = np.minimum(rays[:, 2], -1e-9)
    way = np.maximum((view.ceiling_m - view.camera.position[2]) / fall, 0.0)
    return np.where(way < _NEVER_M, way, 0.0)


def _shadowed(view: Prospect, trace: _Trace, picture: Bytes) -> Bytes:
    depth = trace.distance * (trace.rays @ view.camera.look)
    return contact_shadows(picture, depth.reshape(trace.shape), VIEW_ANGLE_DEG)


def _hidden(subject: Subject, view: Prospect, finding: int, trace: _Trace) -> Flags:
    """(h, w) of the trace: where a finding would show but for what stands before it."""
    alone, met = _alone(subject, view, finding, trace.rays)
    other = (trace.triangle < 0) | (subject.owner[trace.triangle] != finding)
    hidden: Flags = (met >= 0) & other & (trace.distance < alone - _BEHIND_M)
    return hidden.reshape(trace.shape)


def _striped(picture: Bytes, hidden: Flags, rgb: Rgb) -> Bytes:
    """The picture with stripes where something is hidden; `hidden` has every second pixel."""
    row, column = np.nonzero(np.repeat(np.repeat(hidden, 2, axis=0), 2, axis=1)[: picture.shape[0], : picture.shape[1]])
    strength = np.where((row + column) // 5 % 3 == 0, _STRIPE, _BETWEEN)[:, None]
    mixed = picture.copy()
    colour = np.array(rgb, dtype=np.float64)
    mixed[row, column] = np.rint(picture[row, column] * (1.0 - strength) + colour * strength).astype(np.uint8)
    return mixed


def _lettered(page: Page, subject: Subject, view: Prospect, trace: _Trace, wanted: list[int], picture: Bytes) -> Bytes:
    """Tags the wanted findings and stripes what is hidden: of the one of a close view, or of any that is not seen."""
    whose = np.where(trace.triangle >= 0, subject.owner[trace.triangle], -1).reshape(trace.shape)
    tags = []
    for number in wanted[:_MOST_LABELS]:
        finding, shown = subject.scene.findings[number], whose == number
        colour = CHANGE[finding.change]
        if view.finding == number or np.count_nonzero(shown) < _SLIVER_PX:
            hidden = _hidden(subject, view, number, trace)
            picture = _striped(picture, hidden, colour)
            shown = shown if np.count_nonzero(shown) >= _SLIVER_PX else hidden
        if np.count_nonzero(shown) >= _SLIVER_PX:
            text = f"{finding.id}  {fitted(subject.say.kind(finding.kind), 10.0, 60.0)}"
            tags.append(Tag(text, colour, _middle_mm(shown)))
    place_tags(page, tags)
    return picture


def _middle_mm(shown: Flags) -> tuple[float, float]:
    """The marked pixel nearest to the middle of all, mm on the paper."""
    rows, columns = np.nonzero(shown)
    middle = int(np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2))
    right, down = (columns[middle] + 0.5) / shown.shape[1], (rows[middle] + 0.5) / shown.shape[0]
    return float(right) * PICTURE_MM[0], BAND_MM + (1.0 - float(down)) * PICTURE_MM[1]
