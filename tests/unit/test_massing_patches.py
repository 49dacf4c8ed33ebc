"""Walls and floors are structure; crowns, poles and cables are not."""

from __future__ import annotations

import numpy as np
import pytest

from twin.arrays import Floats
from twin.massing.patches import Patches, patches_of, shapes_of
from twin.massing.settings import MassingSettings

SETTINGS = MassingSettings()
STATION = np.array([4.0, -12.0, 9.0])


def _sheet(corner: Floats, u: Floats, v: Floats, random: np.random.Generator, density: float = 150.0) -> Floats:
    area = float(np.linalg.norm(np.cross(u, v)))
    normal = np.cross(u, v) / area
    places = random.random((int(density * area), 2))
    return corner + places @ np.array([u, v]) + random.normal(0.0, 0.004, (len(places), 1)) * normal


def _patches(points: Floats, known: bool = True) -> Patches:
    way = STATION - points
    views = way / np.linalg.norm(way, axis=1, keepdims=True) if known else np.full_like(points, np.nan)
    return patches_of(points, shapes_of(points, views, SETTINGS), views, SETTINGS)


@pytest.mark.parametrize("known", [True, False])
def test_a_crown_carries_no_patch(known: bool) -> None:
    random = np.random.default_rng(9)
    way = random.normal(size=(8000, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    crown = np.array([0.0, 0.0, 5.0]) + way * 2.0 * np.cbrt(random.uniform(0.1, 1.0, (8000, 1)))
    assert len(_patches(crown, known).area_m2) == 0


@pytest.mark.parametrize("known", [True, False])
def test_poles_and_cables_carry_no_patch(known: bool) -> None:
    random = np.random.default_rng(10)
    poles = []
    for number in range(5):
        angle = random.uniform(0.0, 2.0 * np.pi, 1500)
        ring = 0.024 * np.column_stack([np.cos(angle), np.sin(angle)])
        poles.append(np.column_stack([ring + np.array([2.5 * number, 0.0]), random.uniform(0.0, 9.0, 1500)]))
    cable = np.column_stack([np.linspace(0.0, 10.0, 1500), random.normal(0.0, 0.004, (1500, 2))])
    assert len(_patches(np.vstack([*poles, cable + np.array([0.0, 3.0, 6.0])]), known).area_m2) == 0


def test_too_few_points_are_no_surface() -> None:
    points = np.random.default_rng(1).random((20, 3))
    assert not shapes_of(points, np.full_like(points, np.nan), SETTINGS).flat.any()
    assert len(_patches(points).area_m2) == 0


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("angle", [0.0, 27.0, 45.0])
def test_a_wall_and_a_floor_are_two_patches_that_hold_their_points(known: bool, angle: float) -> None:
    random = np.random.default_rng(8)
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
    wall = _sheet(np.zeros(3), np.array([6.0, 0, 0]), np.array([0, 0, 2.8]), random)
    floor = _sheet(np.array([0.0, 0.0, 4.0]), np.array([6.0, 0, 0]), np.array([0, 4.0, 0]), random)
    found = _patches(np.vstack([wall @ turn, floor @ turn]), known)
    assert len(found.area_m2) == 2
    assert found.upright().sum() == found.level().sum() == 1
    on_wall, on_floor = found.of_points(found.upright()), found.of_points(found.level())
    assert on_wall[: len(wall)].mean() > 0.95
    assert not on_wall[len(wall) :].any()
    assert on_floor[len(wall) :].mean() > 0.95
    assert not on_floor[: len(wall)].any()
    across = np.array([-sin, cos, 0.0])
    assert abs(float(found.normal[found.upright()][0] @ across)) > 0.999


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("angle", [0.0, 27.0, 45.0])
def test_a_wall_and_a_floor_are_two_patches_of_their_areas(known: bool, angle: float) -> None:
    random = np.random.default_rng(8)
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
    wall = _sheet(np.zeros(3), np.array([6.0, 0, 0]), np.array([0, 0, 2.8]), random)
    floor = _sheet(np.array([0.0, 0.0, 4.0]), np.array([6.0, 0, 0]), np.array([0, 4.0, 0]), random)
    points = np.vstack([wall @ turn, floor @ turn])
    found = _patches(points, known)
    assert len(found.area_m2) == 2
    up = found.upright()
    assert up.sum() == found.level().sum() == 1
    assert abs(float(found.area_m2[up][0]) / 16.8 - 1.0) < 0.10
    assert abs(float(found.area_m2[found.level()][0]) / 24.0 - 1.0) < 0.10
    on_wall = found.of_points(up)
    assert on_wall[: len(wall)].mean() > 0.95
    assert not on_wall[len(wall) :].any()


@pytest.mark.parametrize("thickness", [0.06, 0.1, 0.15])
@pytest.mark.parametrize("share", [0.1, 0.3, 1.0])
def test_a_thin_panel_is_a_wall_where_both_its_faces_were_seen_from_who_knows_where(
    thickness: float, share: float
) -> None:
    random = np.random.default_rng(12)
    across, up = np.array([1.4, 0.0, 0.0]), np.array([0.0, 0.0, 1.7])
    near = _sheet(np.zeros(3), across, up, random)
    far = _sheet(np.array([0.0, thickness, 0.0]), across, up, random, density=150.0 * share)
    patches = _patches(np.vstack([near, far]), known=False)
    in_walls = patches.of_points(patches.upright())[: len(near)]
    assert in_walls.mean() > 0.8
