from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.ifc_models import CUBE, CUBE_INWARD, CUBE_OUTWARD, SCHEMAS, UNITS, ModelWriter, small_building

from twin.design import describe, read_design
from twin.design.model import Design, Element, Role
from twin.errors import DesignError


def volume_m3(design: Design, index: int) -> float:
    corners = design.surface.corners()[design.surface.element == index]
    corners = corners - corners[0, 0]
    return float(np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6.0)


def named(design: Design, name: str) -> Element:
    return next(element for element in design.elements if element.name == name)


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("unit", UNITS)
def test_every_schema_and_unit_gives_the_same_building(tmp_path: Path, schema: str, unit: str) -> None:
    design = read_design([small_building(schema, unit).write(tmp_path / "a.ifc")])
    assert design.files[0].ifc_schema.startswith(schema)
    assert design.files[0].length_unit_m == pytest.approx(UNITS[unit])
    assert len(design.elements) == 11
    assert design.notes == ()
    assert design.name == "Test building"
    np.testing.assert_allclose(design.surface.vertices.min(axis=0), [0.0, 0.0, -0.2], atol=1e-9)
    np.testing.assert_allclose(design.surface.vertices.max(axis=0), [8.0, 6.0, 6.0], atol=1e-9)
    np.testing.assert_allclose(
        [volume_m3(design, named(design, f"Slab {i}").index) for i in (1, 2)], 8.0 * 6.0 * 0.2, rtol=1e-9
    )
    assert [(s.name, s.is_floor) for s in design.storeys] == [("Level 1", True), ("Level 2", True), ("Roof", False)]
    np.testing.assert_allclose([s.elevation_m for s in design.storeys], [0.0, 3.0, 5.8], atol=1e-6)
    np.testing.assert_allclose([s.floor_area_m2 for s in design.storeys], 48.0, rtol=1e-6)


def test_triangles_stand_in_element_order_and_cannot_be_changed(tmp_path: Path) -> None:
    surface = read_design([small_building().write(tmp_path / "a.ifc")]).surface
    assert (np.diff(surface.element) >= 0).all()
    assert set(surface.element) == set(range(11))
    assert surface.areas().min() > 0.0
    with pytest.raises(ValueError, match="read-only"):
        surface.vertices[0, 0] = 1.0


def test_a_zip_holds_the_same_design(tmp_path: Path) -> None:
    plain = read_design([small_building().write(tmp_path / "a.ifc")])
    packed = read_design([small_building().write_zip(tmp_path / "a.ifczip")])
    np.testing.assert_array_equal(plain.surface.vertices, packed.surface.vertices)
    assert plain.elements == packed.elements
    assert plain.files[0].sha256 != packed.files[0].sha256


def test_core_count_changes_no_byte(tmp_path: Path) -> None:
    path = small_building(floors=6).write(tmp_path / "a.ifc")
    one, two = read_design([path], cores=1), read_design([path], cores=2)
    assert one.surface.vertices.tobytes() == two.surface.vertices.tobytes()
    assert one.surface.triangles.tobytes() == two.surface.triangles.tobytes()
    assert (one.elements, one.storeys, one.notes) == (two.elements, two.storeys, two.notes)


@pytest.mark.parametrize("unit", UNITS)
def test_map_coordinates_keep_their_digits(tmp_path: Path, unit: str) -> None:
    corner = np.array([500123.4567, 3412345.6789, 12.3456])
    model = small_building(unit=unit, at=tuple(corner))
    points = [tuple(corner + np.array(c) * 0.25) for c in CUBE]
    model.element("IfcColumn", "Direct", [model.faces(points, CUBE_OUTWARD)], kind="Brep")
    design = read_design([model.write(tmp_path / "a.ifc")])
    np.testing.assert_allclose(design.surface.vertices.min(axis=0), corner - [0, 0, 0.2], atol=2e-9)
    assert volume_m3(design, named(design, "Direct").index) == pytest.approx(0.25**3, abs=1e-7)
    assert [s.is_floor for s in design.storeys] == [True, True, False]


def test_a_shell_that_is_inside_out_is_turned(tmp_path: Path) -> None:
    model = ModelWriter()
    for name, rings in (("outward", CUBE_OUTWARD), ("inward", CUBE_INWARD)):
        model.element("IfcColumn", name, [model.faces(CUBE, rings)], kind="Brep")
    design = read_design([model.write(tmp_path / "a.ifc")])
    assert [volume_m3(design, i) for i in (0, 1)] == pytest.approx([1.0, 1.0])
    assert all(element.is_closed for element in design.elements)


def test_a_surface_with_a_hole_is_not_closed(tmp_path: Path) -> None:
    model = ModelWriter()
    model.element("IfcPlate", "Open", [model.faces(CUBE, CUBE_OUTWARD[:5], closed=False)], kind="SurfaceModel")
    design = read_design([model.write(tmp_path / "a.ifc")])
    assert not design.elements[0].is_closed
    assert design.surface.areas().sum() == pytest.approx(5.0)


def test_openings_are_cut_and_are_no_elements(tmp_path: Path) -> None:
    model = ModelWriter("IFC4", "mm")
    wall = model.box("IfcWall", "Wall", (0, 0, 0), (4, 0.3, 3))
    model.void(wall, (1, -0.1, 1), (2, 0.4, 2.5))
    design = read_design([model.write(tmp_path / "a.ifc")])
    assert [element.name for element in design.elements] == ["Wall"]
    assert volume_m3(design, 0) == pytest.approx(4 * 0.3 * 3 - 1 * 0.3 * 1.5)


def test_a_whole_that_repeats_its_parts_is_left_out(tmp_path: Path) -> None:
    model = ModelWriter()
    whole = model.element("IfcCurtainWall", "Whole", [model.block((2, 0.1, 3))])
    parts = [model.box("IfcPlate", f"Part {i}", (i, 0, 0), (i + 1, 0.1, 3)) for i in range(2)]
    model.assemble(whole, parts)
    design = read_design([model.write(tmp_path / "a.ifc")])
    assert [element.name for element in design.elements] == ["Part 0", "Part 1"]
    assert design.notes == ("a.ifc: 1 IfcCurtainWall repeat the bodies of their parts: only the parts count",)


def test_a_whole_with_parts_of_another_place_stays(tmp_path: Path) -> None:
    model = ModelWriter()
    stair = model.element("IfcStair", "Stair", [model.block((1, 3, 3))])
    model.assemble(stair, [model.box("IfcRailing", "Railing", (-0.05, 0, 0), (-0.01, 3, 4))])
    design = read_design([model.write(tmp_path / "a.ifc")])
    assert [element.name for element in design.elements] == ["Stair", "Railing"]
    assert design.notes == ()


def test_a_whole_without_a_body_is_no_loss_but_a_bare_wall_is_noted(tmp_path: Path) -> None:
    model = small_building()
    roof = model.element("IfcRoof", "Roof", [])
    model.assemble(roof, [model.box("IfcSlab", "Half", (0, 0, 7), (1, 1, 7.2))])
    model.element("IfcWall", "Bare", [])
    design = read_design([model.write(tmp_path / "a.ifc")])
    assert len(design.elements) == 12
    assert design.notes == ("a.ifc: without a body, so not checked: 1 IfcWall",)


def test_a_body_that_cannot_be_meshed_is_noted(tmp_path: Path) -> None:
    model = small_building()
    model.element("IfcColumn", "Empty", [model.faces([(0, 0, 0), (1, 0, 0), (2, 0, 0)], [(0, 1, 2)])], kind="Brep")
    design = read_design([model.write(tmp_path / "a.ifc")])
    assert len(design.elements) == 11
    assert design.notes == ("a.ifc: no surface could be made from the body of 1 IfcColumn; not checked",)


def test_several_files_are_one_design(tmp_path: Path) -> None:
    first = small_building().write(tmp_path / "architecture.ifc")
    other = ModelWriter("IFC2X3", "mm")
    level = other.storey("LEVEL 2", 3.0)
    column = other.box("IfcColumn", "Column", (4, 3, 3), (4.3, 3.3, 5.8), level)
    column.GlobalId = "0OtherOtherOtherOther0"
    second = other.write(tmp_path / "structure.ifc")
    design = read_design([first, second])
    assert [f.path for f in design.files] == ["architecture.ifc", "structure.ifc"]
    assert len(design.elements) == 12
    assert [s.name for s in design.storeys] == ["Level 1", "Level 2", "Roof"]
    assert named(design, "Column").storey == 1
    assert design.elements[11].name == "Column"


def test_the_same_file_twice_counts_once(tmp_path: Path) -> None:
    path = small_building().write(tmp_path / "a.ifc")
    design = read_design([path, path])
    assert len(design.elements) == 11
    assert len(design.storeys) == 3
    assert design.notes == ("11 elements appear twice with the same GlobalId and body: counted once",)


def test_a_shared_global_id_is_noted_and_both_stay(tmp_path: Path) -> None:
    model = ModelWriter()
    model.box("IfcColumn", "A", (0, 0, 0), (1, 1, 3)).GlobalId = "0SameSameSameSameSame0"
    model.box("IfcColumn", "B", (5, 0, 0), (6, 1, 3)).GlobalId = "0SameSameSameSameSame0"
    design = read_design([model.write(tmp_path / "a.ifc")])
    assert [element.name for element in design.elements] == ["A", "B"]
    assert design.notes == ("1 GlobalIds are shared by different elements, all are kept: 0SameSameSameSameSame0",)


def test_files_that_share_no_coordinates_are_noted(tmp_path: Path) -> None:
    near = small_building().write(tmp_path / "near.ifc")
    model = small_building(at=(500_000.0, 3_000_000.0, 0.0))
    for element in model.file.by_type("IfcElement"):
        element.GlobalId = "1" + element.GlobalId[1:]
    design = read_design([near, model.write(tmp_path / "far.ifc")])
    assert any("far.ifc: lies 3041381 m from near.ifc" in note for note in design.notes)


def test_hostile_names_are_kept_as_one_line(tmp_path: Path) -> None:
    model = ModelWriter()
    names = ("<script>alert(1)</script>", "a\nb\x1b[31mc", "x" * 10_000, "=1+1", "\u202egnp.exe", "柱 \u00fc", None)
    for i, name in enumerate(names):
        model.box("IfcColumn", name, (i * 2, 0, 0), (i * 2 + 1, 1, 3))
    design = read_design([model.write(tmp_path / "a.ifc")])
    found = [element.name for element in design.elements]
    assert found == [
        "<script>alert(1)</script>", "a b [31mc", "x" * 199 + "…", "=1+1", "gnp.exe", "柱 \u00fc", "",
    ]  # fmt: skip


def test_elements_without_a_global_id_are_kept_and_counted(tmp_path: Path) -> None:
    model = small_building()
    path = model.write(tmp_path / "a.ifc")
    text = path.read_text()
    guid = model.file.by_type("IfcSlab")[0].GlobalId
    path.write_text(text.replace(f"'{guid}'", "$", 1))
    design = read_design([path])
    assert len(design.elements) == 11
    assert sum(element.global_id == "" for element in design.elements) == 1
    assert design.notes[0].startswith("a.ifc: the text is damaged in 1 places, first: ")
    assert design.notes[1:] == ("1 elements have no GlobalId",)


def test_a_stray_element_is_noted_and_spoils_no_storey(tmp_path: Path) -> None:
    model = small_building()
    model.box("IfcColumn", "Stray", (90_000, 0, 0), (90_001, 1, 3))
    design = read_design([model.write(tmp_path / "a.ifc")])
    assert design.notes == ("1 elements reach more than 1000 m from the rest, first IfcColumn Stray",)
    assert [s.is_floor for s in design.storeys] == [True, True, False]


def test_a_design_without_a_body_is_refused(tmp_path: Path) -> None:
    model = ModelWriter()
    model.storey("Level 1", 0.0)
    with pytest.raises(DesignError, match=r"a\.ifc: no element has a body: export the model with its 3D geometry"):
        read_design([model.write(tmp_path / "a.ifc")])


def test_no_file_at_all_is_refused() -> None:
    with pytest.raises(DesignError, match="no design file is named"):
        read_design([])


def test_the_description_states_what_matters(tmp_path: Path) -> None:
    model = small_building("IFC4", "mm", true_north=(1.0, 1.0))
    model.map_conversion(500000.0, 3400000.0, 4.5, scale=0.001)
    facts = describe(read_design([model.write(tmp_path / "a.ifc")]))
    assert ("design", "Test building") in facts
    assert ("elements", "11, 132 triangles") in facts
    assert ("role", f"{Role.BUILDING.value}: 11") in facts
    assert ("class", "IfcSlab: 3") in facts
    assert ("size", "8.00 x 6.00 x 6.20 m, from -0.20 to 6.00 m") in facts
    assert ("storey", "Level 2 at 3.00 m, floor: slab of 48 m2 at 3.00 m") in facts
    assert ("origin", "500000.000 E, 3400000.000 N, 4.500 m") in facts
    assert ("true north", "-45.00 degrees anticlockwise from y") in facts
    assert [value for label, value in facts if label == "conflict"] == [
        "TrueNorth is 45.0 degrees off the north that the rotation on the map implies"
    ]
