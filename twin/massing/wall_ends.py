"""What tells surfaces that hide one another apart: the side from which they were seen, and where walls end."""

from __future__ import annotations

import numpy as np

from twin.arrays import Floats
from twin.massing.settings import MassingSettings
from twin.massing.sight import Flat, Sight, VerticalShift

INCLINED, UPRIGHT = 0.4, 0.2
"""Rise of the normal: from the one on a level or sloped surface, up to the other a wall."""
TOP_M = 0.1
"""Half a thin roof: walls that end so much higher were raised further."""
FLOOR_M = 1.2
"""From the top of a floor down to what hangs under it: the cut lies no farther below a moved surface."""
SEEN_M = 0.05
"""A surface so far from an approved place passes for it."""
_SAME_M = 0.02
"""Surfaces within this lie at one level."""
_COLUMN_M = 0.5
"""Samples of one wall in one column of this width."""
_SIDED = 0.2
"""Share of what moved that must be seen from known stations to tell from which side."""
_MOST_ALIKE = 0.6
"""Share of the walls that must end so: scaffolds end at any height."""
_SOME_ALIKE, _MORE_ALIKE = 0.3, 2.0
"""Of two shifts the one is borne out at which so large a share of the walls ends, and so many times more than at the
other: inner faces of parapets are hidden, and end anywhere."""


def tops_of(points: Floats) -> Floats:
    """(n,) m: the highest of the points in the same column of each."""
    cell = np.round(points[:, :2] / _COLUMN_M).astype(np.int64)
    column = np.unique(cell, axis=0, return_inverse=True)[1].reshape(-1)
    tops = np.full(int(column.max()) + 1, -np.inf)
    np.maximum.at(tops, column, points[:, 2])
    return np.asarray(tops[column])


def is_sided(shift: VerticalShift, sight: Sight, flat: Flat) -> bool:
    """Whether enough of what moved was seen from known stations, so that a roof is no underside."""
    from scipy.spatial import cKDTree

    moved = sight.samples.points[shift.support] + np.array([0.0, 0.0, shift.offset_m])
    nearest = cKDTree(flat.points).query(moved, workers=-1)[1]
    return bool(len(moved) and flat.by_station[nearest].mean() >= _SIDED)


def rises_of_tops(shift: VerticalShift, sight: Sight, flat: Flat, settings: MassingSettings) -> Floats:
    """(n,) m: by how much higher than approved walls above the cut were seen to end, for each place on them."""
    from scipy.spatial import cKDTree

    samples = sight.samples
    upright = np.flatnonzero((np.abs(samples.normals[:, 2]) < UPRIGHT) & (samples.points[:, 2] >= shift.cut_m))
    walls = flat.points[np.abs(flat.normals[:, 2]) < UPRIGHT]
    if not len(upright) or not len(walls):
        return np.zeros(0)
    tops = tops_of(samples.points[upright])
    highest = upright[samples.points[upright, 2] >= tops - 2.0 * _SAME_M]
    reach = max(2.0 * flat.spacing_m, settings.thinning_m)
    near = cKDTree(walls[:, :2]).query_ball_point(samples.points[highest, :2], reach, workers=-1)
    pairs = zip(samples.points[highest, 2], near, strict=True)
    rises = np.array([walls[rows, 2].max() - level for level, rows in pairs if rows])
    return rises if len(rises) >= settings.neighbours else np.zeros(0)


def rise_of_tops(rises_m: Floats) -> float | None:
    """The rise, m, by which most walls end higher; None where they do not tell alike."""
    if not len(rises_m):
        return None
    middle = float(np.median(rises_m))
    return middle if (np.abs(rises_m - middle) <= TOP_M).mean() >= _MOST_ALIKE else None


def better_borne_out(rises_m: Floats, one_m: float, other_m: float) -> float | None:
    """Which of two rises, m, the ends of walls bear out; None where they do not tell."""
    shares = [float((np.abs(rises_m - rise) <= TOP_M).mean()) if len(rises_m) else 0.0 for rise in (one_m, other_m)]
    for rise, mine, others in ((one_m, shares[0], shares[1]), (other_m, shares[1], shares[0])):
        if mine >= _SOME_ALIKE and mine >= _MORE_ALIKE * others:
            return rise
    return None


def is_behind_ceilings(shift: VerticalShift, sight: Sight) -> bool:
    """Whether most of what was found moved are undersides behind ceilings, which would hide them."""
    from scipy.spatial import cKDTree

    samples = sight.samples
    under = np.flatnonzero(samples.normals[:, 2] < -INCLINED)
    moved = np.flatnonzero(shift.support)
    behind = np.zeros(len(moved), dtype=bool)
    near = cKDTree(samples.points[under, :2]).query_ball_point(samples.points[moved, :2], _COLUMN_M, workers=-1)
    for row, (one, others) in enumerate(zip(moved, near, strict=True)):
        below = samples.points[one, 2] - samples.points[under[others], 2]
        behind[row] = samples.normals[one, 2] < 0.0 and bool(((below > SEEN_M) & (below < FLOOR_M)).any())
    return bool(len(moved) and samples.area_m2[moved[behind]].sum() > 0.5 * samples.area_m2[moved].sum())
