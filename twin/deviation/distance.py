"""Signed distance of every point to the approved surface."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.arrays import Floats, Floats32, Ints, Matrix4
from twin.design.model import Surface
from twin.deviation.band import Band
from twin.survey.columns import column

_BATCH = 1 << 20  # points at a time: a hundred bytes each are in use, and bricks are sought once for many points


@dataclass(frozen=True, eq=False)
class PointDistances:
    """Attributes
    ----------
    distance : (n,) float32, m
        Positive outside; NaN beyond the band.
    triangle : (n,) int32
        Nearest triangle; -1 beyond the band.
    """

    distance: Floats32
    triangle: Ints


def signed_distances(
    surface: Surface,
    points_survey: Floats,
    design_from_survey: Matrix4,
    band_m: float,
    on_progress: Callable[[int, int], None] | None = None,
    scratch: Path | None = None,
) -> PointDistances:
    """Distance of each point to the nearest triangle, signed by the outward direction of the face, edge or corner.

    Parameters
    ----------
    surface : Surface
    points_survey : (n, 3) m, survey frame
        May be mapped from disk: they are read once, part by part.
    design_from_survey : (4, 4) float
    band_m : float
        Points farther away get NaN.
    on_progress : callable, optional
        Called with points done and points in all.
    scratch : Path, optional
        Folder for the answers, which are then mapped from disk as well.
    """
    count = len(points_survey)
    distance = column(scratch, "distance.f32", np.dtype(np.float32), count)
    triangle = column(scratch, "element.i32", np.dtype(np.int32), count)
    band = Band(surface, band_m)
    for start in range(0, count, _BATCH):
        stop = min(start + _BATCH, count)
        band.measure(points_survey[start:stop], design_from_survey, distance[start:stop], triangle[start:stop])
        if on_progress:
            on_progress(stop, count)
    return PointDistances(distance, triangle)
