"""Measured level of each approved storey, from the level surfaces that were seen of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.arrays import Floats, Longs
from twin.design.model import Design
from twin.deviation.model import Deviation
from twin.deviation.samples import SurfaceSamples
from twin.massing.model import LevelMeasure

_LEVEL = 0.95
_FLOOR_M = 0.05  # a floor's top lies within this of its storey's level
_LATERAL_M = 0.25
_LEAST_SAMPLES = 12


def measured_levels(
    design: Design, deviation: Deviation, points: Floats, band_m: float, system_m: float
) -> tuple[LevelMeasure, ...]:
    """Offset of every storey's level against the design, in place of which nothing is guessed.

    The floor itself speaks where it was seen. Where only the facade was, the sills, heads and ledges of the storey's
    elements do; not where rays passed through more of them than points lie on.

    Parameters
    ----------
    design : Design
    deviation : Deviation
    points : (n, 3) m, design frame
        Survey points near the approved surface.
    band_m : float
        Largest offset.
    system_m : float
        Standard uncertainty that does not average out (instrument, pose).
    """
    samples = deviation.samples
    level = np.flatnonzero(np.abs(samples.normals[:, 2]) > _LEVEL)
    offset = _offsets(samples, level[deviation.sample_seen[level]], points, band_m)
    owner = np.array([-1 if e.storey is None else e.storey for e in design.elements], dtype=np.int64)
    owner = owner[samples.element] if len(samples) else np.zeros(0, dtype=np.int64)
    upward = samples.normals[:, 2] > _LEVEL
    measures = []
    for number, storey in enumerate(design.storeys):
        floor = upward & (np.abs(samples.points[:, 2] - storey.elevation_m) <= _FLOOR_M)
        ledges = (owner == number) & (np.abs(samples.normals[:, 2]) > _LEVEL)
        seen = np.isfinite(offset)
        mine = floor if (floor & seen).sum() >= _LEAST_SAMPLES else ledges
        gone = samples.area_m2[mine & deviation.sample_pierced].sum() > samples.area_m2[mine & seen].sum()
        measure = _measure(number, np.zeros(0) if gone else offset[mine & seen], system_m)
        if storey.is_floor and floor.any():
            area = float(samples.area_m2[floor].sum())
            share, free = (
                float(samples.area_m2[floor & flags].sum()) / area
                for flags in (deviation.sample_seen, deviation.sample_pierced)
            )
            measure = replace(measure, floor_share=share, floor_free=free)
        measures.append(measure)
    return tuple(measures)


def _offsets(samples: SurfaceSamples, rows: Longs, points: Floats, band_m: float) -> Floats:
    """(s,) m: height of the survey over each sample, NaN where it shows none."""
    from scipy.spatial import cKDTree

    offset = np.full(len(samples), np.nan)
    if not len(rows) or not len(points):
        return offset
    gap, index = cKDTree(points).query(samples.points[rows], distance_upper_bound=_LATERAL_M + band_m, workers=-1)
    found = np.isfinite(gap)
    rise = points[index[found], 2] - samples.points[rows[found], 2]
    offset[rows[found]] = np.where(np.abs(rise) <= band_m, rise, np.nan)
    return offset


def _measure(number: int, offset: Floats, system_m: float) -> LevelMeasure:
    if len(offset) < _LEAST_SAMPLES:
        return LevelMeasure(number, None, None, len(offset))
    median = float(np.median(offset))
    spread = 1.4826 * float(np.median(np.abs(offset - median)))
    return LevelMeasure(number, median, 2.0 * float(np.hypot(spread / np.sqrt(len(offset)), system_m)), len(offset))
