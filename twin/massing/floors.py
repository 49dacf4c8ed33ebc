"""Floors as they were built: level surfaces that span much of the building, whatever was approved there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.arrays import Flags, Floats, Longs, distinct
from twin.massing.columns import Columns
from twin.massing.enclosure import closed
from twin.massing.model import BuiltFloor
from twin.massing.outlines import polygon_of
from twin.massing.sight import Flat

_LEVEL = 0.95  # cosine: floors slope less than 18 degrees
_CELL_M = 0.2  # area is counted in cells of this size, or of two spacings where points lie farther apart
_EVEN_M = 0.04  # one floor's surface lies within this of its level
_APART_M = 1.2  # tops, undersides and hung ceilings of one floor structure lie within this of each other
_INSIDE_M = 0.4  # a floor is looked for under at least this much of approved building
_DOUBT = 0.5
_THICK_M = 0.6  # top and underside of one floor lie no farther apart
_LEAST_SHARE = 0.05  # smaller level surfaces are landings and furniture


@dataclass(frozen=True, eq=False)
class Level:
    """Level surface points inside the building: `points` (n, 3) m, `cells` (n,) int64 of the plan, `rows` (n,), and
    of which nobody knows from which side they were seen.
    """

    points: Floats
    cells: Longs
    rows: Longs
    doubtful: Flags

    @property
    def heights(self) -> Floats:
        """(n,) m."""
        return np.asarray(self.points[:, 2])


def built_floors(flat: Flat, columns: Columns, spread_m: float, system_m: float) -> tuple[BuiltFloor, ...]:
    """Every floor that was seen under the approved building's top, ascending.

    Where the station is known only surfaces seen from above count; where it is not, a floor shows as its top or as its
    underside, and the highest of what lies close together is its level. A single face that was seen from who knows
    where may be a ceiling; two, as far apart as a floor is thick, are a floor.

    Parameters
    ----------
    flat : Flat
        Flat surface points, explained by the design or not.
    columns : Columns
        Of the approved building.
    spread_m, system_m : float
        Standard deviation of the survey about a surface, standard uncertainty of any level.
    """
    points, normals, spacing_m = flat.points, flat.normals, flat.spacing_m
    top = columns.top_below(np.inf)
    upward = np.where(flat.by_station, normals[:, 2], np.abs(normals[:, 2])) >= _LEVEL
    cell, inside = columns.raster.cells(points)
    over = np.full(len(points), -np.inf)
    over[inside] = top[tuple(cell[inside].T)]
    keep = np.flatnonzero(upward & (points[:, 2] <= over + _INSIDE_M))
    size = max(_CELL_M, 2.0 * spacing_m)
    place = np.floor((points[keep, :2] - columns.raster.low) / size).astype(np.int64)
    doubtful = ~flat.by_station[keep]
    level = Level(points[keep], place[:, 0] * 1_000_003 + place[:, 1], flat.rows[keep], doubtful)
    window = max(_EVEN_M, 2.0 * spread_m)
    floors = []
    for height, members in _peaks(level, window, size, _LEAST_SHARE * _plate(top, -np.inf, columns)):
        mine = level.heights[members]
        spread = 1.4826 * float(np.median(np.abs(mine - height)))
        sigma = float(np.hypot(spread / np.sqrt(len(mine)), system_m))
        area = len(np.unique(level.cells[members])) * size**2
        bridged = round(2.5 * spacing_m / columns.raster.cell_m)
        outline = polygon_of(closed(columns.raster.mark(level.points[members]), bridged), columns.raster)
        plate, single = _plate(top, height, columns), bool(level.doubtful[members].mean() >= _DOUBT)
        floors.append(BuiltFloor(height, sigma, area, plate, outline, level.rows[members], single))
    return _one_a_structure(floors)


def _plate(top: Floats, level_m: float, columns: Columns) -> float:
    """Plan area of the approved building that reaches up to a level, m2."""
    return float((np.isfinite(top) & (top >= level_m - _INSIDE_M)).sum()) * columns.raster.cell_m**2


def _peaks(level: Level, window_m: float, size_m: float, least_m2: float) -> list[tuple[float, Longs]]:
    """Levels at which surfaces cover at least an area, largest first, each with its members."""
    found: list[tuple[float, Longs]] = []
    left = np.arange(len(level.heights))
    while len(left):
        bins = np.floor(level.heights[left] / (0.5 * window_m)).astype(np.int64)
        pairs = distinct(np.column_stack([bins, level.cells[left]]))
        values, counts = np.unique(pairs[:, 0], return_counts=True)
        centre = float((values[counts.argmax()] + 0.5) * 0.5 * window_m)
        near = left[np.abs(level.heights[left] - centre) <= window_m]
        height = float(np.median(level.heights[near]))
        members = left[np.abs(level.heights[left] - height) <= window_m]
        if not len(members) or counts.max() * size_m**2 < 0.25 * least_m2:
            break
        if len(np.unique(level.cells[members])) * size_m**2 >= least_m2:
            found.append((height, members))
        left = np.setdiff1d(left, np.union1d(members, near), assume_unique=True)
    return found


def _one_a_structure(floors: list[BuiltFloor]) -> tuple[BuiltFloor, ...]:
    """Of level surfaces near each other the highest one that is not much smaller than the largest."""
    kept: list[BuiltFloor] = []
    left = sorted(floors, key=lambda floor: -floor.area_m2)
    while left:
        largest = left[0]
        near = [f for f in left if abs(f.level_m - largest.level_m) <= _APART_M]
        wide = sorted((f for f in near if f.area_m2 >= 0.5 * largest.area_m2), key=lambda floor: floor.level_m)
        both = len(wide) > 1 and wide[-1].level_m - wide[-2].level_m <= _THICK_M
        kept.append(replace(wide[-1], maybe_underside=wide[-1].maybe_underside and not both))
        left = [f for f in left if abs(f.level_m - kept[-1].level_m) > _APART_M and f not in near]
    return tuple(sorted(kept, key=lambda floor: floor.level_m))
