"""What an unapproved structure is called, and how sure that is."""

from __future__ import annotations

from twin.conformity.guard import beyond, weaker
from twin.conformity.model import FindingVerdict, Kind
from twin.conformity.settings import ConformitySettings
from twin.massing.model import Addition

_MOSTLY = 0.6
_PARTLY = 0.3

Named = tuple[Kind, FindingVerdict]
_OBJECT: Named = (Kind.UNMODELLED_OBJECT, FindingVerdict.INFORMATION)


def name_addition(addition: Addition, has_floors: bool, ground_m: float, settings: ConformitySettings) -> Named:
    """Kind and verdict of an addition, from where it stands and what bounds it.

    Parameters
    ----------
    addition : Addition
    has_floors : bool
        Whether the design models floors; without them nothing is said of slabs inside.
    ground_m : float, design frame
        Level of the ground about the building.
    settings : ConformitySettings
    """
    if addition.is_slab:
        return _slab(addition, has_floors, settings)
    around = addition.surroundings
    if around.over_building >= _MOSTLY and around.above_top >= _MOSTLY:
        return _on_the_roof(addition, settings)
    if around.gap_m > settings.attached_m:
        return _OBJECT
    if around.slab_below >= _MOSTLY and around.soffit_above >= _MOSTLY:
        return _sized(addition, Kind.ENCLOSURE, settings.least_enclosure_area_m2, settings.headroom_m, settings)
    if addition.top_m < ground_m + settings.least_basement_level_m:
        return _sized(addition, Kind.BASEMENT_EXTENSION, settings.least_extension_m2, settings.headroom_m, settings)
    height = settings.least_extension_height_m
    return _sized(addition, Kind.LATERAL_EXTENSION, settings.least_extension_m2, height, settings)


def _slab(addition: Addition, has_floors: bool, settings: ConformitySettings) -> Named:
    around = addition.surroundings
    low = around.clear_below_m is None or around.clear_below_m < settings.headroom_m
    pressed = around.clear_above_m is not None and around.clear_above_m < settings.headroom_m
    if not has_floors or low or pressed:
        return _OBJECT
    kind = Kind.VOID_INFILL if around.floor_beside >= _PARTLY else Kind.MEZZANINE
    return kind, beyond(addition.area_m2, addition.expanded["area_m2"], settings.least_slab_area_m2)


def _on_the_roof(addition: Addition, settings: ConformitySettings) -> Named:
    height = addition.top_m - addition.base_m
    plate = addition.surroundings.plate_m2
    whole = plate > 0.0 and addition.area_m2 >= settings.least_extra_storey_share * plate
    sizes = settings.least_roof_area_m2, settings.least_roof_height_m
    if whole and height >= settings.full_storey_m:
        return _sized(addition, Kind.EXTRA_STOREY, *sizes, settings)
    return _sized(addition, Kind.ROOFTOP_ADDITION, *sizes, settings)


def _sized(addition: Addition, kind: Kind, least_m2: float, least_m: float, settings: ConformitySettings) -> Named:
    area = beyond(addition.area_m2, addition.expanded["area_m2"], least_m2)
    height = beyond(addition.top_m - addition.base_m, addition.expanded["height_m"], least_m)
    verdict = weaker(area, height)
    return _OBJECT if verdict is FindingVerdict.INFORMATION else _walled(addition, (kind, verdict), settings)


def _walled(addition: Addition, named: Named, settings: ConformitySettings) -> Named:
    """A volume is accused as far as its walls were seen: a roof alone may be a canopy, a heap or a neighbour."""
    slab_of_a_storey = named[0] is Kind.EXTRA_STOREY and bool(addition.floors)
    if addition.surroundings.walled >= settings.enough_walls or slab_of_a_storey:
        return named
    if addition.surroundings.walled >= settings.some_walls:
        return named[0], FindingVerdict.BORDERLINE
    return _OBJECT
