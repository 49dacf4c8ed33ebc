"""Compiled and packed short cuts give what the plain way gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from twin.arrays import distinct
from twin.frames import move, translation, yaw
from twin.massing.enclosure import closed
from twin.survey.extent import extent, rows_within

SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(0, 200), st.integers(1, 4), st.sampled_from([3, 1000, 2**40]))
def test_distinct_rows_are_those_of_a_sort(seed: int, count: int, columns: int, size: int) -> None:
    rows = np.random.default_rng(seed).integers(-size, size, (count, columns))
    assert np.array_equal(distinct(rows), np.unique(rows, axis=0).reshape(-1, columns))


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 300), st.floats(-180.0, 180.0))
def test_box_and_rows_within_are_those_of_the_plain_way(seed: int, count: int, angle: float) -> None:
    random = np.random.default_rng(seed)
    points = random.uniform(-5.0, 5.0, (count, 3))
    assert np.array_equal(extent(points), [points.min(axis=0), points.max(axis=0)])
    pose = translation(random.uniform(-2.0, 2.0, 3)) @ yaw(np.radians(angle))
    box = np.sort(random.uniform(-6.0, 6.0, (2, 3)), axis=0)
    moved = move(pose, points)
    clear = (np.abs(moved[:, None] - box) > 1e-9).all(axis=(1, 2))
    inside = ((moved >= box[0]) & (moved <= box[1])).all(axis=1)
    found = np.isin(np.arange(count), rows_within(points, pose, box))
    assert np.array_equal(found[clear], inside[clear])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_coordinate_that_is_no_number_shows_in_the_box(value: float) -> None:
    points = np.ones((9, 3))
    points[4, 1] = value
    box = extent(points)
    assert not np.isfinite(box[:, 1]).all()
    assert np.array_equal(box[:, [0, 2]], np.ones((2, 2)))
    assert not np.isfinite(extent(points[:0])).any()


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 6), st.floats(0.05, 0.5))
def test_what_is_closed_is_grown_filled_and_shrunk(seed: int, cells: int, share: float) -> None:
    mask = np.random.default_rng(seed).random((30, 24)) < share
    reach = max(-(-cells // 2), 1)
    wide = np.pad(mask, reach + 1)
    square = np.ones((2 * reach + 1, 2 * reach + 1), dtype=bool)
    filled = ndimage.binary_fill_holes(ndimage.binary_dilation(wide, square))
    shrunk = ndimage.binary_erosion(filled, square) | wide
    assert np.array_equal(closed(mask, cells), shrunk[reach + 1 : -reach - 1, reach + 1 : -reach - 1])
