"""The virtual instruments against scenes whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from samples import laser
from samples.laser import Station, scan
from samples.scene import Scene, build_scene
from samples.solids import Part, box, prism_triangles
from samples.surroundings import Thing
from twin.arrays import Floats
from twin.frames import move

_STATION = Station("room", (0.0, 0.0, 0.0), 1.0)


def _part(key: str, *bodies: tuple[tuple[float, float, float], tuple[float, float, float], str]) -> Part:
    return Part(key, "column", key, "1F", (0.0, 0.0, 0.0), tuple(box(low, high, stuff) for low, high, stuff in bodies))


def _scene(*parts: Part, offsets: Floats | None = None) -> Scene:
    apart = np.array([[500.0, 0.0, 0.0], [501.0, 0.0, 0.0], [500.0, 1.0, 0.0]])[None]
    return build_scene(
        parts, np.zeros((len(parts), 3)) if offsets is None else offsets, (Thing("pane", apart, ("glass",)),)
    )


def test_a_wall_is_measured_where_it_stands_with_the_stated_noise() -> None:
    wall = _part("wall", ((5.0, -20.0, -20.0), (5.5, 20.0, 20.0), "white render"))
    measured = scan(_scene(wall), _STATION, np.random.default_rng(1))
    points = move(measured.design_from_station, measured.points)
    frontal = np.hypot(points[:, 1], points[:, 2]) < 2.0
    off = points[frontal, 0] - 5.0
    assert frontal.sum() > 1000
    assert abs(off.mean()) < 4 * laser._STATION_NOISE
    assert off.std() == pytest.approx(laser._RANGE_NOISE, rel=0.1)
    assert (measured.part[frontal] == 0).all()


def test_grid_indices_lead_back_to_the_direction_of_each_return() -> None:
    room = _part("room", ((-6.0, -4.0, -2.0), (6.0, 4.0, -1.9), "concrete"))
    measured = scan(_scene(room), _STATION, np.random.default_rng(2))
    azimuth = np.degrees(np.arctan2(measured.points[:, 1], measured.points[:, 0])) % 360.0
    assert np.abs((azimuth - measured.column + 180.0) % 360.0 - 180.0).max() < 0.01
    assert measured.row.max() < measured.grid[0]
    assert measured.grid[1] == 360


def test_what_stands_behind_a_wall_is_not_seen() -> None:
    wall = _part("wall", ((5.0, -50.0, -50.0), (5.5, 50.0, 50.0), "white render"))
    behind = _part("behind", ((7.0, -1.0, -1.0), (8.0, 1.0, 1.0), "white render"))
    measured = scan(_scene(wall, behind), _STATION, np.random.default_rng(3))
    assert 1 not in measured.part


def test_glass_lets_most_rays_through_and_returns_few() -> None:
    pane = _part("pane", ((3.0, -1.0, -1.0), (3.02, 1.0, 1.0), "glass"))
    wall = _part("wall", ((5.0, -9.0, -9.0), (5.5, 9.0, 9.0), "white render"))
    step = Station("fine", (0.0, 0.0, 0.0), 0.25)
    measured = scan(_scene(pane, wall), step, np.random.default_rng(4))
    points = move(measured.design_from_station, measured.points)
    through = np.abs(points[:, 1:]).max(axis=1) / points[:, 0] < 1.0 / 3.02
    on_pane = np.mean(measured.part[through] == 0)
    assert 0.03 < on_pane < 0.20
    assert np.mean(measured.part[through] == 1) > 0.75


def test_edges_mix_near_and_far_surfaces() -> None:
    post = _part("post", ((3.0, -0.5, -9.0), (3.2, 0.5, 9.0), "white render"))
    wall = _part("wall", ((5.0, -9.0, -9.0), (5.5, 9.0, 9.0), "white render"))
    measured = scan(_scene(post, wall), Station("fine", (0.0, 0.0, 0.0), 0.25), np.random.default_rng(5))
    x = move(measured.design_from_station, measured.points)[:, 0]
    floating = (x > 3.3) & (x < 4.9)
    assert 5 < floating.sum() < 0.02 * len(x)
    assert (measured.part[floating] == -1).all()


def test_nothing_is_measured_beyond_the_range() -> None:
    far = _part("far", ((95.0, -50.0, -50.0), (96.0, 50.0, 50.0), "white render"))
    near = _part("near", ((-3.0, -1.0, -1.0), (-2.0, 1.0, 1.0), "white render"))
    measured = scan(_scene(far, near), _STATION, np.random.default_rng(6))
    assert len(measured.points) > 0
    assert (measured.part == 1).all()


def test_a_part_s_offset_moves_what_is_measured() -> None:
    wall = _part("wall", ((5.0, -20.0, -20.0), (5.5, 20.0, 20.0), "white render"))
    scene = _scene(wall, offsets=np.array([[0.25, 0.0, 0.0]]))
    hits = scene.cast_opaque(np.zeros(3), np.array([[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]]))
    assert hits.distance[0] == pytest.approx(5.25, abs=1e-12)
    assert (hits.distance[1], hits.triangle[1]) == (np.inf, -1)


def test_shadows_fall_away_from_the_sun() -> None:
    floor = _part("floor", ((-9.0, -9.0, -1.0), (9.0, 9.0, 0.0), "concrete"))
    block = _part("block", ((-1.0, -1.0, 0.0), (1.0, 1.0, 3.0), "concrete"))
    scene = _scene(floor, block)
    points = np.array([[-2.0, 2.5, 0.0], [2.0, -2.5, 0.0]])
    down = scene.cast_opaque(points + np.array([0.0, 0.0, 5.0]), np.tile([0.0, 0.0, -1.0], (2, 1)))
    shaded, sunny = scene.colours(points, down.triangle, np.array([0.0, 0.0, 50.0]), np.random.default_rng(7))
    assert int(sunny.sum()) > 1.2 * int(shaded.sum())


def test_the_scene_leaves_slivers_without_area_out() -> None:
    sliver = prism_triangles(box((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), "steel"))
    sliver[0, 2] = sliver[0, 1]
    apart = np.array([[500.0, 0.0, 0.0], [501.0, 0.0, 0.0], [500.0, 1.0, 0.0]])[None]
    things = (Thing("cut", sliver, ("steel",) * 12), Thing("pane", apart, ("glass",)))
    assert len(build_scene((), np.zeros((0, 3)), things).triangles) == 12
