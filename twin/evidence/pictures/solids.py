"""The body of every finding, whatever it was recorded by: a mesh, an outline with heights, or moved elements."""

from __future__ import annotations

import numpy as np

from twin.arrays import Floats, Ints
from twin.conformity.model import Body, Change, Finding
from twin.design.model import Design
from twin.deviation.model import ElementResult

_TRIANGLE = 3


def body_of(finding: Finding, design: Design, results: tuple[ElementResult, ...]) -> Body:
    """What a picture shows of a finding, in the design frame.

    The recorded body where there is one; the moved elements at their measured place; the missing elements as designed;
    else the outline carried from the bottom to the top of the box.
    """
    if finding.body is not None and len(finding.body.triangles):
        return finding.body
    if finding.replaced_ids:
        shown = _elements(finding, design, results)
        if len(shown.triangles):
            return shown
    return extruded(outline_of(finding, None), float(finding.box[0, 2]), float(finding.box[1, 2]))


def outline_of(finding: Finding, body: Body | None) -> Floats:
    """(k, 2) m, design frame: the recorded outline, else the rectangle about the body or the box."""
    if len(finding.outline) >= _TRIANGLE:
        return np.asarray(finding.outline, dtype=np.float64)
    around = finding.box if body is None else np.stack([body.vertices.min(axis=0), body.vertices.max(axis=0)])
    (x0, y0, _), (x1, y1, _) = around
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])


def _elements(finding: Finding, design: Design, results: tuple[ElementResult, ...]) -> Body:
    wanted = set(finding.global_ids)
    indices = [e.index for e in design.elements if e.global_id in wanted]
    triangles: list[Ints] = []
    vertices: list[Floats] = []
    count = 0
    for index in indices:
        faces = design.surface.triangles[design.surface.element == index]
        used, inverse = np.unique(faces, return_inverse=True)
        offset = results[index].offset_m if index < len(results) else None
        shift = np.array(offset) if offset is not None and finding.change is Change.MOVED else np.zeros(3)
        vertices.append(design.surface.vertices[used] + shift)
        triangles.append((inverse.reshape(-1, 3) + count).astype(np.int32))
        count += len(used)
    if not triangles:
        return Body(np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int32))
    return Body(np.concatenate(vertices), np.concatenate(triangles))


def extruded(outline: Floats, bottom_m: float, top_m: float) -> Body:
    """A prism over a simple outline.

    Parameters
    ----------
    outline : (k, 2) m, design frame
        Anticlockwise or not; made anticlockwise.
    bottom_m, top_m : float, m

    Returns
    -------
    Body
        Closed, outward anticlockwise.
    """
    x, y = outline[:, 0], outline[:, 1]
    if np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) < 0.0:
        outline = outline[::-1]
    count = len(outline)
    cap = _ears(outline)
    low = np.column_stack([outline, np.full(count, bottom_m)])
    high = np.column_stack([outline, np.full(count, max(top_m, bottom_m + 1e-3))])
    here = np.arange(count)
    there = np.roll(here, -1)
    sides = np.concatenate(
        [np.column_stack([here, there, there + count]), np.column_stack([here, there + count, here + count])]
    )
    triangles = np.concatenate([cap[:, ::-1], cap + count, sides]).astype(np.int32)
    return Body(np.concatenate([low, high]), triangles)


def _ears(outline: Floats) -> Ints:
    """Triangles of a simple anticlockwise polygon by ear clipping; a fan where the outline crosses itself."""
    left = list(range(len(outline)))
    triangles: list[tuple[int, int, int]] = []
    while len(left) > 3:
        place = next((i for i in range(len(left)) if _is_ear(outline, left, i)), None)
        if place is None:
            break
        triangles.append((left[place - 1], left[place], left[(place + 1) % len(left)]))
        del left[place]
    triangles += [(left[0], left[i], left[i + 1]) for i in range(1, len(left) - 1)]
    return np.array(triangles, dtype=np.int32)


def _is_ear(outline: Floats, left: list[int], place: int) -> bool:
    a, b, c = (outline[left[k]] for k in (place - 1, place, (place + 1) % len(left)))
    if _turn(a, b, c) <= 0.0:
        return False
    others = [k for k in left if k not in (left[place - 1], left[place], left[(place + 1) % len(left)])]
    return not any(_inside(outline[k], a, b, c) for k in others)


def _inside(p: Floats, a: Floats, b: Floats, c: Floats) -> bool:
    return _turn(a, b, p) >= 0.0 and _turn(b, c, p) >= 0.0 and _turn(c, a, p) >= 0.0


def _turn(a: Floats, b: Floats, c: Floats) -> float:
    return float((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]))
