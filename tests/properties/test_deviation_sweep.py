"""The one pass: what it leaves depends on the points alone, and is what a slow count gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.observing import Case, observed
from support.worlds import honest

from twin.arrays import Floats, Longs
from twin.deviation import DeviationSettings
from twin.deviation.band import Band
from twin.deviation.carving import Carving
from twin.deviation.draws import Cells, Draws, drawn_ends, drawn_near
from twin.deviation.room import Room
from twin.deviation.sweep import Swept, sweep
from twin.frames import move
from twin.survey.model import Cloud

SEEDS = st.integers(0, 2**32 - 1)
SPACING = 0.2
SETTINGS = DeviationSettings()


def _swept(case: Case, cloud: Cloud, room: Room | None = None) -> Swept:
    return sweep(case.design.surface, cloud, case.registration.design_from_survey, SETTINGS, SPACING, room=room)


def _mixed(cloud: Cloud, seed: int) -> tuple[Cloud, Longs]:
    order = np.random.default_rng(seed).permutation(len(cloud.points))
    return replace(cloud, points=cloud.points[order], scan=cloud.scan[order]), order


def test_neither_order_nor_blocks_nor_cores_change_what_the_pass_leaves() -> None:
    case = observed(honest(), density=20.0)
    whole = _swept(case, case.cloud)
    mixed, order = _mixed(case.cloud, 1)
    assert whole.passage.rays.any()
    for room in (Room(1), Room(1, block=997, bricks_bytes=0), Room(3, block=5000)):
        again, other = _swept(case, case.cloud, room), _swept(case, mixed, room)
        assert again.distance.tobytes() == whole.distance.tobytes()
        assert again.triangle.tobytes() == whole.triangle.tobytes()
        assert np.array_equal(again.drawn, whole.drawn)
        assert np.array_equal(again.passage.rays, whole.passage.rays)
        assert other.distance.tobytes() == whole.distance[order].tobytes()
        assert other.triangle.tobytes() == whole.triangle[order].tobytes()
        assert np.array_equal(np.sort(order[other.drawn]), whole.drawn)
        assert np.array_equal(other.passage.rays, whole.passage.rays)


def test_scans_whose_station_is_unknown_free_nothing() -> None:
    case = observed(honest(), density=20.0)
    unknown = replace(case.cloud, stations=np.full_like(case.cloud.stations, np.nan))
    assert not _swept(case, unknown).passage.rays.any()
    some = case.cloud.stations.copy()
    some[1:] = np.nan
    only = np.flatnonzero(case.cloud.scan == 0)
    alone = replace(case.cloud, points=case.cloud.points[only], scan=case.cloud.scan[only])
    rays = _swept(case, replace(case.cloud, stations=some)).passage.rays
    assert rays.any()
    assert np.array_equal(rays, _swept(case, alone).passage.rays)


def test_each_cell_with_a_point_in_the_band_is_drawn_from_once() -> None:
    case = observed(honest(), density=20.0)
    band = Band(case.design.surface, SETTINGS.band_m)
    swept = _swept(case, case.cloud)
    places = move(case.registration.design_from_survey, case.cloud.points)
    edge = band.cell_m * 2 ** band.rank_of(SPACING)
    cell = np.floor((places - band.tree.origin - band.box[0]) / edge).astype(np.int64)
    near = np.isfinite(swept.distance)
    assert near[swept.drawn].all()
    drawn = np.unique(cell[swept.drawn], axis=0)
    assert len(drawn) == len(swept.drawn)
    assert np.array_equal(drawn, np.unique(cell[near], axis=0))


def test_what_is_drawn_lies_off_the_surface_as_points_do_on_average() -> None:
    case = observed(honest(), density=60.0, noise_m=0.02)
    swept = _swept(case, case.cloud)
    near = np.abs(swept.distance) < 0.1
    all_points, drawn = swept.distance[near], swept.distance[swept.drawn][near[swept.drawn]]
    sigma = float(all_points.std())
    assert abs(float(drawn.mean() - all_points.mean())) < 4.0 * sigma / np.sqrt(len(drawn))
    assert float(drawn.std()) == pytest.approx(sigma, rel=0.1)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_ends_are_drawn_once_for_each_cell_from_which_the_station_looks_into_the_box(seed: int) -> None:
    random = np.random.default_rng(seed)
    low, high, edge = np.array([-1.0, -2.0, 0.0]), np.array([3.0, 2.0, 4.0]), 0.5
    station = random.uniform(-4.0, 6.0, 3)
    points = random.uniform(-6.0, 8.0, (400, 3))
    points[200:] = points[:200] + random.choice([0.0, 0.1], (200, 1))
    draws = Draws()
    for part in np.array_split(np.arange(400), random.integers(1, 6)):
        found = drawn_ends(points[part], np.eye(4), station, Cells(edge, low, high))
        assert (np.diff(found[:, 0]) > 0).all()
        found[:, 2] = part[found[:, 2]]
        draws.add(found)
    cell = np.floor((points - low) / edge)
    wanted = {tuple(c) for c in cell if _meets(station, low + (c + 0.5) * edge, low - edge, high + edge)}
    drawn = [tuple(c) for c in cell[draws.rows()]]
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == wanted


def _meets(station: Floats, end: Floats, low: Floats, high: Floats) -> bool:
    along = np.linspace(0.0, 1.0, 4001)[:, None]
    places = station + along * (end - station)
    exact = bool(((places >= low) & (places <= high)).all(axis=1).any())
    return exact or _grazes(station, end, low, high)


def _grazes(station: Floats, end: Floats, low: Floats, high: Floats) -> bool:
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (low - station) / (end - station), (high - station) / (end - station)
    return bool(max(np.minimum(one, two).max(), 0.0) <= min(np.maximum(one, two).min(), 1.0))


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_of_each_cell_the_first_by_lot_and_row_is_drawn_whatever_the_parts(seed: int) -> None:
    random = np.random.default_rng(seed)
    cells = random.integers(0, random.integers(1, 5000), 8000)
    drawn = np.column_stack([cells, random.integers(0, 50, 8000), random.permutation(8000)])
    draws = Draws()
    for part in np.array_split(drawn, random.integers(1, 40)):
        draws.add(_first(part))
    assert np.array_equal(draws.rows(), np.sort(_first(drawn)[:, 2]))


def _first(drawn: Longs) -> Longs:
    order = np.lexsort((drawn[:, 2], drawn[:, 1], drawn[:, 0]))
    return np.asarray(drawn[order[np.flatnonzero(np.diff(drawn[order, 0], prepend=-1))]])


def test_points_beyond_the_band_are_not_drawn_and_a_carving_without_rays_frees_nothing() -> None:
    case = observed(honest(), density=5.0)
    worker = Band(case.design.surface, 0.5).worker()
    far = case.cloud.points + np.array([0.0, 0.0, 1e4])
    distance, triangle = np.zeros(len(far), dtype=np.float32), np.zeros(len(far), dtype=np.int32)
    ordered = worker.measure(far, case.registration.design_from_survey, distance, triangle)
    assert np.isnan(distance).all()
    assert (triangle == -1).all()
    assert len(drawn_near(ordered, 4, 0)) == 0
    assert not Carving(np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]), 0.2).passage().rays.any()
