"""What of a whole survey takes part in a search from any pose: walls first, open ground only as far as it helps."""

from __future__ import annotations

import numpy as np

from twin.arrays import Flags, Floats, Longs, Matrix4
from twin.frames import identity
from twin.registration.features import Features, extract, fewer, thinned
from twin.registration.fit.attitude import uprighted
from twin.survey.model import Cloud
from twin.survey.thinning import thin

_FINE_M = 0.1
"""Spacing where something stands: two points across the thinnest wall."""
_OPEN_M = 0.4
"""Spacing of what lies open: roofs and ground are large or do not matter."""
_SITE_M = 2_000.0
"""No building site reaches farther from the middle of its survey."""
_SAMPLE, _BLOCK = 100_000, 1_000_000
_STANDING_POINTS, _NEIGHBOURS = 120_000, 1_000_000
"""Points that take part, and among which their normals are sought: both faces of a wall would be one if fewer were."""
_OPEN_POINTS = 25_000
_PLAN_M = 1.0
_STANDS_M = 1.5
"""Columns whose neighbourhood spans less height than this hold neither wall nor pitched roof."""


def gathered(cloud: Cloud) -> Features:
    """Features of the whole survey, evenly thinned, standing things finer than open ground."""
    first = _thin_site(np.asarray(cloud.points))
    points = np.asarray(cloud.points[first])
    standing = _stands(points)
    upright, level = first[standing], first[~standing]
    around = fewer(points[standing], _FINE_M, _NEIGHBOURS)
    few = fewer(points[standing][around.index], _FINE_M, _STANDING_POINTS).of(around.index)
    ground = thinned(points[~standing], _OPEN_M, _OPEN_POINTS).of(level)
    return _joined(extract(cloud, few.of(upright), around.of(upright)), extract(cloud, ground))


def upright_from_survey(features: Features) -> Matrix4:
    """The rotation that makes walls stand plumb: instruments level themselves to a few degrees."""
    return uprighted(features, identity(), np.zeros(3))


def _thin_site(points: Floats) -> Longs:
    """Indices of one point for each decimetre, without what lies kilometres off: points at a file's zero, say."""
    middle = np.median(points[:: max(1, len(points) // _SAMPLE)], axis=0)
    blocks = [np.abs(points[k : k + _BLOCK] - middle).max(axis=1) < _SITE_M for k in range(0, len(points), _BLOCK)]
    if all(bool(block.all()) for block in blocks):
        return thin(points, _FINE_M)
    kept: Longs = np.flatnonzero(np.concatenate(blocks))
    return kept[thin(points[kept], _FINE_M)]


def _stands(points: Floats) -> Flags:
    """(n,) whether a point belongs to a column of the plan about which something stands."""
    from scipy.ndimage import maximum_filter, minimum_filter

    if len(points) == 0:
        return np.zeros(0, dtype=np.bool_)
    place: Longs = np.floor((points[:, :2] - points[:, :2].min(axis=0)) / _PLAN_M).astype(np.int64)
    shape = tuple(place.max(axis=0) + 1)
    low, high = np.full(shape, np.inf), np.full(shape, -np.inf)
    np.minimum.at(low, tuple(place.T), points[:, 2])
    np.maximum.at(high, tuple(place.T), points[:, 2])
    tall = maximum_filter(high, 3, mode="nearest") - minimum_filter(low, 3, mode="nearest") > _STANDS_M
    return np.asarray(tall[tuple(place.T)], dtype=np.bool_)


def _joined(first: Features, second: Features) -> Features:
    return Features(
        np.vstack([first.points, second.points]),
        np.vstack([first.normals, second.normals]),
        np.concatenate([first.oriented, second.oriented]),
        np.concatenate([first.planar, second.planar]),
        first.spacing_m,
        np.vstack([first.stations, second.stations]),
        first.own_spacing_m,
    )
