"""Rays of the survey, one for all that end in the same small cell, and what they passed through."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from twin.arrays import Floats, Longs, Matrix4
from twin.design.model import Surface
from twin.deviation.carving import Passage, carve
from twin.frames import move
from twin.survey.model import Cloud
from twin.survey.thinning import thin_blocks

_MARGIN_M = 2.0
_BLOCK = 1 << 20


def passage(surface: Surface, cloud: Cloud, design_from_survey: Matrix4, voxel_m: float) -> Passage:
    """Rays through a box about the design.

    Parameters
    ----------
    surface : Surface
    cloud : Cloud
        Scans whose station is unknown tell nothing.
    design_from_survey : (4, 4) float
    voxel_m : float
        Edge of the cells in which passage is noted; rays that end within half of it are one.
    """
    vertices = surface.vertices
    box = np.array([vertices.min(axis=0) - _MARGIN_M, vertices.max(axis=0) + _MARGIN_M])
    runs = _runs(cloud)
    ends, scans = [np.zeros((0, 3))], [np.zeros(0, dtype=np.int64)]
    for scan in np.flatnonzero(np.isfinite(cloud.stations).all(axis=1)):
        mine = runs[runs[:, 2] == scan, :2]
        ends.append(_ends(cloud, mine, 0.5 * voxel_m))
        scans.append(np.full(len(ends[-1]), scan, dtype=np.int64))
    stations = move(design_from_survey, cloud.stations) if len(cloud.stations) else np.full((1, 3), np.nan)
    return carve(stations, move(design_from_survey, np.vstack(ends)), np.concatenate(scans), box, voxel_m)


def _runs(cloud: Cloud) -> Longs:
    """(r, 3): first row, row after the last, and scan of each run of points of one scan."""
    starts, before = [], -1
    for start in range(0, len(cloud.scan), _BLOCK):
        part = np.asarray(cloud.scan[start : start + _BLOCK])
        starts.append(start + np.flatnonzero(np.diff(part, prepend=np.int16(before))))
        before = int(part[-1])
    first = np.concatenate([np.zeros(0, dtype=np.int64), *starts])
    return np.column_stack([first, np.append(first[1:], len(cloud.scan)), np.asarray(cloud.scan)[first]])


def _ends(cloud: Cloud, runs: Longs, cell_m: float) -> Floats:
    """(n, 3) m, survey frame: one end of a ray for each cell in which rays of a scan end."""

    def blocks() -> Iterator[Floats]:
        for first, last in runs:
            for start in range(first, last, _BLOCK):
                yield np.asarray(cloud.points[start : min(start + _BLOCK, last)])

    chosen = thin_blocks(blocks, cell_m)
    found, start = [np.zeros((0, 3))], 0
    for first, last in runs:
        low, high = np.searchsorted(chosen, [start, start + last - first])
        found.append(np.asarray(cloud.points[first + chosen[low:high] - start]))
        start += last - first
    return np.vstack(found)
