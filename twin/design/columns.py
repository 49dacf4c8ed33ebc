"""The design seen in vertical columns: which surfaces each column meets, what lies free and what is overhead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Ints, Longs

CELL_M = 0.20
"""Side of a column: three fit across the narrowest thing that one can stand on."""
_MOST_CROSSINGS = 8_000_000
_MOST_COLUMNS = 50_000_000
"""Beyond these the columns are made wider, so that memory stays bounded."""
_LEVEL_COSINE = 0.995
"""Steepest surface that is a floor, 1 in 10: drainage falls pass, ramps and roofs do not."""
_TOUCH_M = 0.002
"""Solids nearer than this rest on each other."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Every level surface that columns meet, sorted by column and height.

    Attributes
    ----------
    origin : (2,) m, design frame
        Corner of column (0, 0).
    cell_m : float
    shape : (int, int)
        Columns along x and y.
    column : (n,) int64
        Row-major number of the column.
    height : (n,) m, design frame
    element : (n,) int32
        Index into the surface's elements.
    clear_m : (n,) m
        Free height above the surface: 0 where something rests on it, infinite under the open sky.
    """

    origin: Floats
    cell_m: float
    shape: tuple[int, int]
    column: Longs
    height: Floats
    element: Ints
    clear_m: Floats

    def mask(self, rows: Flags) -> Flags:
        """(nx, ny) flags of the columns that hold any of `rows`."""
        flags = np.zeros(self.shape[0] * self.shape[1], dtype=np.bool_)
        flags[self.column[rows]] = True
        return flags.reshape(self.shape)


@dataclass(frozen=True, eq=False)
class _Hits:
    """Where columns pierce triangles: `sign` is +1 upward, -1 downward, 0 where the element has no inside."""

    column: Longs
    height: Floats
    triangle: Ints
    sign: Ints


def columns(corners: Floats, element: Ints, closed: Flags) -> Columns:
    """Columns through triangles.

    Parameters
    ----------
    corners : (t, 3, 3) m, design frame
    element : (t,) int32
        Of each triangle.
    closed : (t,) bool
        Whether the triangle's element encloses a volume, so that its winding tells up from down.
    """
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(normal, axis=1)
    slope = np.divide(normal[:, 2], length, out=np.zeros(len(length)), where=length > 0.0)
    span = np.ptp(corners[:, :, :2], axis=(0, 1))
    cell = max(CELL_M, *np.sqrt([np.abs(0.5 * normal[:, 2]).sum() / _MOST_CROSSINGS, span.prod() / _MOST_COLUMNS]))
    origin = corners[:, :, :2].min(axis=(0, 1)) - 0.5 * cell
    extent = span + 0.5 * cell
    shape = (int(extent[0] / cell) + 1, int(extent[1] / cell) + 1)
    sign = np.where(closed, np.sign(slope), 0.0).astype(np.int32)
    hits = _sorted(_balanced(_pierced(corners, normal, origin, cell, shape, sign), element))
    depth, clear = _clearance(hits)
    level = (np.abs(slope[hits.triangle]) >= _LEVEL_COSINE) & (hits.sign >= 0)
    clear = np.where(depth == 0, clear, 0.0)
    return Columns(
        origin, cell, shape, hits.column[level], hits.height[level], element[hits.triangle[level]], clear[level]
    )


def _pierced(corners: Floats, normal: Floats, origin: Floats, cell: float, shape: tuple[int, int], sign: Ints) -> _Hits:
    """Scan conversion at column centres.

    Notes
    -----
    Edges are always run from their lower to their higher end and intervals are half open, so that two triangles that
    share an edge compute the same crossing, and a column on the edge meets exactly one of them.
    """
    flat = (corners[:, :, :2] - origin) / cell - 0.5
    first = np.maximum(np.ceil(flat[:, :, 1].min(axis=1)), 0).astype(np.int64)
    last = np.minimum(np.ceil(flat[:, :, 1].max(axis=1)) - 1, shape[1] - 1).astype(np.int64)
    triangle, row = _expanded(first, last)
    start, end = _spans(flat[triangle], row)
    pick, along = _expanded(
        np.maximum(np.ceil(start), 0).astype(np.int64), np.minimum(np.ceil(end) - 1, shape[0] - 1).astype(np.int64)
    )
    triangle, across = triangle[pick], row[pick]
    at = origin + (np.column_stack([along, across]) + 0.5) * cell
    base, up = corners[triangle, 0], normal[triangle]
    offset = np.einsum("ij,ij->i", at - base[:, :2], up[:, :2])
    height = base[:, 2] - np.divide(offset, up[:, 2], out=np.zeros_like(offset), where=up[:, 2] != 0.0)
    low, high = corners[:, :, 2].min(axis=1), corners[:, :, 2].max(axis=1)
    height = np.clip(height, low[triangle], high[triangle])
    return _Hits(along * shape[1] + across, height, triangle.astype(np.int32), sign[triangle])


def _expanded(first: Longs, last: Longs) -> tuple[Longs, Longs]:
    """Every integer of each closed interval, and the interval that it belongs to."""
    count = np.maximum(last - first + 1, 0)
    owner = np.repeat(np.arange(len(first), dtype=np.int64), count)
    start = np.cumsum(count) - count
    return owner, first[owner] + np.arange(len(owner), dtype=np.int64) - start[owner]


def _spans(flat: Floats, row: Longs) -> tuple[Floats, Floats]:
    """Where a row of column centres enters and leaves each triangle, in columns."""
    start, end = np.full(len(row), np.inf), np.full(len(row), -np.inf)
    for one, other in ((0, 1), (1, 2), (2, 0)):
        a, b = flat[:, one], flat[:, other]
        swap = (a[:, 1] > b[:, 1]) | ((a[:, 1] == b[:, 1]) & (a[:, 0] > b[:, 0]))
        low, high = np.where(swap[:, None], b, a), np.where(swap[:, None], a, b)
        rise = high[:, 1] - low[:, 1]
        share = np.divide(row - low[:, 1], rise, out=np.zeros_like(rise), where=rise > 0.0)
        x = low[:, 0] + share * (high[:, 0] - low[:, 0])
        met = (low[:, 1] <= row) & (row < high[:, 1])
        start, end = np.where(met, np.minimum(start, x), start), np.where(met, np.maximum(end, x), end)
    crossed = start < end
    return np.where(crossed, start, 0.0), np.where(crossed, end, 0.0)


def _balanced(hits: _Hits, element: Ints) -> _Hits:
    """The same hits, without a sense of up and down wherever a column does not leave an element as often as it enters.

    Only a crack in a mesh does that; trusting the sense there would make all above look buried.
    """
    key = hits.column * (int(element.max(initial=0)) + 1) + element[hits.triangle]
    _, group = np.unique(key, return_inverse=True)
    group = group.reshape(-1)
    sums = np.bincount(group, weights=hits.sign)
    return _Hits(hits.column, hits.height, hits.triangle, np.where(sums[group] == 0, hits.sign, 0).astype(np.int32))


def _sorted(hits: _Hits) -> _Hits:
    """By column and height; of hits at one height, entries come first, so that what touches leaves no gap."""
    layer = np.rint(hits.height / _TOUCH_M).astype(np.int64)
    order = np.lexsort((hits.triangle, hits.sign, layer, hits.column))
    return _Hits(hits.column[order], hits.height[order], hits.triangle[order], hits.sign[order])


def _clearance(hits: _Hits) -> tuple[Longs, Floats]:
    """Number of solids around the space just above each hit, and the distance to the next hit of its column."""
    total = -np.cumsum(hits.sign, dtype=np.int64)
    new = np.r_[True, hits.column[1:] != hits.column[:-1]] if len(hits.column) else np.zeros(0, dtype=np.bool_)
    before = (total + hits.sign)[new]
    depth = total - np.repeat(before, np.diff(np.r_[np.flatnonzero(new), len(new)]))
    clear = np.full(len(hits.height), np.inf)
    if len(clear) > 1:
        clear[:-1] = np.where(new[1:], np.inf, np.maximum(hits.height[1:] - hits.height[:-1], 0.0))
    return depth, clear
