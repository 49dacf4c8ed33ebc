from __future__ import annotations

from pathlib import Path

import pytest
from support.ifc_models import CUBE, ModelWriter, small_building

from twin.design import read_design
from twin.design.model import Design, Storey


def read(model: ModelWriter, tmp_path: Path) -> Design:
    return read_design([model.write(tmp_path / "a.ifc")])


def storey(design: Design, name: str) -> Storey:
    return next(s for s in design.storeys if s.name == name)


def storey_of(design: Design, name: str) -> str | None:
    index = next(e.storey for e in design.elements if e.name == name)
    return None if index is None else design.storeys[index].name


def test_a_level_of_footings_is_no_floor(tmp_path: Path) -> None:
    model = small_building()
    base = model.storey("Foundation", -1.2)
    for x in (0.0, 7.0):
        model.box("IfcFooting", f"Footing {x}", (x, 0, -1.5), (x + 1, 6, -1.2), base)
    design = read(model, tmp_path)
    found = storey(design, "Foundation")
    assert (found.is_floor, found.elevation_m) == (False, -1.2)
    assert found.why == "foundation or datum: below the lowest floor, no floor structure within 0.5 m"
    assert storey_of(design, "Footing 0.0") == "Foundation"


def test_deep_separate_footings_are_no_floor(tmp_path: Path) -> None:
    model = small_building()
    base = model.storey("Foundation", -3.0)
    model.box("IfcFooting", "Pad", (0, 0, -3.5), (4, 4, -3.0), base)
    found = storey(read(model, tmp_path), "Foundation")
    assert not found.is_floor
    assert found.why == "foundation: the tops of separate footings at -3.00 m"


def test_a_raft_below_a_basement_is_a_floor(tmp_path: Path) -> None:
    model = small_building()
    base = model.storey("Basement", -3.0)
    model.box("IfcFooting", "Raft", (0, 0, -3.5), (8, 6, -3.0), base)
    model.room((0, 0, -3), (8, 6, 2.8), 0.3, base)
    found = storey(read(model, tmp_path), "Basement")
    assert found.is_floor
    assert found.why == "level surface of IfcFooting of 48 m2 at -3.00 m"


def test_a_datum_between_floors_is_no_floor(tmp_path: Path) -> None:
    model = small_building()
    model.storey("Sill", 1.0)
    found = storey(read(model, tmp_path), "Sill")
    assert (found.is_floor, found.why) == (False, "a datum only: no floor structure within 0.5 m")


def test_two_names_for_one_floor_count_once(tmp_path: Path) -> None:
    model = small_building()
    model.storey("Level 2 structural", 2.9)
    design = read(model, tmp_path)
    found = storey(design, "Level 2 structural")
    assert (found.is_floor, found.why) == (False, 'a datum only: the floor at 3.00 m is "Level 2"')
    assert storey(design, "Level 2").is_floor


def test_a_floor_that_nobody_names_gets_a_name(tmp_path: Path) -> None:
    model = ModelWriter()
    for i in range(3):
        model.box("IfcSlab", f"Slab {i}", (0, 0, 3 * i - 0.2), (8, 6, 3 * i))
    design = read(model, tmp_path)
    assert [(s.name, s.global_id, s.is_floor) for s in design.storeys] == [
        ("level +0.00", None, True),
        ("level +3.00", None, True),
    ]
    assert design.storeys[1].why == "slab of 48 m2 at 3.00 m; no file names it"


def test_slabs_of_the_wrong_class_are_floors(tmp_path: Path) -> None:
    model = ModelWriter("IFC4", "mm")
    for i in range(3):
        model.box(
            "IfcBuildingElementProxy", f"Thing {i}", (0, 0, 3 * i - 0.2), (8, 6, 3 * i), model.storey(f"{i}", 3 * i)
        )
    design = read(model, tmp_path)
    assert [s.is_floor for s in design.storeys] == [True, True, False]
    assert design.storeys[0].why == "level surface of IfcBuildingElementProxy of 48 m2 at 0.00 m"


def test_floors_without_thickness_are_floors(tmp_path: Path) -> None:
    model = ModelWriter()
    for i in range(3):
        points = [(8 * x, 6 * y, 3.0 * i) for x, y, z in CUBE if z == 0]
        ring = (0, 1, 2, 3) if i % 2 else (3, 2, 1, 0)
        sheet = model.faces(points, [ring], closed=False)
        model.element("IfcSlab", f"Sheet {i}", [sheet], model.storey(f"{i}", 3.0 * i), kind="SurfaceModel")
    assert [s.is_floor for s in read(model, tmp_path).storeys] == [True, True, False]


def test_a_crawl_space_is_no_storey(tmp_path: Path) -> None:
    model = small_building()
    model.storey("Crawl space", -1.5)
    model.box("IfcSlab", "Blinding", (0, 0, -1.7), (8, 6, -1.5))
    design = read(model, tmp_path)
    assert not storey(design, "Crawl space").is_floor
    assert [s.name for s in design.storeys if s.is_floor] == ["Level 1", "Level 2"]


def test_a_lift_overrun_leaves_the_roof_a_roof(tmp_path: Path) -> None:
    model = small_building()
    model.room((0, 0, 6), (4, 2.6, 2.4), 0.2)
    model.box("IfcSlab", "Overrun roof", (0, 0, 8.4), (4, 2.6, 8.6))
    found = storey(read(model, tmp_path), "Roof")
    assert not found.is_floor
    assert found.why.startswith("roof: ")


def test_a_penthouse_makes_the_roof_a_floor(tmp_path: Path) -> None:
    model = small_building()
    model.room((0, 0, 6), (5, 6, 2.6), 0.2)
    model.box("IfcSlab", "Penthouse roof", (0, 0, 8.6), (5, 6, 8.8))
    found = storey(read(model, tmp_path), "Roof")
    assert (found.is_floor, round(found.elevation_m, 3)) == (True, 6.0)


def test_stair_landings_are_no_floors(tmp_path: Path) -> None:
    model = small_building(floors=4)
    for i in range(4):
        model.box("IfcSlab", f"Landing {i}", (0.3, 0.3, 3 * i + 1.4), (2.9, 1.6, 3 * i + 1.5))
    design = read(model, tmp_path)
    assert [s.name for s in design.storeys] == ["Level 1", "Level 2", "Level 3", "Level 4", "Roof"]


def test_a_finish_on_the_slab_is_the_floor_that_is_seen(tmp_path: Path) -> None:
    model = small_building()
    model.box("IfcCovering", "Finish", (0.3, 0.3, 3.0), (7.7, 5.7, 3.02))
    found = storey(read(model, tmp_path), "Level 2")
    assert found.elevation_m == pytest.approx(3.02, abs=1e-6)
    assert found.floor_area_m2 == pytest.approx(48.0)


def test_a_facade_alone_still_has_storeys(tmp_path: Path) -> None:
    model = ModelWriter("IFC4", "mm")
    for i in range(5):
        level = model.storey(f"N{i}", 3.2 * i)
        model.room((0, 0, 3.2 * i - 0.3), (20, 12, 3.18), 0.2, level)
    roof = model.storey("Top", 16.0)
    model.room((0, 0, 15.7), (20, 12, 0.9), 0.2, roof)
    design = read(model, tmp_path)
    assert [s.is_floor for s in design.storeys] == [True] * 5 + [False]
    assert design.storeys[2].why == "no slab is modelled; 4 elements stand on this level"
    assert (
        design.storeys[5].why == "no slab is modelled and no row of elements of a storey's height stands on this level"
    )


def test_a_missing_ground_slab_is_seen_by_its_doors(tmp_path: Path) -> None:
    model = small_building(floors=3)
    model.file.remove(next(slab for slab in model.file.by_type("IfcSlab") if slab.Name == "Slab 1"))
    model.box("IfcDoor", "Door", (3, 0.1, 0), (4, 0.2, 2.1))
    found = storey(read(model, tmp_path), "Level 1")
    assert (found.is_floor, found.why) == (True, "no slab is modelled; 5 elements stand on this level")


def test_furniture_and_terrain_are_no_floors(tmp_path: Path) -> None:
    model = small_building()
    model.box("IfcFurniture", "Stage", (0.5, 0.5, 0.9), (7.5, 5.5, 1.0))
    model.box("IfcGeographicElement", "Terrain", (-20, -20, -3.5), (30, 30, -3.0), PredefinedType="TERRAIN")
    design = read(model, tmp_path)
    assert [round(s.elevation_m, 2) for s in design.storeys] == [0.0, 3.0, 5.8]


@pytest.mark.parametrize("unit", ["m", "mm", "ft"])
def test_the_placement_outranks_the_attribute(tmp_path: Path, unit: str) -> None:
    model = ModelWriter("IFC4", unit)
    for i in range(3):
        level = model.storey(f"L{i}", 3.0 * i, stated_m=3.0 * i + (0.7 if i == 1 else 0.0))
        model.box("IfcSlab", f"S{i}", (0, 0, 3 * i - 0.2), (8, 6, 3 * i), level)
    design = read(model, tmp_path)
    assert [s.elevation_m for s in design.storeys] == pytest.approx([0.0, 3.0, 6.0], abs=1e-6)
    assert design.notes == (
        'a.ifc: storey "L1" states Elevation 3.700 m, but is placed at 3.000 m: the placement is used',
    )


def test_attributes_count_where_no_storey_is_placed(tmp_path: Path) -> None:
    model = ModelWriter("IFC4", "mm")
    for i in range(3):
        level = model.storey(f"L{i}", 3.0 * i, placed=False)
        model.box("IfcSlab", f"S{i}", (0, 0, 3 * i - 0.2), (8, 6, 3 * i), level)
    design = read(model, tmp_path)
    assert [(s.name, round(s.elevation_m, 6), s.is_floor) for s in design.storeys] == [
        ("L0", 0.0, True),
        ("L1", 3.0, True),
        ("L2", 6.0, False),
    ]


def test_elements_belong_where_they_lie(tmp_path: Path) -> None:
    model = small_building()
    levels = {level.Name: level for level in model.file.by_type("IfcBuildingStorey")}
    wrong = levels["Level 1"]
    model.box("IfcColumn", "Upstairs", (4, 3, 3), (4.3, 3.3, 5.8), wrong)
    model.box("IfcBeam", "Under level 2", (0, 3, 2.5), (8, 3.3, 2.8), wrong)
    model.box("IfcWall", "Hung panel", (8, 0, 2.6), (8.1, 6, 5.5), levels["Level 2"])
    model.box("IfcFurniture", "Table", (4, 3, 3), (5, 4, 3.8), wrong)
    model.box("IfcColumn", "Tall", (7, 3, 0), (7.3, 3.3, 5.8))
    model.box("IfcPile", "Pile", (4, 3, -9), (4.3, 3.3, -0.2))
    design = read(model, tmp_path)
    assert [storey_of(design, n) for n in ("Upstairs", "Under level 2", "Hung panel", "Table", "Tall", "Pile")] == [
        "Level 2", "Level 1", "Level 2", "Level 2", "Level 1", None,
    ]  # fmt: skip
    assert [storey_of(design, n) for n in ("Slab 1", "Slab 2", "Roof slab")] == ["Level 1", "Level 2", "Roof"]


def test_a_tower_on_a_wide_podium_keeps_its_floors(tmp_path: Path) -> None:
    model = ModelWriter()
    model.box("IfcSlab", "Ground", (0, 0, -0.2), (60, 60, 0), model.storey("Ground", 0.0))
    for i in range(1, 5):
        side = 60 if i == 1 else 9
        model.box("IfcSlab", f"Slab {i}", (0, 0, 4 * i - 0.2), (side, side, 4 * i), model.storey(f"L{i}", 4.0 * i))
    design = read(model, tmp_path)
    assert [s.is_floor for s in design.storeys] == [True, True, True, True, False]
    assert design.storeys[1].floor_area_m2 == pytest.approx(3600.0)


def test_a_ramp_or_a_steep_roof_is_no_floor(tmp_path: Path) -> None:
    model = small_building()
    points = [(x * 8, y * 6, 9 + z * 0.2 + x * 3) for x, y, z in CUBE]
    rings = ((3, 2, 1, 0), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))
    model.element("IfcSlab", "Pitched", [model.faces(points, rings)], kind="Brep")
    design = read(model, tmp_path)
    # The flat slab below is now an attic floor; the pitched one is none.
    assert [(s.name, s.is_floor) for s in design.storeys] == [("Level 1", True), ("Level 2", True), ("Roof", True)]
