"""Where the sample site lies on the map, and its terrain.

The map is EPSG:4549 (CGCS2000, three-degree zone about 120 degrees east), the heights are of the 1985 datum.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from samples import plan as p
from twin.frames import translation, yaw

if TYPE_CHECKING:
    from twin.arrays import Floats, Ints, Matrix4

CRS = "EPSG:4549"
HEIGHT_DATUM = "1985 National Height Datum"
EASTINGS, NORTHINGS, ZERO_ELEVATION = 500_812.350, 3_351_246.780, 5.600
ROTATION_DEG = 7.5
"""Direction of the design's x axis on the map, anticlockwise from east."""

_TERRAIN_LEVEL_REACH = 9.0
"""Round the building the ground is graded level this far."""
_TERRAIN = (-34.0, -34.0, 68.0, 56.0)


def map_from_design() -> Matrix4:
    """(4, 4) design frame to eastings, northings and height."""
    placed: Matrix4 = translation(np.array([EASTINGS, NORTHINGS, ZERO_ELEVATION])) @ yaw(np.radians(ROTATION_DEG))
    return placed


def latitude_longitude() -> tuple[float, float]:
    """Of the design's origin, in degrees."""
    import pyproj

    transformer = pyproj.Transformer.from_crs(CRS, "EPSG:4490", always_xy=True, allow_ballpark=False)
    longitude, latitude = transformer.transform(EASTINGS, NORTHINGS)
    return float(latitude), float(longitude)


def terrain(step: float) -> tuple[Floats, Ints]:
    """The ground round the building as a mesh with a hole where it stands.

    Parameters
    ----------
    step : float
        Largest width of a cell in m.

    Returns
    -------
    vertices : (v, 3) m, design frame
    triangles : (t, 3) int32
    """
    x0, y0, x1, y1 = _TERRAIN
    xs = _lines(x0, x1, (p.WEST, p.WING_EAST, p.EAST), step)
    ys = _lines(y0, y1, (p.SOUTH, p.BAR_NORTH, p.NORTH), step)
    grid_x, grid_y = np.meshgrid(xs, ys)
    vertices = np.stack([grid_x, grid_y, ground_height(grid_x, grid_y)], axis=-1).reshape(-1, 3)
    column, row = (index.ravel() for index in np.meshgrid(np.arange(len(xs) - 1), np.arange(len(ys) - 1)))
    middle_x, middle_y = (xs[column] + xs[column + 1]) / 2, (ys[row] + ys[row + 1]) / 2
    outside = (middle_x < p.WEST) | (middle_x > p.EAST) | (middle_y < p.SOUTH) | (middle_y > p.NORTH)
    outside |= (middle_x > p.WING_EAST) & (middle_y > p.BAR_NORTH)
    a = (row * len(xs) + column)[outside]
    b, c, d = a + 1, a + 1 + len(xs), a + len(xs)
    triangles = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)]).astype(np.int32)
    used, renumbered = np.unique(triangles, return_inverse=True)
    rounded = np.asarray(np.round(vertices[used], 4), dtype=np.float64)
    return rounded, renumbered.reshape(-1, 3).astype(np.int32)


def ground_height(x: Floats, y: Floats) -> Floats:
    """Height of the designed ground in m, design frame: level round the building, gently rolling beyond."""
    away_x = np.maximum(np.maximum(p.WEST - x, x - p.EAST), 0.0)
    away_y = np.maximum(np.maximum(p.SOUTH - y, y - p.NORTH), 0.0)
    share = np.clip((np.hypot(away_x, away_y) - _TERRAIN_LEVEL_REACH) / 15.0, 0.0, 1.0)
    rolling = 0.25 * np.sin(x / 17.0) + 0.30 * np.cos(y / 14.0) - 0.004 * (y + 20.0)
    height: Floats = p.OUTDOOR_GROUND + share**2 * rolling
    return height


def _lines(start: float, end: float, through: tuple[float, ...], step: float) -> Floats:
    """Ascending coordinates from start to end that pass through the given ones."""
    stops = (start, *through, end)
    pieces = [np.linspace(a, b, max(1, int(np.ceil((b - a) / step))) + 1)[:-1] for a, b in pairwise(stops)]
    return np.concatenate([*pieces, [end]])
