"""Models from practice; skipped where they are absent."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from twin.design import read_design
from twin.design.model import Design, Role

pytestmark = pytest.mark.sites


@pytest.fixture(scope="module")
def duplex(data: Path) -> Design:
    return read_design([data / "models" / "Duplex_A_georeferenced.ifc"])


@pytest.fixture(scope="module")
def house(data: Path) -> Design:
    return read_design([data / "models" / "AC20-FZK-Haus.ifc"])


@pytest.fixture(scope="module")
def tower(data: Path) -> Design:
    return read_design([data / "strijp-s1" / "design_facade.ifczip"])


def volumes_m3(design: Design) -> np.ndarray:
    corners = design.surface.corners()
    local = corners - design.surface.vertices.mean(axis=0)
    parts = np.einsum("ij,ij->i", local[:, 0], np.cross(local[:, 1], local[:, 2])) / 6.0
    return np.bincount(design.surface.element, weights=parts, minlength=len(design.elements))


def place(design: Design, name: str) -> str | None:
    storey = next(e.storey for e in design.elements if e.name.startswith(name))
    return None if storey is None else design.storeys[storey].name


def test_the_duplex_has_two_floors_a_foundation_and_a_roof(duplex: Design) -> None:
    assert [(s.name, s.is_floor) for s in duplex.storeys] == [
        ("T/FDN", False), ("Level 1", True), ("Level 2", True), ("Roof", False),
    ]  # fmt: skip
    # Finishes of 19 mm lie on both slabs and are what a scanner sees.
    np.testing.assert_allclose([s.elevation_m for s in duplex.storeys], [-1.25, 0.019, 3.119, 6.0], atol=1e-6)
    assert duplex.storeys[2].floor_area_m2 == pytest.approx(126.5, abs=0.5)
    assert duplex.storeys[3].why == "roof: nothing is enclosed above its top at 6.46 m"
    assert place(duplex, "Wall Foundation:Bearing Footing") == "T/FDN"
    assert place(duplex, "Basic Roof:Live Roof") == "Roof"


def test_the_duplex_loses_no_element(duplex: Design) -> None:
    assert {role.value: len(rows) for role, rows in duplex.roles().items()} == {
        "building": 154, "movable": 61, "ground": 0,
    }  # fmt: skip
    assert Counter(e.ifc_class for e in duplex.elements)["IfcWindow"] == 24
    assert duplex.notes == ()


def test_the_conflicts_of_the_duplex_are_found(duplex: Design) -> None:
    place_ = duplex.georeference
    assert (place_.source, place_.crs) == ("ePSet_MapConversion", "EPSG:9897")
    assert place_.map_from_design is not None
    np.testing.assert_allclose(place_.map_from_design[:3, 3], [76670.0, 77179.0, 293.7], atol=1e-4)
    assert place_.conflicts == (
        "IfcSite.RefElevation is 0.00 m, OrthogonalHeight 293.70 m",
        "IfcSite latitude and longitude lie 6860 km from where EPSG:9897 puts the design",
    )


def test_the_house_has_an_attic_floor(house: Design) -> None:
    assert [(s.name, s.is_floor, round(s.elevation_m, 6)) for s in house.storeys] == [
        ("Erdgeschoss", True, 0.0), ("Dachgeschoss", True, 2.7),
    ]  # fmt: skip
    assert house.storeys[0].floor_area_m2 == pytest.approx(120.0)
    assert [e.ifc_class for e in house.elements if e.role is Role.GROUND] == ["IfcSite"]
    assert place(house, "Wand-Ext-ERDG-1") == "Erdgeschoss"
    assert place(house, "Dach-1") == "Dachgeschoss"
    assert house.georeference.true_north_deg == pytest.approx(-50.0)
    assert house.georeference.latitude_deg == pytest.approx(49.100435)
    assert house.georeference.elevation_m == 110.0


def test_the_tower_without_slabs_has_its_storeys(tower: Design) -> None:
    assert len(tower.elements) == 1055
    assert [s.is_floor for s in tower.storeys] == [True] * 17 + [False]
    assert [s.elevation_m for s in tower.storeys][:3] == [0.0, 4.5, 7.7]
    assert all(s.why.startswith("no slab is modelled") for s in tower.storeys)


def test_two_storeys_of_the_tower(data: Path) -> None:
    design = read_design([data / "strijp-s1" / "design_facade_two_storeys.ifczip"])
    assert [(s.name[:3], s.is_floor) for s in design.storeys] == [("N00", True), ("N01", True)]


@pytest.mark.parametrize("name", ["duplex", "house", "tower"])
def test_no_closed_element_is_inside_out(name: str, request: pytest.FixtureRequest) -> None:
    design: Design = request.getfixturevalue(name)
    closed = np.array([e.is_closed for e in design.elements])
    assert closed.mean() > 0.9
    assert volumes_m3(design)[closed].min() > 0.0
    assert (np.diff(design.surface.element) >= 0).all()
    assert design.surface.areas().min() > 0.0
