"""Elements, spaces, openings, types and materials of the sample building's IFC file."""

from __future__ import annotations

from typing import Any

from samples.families import FAMILIES, Family
from samples.ifc_properties import Properties
from samples.ifc_shapes import Shapes, global_id, millimetres
from samples.openings import PATTERNS
from samples.solids import Part, Point3

_LAYERED = ("IfcWall", "IfcSlab")


class Products:
    """Adds parts to one IFC model, in an order in which hosts come before what stands in them."""

    def __init__(self, shapes: Shapes, properties: Properties, storeys: dict[str, Any]) -> None:
        self.shapes = shapes
        self.properties = properties
        self.storeys = storeys
        self._materials: dict[str, Any] = {}
        self._maps: dict[str, Any] = {}
        self._members: dict[str, list[Any]] = {}
        self._contained: dict[str, list[Any]] = {key: [] for key in storeys}
        self._spaces: dict[str, list[Any]] = {key: [] for key in storeys}
        self._openings: dict[str, Any] = {}
        self._assemblies: dict[str, tuple[Any, list[Any]]] = {}

    def add(self, part: Part) -> None:
        """One element with its shape, openings, type, material and properties."""
        family = FAMILIES[part.family]
        product = self._create(part, family)
        if part.fills:
            self._fill(part, product)
        for outline, key in zip(part.voids, part.void_keys, strict=True):
            self._void(part, product, outline, key)
        if family.ifc_class == "IfcSpace":
            self._spaces[part.level].append(product)
        elif part.whole:
            self._assemblies[part.whole][1].append(product)
        else:
            self._contained[part.level].append(product)
        if not part.bodies:
            self._assemblies[part.key] = (product, [])
        if family.ifc_class != "IfcSpace":
            self._members.setdefault(part.family, []).append(product)
        self.properties.of_part(part, product)

    def relate(self) -> None:
        """Containment, assemblies, types and materials; once, at the end."""
        create = self.shapes.model.create_entity
        for key, storey in self.storeys.items():
            if members := self._contained[key]:
                identity = global_id(f"contained in {key}")
                create("IfcRelContainedInSpatialStructure", identity, None, None, None, members, storey)
            if spaces := self._spaces[key]:
                create("IfcRelAggregates", global_id(f"spaces of {key}"), None, None, None, storey, spaces)
        for key, (whole, parts) in self._assemblies.items():
            create("IfcRelAggregates", global_id(f"parts of {key}"), None, None, None, whole, parts)
        for family, members in self._members.items():
            kind = self._type(family)
            create("IfcRelDefinesByType", global_id(f"type relation {family}"), None, None, None, members, kind)
            identity = global_id(f"material relation {family}")
            material = self._material(FAMILIES[family])
            create("IfcRelAssociatesMaterial", identity, None, None, None, [kind, *members], material)

    def _create(self, part: Part, family: Family) -> Any:
        floor = self.storeys[part.level].Elevation / 1000.0
        origin: Point3 = (part.origin[0], part.origin[1], round(part.origin[2] - floor, 6))
        placement = self.shapes.placement(origin, part.yaw_deg, self.storeys[part.level].ObjectPlacement)
        attributes: dict[str, Any] = {"PredefinedType": family.predefined}
        if family.ifc_class in ("IfcWindow", "IfcDoor"):
            attributes |= {
                "OverallWidth": millimetres(part.size["Width"]),
                "OverallHeight": millimetres(part.size["Height"]),
            }
        if family.ifc_class == "IfcSpace":
            attributes |= {"CompositionType": "ELEMENT", "LongName": part.name.split(" ", 1)[1]}
        if family.predefined == "USERDEFINED":
            attributes["ObjectType"] = part.family
        return self.shapes.model.create_entity(
            family.ifc_class, global_id(part.key), None, part.name, ObjectPlacement=placement,
            Representation=self._shape(part, family), **attributes,
        )  # fmt: skip

    def _shape(self, part: Part, family: Family) -> Any:
        if not part.bodies:
            return None
        if not family.is_shared:
            return self.shapes.shape(self.shapes.representation(part, family.ifc_class == "IfcWall"))
        if part.family not in self._maps:
            origin = self.shapes.axes((0.0, 0.0, 0.0))
            shape = self.shapes.representation(part, is_wall=False)
            self._maps[part.family] = self.shapes.model.create_entity("IfcRepresentationMap", origin, shape)
        return self.shapes.mapped(self._maps[part.family])

    def _void(self, part: Part, product: Any, outline: Any, key: str) -> None:
        create = self.shapes.model.create_entity
        placement = self.shapes.placement((0.0, 0.0, 0.0), relative_to=product.ObjectPlacement)
        opening = create(
            "IfcOpeningElement", global_id(key), None, key, ObjectPlacement=placement,
            Representation=self.shapes.void(outline, part.bodies[0]), PredefinedType="OPENING",
        )  # fmt: skip
        create("IfcRelVoidsElement", global_id(f"{key} voids"), None, None, None, product, opening)
        self._openings[key] = opening

    def _fill(self, part: Part, product: Any) -> None:
        identity = global_id(f"{part.key} fills")
        self.shapes.model.create_entity(
            "IfcRelFillsElement", identity, None, None, None, self._openings[part.fills], product
        )

    def _type(self, name: str) -> Any:
        family = FAMILIES[name]
        attributes: dict[str, Any] = {"PredefinedType": family.predefined}
        if family.predefined == "USERDEFINED":
            attributes["ElementType"] = name
        if family.ifc_class == "IfcFurniture":
            attributes["AssemblyPlace"] = "FACTORY"
        if family.ifc_class in ("IfcWindow", "IfcDoor"):
            lights = PATTERNS[name].lights
            panels = {1: "SINGLE_PANEL", 2: "DOUBLE_PANEL_VERTICAL", 3: "TRIPLE_PANEL_VERTICAL"}
            swings = {1: "SINGLE_SWING_LEFT", 2: "DOUBLE_DOOR_SINGLE_SWING"}
            is_window = family.ifc_class == "IfcWindow"
            operation = panels[lights] if is_window else swings[lights]
            attributes["PartitioningType" if is_window else "OperationType"] = operation
        maps = [self._maps[name]] if name in self._maps else None
        return self.shapes.model.create_entity(
            f"{family.ifc_class}Type", global_id(f"type {name}"), None, name, RepresentationMaps=maps, **attributes
        )

    def _material(self, family: Family) -> Any:
        create = self.shapes.model.create_entity
        if family.ifc_class not in _LAYERED:
            return self._plain(family.layers[0][0])
        layers = [
            create("IfcMaterialLayer", self._plain(material), millimetres(thickness), False)
            for material, thickness in family.layers
        ]
        return create("IfcMaterialLayerSet", layers)

    def _plain(self, name: str) -> Any:
        if name not in self._materials:
            self._materials[name] = self.shapes.model.create_entity("IfcMaterial", name)
        return self._materials[name]
