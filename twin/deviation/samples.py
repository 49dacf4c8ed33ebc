"""Samples of the approved surface: those that one could see, on which coverage is counted, and the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Ints, Longs
from twin.design.model import Design, Role
from twin.design.proximity import Proximity

_PLASTIC = 1.32471795724474602596  # root of x^3 = x + 1: steps of its powers fill the unit square evenly


@dataclass(frozen=True, eq=False)
class SurfaceSamples:
    """Samples of the building elements.

    Attributes
    ----------
    points : (n, 3) m, design frame
    normals : (n, 3)
        Outward.
    triangle, element : (n,) int32
    area_m2 : (n,) float
        Area that each stands for.
    """

    points: Floats
    normals: Floats
    triangle: Ints
    element: Ints
    area_m2: Floats

    def __len__(self) -> int:
        return len(self.points)

    def pick(self, keep: Flags | Longs) -> SurfaceSamples:
        """The samples where `keep`, (n,) bool, or at these rows."""
        return SurfaceSamples(
            self.points[keep], self.normals[keep], self.triangle[keep], self.element[keep], self.area_m2[keep]
        )


def exposed(samples: SurfaceSamples, proximity: Proximity, step_m: float) -> Flags:
    """(n,) bool: samples in front of which there is room.

    Parameters
    ----------
    samples : SurfaceSamples
    proximity : Proximity
        Of the design's surface.
    step_m : float
        Room that must lie in front of a sample.
    """
    if not len(samples):
        return np.zeros(0, dtype=np.bool_)
    return proximity.has_room(samples.points, samples.normals, step_m)


def surface_samples(design: Design, spacing_m: float, most: int) -> SurfaceSamples:
    """Evenly spread samples of all building surfaces.

    Parameters
    ----------
    design : Design
    spacing_m : float
        Wanted distance of neighbouring samples.
    most : int
        Largest number of samples; the spacing grows to keep it.
    """
    surface = design.surface
    building = np.array([e.role is Role.BUILDING for e in design.elements], dtype=bool)
    areas = np.where(building[surface.element], surface.areas(), 0.0)
    cell = max(spacing_m**2, areas.sum() / most)
    # Rounding the running total spreads samples over triangles smaller than a cell without losing their area.
    total = np.floor(np.cumsum(areas) / cell + 0.5).astype(np.int64)
    counts = np.diff(total, prepend=0)
    triangle = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    step = np.arange(len(triangle), dtype=np.float64)
    u, v = np.modf(0.5 + step / _PLASTIC)[0], np.modf(0.5 + step / _PLASTIC**2)[0]
    fold = u + v > 1.0
    u, v = np.where(fold, 1.0 - u, u), np.where(fold, 1.0 - v, v)
    corners = surface.corners()[triangle]
    points = corners[:, 0] + u[:, None] * (corners[:, 1] - corners[:, 0]) + v[:, None] * (corners[:, 2] - corners[:, 0])
    normals = surface.normals()[triangle]
    return SurfaceSamples(points, normals, triangle, surface.element[triangle], np.full(len(points), cell))
