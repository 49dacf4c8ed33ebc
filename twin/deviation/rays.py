"""Rays of the survey, one for all of a station that end in the same small cell, and what they passed through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Longs, Matrix4, Shorts
from twin.design.model import Surface
from twin.deviation.carving import Carving, Passage
from twin.deviation.draws import ROW, Cells, Draws, drawn_ends
from twin.frames import move
from twin.survey.model import Cloud

_MARGIN_M = 2.0
_BLOCK = 1 << 22
_PART = 1 << 18

Drawn = list[tuple[int, int, Longs]]
"""What was drawn from a block: scan, number of its points, and the drawing, of each run of one scan."""


@dataclass(frozen=True, eq=False)
class Followed:
    """The rays that were followed, read again from the cloud where they are asked for.

    Attributes
    ----------
    cloud : Cloud
    design_from_survey : (4, 4) float
    rows : tuple of (scan, (n,) int64)
        Rows of the ends of rays.
    """

    cloud: Cloud
    design_from_survey: Matrix4
    rows: tuple[tuple[int, Longs], ...]

    def __iter__(self) -> Iterator[tuple[Floats, Floats]]:
        """Station (3,) and ends (n, 3), m, design frame, some at a time."""
        for scan, rows in self.rows:
            station = move(self.design_from_survey, self.cloud.stations[scan][None])[0]
            for start in range(0, len(rows), _PART):
                ends = np.asarray(self.cloud.points[rows[start : start + _PART]])
                yield station, move(self.design_from_survey, ends)


class Rays:
    """Draws rays from the survey as it streams by, and follows those of a scan when its last point was seen.

    Parameters
    ----------
    surface : Surface
        Passage is noted in a box about it.
    cloud : Cloud
        Scans whose station is unknown tell nothing.
    design_from_survey : (4, 4) float
    voxel_m : float
        Edge of the cells in which passage is noted; of rays that end in a cell of half of it one is followed.
    most_cells : int
        With more the cells grow.
    """

    def __init__(
        self, surface: Surface, cloud: Cloud, design_from_survey: Matrix4, voxel_m: float, most_cells: int
    ) -> None:
        vertices = surface.vertices
        box = np.array([vertices.min(axis=0) - _MARGIN_M, vertices.max(axis=0) + _MARGIN_M])
        self._cloud, self._pose = cloud, design_from_survey
        self._cells = Cells(0.5 * voxel_m, box[0], box[1])
        self._carving = Carving(box, voxel_m, most_cells)
        known = len(cloud.stations) > 0
        self._stations = move(design_from_survey, cloud.stations) if known else np.full((1, 3), np.nan)
        self._known = np.asarray(np.isfinite(self._stations).all(axis=1))
        self._left = _points_of(cloud, len(self._known)) if self._known.any() else np.zeros(1, dtype=np.int64)
        self._draws: dict[int, Draws] = {}
        self._followed: list[tuple[int, Longs]] = []

    def drawn(self, points_survey: Floats, start: int) -> Drawn:
        """What is drawn from a block of the cloud, (n, 3) m, that begins at row `start`; by any thread."""
        if not self._known.any():
            return []
        scan = np.asarray(self._cloud.scan[start : start + len(points_survey)])
        found = []
        for number, rows in _by_scan(scan):
            if self._known[number]:
                drawn = drawn_ends(points_survey[rows], self._pose, self._stations[number], self._cells)
                drawn[:, ROW] = start + (drawn[:, ROW] if isinstance(rows, slice) else rows[drawn[:, ROW]])
                found.append((number, int(np.count_nonzero(scan == number)), drawn))
        return found

    def add(self, drawn: Drawn) -> None:
        """Adds what was drawn from a block; by one thread."""
        for scan, points, rows in drawn:
            self._draws.setdefault(scan, Draws()).add(rows)
            self._left[scan] -= points
            if not self._left[scan]:
                self._follow(scan)

    def passage(self) -> Passage:
        """What the rays of all scans crossed."""
        for scan in sorted(self._draws):
            self._follow(scan)
        return self._carving.passage()

    def followed(self) -> Followed:
        """The rays of all scans that `passage` followed."""
        return Followed(self._cloud, self._pose, tuple(self._followed))

    def _follow(self, scan: int) -> None:
        rows = self._draws.pop(scan).rows()
        self._followed.append((scan, rows))
        for start in range(0, len(rows), _PART):
            ends = np.asarray(self._cloud.points[rows[start : start + _PART]])
            self._carving.follow(self._stations[scan], move(self._pose, ends))


def _by_scan(scan: Shorts) -> Iterator[tuple[int, slice | Longs]]:
    """Each scan of a block with its rows: files in the order of an octree mix set-ups, others seldom do."""
    if not len(scan):
        return
    if scan[0] == scan[-1] and (scan == scan[0]).all():
        yield int(scan[0]), slice(0, len(scan))
        return
    for number in np.unique(scan).tolist():
        yield number, np.flatnonzero(scan == number)


def _points_of(cloud: Cloud, scans: int) -> Longs:
    """(s,) int64: points of each scan."""
    counts = np.zeros(scans, dtype=np.int64)
    for start in range(0, len(cloud.scan), _BLOCK):
        counts += np.bincount(np.asarray(cloud.scan[start : start + _BLOCK]), minlength=scans)
    return counts
