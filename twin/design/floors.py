"""Floors that geometry shows: wide level surfaces with room to stand and something overhead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from twin.arrays import Flags, Floats, Ints
from twin.design.columns import Columns

HEADROOM_M = 1.8
"""A person stands upright below it; crawl spaces, ceiling voids and the gap above footings are lower."""
REACH_M = 0.5
"""Steps, thresholds, sunken bathrooms and raised floors of one level lie within it; half storeys do not."""
_NARROW_M = 1.0
"""Narrower strips are wall tops, beams, sills, treads and gutters, not floors."""
_ROOM_M2 = 9.0
"""The smallest single patch that is a floor: a small bedroom; stair landings are smaller."""
_WINDOW_M = 0.10
_BIN_M = 0.01


@dataclass(frozen=True, eq=False)
class Level:
    """One height at which there is a wide level surface.

    Attributes
    ----------
    elevation_m : float
        Height of the largest part of its surface, design frame.
    covered_m2, open_m2 : float
        Plan area with something overhead, and under the open sky.
    carriers : frozenset of int
        Elements whose surface it is.
    structure : frozenset of int
        The carriers and what lies directly under them, such as the slab under a finish.
    """

    elevation_m: float
    covered_m2: float
    open_m2: float
    carriers: frozenset[int]
    structure: frozenset[int]


def levels(columns: Columns) -> tuple[Level, ...]:
    """All levels with a patch of at least a small room, covered or not, ascending."""
    standable = columns.clear_m >= HEADROOM_M
    found = []
    left = standable.copy()
    least = int(_ROOM_M2 / columns.cell_m**2)
    while (height := _commonest(columns.height[left], least)) is not None:
        near = left & (np.abs(columns.height - height) <= REACH_M)
        if (level := _level(columns, near, height)) is not None:
            found.append(level)
        left &= np.abs(columns.height - height) > (REACH_M if level is not None else _WINDOW_M)
    return tuple(sorted(found, key=lambda level: level.elevation_m))


def _commonest(heights: Floats, least: int) -> float | None:
    """Height about which most surfaces lie, or None where they are too few for a room."""
    if len(heights) < least:
        return None
    bins = np.rint(heights / _BIN_M).astype(np.int64)
    low = int(bins.min())
    counts = np.bincount(bins - low)
    window = int(_WINDOW_M / _BIN_M)
    sums = np.convolve(counts, np.ones(window, dtype=np.int64))
    best = int(np.argmax(sums))
    if sums[best] < least:
        return None
    part = counts[max(0, best - window + 1) : best + 1]
    peak = low + max(0, best - window + 1) + int(np.argmax(part))
    return float(np.median(heights[bins == peak]))


def _level(columns: Columns, near: Flags, height: float) -> Level | None:
    covered = _patches(columns.mask(near & np.isfinite(columns.clear_m)), columns.cell_m)
    both = _patches(columns.mask(near), columns.cell_m)
    if not both.any():
        return None
    area = columns.cell_m**2
    inside = both.ravel()[columns.column] & (np.abs(columns.height - height) <= REACH_M)
    carriers = _elements(columns, inside & near)
    buried = _elements(columns, inside & (columns.clear_m == 0.0))
    return Level(
        height, float(covered.sum() * area), float((both & ~covered).sum() * area), carriers, carriers | buried
    )


def _patches(mask: Flags, cell_m: float) -> Flags:
    """The mask without strips narrower than a passage and without patches smaller than a room."""
    radius = max(1, round(0.5 * _NARROW_M / cell_m))
    grid = np.arange(-radius, radius + 1)
    disc = grid[:, None] ** 2 + grid[None, :] ** 2 <= radius**2
    padded = np.pad(mask, radius + 1)
    wide = ndimage.binary_opening(padded, structure=disc)[radius + 1 : -radius - 1, radius + 1 : -radius - 1]
    label, _ = ndimage.label(wide)
    sizes = np.bincount(label.ravel())
    sizes[0] = 0
    kept: Flags = (sizes * cell_m**2 >= _ROOM_M2)[label]
    return kept


def _elements(columns: Columns, rows: Flags) -> frozenset[int]:
    """Elements that hold at least a square metre of `rows`."""
    elements, counts = np.unique(columns.element[rows], return_counts=True)
    return frozenset(int(e) for e in elements[counts * columns.cell_m**2 >= 1.0])


def plan_area_m2(corners: Floats, element: Ints, level: Level) -> float:
    """Plan area of the level's structure: the union of its level triangles near that height.

    Parameters
    ----------
    corners : (t, 3, 3) m, design frame
    element : (t,) int32
    level : Level
    """
    import shapely

    pick = np.isin(element, list(level.structure))
    pick &= (np.abs(corners[:, :, 2] - level.elevation_m) <= REACH_M).all(axis=1)
    chosen = corners[pick]
    normal = np.cross(chosen[:, 1] - chosen[:, 0], chosen[:, 2] - chosen[:, 0])
    flat = np.abs(normal[:, 2]) > 0.99 * np.linalg.norm(normal, axis=1)
    rings = chosen[flat][:, :, :2]
    if not len(rings):
        return 0.0
    origin = rings.reshape(-1, 2).min(axis=0)
    return float(shapely.union_all(shapely.polygons(rings - origin), grid_size=1e-4).area)
