"""Nearest triangle and signed distance of any number of points, by bricks that are made where points fall."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from twin.arrays import Floats, Floats32, Ints, Matrix4
from twin.design.model import Surface
from twin.design.pseudonormals import pseudonormals
from twin.deviation.band.bricks import COUNT, descended
from twin.deviation.band.hierarchy import hierarchy
from twin.deviation.band.places import BRICK_RANK, MOST_RANKS, in_order, placed
from twin.deviation.band.sides import parts_in_order, signed

_CELL_M = 0.0125
"""Smallest cells, which only fine meshes need: elsewhere lists are short before."""
_MOST_BYTES = 256 << 20
"""Of the bricks of one worker, which it forgets when they take more."""
_MOST_WORKERS = 8
"""Every worker looks at all points to find its own: more of them gain little."""


class Band:
    """Answers which triangle is nearest to a point, and how far, for points within a band about a fixed surface.

    Exact: all is float64 about a local origin, no point within the band is missed, and neither the order of the
    points, nor how they are parted, nor the number of workers changes a bit of any answer.

    Parameters
    ----------
    surface : Surface
        At least one triangle.
    band_m : float
        Points farther away have no triangle.
    workers : int
        Threads, each with bricks of its own; 0 for one on each core.
    """

    def __init__(self, surface: Surface, band_m: float, workers: int = 0) -> None:
        self._tree = hierarchy(surface)
        self._band_m = band_m
        self._parts, self._directions = parts_in_order(pseudonormals(surface), self._tree.first)
        vertices = surface.vertices - self._tree.origin
        margin = band_m * (1.0 + 1e-9) + 1e-6
        self._box = np.array([vertices.min(axis=0) - margin, vertices.max(axis=0) + margin])
        extent = float((self._box[1] - self._box[0]).max())
        self._cell_m = max(_CELL_M, extent * 2.0**-MOST_RANKS * (1.0 + 1e-9))
        ranks = int(np.ceil(np.log2(extent / self._cell_m)))
        self._ranks = min(max(ranks, BRICK_RANK + 1), MOST_RANKS)
        self._workers = [_Worker() for _ in range(workers or min(os.cpu_count() or 1, _MOST_WORKERS))]

    def measure(self, points_survey: Floats, design_from_survey: Matrix4, distance: Floats32, triangle: Ints) -> None:
        """Writes signed distance (NaN beyond the band) and triangle (-1) of each point.

        Parameters
        ----------
        points_survey : (n, 3) m, survey frame
            A few million at a time.
        design_from_survey : (4, 4) float
        distance : (n,) float32, m
        triangle : (n,) int32
        """
        points = np.array(points_survey, dtype=np.float64)
        pose = np.array(design_from_survey[:3], dtype=np.float64)
        pose[:, 3] -= self._tree.origin
        distance[:] = np.nan
        triangle[:] = -1

        def part(share: int) -> None:
            self._part(share, points, pose, distance, triangle)

        with ThreadPoolExecutor(len(self._workers)) as pool:
            list(pool.map(part, range(len(self._workers))))

    def _part(self, share: int, points: Floats, pose: Matrix4, distance: Floats32, triangle: Ints) -> None:
        """Writes what one worker answers: the points that fall into its bricks."""
        tree, worker = self._tree, self._workers[share]
        rows, keys, places = placed(points, pose, self._box, self._cell_m, share, len(self._workers))
        if not len(rows):
            return
        rows, keys, x, y, z = in_order(np.argsort(keys), rows, keys, places)
        cubes = (self._box[0, 0], self._box[0, 1], self._box[0, 2], self._cell_m)
        found = np.zeros(len(rows), dtype=np.int32)
        worker.cells, worker.lists = descended(
            (keys, x, y, z),
            (tree.frames, tree.number, tree.boxes),
            cubes,
            self._ranks,
            self._band_m,
            (worker.cells, worker.lists, worker.used),
            found,
        )
        signed(x, y, z, found, tree.frames, self._parts, self._directions, rows, distance, triangle)
        worker.tidy()


class _Worker:
    """Bricks of one worker: what it knows of where points fell so far."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self.cells = np.zeros((1 << 12, 4), dtype=np.int32)
        self.cells[0, COUNT] = -1
        self.lists = np.zeros(1 << 14, dtype=np.int32)
        self.used = np.array([1, 0], dtype=np.int64)

    def tidy(self) -> None:
        """Forgets everything where it takes too much room: bricks are soon made again where points still fall."""
        if self.cells.nbytes + self.lists.nbytes > _MOST_BYTES:
            self._forget()
