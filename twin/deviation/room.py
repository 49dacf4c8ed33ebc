"""How much memory the sweep takes, and what it gives up where that is short."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numba
import psutil  # type: ignore[import-untyped]

from twin.deviation.band import MOST_BYTES
from twin.deviation.carving import MOST_CELLS
from twin.errors import DesignError

_PER_TRIANGLE = 450
"""Bytes of the approved surface, its tree and its samples for each triangle: measured at ten million triangles."""
_PER_POINT = 300
"""Bytes for each point of a block: itself, its order, what is drawn from it, and blocks that wait."""
_MOST_WORKERS = 16
_LEAST_BLOCK, _LEAST_BRICKS, _LEAST_CELLS = 1 << 16, 32 << 20, 20_000_000
_SPARED = 0.8
"""Share of the free memory that is planned with."""
_LIMITS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)
"""Where a container on Linux says how much it may take and takes, by version 2 and version 1 of its groups."""
_DATA_PAGES = 5
"""Of the figures in ``/proc/self/statm``."""


@dataclass(frozen=True, slots=True)
class Room:
    """What the sweep works with.

    Attributes
    ----------
    workers : int
        Threads, each with bricks of its own.
    block : int
        Points that one takes at a time.
    bricks_bytes : int
        From which a worker forgets its bricks and makes them anew where points still fall.
    most_cells : int
        In which the passage of rays is noted, a byte each; with fewer the cells are larger.
    """

    workers: int
    block: int = 1 << 19
    bricks_bytes: int = MOST_BYTES
    most_cells: int = MOST_CELLS

    @property
    def needed_bytes(self) -> int:
        """Memory at most, but for the approved surface; bricks grow by doubling, and a copy is made then."""
        return self.workers * (2 * self.bricks_bytes + 3 * self.block * _PER_POINT) + self.most_cells


def free_bytes() -> int:
    """Memory that this process may still take: what the machine has free, or less where a container or a limit of
    this process allows less.
    """
    free = [psutil.virtual_memory().available, *_within_limit()]
    for limit, used in _LIMITS:
        try:
            free.append(int(limit.read_text()) - int(used.read_text()))
        except (OSError, ValueError):
            continue  # no such group, or no limit
    return int(min(free))


def _within_limit() -> Iterator[int]:
    """What is left under the limit of this process's data, where it has one."""
    if not sys.platform.startswith("linux"):
        return
    import resource

    limit = resource.getrlimit(resource.RLIMIT_DATA)[0]
    if limit != resource.RLIM_INFINITY:
        pages = int(Path("/proc/self/statm").read_text().split()[_DATA_PAGES])
        yield max(limit - pages * resource.getpagesize(), 0)


def cores() -> int:
    """Threads that this process was given: those of numba, which heeds both its own setting and the cores allowed."""
    return min(int(numba.config.NUMBA_NUM_THREADS), _MOST_WORKERS)


def room_for(triangles: int, free: int | None = None) -> Room:
    """The fastest way to sweep that fits into the free memory.

    Blocks, bricks and threads change no result, only its time, and are given up first. Then the cells grow in which
    the passage of rays is noted: less is known to be empty.

    Parameters
    ----------
    triangles : int
        Of the approved surface.
    free : int, optional
        Bytes; `free_bytes` where it is left out.

    Raises
    ------
    DesignError
        The approved surface alone does not fit.
    """
    free = free_bytes() if free is None else free
    rest = _SPARED * free - triangles * _PER_TRIANGLE
    for room in _rooms(cores()):
        if room.needed_bytes <= rest:
            return room
    needed = (triangles * _PER_TRIANGLE + room.needed_bytes) / _SPARED
    raise DesignError(
        f"{triangles:,} triangles take about {needed / 1e9:.1f} GB to compare, {free / 1e9:.1f} GB are free",
        "close other programs, take a machine with more memory, or leave out what is not structure",
    )


def _rooms(workers: int) -> Iterator[Room]:
    """From the fastest to the smallest."""
    room = Room(workers)
    yield room
    while room.bricks_bytes > _LEAST_BRICKS:
        room = replace(room, bricks_bytes=room.bricks_bytes // 2)
        yield room
    while room.block > _LEAST_BLOCK:
        room = replace(room, block=room.block // 2)
        yield room
    while room.workers > 1:
        room = replace(room, workers=room.workers // 2)
        yield room
    while room.most_cells > _LEAST_CELLS:
        room = replace(room, most_cells=room.most_cells // 2)
        yield room


def given_up(room: Room, voxel_m: float, wanted_m: float) -> tuple[str, ...]:
    """What a short memory cost, for the record of the run; nothing where it was not short."""
    full = Room(cores())
    if replace(room, most_cells=full.most_cells) == full and voxel_m <= wanted_m:
        return ()
    notes = [f"memory is short: {room.workers} of {full.workers} cores, {room.block:,} points at a time"]
    if room.most_cells < full.most_cells and voxel_m > wanted_m:
        notes.append(f"the passage of rays is noted in cells of {voxel_m:.2f} m instead of {wanted_m:.2f} m")
    return tuple(notes)
