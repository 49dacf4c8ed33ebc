"""Thinning and normals on clouds whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from twin.errors import SurveyError
from twin.survey import normals, thin


def test_the_point_nearest_to_the_mean_stands_for_its_voxel() -> None:
    points = np.array([[0.1, 0.1, 0.1], [0.5, 0.5, 0.5], [0.8, 0.8, 0.8], [1.5, 0.5, 0.5], [-0.5, 0.5, 0.5]])
    np.testing.assert_array_equal(thin(points, 1.0), [1, 3, 4])


def test_as_many_points_as_voxels_are_occupied() -> None:
    points = np.random.default_rng(4).uniform(-3, 3, (50_000, 3))
    chosen = thin(points, 0.25)
    voxels = np.floor(points / 0.25).astype(int)
    assert len(chosen) == len(np.unique(voxels, axis=0))
    assert len(np.unique(voxels[chosen], axis=0)) == len(chosen)


def test_no_points_and_one_point() -> None:
    assert thin(np.zeros((0, 3)), 0.1).tolist() == []
    assert thin(np.array([[5.0, 6.0, 7.0]]), 0.1).tolist() == [0]


def test_too_many_voxels_and_no_voxel_are_refused() -> None:
    with pytest.raises(SurveyError, match="too large for its voxels"):
        thin(np.array([[0.0, 0, 0], [1e6, 0, 0]]), 0.001)
    with pytest.raises(SurveyError, match="no volume"):
        thin(np.zeros((1, 3)), 0.0)


def test_a_tilted_plane_has_its_normal_and_no_curvature() -> None:
    rng = np.random.default_rng(5)
    u, v = rng.uniform(-1, 1, (2, 2000))
    normal = np.array([1.0, 2.0, 2.0]) / 3.0
    first, second = np.array([2.0, -1.0, 0.0]) / np.sqrt(5.0), np.array([2.0, 4.0, -5.0]) / np.sqrt(45.0)
    points = u[:, None] * first + v[:, None] * second
    station = -4.0 * normal
    surfaces = normals(points, 0.3, station[None], np.zeros(2000, np.int16))
    np.testing.assert_allclose(surfaces.normals, np.tile(-normal, (2000, 1)), atol=1e-6)
    np.testing.assert_allclose(surfaces.curvature, 0.0, atol=1e-12)
    unseen = normals(points, 0.3, np.full((1, 3), np.nan), np.zeros(2000, np.int16))
    np.testing.assert_allclose(unseen.normals, np.tile(normal, (2000, 1)), atol=1e-6)


def test_each_side_of_a_wall_faces_the_station_that_saw_it() -> None:
    grid = np.stack(np.meshgrid(np.linspace(0, 2, 40), np.linspace(0, 2, 40)), axis=-1).reshape(-1, 2)
    near = np.insert(grid, 1, 0.0, axis=1)
    far = np.insert(grid, 1, 0.4, axis=1)
    stations, scan = np.array([[1.0, -5.0, 1.0], [1.0, 5.0, 1.0]]), np.repeat([0, 1], 1600).astype(np.int16)
    surfaces = normals(np.concatenate([near, far]), 0.15, stations, scan)
    np.testing.assert_allclose(surfaces.normals[:1600], np.tile([0.0, -1.0, 0.0], (1600, 1)), atol=1e-9)
    np.testing.assert_allclose(surfaces.normals[1600:], np.tile([0.0, 1.0, 0.0], (1600, 1)), atol=1e-9)


def test_a_volume_is_no_surface_and_a_lonely_point_unknown() -> None:
    points = np.random.default_rng(6).uniform(0, 1, (3000, 3))
    surfaces = normals(np.concatenate([points, [[50.0, 50.0, 50.0]]]), 0.2)
    assert np.nanmedian(surfaces.curvature) > 0.1
    assert np.isnan(surfaces.normals[-1]).all()
    assert np.isnan(surfaces.curvature[-1])
    np.testing.assert_allclose(np.linalg.norm(surfaces.normals[:-1], axis=1), 1.0)


def test_no_points_have_no_normals() -> None:
    surfaces = normals(np.zeros((0, 3)), 0.1)
    assert surfaces.normals.shape == (0, 3)
    assert surfaces.curvature.shape == (0,)
