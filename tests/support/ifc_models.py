"""Small IFC files, written entity by entity so that every schema, unit and flaw can be had."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import ifcopenshell
import ifcopenshell.guid

SCHEMAS = ("IFC2X3", "IFC4", "IFC4X3")
UNITS = {"m": 1.0, "mm": 0.001, "ft": 0.3048}

Point = Sequence[float]


class ModelWriter:
    """One IFC file in the making; all lengths are given in metres and written in the file's unit."""

    def __init__(
        self,
        schema: str = "IFC4",
        unit: str = "m",
        site_at: Point = (0.0, 0.0, 0.0),
        true_north: tuple[float, float] | None = None,
        world_at: Point = (0.0, 0.0, 0.0),
    ) -> None:
        self.schema = schema
        self.unit_m = UNITS[unit]
        self.file = ifcopenshell.file(schema="IFC4X3_ADD2" if schema == "IFC4X3" else schema)
        self._count = 0
        north = self._make("IfcDirection", (float(true_north[0]), float(true_north[1]))) if true_north else None
        self.context = self._make(
            "IfcGeometricRepresentationContext", None, "Model", 3, 1e-5, self._axes(world_at), north
        )
        self.body = self._make(
            "IfcGeometricRepresentationSubContext",
            "Body", "Model", None, None, None, None, self.context, None, "MODEL_VIEW", None,
        )  # fmt: skip
        self.project = self._rooted("IfcProject", Name="Project", LongName="Test building")
        self.project.RepresentationContexts = [self.context]
        self.project.UnitsInContext = self._make("IfcUnitAssignment", self._units(unit))
        self.site = self._placed("IfcSite", "Site", site_at, None)
        self.building = self._placed("IfcBuilding", "Building", (0.0, 0.0, 0.0), self.site)
        self._aggregate(self.project, [self.site])
        self._aggregate(self.site, [self.building])

    # structure

    def storey(self, name: str, elevation_m: float, stated_m: float | str | None = "same", placed: bool = True) -> Any:
        """A storey; `stated_m` is the Elevation attribute where it differs from the placement."""
        at = (0.0, 0.0, elevation_m if placed else 0.0)
        storey = self._placed("IfcBuildingStorey", name, at, self.building)
        stated = elevation_m if stated_m == "same" else stated_m
        storey.Elevation = None if stated is None else float(stated) / self.unit_m
        storey.CompositionType = "ELEMENT"
        self._aggregate(self.building, [storey])
        return storey

    def element(
        self,
        ifc_class: str,
        name: str | None,
        items: Sequence[Any],
        storey: Any = None,
        at: Point = (0.0, 0.0, 0.0),
        kind: str = "SweptSolid",
        **attributes: Any,
    ) -> Any:
        """A product with a body made of `items`, placed at `at` in the world."""
        product = self._placed(ifc_class, name, at, None)
        if items:
            shape = self._make("IfcShapeRepresentation", self.body, "Body", kind, list(items))
            product.Representation = self._make("IfcProductDefinitionShape", None, None, [shape])
        for key, value in attributes.items():
            setattr(product, key, value)
        if storey is not None:
            self.contain(storey, [product])
        return product

    def box(self, ifc_class: str, name: str | None, low: Point, high: Point, storey: Any = None, **more: Any) -> Any:
        """A product that fills the box from `low` to `high`, world coordinates."""
        size = [end - start for start, end in zip(low, high, strict=True)]
        return self.element(ifc_class, name, [self.block(size)], storey, low, **more)

    def room(self, low: Point, size: Point, thick: float = 0.3, storey: Any = None) -> list[Any]:
        """Four walls around the box that starts at `low`."""
        x, y, z = low
        a, b, h = size
        spans = (
            ((x, y, z), (x + a, y + thick, z + h)),
            ((x, y + b - thick, z), (x + a, y + b, z + h)),
            ((x, y + thick, z), (x + thick, y + b - thick, z + h)),
            ((x + a - thick, y + thick, z), (x + a, y + b - thick, z + h)),
        )
        return [self.box("IfcWall", f"Wall {i}", low, high, storey) for i, (low, high) in enumerate(spans)]

    def contain(self, storey: Any, products: Sequence[Any]) -> None:
        self._rooted("IfcRelContainedInSpatialStructure", RelatedElements=list(products), RelatingStructure=storey)

    def assemble(self, whole: Any, parts: Sequence[Any]) -> None:
        self._aggregate(whole, parts)

    def void(self, wall: Any, low: Point, high: Point) -> Any:
        opening = self.box("IfcOpeningElement", "Opening", low, high)
        self._rooted("IfcRelVoidsElement", RelatingBuildingElement=wall, RelatedOpeningElement=opening)
        return opening

    # bodies

    def block(self, size: Point) -> Any:
        """A box extruded upward from the origin of its placement."""
        a, b, h = (float(s) / self.unit_m for s in size)
        centre = self._make("IfcAxis2Placement2D", self._make("IfcCartesianPoint", (a / 2, b / 2)), None)
        profile = self._make("IfcRectangleProfileDef", "AREA", None, centre, a, b)
        return self._make(
            "IfcExtrudedAreaSolid", profile, self._axes((0, 0, 0)), self._make("IfcDirection", (0.0, 0.0, 1.0)), h
        )

    def faces(self, points: Sequence[Point], rings: Iterable[Sequence[int]], closed: bool = True) -> Any:
        """A faceted brep, or an open surface model where `closed` is False."""
        corners = [self._point(p) for p in points]
        shell = [
            self._make("IfcFace", [self._make("IfcFaceOuterBound", self._make("IfcPolyLoop", loop), True)])
            for loop in ([corners[i] for i in ring] for ring in rings)
        ]
        if closed:
            return self._make("IfcFacetedBrep", self._make("IfcClosedShell", shell))
        return self._make("IfcShellBasedSurfaceModel", [self._make("IfcOpenShell", shell)])

    # georeference

    def map_conversion(
        self,
        eastings: float,
        northings: float,
        height: float,
        axis: tuple[float | None, float | None] = (1.0, 0.0),
        scale: float | None = None,
        crs: str | None = "EPSG:4549",
        map_unit: str | None = "m",
    ) -> Any:
        """IfcMapConversion with the numbers as they are, no unit taken into account."""
        unit = self._length_unit(map_unit) if map_unit else None
        target = self.file.create_entity("IfcProjectedCRS", Name=crs, MapUnit=unit)
        return self.file.create_entity(
            "IfcMapConversion",
            SourceCRS=self.context, TargetCRS=target, Eastings=eastings, Northings=northings,
            OrthogonalHeight=height, XAxisAbscissa=axis[0], XAxisOrdinate=axis[1], Scale=scale,
        )  # fmt: skip

    def property_set(self, owner: Any, name: str, values: dict[str, Any]) -> Any:
        singles = [
            self._make("IfcPropertySingleValue", key, None, self.file.create_entity(*_measure(value)), None)
            for key, value in values.items()
        ]
        pset = self._rooted("IfcPropertySet", Name=name, HasProperties=singles)
        self._rooted("IfcRelDefinesByProperties", RelatedObjects=[owner], RelatingPropertyDefinition=pset)
        return pset

    # output

    def write(self, path: Path) -> Path:
        self.file.header.file_name.time_stamp = "2024-01-01T00:00:00"
        self.file.write(str(path))
        return path

    def write_zip(self, path: Path, inner: str = "model.ifc") -> Path:
        plain = self.write(path.with_suffix(".plain.ifc"))
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(plain, inner)
        plain.unlink()
        return path

    # entities

    def _make(self, ifc_class: str, *arguments: Any) -> Any:
        return self.file.create_entity(ifc_class, *arguments)

    def _rooted(self, ifc_class: str, **attributes: Any) -> Any:
        self._count += 1
        guid = ifcopenshell.guid.compress(UUID(int=self._count).hex)
        entity = self.file.create_entity(ifc_class, GlobalId=guid, **attributes)
        if self.schema == "IFC2X3":
            entity.OwnerHistory = self._history()
        return entity

    def _history(self) -> Any:
        if known := self.file.by_type("IfcOwnerHistory"):
            return known[0]
        person = self._make("IfcPerson")
        firm = self.file.create_entity("IfcOrganization", Name="Test")
        user = self._make("IfcPersonAndOrganization", person, firm)
        tool = self._make("IfcApplication", firm, "1", "Test", "test")
        return self._make("IfcOwnerHistory", user, tool, None, "ADDED", None, None, None, 0)

    def _placed(self, ifc_class: str, name: str | None, at: Point, parent: Any) -> Any:
        entity = self._rooted(ifc_class, Name=name)
        above = parent.ObjectPlacement if parent is not None else None
        entity.ObjectPlacement = self._make("IfcLocalPlacement", above, self._axes(at))
        return entity

    def _aggregate(self, whole: Any, parts: Sequence[Any]) -> None:
        self._rooted("IfcRelAggregates", RelatingObject=whole, RelatedObjects=list(parts))

    def _axes(self, at: Point) -> Any:
        return self._make("IfcAxis2Placement3D", self._point(at), None, None)

    def _point(self, at: Point) -> Any:
        return self._make("IfcCartesianPoint", tuple(float(c) / self.unit_m for c in at))

    def _units(self, unit: str) -> list[Any]:
        return [self._length_unit(unit), self._make("IfcSIUnit", None, "PLANEANGLEUNIT", None, "RADIAN")]

    def _length_unit(self, unit: str) -> Any:
        if unit == "ft":
            metre = self._make("IfcSIUnit", None, "LENGTHUNIT", None, "METRE")
            exponents = self._make("IfcDimensionalExponents", 1, 0, 0, 0, 0, 0, 0)
            factor = self._make("IfcMeasureWithUnit", self.file.create_entity("IfcLengthMeasure", UNITS["ft"]), metre)
            return self._make("IfcConversionBasedUnit", exponents, "LENGTHUNIT", "FOOT", factor)
        return self._make("IfcSIUnit", None, "LENGTHUNIT", "MILLI" if unit == "mm" else None, "METRE")


def _measure(value: Any) -> tuple[str, Any]:
    return ("IfcLabel", value) if isinstance(value, str) else ("IfcReal", float(value))


CUBE = ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1))
"""Corners of a unit cube, m."""
CUBE_OUTWARD = ((3, 2, 1, 0), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))
CUBE_INWARD = tuple(tuple(reversed(ring)) for ring in CUBE_OUTWARD)


def small_building(
    schema: str = "IFC4", unit: str = "m", floors: int = 2, at: Point = (0.0, 0.0, 0.0), **settings: Any
) -> ModelWriter:
    """A building of 8 x 6 m with storeys of 3 m, slabs of 0.2 m and a flat roof, its corner at `at`.

    The tops of the slabs lie at `at[2]`, +3 m, and so on; the top of the roof slab at ``3 * floors + 0.2`` above the
    highest level that is named, Roof, its underside.
    """
    model = ModelWriter(schema, unit, **settings)
    x, y, z = at
    for i in range(floors):
        level = z + 3.0 * i
        storey = model.storey(f"Level {i + 1}", level)
        model.box("IfcSlab", f"Slab {i + 1}", (x, y, level - 0.2), (x + 8, y + 6, level), storey)
        model.room((x, y, level), (8.0, 6.0, 2.8), 0.3, storey)
    top = z + 3.0 * floors - 0.2
    roof = model.storey("Roof", top)
    model.box("IfcSlab", "Roof slab", (x, y, top), (x + 8, y + 6, top + 0.2), roof)
    return model
