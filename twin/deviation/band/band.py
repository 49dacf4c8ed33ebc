"""Nearest triangle and signed distance of any number of points, by bricks that are made where points fall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.arrays import Floats, Floats32, Ints, Longs, Matrix4
from twin.design.model import Surface
from twin.design.pseudonormals import pseudonormals
from twin.deviation.band.bricks import COUNT, descended
from twin.deviation.band.hierarchy import hierarchy
from twin.deviation.band.places import BRICK_RANK, MOST_RANKS, in_order, placed, sorted_along
from twin.deviation.band.sides import parts_in_order, signed

MOST_BYTES = 256 << 20
"""Of the bricks of one worker, where nothing else is said: about a building of a million triangles."""
_CELL_M = 0.0125
"""Smallest cells, which only fine meshes need: elsewhere lists are short before."""


@dataclass(frozen=True, eq=False)
class Ordered:
    """The points of a call that lie about the surface, along a space-filling curve.

    Attributes
    ----------
    rows : (m,) int32
        Which points they are.
    keys : (m,) uint64
        Their smallest cells, ascending: a key without its last 3 r bits is that of a cell 2^r times as wide.
    x, y, z : (m,) m, design frame about the band's origin
    triangle : (m,) int32
        -1 beyond the band.
    """

    rows: Ints
    keys: NDArray[np.uint64]
    x: Floats
    y: Floats
    z: Floats
    triangle: Ints


class Band:
    """Which triangle of a fixed surface is nearest to a point, and how far, for points within a band about it.

    Exact: all is float64 about a local origin, no point within the band is missed, and neither the order of the
    points, nor how they are parted, nor which worker is asked changes a bit of any answer.

    Parameters
    ----------
    surface : Surface
        At least one triangle.
    band_m : float
        Points farther away have no triangle.
    """

    def __init__(self, surface: Surface, band_m: float) -> None:
        self.tree = hierarchy(surface)
        self.band_m = band_m
        self.parts, self.directions = parts_in_order(pseudonormals(surface), self.tree.first)
        vertices = surface.vertices - self.tree.origin
        margin = band_m * (1.0 + 1e-9) + 1e-6
        self.box = np.array([vertices.min(axis=0) - margin, vertices.max(axis=0) + margin])
        extent = float((self.box[1] - self.box[0]).max())
        self.cell_m = max(_CELL_M, extent * 2.0**-MOST_RANKS * (1.0 + 1e-9))
        ranks = int(np.ceil(np.log2(extent / self.cell_m)))
        self.ranks = min(max(ranks, BRICK_RANK + 1), MOST_RANKS)

    def rank_of(self, edge_m: float) -> int:
        """Halvings from the cells whose edge comes nearest to a length down to the smallest."""
        return min(max(round(float(np.log2(edge_m / self.cell_m))), 0), self.ranks)

    def worker(self, most_bytes: int = MOST_BYTES) -> Worker:
        """One that answers; each thread needs its own, and forgets its bricks when they take more than that."""
        return Worker(self, most_bytes)


class Worker:
    """Answers for one thread, by bricks that it makes where points fall.

    Parameters
    ----------
    band : Band
    most_bytes : int
        Of its bricks.
    """

    def __init__(self, band: Band, most_bytes: int) -> None:
        self._band, self._most_bytes = band, most_bytes
        self._cells, self._lists, self._used = _nothing()

    def measure(
        self, points_survey: Floats, design_from_survey: Matrix4, distance: Floats32, triangle: Ints
    ) -> Ordered:
        """Writes signed distance (NaN beyond the band) and triangle (-1) of each point.

        Parameters
        ----------
        points_survey : (n, 3) m, survey frame
            About a million at a time.
        design_from_survey : (4, 4) float
        distance : (n,) float32, m
        triangle : (n,) int32
        """
        band, tree = self._band, self._band.tree
        pose = np.array(design_from_survey[:3], dtype=np.float64)
        pose[:, 3] -= tree.origin
        distance[:] = np.nan
        triangle[:] = -1
        rows, keys, places = placed(np.ascontiguousarray(points_survey, dtype=np.float64), pose, band.box, band.cell_m)
        rows, keys, x, y, z = in_order(*sorted_along(keys), rows, keys, places)
        found, over = np.zeros(len(rows), dtype=np.int32), np.zeros(len(rows))
        if len(rows):
            self._cells, self._lists = descended(
                (keys, x, y, z),
                (tree.frames, tree.number, tree.boxes),
                (band.box[0, 0], band.box[0, 1], band.box[0, 2], band.cell_m),
                band.ranks,
                band.band_m,
                (self._cells, self._lists, self._used),
                (found, over),
            )
            signed((x, y, z), found, over, tree.frames, band.parts, band.directions, rows, distance, triangle)
            self._tidy()
        return Ordered(rows, keys, x, y, z, found)

    def _tidy(self) -> None:
        """Forgets everything where it takes too much room: bricks are soon made again where points still fall."""
        if self._cells.nbytes + self._lists.nbytes > self._most_bytes:
            self._cells, self._lists, self._used = _nothing()


def _nothing() -> tuple[Ints, Ints, Longs]:
    """Cells, lists and what is used of both, before any point was asked."""
    cells = np.zeros((1 << 12, 4), dtype=np.int32)
    cells[0, COUNT] = -1
    return cells, np.zeros(1 << 14, dtype=np.int32), np.array([1, 0], dtype=np.int64)
