"""Bodies of findings are closed, turned outwards and of the volume that is stated."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.arrays import Floats
from twin.conformity.bodies import block, prism
from twin.conformity.model import Body
from twin.massing.outlines import area_of


def _volume(body: Body) -> float:
    middle = body.vertices.mean(axis=0)
    a, b, c = np.moveaxis(body.vertices[body.triangles] - middle, 1, 0)
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)


def _is_closed(body: Body) -> bool:
    """Whether every edge is run through exactly once each way."""
    edges = np.concatenate([body.triangles[:, [0, 1]], body.triangles[:, [1, 2]], body.triangles[:, [2, 0]]])
    forward = {(int(a), int(b)) for a, b in edges}
    return len(forward) == len(edges) and all((b, a) in forward for a, b in forward)


def _star(seed: int, count: int) -> Floats:
    """A simple polygon, seldom convex, anticlockwise."""
    random = np.random.default_rng(seed)
    angles = np.cumsum(random.uniform(0.2, 1.0, count))
    angles *= 2.0 * np.pi / (angles[-1] + 0.3)
    return random.uniform(0.5, 8.0, (count, 1)) * np.column_stack([np.cos(angles), np.sin(angles)])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(4, 24), st.floats(-50.0, 50.0), st.floats(0.01, 40.0))
def test_a_prism_is_closed_and_holds_area_times_height(seed: int, count: int, base: float, height: float) -> None:
    outline = _star(seed, count) + np.random.default_rng(seed).uniform(-500.0, 500.0, 2)
    body = prism(outline, base, base + height)
    assert body is not None
    assert _is_closed(body)
    assert np.isclose(_volume(body), area_of(outline) * height, rtol=1e-6)
    assert np.isclose(body.vertices[:, 2].min(), base)
    assert np.isclose(body.vertices[:, 2].max(), base + height)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 3))
def test_a_prism_with_courts_is_closed_and_holds_what_they_leave(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    outline = np.array([[0.0, 0.0], [40.0, 0.0], [40.0, 12.0], [0.0, 12.0]])
    courts = [_star(seed + k, int(random.integers(4, 9))) * 0.6 + np.array([6.5 + 13.0 * k, 6.0]) for k in range(count)]
    body = prism(outline, -1.0, 2.0, courts)
    assert body is not None
    assert _is_closed(body)
    assert np.isclose(_volume(body), 3.0 * (480.0 - sum(area_of(court) for court in courts)), rtol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_block_is_a_closed_box(seed: int) -> None:
    random = np.random.default_rng(seed)
    low = random.uniform(-1e3, 1e3, 3)
    size = random.uniform(0.01, 20.0, 3)
    body = block(low, low + size)
    assert body is not None
    assert _is_closed(body)
    assert np.isclose(_volume(body), float(np.prod(size)), rtol=1e-6)


def test_what_has_no_volume_has_no_body() -> None:
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    bow = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    assert prism(square, 1.0, 1.0) is None
    assert prism(square, 1.0, 0.5) is None
    assert prism(square[:2], 0.0, 1.0) is None
    assert prism(bow, 0.0, 1.0) is None
    assert prism(np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]]), 0.0, 1.0) is None
