"""Approved openings in which a surface stands flush with the wall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Longs, distinct
from twin.design.model import Design
from twin.design.openings import Opening, axes, openings_of
from twin.massing.flush import FLUSH_M, Grid
from twin.massing.settings import MassingSettings

_RIM_M = 0.1
"""Left out along the edges of an opening, where the wall itself is seen."""
_CELL_M = 0.2
_FULL = 0.7
"""Share of the cells of an opening that must hold points: frames and bars of a window fill a third."""


@dataclass(frozen=True, eq=False)
class Closure:
    """A surface that closes an opening on one side of its wall.

    Attributes
    ----------
    opening : Opening
    offset_m : float
        Of the surface before the wall's face, the median.
    points : (p,) int64
        Rows of the cloud.
    is_sided : bool
        Whether it is known that it was seen from before the face, and not through the opening from behind.
    """

    opening: Opening
    offset_m: float
    points: Longs
    is_sided: bool


def closures_of(
    design: Design, points: Floats, rows: Longs, views: Floats, settings: MassingSettings
) -> tuple[Closure, ...]:
    """Openings of the design that a flush surface closes, face by face.

    Where a window or a door lies flush with the face itself, nothing can be told.

    Parameters
    ----------
    design : Design
    points : (n, 3) m, design frame
        Thinned.
    rows : (n,) int64
        Of each in the cloud.
    views : (n, 3)
        Towards where each was seen from; NaN where unknown.
    settings : MassingSettings
    """
    grid, found = Grid(points), []
    for opening in openings_of(design, settings.least_opening_m2, settings.least_opening_m):
        if opening.filled_m is not None and opening.filled_m[0] <= FLUSH_M and opening.filled_m[1] >= -FLUSH_M:
            continue
        near = grid.about(opening.place())
        mine = near[_flush(opening, points[near], views[near])]
        if _is_full(opening, points[mine]):
            offset = float(np.median(points[mine] @ opening.normal - opening.plane_m))
            found.append(Closure(opening, offset, np.sort(rows[mine]), bool(np.isfinite(views[mine]).all())))
    return tuple(found)


def _flush(opening: Opening, points: Floats, views: Floats) -> Flags:
    """Which points lie in the opening, off its edges, in the plane of the wall, and were not seen from behind."""
    from shapely import Polygon, contains_xy, prepare

    inner = Polygon(opening.outline).buffer(-_RIM_M, join_style="mitre")
    prepare(inner)
    level = np.abs(points @ opening.normal - opening.plane_m) <= FLUSH_M
    from_behind = np.nan_to_num(views @ opening.normal) < 0.0
    flat = points @ np.column_stack(axes(opening.normal))
    return np.asarray(level & ~from_behind & contains_xy(inner, flat[:, 0], flat[:, 1]))


def _is_full(opening: Opening, points: Floats) -> bool:
    """Whether points lie in most cells of an opening."""
    from shapely import Polygon, contains_xy

    inner = Polygon(opening.outline).buffer(-_RIM_M, join_style="mitre")
    if inner.is_empty or len(points) == 0:
        return False
    x0, y0, x1, y1 = inner.bounds
    xs, ys = (np.arange(low + 0.5 * _CELL_M, high, _CELL_M) for low, high in ((x0, x1), (y0, y1)))
    x, y = (axis.reshape(-1) for axis in np.meshgrid(xs, ys))
    wanted = int(contains_xy(inner, x, y).sum())
    flat = points @ np.column_stack(axes(opening.normal)) - np.array([x0, y0])
    held = len(distinct(np.floor(flat / _CELL_M).astype(np.int64)))
    return held >= _FULL * max(wanted, 1)
