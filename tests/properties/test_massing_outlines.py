"""Outlines: from masks to polygons, and from polygons onto the walls that were seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.arrays import Flags, Floats
from twin.massing.columns import raster_about
from twin.massing.outlines import Faces, area_of, on_faces, polygon_of

SHAPES = {
    "rectangle": np.array([[0, 0], [7.3, 0], [7.3, 4.1], [0, 4.1]]),
    "ell": np.array([[0, 0], [9.0, 0], [9.0, 4.4], [5.2, 4.4], [5.2, 8.1], [0, 8.1]]),
    "slant": np.array([[0, 0], [8.0, 0], [8.0, 3.5], [4.5, 7.0], [0, 7.0]]),
}


def _turned(shape: Floats, angle_deg: float, offset: Floats) -> Floats:
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return shape @ np.array([[cos, sin], [-sin, cos]]) + offset


def _walls(shape: Floats, random: np.random.Generator, noise_m: float = 0.003) -> Floats:
    rows = []
    for start, end in zip(shape, np.roll(shape, -1, axis=0), strict=True):
        along = end - start
        length = np.linalg.norm(along)
        count = int(300 * length)
        normal = np.array([along[1], -along[0]]) / length
        places = start + random.random((count, 1)) * along + random.normal(0.0, noise_m, (count, 1)) * normal
        rows.append(np.column_stack([places, random.uniform(0.0, 2.8, count)]))
    return np.vstack(rows)


def _mask_outline(shape: Floats, cell_m: float = 0.1) -> Floats:
    from matplotlib.path import Path

    raster = raster_about(shape, cell_m, 1.0)
    inside = Path(shape).contains_points(raster.centres()).reshape(raster.shape)
    return polygon_of(inside, raster)


NO_FACES = Faces(np.zeros((0, 3)), np.zeros((0, 3)))


def on_walls(outline: Floats, walls: Floats, bounded: Flags, reach_m: float) -> Floats:
    return on_faces(outline, walls, bounded, NO_FACES, 1.0, reach_m)


def _worst_corner(found: Floats, shape: Floats) -> float:
    return float(np.linalg.norm(found[:, None] - shape[None], axis=2).min(axis=0).max())


@pytest.mark.parametrize("name", SHAPES)
@settings(max_examples=50, deadline=None, derandomize=True)
@given(angle=st.floats(0.0, 180.0), seed=st.integers(0, 2**32 - 1))
def test_walls_at_any_angle_give_back_the_corners_in_which_they_meet(name: str, angle: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    shape = _turned(SHAPES[name], angle, random.uniform(-1.0, 1.0, 2))
    outline = _mask_outline(shape)
    found = on_walls(outline, _walls(shape, random), np.zeros(len(outline), dtype=bool), 0.35)
    assert len(found) == len(shape)
    assert _worst_corner(found, shape) < 0.03


@pytest.mark.parametrize("name", SHAPES)
@settings(max_examples=50, deadline=None, derandomize=True)
@given(angle=st.floats(0.0, 180.0), seed=st.integers(0, 2**32 - 1), looking=st.sampled_from([-1.0, 1.0]))
def test_approved_faces_at_any_angle_are_exact(name: str, angle: float, seed: int, looking: float) -> None:
    random = np.random.default_rng(seed)
    shape = _turned(SHAPES[name], angle, random.uniform(-1.0, 1.0, 2))
    outline = _mask_outline(shape)
    normals = []
    for start, end in zip(shape, np.roll(shape, -1, axis=0), strict=True):
        along = (end - start) / np.linalg.norm(end - start)
        normals.append(
            np.tile([looking * along[1], -looking * along[0], 0.0], (int(300 * np.linalg.norm(end - start)), 1))
        )
    faces = Faces(_walls(shape, random, 0.0), np.vstack(normals))
    found = on_faces(outline, np.zeros((0, 3)), np.ones(len(outline), dtype=bool), faces, looking, 0.35)
    assert len(found) == len(shape)
    assert _worst_corner(found, shape) < 1e-3


def test_edges_at_approved_structure_stay_and_others_come_to_their_walls() -> None:
    random = np.random.default_rng(5)
    shape = SHAPES["rectangle"]
    shifted = shape + np.array([[0.1, 0.08], [0.1, 0.08], [0.1, 0.08], [0.1, 0.08]])
    bounded = np.array([True, False, False, False])
    found = on_walls(shifted, _walls(shape, random), bounded, 0.35)
    expected = np.array([[0.0, 0.08], [7.3, 0.08], [7.3, 4.1], [0.0, 4.1]])
    assert np.linalg.norm(found[:, None] - expected[None], axis=2).min(axis=0).max() < 0.01


def test_without_walls_the_outline_stays_as_it_is() -> None:
    shape = SHAPES["ell"]
    found = on_walls(shape, np.zeros((0, 3)), np.zeros(6, dtype=bool), 0.35)
    assert np.linalg.norm(found[:, None] - shape[None], axis=2).min(axis=0).max() < 1e-9
    assert abs(area_of(found) - area_of(shape)) < 1e-9


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 12))
def test_the_area_of_a_polygon_is_that_of_its_triangles_and_changes_sign_when_turned(seed: int, count: int) -> None:
    import shapely

    random = np.random.default_rng(seed)
    angles = np.sort(random.uniform(0.0, 2.0 * np.pi, count))
    outline = random.uniform(1.0, 5.0, (count, 1)) * np.column_stack([np.cos(angles), np.sin(angles)]) + 100.0
    expected = shapely.LinearRing(outline).is_ccw
    assert abs(abs(area_of(outline)) - shapely.Polygon(outline).area) < 1e-6 or not shapely.Polygon(outline).is_valid
    assert np.isclose(area_of(outline), -area_of(outline[::-1]))
    assert (area_of(outline) > 0.0) == expected or not shapely.Polygon(outline).is_valid


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_polygon_of_a_mask_of_rectangles_has_their_area(seed: int) -> None:
    random = np.random.default_rng(seed)
    raster = raster_about(np.array([[0.0, 0.0], [12.0, 12.0]]), 0.1, 0.0)
    mask = np.zeros(raster.shape, dtype=bool)
    x, y = random.integers(5, 40, 2)
    w, h = random.integers(14, 60, 2)
    mask[x : x + w, y : y + h] = True
    mask[x : x + w + 15, y : y + 10] = True
    mask[0:3, 115:118] = True  # a smaller part elsewhere does not count
    outline = polygon_of(mask, raster)
    cells = w * h + 15 * min(10, 120)
    assert abs(area_of(outline) - cells * 0.01) < 1e-6
    assert polygon_of(np.zeros_like(mask), raster).shape == (0, 2)
