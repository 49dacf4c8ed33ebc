"""Points survive the way into the page to within a fraction of a millimetre."""

from __future__ import annotations

import numpy as np

from twin.arrays import Floats
from twin.evidence.viewer.cloud import Block, blocks


def cut(points: Floats, finding: int = -1) -> list[Block]:
    count = len(points)
    return list(
        blocks(
            points,
            np.linspace(-0.1, 0.1, count).astype(np.float32),
            (np.arange(count) % 7).astype(np.uint8),
            None,
            np.full(count, finding, dtype=np.int32),
        )
    )


def places(block: Block) -> Floats:
    steps: Floats = block.arrays["place"][:, :3].astype(np.float64)
    return block.corner + steps * block.step_m


def test_every_point_returns_within_a_quarter_millimetre() -> None:
    points = np.random.default_rng(5).uniform([-60, -40, -3], [55, 44, 20], (5000, 3))
    found = np.concatenate([places(block) for block in cut(points)])
    assert found.shape == points.shape
    order, other = np.lexsort(np.rint(points / 0.001).T), np.lexsort(np.rint(found / 0.001).T)
    nearest = np.sort(np.abs(points[order] - found[other]).max(axis=1))
    assert nearest[len(nearest) * 9 // 10] <= 0.00026  # rounding at a half may swap neighbours in the order


def test_each_coordinate_stays_with_its_deviation() -> None:
    count = 2000
    points = np.column_stack([np.linspace(0, 90, count), np.zeros(count), np.zeros(count)])
    for block in cut(points):
        deviation = (block.arrays["place"][:, 3].astype(float) - 32_768) * 0.0001
        np.testing.assert_allclose(deviation, -0.1 + 0.2 * places(block)[:, 0] / 90, atol=6e-5)


def test_points_beyond_the_band_are_marked() -> None:
    (block,) = blocks(
        np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [2.0, 0.0, 0.0]]),
        np.array([np.nan, -9.0, 9.0], dtype=np.float32),
        np.array([2, 1, 1], dtype=np.uint8),
        np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], dtype=np.uint8),
        np.array([4, -1, -1], dtype=np.int32),
    )
    order = np.argsort(block.arrays["place"][:, 0])
    assert block.arrays["place"][order, 3].tolist() == [0, 1, 65_535]
    assert block.arrays["colour"][order].tolist() == [[1, 2, 3, 2], [4, 5, 6, 1], [7, 8, 9, 1]]
    assert block.arrays["finding"][order].tolist() == [4, -1, -1]


def test_the_order_of_points_changes_nothing() -> None:
    random = np.random.default_rng(8)
    points = random.uniform(-20, 20, (3000, 3))
    deviation = random.normal(0, 0.01, 3000).astype(np.float32)
    kind = random.integers(0, 7, 3000).astype(np.uint8)
    finding = random.integers(-1, 4, 3000).astype(np.int32)
    shuffled = random.permutation(3000)
    first = list(blocks(points, deviation, kind, None, finding))
    second = list(blocks(points[shuffled], deviation[shuffled], kind[shuffled], None, finding[shuffled]))
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a.corner, b.corner)
        for name, values in a.arrays.items():
            np.testing.assert_array_equal(values, b.arrays[name])


def test_a_stray_point_far_away_keeps_the_number_of_blocks_small() -> None:
    points = np.vstack([np.random.default_rng(1).uniform(0, 400, (4000, 3)), [[90_000.0, 0.0, 0.0]]])
    found = cut(points)
    assert len(found) <= 256
    assert sum(len(block.arrays["place"]) for block in found) == 4001


def test_no_points_make_no_blocks() -> None:
    assert cut(np.zeros((0, 3))) == []


def test_more_findings_than_sixteen_bits_hold() -> None:
    (block,) = cut(np.zeros((2, 3)), finding=70_000)
    assert block.arrays["finding"].tolist() == [70_000, 70_000]
