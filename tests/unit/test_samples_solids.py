"""Prisms: closed, oriented, and of the volume that their outline and depth give."""

from __future__ import annotations

import numpy as np
import pytest

from samples import building, plan
from samples.solids import (
    Part,
    Prism,
    beam,
    box,
    flat,
    lengthwise,
    outline_area,
    part_triangles,
    prism_triangles,
    rectangle,
    upright,
)
from twin.arrays import Floats

_L = ((0.0, 0.0), (4.0, 0.0), (4.0, 1.0), (1.0, 1.0), (1.0, 3.0), (0.0, 3.0))


def _volume(triangles: Floats) -> float:
    return float(np.einsum("ij,ij->i", triangles[:, 0], np.cross(triangles[:, 1], triangles[:, 2])).sum() / 6)


def _area_vector(triangles: Floats) -> Floats:
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    return np.asarray(normals.sum(axis=0))


@pytest.mark.parametrize(
    "prism",
    [
        box((1.0, 2.0, 3.0), (2.0, 4.0, 6.0), "concrete"),
        flat(_L, -1.0, 1.0, "concrete"),
        upright(_L, 1.0, "concrete", front=2.0),
        lengthwise(_L, 5.0, 1.0, "concrete"),
        beam((1.0, 1.0, 1.0), (3.0, -2.0, 7.0), np.sqrt(6.0 / 7.0), "steel"),
        beam((0.0, 0.0, 0.0), (0.0, 0.0, 6.0), 1.0, "steel"),
    ],
)
def test_a_prism_is_closed_faces_outwards_and_holds_six_cubic_metres(prism: Prism) -> None:
    triangles = prism_triangles(prism)
    assert _volume(triangles) == pytest.approx(6.0)
    assert _area_vector(triangles) == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)


def test_holes_within_and_over_the_edge_are_cut_out() -> None:
    wall = upright(rectangle(0.0, 0.0, 5.0, 3.0), 0.2, "gypsum")
    window, door = rectangle(1.0, 1.0, 2.0, 2.0), rectangle(3.0, -0.5, 4.0, 2.0)
    triangles = prism_triangles(wall, (window, door))
    assert _volume(triangles) == pytest.approx((15.0 - 1.0 - 2.0) * 0.2)
    assert _area_vector(triangles) == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)
    faces = np.linalg.norm(np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]), axis=1) / 2
    edges = (5.0 + 3.0) * 2 + 2.0 * 2 + 4.0
    assert faces.sum() == pytest.approx(2 * 12.0 + edges * 0.2)


def test_a_hole_that_cuts_a_prism_in_two_leaves_both_halves() -> None:
    slab = flat(rectangle(0.0, 0.0, 5.0, 1.0), 0.0, 1.0, "concrete")
    assert _volume(prism_triangles(slab, (rectangle(2.0, -1.0, 3.0, 2.0),))) == pytest.approx(4.0)


def test_an_upright_plate_has_its_outer_face_at_the_front() -> None:
    triangles = prism_triangles(upright(rectangle(0.0, 0.0, 2.0, 3.0), 0.3, "gypsum"))
    assert triangles.reshape(-1, 3).min(axis=0) == pytest.approx([0.0, 0.0, 0.0])
    assert triangles.reshape(-1, 3).max(axis=0) == pytest.approx([2.0, 0.3, 3.0])


def test_a_part_stands_where_its_origin_and_yaw_put_it() -> None:
    part = Part("a", "column", "a", "1F", (10.0, 20.0, 30.0), (box((0.0, 0.0, 0.0), (2.0, 1.0, 1.0), "steel"),), 90.0)
    triangles, materials = part_triangles(part)
    assert triangles.reshape(-1, 3).min(axis=0) == pytest.approx([9.0, 20.0, 30.0])
    assert triangles.reshape(-1, 3).max(axis=0) == pytest.approx([10.0, 22.0, 31.0])
    assert set(materials) == {"steel"}
    assert len(materials) == len(triangles)


def test_every_body_of_the_building_is_closed_and_has_the_volume_of_its_outline() -> None:
    import shapely

    for part in building.parts(plan.as_built()):
        for index, body in enumerate(part.bodies):
            voids = part.voids if index == 0 else ()
            area = shapely.Polygon(body.outline).difference(shapely.union_all([shapely.Polygon(v) for v in voids])).area
            assert outline_area(body.outline) > 0.0, part.key
            assert _volume(prism_triangles(body, voids)) == pytest.approx(area * body.depth, rel=1e-6), part.key
