"""Projected coordinate systems, as far as a georeference has to be checked against them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from twin.arrays import Floats

_EPSG = re.compile(r"EPSG(?:::?[\d.]*:)?[\s:_-]{0,2}(\d{4,6})(?!\d)|^\s*(\d{4,6})\s*$", re.IGNORECASE)
_MARGIN_DEG = 1.0
"""Areas of use are drawn along borders; a building just beyond one is no contradiction."""
_STEP_M = 100.0


@dataclass(frozen=True, eq=False)
class Grid:
    """A projected system that PROJ knows.

    Attributes
    ----------
    name : str
    unit_m : float
        Metres in a unit of its axes.
    """

    name: str
    unit_m: float
    _transformer: Any
    _geod: Any
    _bounds: tuple[float, float, float, float]

    def holds(self, eastings_m: float, northings_m: float) -> bool:
        """Whether the place lies in the area where the system is valid."""
        longitude, latitude = self._degrees(eastings_m, northings_m)
        west, south, east, north = self._bounds
        inside = (longitude - west + _MARGIN_DEG) % 360.0 <= (east - west) % 360.0 + 2.0 * _MARGIN_DEG
        return bool(inside and south - _MARGIN_DEG <= latitude <= north + _MARGIN_DEG)

    def distance_m(self, eastings_m: float, northings_m: float, latitude_deg: float, longitude_deg: float) -> float:
        """Distance on the ellipsoid between a place on the map and geographic coordinates.

        Notes
        -----
        The system's own datum stands in for that of the geographic coordinates: datums differ by a few hundred metres
        at most, and a shift that PROJ only guesses would be no better.
        """
        longitude, latitude = self._degrees(eastings_m, northings_m)
        return float(self._geod.inv(longitude, latitude, longitude_deg, latitude_deg)[2])

    def true_north(self, eastings_m: float, northings_m: float) -> Floats:
        """(2,) unit direction of true north in eastings and northings."""
        longitude, latitude = self._degrees(eastings_m, northings_m)
        ahead = self._geod.fwd(longitude, latitude, 0.0, _STEP_M)
        there = np.array(self._transformer.transform(ahead[0], ahead[1], direction="INVERSE")) * self.unit_m
        step = there - [eastings_m, northings_m]
        north: Floats = step / np.linalg.norm(step)
        return north

    def _degrees(self, eastings_m: float, northings_m: float) -> tuple[float, float]:
        """Longitude and latitude; not a number where the projection has no inverse."""
        longitude, latitude = self._transformer.transform(eastings_m / self.unit_m, northings_m / self.unit_m)
        finite = bool(np.isfinite(longitude) and np.isfinite(latitude))
        return (longitude, latitude) if finite else (float("nan"), float("nan"))


def tidy(name: str | None) -> str | None:
    """``EPSG:4549`` for every way of writing that code, else the name as it stands."""
    match = _EPSG.search(name or "")
    return f"EPSG:{match.group(1) or match.group(2)}" if match else name


@lru_cache(maxsize=32)
def grid_of(name: str | None) -> Grid | None:
    """The projected system of that name, or None where PROJ knows none.

    Only codes and plain names are looked up: a PROJ string from a file could name other files.
    """
    import pyproj

    text = tidy(name)
    if text is None or re.search(r"[=+{}@\[\]\\]", text):
        return None
    try:
        crs = pyproj.CRS.from_user_input(text)
        if not crs.is_projected or crs.area_of_use is None:
            return None
        flat = crs.to_2d()
        transformer = pyproj.Transformer.from_crs(flat, flat.geodetic_crs, always_xy=True, allow_ballpark=False)
        geod = flat.get_geod()
    except (pyproj.exceptions.ProjError, TypeError, ValueError):
        return None
    area = crs.area_of_use
    return Grid(text, float(crs.axis_info[0].unit_conversion_factor), transformer, geod, area.bounds)
