"""Measured level of each approved storey, from the level surfaces that were seen of it."""

from __future__ import annotations

import numpy as np

from twin.arrays import Flags, Floats
from twin.design.model import Design
from twin.deviation.samples import SurfaceSamples
from twin.massing.model import LevelMeasure

_LEVEL = 0.95
_FLOOR_M = 0.05  # a floor's top lies within this of its storey's level
_LATERAL_M = 0.25
_LEAST_SAMPLES = 12


def measured_levels(
    design: Design, samples: SurfaceSamples, seen: Flags, points: Floats, band_m: float, system_m: float
) -> tuple[LevelMeasure, ...]:
    """Offset of every storey's level against the design, in place of which nothing is guessed.

    The floor itself speaks where it was seen. Where only the facade was, the sills, heads and ledges of the storey's
    elements do.

    Parameters
    ----------
    design : Design
    samples : SurfaceSamples
    seen : (s,) bool
        Samples seen at their place.
    points : (n, 3) m, design frame
        Survey points near the approved surface.
    band_m : float
        Largest offset.
    system_m : float
        Standard uncertainty that does not average out (instrument, pose).
    """
    from scipy.spatial import cKDTree

    level = np.abs(samples.normals[:, 2]) > _LEVEL
    rows = np.flatnonzero(level & seen)
    if not len(rows) or not len(points):
        return tuple(LevelMeasure(s, None, None, 0) for s in range(len(design.storeys)))
    gap, index = cKDTree(points).query(samples.points[rows], distance_upper_bound=_LATERAL_M + band_m, workers=-1)
    found = np.isfinite(gap)
    rows, index = rows[found], index[found]
    offset = points[index, 2] - samples.points[rows, 2]
    good = np.abs(offset) <= band_m
    rows, offset = rows[good], offset[good]
    owner = np.array([-1 if e.storey is None else e.storey for e in design.elements])[samples.element[rows]]
    upward = samples.normals[rows, 2] > 0.0
    measures = []
    for number, storey in enumerate(design.storeys):
        floor = upward & (np.abs(samples.points[rows, 2] - storey.elevation_m) <= _FLOOR_M)
        mine = floor if floor.sum() >= _LEAST_SAMPLES else owner == number
        measures.append(_measure(number, offset[mine], system_m))
    return tuple(measures)


def _measure(number: int, offset: Floats, system_m: float) -> LevelMeasure:
    if len(offset) < _LEAST_SAMPLES:
        return LevelMeasure(number, None, None, len(offset))
    median = float(np.median(offset))
    spread = 1.4826 * float(np.median(np.abs(offset - median)))
    return LevelMeasure(number, median, 2.0 * float(np.hypot(spread / np.sqrt(len(offset)), system_m)), len(offset))
