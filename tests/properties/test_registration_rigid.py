"""The least-squares transform, on bodies, flat walls and lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from twin.arrays import Matrix4
from twin.errors import Underconstrained
from twin.frames import angle_between_deg, move, scale_of
from twin.registration.anchors.rigid import fitted

SEEDS = st.integers(0, 2**32 - 1)


def pose_of(rng: np.random.Generator, scale: float = 1.0) -> Matrix4:
    matrix = np.eye(4)
    matrix[:3, :3] = scale * Rotation.random(rng=rng).as_matrix()
    matrix[:3, 3] = rng.uniform(-100.0, 100.0, 3)
    return matrix


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.floats(0.2, 5.0))
def test_known_poses_of_bodies_come_back(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    source, truth = rng.uniform(-10.0, 10.0, (12, 3)), pose_of(rng, scale)
    found = fitted(source, move(truth, source), free_scale=True)
    assert found == pytest.approx(truth, abs=1e-9 * scale * 100.0)


@settings(max_examples=100, deadline=None)
@given(SEEDS)
def test_a_noisy_flat_wall_is_neither_mirrored_nor_moved(seed: int) -> None:
    rng = np.random.default_rng(seed)
    wall = np.column_stack([rng.uniform(0.0, 10.0, 40), np.zeros(40), rng.uniform(0.0, 3.0, 40)])
    truth = pose_of(rng)
    source = wall + rng.normal(0.0, 0.002, wall.shape)
    target = move(truth, wall) + rng.normal(0.0, 0.002, wall.shape)
    found = fitted(source, target)
    assert np.linalg.det(found[:3, :3]) == pytest.approx(1.0, abs=1e-9)
    assert angle_between_deg(found, truth) < 0.2
    middle = wall.mean(axis=0)[None]
    assert np.linalg.norm(move(found, middle) - move(truth, middle)) < 0.005


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_a_line_and_a_pair_fix_no_pose(seed: int) -> None:
    rng = np.random.default_rng(seed)
    line = rng.uniform(-5.0, 5.0, (6, 1)) * rng.uniform(-1.0, 1.0, 3) + rng.uniform(-5.0, 5.0, 3)
    with pytest.raises(Underconstrained):
        fitted(line, line)
    with pytest.raises(Underconstrained):
        fitted(line[:2], line[:2])


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_a_point_without_weight_has_no_say(seed: int) -> None:
    rng = np.random.default_rng(seed)
    source, truth = rng.uniform(-10.0, 10.0, (8, 3)), pose_of(rng)
    target = move(truth, source)
    target[0] += 50.0
    weight = np.array([0.0, *[1.0] * 7])
    found = fitted(source, target, weight)
    assert found == pytest.approx(truth, abs=1e-8)
    assert scale_of(found) == pytest.approx(1.0, abs=1e-12)
