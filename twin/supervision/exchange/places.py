"""From map systems to longitude and latitude, where that is sure; nothing is guessed where it is not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from twin.design.crs import Grid, grid_of
from twin.supervision.model import FindingState, ProjectState

Place = tuple[float, float]
_WGS84 = "EPSG:4326"
_CGCS2000 = "EPSG:4490"
CGCS2000_NOTE = "longitudes and latitudes are those of CGCS2000, which agree with WGS 84 within 2 m"
"""EPSG publishes no transformation between the two. CGCS2000 is ITRF97 at epoch 2000.0, WGS 84 an ensemble of
realisations of the same system that EPSG states to 2 m; what the plate moved since 2000 is less.
"""


@dataclass(frozen=True, eq=False)
class Way:
    """From one projected system to another, or to WGS 84; `note` tells what a reader of the result must know."""

    _grid: Grid
    _transformer: Any
    _unit_m: float
    note: str = ""

    def of(self, places_m: Sequence[Place]) -> tuple[Place, ...] | None:
        """The places, eastings and northings in m, on the other side: degrees (longitude first) or m.

        None where one of them lies outside the area in which the system is valid, or cannot be transformed.
        """
        if not all(self._grid.holds(easting, northing) for easting, northing in places_m):
            return None
        found = [
            self._transformer.transform(easting / self._grid.unit_m, northing / self._grid.unit_m)
            for easting, northing in places_m
        ]
        if not all(math.isfinite(x) and math.isfinite(y) for x, y in found):
            return None
        return tuple((x * self._unit_m, y * self._unit_m) for x, y in found)


def to_degrees(crs: str | None) -> Way | None:
    """The way from that system to WGS 84; None where none is known that is better than a guess."""
    return _way(crs, _WGS84, 1.0) or _through_cgcs2000(crs)


def to_grid(crs: str | None, other: str | None) -> Way | None:
    """The way from one projected system to another; None where none is known that is better than a guess."""
    there = grid_of(other)
    return None if there is None else _way(crs, there.name, there.unit_m)


def _through_cgcs2000(crs: str | None) -> Way | None:
    import pyproj

    grid = grid_of(crs)
    if grid is None:
        return None
    geodetic = pyproj.CRS.from_user_input(grid.name).to_2d().geodetic_crs
    if geodetic is None or not geodetic.equals(_CGCS2000, ignore_axis_order=True):
        return None
    way = _way(crs, _CGCS2000, 1.0)
    return None if way is None else replace(way, note=CGCS2000_NOTE)


@lru_cache(maxsize=64)
def _way(crs: str | None, other: str, unit_m: float) -> Way | None:
    import pyproj
    from pyproj.transformer import TransformerGroup

    grid = grid_of(crs)
    if grid is None:
        return None
    try:
        source = pyproj.CRS.from_user_input(grid.name).to_2d()
        # A ballpark transformation ignores the datum: it can be off by hundreds of metres and nobody would see.
        if not TransformerGroup(source, other, always_xy=True, allow_ballpark=False).transformers:
            return None
        transformer = pyproj.Transformer.from_crs(source, other, always_xy=True, allow_ballpark=False)
    except pyproj.exceptions.ProjError:
        return None
    return Way(grid, transformer, unit_m)


def outline_or_point(state: ProjectState) -> tuple[Place, ...]:
    """Where the project lies on its own map, m: its footprint, else the one place of its record, else nothing."""
    if len(state.map_outline) >= 3:
        return state.map_outline
    place = state.project.place
    return () if place is None else ((place.easting, place.northing),)


def system_of(state: ProjectState) -> str | None:
    """The system of `outline_or_point`."""
    if len(state.map_outline) >= 3:
        return state.map_crs
    return None if state.project.place is None else state.project.place.crs


def on_map(state: ProjectState, finding: FindingState) -> tuple[Place, ...]:
    """A finding's outline in the project's `map_crs`, m; empty where either is not known."""
    matrix = state.map_from_design
    if matrix is None or len(finding.outline) < 3:
        return ()
    east, north = matrix[0], matrix[1]
    # Outlines lie in plan: a map that leaned against the design would be no map.
    return tuple(
        (east[0] * x + east[1] * y + east[3], north[0] * x + north[1] * y + north[3]) for x, y in finding.outline
    )


def centre(places: Sequence[Place]) -> Place:
    """Centroid of an outline's area, or the mean of places that enclose none."""
    x0, y0 = places[0]
    doubled = moment_x = moment_y = 0.0
    for (xa, ya), (xb, yb) in zip(places, [*places[1:], places[0]], strict=True):
        ax, ay, bx, by = xa - x0, ya - y0, xb - x0, yb - y0
        cross = ax * by - bx * ay
        doubled += cross
        moment_x += (ax + bx) * cross
        moment_y += (ay + by) * cross
    if abs(doubled) < 1e-9:
        return sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places)
    return x0 + moment_x / (3.0 * doubled), y0 + moment_y / (3.0 * doubled)


def anticlockwise(ring: Sequence[Place]) -> tuple[Place, ...]:
    """The ring, not closed, turned so that its inside lies on the left."""
    x0, y0 = ring[0]
    doubled = sum(
        (xa - x0) * (yb - y0) - (xb - x0) * (ya - y0)
        for (xa, ya), (xb, yb) in zip(ring, [*ring[1:], ring[0]], strict=True)
    )
    return tuple(ring) if doubled >= 0.0 else tuple(reversed(ring))
