"""The ground under vehicles, beside a roof, on a slope."""

from __future__ import annotations

import numpy as np
import pytest

from twin.arrays import Floats
from twin.massing.ground import ground_of

CELL, SLOPE, HEIGHT = 1.0, 0.15, 0.30


def _grid(low: float, high: float, step: float) -> Floats:
    side = np.arange(low, high, step)
    return np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)


def _slope(plan: Floats, rise: float) -> Floats:
    return 0.4 + rise * plan[:, 0]


@pytest.mark.parametrize("rise", [0.0, 0.05, 0.12])
def test_a_slope_is_found_under_vehicles_and_a_shed(rise: float) -> None:
    random = np.random.default_rng(6)
    plan = _grid(0.0, 40.0, 0.25)
    cars = [(5.0, 5.0, 2.0, 4.5, 1.5), (18.0, 7.0, 2.5, 8.0, 3.2), (25.0, 25.0, 6.0, 4.0, 2.8)]
    points = np.column_stack([plan, _slope(plan, rise) + random.normal(0.0, 0.01, len(plan))])
    on_car = np.zeros(len(plan), dtype=bool)
    for x, y, w, d, h in cars:
        mine = (plan[:, 0] > x) & (plan[:, 0] < x + w) & (plan[:, 1] > y) & (plan[:, 1] < y + d)
        points[mine, 2] = _slope(plan[mine], rise) + h
        on_car |= mine
    ground = ground_of(points, CELL, SLOPE, HEIGHT)
    height = points[:, 2] - ground.below(points)
    assert (height[~on_car] <= HEIGHT).all()
    assert (height[on_car] > HEIGHT).all()
    flat = ~on_car
    assert np.abs(height[flat]).max() < rise * CELL + 0.06


def test_two_strays_below_ground_do_not_pull_it_down() -> None:
    plan = _grid(0.0, 30.0, 0.25)
    points = np.column_stack([plan, np.zeros(len(plan))])
    strays = np.array([[7.5, 7.5, -6.0], [20.5, 11.5, -9.0]])
    ground = ground_of(np.vstack([points, strays]), CELL, SLOPE, HEIGHT)
    assert np.abs(ground.level_m).max() < 1e-9


def test_a_place_without_points_takes_the_nearest_level_and_says_so() -> None:
    plan = _grid(0.0, 30.0, 0.25)
    plan = plan[~((plan > 10.0) & (plan < 20.0)).all(axis=1)]
    points = np.column_stack([plan, np.full(len(plan), 2.5)])
    ground = ground_of(points, CELL, SLOPE, HEIGHT)
    hole = np.array([[15.0, 15.0, 0.0]])
    assert ground.below(hole)[0] == 2.5
    assert not ground.raster.at(ground.seen, hole)[0]
    assert ground.raster.at(ground.seen, np.array([[5.0, 5.0, 0.0]]))[0]


def test_without_points_nothing_is_above_ground_level() -> None:
    ground = ground_of(np.zeros((0, 3)), CELL, SLOPE, HEIGHT)
    assert not ground.seen.any()
    assert np.isneginf(ground.below(np.array([[1.0, 2.0, 3.0]]))[0])
