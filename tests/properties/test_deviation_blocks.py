"""What is counted block by block is what the whole would give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.observing import observed
from support.worlds import honest

from twin.deviation import DeviationSettings, measure
from twin.deviation.medians import medians
from twin.survey import thin
from twin.survey.thinning import thin_blocks

SEEDS = st.integers(0, 2**32 - 1)
VALUES = st.floats(-1.0, 1.0, width=32) | st.sampled_from([0.0, -0.0, np.nan, 0.25, -0.25, 1.5])
LIMIT = 0.75


@settings(max_examples=100, deadline=None)
@given(arrays(np.float32, st.integers(0, 60), elements=VALUES), SEEDS)
def test_medians_by_counting_are_those_by_sorting(values: np.ndarray, seed: int) -> None:
    owner = np.random.default_rng(seed).integers(-1, 4, len(values)).astype(np.int32)
    middle = medians(values, owner, 5, LIMIT)
    off = medians(values, owner, 5, LIMIT, middle)
    for group in range(5):
        mine = values[(owner == group) & (np.abs(values) <= LIMIT)]
        if not len(mine):
            assert np.isnan(middle[group])
            assert np.isnan(off[group])
        else:
            assert middle[group] == np.median(mine)
            assert off[group] == np.median(np.abs(mine - middle[group]))


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_blocks_of_any_size_are_thinned_like_the_whole(seed: int) -> None:
    random = np.random.default_rng(seed)
    points = random.normal(0.0, 1.0, (2000, 3)).round(2)
    cuts = np.sort(random.integers(0, len(points) + 1, 5))
    whole = thin(points, 0.3)
    assert np.array_equal(thin_blocks(lambda: np.split(points, cuts), 0.3), whole)


def test_columns_on_disk_and_in_memory_hold_the_same(tmp_path: Path) -> None:
    case = observed(honest(), density=20.0)
    here = measure(case.design, case.cloud, case.registration, DeviationSettings())
    there = measure(case.design, case.cloud, case.registration, DeviationSettings(), scratch=tmp_path)
    assert isinstance(there.distance, np.memmap)
    assert isinstance(there.element, np.memmap)
    assert here.distance.tobytes() == there.distance.tobytes()
    assert here.element.tobytes() == there.element.tobytes()
    assert here.elements == there.elements
