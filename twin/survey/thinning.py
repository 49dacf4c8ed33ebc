"""One point for each occupied voxel, and normals of surfaces: what registration and massing work on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from twin.arrays import Floats, Longs
from twin.errors import SurveyError
from twin.survey.extent import extent

_BLOCK = 1_000_000
_FIRST_SLOTS = 1 << 12
_SHARES = 2
"""Of the voxels, each counted by a thread of its own. Each looks at all points: more shares gain little."""


def thin(points: Floats, voxel_m: float) -> Longs:
    """Indices of one point for each occupied voxel: the one nearest to the mean of the voxel's points.

    Means are summed in whole millionths of a voxel, so that neither the order of the points nor the size of blocks
    changes which points are chosen. Voxels are aligned to the frame's zero: a part of a cloud is thinned like the
    whole.

    Parameters
    ----------
    points : (n, 3) m, any frame
        May be mapped from disk; memory grows with the occupied voxels only (up to about 210 bytes each).
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
    return thin_blocks(lambda: (points[start : start + _BLOCK] for start in range(0, len(points), _BLOCK)), voxel_m)


def thin_blocks(blocks: Callable[[], Iterable[Floats]], voxel_m: float) -> Longs:
    """The same for points that come in blocks, and need never be in memory together.

    Parameters
    ----------
    blocks : callable
        Gives all points, (n, 3) m each time, anew at every call.
    voxel_m : float

    Returns
    -------
    indices : (m,) int64, ascending
        Counted through all blocks.
    """
    if not voxel_m > 0.0:
        raise SurveyError(f"a voxel of {voxel_m} m is no volume", "give an edge above zero")
    lowest = _lowest(blocks())
    if lowest is None:
        return np.zeros(0, np.int64)
    low = np.floor(lowest / voxel_m).astype(np.int64)
    parts = [_Part(share, voxel_m, low) for share in range(_SHARES)]
    with ThreadPoolExecutor(_SHARES) as pool:
        for points in blocks():
            block = np.array(points, np.float64)
            list(pool.map(lambda part, block=block: part.gather(block), parts))
        start = 0
        for points in blocks():
            block = np.array(points, np.float64)
            list(pool.map(lambda part, block=block, start=start: part.choose(block, start), parts))
            start += len(block)
    return np.sort(np.concatenate([part.chosen() for part in parts]))


class _Part:
    """One share of all voxels, in a hash of its own."""

    def __init__(self, share: int, voxel_m: float, low: Longs) -> None:
        from twin.survey import voxels

        self._voxels, self._share, self._voxel_m, self._low = voxels, share, voxel_m, low
        self._table, self._used = voxels.empty(_FIRST_SLOTS), np.zeros(1, np.int64)

    def gather(self, block: Floats) -> None:
        """Adds the points of a block to their voxels."""
        self._table = self._voxels.gather(
            block, self._voxel_m, self._low, self._share, _SHARES, self._table, self._used
        )
        if self._used[0] < 0:
            raise SurveyError("the cloud is too large for its voxels", "take larger voxels, or a part of the cloud")

    def choose(self, block: Floats, start: int) -> None:
        """Keeps those of a block that lie nearer to their voxel's mean than any before."""
        self._voxels.nearest(block, start, self._voxel_m, self._low, self._share, _SHARES, self._table)

    def chosen(self) -> Longs:
        """Index of the point that stands for each voxel."""
        indices: Longs = self._voxels.chosen(self._table)
        return indices


def _lowest(blocks: Iterable[Floats]) -> Floats | None:
    """(3,) m: the corner below all points, or None where there are none."""
    corners = [extent(points)[0] for points in blocks if len(points)]
    return np.min(corners, axis=0) if corners else None
