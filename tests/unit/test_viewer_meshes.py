"""Meshes for drawing: one owner a vertex, lines where a surface turns."""

from __future__ import annotations

import numpy as np
from support.small_house import box_body, joined

from twin.evidence.viewer.meshes import STEP_M, mesh_arrays


def test_a_box_has_its_corners_and_its_twelve_edges() -> None:
    body = box_body((0, 0, 0), (4, 3, 2))
    arrays = mesh_arrays(body.vertices, body.triangles, np.zeros(12, dtype=np.int32))
    assert arrays["vertex"].shape == (8, 3)
    assert arrays["triangle"].shape == (12, 3)
    corners = arrays["vertex"] * STEP_M
    lines = corners[arrays["crease"]]
    lengths = np.sort(np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1))
    np.testing.assert_allclose(lengths, [2] * 4 + [3] * 4 + [4] * 4, atol=1e-9)


def test_triangles_keep_their_place_and_sense() -> None:
    body = box_body((1, 2, 3), (4, 5, 6))
    arrays = mesh_arrays(body.vertices, body.triangles, np.zeros(12, dtype=np.int32))
    drawn = (arrays["vertex"] * STEP_M)[arrays["triangle"]]
    np.testing.assert_allclose(drawn, body.vertices[body.triangles], atol=1e-9)


def test_owners_share_no_vertex_even_where_they_touch() -> None:
    body = joined([box_body((0, 0, 0), (1, 1, 1)), box_body((1, 0, 0), (2, 1, 1))])
    shared = np.unique(body.vertices, axis=0)
    where = {tuple(place): index for index, place in enumerate(shared)}
    triangles = np.array([[where[tuple(body.vertices[i])] for i in face] for face in body.triangles])
    arrays = mesh_arrays(shared, triangles, np.repeat([0, 1], 12).astype(np.int32))
    assert len(arrays["vertex"]) == 16
    np.testing.assert_array_equal(arrays["owner"][arrays["triangle"]], np.repeat([0, 1], 12)[:, None] * [1, 1, 1])
    assert len(arrays["crease"]) == 24


def test_a_finely_divided_cylinder_has_lines_at_its_rims_only() -> None:
    count = 48
    angle = np.arange(count) * 2 * np.pi / count
    rim = np.column_stack([np.cos(angle), np.sin(angle)])
    vertices = np.vstack([np.c_[rim, np.zeros(count)], np.c_[rim, np.ones(count)]])
    after = np.roll(np.arange(count), -1)
    at = np.arange(count)
    mantle = np.vstack([np.c_[at, after, at + count], np.c_[after, after + count, at + count]])
    arrays = mesh_arrays(vertices, mantle, np.zeros(len(mantle), dtype=np.int32))
    ends = (arrays["vertex"] * STEP_M)[arrays["crease"]]
    assert len(ends) == 2 * count
    np.testing.assert_array_equal(ends[:, 0, 2], ends[:, 1, 2])


def test_triangles_without_extent_are_dropped() -> None:
    vertices = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [1e-6, 0, 0]])
    arrays = mesh_arrays(vertices, np.array([[0, 1, 2], [0, 3, 2]]), np.zeros(2, dtype=np.int32))
    assert len(arrays["triangle"]) == 1


def test_nothing_stays_nothing() -> None:
    arrays = mesh_arrays(np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int32), np.zeros(0, dtype=np.int32))
    assert [len(values) for values in arrays.values()] == [0, 0, 0, 0]
