"""Signed distances and feet against a slow reference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support.observing import HERE, design_of, placing
from support.worlds import box, honest

from twin.arrays import Floats, Floats32, Ints, Matrix4
from twin.design.feet import foot_on_triangle
from twin.design.model import Surface
from twin.deviation.band import Band
from twin.frames import inverse, move

SEEDS = st.integers(0, 2**32 - 1)


@dataclass(frozen=True, eq=False)
class _Found:
    distance: Floats32
    triangle: Ints


def signed_distances(surface: Surface, points: Floats, design_from_survey: Matrix4, band_m: float) -> _Found:
    found = _Found(np.zeros(len(points), dtype=np.float32), np.zeros(len(points), dtype=np.int32))
    Band(surface, band_m).worker().measure(points, design_from_survey, found.distance, found.triangle)
    return found


def _reference(point: Floats, corners: Floats) -> Floats:
    """Nearest point of one triangle, by barycentric coordinates and three clamped edges."""
    a, b, c = corners
    candidates = []
    weights = np.linalg.lstsq(np.column_stack([b - a, c - a]), point - a, rcond=None)[0]
    if (weights >= 0.0).all() and weights.sum() <= 1.0:
        candidates.append(a + weights[0] * (b - a) + weights[1] * (c - a))
    for p, q in ((a, b), (b, c), (c, a)):
        square = float((q - p) @ (q - p))
        share = float(np.clip((point - p) @ (q - p) / square, 0.0, 1.0)) if square > 0.0 else 0.0
        candidates.append(p + share * (q - p))
    gaps = [float(np.linalg.norm(point - candidate)) for candidate in candidates]
    return candidates[int(np.argmin(gaps))]


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.floats(0.01, 100.0))
def test_the_foot_on_a_triangle_is_the_nearest_of_its_points(seed: int, size: float) -> None:
    random = np.random.default_rng(seed)
    corners = random.uniform(-size, size, (12, 3, 3))
    corners[0, 2] = corners[0, 0]  # a sliver without area
    points = random.uniform(-2.0 * size, 2.0 * size, (12, 3))
    feet = foot_on_triangle(points, corners)
    expected = np.array([_reference(p, c) for p, c in zip(points, corners, strict=True)])
    assert np.abs(feet - expected).max() < 1e-9 * max(size, 1.0)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_distances_to_random_triangles_have_value_and_side_of_the_nearest(seed: int) -> None:
    random = np.random.default_rng(seed)
    vertices = random.uniform(-3.0, 3.0, (15, 3))
    surface = Surface(vertices, np.arange(15, dtype=np.int32).reshape(5, 3), np.zeros(5, dtype=np.int32))
    points = random.uniform(-4.0, 4.0, (40, 3))
    found = signed_distances(surface, points, np.eye(4), 1.0)
    feet = np.array([[_reference(p, c) for c in surface.corners()] for p in points])
    gaps = np.linalg.norm(points[:, None] - feet, axis=2)
    order = np.sort(gaps, axis=1)
    nearest = np.argmin(gaps, axis=1)
    inside_band = order[:, 0] <= 1.0
    clear = (np.abs(order[:, 0] - 1.0) > 1e-5) & (order[:, 1] - order[:, 0] > 1e-5)
    assert (np.isfinite(found.distance) == inside_band)[clear].all()
    assert (found.triangle[clear & ~inside_band] == -1).all()
    rows = np.flatnonzero(clear & inside_band)
    assert (found.triangle[rows] == nearest[rows]).all()
    assert np.abs(np.abs(found.distance[rows]) - order[rows, 0]).max(initial=0.0) < 1e-5
    off_plane = np.einsum("ij,ij->i", points[rows] - feet[rows, nearest[rows]], surface.normals()[nearest[rows]])
    certain = np.abs(off_plane) > 1e-6
    assert (np.sign(found.distance[rows]) == np.sign(off_plane))[certain].all()


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.floats(-180.0, 180.0))
def test_a_point_is_negative_exactly_inside_a_box_also_opposite_edges_and_corners(seed: int, angle: float) -> None:
    random = np.random.default_rng(seed)
    size = random.uniform(0.2, 4.0, 3)
    low = random.uniform(-2.0, 2.0, 3)
    at = placing(angle, tuple(random.uniform(-1e5, 1e5, 3)), survey_deg=-angle)
    world = honest()
    corners = box(tuple(low), tuple(low + size))
    part = world.approved[0].__class__("box", "IfcWall", (corners,), 0)
    surface = design_of((part,), world.house, at.design_from_world).surface
    points = random.uniform(low - 1.0, low + size + 1.0, (60, 3))
    survey = move(inverse(at.design_from_survey) @ at.design_from_world, points)
    found = signed_distances(surface, survey, at.design_from_survey, 2.0)
    beyond = np.maximum(low - points, points - low - size)
    depth = beyond.max(axis=1)
    expected = np.where(depth <= 0.0, depth, np.linalg.norm(np.maximum(beyond, 0.0), axis=1))
    assert np.abs(found.distance - expected).max() < 1e-5


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_a_point_is_negative_exactly_inside_a_tetrahedron_however_sharp_its_edges(seed: int) -> None:
    random = np.random.default_rng(seed)
    corners = random.uniform(-2.0, 2.0, (4, 3))
    volume = float(np.linalg.det(corners[1:] - corners[0]))
    corners = corners if volume > 0.0 else corners[[0, 2, 1, 3]]
    if abs(volume) < 0.1:
        return
    faces = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]], dtype=np.int32)
    surface = Surface(corners, faces, np.zeros(4, dtype=np.int32))
    points = random.uniform(-3.0, 3.0, (200, 3))
    found = signed_distances(surface, points, np.eye(4), 9.0).distance
    weights = np.linalg.solve(np.vstack([corners.T, np.ones(4)]), np.column_stack([points, np.ones(200)]).T)
    clear = np.abs(found) > 1e-5
    assert ((found < 0.0) == (weights.min(axis=0) > 0.0))[clear].all()


def test_a_design_in_map_coordinates_loses_no_digit() -> None:
    far = placing(31.0, (512_345.678, 3_456_789.012, 1234.5), survey_deg=77.0)
    world = honest()
    points = np.random.default_rng(3).uniform(-1.0, 9.0, (2000, 3))
    answers = []
    for at in (HERE, far):
        surface = design_of(world.approved, world.house, at.design_from_world).surface
        survey = move(inverse(at.design_from_survey) @ at.design_from_world, points)
        answers.append(signed_distances(surface, survey, at.design_from_survey, 0.5).distance)
    near = np.isfinite(answers[0]) & np.isfinite(answers[1])
    assert near.sum() > 600
    assert np.abs(np.abs(answers[0]) - np.abs(answers[1]))[near].max() < 2e-5
