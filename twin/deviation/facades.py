"""Coverage by facade and of the roof."""

from __future__ import annotations

import numpy as np

from twin.arrays import Flags
from twin.design.proximity import Proximity
from twin.deviation.samples import SurfaceSamples

_SIDES = ("east", "north", "west", "south")
_LEAST_M2 = 1.0


def outer_coverage(
    samples: SurfaceSamples, seen: Flags, proximity: Proximity, north_deg: float
) -> tuple[dict[str, float], float | None]:
    """Observed share of the four facades and of the roof.

    A sample is part of a facade or of the roof when a straight line along its normal leaves the building.

    Parameters
    ----------
    samples : SurfaceSamples
    seen : (s,) bool
    proximity : Proximity
        Of the design's surface.
    north_deg : float
        Direction of north, anticlockwise from the design's y axis.

    Returns
    -------
    facades : dict of str to float
        Of the sides that exist.
    roof : float or None
    """
    if not len(samples):
        return {}, None
    free = np.isinf(proximity.hits(samples.points + 0.01 * samples.normals, samples.normals))
    upright = free & (np.abs(samples.normals[:, 2]) < 0.5)
    bearing = np.degrees(np.arctan2(samples.normals[:, 1], samples.normals[:, 0])) - north_deg
    side = np.round(bearing / 90.0).astype(int) % 4
    facades = {}
    for number, name in enumerate(_SIDES):
        mine = upright & (side == number)
        if samples.area_m2[mine].sum() >= _LEAST_M2:
            facades[name] = float(seen[mine].mean())
    roof = free & (samples.normals[:, 2] > 0.5)
    return facades, float(seen[roof].mean()) if samples.area_m2[roof].sum() >= _LEAST_M2 else None
