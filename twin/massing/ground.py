"""The ground around the building, from the survey itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats
from twin.massing.columns import Raster, raster_about

_LEAST_POINTS = 50


@dataclass(frozen=True, eq=False)
class Ground:
    """Ground level over a raster; NaN nowhere: cells without points take the nearest level.

    Attributes
    ----------
    raster : Raster
    level_m : (columns, rows) m, design frame
    seen : (columns, rows) bool
        Cells in which ground was seen.
    """

    raster: Raster
    level_m: Floats
    seen: Flags

    def below(self, points: Floats) -> Floats:
        """(n,) m: ground level under each point; the border's level outside the raster."""
        cell = self.raster.cells(points)[0]
        cell = np.clip(cell, 0, np.array(self.raster.shape) - 1)
        return np.asarray(self.level_m[tuple(cell.T)])


def ground_of(points: Floats, cell_m: float, slope: float, height_m: float) -> Ground:
    """Model the ground as the highest surface under all points that is nowhere steeper than a slope.

    A roof of height h stands out of it wherever it is narrower than 2 h / slope; retaining walls stand out as well.

    Parameters
    ----------
    points : (n, 3) m, design frame
        Thinned points that the approved building does not explain.
    cell_m : float
    slope : float
        Steepest ground, as rise over run.
    height_m : float
        What lies within this above the surface is ground.

    Notes
    -----
    The slope-based filter of Vosselman (2000, IAPRS 33-B3), as one lower envelope. Stray points below ground are cut
    by taking the second lowest of each cell and the median of its neighbours.
    """
    from scipy import ndimage

    if len(points) < _LEAST_POINTS:
        flat = float(points[:, 2].min()) if len(points) else -np.inf
        return Ground(Raster(np.zeros(2), cell_m, (1, 1)), np.full((1, 1), flat), np.zeros((1, 1), dtype=bool))
    raster = raster_about(points, cell_m, 0.0)
    lowest = _second_lowest(points, raster)
    empty = np.isnan(lowest)
    nearest = ndimage.distance_transform_edt(empty, return_distances=False, return_indices=True)
    level = _envelope(ndimage.median_filter(lowest[tuple(nearest)], size=3, mode="nearest"), slope * raster.cell_m)
    return Ground(raster, level, np.asarray(~empty & (lowest <= level + height_m)))


def _second_lowest(points: Floats, raster: Raster) -> Floats:
    cell = np.clip(raster.cells(points)[0], 0, np.array(raster.shape) - 1)
    flat = cell[:, 0] * raster.shape[1] + cell[:, 1]
    order = np.lexsort((points[:, 2], flat))
    flat, heights = flat[order], points[order, 2]
    starts = np.flatnonzero(np.diff(flat, prepend=-1))
    sizes = np.diff(np.append(starts, len(flat)))
    lowest = np.full(raster.shape, np.nan)
    lowest.reshape(-1)[flat[starts]] = heights[starts + np.minimum(sizes - 1, 1)]
    return lowest


def _envelope(level: Floats, rise: float) -> Floats:
    """Lower every cell to at most `rise` (times root two on diagonals) above each neighbour, until none changes."""
    level = level.copy()
    while True:
        padded = np.pad(level, 1, mode="edge")
        lower = level
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                shifted = padded[1 + dx : 1 + dx + level.shape[0], 1 + dy : 1 + dy + level.shape[1]]
                lower = np.minimum(lower, shifted + rise * np.hypot(dx, dy))
        if np.array_equal(lower, level):
            return level
        level = lower
