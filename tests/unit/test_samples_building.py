"""The building in numbers, and how the as-built one differs from the approved one."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from samples import building, plan, workmanship
from samples.families import FAMILIES
from samples.openings import PATTERNS, shape
from samples.palette import PALETTE
from samples.records import displaced, edits
from samples.solids import Part, part_triangles, prism_triangles


@pytest.fixture(scope="module")
def approved() -> dict[str, Part]:
    return {part.key: part for part in building.parts(plan.approved())}


@pytest.fixture(scope="module")
def built() -> dict[str, Part]:
    return {part.key: part for part in building.parts(plan.as_built())}


def test_the_plan_has_six_storeys_a_basement_and_a_parapet() -> None:
    approved = plan.approved()
    assert [level.floor for level in approved.levels] == [-3.6, 0.0, 3.9, 7.2, 10.5, 13.8, 17.1]
    assert (approved.roof, approved.parapet_top) == (20.4, 21.5)
    assert plan.footprint_area() == pytest.approx(34.0 * 13.4 + 18.0 * 8.6)
    assert plan.gross_floor_area(approved) == pytest.approx(7 * 610.4 - 5 * 30.0)


def test_the_builder_added_one_storey_an_enclosure_and_a_slab_and_left_nothing_out(
    approved: dict[str, Part], built: dict[str, Part]
) -> None:
    assert set(approved) - set(built) == set()
    added = set(built) - set(approved)
    assert {key for key in added if not key.startswith("7F/")} == {"3F/enclosure", "4F/infill"}
    assert sum(key.startswith("7F/") for key in added) > 80


def test_what_stands_in_both_differs_only_on_the_roof_which_was_lifted_by_a_storey(
    approved: dict[str, Part], built: dict[str, Part]
) -> None:
    for key, part in approved.items():
        lift = 3.3 if part.level == "RF" else 0.0
        assert np.subtract(built[key].origin, part.origin) == pytest.approx([0.0, 0.0, lift], abs=1e-9), key
        assert (built[key].bodies, built[key].voids) == (part.bodies, part.voids), key


def test_the_parapet_s_coping_is_the_top_of_the_building(approved: dict[str, Part]) -> None:
    triangles, _ = part_triangles(approved["RF/south coping"])
    assert triangles[..., 2].max() == pytest.approx(plan.approved().parapet_top)


def test_each_window_and_door_fits_its_opening(approved: dict[str, Part]) -> None:
    hosts = {key: part for part in approved.values() for key in part.void_keys}
    fillings = [part for part in approved.values() if part.fills]
    assert len(fillings) == sum(
        FAMILIES[part.family].ifc_class in ("IfcWindow", "IfcDoor") for part in approved.values()
    )
    for part in fillings:
        host = hosts[part.fills]
        void = shapely.Polygon(host.voids[host.void_keys.index(part.fills)])
        body = shapely.Polygon(host.bodies[0].outline)
        assert body.contains(void) or body.covers(void), part.key
        inside, _ = part_triangles(part)
        outside, _ = part_triangles(host)
        low, high = outside.reshape(-1, 3).min(axis=0), outside.reshape(-1, 3).max(axis=0)
        assert (inside.reshape(-1, 3) > low - 1e-9).all(), part.key
        assert (inside.reshape(-1, 3) < high + 1e-9).all(), part.key
        assert void.area == pytest.approx(part.size["Width"] * part.size["Height"])


def test_no_two_openings_of_a_wall_touch(approved: dict[str, Part]) -> None:
    for part in approved.values():
        voids = [shapely.Polygon(void) for void in part.voids]
        for i, one in enumerate(voids):
            assert all(one.distance(other) > 0.05 for other in voids[i + 1 :]), part.key


def test_every_window_shape_fills_its_pattern() -> None:
    for name, pattern in PATTERNS.items():
        corners = np.concatenate([prism_triangles(body).reshape(-1, 3) for body in shape(pattern)])
        assert np.ptp(corners, axis=0)[[0, 2]] == pytest.approx([pattern.width, pattern.height]), name
        assert {body.material for body in shape(pattern)} == {pattern.frame, pattern.infill}


def test_every_material_of_the_building_is_in_the_palette(built: dict[str, Part]) -> None:
    assert {body.material for part in built.values() for body in part.bodies} <= set(PALETTE)


def test_the_edits_have_the_boxes_and_volumes_of_what_was_built() -> None:
    storey, balcony, slab = edits(plan.approved(), plan.as_built())
    assert (storey.lo, storey.hi) == ((0.0, 0.0, 20.4), (34.0, 22.0, 23.7))
    assert storey.volume_m3 == pytest.approx(610.4 * 3.3)
    assert (balcony.lo, balcony.hi) == ((21.5, -1.5, 7.2), (26.1, 0.0, 10.3))
    assert balcony.volume_m3 == pytest.approx(4.6 * 1.5 * 3.1)
    assert (slab.lo, slab.hi) == ((9.0, 8.0, 10.3), (15.0, 13.0, 10.5))
    assert (slab.area_m2, slab.volume_m3) == (pytest.approx(30.0), pytest.approx(6.0))


def test_the_enclosure_closes_the_balcony_from_parapet_to_soffit(built: dict[str, Part]) -> None:
    _, balcony, _ = edits(plan.approved(), plan.as_built())
    triangles, _ = part_triangles(built["3F/enclosure"])
    low, high = triangles.reshape(-1, 3).min(axis=0), triangles.reshape(-1, 3).max(axis=0)
    assert low == pytest.approx([balcony.lo[0], balcony.lo[1], balcony.lo[2] + plan.BALCONY_PARAPET])
    assert high == pytest.approx(balcony.hi)


def test_workmanship_is_a_few_millimetres_and_does_not_depend_on_order(built: dict[str, Part]) -> None:
    parts = tuple(part for part in built.values() if FAMILIES[part.family].ifc_class != "IfcFurniture")
    offsets = workmanship.offsets(parts)
    assert np.linalg.norm(offsets, axis=1).max() < 0.008
    assert np.abs(offsets).std() > 0.0005
    assert (workmanship.offsets(parts[::-1])[::-1] == offsets).all()


def test_displaced_are_the_roof_and_loose_furniture_alone(approved: dict[str, Part], built: dict[str, Part]) -> None:
    parts = tuple(built.values())
    moved = displaced(tuple(approved.values()), parts, workmanship.offsets(parts))
    furniture = [row for row in moved if row["ifc_class"] == "IfcFurniture"]
    roof = [row for row in moved if row["ifc_class"] != "IfcFurniture"]
    assert len(furniture) <= 14
    assert all(row["offset_m"][2] == 0.0 for row in furniture)
    assert len(roof) == sum(part.level == "RF" for part in approved.values())
    assert all(row["offset_m"] == pytest.approx([0.0, 0.0, 3.3], abs=0.01) for row in roof)
