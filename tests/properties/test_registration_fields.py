"""Laws of what a search looks up: fields hold true distances, samples cover a surface evenly, turning loses nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import distance_transform_edt
from scipy.spatial.transform import Rotation
from support.registration_house import View, approved, cloud_of, design_of, surveyed

from twin.frames import inverse
from twin.registration.features import extract, thinned
from twin.registration.fit.coarse import fields, surface_samples
from twin.registration.target import exposed_shell

SEEDS = st.integers(0, 2**31)
FACING = 0.6


def test_a_field_scores_by_the_true_distance_to_what_faces_its_axis() -> None:
    target = exposed_shell(design_of(approved()))
    found = fields(target, 0.5)
    points, triangle = surface_samples(target.surface, 0.5 * found.cell_m)
    index = np.floor((points - found.low) / found.cell_m).astype(np.int64)
    for axis in range(3):
        empty = np.ones(found.score.shape[1:], dtype=np.bool_)
        empty[tuple(index[np.abs(target.normals[triangle, axis]) > FACING].T)] = False
        cells = distance_transform_edt(empty)
        expected = np.where(cells < 4.0, (4.0 / (4.0 + cells**2)) ** 2, 0.0)
        assert np.abs(found.score[axis] - expected).max() < 1e-6
        assert (expected > 0.0).any()


@settings(max_examples=20, deadline=None)
@given(st.floats(0.03, 0.4))
def test_samples_lie_on_their_triangles_as_many_as_their_areas_ask(step_m: float) -> None:
    surface = exposed_shell(design_of(approved())).surface
    points, triangle = surface_samples(surface, step_m)
    assert (np.bincount(triangle, minlength=len(surface.triangles)) == np.ceil(surface.areas() / step_m**2)).all()
    a, b, c = (surface.vertices[surface.triangles[triangle, k]] for k in range(3))
    areas = [np.linalg.norm(np.cross(p - points, q - points), axis=1) for p, q in ((a, b), (b, c), (c, a))]
    assert np.abs(sum(areas) / 2.0 - surface.areas()[triangle]).max() < 1e-9


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_features_that_are_turned_and_turned_back_are_the_same(seed: int) -> None:
    cloud = cloud_of(surveyed(approved(), View(step_m=0.2)), np.eye(4))
    features = extract(cloud, thinned(cloud.points, 0.1, 20_000))
    rotation = np.eye(4)
    rotation[:3, :3] = Rotation.random(random_state=seed).as_matrix()
    back = features.turned(rotation).turned(inverse(rotation))
    assert back.points == pytest.approx(features.points, abs=1e-9)
    assert back.normals == pytest.approx(features.normals, abs=1e-9)
    assert (back.planar == features.planar).all()
