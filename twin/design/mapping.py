"""From what the files say to one transform, with everything that contradicts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from twin.arrays import Floats, Matrix4
from twin.design.crs import Grid, grid_of, tidy
from twin.design.georeference import Conversion, Statement
from twin.design.model import Georeference
from twin.frames import translation

_GRID_SCALE = 1e-3
"""Map projections and raised planes scale by less; more is a mistake about units."""
_UNIT_RATIOS = (1000.0, 0.3048, 304.8)
"""Millimetres, feet and metres taken for each other."""
_SENSELESS = 1e7
"""Beyond any mix of units, squared."""
_MAP_FROM_M = 10_000.0
"""A building drawn further than this from the origin is drawn on map coordinates."""
_FAR_M = 2_000.0
"""Latitude and longitude are typed in to the minute or so; what is nearer agrees."""
_HEIGHT_M = 1.0
_NORTH_DEG = 1.0
_CONVERGENCE_DEG = 4.0
"""Grid north lies no further from true north in any zone of 6 degrees below 80 degrees of latitude."""


def combined(statements: Sequence[Statement], vertices: Floats) -> Georeference:
    """The georeference of a design.

    Parameters
    ----------
    statements : sequence of Statement
        One a file; the first that leads to the map is used.
    vertices : (v, 3) m, design frame
        Of the whole design: where it lies tells whether it is drawn on map coordinates.
    """
    centre = 0.5 * (vertices.min(axis=0) + vertices.max(axis=0))
    first = next((s for s in statements if s.conversions), statements[0])
    located = next((s for s in statements if s.latitude_deg is not None), first)
    north = next((s.true_north for s in statements if s.true_north is not None), None)
    crs = first.conversions[0].crs if first.conversions else None
    grid = grid_of(crs)
    matrix, source, conflicts = _transform(first, grid, centre)
    conflicts += [problem for s in statements for problem in s.problems]
    conflicts += _disagreements(statements)
    if matrix is not None and first.conversions:
        conflicts += _crs_conflicts(source, crs, grid)
        conflicts += _height_conflicts(located, matrix)
        conflicts += _place_conflicts(located, grid, matrix @ [*centre, 1.0])
        conflicts += _north_conflicts(north, grid, matrix, centre)
    return Georeference(
        map_from_design=matrix,
        crs=tidy(crs),
        true_north_deg=0.0 if north is None else _north_deg(north),
        latitude_deg=located.latitude_deg,
        longitude_deg=located.longitude_deg,
        elevation_m=located.elevation_m,
        source=source,
        conflicts=tuple(dict.fromkeys(conflicts)),
    )


def _transform(statement: Statement, grid: Grid | None, centre: Floats) -> tuple[Matrix4 | None, str, list[str]]:
    """The transform, the statement that gave it, and what contradicts it within this file."""
    far = float(np.hypot(*centre[:2])) > _MAP_FROM_M
    if statement.conversions:
        conversion = statement.conversions[0]
        matrix, conflicts = map_from_design(conversion, statement.length_unit_m, grid)
        if far:
            conflicts.append(
                f"the bodies are placed at {centre[0]:.0f}, {centre[1]:.0f} m and {conversion.source} displaces "
                f"them by {matrix[0, 3]:.0f}, {matrix[1, 3]:.0f} m again: one of the two is too many"
            )
        if np.abs(statement.world).max() > 0.0:
            conflicts.append(
                f"WorldCoordinateSystem is displaced by {_triple(statement.world)} m beside {conversion.source}: "
                "not applied"
            )
        return matrix, conversion.source, conflicts
    if far:
        carrier = "IfcSite placement" if np.abs(statement.site[:2]).max() > _MAP_FROM_M else "placements"
        return np.eye(4), carrier, [f"the design is drawn on map coordinates by {carrier}, and no system is named"]
    if float(np.hypot(*statement.world[:2])) > _MAP_FROM_M:
        line = "WorldCoordinateSystem gives map coordinates, and no system is named"
        return translation(statement.world), "WorldCoordinateSystem", [line]
    return None, "none", []


def map_from_design(conversion: Conversion, length_unit_m: float, grid: Grid | None) -> tuple[Matrix4, list[str]]:
    """Design metres to map metres, and what was odd about the numbers.

    Parameters
    ----------
    conversion : Conversion
    length_unit_m : float
        Metres in a length unit of the file.
    grid : Grid or None
        The projected system, where it is known.

    Notes
    -----
    The standard multiplies file coordinates by Scale to reach map units, so a file in millimetres needs 0.001 for a
    map in metres. What is left when both units are taken out is the scale of the projection, within a thousandth of 1;
    anything else that is a plain ratio of units is a mistake of the exporter, and is taken out and reported.
    """
    unit, conflicts = _map_unit_m(conversion, length_unit_m, grid)
    left = conversion.scale * conversion.factors[0] * unit / length_unit_m
    if not 1.0 / _SENSELESS < left < _SENSELESS or not all(factor > 0.0 for factor in conversion.factors):
        conflicts.append(f"{conversion.source}: a scale of {left:g} makes no sense: left out")
        left, conversion = 1.0, replace(conversion, factors=(1.0, 1.0, 1.0))
    mix = _unit_mix(left)
    if mix is not None:
        conflicts.append(
            f"{conversion.source}: Scale {conversion.scale:g} between design units of {length_unit_m:g} m and map "
            f"units of {unit:g} m would move points {max(mix, 1.0 / mix):g} times too far or too near: units mixed up, "
            f"read as {left / mix:.6g}"
        )
    elif abs(left - 1.0) > _GRID_SCALE:
        conflicts.append(f"{conversion.source}: a scale of {left:.6g} is no map projection's: used as it is written")
    scales = np.array(conversion.factors) / conversion.factors[0] * left / (mix or 1.0)
    if np.ptp(scales) > 0.0:
        conflicts.append(f"{conversion.source}: scales differ along the axes ({_triple(scales, 6)})")
    cos, sin = np.array(conversion.axis) / np.hypot(*conversion.axis)
    matrix = translation(np.array([conversion.eastings, conversion.northings, conversion.height]) * unit)
    matrix[:3, :3] = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]]) * scales
    return matrix, conflicts


def _map_unit_m(conversion: Conversion, length_unit_m: float, grid: Grid | None) -> tuple[float, list[str]]:
    """Metres in a map unit: as stated, else the reading that lies on the map and needs no wrong scale."""
    if conversion.map_unit_m is not None:
        return conversion.map_unit_m, []
    units = list(dict.fromkeys([length_unit_m, 1.0 if grid is None else grid.unit_m]))

    def misfit(unit: float) -> tuple[bool, bool]:
        """Whether a unit would put the place outside its map, and whether it would mix units."""
        outside = grid is not None and not grid.holds(conversion.eastings * unit, conversion.northings * unit)
        return outside, _unit_mix(conversion.scale * conversion.factors[0] * unit / length_unit_m) is not None

    best = min(units, key=misfit)
    if best == length_unit_m:
        return best, []
    return best, [
        f"{conversion.source}: no MapUnit is stated, which would mean units of {length_unit_m:g} m; "
        f"only units of {best:g} m fit the rest"
    ]


def _unit_mix(scale: float) -> float | None:
    """The ratio of units that `scale` consists of, or None where it is a projection's or nothing known."""
    for ratio in _UNIT_RATIOS:
        for factor in (ratio, 1.0 / ratio):
            if abs(scale / factor - 1.0) <= _GRID_SCALE:
                return factor
    return None


def _crs_conflicts(source: str, crs: str | None, grid: Grid | None) -> list[str]:
    if crs is None:
        return [f"{source} names no projected system: where it leads cannot be checked"]
    if grid is None:
        return [f'"{crs}" is no projected system that is known: where {source} leads cannot be checked']
    return []


def _height_conflicts(statement: Statement, matrix: Matrix4) -> list[str]:
    """IfcSite.RefElevation against the height of the design's origin, and of the site in it."""
    stated, origin = statement.elevation_m, float(matrix[2, 3])
    if stated is None or min(abs(stated - origin), abs(stated - origin - statement.site[2])) <= _HEIGHT_M:
        return []
    return [f"IfcSite.RefElevation is {stated:.2f} m, OrthogonalHeight {origin:.2f} m"]


def _place_conflicts(statement: Statement, grid: Grid | None, place: Floats) -> list[str]:
    """Where the design lands against where its system is valid, and against latitude and longitude."""
    if grid is None:
        return []
    if not grid.holds(place[0], place[1]):
        return [f"{place[0]:.0f} E, {place[1]:.0f} N lies outside the area of {grid.name}{_hint(grid, place)}"]
    if statement.latitude_deg is None or statement.longitude_deg is None:
        return []
    distance = grid.distance_m(place[0], place[1], statement.latitude_deg, statement.longitude_deg)
    if distance <= _FAR_M:
        return []
    return [f"IfcSite latitude and longitude lie {distance / 1000.0:.0f} km from where {grid.name} puts the design"]


def _hint(grid: Grid, place: Floats) -> str:
    if grid.holds(place[1], place[0]):
        return ": Eastings and Northings look exchanged"
    if place[0] > 1e6 and grid.holds(place[0] % 1e6, place[1]):
        return ": Eastings carry a zone number that the system does not have"
    for factor in (*_UNIT_RATIOS, *(1.0 / ratio for ratio in _UNIT_RATIOS)):
        if grid.holds(place[0] * factor, place[1] * factor):
            return f": it would lie inside were its unit {factor:g} times as long"
    return ""


def _north_conflicts(
    north: tuple[float, float] | None, grid: Grid | None, matrix: Matrix4, centre: Floats
) -> list[str]:
    """TrueNorth against the north that the rotation on the map implies."""
    if north is None:
        return []
    place = matrix @ [*centre, 1.0]
    known = grid is not None and grid.holds(place[0], place[1])
    true_on_map = grid.true_north(place[0], place[1]) if grid is not None and known else np.array([0.0, 1.0])
    implied = matrix[:2, :2].T @ true_on_map
    apart = abs((_north_deg(north) - _north_deg((implied[0], implied[1])) + 180.0) % 360.0 - 180.0)
    if apart <= (_NORTH_DEG if known else _CONVERGENCE_DEG):
        return []
    return [f"TrueNorth is {apart:.1f} degrees off the north that the rotation on the map implies"]


def _disagreements(statements: Sequence[Statement]) -> list[str]:
    """Conversions and norths of several contexts or files that differ."""
    lines = []
    stated = [(s.file, s.length_unit_m, c) for s in statements for c in s.conversions]
    for name, unit_m, conversion in stated[1:]:
        if not np.allclose(_numbers(unit_m, conversion), _numbers(*stated[0][1:]), rtol=0.0, atol=1e-3):
            lines.append(
                f"{conversion.source} of {name} differs from {stated[0][2].source} of {stated[0][0]}, which is used"
            )
    norths = [(s.file, _north_deg(s.true_north)) for s in statements if s.true_north is not None]
    lines += [
        f"TrueNorth of {name} differs from that of {norths[0][0]} by {abs(north - norths[0][1]):.2f} degrees"
        for name, north in norths[1:]
        if abs(north - norths[0][1]) > 0.01
    ]
    return lines


def _numbers(length_unit_m: float, conversion: Conversion) -> Floats:
    return map_from_design(conversion, length_unit_m, None)[0].ravel()


def _north_deg(direction: tuple[float, float]) -> float:
    """Angle of a direction from the y axis, anticlockwise, in (-180, 180]."""
    return float(np.degrees(np.arctan2(-direction[0], direction[1]))) + 0.0


def _triple(values: Floats, digits: int = 3) -> str:
    return ", ".join(f"{value:.{digits}f}" for value in values)
