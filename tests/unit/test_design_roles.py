from __future__ import annotations

import ifcopenshell
import pytest
from support.ifc_models import ModelWriter

from twin.design.model import Role
from twin.design.roles import role_of, role_of_names

B, M, G = Role.BUILDING, Role.MOVABLE, Role.GROUND


@pytest.mark.parametrize(
    ("schema", "ifc_class", "role"),
    [
        ("IFC4", "IfcWall", B),
        ("IFC2X3", "IfcWallStandardCase", B),
        ("IFC4", "IfcRailing", B),
        ("IFC4", "IfcCovering", B),
        ("IFC4", "IfcPlate", B),
        ("IFC4", "IfcFooting", B),
        ("IFC4", "IfcDuctSegment", B),
        ("IFC2X3", "IfcFlowSegment", B),
        ("IFC4", "IfcSanitaryTerminal", B),
        ("IFC4", "IfcBuildingElementProxy", B),
        ("IFC4", "IfcFurniture", M),
        ("IFC2X3", "IfcFurnishingElement", M),
        ("IFC4", "IfcSystemFurnitureElement", M),
        ("IFC4", "IfcElectricAppliance", M),
        ("IFC4X3_ADD2", "IfcVehicle", M),
        ("IFC4", "IfcSite", G),
        ("IFC4", "IfcGeographicElement", G),
        ("IFC4", "IfcCivilElement", G),
        ("IFC4X3_ADD2", "IfcEarthworksFill", G),
        ("IFC4X3_ADD2", "IfcPavement", G),
        ("IFC4", "IfcSpace", None),
        ("IFC4", "IfcSpatialZone", None),
        ("IFC4", "IfcOpeningElement", None),
        ("IFC4", "IfcVirtualElement", None),
        ("IFC4", "IfcReinforcingBar", None),
        ("IFC4", "IfcAnnotation", None),
        ("IFC4", "IfcGrid", None),
        ("IFC4", "IfcDistributionPort", None),
        ("IFC4", "IfcStructuralSurfaceMember", None),
        ("IFC4X3_ADD2", "IfcAlignment", None),
        ("IFC4X3_ADD2", "IfcBorehole", G),
    ],
)
def test_the_class_decides(schema: str, ifc_class: str, role: Role | None) -> None:
    model = ifcopenshell.file(schema=schema)
    assert role_of(model.create_entity(ifc_class, Name="Tree")) is role or ifc_class in (
        "IfcBuildingElementProxy",
        "IfcGeographicElement",
    )
    assert role_of(model.create_entity(ifc_class)) is role


@pytest.mark.parametrize(
    ("ifc_class", "kind", "role"),
    [
        ("IfcGeographicElement", "TERRAIN", G),
        ("IfcGeographicElement", "VEGETATION", M),
        ("IfcGeographicElement", "SOIL_BORING_POINT", None),
        ("IfcSlab", "PAVING", G),
        ("IfcSlab", "FLOOR", B),
    ],
)
def test_the_predefined_type_says_more(ifc_class: str, kind: str, role: Role | None) -> None:
    model = ifcopenshell.file(schema="IFC4X3_ADD2")
    assert role_of(model.create_entity(ifc_class, PredefinedType=kind)) is role


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("M_RPC Tree - Deciduous:Acer 7.5 Meters", M),
        ("Planting_Shrub 01", M),
        ("RPC Male People", M),
        ("Parked car", M),
        ("Laubbaum:Baum 12m", M),
        ("Bürostuhl Stuhl", M),
        ("voiture rouge", M),
        ("Boom 6 m", M),
        ("香樟树", M),
        ("乔木-香樟 8m", M),
        ("小汽车", M),
        ("办公桌", M),
        ("Toposolid:Earth 300", G),
        ("Gelände Nord", G),
        ("场地地形", G),
        ("Carport roof", None),
        ("car park barrier", None),
        ("Tree grate", None),
        ("Planter wall", None),
        ("Street lamp", None),
        ("汽车坡道", None),
        ("汽车库顶板", None),
        ("Planta baja", None),
        ("N21_DD_Jordahl_console_A", None),
        ("", None),
    ],
)
def test_names_decide_where_the_class_says_nothing(name: str, role: Role | None) -> None:
    assert role_of_names([name]) is role
    model = ifcopenshell.file(schema="IFC4")
    assert role_of(model.create_entity("IfcBuildingElementProxy", Name=name)) is (role or Role.BUILDING)


def test_type_and_layer_names_count_too() -> None:
    model = ModelWriter("IFC4")
    typed = model.box("IfcBuildingElementProxy", "1", (0, 0, 0), (1, 1, 1))
    kind = model.file.create_entity("IfcBuildingElementProxyType", GlobalId="0TypeTypeTypeTypeType0", Name="Oak tree")
    model.file.create_entity("IfcRelDefinesByType", "0RelsRelsRelsRelsRels0", None, None, None, [typed], kind)
    layered = model.box("IfcBuildingElementProxy", "2", (2, 0, 0), (3, 1, 1))
    shape = layered.Representation.Representations[0]
    model.file.create_entity("IfcPresentationLayerAssignment", "L-PLANTING Vegetation", None, [shape], None)
    plain = model.box("IfcBuildingElementProxy", "3", (4, 0, 0), (5, 1, 1))
    assert [role_of(p) for p in (typed, layered, plain)] == [M, M, B]


def test_an_appliance_of_an_old_schema_is_known_by_its_type() -> None:
    model = ModelWriter("IFC2X3")
    terminal = model.box("IfcFlowTerminal", "1", (0, 0, 0), (1, 1, 1))
    kind = model.file.create_entity("IfcElectricApplianceType", GlobalId="0TypeTypeTypeTypeType0", Name="Fridge")
    model.file.create_entity("IfcRelDefinesByType", "0RelsRelsRelsRelsRels0", None, None, None, [terminal], kind)
    assert role_of(terminal) is M
