"""What each file says about its place on the earth, read without judging it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.arrays import Floats
from twin.design.source import Source
from twin.design.text import plain


@dataclass(frozen=True, eq=False)
class Conversion:
    """A statement that leads to map coordinates, with its numbers as the file has them.

    Attributes
    ----------
    source : str
        Which entity or property set says it.
    eastings, northings, height : float
        In map units.
    axis : (float, float)
        Direction of the design's x axis in eastings and northings, of any length.
    scale : float
    factors : (float, float, float)
        Of IfcMapConversionScaled, else 1.
    crs : str or None
        Name of the projected system.
    map_unit_m : float or None
        Metres in a map unit; None where the file does not say.
    """

    source: str
    eastings: float
    northings: float
    height: float
    axis: tuple[float, float]
    scale: float
    factors: tuple[float, float, float]
    crs: str | None
    map_unit_m: float | None


@dataclass(frozen=True, eq=False)
class Statement:
    """All that one file says.

    `true_north` is a direction in the design's plane; `world` the displacement of the WorldCoordinateSystem and `site`
    that of the uppermost placement, both in m; `problems` are statements that cannot be read as the standard has
    them.
    """

    file: str
    length_unit_m: float
    conversions: tuple[Conversion, ...]
    true_north: tuple[float, float] | None
    latitude_deg: float | None
    longitude_deg: float | None
    elevation_m: float | None
    world: Floats
    site: Floats
    problems: tuple[str, ...]


def read_statement(source: Source) -> Statement:
    """Every level of georeferencing that the file holds."""
    sites = source.model.by_type("IfcSite")
    site = sites[0] if sites else None
    context = _model_context(source.model)
    latitude, signs_of_latitude = _angle(getattr(site, "RefLatitude", None))
    longitude, signs_of_longitude = _angle(getattr(site, "RefLongitude", None))
    problems = []
    if signs_of_latitude or signs_of_longitude:
        problems.append(f"{source.name}: IfcSite latitude or longitude mixes signs: the sign of the degrees is used")
    elevation = _number(getattr(site, "RefElevation", None))
    return Statement(
        file=source.name,
        length_unit_m=source.length_unit_m,
        conversions=(*_entities(source), *_property_sets(source)),
        true_north=_direction(getattr(context, "TrueNorth", None)),
        latitude_deg=latitude,
        longitude_deg=longitude,
        elevation_m=None if elevation is None else elevation * source.length_unit_m + 0.0,
        world=_displacement(getattr(context, "WorldCoordinateSystem", None), source.length_unit_m),
        site=_placement(source, site),
        problems=tuple(problems),
    )


def _model_context(model: Any) -> Any | None:
    contexts = list(model.by_type("IfcGeometricRepresentationContext", include_subtypes=False))
    solid = [c for c in contexts if str(c.ContextType).lower() == "model"]
    return next(iter(solid or contexts), None)


def _entities(source: Source) -> list[Conversion]:
    """IfcMapConversion, its scaled kind and IfcRigidOperation, where the schema has them."""
    found = []
    for name in ("IfcMapConversion", "IfcRigidOperation"):
        try:
            found += source.model.by_type(name)
        except RuntimeError:
            continue
    return [_entity(source, entity) for entity in found]


_MAP_NAMES = ("Eastings", "Northings", "OrthogonalHeight")
_RIGID_NAMES = ("FirstCoordinate", "SecondCoordinate", "Height")


def _entity(source: Source, entity: Any) -> Conversion:
    rigid = entity.is_a("IfcRigidOperation")
    names = _RIGID_NAMES if rigid else _MAP_NAMES
    eastings, northings, height = (_number(getattr(entity, name, None)) or 0.0 for name in names)
    target = entity.TargetCRS
    return Conversion(
        source=entity.is_a(),
        eastings=eastings,
        northings=northings,
        height=height,
        axis=_axis(getattr(entity, "XAxisAbscissa", None), getattr(entity, "XAxisOrdinate", None)),
        scale=_or_one(getattr(entity, "Scale", None)),
        factors=tuple(_or_one(getattr(entity, f"Factor{axis}", None)) for axis in "XYZ"),  # type: ignore[arg-type]
        crs=plain(getattr(target, "Name", None)) or None,
        map_unit_m=_unit_m(getattr(target, "MapUnit", None)),
    )


def _property_sets(source: Source) -> list[Conversion]:
    """ePSet_MapConversion with ePSet_ProjectedCRS, on the site or the project: the custom of IFC2X3."""
    from ifcopenshell.util.element import get_psets

    found = []
    for owner in (*source.model.by_type("IfcSite"), *source.model.by_type("IfcProject")):
        sets = {name.lower(): values for name, values in get_psets(owner).items()}
        if (values := sets.get("epset_mapconversion")) is not None:
            found.append(_property_set(values, sets.get("epset_projectedcrs", {})))
    return found


def _property_set(values: dict[str, Any], crs: dict[str, Any]) -> Conversion:
    eastings, northings, height = (_number(values.get(name)) or 0.0 for name in _MAP_NAMES)
    return Conversion(
        source="ePSet_MapConversion",
        eastings=eastings,
        northings=northings,
        height=height,
        axis=_axis(values.get("XAxisAbscissa"), values.get("XAxisOrdinate")),
        scale=_or_one(values.get("Scale")),
        factors=(1.0, 1.0, 1.0),
        crs=plain(crs.get("Name") or values.get("TargetCRS")) or None,
        map_unit_m=_UNIT_NAMES.get(str(crs.get("MapUnit", "")).strip().upper()),
    )


_UNIT_NAMES = {
    "M": 1.0,
    "METRE": 1.0,
    "METER": 1.0,
    "MM": 0.001,
    "MILLIMETRE": 0.001,
    "MILLIMETER": 0.001,
    "FT": 0.3048,
    "FOOT": 0.3048,
    "FEET": 0.3048,
    "US SURVEY FOOT": 1200.0 / 3937.0,
}


def _unit_m(unit: Any) -> float | None:
    if unit is None:
        return None
    from ifcopenshell.util.unit import get_prefix_multiplier

    try:
        if unit.is_a("IfcConversionBasedUnit"):
            factor = unit.ConversionFactor
            return float(factor.ValueComponent.wrappedValue) * (_unit_m(factor.UnitComponent) or 1.0)
        return float(get_prefix_multiplier(unit.Prefix)) if unit.is_a("IfcSIUnit") else None
    except (AttributeError, TypeError, ValueError):
        return None


def _number(value: Any) -> float | None:
    """A finite number out of a plain or wrapped value."""
    try:
        number = float(getattr(value, "wrappedValue", value))
    except (TypeError, ValueError):
        return None
    return number if abs(number) < _LARGEST else None


_LARGEST = 1e12
"""Larger than any coordinate in any unit; also what keeps infinities out."""


def _or_one(value: Any) -> float:
    """A scale: 1 where nothing is stated, 0 where what is stated is no number."""
    return 1.0 if value is None else (_number(value) or 0.0)


def _axis(abscissa: Any, ordinate: Any) -> tuple[float, float]:
    x, y = _number(abscissa), _number(ordinate)
    return (1.0, 0.0) if x is None or y is None or (x == 0.0 and y == 0.0) else (x, y)


def _direction(direction: Any) -> tuple[float, float] | None:
    ratios = getattr(direction, "DirectionRatios", None)
    if not ratios or len(ratios) < 2 or not np.isfinite(ratios).all() or not any(ratios[:2]):
        return None
    return float(ratios[0]), float(ratios[1])


def _angle(parts: Any) -> tuple[float | None, bool]:
    """Degrees of a compound plane angle, and whether its parts mix signs.

    All parts carry the sign of the angle. Some exporters give it to the degrees alone.
    """
    if not parts or len(parts) < 3 or any(_number(p) is None for p in parts):
        return None, False
    numbers = [float(p) for p in parts]
    scales = (1.0, 60.0, 3600.0, 3.6e9)
    signs = {np.sign(number) for number in numbers if number != 0.0}
    first = next((np.sign(number) for number in numbers if number != 0.0), 1.0)
    size = sum(abs(number) / scale for number, scale in zip(numbers, scales, strict=False))
    return float(first * size), len(signs) > 1


def _displacement(axes: Any, unit_m: float) -> Floats:
    coordinates = getattr(getattr(axes, "Location", None), "Coordinates", None) or ()
    padded = [*map(float, coordinates), 0.0, 0.0, 0.0][:3]
    displacement: Floats = np.nan_to_num(np.array(padded)) * unit_m
    return displacement


def _placement(source: Source, site: Any | None) -> Floats:
    """Displacement of the uppermost spatial element that has one: the site, else the building."""
    places = [site] if site is not None else source.model.by_type("IfcBuilding")
    placement = getattr(places[0], "ObjectPlacement", None) if places else None
    return _displacement(getattr(placement, "RelativePlacement", None), source.length_unit_m)
