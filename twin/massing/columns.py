"""The approved building as vertical columns: what is solid in each, from which level to which."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from twin.arrays import Flags, Floats, Longs, distinct
from twin.design.model import Design, Role

_SKIN_M = 0.03  # a surface without inside (open shell, pane) is taken as thick as this on both sides
_APART_M = 5e-5
_MOST_CELLS = 4_000_000
_OFF_CENTRE = np.array([0.0137, 0.0071])  # in cells: a line through the common edge of two triangles may miss both


@dataclass(frozen=True, eq=False)
class Raster:
    """A grid in plan. `low` is the (2,) m corner of the first cell, `cell_m` the edge, `shape` (columns, rows)."""

    low: Floats
    cell_m: float
    shape: tuple[int, int]

    def cells(self, points: Floats) -> tuple[Longs, Flags]:
        """(n, 2) cell of each point and whether it lies inside; only x and y are read."""
        cell = np.floor((points[:, :2] - self.low) / self.cell_m).astype(np.int64)
        inside = np.asarray(((cell >= 0) & (cell < np.array(self.shape))).all(axis=1))
        return cell, inside

    def mark(self, points: Floats) -> Flags:
        """(columns, rows) bool: cells that hold a point."""
        grid = np.zeros(self.shape, dtype=bool)
        cell, inside = self.cells(points)
        grid[tuple(cell[inside].T)] = True
        return grid

    def centres(self) -> Floats:
        """(columns * rows, 2) m: centre of each cell, row index running fastest."""
        x = self.low[0] + self.cell_m * (np.arange(self.shape[0]) + 0.5)
        y = self.low[1] + self.cell_m * (np.arange(self.shape[1]) + 0.5)
        return np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)

    def at(self, grid: Flags, points: Floats) -> Flags:
        """Value of `grid` at each point; False outside."""
        cell, inside = self.cells(points)
        answer = np.zeros(len(points), dtype=bool)
        answer[inside] = grid[tuple(cell[inside].T)]
        return answer


@dataclass(frozen=True, eq=False)
class Columns:
    """Solid intervals of the approved building over a raster.

    Attributes
    ----------
    raster : Raster
    column : (k,) int64
        Flat index of the cell of each interval.
    bottom, top : (k,) m, design frame
    """

    raster: Raster
    column: Longs
    bottom: Floats
    top: Floats

    def cropped(self, points: Floats, margin_m: float) -> Columns:
        """The same columns over the smallest raster that holds the approved building, some points and a margin."""
        rows, ranks = np.divmod(self.column, self.raster.shape[1])
        cell = self.raster.cells(points)[0]
        border = round(margin_m / self.raster.cell_m)
        low = np.minimum([rows.min(), ranks.min()], cell.min(axis=0)) - border
        high = np.maximum([rows.max(), ranks.max()], cell.max(axis=0)) + border + 1
        shape = (int(high[0] - low[0]), int(high[1] - low[1]))
        raster = Raster(self.raster.low + low * self.raster.cell_m, self.raster.cell_m, shape)
        return Columns(raster, (rows - low[0]) * shape[1] + ranks - low[1], self.bottom, self.top)

    def solid(self, low_m: float, high_m: float) -> Flags:
        """(columns, rows) bool: cells where anything solid stands between two levels."""
        hit = (self.bottom < high_m) & (self.top > low_m)
        grid = np.zeros(self.raster.shape, dtype=bool)
        grid.reshape(-1)[self.column[hit]] = True
        return grid

    def top_below(self, level_m: float) -> Floats:
        """(columns, rows) m: highest solid top at or below a level; minus infinity where none."""
        grid = np.full(self.raster.shape, -np.inf)
        under = self.top <= level_m
        np.maximum.at(grid.reshape(-1), self.column[under], self.top[under])
        return grid

    def bottom_above(self, level_m: float) -> Floats:
        """(columns, rows) m: lowest solid underside at or above a level; infinity where none."""
        grid = np.full(self.raster.shape, np.inf)
        over = self.bottom >= level_m
        np.minimum.at(grid.reshape(-1), self.column[over], self.bottom[over])
        return grid


@dataclass(frozen=True, eq=False)
class Roof:
    """Highest approved level over the approved outline.

    Attributes
    ----------
    raster : Raster
    level_m : (columns, rows) m, design frame
        Minus infinity outside the outline. Where a model has no roof inside its facades, the top of the facade near by.
    """

    raster: Raster
    level_m: Floats

    def at(self, points: Floats) -> Floats:
        """(n,) m: level under or over each point."""
        cell, inside = self.raster.cells(points)
        level = np.full(len(points), -np.inf)
        level[inside] = self.level_m[tuple(cell[inside].T)]
        return level


def roof_of(columns: Columns, outline: Flags) -> Roof:
    """The roof over an outline, (columns, rows) bool, that contains all approved columns."""
    from scipy import ndimage

    top = columns.top_below(np.inf)
    empty = outline & ~np.isfinite(top)
    if empty.any() and np.isfinite(top).any():
        nearest = ndimage.distance_transform_edt(~np.isfinite(top), return_distances=False, return_indices=True)
        top[empty] = ndimage.maximum_filter(top, size=11)[tuple(nearest[:, empty])]
    return Roof(columns.raster, top)


def columns_of(design: Design, cell_m: float, margin_m: float) -> Columns:
    """Cut the design's building elements into columns.

    A vertical line all but through each cell's centre meets the surface; going up, a face seen from below enters a
    solid and a face seen from above leaves it. Faces without a partner, and upright panes that the lines miss, are thin
    solids.

    Parameters
    ----------
    design : Design
    cell_m : float
        Wanted cell; grows for very large designs.
    margin_m : float
        Empty border around the design.
    """
    raster = raster_about(design.surface.vertices, cell_m, margin_m)
    building = np.isin(design.surface.element, design.roles()[Role.BUILDING])
    corners = _apart(design)[building]
    column, level, upward = _crossings(raster, corners, design.surface.vertices)
    parts = [_intervals(column, level, upward), _skins(raster, corners)]
    return Columns(
        raster,
        np.concatenate([p[0] for p in parts]),
        np.concatenate([p[1] for p in parts]),
        np.concatenate([p[2] for p in parts]),
    )


def _apart(design: Design) -> Floats:
    """(t, 3, 3) m: the surface's triangles, each element a little flatter than it is.

    Of two faces of different elements at one level the search for crossings would report one.
    """
    heights = np.array([(e.box[2] + e.box[5], e.box[5] - e.box[2]) for e in design.elements]).reshape(-1, 2)
    factor = np.maximum(1.0 - 2.0 * _APART_M / np.maximum(heights[:, 1], 1e-9), 0.0)[design.surface.element]
    middle = 0.5 * heights[design.surface.element, 0]
    corners = design.surface.corners().copy()
    corners[:, :, 2] = middle[:, None] + factor[:, None] * (corners[:, :, 2] - middle[:, None])
    return corners


def raster_about(points: Floats, cell_m: float, margin_m: float) -> Raster:
    """A raster that holds all points and a margin around them; its cells grow to keep their number bounded."""
    low, high = points[:, :2].min(axis=0) - margin_m, points[:, :2].max(axis=0) + margin_m
    cell = max(cell_m, float(np.sqrt(np.prod(high - low) / _MOST_CELLS)))
    low = np.floor(low / cell) * cell
    shape = np.ceil((high - low) / cell).astype(int)
    return Raster(low, cell, (int(shape[0]), int(shape[1])))


def _crossings(raster: Raster, corners: Floats, vertices: Floats) -> tuple[Longs, Floats, Flags]:
    """Column, level and direction (True: seen from above) of every crossing of a cell's vertical line."""
    import open3d as o3d

    middle = vertices.mean(axis=0)
    scene = o3d.t.geometry.RaycastingScene()
    flat = (corners.reshape(-1, 3) - middle).astype(np.float32)
    triangles = np.arange(len(flat), dtype=np.uint32).reshape(-1, 3)
    scene.add_triangles(o3d.core.Tensor(flat), o3d.core.Tensor(triangles))
    centres = raster.centres() + raster.cell_m * _OFF_CENTRE - middle[:2]
    floor = float(vertices[:, 2].min() - middle[2] - 1.0)
    rays = np.zeros((len(centres), 6), dtype=np.float32)
    rays[:, :2], rays[:, 2], rays[:, 5] = centres, floor, 1.0
    found = scene.list_intersections(o3d.core.Tensor(rays))
    column = found["ray_ids"].numpy().astype(np.int64)
    level = found["t_hit"].numpy().astype(np.float64) + floor + middle[2]
    ids = found["primitive_ids"].numpy().astype(np.int64)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2]
    return column, level, across[ids] > 0.0


def _intervals(column: Longs, level: Floats, upward: Flags) -> tuple[Longs, Floats, Floats]:
    """Pair the crossings of each column into solid intervals by counting how many solids one is inside of."""
    # At one level leaving comes after entering, so that bodies that touch make one interval.
    order = np.lexsort((upward, np.round(level, 3), column))
    column, level, upward = column[order], level[order], upward[order]
    step = np.where(upward, -1, 1)
    depth = np.cumsum(step)
    fresh = np.diff(column, prepend=-1) != 0
    before = np.concatenate([[0], depth[:-1]])
    offset = np.repeat(before[fresh], np.diff(np.append(np.flatnonzero(fresh), len(column))))
    depth, before = depth - offset, before - offset
    start = np.flatnonzero((before == 0) & (step == 1))
    stop = np.flatnonzero((depth == 0) & (step == -1))
    ends = np.append(np.flatnonzero(fresh)[1:], len(column)) - 1 if len(column) else np.zeros(0, dtype=np.int64)
    if bool((depth >= 0).all()) and bool((depth[ends] == 0).all()):
        return column[start], level[start], level[stop]
    return _paired_where_possible(column, level, step)


def _paired_where_possible(column: Longs, level: Floats, step: Longs) -> tuple[Longs, Floats, Floats]:
    """As `_intervals`, for files with open or inverted shells: what has no partner becomes a skin."""
    bounds = np.append(np.flatnonzero(np.diff(column, prepend=-1)), len(column))
    owner: list[int] = []
    low: list[float] = []
    high: list[float] = []
    for first, last in pairwise(bounds.tolist()):
        depth, entered = 0, 0.0
        for row in range(first, last):
            z = float(level[row])
            if step[row] > 0:
                if depth == 0:
                    entered = z
                depth += 1
                continue
            if depth == 0:
                owner.append(int(column[row]))
                low.append(z - _SKIN_M)
                high.append(z + _SKIN_M)
                continue
            depth -= 1
            if depth == 0:
                owner.append(int(column[row]))
                low.append(entered)
                high.append(z)
        if depth > 0:
            owner.append(int(column[first]))
            low.append(entered - _SKIN_M)
            high.append(entered + _SKIN_M)
    return np.array(owner, dtype=np.int64), np.array(low), np.array(high)


def _skins(raster: Raster, corners: Floats) -> tuple[Longs, Floats, Floats]:
    """Cells along the edges of all triangles: thin upright parts that no cell's centre line meets."""
    starts = corners.reshape(-1, 3)
    ends = corners[:, [1, 2, 0]].reshape(-1, 3)
    length = np.linalg.norm((ends - starts)[:, :2], axis=1)
    counts = np.minimum(np.ceil(length / (0.7 * raster.cell_m)).astype(np.int64) + 1, 2000)
    line = np.repeat(np.arange(len(starts)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    share = (np.arange(len(line)) - first) / np.maximum(counts[line] - 1, 1)
    points = starts[line] + share[:, None] * (ends - starts)[line]
    upright = np.abs(np.cross(ends - starts, corners[:, [2, 0, 1]].reshape(-1, 3) - starts)[:, 2]) < 1e-6
    triangle = line // 3
    low, high = corners[:, :, 2].min(axis=1)[triangle], corners[:, :, 2].max(axis=1)[triangle]
    wall = upright[line]
    cell, inside = raster.cells(points)
    keep = wall & inside
    flat = cell[keep, 0] * raster.shape[1] + cell[keep, 1]
    bottom, top = (np.round(level[keep] * 100.0).astype(np.int64) for level in (low, high))
    rows = distinct(np.column_stack([flat, bottom, top]))
    return rows[:, 0], rows[:, 1] / 100.0, rows[:, 2] / 100.0
