"""Property sets and quantity sets of the sample building's parts, computed from the parts themselves."""

from __future__ import annotations

from typing import Any

import shapely

from samples.families import FAMILIES, Value
from samples.ifc_shapes import global_id, millimetres
from samples.solids import Part

_LENGTHS = frozenset({"Width", "Height", "Length", "Depth", "Perimeter", "RiserHeight", "TreadLength", "GrossHeight"})
_COUNTS = frozenset({"NumberOfRiser", "NumberOfStoreys"})
_SETS = {
    "IfcWall": "Wall", "IfcSlab": "Slab", "IfcColumn": "Column", "IfcStair": "Stair", "IfcStairFlight": "StairFlight",
    "IfcRailing": "Railing", "IfcPlate": "Plate", "IfcMember": "Member", "IfcCovering": "Covering",
    "IfcWindow": "Window", "IfcDoor": "Door", "IfcSpace": "Space",
}  # fmt: skip
_TYPED = {
    "FireRating": "IfcLabel", "Reference": "IfcIdentifier", "IsExternal": "IfcBoolean", "LoadBearing": "IfcBoolean",
    "FireExit": "IfcBoolean", "ThermalTransmittance": "IfcThermalTransmittanceMeasure",
    "GlazingAreaFraction": "IfcPositiveRatioMeasure", "Height": "IfcPositiveLengthMeasure",
    "NumberOfRiser": "IfcCountMeasure", "RiserHeight": "IfcPositiveLengthMeasure",
    "TreadLength": "IfcPositiveLengthMeasure", "AboveGround": "IfcLogical", "EntranceLevel": "IfcBoolean",
    "NumberOfStoreys": "IfcInteger", "OccupancyType": "IfcLabel", "GrossPlannedArea": "IfcAreaMeasure",
    "ConstructionMethod": "IfcLabel", "YearOfConstruction": "IfcLabel", "IsLandmarked": "IfcLogical",
    "BuildingHeightLimit": "IfcPositiveLengthMeasure", "TotalArea": "IfcAreaMeasure",
}  # fmt: skip


class Properties:
    """Writes property and quantity sets into one IFC model; equal property sets are written once."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._sets: dict[tuple[Any, ...], Any] = {}
        self._members: dict[tuple[Any, ...], list[Any]] = {}

    def of_part(self, part: Part, product: Any) -> None:
        """The common property set of the part's class, and its base quantities."""
        family = FAMILIES[part.family]
        kind = _SETS.get(family.ifc_class)
        if kind is None:
            return
        values: dict[str, Value] = {"Reference": part.family, **family.common}
        if family.ifc_class == "IfcStairFlight":
            values |= {name: part.size[name] for name in ("NumberOfRiser", "RiserHeight", "TreadLength")}
        self.properties(product, f"Pset_{kind}Common", values)
        if (quantities := base_quantities(part)) is not None:
            self.quantities(product, f"Qto_{kind}BaseQuantities", quantities)

    def properties(self, product: Any, name: str, values: dict[str, Value]) -> None:
        """A property set; products with the same values share it."""
        key = (name, *sorted(values.items()))
        if key not in self._sets:
            single = [
                self.model.create_entity("IfcPropertySingleValue", row, None, self._value(row, value), None)
                for row, value in values.items()
            ]
            identity = global_id(f"property set {key}")
            self._sets[key] = self.model.create_entity("IfcPropertySet", identity, None, name, None, single)
            self._members[key] = []
        self._members[key].append(product)

    def quantities(self, product: Any, name: str, values: dict[str, float]) -> None:
        """A quantity set of one product."""
        rows = [self._quantity(quantity, value) for quantity, value in values.items()]
        identity = global_id(f"{product.GlobalId} {name}")
        group = self.model.create_entity("IfcElementQuantity", identity, None, name, None, None, rows)
        relation = global_id(f"{product.GlobalId} {name} relation")
        self.model.create_entity("IfcRelDefinesByProperties", relation, None, None, None, [product], group)

    def relate(self) -> None:
        """Tie the shared property sets to their products; once, at the end."""
        for key, members in self._members.items():
            identity = global_id(f"property relation {key}")
            self.model.create_entity(
                "IfcRelDefinesByProperties", identity, None, None, None, members, self._sets[key]
            )  # fmt: skip

    def _value(self, name: str, value: Value) -> Any:
        measure = _TYPED[name]
        if measure in ("IfcInteger", "IfcCountMeasure") and not isinstance(value, str):
            value = int(value)
        elif measure == "IfcPositiveLengthMeasure" and not isinstance(value, str):
            value = millimetres(value)
        return self.model.create_entity(measure, value)

    def _quantity(self, name: str, value: float) -> Any:
        if name in _LENGTHS:
            return self.model.create_entity("IfcQuantityLength", name, None, None, millimetres(value))
        if name in _COUNTS:
            return self.model.create_entity("IfcQuantityCount", name, None, None, value)
        kind = "Volume" if name.endswith("Volume") else "Area"
        return self.model.create_entity(f"IfcQuantity{kind}", name, None, None, round(value, 6))


def base_quantities(part: Part) -> dict[str, float] | None:
    """Base quantities of a part in m, m2 and m3; None where its class has none here.

    Gross means without openings, net means with them taken out.
    """
    kind = FAMILIES[part.family].ifc_class
    if kind in ("IfcWindow", "IfcDoor"):
        width, height = part.size["Width"], part.size["Height"]
        return {"Width": width, "Height": height, "Perimeter": 2 * (width + height), "Area": width * height}
    if kind not in ("IfcWall", "IfcSlab", "IfcColumn", "IfcSpace"):
        return None
    body = part.bodies[0]
    outline = shapely.Polygon(body.outline)
    net = outline.difference(shapely.union_all([shapely.Polygon(void) for void in part.voids])).area
    volumes = {"GrossVolume": outline.area * body.depth, "NetVolume": net * body.depth}
    return {**_faces(kind, part, outline.area, net), **volumes}


def _faces(kind: str, part: Part, gross: float, net: float) -> dict[str, float]:
    """Dimensions and areas of a part whose outline has these areas in m2."""
    body = part.bodies[0]
    if kind == "IfcSlab":
        return {"Depth": body.depth, "Perimeter": body.perimeter, "GrossArea": gross, "NetArea": net}
    if kind == "IfcColumn":
        sides = body.perimeter * body.depth
        surface = {"OuterSurfaceArea": sides, "GrossSurfaceArea": sides + 2 * gross}
        return {"Length": body.depth, "CrossSectionArea": gross, **surface}
    if kind == "IfcSpace":
        return {"Height": body.depth, "GrossFloorArea": gross, "NetFloorArea": net}
    dimensions = {name: part.size[name] for name in ("Length", "Width", "Height")}
    if part.family == "balcony parapet":
        return {**dimensions, "GrossFootprintArea": gross}
    return {**dimensions, "GrossSideArea": gross, "NetSideArea": net}
