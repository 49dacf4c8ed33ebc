"""The outline of a building in plan, for surveys too sparse to show its walls."""

from __future__ import annotations

import numpy as np

from twin.arrays import Flags, Floats, Longs, Matrix4
from twin.frames import inverse, move, turn
from twin.registration.features import Features

_STOREY_M = 2.0
"""What stands higher than this above the ground is building, not stored material."""
_LAYER_M = 0.5
"""Thickness of a layer that counts as one slab, with the noise of a photogrammetric cloud."""
_CELL_SPACINGS = 2.0
_SMOOTH_CELLS = 1.5
_STEP_M = 1.5
"""Walls run down from what was seen at their top: so far apart are the points that stand in for them."""
_LEVEL = 0.7


def outlined(features: Features, design_from_survey: Matrix4) -> Features:
    """The features of a sparse survey, with the building's outline in the place of wall points.

    Props, scaffolding and columns stand a hand's breadth or an arm's length within the edges of slabs; where points
    are half a metre apart nothing tells them from walls, but the outermost points of what stands still bound it.

    The ground goes as well: where scale is free, a survey that shrinks draws ground into the plan of the building.

    Parameters
    ----------
    features : Features
    design_from_survey : (4, 4) float
        Upright to some degrees; place and size do not matter.
    """
    points, normals = features.placed(design_from_survey)
    spacing = features.spacing_m
    ground = float(np.percentile(points[:, 2], 5.0))
    standing = points[:, 2] > ground + _STOREY_M
    level = features.take(features.planar & (np.abs(normals[:, 2]) > _LEVEL) & standing)
    high = _largest_slab(points, ground, _CELL_SPACINGS * spacing)
    if len(high) == 0:
        return level
    index, outward = _outermost(high, _CELL_SPACINGS * spacing)
    walls, facing = _run_down(high[index], outward, ground)
    count = len(walls)
    return Features(
        np.vstack([level.points, move(inverse(design_from_survey), walls)]),
        np.vstack([level.normals, turn(inverse(design_from_survey), facing)]),
        np.concatenate([level.oriented, np.zeros(count, dtype=np.bool_)]),
        np.concatenate([level.planar, np.ones(count, dtype=np.bool_)]),
        spacing,
        np.vstack([level.stations, np.full((count, 3), np.nan)]),
        features.own_spacing_m,
    )


def _largest_slab(points: Floats, ground_m: float, cell_m: float) -> Floats:
    """(h, 3) points of the level layer that covers most of the plan; all that stands where no layer covers half of it.

    Rails and formwork reach beyond the slab that they stand on; the slab itself is where the design has it.
    """
    high = points[points[:, 2] > ground_m + _STOREY_M]
    if len(high) == 0:
        return high
    place = _cells(high, cell_m)
    best, most = high, 0
    for low in np.arange(float(high[:, 2].min()), float(high[:, 2].max()) + _LAYER_M, 0.5 * _LAYER_M):
        layer = (high[:, 2] >= low) & (high[:, 2] < low + _LAYER_M)
        covered = len(np.unique(place[layer], axis=0)) if layer.any() else 0
        if covered > most:
            best, most = high[layer], covered
    return best if most > 0.5 * len(np.unique(place, axis=0)) else high


def _cells(points: Floats, cell_m: float) -> Longs:
    """(n, 2) place of each point in the raster."""
    low = points[:, :2].min(axis=0) - 4.0 * cell_m
    place: Longs = np.floor((points[:, :2] - low) / cell_m).astype(np.int64)
    return place


def _outermost(points: Floats, cell_m: float) -> tuple[Longs, Floats]:
    """Indices of the points that bound the largest connected thing in plan, and (e, 3) where each looks."""
    from scipy.ndimage import gaussian_filter

    place = _cells(points, cell_m)
    filled = _largest(place)
    soft = gaussian_filter(filled.astype(np.float64), _SMOOTH_CELLS)
    slope = np.stack(np.gradient(soft), axis=-1)
    found, outward = [], []
    for cell in np.argwhere(_rim(filled)):
        direction = -slope[tuple(cell)]
        length = float(np.linalg.norm(direction))
        near = np.flatnonzero(np.abs(place - cell).max(axis=1) <= 1)
        if length == 0.0 or len(near) == 0:
            continue
        direction = direction / length
        found.append(int(near[int((points[near, :2] @ direction).argmax())]))
        outward.append([direction[0], direction[1], 0.0])
    index, first = np.unique(np.array(found, dtype=np.int64), return_index=True)
    return index, np.array(outward).reshape(-1, 3)[first]


def _largest(place: Longs) -> Flags:
    """Raster of the largest connected thing, its holes and gaps closed."""
    from scipy.ndimage import binary_closing, binary_fill_holes, label

    raster = np.zeros(tuple(place.max(axis=0) + 5), dtype=np.bool_)
    raster[place[:, 0], place[:, 1]] = True
    named, _ = label(raster)
    sizes = np.bincount(named.ravel())
    sizes[0] = 0
    whole = binary_fill_holes(binary_closing(named == int(sizes.argmax()), iterations=2))
    return np.asarray(whole, dtype=np.bool_)


def _rim(filled: Flags) -> Flags:
    from scipy.ndimage import binary_erosion

    return np.asarray(filled & ~binary_erosion(filled), dtype=np.bool_)


def _run_down(tops: Floats, outward: Floats, ground_m: float) -> tuple[Floats, Floats]:
    """Points of the walls below each top, down to the ground, and where they look."""
    count = np.maximum(np.ceil((tops[:, 2] - ground_m) / _STEP_M).astype(np.int64), 1)
    owner = np.repeat(np.arange(len(tops)), count)
    rank = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    walls = tops[owner]
    walls[:, 2] -= _STEP_M * rank
    return walls, outward[owner]
