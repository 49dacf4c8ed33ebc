"""Rows of windows on the outside of a building, as approved and as built: storeys that nobody saw from inside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Longs, numbered
from twin.deviation.samples import SurfaceSamples
from twin.massing.columns import Columns
from twin.massing.enclosure import closed
from twin.massing.outlines import polygon_of
from twin.massing.settings import MassingSettings
from twin.massing.site import parts_of

_UPRIGHT = 0.2
_OUT_M = 0.4
"""So far before an outer face nothing of the building stands."""
_CELL_M, _STEP_M = 0.3, 0.2
"""Width of a strip of facade, and height of a cell of it."""
_FLUSH_M = 0.06
"""A point that far before or behind a facade is part of it; panes and curtains lie deeper."""
_LEAST_SEEN = 0.3
"""Share of a strip's cells that must be seen before it counts; glass alone takes more than that from no wall."""
_LEAST_STRIPS = 20
_DEPTH = 0.35
"""Of the difference between the most open and the most closed levels: as deep as a row of windows is."""
_LEAST_DEPTH = 0.06
_CHANCE = 5.0
"""Standard deviations of what chance leaves open in a wall: a survey that misses cells shows rows of them."""
_APART_M = 1.6
"""Rows of windows lie no closer above each other: storeys of two metres, and less."""
_TENTH, _NINE_TENTHS = 10.0, 90.0


@dataclass(frozen=True, eq=False)
class Rhythm:
    """Levels of rows of openings on the outside, m, design frame, ascending.

    Attributes
    ----------
    approved, built : (r,) m
        Middles of the rows in the design and in the survey, over the part of the outside that was seen.
    low_m, high_m : float
        Between which the outside was compared.
    strips : int
        Of 0.3 m of facade that were compared.
    outline : (k, 2) m
        Of the approved building, the largest part of it.
    """

    approved: Floats
    built: Floats
    low_m: float
    high_m: float
    strips: int
    outline: Floats

    @property
    def kept(self) -> float:
        """Share of the approved rows at which a row was built."""
        if not len(self.approved) or not len(self.built):
            return 0.0
        gaps = np.abs(self.approved[:, None] - self.built).min(axis=1)
        return float((gaps <= _CELL_M).mean())


def rhythm_of(samples: SurfaceSamples, points: Floats, columns: Columns, settings: MassingSettings) -> Rhythm | None:
    """Rows of openings on the outside of the building; None where too little of it was seen, or it shows none.

    The outside is unrolled: strips of facade, whatever way they look. At each level the share of strips is taken in
    which wall stands, approved and built. Windows make it low, floors and sills high.

    Parameters
    ----------
    samples : SurfaceSamples
        Exposed ones of the approved surface.
    points : (n, 3) m, design frame
        Thinned.
    columns : Columns
        Of the approved building.
    settings : MassingSettings
    """
    outer = samples.pick(_outer(samples, columns, settings))
    if len(outer) < _LEAST_STRIPS or not len(points):
        return None
    strip: Longs = numbered(tuple(np.round(outer.points[:, :2] / _CELL_M).astype(np.int64).T))
    low = float(outer.points[:, 2].min())
    level = np.floor((outer.points[:, 2] - low) / _STEP_M).astype(np.int64)
    approved = np.zeros((int(strip.max()) + 1, int(level.max()) + 1), dtype=bool)
    approved[strip, level] = True
    built = _built(outer, strip, points, low, approved.shape)
    within = _within(approved)
    seen = (built & within).sum(axis=1) >= _LEAST_SEEN * np.maximum(within.sum(axis=1), 1)
    if seen.sum() < _LEAST_STRIPS:
        return None
    rows = [_rows(flags[seen], within[seen]) for flags in (_filled(approved), _filled(built))]
    ends = np.flatnonzero(within[seen].any(axis=0))[[0, -1]]
    span = low + _STEP_M * np.array([ends[0], ends[1] + 1])
    levels = [low + _STEP_M * (found + 0.5) for found in rows]
    return Rhythm(levels[0], levels[1], float(span[0]), float(span[1]), int(seen.sum()), _outline(columns, settings))


def _outer(samples: SurfaceSamples, columns: Columns, settings: MassingSettings) -> Flags:
    """Which samples lie on upright faces before which nothing of the building stands up to their level."""
    outer = np.asarray(np.abs(samples.normals[:, 2]) < _UPRIGHT)
    before = samples.points + _OUT_M * samples.normals
    band = np.floor(samples.points[:, 2]).astype(np.int64)
    for level in np.unique(band[outer]):
        rows = np.flatnonzero(outer & (band == level))
        solid = columns.solid(-np.inf, float(level) + 1.0)  # eaves reach over what stands beneath them
        outer[rows] = ~columns.raster.at(closed(solid, round(settings.gap_m / columns.raster.cell_m)), before[rows])
    return outer


def _outline(columns: Columns, settings: MassingSettings) -> Floats:
    whole = closed(columns.solid(-np.inf, np.inf), round(settings.gap_m / columns.raster.cell_m))
    return polygon_of(max(parts_of(whole, 1.0), key=lambda part: int(part.sum())), columns.raster)


def _built(outer: SurfaceSamples, strip: Longs, points: Floats, low: float, shape: tuple[int, ...]) -> Flags:
    """(strips, levels) bool: cells of the outside in which points lie."""
    from scipy.spatial import cKDTree

    gap, nearest = cKDTree(outer.points[:, :2]).query(points[:, :2], distance_upper_bound=_CELL_M, workers=-1)
    near = np.flatnonzero(np.isfinite(gap))
    nearest = nearest[near]
    way = points[near, :2] - outer.points[nearest, :2]
    flush = np.abs(np.einsum("ij,ij->i", way, outer.normals[nearest, :2])) <= _FLUSH_M
    level = np.floor((points[near, 2] - low) / _STEP_M).astype(np.int64)
    inside = flush & (level >= 0) & (level < shape[1])
    built = np.zeros(shape, dtype=bool)
    built[strip[nearest[inside]], level[inside]] = True
    return built


def _within(approved: Flags) -> Flags:
    """Cells between the lowest and the highest approved one of each strip."""
    upward = np.logical_or.accumulate(approved, axis=1)
    return np.asarray(upward & np.logical_or.accumulate(approved[:, ::-1], axis=1)[:, ::-1])


def _filled(flags: Flags) -> Flags:
    """Without gaps of one cell, which samples and points leave by chance."""
    from scipy import ndimage

    return np.asarray(ndimage.binary_closing(np.pad(flags, ((0, 0), (1, 1)), mode="edge"), np.ones((1, 2)))[:, 1:-1])


def _spread(share: float, cells: int) -> float:
    """Standard deviation of the share of cells that a survey hits by chance, where wall stands in all of them."""
    return float(np.sqrt(max(share * (1.0 - share), 0.0) / max(cells, 1)))


def _rows(flags: Flags, within: Flags) -> Floats:
    """Levels, in cells, at which the share of strips that are closed is low."""
    from scipy.ndimage import uniform_filter1d
    from scipy.signal import find_peaks, peak_widths

    strips = within.sum(axis=0)
    share = np.where(strips >= 0.5 * strips.max(), (flags & within).sum(axis=0) / np.maximum(strips, 1), 1.0)
    share = uniform_filter1d(share, 3, mode="nearest")
    closed_share, open_share = np.percentile(share, [_NINE_TENTHS, _TENTH])
    depth = float(closed_share - open_share)
    if depth < _LEAST_DEPTH:
        return np.zeros(0)
    chance = _CHANCE * _spread(float(closed_share), 3 * int(strips.max()))
    found, _ = find_peaks(-share, prominence=max(_DEPTH * depth, chance), distance=round(_APART_M / _STEP_M))
    _, _, left, right = peak_widths(-share, found, rel_height=0.5)
    return np.asarray(0.5 * (left + right))  # windows have flat bottoms: their lowest cell is anywhere in it
