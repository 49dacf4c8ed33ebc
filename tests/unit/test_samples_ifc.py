"""The approved building as an IFC file: valid, repeatable, and the same body as the parts it was made from."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from samples import building, place, plan, records
from samples.families import FAMILIES
from samples.ifc_file import write_ifc
from samples.ifc_shapes import global_id
from samples.solids import Part, part_triangles, prism_triangles
from twin.conformity.permit import read_permit
from twin.design import read_design
from twin.design.model import Design, Role
from twin.digest import of_file


@pytest.fixture(scope="module")
def parts() -> tuple[Part, ...]:
    return building.parts(plan.approved())


@pytest.fixture(scope="module")
def path(parts: tuple[Part, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sample") / "approved.ifc"
    write_ifc(file, plan.approved(), parts)
    return file


@pytest.fixture(scope="module")
def design(path: Path) -> Design:
    return read_design([path])


@pytest.fixture(scope="module")
def model(path: Path) -> Any:
    import ifcopenshell

    return ifcopenshell.open(str(path))


def test_the_file_keeps_to_the_schema_and_its_rules(model: Any) -> None:
    import ifcopenshell.validate

    log = ifcopenshell.validate.json_logger()
    ifcopenshell.validate.validate(model, log, express_rules=False)
    assert log.statements == []


def test_the_same_building_gives_the_same_bytes(path: Path, parts: tuple[Part, ...], tmp_path: Path) -> None:
    again = tmp_path / path.name
    write_ifc(again, plan.approved(), parts)
    assert again.read_bytes() == path.read_bytes()


def test_identities_follow_from_keys(model: Any, parts: tuple[Part, ...]) -> None:
    roots = [root.GlobalId for root in model.by_type("IfcRoot")]
    assert len(set(roots)) == len(roots)
    assert {global_id(part.key) for part in parts} <= set(roots)
    assert global_id("1F/south wall") == "0H11CF2UyW4locXSTPtBfh"


def test_it_reads_without_a_note_six_floors_and_a_basement(design: Design) -> None:
    assert design.notes == ()
    assert design.georeference.conflicts == ()
    floors = [(storey.name, storey.elevation_m) for storey in design.storeys if storey.is_floor]
    expected = [("B1", -3.6), ("1F", 0.0), ("2F", 3.9), ("3F", 7.2), ("4F", 10.5), ("5F", 13.8), ("6F", 17.1)]
    assert [name for name, _ in floors] == [name for name, _ in expected]
    assert [level for _, level in floors] == pytest.approx([level for _, level in expected], abs=1e-6)
    assert [storey.name for storey in design.storeys if not storey.is_floor] == ["Roof", "Parapet top"]


def test_it_lies_on_the_map(design: Design) -> None:
    assert design.georeference.crs == "EPSG:4549"
    assert design.georeference.map_from_design == pytest.approx(place.map_from_design(), abs=1e-6)
    latitude, longitude = place.latitude_longitude()
    assert design.georeference.latitude_deg == pytest.approx(latitude, abs=1e-8)
    assert design.georeference.longitude_deg == pytest.approx(longitude, abs=1e-8)


def test_each_element_has_the_body_of_its_part(design: Design, parts: tuple[Part, ...]) -> None:
    by_id = {global_id(part.key): part for part in parts if part.bodies and part.family != "space"}
    elements = {element.global_id: element for element in design.elements if element.role is not Role.GROUND}
    assert set(elements) == set(by_id)
    corners, owner = design.surface.corners(), design.surface.element
    signed = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6
    volumes = np.bincount(owner, weights=signed, minlength=len(design.elements))
    for identity, element in elements.items():
        part = by_id[identity]
        triangles, _ = part_triangles(part)
        points = triangles.reshape(-1, 3)
        box = np.concatenate([points.min(axis=0), points.max(axis=0)])
        assert element.box == pytest.approx(box, abs=1e-5), part.key
        own = sum(_volume(part, index) for index in range(len(part.bodies)))
        assert volumes[element.index] == pytest.approx(own, rel=1e-4), part.key
        assert element.is_closed, part.key


def test_roles_follow_the_classes(design: Design, parts: tuple[Part, ...]) -> None:
    furniture = sum(FAMILIES[part.family].ifc_class == "IfcFurniture" for part in parts)
    roles = design.roles()
    assert len(roles[Role.MOVABLE]) == furniture
    assert len(roles[Role.GROUND]) == 1
    assert 500 < len(design.elements) < 900


def test_quantities_are_those_of_the_bodies(model: Any, design: Design) -> None:
    from ifcopenshell.util.element import get_psets

    corners, owner = design.surface.corners(), design.surface.element
    signed = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6
    volumes = np.bincount(owner, weights=signed, minlength=len(design.elements))
    checked = 0
    for element in design.elements:
        sets = get_psets(model.by_guid(element.global_id), qtos_only=True)
        for values in sets.values():
            if "NetVolume" in values:
                assert values["NetVolume"] == pytest.approx(volumes[element.index], rel=1e-4), element.name
                checked += 1
    assert checked > 300


def test_the_permit_says_what_the_model_says(path: Path, model: Any, tmp_path: Path) -> None:
    from ifcopenshell.util.element import get_pset

    approved = plan.approved()
    file = tmp_path / "permit.toml"
    file.write_text(records.permit_text(approved, of_file(path)), encoding="utf-8")
    building_row = tomllib.loads(file.read_text(encoding="utf-8"))["buildings"][0]
    quantities = get_pset(model.by_type("IfcBuilding")[0], "Qto_BuildingBaseQuantities")
    assert building_row["building_height_m"] == pytest.approx(quantities["Height"] / 1000)
    assert building_row["footprint_area_m2"] == pytest.approx(quantities["FootprintArea"])
    assert building_row["gross_floor_area_m2"] == pytest.approx(quantities["GrossFloorArea"])
    storeys = [get_pset(storey, "Qto_BuildingStoreyBaseQuantities") for storey in model.by_type("IfcBuildingStorey")]
    areas = [storey["GrossFloorArea"] for storey in storeys if storey]
    assert sum(areas) == pytest.approx(building_row["gross_floor_area_m2"])
    permit = read_permit(file)
    assert permit.number == records.PERMIT_NUMBER


def test_the_terrain_goes_round_the_building_and_not_through_it() -> None:
    vertices, triangles = place.terrain(4.0)
    corners = vertices[triangles]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (cross[:, 2] > 0.0).all()
    assert cross[:, 2].sum() / 2 == pytest.approx((68.0 + 34.0) * (56.0 + 34.0) - plan.footprint_area())
    near = (np.abs(vertices[:, 0] - 17.0) < 17.0 + 6.0) & (np.abs(vertices[:, 1] - 11.0) < 11.0 + 6.0)
    assert vertices[near, 2] == pytest.approx(np.full(near.sum(), plan.OUTDOOR_GROUND))


def _volume(part: Part, index: int) -> float:
    triangles = prism_triangles(part.bodies[index], part.voids if index == 0 else ())
    return float(np.einsum("ij,ij->i", triangles[:, 0], np.cross(triangles[:, 1], triangles[:, 2])).sum() / 6)
