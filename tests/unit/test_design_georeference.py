from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.ifc_models import ModelWriter, small_building

from twin.design import read_design
from twin.design.crs import grid_of, tidy
from twin.design.model import Georeference
from twin.frames import move, yaw

EAST, NORTH, HEIGHT = 512345.678, 3412345.678, 12.345
TURN = np.radians(30.0)
AXIS = (float(np.cos(TURN)), float(np.sin(TURN)))
ORIGIN = np.array([EAST, NORTH, HEIGHT])
CORNER = np.array([[8.0, 6.0, 5.8]])


def read(model: ModelWriter, tmp_path: Path) -> Georeference:
    return read_design([model.write(tmp_path / "a.ifc")]).georeference


def converted(unit: str, tmp_path: Path, **more: Any) -> Georeference:
    model = small_building("IFC4", unit)
    settings: dict[str, Any] = {"eastings": EAST, "northings": NORTH, "height": HEIGHT, "axis": AXIS} | more
    model.map_conversion(**settings)
    return read(model, tmp_path)


def truth() -> np.ndarray:
    return move(yaw(TURN), CORNER) + ORIGIN


@pytest.mark.parametrize(("unit", "scale"), [("m", None), ("m", 1.0), ("mm", 0.001), ("ft", 0.3048)])
def test_a_right_conversion_leads_to_the_map(tmp_path: Path, unit: str, scale: float | None) -> None:
    place = converted(unit, tmp_path, scale=scale)
    assert place.map_from_design is not None
    np.testing.assert_allclose(move(place.map_from_design, CORNER), truth(), atol=1e-6)
    assert (place.source, place.crs, place.conflicts) == ("IfcMapConversion", "EPSG:4549", ())


def test_the_scale_of_a_projection_is_kept(tmp_path: Path) -> None:
    place = converted("mm", tmp_path, scale=0.001 * 0.9996)
    assert place.map_from_design is not None
    expected = 0.9996 * move(yaw(TURN), CORNER) + ORIGIN
    np.testing.assert_allclose(move(place.map_from_design, CORNER), expected, atol=1e-6)
    assert place.conflicts == ()


@pytest.mark.parametrize(
    ("unit", "scale", "factor"),
    [("mm", 1.0, 1000.0), ("mm", None, 1000.0), ("m", 0.001, 1000.0), ("ft", 1.0, 1 / 0.3048), ("m", 1000.0, 1000.0)],
)
def test_mixed_units_are_recognised_and_named(tmp_path: Path, unit: str, scale: float | None, factor: float) -> None:
    place = converted(unit, tmp_path, scale=scale)
    assert place.map_from_design is not None
    np.testing.assert_allclose(move(place.map_from_design, CORNER), truth(), atol=1e-5)
    assert len(place.conflicts) == 1
    assert f"would move points {factor:g} times too far or too near: units mixed up, read as 1" in place.conflicts[0]


def test_a_scale_that_nothing_explains_is_used_and_reported(tmp_path: Path) -> None:
    place = converted("m", tmp_path, scale=1.2)
    assert place.map_from_design is not None
    np.testing.assert_allclose(np.linalg.norm(place.map_from_design[:3, 0]), 1.2)
    assert place.conflicts == ("IfcMapConversion: a scale of 1.2 is no map projection's: used as it is written",)


@pytest.mark.parametrize("scale", [1e300, -1.0, 0.0, 1e-12])
def test_a_scale_without_sense_is_left_out_and_reported(tmp_path: Path, scale: float) -> None:
    place = converted("m", tmp_path, scale=scale)
    assert place.map_from_design is not None
    np.testing.assert_allclose(move(place.map_from_design, CORNER), truth(), atol=1e-6)
    assert len(place.conflicts) == 1
    assert place.conflicts[0].endswith("makes no sense: left out")


def test_the_map_unit_may_be_missing_where_the_scale_gives_it_away(tmp_path: Path) -> None:
    place = converted("mm", tmp_path, scale=0.001, map_unit=None)
    assert place.map_from_design is not None
    np.testing.assert_allclose(move(place.map_from_design, CORNER), truth(), atol=1e-6)
    assert place.conflicts == (
        "IfcMapConversion: no MapUnit is stated, which would mean units of 0.001 m; only units of 1 m fit the rest",
    )


def test_a_missing_map_unit_means_the_unit_of_the_project(tmp_path: Path) -> None:
    place = converted("mm", tmp_path, eastings=EAST * 1000, northings=NORTH * 1000, height=HEIGHT * 1000, map_unit=None)
    assert place.map_from_design is not None
    np.testing.assert_allclose(move(place.map_from_design, CORNER), truth(), atol=1e-5)
    assert place.conflicts == ()


def test_scaled_conversions_and_rigid_operations_are_read(tmp_path: Path) -> None:
    model = small_building("IFC4X3", "m")
    conversion = model.map_conversion(EAST, NORTH, HEIGHT, AXIS)
    model.file.create_entity(
        "IfcMapConversionScaled",
        *[getattr(conversion, a) for a in ("SourceCRS", "TargetCRS", "Eastings", "Northings", "OrthogonalHeight")],
        conversion.XAxisAbscissa, conversion.XAxisOrdinate, None, 0.9999, 0.9999, 0.9999,
    )  # fmt: skip
    model.file.remove(conversion)
    place = read(model, tmp_path)
    assert place.source == "IfcMapConversionScaled"
    assert place.map_from_design is not None
    expected = 0.9999 * move(yaw(TURN), CORNER) + ORIGIN
    np.testing.assert_allclose(move(place.map_from_design, CORNER), expected, atol=1e-6)

    rigid = small_building("IFC4X3", "m")
    crs = rigid.file.create_entity("IfcProjectedCRS", Name="EPSG:4549")
    length = [rigid.file.create_entity("IfcLengthMeasure", float(v)) for v in (EAST, NORTH)]
    rigid.file.create_entity("IfcRigidOperation", rigid.context, crs, *length, HEIGHT)
    place = read(rigid, tmp_path)
    assert place.source == "IfcRigidOperation"
    assert place.map_from_design is not None
    np.testing.assert_allclose(move(place.map_from_design, CORNER), CORNER + ORIGIN, atol=1e-6)


@pytest.mark.parametrize("unit", ["m", "mm"])
def test_the_property_set_of_the_old_schema_is_read(tmp_path: Path, unit: str) -> None:
    model = small_building("IFC2X3", unit)
    numbers = {
        "Eastings": EAST, "Northings": NORTH, "OrthogonalHeight": HEIGHT,
        "XAxisAbscissa": AXIS[0], "XAxisOrdinate": AXIS[1], "Scale": model.unit_m,
    }  # fmt: skip
    model.property_set(model.site, "ePSet_MapConversion", numbers)
    model.property_set(model.site, "ePSet_ProjectedCRS", {"Name": "EPSG:4549", "MapUnit": "METRE"})
    place = read(model, tmp_path)
    assert (place.source, place.crs, place.conflicts) == ("ePSet_MapConversion", "EPSG:4549", ())
    assert place.map_from_design is not None
    np.testing.assert_allclose(move(place.map_from_design, CORNER), truth(), atol=1e-6)


@pytest.mark.parametrize(
    ("parts", "degrees"),
    [
        ((30, 15, 36, 500000), 30.26013889),
        ((-33, -51, -36), -33.86),
        ((0, -7, -30), -0.125),
        ((30, 15, 36), 30.26),
    ],
)
def test_latitude_takes_its_sign_from_all_parts(tmp_path: Path, parts: tuple[int, ...], degrees: float) -> None:
    model = small_building()
    model.site.RefLatitude, model.site.RefLongitude, model.site.RefElevation = parts, (120, 0, 0), 7.5
    place = read(model, tmp_path)
    assert place.latitude_deg == pytest.approx(degrees, abs=1e-8)
    assert (place.longitude_deg, place.elevation_m) == (120.0, 7.5)
    assert (place.map_from_design, place.source, place.conflicts) == (None, "none", ())


def test_mixed_signs_are_reported(tmp_path: Path) -> None:
    model = small_building()
    model.site.RefLatitude, model.site.RefLongitude = (-33, 51, 36), (151, 12, 0)
    place = read(model, tmp_path)
    assert place.latitude_deg == pytest.approx(-33.86)
    assert place.conflicts == ("a.ifc: IfcSite latitude or longitude mixes signs: the sign of the degrees is used",)


def test_statements_that_contradict_each_other_are_listed(tmp_path: Path) -> None:
    model = small_building("IFC4", "mm", true_north=(0.0, 1.0), world_at=(5.0, 0.0, 0.0))
    model.map_conversion(EAST, NORTH, HEIGHT, AXIS, 0.001)
    model.site.RefLatitude, model.site.RefLongitude = (52, 0, 0), (5, 0, 0)
    model.site.RefElevation = 99_000.0
    lines = read(model, tmp_path).conflicts
    assert (
        lines[0] == "WorldCoordinateSystem is displaced by 5.000, 0.000, 0.000 m beside IfcMapConversion: not applied"
    )
    assert lines[1] == "IfcSite.RefElevation is 99.00 m, OrthogonalHeight 12.35 m"
    assert lines[2].startswith("IfcSite latitude and longitude lie 8")
    assert lines[2].endswith(" km from where EPSG:4549 puts the design")
    assert lines[3] == "TrueNorth is 29.9 degrees off the north that the rotation on the map implies"
    assert len(lines) == 4


def test_true_north_that_fits_the_rotation_is_no_conflict(tmp_path: Path) -> None:
    grid_north = (float(np.sin(TURN)), float(np.cos(TURN)))
    model = small_building(true_north=grid_north)
    model.map_conversion(EAST, NORTH, HEIGHT, AXIS)
    place = read(model, tmp_path)
    assert place.true_north_deg == pytest.approx(-30.0)
    assert place.conflicts == ()


def test_coordinates_in_placements_are_the_map(tmp_path: Path) -> None:
    place = read(small_building(at=(EAST, NORTH, HEIGHT)), tmp_path)
    np.testing.assert_array_equal(place.map_from_design, np.eye(4))
    assert place.source == "placements"
    assert place.conflicts == ("the design is drawn on map coordinates by placements, and no system is named",)


def test_coordinates_in_placements_and_a_conversion_are_one_too_many(tmp_path: Path) -> None:
    model = small_building(at=(EAST, NORTH, HEIGHT))
    model.map_conversion(EAST, NORTH, HEIGHT)
    lines = read(model, tmp_path).conflicts
    assert "again: one of the two is too many" in lines[0]
    assert any("lies outside the area of EPSG:4549" in line for line in lines)


def test_a_world_coordinate_system_can_carry_the_map(tmp_path: Path) -> None:
    place = read(small_building(world_at=(EAST, NORTH, HEIGHT)), tmp_path)
    assert place.source == "WorldCoordinateSystem"
    assert place.map_from_design is not None
    np.testing.assert_allclose(move(place.map_from_design, CORNER), CORNER + ORIGIN)


@pytest.mark.parametrize(
    ("east", "north", "hint"),
    [
        (NORTH, EAST, "Eastings and Northings look exchanged"),
        (EAST + 40e6, NORTH, "Eastings carry a zone number that the system does not have"),
        (EAST / 1000, NORTH / 1000, "it would lie inside were its unit 1000 times as long"),
    ],
)
def test_a_place_outside_its_system_is_reported(tmp_path: Path, east: float, north: float, hint: str) -> None:
    lines = converted("m", tmp_path, eastings=east, northings=north).conflicts
    assert len(lines) == 1
    assert lines[0].endswith(f"lies outside the area of EPSG:4549: {hint}")


def test_systems_that_are_unknown_or_missing_are_reported(tmp_path: Path) -> None:
    assert converted("m", tmp_path, crs="Site grid 7").conflicts == (
        '"Site grid 7" is no projected system that is known: where IfcMapConversion leads cannot be checked',
    )
    model = small_building("IFC4X3")
    model.map_conversion(EAST, NORTH, HEIGHT, crs=None)
    assert read(model, tmp_path).conflicts == (
        "IfcMapConversion names no projected system: where it leads cannot be checked",
    )


def test_two_files_that_disagree_are_reported(tmp_path: Path) -> None:
    paths = []
    for name, shift in (("a", 0.0), ("b", 5.0)):
        model = small_building()
        model.map_conversion(EAST + shift, NORTH, HEIGHT)
        paths.append(model.write(tmp_path / f"{name}.ifc"))
    place = read_design(paths).georeference
    assert place.conflicts == ("IfcMapConversion of b.ifc differs from IfcMapConversion of a.ifc, which is used",)
    assert place.map_from_design is not None
    assert place.map_from_design[0, 3] == EAST


@pytest.mark.parametrize(
    "name",
    ["EPSG:4549", "epsg 4549", "EPSG4549", "4549", "urn:ogc:def:crs:EPSG::4549", "urn:ogc:def:crs:EPSG:9.8:4549"],
)
def test_codes_are_read_however_they_are_written(name: str) -> None:
    assert tidy(name) == "EPSG:4549"


@pytest.mark.parametrize(
    "name", [None, "", "+proj=tmerc +lon_0=120", "EPSG:4326", "@/etc/passwd", "init=x", "EPSG:999999"]
)
def test_what_is_no_projected_system_is_none(name: str | None) -> None:
    assert grid_of(name) is None
