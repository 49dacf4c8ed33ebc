"""Signed distance of every point to the approved surface."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Floats32, Ints, Matrix4
from twin.design.model import Surface
from twin.design.proximity import Proximity
from twin.design.pseudonormals import pseudonormals
from twin.frames import move

_BATCH = 1 << 20


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
    proximity: Proximity,
    points_survey: Floats,
    design_from_survey: Matrix4,
    band_m: float,
    on_progress: Callable[[int, int], None] | None = None,
) -> PointDistances:
    """Distance of each point to the nearest triangle, signed by the outward direction of the face, edge or corner.

    Parameters
    ----------
    surface : Surface
    proximity : Proximity
        Of the same surface.
    points_survey : (n, 3) m, survey frame
    design_from_survey : (4, 4) float
    band_m : float
        Points farther away get NaN.
    on_progress : callable, optional
        Called with points done and points in all.
    """
    count = len(points_survey)
    distance = np.full(count, np.nan, dtype=np.float32)
    triangle = np.full(count, -1, dtype=np.int32)
    outward, corners = pseudonormals(surface), surface.corners()
    low, high = surface.vertices.min(axis=0) - band_m, surface.vertices.max(axis=0) + band_m
    for start in range(0, count, _BATCH):
        stop = min(start + _BATCH, count)
        points = move(design_from_survey, np.asarray(points_survey[start:stop]))
        close = np.flatnonzero(((points > low) & (points < high)).all(axis=1))
        found = proximity.nearest(points[close])
        way = points[close] - found.points
        gap = np.linalg.norm(way, axis=1)
        direction = outward.at(found.points, found.triangle, corners[found.triangle])
        side = np.where(np.einsum("ij,ij->i", way, direction) < 0.0, -1.0, 1.0)
        near = gap <= band_m
        rows = start + close[near]
        distance[rows] = (side * gap)[near]
        triangle[rows] = found.triangle[near]
        if on_progress:
            on_progress(stop, count)
    return PointDistances(distance, triangle)
