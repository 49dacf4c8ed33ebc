"""The one pass over the survey: distances, what was seen and where rays went, block by block on all cores."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

import numpy as np

from twin.arrays import Floats, Floats32, Ints, Longs, Matrix4
from twin.design.model import Surface
from twin.deviation.band import Band, Worker
from twin.deviation.carving import Passage
from twin.deviation.draws import Draws, drawn_near
from twin.deviation.rays import Drawn, Followed, Rays
from twin.deviation.room import Room, room_for
from twin.deviation.settings import DeviationSettings
from twin.survey.columns import column
from twin.survey.model import Cloud


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
    followed : Followed
        Those rays.
    """

    distance: Floats32
    triangle: Ints
    drawn: Longs
    passage: Passage
    followed: Followed


def sweep(
    surface: Surface,
    cloud: Cloud,
    design_from_survey: Matrix4,
    settings: DeviationSettings,
    spacing_m: float,
    on_progress: Callable[[int, int], None] | None = None,
    scratch: Path | None = None,
    room: Room | None = None,
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
    room : Room, optional
        What it may work with; what fits into the free memory where it is left out.
    """
    room = room_for(len(surface.triangles)) if room is None else room
    count = len(cloud.points)
    distance = column(scratch, "distance.f32", np.dtype(np.float32), count)
    triangle = column(scratch, "element.i32", np.dtype(np.int32), count)
    band = Band(surface, settings.band_m)
    rays = Rays(surface, cloud, design_from_survey, settings.carve_voxel_m, room.most_cells)
    room = replace(room, workers=min(room.workers, max(-(-count // room.block), 1)))
    blocks = _Blocks(cloud.points, design_from_survey, band, band.rank_of(spacing_m), rays, room)
    seen = Draws()
    for stop, near, ends in _in_order(blocks.swept, (distance, triangle), room):
        seen.add(near)
        rays.add(ends)
        if on_progress:
            on_progress(stop, count)
    passage = rays.passage()
    return Swept(distance, triangle, seen.rows(), passage, rays.followed())


Block = tuple[int, Longs, Drawn]
"""What a block gives: the row after its last point, what was drawn near the design, and the rays that were drawn."""


class _Blocks:
    """Sweeps blocks of the cloud, on any thread, each by a worker that is free."""

    def __init__(
        self, points_survey: Floats, design_from_survey: Matrix4, band: Band, rank: int, rays: Rays, room: Room
    ) -> None:
        self._points, self._pose, self._rank, self._rays = points_survey, design_from_survey, rank, rays
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        for _ in range(room.workers):
            self._idle.put(band.worker(room.bricks_bytes))

    def swept(self, start: int, distance: Floats32, triangle: Ints) -> Block:
        """The block that begins at a row; `distance` and `triangle` of its points are written."""
        block = np.array(self._points[start : start + len(distance)], dtype=np.float64)
        worker = self._idle.get()
        try:
            ordered = worker.measure(block, self._pose, distance, triangle)
        finally:
            self._idle.put(worker)  # or the threads that wait for it would wait for ever
        return start + len(block), drawn_near(ordered, self._rank, start), self._rays.drawn(block, start)


def _in_order(
    swept: Callable[[int, Floats32, Ints], Block], columns: tuple[Floats32, Ints], room: Room
) -> Iterator[Block]:
    """What all blocks give, in their order; a few are worked on ahead, so that memory does not grow with the cloud."""
    distance, triangle = columns
    waiting: deque[Future[Block]] = deque()
    with ThreadPoolExecutor(room.workers) as pool:
        for start in range(0, len(distance), room.block):
            part = slice(start, start + room.block)
            waiting.append(pool.submit(swept, start, distance[part], triangle[part]))
            if len(waiting) > 2 * room.workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
