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


@njit(cache=True, inline="always")  # type: ignore[untyped-decorator]
def _slot(key: np.int64, keys: Longs) -> int:
    """Where a voxel is, or the free slot where it belongs."""
    mask = np.uint64(len(keys) - 1)
    mixed = np.uint64(key) * _MIX
    at = (mixed ^ (mixed >> np.uint64(32))) & mask  # the upper half of a product depends on all bits of the key
    while keys[at] != -1 and keys[at] != key:
        at = (at + np.uint64(1)) & mask
    return int(at)


@njit(cache=True, inline="always")  # type: ignore[untyped-decorator]
def _voxel(x: float, y: float, z: float, voxel_m: float, low: Longs) -> tuple[int, int, int, int, int]:
    """Key of the voxel of a point (-1 where it is too far), the point's place in it in fine steps."""
    u, v, w = x / voxel_m, y / voxel_m, z / voxel_m
    i, j, k = np.floor(u), np.floor(v), np.floor(w)
    fine_x, fine_y, fine_z = int((u - i) * _FINE), int((v - j) * _FINE), int((w - k) * _FINE)
    a, b, c = int(i) - low[0], int(j) - low[1], int(k) - low[2]
    if max(a, b, c) >= _MOST_VOXELS or min(a, b, c) < 0:
        return -1, fine_x, fine_y, fine_z, 0
    return (a << (2 * _BITS)) | (b << _BITS) | c, fine_x, fine_y, fine_z, 1


@njit(cache=True)  # type: ignore[untyped-decorator]
def gather(block: Floats, at: int, voxel_m: float, low: Longs, keys: Longs, sums: Longs, used: Longs, most: int) -> int:
    """Adds points to their voxels until the table is full; how far it came, or -1 for a point beyond all keys."""
    for n in range(at, len(block)):
        key, x, y, z, inside = _voxel(block[n, 0], block[n, 1], block[n, 2], voxel_m, low)
        if inside == 0:
            return -1
        slot = _slot(key, keys)
        if keys[slot] == -1:
            if used[0] >= most:
                return n
            keys[slot] = key
            used[0] += 1
        sums[slot, 0] += x
        sums[slot, 1] += y
        sums[slot, 2] += z
        sums[slot, 3] += 1
    return len(block)


@njit(cache=True)  # type: ignore[untyped-decorator]
def rehash(keys: Longs, sums: Longs, larger_keys: Longs, larger_sums: Longs) -> None:
    """Moves every voxel to a larger table."""
    for slot in range(len(keys)):
        if keys[slot] != -1:
            to = _slot(keys[slot], larger_keys)
            larger_keys[to] = keys[slot]
            larger_sums[to] = sums[slot]


@njit(cache=True)  # type: ignore[untyped-decorator]
def nearest(
    block: Floats,
    start: int,
    voxel_m: float,
    low: Longs,
    keys: Longs,
    sums: Longs,
    distances: Longs,
    places: Longs,
    indices: Longs,
) -> None:
    """Keeps the point nearest to the mean; among equals the one lowest in x, then y, then z, then in the cloud."""
    for n in range(len(block)):
        key, x, y, z, _ = _voxel(block[n, 0], block[n, 1], block[n, 2], voxel_m, low)
        slot = _slot(key, keys)
        count = sums[slot, 3]
        dx, dy, dz = x - sums[slot, 0] // count, y - sums[slot, 1] // count, z - sums[slot, 2] // count
        distance = dx * dx + dy * dy + dz * dz
        if distance > distances[slot]:
            continue
        here, there = (x, y, z, start + n), (places[slot, 0], places[slot, 1], places[slot, 2], indices[slot])
        if distance < distances[slot] or here < there:
            distances[slot] = distance
            places[slot, 0], places[slot, 1], places[slot, 2] = x, y, z
            indices[slot] = start + n
