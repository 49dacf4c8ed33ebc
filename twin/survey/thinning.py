"""One point for each occupied voxel, and normals of surfaces: what registration and massing work on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Longs
from twin.errors import SurveyError

_BLOCK = 1_000_000
_FIRST_SLOTS = 1 << 16
_FULLEST = 0.6


def thin(points: Floats, voxel_m: float) -> Longs:
    """Indices of one point for each occupied voxel: the one nearest to the mean of the voxel's points.

    Means are summed in whole millionths of a voxel, so that neither the order of the points nor the size of blocks
    changes which points are chosen. Voxels are aligned to the frame's zero: a part of a cloud is thinned like the
    whole.

    Parameters
    ----------
    points : (n, 3) m, any frame
        May be mapped from disk; memory grows with the occupied voxels only (up to about 300 bytes each).
    voxel_m : float
        Edge of a voxel.

    Returns
    -------
    indices : (m,) int64, ascending

    Raises
    ------
    SurveyError
        The cloud is more than two million voxels across.
    """
    from twin.survey import voxels

    if not voxel_m > 0.0:
        raise SurveyError(f"a voxel of {voxel_m} m is no volume", "give an edge above zero")
    if len(points) == 0:
        return np.zeros(0, np.int64)
    low = np.floor(_lowest(points) / voxel_m).astype(np.int64)
    table = _Table.empty(_FIRST_SLOTS)
    for start in range(0, len(points), _BLOCK):
        block = np.array(points[start : start + _BLOCK], np.float64)
        at = 0
        while at < len(block):
            at = voxels.gather(
                block, at, voxel_m, low, table.keys, table.sums, table.used, int(_FULLEST * len(table.keys))
            )
            if at < 0:
                raise SurveyError("the cloud is too large for its voxels", "take larger voxels, or a part of the cloud")
            if at < len(block):
                table = table.doubled()
    best = _Best.empty(len(table.keys))
    for start in range(0, len(points), _BLOCK):
        block = np.array(points[start : start + _BLOCK], np.float64)
        voxels.nearest(block, start, voxel_m, low, table.keys, table.sums, best.distances, best.places, best.indices)
    return np.sort(best.indices[table.keys >= 0])


@dataclass(frozen=True, eq=False)
class _Table:
    """Open hash of voxels: `keys` (-1 where free), `sums` of x, y, z in fine steps and the count; `used` slots."""

    keys: Longs
    sums: Longs
    used: Longs

    @classmethod
    def empty(cls, slots: int) -> _Table:
        return cls(np.full(slots, -1, np.int64), np.zeros((slots, 4), np.int64), np.zeros(1, np.int64))

    def doubled(self) -> _Table:
        from twin.survey import voxels

        larger = _Table.empty(2 * len(self.keys))
        voxels.rehash(self.keys, self.sums, larger.keys, larger.sums)
        larger.used[0] = self.used[0]
        return larger


@dataclass(frozen=True, eq=False)
class _Best:
    """The point nearest to each voxel's mean so far: squared distance, coordinates, index."""

    distances: Longs
    places: Longs
    indices: Longs

    @classmethod
    def empty(cls, slots: int) -> _Best:
        most = np.iinfo(np.int64).max
        return cls(np.full(slots, most, np.int64), np.full((slots, 3), most, np.int64), np.full(slots, most, np.int64))


def _lowest(points: Floats) -> Floats:
    blocks = [points[start : start + _BLOCK].min(axis=0) for start in range(0, len(points), _BLOCK)]
    low: Floats = np.min(blocks, axis=0)
    return low
