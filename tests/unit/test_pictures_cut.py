"""A cut gives the lines and areas that geometry demands."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from support.picture_scenes import Box, box_mesh, boxes_mesh

from twin.arrays import Floats
from twin.evidence.pictures.cut import Plane, area_of, areas_of, cut
from twin.evidence.pictures.edges import feature_edges

X, Y, Z = np.eye(3)


def _area(lines: Floats) -> float:
    return float(shapely.area(shapely.union_all(areas_of(lines))))


def test_a_level_plane_cuts_a_box_to_its_plan() -> None:
    lines = cut(*box_mesh((1.0, 2.0, 0.0, 4.0, 7.0, 3.0)), Plane(np.array([0.0, 0.0, 1.2]), X, Y)).lines
    assert shapely.union_all(areas_of(lines)).bounds == pytest.approx((1.0, 2.0, 4.0, 7.0), abs=1e-9)
    assert _area(lines) == pytest.approx(15.0, abs=1e-9)
    assert area_of(lines) == pytest.approx(15.0, abs=1e-9)


def test_an_upright_plane_at_45_degrees_cuts_a_box_to_a_longer_face() -> None:
    right = np.array([1.0, 1.0, 0.0]) / np.sqrt(2.0)
    lines = cut(*box_mesh((0.0, 0.0, 0.0, 2.0, 2.0, 3.0)), Plane(np.array([1.0, 1.0, 0.0]), right, Z)).lines
    assert _area(lines) == pytest.approx(2.0 * np.sqrt(2.0) * 3.0, rel=1e-4)


def test_a_hollow_leaves_a_hole() -> None:
    outer, faces = box_mesh((0.0, 0.0, 0.0, 4.0, 4.0, 3.0))
    inner, _ = box_mesh((1.0, 1.0, -1.0, 3.0, 3.0, 4.0))
    vertices, triangles = np.concatenate([outer, inner]), np.concatenate([faces, faces[:, ::-1] + 8])
    lines = cut(vertices, triangles, Plane(np.array([0.0, 0.0, 1.0]), X, Y)).lines
    assert _area(lines) == pytest.approx(16.0 - 4.0, abs=1e-9)


def test_overlapping_boxes_are_filled_throughout() -> None:
    boxes: list[Box] = [(0.0, 0.0, 0.0, 3.0, 1.0, 1.0), (2.0, 0.0, 0.0, 5.0, 1.0, 1.0)]
    lines = cut(*boxes_mesh(boxes), Plane(np.array([0.0, 0.0, 0.5]), X, Y)).lines
    assert _area(lines) == pytest.approx(5.0, abs=1e-9)


def test_a_plane_in_a_face_still_gives_closed_loops() -> None:
    lines = cut(*box_mesh((0.0, 0.0, 0.0, 2.0, 3.0, 1.0)), Plane(np.zeros(3), X, Y)).lines
    assert _area(lines) in (pytest.approx(6.0), 0.0)


def test_a_plane_beside_everything_cuts_nothing() -> None:
    found = cut(*box_mesh((0.0, 0.0, 0.0, 1.0, 1.0, 1.0)), Plane(np.array([0.0, 0.0, 5.0]), X, Y))
    assert len(found.lines) == 0
    assert areas_of(found.lines) == []


def test_an_upright_plane_looks_away_from_the_reader() -> None:
    np.testing.assert_array_equal(Plane(np.zeros(3), X, Z).look, Y)
    np.testing.assert_array_equal(Plane(np.zeros(3), X, Y).look, -Z)


def test_a_box_has_twelve_edges_and_no_diagonals() -> None:
    vertices, triangles = box_mesh((0.0, 0.0, 0.0, 1.0, 2.0, 3.0))
    edges = feature_edges(vertices, triangles)
    lengths = np.linalg.norm(vertices[edges[:, 0]] - vertices[edges[:, 1]], axis=1)
    assert sorted(lengths.tolist()) == [1.0] * 4 + [2.0] * 4 + [3.0] * 4


def test_edges_are_found_where_triangles_share_places_but_not_vertices() -> None:
    vertices, triangles = box_mesh((0.0, 0.0, 0.0, 1.0, 1.0, 1.0))
    soup = vertices[triangles].reshape(-1, 3)
    assert len(feature_edges(soup, np.arange(36, dtype=np.int32).reshape(-1, 3))) == 12
