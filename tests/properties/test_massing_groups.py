"""Groups lie between single linkage at the gap and single linkage at what the cells can bridge."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage

from twin.arrays import Longs
from twin.massing.groups import groups_of


def _refines(fine: Longs, coarse: Longs) -> bool:
    """Whether points together in `fine` are together in `coarse`."""
    return all(len(np.unique(coarse[fine == number])) == 1 for number in np.unique(fine))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 60), st.floats(0.05, 2.0))
def test_groups_bridge_every_gap_up_to_the_width_and_none_above_the_cells_reach(
    seed: int, count: int, gap: float
) -> None:
    points = np.random.default_rng(seed).uniform(-5.0, 5.0, (count, 3)) * [1.0, 1.0, 0.3]
    group = groups_of(points, gap)
    chebyshev = linkage(points, "single", metric="chebyshev")
    near = fcluster(chebyshev, gap * (1.0 - 1e-9), "distance")
    far = fcluster(chebyshev, 2.0 * gap * (1.0 + 1e-9), "distance")
    assert _refines(near, group)
    assert _refines(group, far)
    assert group.min() == 0
    assert set(group) == set(range(int(group.max()) + 1))


def test_no_points_make_no_groups() -> None:
    assert groups_of(np.zeros((0, 3)), 0.5).tolist() == []


def test_the_order_of_points_does_not_change_the_partition() -> None:
    random = np.random.default_rng(4)
    points = random.uniform(0.0, 4.0, (80, 3))
    order = random.permutation(80)
    one, two = groups_of(points, 0.4)[order], groups_of(points[order], 0.4)
    assert _refines(one, two)
    assert _refines(two, one)
