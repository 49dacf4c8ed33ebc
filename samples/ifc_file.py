"""The approved building as an IFC4 file in millimetres, on the map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from samples import place
from samples import plan as p
from samples.families import Value
from samples.ifc_products import Products
from samples.ifc_properties import Properties
from samples.ifc_shapes import Shapes, global_id, millimetres
from samples.plan import Level, Plan
from samples.solids import Part

ISSUED_AT = "2025-05-12T09:00:00"
"""Time stamp of the drawings; fixed, so that the same code gives the same bytes."""
VERSION = "permit set, revision C"
_PROJECT, _BUILDING, _SITE = "Sample site, flats with an atrium", "Building 1", "Plot 33"
_TERRAIN_STEP = 4.0


def write_ifc(path: Path, plan: Plan, parts: tuple[Part, ...]) -> None:
    """Write the building; the same plan and parts give the same bytes."""
    import ifcopenshell

    model = ifcopenshell.file(schema="IFC4")
    _header(model, path.name)
    project, body = _project(model)
    shapes, properties = Shapes(model, body), Properties(model)
    site = _site(shapes, properties, project)
    building = _building(shapes, properties, plan, site)
    storeys = _storeys(shapes, properties, plan, building)
    products = Products(shapes, properties, storeys)
    for part in parts:
        products.add(part)
    products.relate()
    _grid(shapes, storeys["1F"])
    _terrain(shapes, site)
    properties.relate()
    model.write(str(path))


def _header(model: Any, name: str) -> None:
    header = model.header
    header.file_description.description = ("ViewDefinition [ReferenceView_V1.2]",)
    header.file_name.name = name
    header.file_name.time_stamp = ISSUED_AT
    header.file_name.author = ("",)
    header.file_name.organization = ("",)
    header.file_name.preprocessor_version = "Plumbline sample site"
    header.file_name.originating_system = "Plumbline sample site"
    header.file_name.authorization = ""


def _project(model: Any) -> tuple[Any, Any]:
    """The project with its units, contexts and map conversion; the context of bodies."""
    create = model.create_entity
    units = [
        create("IfcSIUnit", None, "LENGTHUNIT", "MILLI", "METRE"),
        create("IfcSIUnit", None, "AREAUNIT", None, "SQUARE_METRE"),
        create("IfcSIUnit", None, "VOLUMEUNIT", None, "CUBIC_METRE"),
        create("IfcSIUnit", None, "PLANEANGLEUNIT", None, "RADIAN"),
    ]
    shapes = Shapes(model, None)
    turn = float(np.radians(place.ROTATION_DEG))
    north = create("IfcDirection", (round(float(np.sin(turn)), 9), round(float(np.cos(turn)), 9)))
    context = create(
        "IfcGeometricRepresentationContext", None, "Model", 3, 1e-5, shapes.axes((0.0, 0.0, 0.0)), north
    )  # fmt: skip
    body = create(
        "IfcGeometricRepresentationSubContext", "Body", "Model", ParentContext=context, TargetView="MODEL_VIEW"
    )
    metre = create("IfcSIUnit", None, "LENGTHUNIT", None, "METRE")
    crs = create(
        "IfcProjectedCRS", place.CRS, "CGCS2000 / 3-degree Gauss-Kruger CM 120E", "CGCS2000",
        place.HEIGHT_DATUM, "Gauss-Kruger", "CM 120E", metre,
    )  # fmt: skip
    create(
        "IfcMapConversion", context, crs, place.EASTINGS, place.NORTHINGS, place.ZERO_ELEVATION,
        round(float(np.cos(turn)), 12), round(float(np.sin(turn)), 12), 0.001,
    )  # fmt: skip
    assignment = create("IfcUnitAssignment", units)
    identity = global_id("project")
    project = create("IfcProject", identity, None, _PROJECT, None, None, None, None, [context], assignment)
    return project, body


def _site(shapes: Shapes, properties: Properties, project: Any) -> Any:
    latitude, longitude = place.latitude_longitude()
    site = shapes.model.create_entity(
        "IfcSite", global_id("site"), None, _SITE, ObjectPlacement=shapes.placement((0.0, 0.0, 0.0)),
        CompositionType="ELEMENT", RefLatitude=_angle(latitude), RefLongitude=_angle(longitude),
        RefElevation=millimetres(place.ZERO_ELEVATION),
    )  # fmt: skip
    values: dict[str, Value] = {"TotalArea": 2400.0, "BuildingHeightLimit": 24.0}
    properties.properties(site, "Pset_SiteCommon", values)
    _aggregate(shapes.model, project, [site])
    return site


def _building(shapes: Shapes, properties: Properties, plan: Plan, site: Any) -> Any:
    building = shapes.model.create_entity(
        "IfcBuilding", global_id("building"), None, _BUILDING,
        ObjectPlacement=shapes.placement((0.0, 0.0, 0.0), relative_to=site.ObjectPlacement),
        CompositionType="ELEMENT", ElevationOfRefHeight=millimetres(place.ZERO_ELEVATION),
        ElevationOfTerrain=millimetres(place.ZERO_ELEVATION + p.OUTDOOR_GROUND),
    )  # fmt: skip
    storeys, area = len(plan.above_ground), p.gross_floor_area(plan)
    values: dict[str, Value] = {
        "Reference": "B1", "NumberOfStoreys": storeys, "OccupancyType": "Flats with shops",
        "GrossPlannedArea": area, "ConstructionMethod": "Reinforced concrete frame", "IsLandmarked": False,
    }  # fmt: skip
    properties.properties(building, "Pset_BuildingCommon", values)
    height = plan.parapet_top - p.OUTDOOR_GROUND
    quantities = {"Height": height, "FootprintArea": p.footprint_area(), "GrossFloorArea": area}
    properties.quantities(building, "Qto_BuildingBaseQuantities", quantities)
    _aggregate(shapes.model, site, [building])
    return building


def _storeys(shapes: Shapes, properties: Properties, plan: Plan, building: Any) -> dict[str, Any]:
    """The storeys by key: floors, the roof, and a level that is only a datum, as real models have them."""
    roof = Level("RF", "Roof", plan.roof, 0.0, above_ground=True)
    datum = Level("datum", "Parapet top", plan.parapet_top, 0.0, above_ground=True)
    storeys = {}
    for level in (*plan.levels, roof, datum):
        storey = shapes.model.create_entity(
            "IfcBuildingStorey", global_id(f"storey {level.key}"), None,
            level.key if level.height else level.name, LongName=level.name,
            ObjectPlacement=shapes.placement((0.0, 0.0, level.floor), relative_to=building.ObjectPlacement),
            CompositionType="ELEMENT", Elevation=millimetres(level.floor),
        )  # fmt: skip
        values: dict[str, Value] = {"AboveGround": level.above_ground, "EntranceLevel": level.floor == 0.0}
        if level.height:
            values["GrossPlannedArea"] = p.level_area(level)
            quantities = {"GrossHeight": level.height, "GrossFloorArea": p.level_area(level)}
            properties.quantities(storey, "Qto_BuildingStoreyBaseQuantities", quantities)
        properties.properties(storey, "Pset_BuildingStoreyCommon", values)
        storeys[level.key] = storey
    _aggregate(shapes.model, building, list(storeys.values()))
    return storeys


def _grid(shapes: Shapes, storey: Any) -> None:
    """The axes that the drawings measure from, on the ground floor."""
    over = p.AXES_OVERHANG
    rising = [(tag, (x, p.SOUTH - over), (x, p.NORTH + over)) for tag, x in p.AXES_ALONG_Y.items()]
    level = [(tag, (p.WEST - over, y), (p.EAST + over, y)) for tag, y in p.AXES_ALONG_X.items()]
    u_axes, v_axes = ([_axis(shapes, *axis) for axis in axes] for axes in (rising, level))
    create = shapes.model.create_entity
    curves = create("IfcGeometricCurveSet", [axis.AxisCurve for axis in (*u_axes, *v_axes)])
    drawn = create("IfcShapeRepresentation", shapes.body.ParentContext, "FootPrint", "GeometricCurveSet", [curves])
    grid = create(
        "IfcGrid", global_id("grid"), None, "axes",
        ObjectPlacement=shapes.placement((0.0, 0.0, 0.0), relative_to=storey.ObjectPlacement),
        Representation=shapes.shape(drawn), UAxes=u_axes, VAxes=v_axes, PredefinedType="RECTANGULAR",
    )  # fmt: skip
    identity = global_id("grid in storey")
    create("IfcRelContainedInSpatialStructure", identity, None, None, None, [grid], storey)


def _axis(shapes: Shapes, tag: str, start: tuple[float, float], end: tuple[float, float]) -> Any:
    line = shapes.model.create_entity("IfcPolyline", [shapes.point(start), shapes.point(end)])
    return shapes.model.create_entity("IfcGridAxis", tag, line, True)


def _terrain(shapes: Shapes, site: Any) -> None:
    vertices, triangles = place.terrain(_TERRAIN_STEP)
    terrain = shapes.model.create_entity(
        "IfcGeographicElement", global_id("terrain"), None, "terrain",
        ObjectPlacement=shapes.placement((0.0, 0.0, 0.0), relative_to=site.ObjectPlacement),
        Representation=shapes.mesh(vertices, triangles, "ground"), PredefinedType="TERRAIN",
    )  # fmt: skip
    identity = global_id("terrain in site")
    shapes.model.create_entity("IfcRelContainedInSpatialStructure", identity, None, None, None, [terrain], site)


def _aggregate(model: Any, whole: Any, parts: list[Any]) -> None:
    identity = global_id(f"{whole.GlobalId} aggregates")
    model.create_entity("IfcRelAggregates", identity, None, None, None, whole, parts)


def _angle(degrees: float) -> tuple[int, int, int, int]:
    """Degrees, minutes, seconds and millionths of a second."""
    millionths = round(abs(degrees) * 3600e6)
    sign = 1 if degrees >= 0 else -1
    minutes, millionths = divmod(millionths, 60_000_000)
    whole, minutes = divmod(minutes, 60)
    seconds, millionths = divmod(millionths, 1_000_000)
    return sign * whole, sign * minutes, sign * seconds, sign * millionths
