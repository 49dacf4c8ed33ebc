"""The one pass over the survey: distances, what was seen and where rays went, block by block on all cores."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import numpy as np

from twin.arrays import Floats32, Ints, Longs, Matrix4
from twin.design.model import Surface
from twin.deviation.band import Band, Worker
from twin.deviation.carving import Passage
from twin.deviation.draws import Draws, drawn_near
from twin.deviation.rays import Drawn, Rays
from twin.deviation.settings import DeviationSettings
from twin.survey.columns import column
from twin.survey.model import Cloud

_BLOCK = 1 << 19  # points at a time and core: a hundred and fifty bytes each are in use
_MOST_WORKERS = 16  # each has bricks of its own, up to a quarter of a gigabyte


@dataclass(frozen=True, eq=False)
class Swept:
    """What the pass leaves.

    Attributes
    ----------
    distance : (n,) float32, m
        Of every point: positive outside, NaN beyond the band.
    triangle : (n,) int32
        The nearest one; -1 beyond the band.
    drawn : (m,) int64, ascending
        Rows of one point within the band for each occupied cell of about the spacing asked for.
    passage : Passage
        Where rays went through.
    """

    distance: Floats32
    triangle: Ints
    drawn: Longs
    passage: Passage


def sweep(
    surface: Surface,
    cloud: Cloud,
    design_from_survey: Matrix4,
    settings: DeviationSettings,
    spacing_m: float,
    on_progress: Callable[[int, int], None] | None = None,
    scratch: Path | None = None,
) -> Swept:
    """Read the survey once, in the order of its points.

    Neither the size of blocks nor the number of cores changes anything, and the order of points only their places.

    Parameters
    ----------
    surface : Surface
    cloud : Cloud
        May be mapped from disk.
    design_from_survey : (4, 4) float
    settings : DeviationSettings
    spacing_m : float
        Of the points that are drawn, to a factor of the square root of two.
    on_progress : callable, optional
        Called with points done and points in all.
    scratch : Path, optional
        Folder for distances and triangles, which are then mapped from disk as well.
    """
    count = len(cloud.points)
    distance = column(scratch, "distance.f32", np.dtype(np.float32), count)
    triangle = column(scratch, "element.i32", np.dtype(np.int32), count)
    band = Band(surface, settings.band_m)
    rank = band.rank_of(spacing_m)
    rays = Rays(surface, cloud, design_from_survey, settings.carve_voxel_m)
    workers = min(os.cpu_count() or 1, _MOST_WORKERS, max(-(-count // _BLOCK), 1))
    idle: SimpleQueue[Worker] = SimpleQueue()
    for _ in range(workers):
        idle.put(band.worker())

    def swept(start: int) -> tuple[int, Longs, Drawn]:
        stop = min(start + _BLOCK, count)
        block = np.array(cloud.points[start:stop], dtype=np.float64)
        worker = idle.get()
        ordered = worker.measure(block, design_from_survey, distance[start:stop], triangle[start:stop])
        idle.put(worker)
        return stop, drawn_near(ordered, rank, start), rays.drawn(block, start)

    seen = Draws()

    def take(done: Future[tuple[int, Longs, Drawn]]) -> None:
        stop, near, ends = done.result()
        seen.add(near)
        rays.add(ends)
        if on_progress:
            on_progress(stop, count)

    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[tuple[int, Longs, Drawn]]] = deque()
        for start in range(0, count, _BLOCK):
            waiting.append(pool.submit(swept, start))
            if len(waiting) > 2 * workers:
                take(waiting.popleft())
        while waiting:
            take(waiting.popleft())
    return Swept(distance, triangle, seen.rows(), rays.passage())
