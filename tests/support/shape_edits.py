"""What was built otherwise than a shape was approved, with the kind and the box that are true of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from support.shape_changes import extended, lifted_from, one_storey_more, scaffolded, without_some
from support.shapes import PARAPET, SLAB, Body, Ring, Shape, band, bodies, openings_in, piece_of, upright

from twin.arrays import Floats

LEAST_WINDOW_M2, LEAST_WINDOW_M = 1.2, 0.8
"""Windows that a fifth less would still count."""
TALL_M, HALL_M = 3.9, 5.2
"""Storeys into which one more can be squeezed, and into which a gallery."""


@dataclass(frozen=True, eq=False)
class ShapeEdit:
    """An approved shape and what stands instead.

    `scanned` is the shape whose rooms instruments stand in, `further` are places beside, (s, 3) m. `kind` and `box`,
    (2, 3) m, are None where all was built as approved, or less.
    """

    shape: Shape
    approved: list[Body]
    built: list[Body]
    kind: str | None = None
    box: Floats | None = None
    scanned: Shape | None = None
    further: Floats | None = None


def as_approved(shape: Shape) -> ShapeEdit | None:
    """An honest builder."""
    return ShapeEdit(shape, bodies(shape), bodies(shape))


def behind_scaffolds(shape: Shape) -> ShapeEdit | None:
    """Scaffolds on all sides."""
    return ShapeEdit(shape, bodies(shape), scaffolded(shape, bodies(shape)))


def under_way(shape: Shape) -> ShapeEdit | None:
    """Three in ten elements are not there yet."""
    return ShapeEdit(shape, bodies(shape), without_some(0.3)(shape, bodies(shape)))


def extra_storey(shape: Shape) -> ShapeEdit | None:
    """One storey more, under a flat roof."""
    if shape.roof != "flat":
        return None
    top, height = shape.levels[-1], shape.heights[-1]
    taller = replace(shape, heights=(*shape.heights, height))
    box = _about(shape.rings, top, top + height)
    return ShapeEdit(shape, bodies(shape), one_storey_more(shape, []), "extra_storey", box, taller)


def squeezed(shape: Shape) -> ShapeEdit | None:
    """One storey more under the same roof."""
    if shape.roof != "flat":
        return None
    count = len(shape.heights)
    shape = replace(shape, heights=(TALL_M,) * count)
    other = replace(shape, heights=(TALL_M * count / (count + 1),) * (count + 1))
    box = _about(shape.rings, 0.0, shape.levels[-1])
    return ShapeEdit(shape, bodies(shape), bodies(other), "extra_storey", box, other)


def raised(shape: Shape) -> ShapeEdit | None:
    """The first floor and all above it 0.4 m higher."""
    return _shifted(shape, 0.4)


def lowered(shape: Shape) -> ShapeEdit | None:
    """The first floor and all above it 0.3 m lower: by a little more than the slabs are thick."""
    return _shifted(shape, -0.3)


def room_on_the_roof(shape: Shape) -> ShapeEdit | None:
    """Over the middle of the first tile, under a flat lid."""
    if shape.roof != "flat":
        return None
    plan, low = _shrunk(shape.tiles[0], 0.55), shape.levels[-1]
    walls = [
        upright(f"added wall {k}", np.array([p, q, v, u]), low, low + 2.4) for k, (p, q, v, u) in enumerate(band(plan))
    ]
    built = [*bodies(shape), *walls, upright("added lid", plan, low + 2.4, low + 2.6)]
    return ShapeEdit(shape, bodies(shape), built, "rooftop_addition", _about([plan], low, low + 2.6))


def lean_to(shape: Shape) -> ShapeEdit | None:
    """Three metres deep, before half of the second side; round buildings have no side wide enough."""
    built = extended(shape, [])
    corners = built[0].vertices
    one, two = (np.asarray(shape.rings[0][k]) for k in (1, 2))
    if np.linalg.norm(two - one) < 4.0:
        return None
    box = np.array([corners.min(axis=0), corners.max(axis=0)])
    return ShapeEdit(shape, bodies(shape), extended(shape, bodies(shape)), "lateral_extension", box)


def gallery(shape: Shape) -> ShapeEdit | None:
    """Over half of the first tile, in a high ground storey."""
    if len(shape.tiles[0]) > 6:
        return None
    shape = replace(shape, heights=(HALL_M, *shape.heights[1:]), rooms=False)
    plan = np.asarray(_shrunk(shape.tiles[0], 0.93))
    half = [plan[0], plan[1], 0.5 * (plan[1] + plan[2]), 0.5 * (plan[0] + plan[-1])]
    box = _about([half], 2.3, 2.5)
    place = np.array([[*np.mean(half, axis=0), 4.0]])
    built = [*bodies(shape), upright("gallery", np.array(half), 2.3, 2.5)]
    return ShapeEdit(shape, bodies(shape), built, "mezzanine", box, further=place)


def void_closed(shape: Shape) -> ShapeEdit | None:
    """The first tile was to reach through two storeys."""
    if len(shape.tiles) < 2:
        return None
    approved = [part for part in bodies(shape) if part.name != "slab 1.0"]
    box = _about(shape.tiles[:1], shape.levels[1] - SLAB, shape.levels[1])
    return ShapeEdit(shape, approved, bodies(shape), "void_infill", box)


def window_closed(shape: Shape) -> ShapeEdit | None:
    """The largest window of the ground storey is walled up."""
    infill = _infill(shape)
    if infill is None:
        return None
    return ShapeEdit(shape, bodies(shape), [*bodies(shape), infill], "opening_changed", _about_body(infill))


def window_made(shape: Shape) -> ShapeEdit | None:
    """The largest window of the ground storey was to be wall."""
    infill = _infill(shape)
    if infill is None:
        return None
    return ShapeEdit(shape, [*bodies(shape), infill], bodies(shape), "opening_changed", _about_body(infill))


EDITS: dict[str, Callable[[Shape], ShapeEdit | None]] = {
    "as approved": as_approved,
    "behind scaffolds": behind_scaffolds,
    "under way": under_way,
    "extra storey": extra_storey,
    "storey squeezed in": squeezed,
    "storey raised": raised,
    "storey lowered": lowered,
    "room on the roof": room_on_the_roof,
    "lean-to": lean_to,
    "gallery": gallery,
    "void closed": void_closed,
    "window closed": window_closed,
    "window made": window_made,
}
INSIDE = ("gallery", "void closed", "window closed")
"""What only an instrument inside sees, or sees from both sides."""
RAYS = ("window made",)
"""What only rays from known stations show."""
ABOVE = ("room on the roof",)
"""What only an instrument above sees well: parapets hide it from the street."""


def _infill(shape: Shape) -> Body | None:
    """What would wall up the largest window of the ground storey; None where none is as large as one that counts."""
    high = shape.levels[1] - SLAB
    found = [
        ((b - a) * (top - sill), (0, r, side), ends, (a, b, sill, top))
        for r, ring in enumerate(shape.rings)
        for side, ends in enumerate(band(ring))
        for a, b, sill, top in openings_in(shape, (0, r, side), ends, 0.0, high)
        if b - a >= LEAST_WINDOW_M
    ]
    if not found:
        return None
    area, key, ends, span = max(found, key=lambda one: one[:2])
    return piece_of(key, ends, span) if area >= LEAST_WINDOW_M2 else None


def _about_body(part: Body) -> Floats:
    return np.array([part.vertices.min(axis=0), part.vertices.max(axis=0)])


def _shifted(shape: Shape, offset: float) -> ShapeEdit:
    parts = bodies(shape)
    top = (
        max(float(part.vertices[:, 2].max()) for part in parts) if shape.roof != "flat" else shape.levels[-1] + PARAPET
    )
    low = shape.levels[1] + min(offset, 0.0)
    corners = np.vstack([part.vertices[:, :2] for part in parts if part.vertices[:, 2].max() > low])
    box = _about([corners], low, top + max(offset, 0.0))
    return ShapeEdit(shape, parts, lifted_from(1, offset)(shape, parts), "storey_height", box)


def _about(rings: Iterable[Ring | Floats | list[Floats]], low: float, high: float) -> Floats:
    corners = np.vstack([np.asarray(ring) for ring in rings])
    return np.array([[*corners.min(axis=0), low], [*corners.max(axis=0), high]])


def _shrunk(tile: Ring, share: float) -> Ring:
    corners = np.asarray(tile, dtype=np.float64)
    middle = corners.mean(axis=0)
    return tuple((float(x), float(y)) for x, y in middle + share * (corners - middle))
