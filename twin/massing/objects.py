"""What is left: objects that show no building, listed with their size and never dropped."""

from __future__ import annotations

import numpy as np

from twin.arrays import Flags, Floats, Longs
from twin.massing.columns import Columns
from twin.massing.ground import Ground
from twin.massing.groups import groups_of
from twin.massing.model import SiteObject
from twin.massing.site import away_from

_LINK_M = 0.4
_LEAST_POINTS = 20


def objects_of(
    points: Floats, rows: Longs, columns: Columns, ground: Ground, spacing_m: float, keep: Flags
) -> tuple[SiteObject, ...]:
    """Connected groups of the points where `keep`, largest first.

    Parameters
    ----------
    points : (n, 3) m, design frame
    rows : (n,) int64
        Their place in the cloud.
    columns : Columns
    ground : Ground
    spacing_m : float
    keep : (n,) bool
    """
    from shapely import MultiPoint

    members = np.flatnonzero(keep)
    group = groups_of(points[members], max(_LINK_M, 2.0 * spacing_m))
    apart = away_from(columns.solid(-np.inf, np.inf), columns.raster.cell_m)
    found = []
    for number in range(int(group.max()) + 1 if len(group) else 0):
        mine = members[group == number]
        if len(mine) < _LEAST_POINTS:
            continue
        part = points[mine]
        hull = MultiPoint(part[:, :2]).convex_hull
        if hull.geom_type != "Polygon":
            continue
        outline = np.asarray(hull.exterior.coords, dtype=np.float64)[:-1][::-1]
        outline = outline if _is_anticlockwise(outline) else outline[::-1]
        low, high = np.percentile(part[:, 2], [1.0, 99.0])
        under = float(np.median(ground.below(part)))
        base = under if low - under < 1.0 else float(low)
        gap = float(apart[columns.raster.mark(part)].min(initial=np.inf))
        found.append(SiteObject(outline, base, float(high), float(hull.area), gap, rows[mine]))
    return tuple(sorted(found, key=lambda o: (-o.area_m2 * (o.top_m - o.base_m), float(o.outline[0, 0]))))


def _is_anticlockwise(outline: Floats) -> bool:
    x, y = outline[:, 0], outline[:, 1]
    return bool(x @ np.roll(y, -1) - y @ np.roll(x, -1) > 0.0)
