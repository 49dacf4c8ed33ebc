"""Free space is what rays crossed: all of it, and nothing else."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.arrays import Floats, Longs
from twin.deviation.carving import Carving, Passage

BOX = np.array([[-2.0, -3.0, 0.0], [4.0, 3.0, 5.0]])
VOXEL = 0.25
SEEDS = st.integers(0, 2**32 - 1)


def _carved(stations: Floats, ends: Floats, scan: Longs) -> Passage:
    carving = Carving(BOX, VOXEL)
    for number, station in enumerate(stations):
        carving.follow(station, ends[scan == number])
    return carving.passage()


def _one(station: Floats, end: Floats) -> Floats:
    return _carved(station[None], end[None], np.zeros(1, dtype=np.int64)).rays.astype(np.float64)


def _length_inside(station: Floats, end: Floats, cells: Floats) -> Floats:
    """Length of the segment in each cell, by clipping; (n,) m."""
    low, high = BOX[0] + cells * VOXEL, BOX[0] + (cells + 1) * VOXEL
    way = end - station
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (low - station) / way, (high - station) / way
    first = np.nanmax(np.minimum(one, two), axis=1).clip(0.0, 1.0)
    last = np.nanmin(np.maximum(one, two), axis=1).clip(0.0, 1.0)
    return np.maximum(last - first, 0.0) * np.linalg.norm(way)


@settings(max_examples=80, deadline=None)
@given(SEEDS)
def test_a_ray_marks_the_cells_that_it_crosses_and_stops_before_its_end(seed: int) -> None:
    random = np.random.default_rng(seed)
    station = random.uniform(BOX[0] - 4.0, BOX[1] + 4.0)
    end = random.uniform(BOX[0] - 1.0, BOX[1] + 1.0)
    rays = _one(station, end)
    cells = np.argwhere(rays >= 0).astype(np.float64)
    crossed = rays.reshape(-1) > 0
    assert rays.max(initial=0.0) <= 1.0
    assert (_length_inside(station, end, cells[crossed]) > -1e-9).all()
    middles = BOX[0] + (cells + 0.5) * VOXEL
    length = float(np.linalg.norm(end - station))
    along = (middles[crossed] - station) @ (end - station) / length
    off = np.linalg.norm(middles[crossed] - station - along[:, None] * (end - station) / length, axis=1)
    assert (off <= VOXEL * np.sqrt(3.0) / 2.0 + 1e-9).all()
    before = end - 2.5 * VOXEL * (end - station) / length
    if length > 3.0 * VOXEL:
        deep = _length_inside(station, before, cells) > 1e-6
        assert crossed[deep].all()
    at_end = np.floor((end - BOX[0]) / VOXEL).astype(int)
    if (at_end >= 0).all() and (at_end < rays.shape).all():
        assert rays[tuple(at_end)] == 0


def test_a_cell_in_which_any_ray_ends_is_not_empty() -> None:
    station = np.array([[-1.0, 0.0, 2.0]])
    ends = np.array([[3.9, 0.0, 2.0], [1.1, 0.0, 2.0]])
    scan = np.zeros(2, dtype=np.int64)
    passage = _carved(station, ends, scan)
    assert passage.crossed(np.array([[1.1, 0.0, 2.0]]))[0] == 0
    assert passage.crossed(np.array([[0.1, 0.0, 2.0]]))[0] == 2
    assert passage.crossed(np.array([[2.0, 0.0, 2.0]]))[0] == 1
    assert passage.crossed(np.array([[100.0, 0.0, 2.0]]))[0] == 0


def test_the_order_of_points_changes_nothing() -> None:
    random = np.random.default_rng(2)
    stations = np.array([[-3.0, 0.0, 2.0], [2.0, -5.0, 1.0]])
    ends = random.uniform(BOX[0], BOX[1], (300, 3))
    scan = random.integers(0, 2, 300)
    order = random.permutation(300)
    first = _carved(stations, ends, scan)
    second = _carved(stations[::-1], ends[order], 1 - scan[order])
    assert np.array_equal(first.rays, second.rays)
