"""The types that the building's parts are of: IFC class, layers and the properties that all of a type share."""

from __future__ import annotations

from dataclasses import dataclass, field

Value = str | float | bool


@dataclass(frozen=True)
class Family:
    """A type.

    Attributes
    ----------
    ifc_class : str
        Of the occurrences; the type's class carries the same name with ``Type`` behind it.
    predefined : str
        PredefinedType of both.
    layers : tuple of (str, float)
        Material and thickness in m, from outside or from above; thickness 0 where the type has no layers.
    common : dict
        The properties of the class's common set.
    is_shared : bool
        Whether all occurrences share one shape, kept with the type.
    """

    ifc_class: str
    predefined: str
    layers: tuple[tuple[str, float], ...]
    common: dict[str, Value] = field(default_factory=dict)
    is_shared: bool = False


def _wall(material: str, width: float, *, external: bool, bearing: bool, rating: str, u: float | None = None) -> Family:
    common: dict[str, Value] = {"IsExternal": external, "LoadBearing": bearing, "FireRating": rating}
    layers: tuple[tuple[str, float], ...] = ((material, width),)
    if u is not None:
        common["ThermalTransmittance"] = u
        layers = ((material, 0.02), ("insulation", 0.08), ("concrete", round(width - 0.10, 3)))
    return Family("IfcWall", "SOLIDWALL", layers, common)


def _slab(predefined: str, thickness: float, *, external: bool, bearing: bool = True) -> Family:
    common: dict[str, Value] = {"IsExternal": external, "LoadBearing": bearing, "FireRating": "REI 90"}
    return Family("IfcSlab", predefined, (("concrete", thickness),), common)


def _window(area_fraction: float) -> Family:
    common: dict[str, Value] = {
        "IsExternal": True,
        "ThermalTransmittance": 1.3,
        "GlazingAreaFraction": area_fraction,
        "FireRating": "none",
    }
    return Family("IfcWindow", "WINDOW", (("aluminium and glass", 0.0),), common, is_shared=True)


def _door(material: str, *, external: bool, exit_way: bool, rating: str) -> Family:
    common: dict[str, Value] = {"IsExternal": external, "FireExit": exit_way, "FireRating": rating}
    return Family("IfcDoor", "DOOR", ((material, 0.0),), common, is_shared=True)


def _movable(predefined: str, material: str) -> Family:
    return Family("IfcFurniture", predefined, ((material, 0.0),), is_shared=True)


FAMILIES: dict[str, Family] = {
    "outer wall, plaster": _wall("plaster", 0.30, external=True, bearing=True, rating="REI 90", u=0.42),
    "outer wall, stone": _wall("stone", 0.30, external=True, bearing=True, rating="REI 90", u=0.42),
    "outer wall, terracotta": _wall("terracotta", 0.30, external=True, bearing=True, rating="REI 90", u=0.42),
    "basement wall": _wall("concrete", 0.30, external=True, bearing=True, rating="REI 120"),
    "core wall": _wall("concrete", 0.25, external=False, bearing=True, rating="REI 120"),
    "stair house wall": _wall("zinc", 0.25, external=True, bearing=True, rating="REI 90"),
    "party wall": _wall("gypsum", 0.20, external=False, bearing=False, rating="EI 90"),
    "partition": _wall("gypsum", 0.12, external=False, bearing=False, rating="EI 30"),
    "upstand": _wall("concrete", 0.20, external=True, bearing=False, rating="none"),
    "parapet": Family(
        "IfcWall",
        "PARAPET",
        (("plaster", 0.02), ("concrete", 0.18)),
        {"IsExternal": True, "LoadBearing": False, "FireRating": "none"},
    ),
    "balcony parapet": Family(
        "IfcWall",
        "PARAPET",
        (("white render", 0.12),),
        {"IsExternal": True, "LoadBearing": False, "FireRating": "none"},
    ),
    "floor slab": _slab("FLOOR", 0.20, external=False),
    "base slab": _slab("BASESLAB", 0.40, external=True),
    "roof slab": _slab("ROOF", 0.20, external=True),
    "stair house roof": _slab("ROOF", 0.20, external=True),
    "balcony slab": _slab("FLOOR", 0.20, external=True),
    "canopy": _slab("ROOF", 0.18, external=True, bearing=False),
    "entrance platform": _slab("LANDING", 0.45, external=True),
    "stair landing": _slab("LANDING", 0.18, external=False),
    "column": Family(
        "IfcColumn",
        "COLUMN",
        (("concrete", 0.0),),
        {"IsExternal": False, "LoadBearing": True, "FireRating": "R 90"},
    ),
    "canopy post": Family(
        "IfcColumn", "COLUMN", (("steel", 0.0),), {"IsExternal": True, "LoadBearing": True, "FireRating": "none"}
    ),
    "stair": Family("IfcStair", "HALF_TURN_STAIR", (("concrete", 0.0),), {"IsExternal": False, "FireExit": True}),
    "stair flight": Family("IfcStairFlight", "STRAIGHT", (("concrete", 0.0),)),
    "entrance steps": Family("IfcStairFlight", "STRAIGHT", (("stone", 0.0),)),
    "guard rail": Family("IfcRailing", "GUARDRAIL", (("steel", 0.0),), {"IsExternal": False, "Height": 1.10}),
    "rooflight glazing": Family(
        "IfcPlate", "CURTAIN_PANEL", (("glass", 0.03),), {"IsExternal": True, "LoadBearing": False}
    ),
    "rooflight bar": Family("IfcMember", "MULLION", (("steel", 0.0),), {"IsExternal": True, "LoadBearing": True}),
    "coping": Family("IfcCovering", "CLADDING", (("zinc", 0.06),), {"IsExternal": True, "FireRating": "none"}),
    "air handler": Family("IfcUnitaryEquipment", "AIRHANDLER", (("zinc", 0.0),), is_shared=True),
    "solar module": Family("IfcSolarDevice", "SOLARPANEL", (("solar cell", 0.0),), is_shared=True),
    "window, two lights": _window(0.83),
    "window, one light": _window(0.80),
    "window, three lights": _window(0.85),
    "shop front": _window(0.87),
    "shop front, narrow": _window(0.80),
    "balcony door": _door("aluminium and glass", external=True, exit_way=False, rating="none"),
    "entrance door": _door("aluminium and glass", external=True, exit_way=True, rating="none"),
    "flat door": _door("timber", external=False, exit_way=False, rating="EI 30"),
    "stair door": _door("steel", external=False, exit_way=True, rating="EI 60"),
    "lift door": _door("steel", external=False, exit_way=False, rating="E 60"),
    "roof door": _door("steel", external=True, exit_way=True, rating="EI 30"),
    "reception desk": _movable("DESK", "timber"),
    "sofa": _movable("SOFA", "fabric"),
    "table": _movable("TABLE", "timber"),
    "bench": _movable("USERDEFINED", "timber"),
    "space": Family("IfcSpace", "INTERNAL", ()),
}
"""Every type by its name."""
