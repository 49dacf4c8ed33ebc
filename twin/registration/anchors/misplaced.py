"""Why a survey does not lie at its design's place on the map: the usual mistakes, named and never corrected."""

from __future__ import annotations

import numpy as np

from twin.arrays import Floats
from twin.phrases import phrase

_MILLION_M = 1_000_000.0
_ZONES = 120
"""Zone numbers before eastings: 1 to 60 of six degrees, to 120 of three."""
_FALSE_EASTING_M = 500_000.0
_FALSE_NORTHING_M = 10_000_000.0
_GEOID_M = 110.0
"""The geoid lies between 107 m below and 86 m above the ellipsoid (EGM2008)."""
_HEIGHTS_M = 3.0
_UNITS = {"ft": 0.3048, "mm": 0.001}
_SURVEY, _DESIGN = phrase("survey"), phrase("design")
_EASTING, _NORTHING = phrase("easting"), phrase("northing")


def fault(survey: Floats, design: Floats, reach_m: float) -> str | None:
    """What a gap on the map looks like, as a line for people; None where it is like no known mistake.

    Parameters
    ----------
    survey, design : (3,) m
        Easting, northing and height of the middle of each, in the design's map system.
    reach_m : float
        How far the middles of two that belong together may lie apart.

    Notes
    -----
    Each mistake is undone in turn; it is named where the two then lie together in plan. The first that does is named.
    """
    if _near(survey[[1, 0]] - design[:2], reach_m):
        return phrase(
            "easting and northing of one of them are exchanged: with the survey's axes swapped they lie together"
        )
    gap = survey[:2] - design[:2]
    zone = float(np.round(gap[0] / _MILLION_M))
    if 1.0 <= abs(zone) <= _ZONES and _near(gap - [zone * _MILLION_M, 0.0], reach_m):
        return phrase(
            "the {who}'s eastings bear the zone number {zone:.0f} in front: leave it off, or name the system",
            who=_SURVEY if zone > 0.0 else _DESIGN,
            zone=abs(zone),
        )
    for name, false in ((_EASTING, [_FALSE_EASTING_M, 0.0]), (_NORTHING, [0.0, _FALSE_NORTHING_M])):
        for sign, who in ((1.0, _DESIGN), (-1.0, _SURVEY)):
            if _near(gap - sign * np.array(false), reach_m):
                size = max(false)
                return phrase(
                    "the {who}'s coordinates lack the false {name} of {size:,.0f} m", who=who, name=name, size=size
                )
    for unit, metres in _UNITS.items():
        if _near(survey[:2] * metres - design[:2], reach_m):
            return phrase("the survey's coordinates are {unit}, not metres: say --unit {unit}", unit=unit)
    rise = float(survey[2] - design[2])
    if _near(gap, reach_m) and _HEIGHTS_M < abs(rise) < _GEOID_M:
        return phrase(
            "in plan they lie together and in height {rise:+.1f} m apart: heights above the ellipsoid of one and above"
            " sea level of the other differ by so much",
            rise=rise,
        )
    return None


def _near(gap: Floats, reach_m: float) -> bool:
    return bool(np.hypot(gap[0], gap[1]) < reach_m)
