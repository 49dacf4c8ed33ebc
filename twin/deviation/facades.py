"""Coverage by facade and of the roof."""

from __future__ import annotations

import numpy as np

from twin.arrays import Flags, Longs
from twin.design.proximity import Proximity
from twin.deviation.samples import SurfaceSamples

_SIDES = ("east", "north", "west", "south")
_ROOF = len(_SIDES)
_LEAST_M2 = 1.0


def outer_sides(samples: SurfaceSamples, proximity: Proximity, north_deg: float) -> Longs:
    """(s,) int64: the facade of which each sample is part, 4 for the roof, -1 for neither.

    A sample is part of a facade or of the roof when a straight line along its normal leaves the building.

    Parameters
    ----------
    samples : SurfaceSamples
    proximity : Proximity
        Of the design's surface.
    north_deg : float
        Direction of north, anticlockwise from the design's y axis.
    """
    sides = np.full(len(samples), -1, dtype=np.int64)
    if not len(samples):
        return sides
    free = np.isinf(proximity.hits(samples.points + 0.01 * samples.normals, samples.normals))
    bearing = np.degrees(np.arctan2(samples.normals[:, 1], samples.normals[:, 0])) - north_deg
    upright = free & (np.abs(samples.normals[:, 2]) < 0.5)
    sides[upright] = np.round(bearing[upright] / 90.0).astype(np.int64) % len(_SIDES)
    sides[free & (samples.normals[:, 2] > 0.5)] = _ROOF
    return sides


def outer_coverage(samples: SurfaceSamples, sides: Longs, seen: Flags) -> tuple[dict[str, float], float | None]:
    """Observed share of the four facades and of the roof.

    Parameters
    ----------
    samples : SurfaceSamples
    sides : (s,) int64
        From `outer_sides`.
    seen : (s,) bool

    Returns
    -------
    facades : dict of str to float
        Of the sides that exist.
    roof : float or None
    """
    found = {}
    for number, name in enumerate((*_SIDES, "roof")):
        mine = sides == number
        if samples.area_m2[mine].sum() >= _LEAST_M2:
            found[name] = float(seen[mine].mean())
    roof = found.pop("roof", None)
    return found, roof
