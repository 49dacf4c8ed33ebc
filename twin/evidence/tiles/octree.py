"""Which cube of an octree each point belongs to: coarse ones hold an even part, fine ones the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Bytes, Floats, Longs

DEEPEST = 8
"""Levels below the whole: at a site of 200 m the smallest cubes are 0.8 m wide."""
GRID = 128
"""Cells along a cube in each of which it holds one point: those of a wall across it fill one picture."""
_MOST_OF_LEAF = 60_000
"""Points of a cube that is not parted further."""

Node = tuple[int, int, int, int]
"""Level, and the place along x, y, z in cubes of that level."""


@dataclass(frozen=True, eq=False)
class Octree:
    """A cube and how deep it is parted where.

    Attributes
    ----------
    low : (3,) m
    size_m : float
    depth : (2^DEEPEST,) * 3 uint8
        Level of the leaf that each smallest cube belongs to.
    """

    low: Floats
    size_m: float
    depth: Bytes

    def spacing_m(self, level: int) -> float:
        """Distance of the points that a cube of a level holds."""
        return self.size_m / (1 << level) / GRID

    def corner(self, node: Node) -> Floats:
        """(3,) m: lowest corner of a cube."""
        return self.low + np.array(node[1:]) * self.width_m(node[0])

    def width_m(self, level: int) -> float:
        """Of a cube of a level."""
        return self.size_m / (1 << level)

    def leaves_of(self, points: Floats) -> Longs:
        """(n,) the leaf of each point, as one number that sorts leaves depth first; `node_of` reads it."""
        cell = self._smallest(points)
        level = self.depth[tuple(cell.T)].astype(np.int64)
        shift = DEEPEST - level
        corner = (cell >> shift[:, None]) << shift[:, None]
        leaves: Longs = (_interleaved(corner) << 4) | level
        return leaves

    def _smallest(self, points: Floats) -> Longs:
        cells = ((points - self.low) * ((1 << DEEPEST) / self.size_m)).astype(np.int64)
        inside: Longs = np.clip(cells, 0, (1 << DEEPEST) - 1)
        return inside


def node_of(leaf: int) -> Node:
    """The cube that a number of `Octree.leaves_of` stands for."""
    level, code = leaf & 15, leaf >> 4
    shift = DEEPEST - level
    x, y, z = (_extracted(code >> axis) >> shift for axis in range(3))
    return (level, x, y, z)


def parent_of(node: Node) -> Node:
    """The cube that holds a cube."""
    level, x, y, z = node
    return (level - 1, x >> 1, y >> 1, z >> 1)


class Counting:
    """Counts points in the smallest cubes while they stream by, and then says how deep to part."""

    def __init__(self, low: Floats, high: Floats) -> None:
        self._low, self._size = low, max(float((high - low).max()) * (1.0 + 1e-6), 1e-3)
        self._count = np.zeros((1 << DEEPEST,) * 3, dtype=np.int32)
        self._whole = Octree(low, self._size, np.zeros((1, 1, 1), dtype=np.uint8))

    def add(self, points: Floats) -> None:
        """Counts points, (n, 3) m."""
        cell = self._whole._smallest(points)
        flat = np.ravel_multi_index(tuple(cell.T), self._count.shape)
        where, counts = np.unique(flat, return_counts=True)
        self._count.reshape(-1)[where] += counts.astype(np.int32)

    def octree(self) -> Octree:
        """The octree, with leaves of no more points than may be, where the smallest cubes allow it."""
        depth = np.full(self._count.shape, DEEPEST, dtype=np.uint8)
        count = self._count.astype(np.int64)
        for level in range(DEEPEST - 1, -1, -1):
            half = 1 << level
            count = count.reshape(half, 2, half, 2, half, 2).sum(axis=(1, 3, 5))
            times = 1 << (DEEPEST - level)
            fits = (count <= _MOST_OF_LEAF).repeat(times, 0).repeat(times, 1).repeat(times, 2)
            depth[fits] = level
        return Octree(self._low, self._size, depth)


def _interleaved(cell: Longs) -> Longs:
    """(n,) Morton codes."""
    code = np.zeros(len(cell), dtype=np.int64)
    for bit in range(DEEPEST):
        for axis in range(3):
            code |= ((cell[:, axis] >> bit) & 1) << (3 * bit + axis)
    return code


def _extracted(code: int) -> int:
    """Every third bit."""
    return sum(((code >> (3 * bit)) & 1) << bit for bit in range(DEEPEST))
