"""Compiled loops over voxels: an open hash whose keys pack three whole numbers of 21 bits."""

from __future__ import annotations

import numpy as np
from numba import njit

from twin.arrays import Floats, Longs

_BITS = 21
_MOST_VOXELS = 1 << _BITS
_FINE = 1 << 20
"""Steps of a voxel in which means are summed; whole numbers add up to the same in any order."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
COLUMNS = 8
"""Of a voxel's row, side by side so that a point finds all of it in one stretch of memory."""
_KEY, _SUM, _COUNT, _DISTANCE, _PLACE, _INDEX = 0, 1, 4, 5, 6, 7
FREE = -1
"""Key of a row that no voxel has."""


@njit(cache=True, inline="always")  # type: ignore[untyped-decorator]
def _slot(key: np.int64, table: Longs) -> int:
    """Where a voxel is, or the free row where it belongs."""
    mask = np.uint64(len(table) - 1)
    mixed = np.uint64(key) * _MIX
    at = (mixed ^ (mixed >> np.uint64(32))) & mask  # the upper half of a product depends on all bits of the key
    while table[at, _KEY] != FREE and table[at, _KEY] != key:
        at = (at + np.uint64(1)) & mask
    return int(at)


@njit(cache=True, inline="always")  # type: ignore[untyped-decorator]
def _voxel(x: float, y: float, z: float, voxel_m: float, low: Longs) -> tuple[int, int, int, int]:
    """Key of the voxel of a point (-1 where it is too far), the point's place in it in fine steps."""
    u, v, w = x / voxel_m, y / voxel_m, z / voxel_m
    i, j, k = np.floor(u), np.floor(v), np.floor(w)
    fine_x, fine_y, fine_z = int((u - i) * _FINE), int((v - j) * _FINE), int((w - k) * _FINE)
    a, b, c = int(i) - low[0], int(j) - low[1], int(k) - low[2]
    if max(a, b, c) >= _MOST_VOXELS or min(a, b, c) < 0:
        return -1, fine_x, fine_y, fine_z
    return (a << (2 * _BITS)) | (b << _BITS) | c, fine_x, fine_y, fine_z


@njit(cache=True, inline="always")  # type: ignore[untyped-decorator]
def _is_mine(key: np.int64, share: int, shares: int) -> bool:
    """Whether a voxel is dealt to this share of the work."""
    return bool((np.uint64(key) * _MIX >> np.uint64(12)) % np.uint64(shares) == np.uint64(share))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def gather(block: Floats, voxel_m: float, low: Longs, share: int, shares: int, table: Longs, used: Longs) -> Longs:
    """Adds points to their voxels, those of one share of all; gives the table, or a larger one.

    `used` counts the voxels; it turns negative for a point beyond all keys.
    """
    for n in range(len(block)):
        key, x, y, z = _voxel(block[n, 0], block[n, 1], block[n, 2], voxel_m, low)
        if key < 0:
            used[0] = -1
            return table
        if not _is_mine(key, share, shares):
            continue
        at = _slot(key, table)
        if table[at, _KEY] == FREE:
            if 5 * used[0] >= 3 * len(table):
                table = _larger(table)
                at = _slot(key, table)
            table[at, _KEY] = key
            used[0] += 1
        table[at, _SUM] += x
        table[at, _SUM + 1] += y
        table[at, _SUM + 2] += z
        table[at, _COUNT] += 1
    return table


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def empty(rows: int) -> Longs:
    """A table without voxels."""
    table = np.zeros((rows, COLUMNS), dtype=np.int64)
    table[:, _KEY] = FREE
    table[:, _DISTANCE:] = np.iinfo(np.int64).max
    return table


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _larger(table: Longs) -> Longs:
    other: Longs = empty(2 * len(table))
    for row in range(len(table)):
        if table[row, _KEY] != FREE:
            at = _slot(table[row, _KEY], other)
            for column in range(COLUMNS):
                other[at, column] = table[row, column]
    return other


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def nearest(block: Floats, start: int, voxel_m: float, low: Longs, share: int, shares: int, table: Longs) -> None:
    """Keeps the point nearest to the mean; among equals the one lowest in x, then y, then z, then in the cloud."""
    for n in range(len(block)):
        key, x, y, z = _voxel(block[n, 0], block[n, 1], block[n, 2], voxel_m, low)
        if not _is_mine(key, share, shares):
            continue
        at = _slot(key, table)
        count = table[at, _COUNT]
        dx, dy = x - table[at, _SUM] // count, y - table[at, _SUM + 1] // count
        dz = z - table[at, _SUM + 2] // count
        distance = dx * dx + dy * dy + dz * dz
        if distance > table[at, _DISTANCE]:
            continue
        place = (x << 42) | (y << 21) | z
        if distance < table[at, _DISTANCE] or place < table[at, _PLACE]:
            table[at, _DISTANCE], table[at, _PLACE], table[at, _INDEX] = distance, place, start + n
        elif place == table[at, _PLACE]:
            table[at, _INDEX] = min(table[at, _INDEX], start + n)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def chosen(table: Longs) -> Longs:
    """Index of the point that stands for each voxel."""
    count = 0
    for row in range(len(table)):
        count += table[row, _KEY] != FREE
    indices = np.empty(count, dtype=np.int64)
    count = 0
    for row in range(len(table)):
        if table[row, _KEY] != FREE:
            indices[count] = table[row, _INDEX]
            count += 1
    return indices
