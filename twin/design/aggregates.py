"""Wholes that repeat the bodies of their parts: curtain walls, stairs and roofs that some exporters write twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from twin.arrays import Floats
from twin.design.feet import foot_on_triangle
from twin.design.products import Product

_NEAR_M = 0.005
"""Two bodies made from the same thing differ by tessellation only."""
_SHARE = 0.8
"""Parts that carry this much of the whole's surface are the whole; a railing carries none of its stair."""
_SAMPLES = 256
"""Enough places on the whole to tell a share of 0.8 from 0.5 in every case."""


def without_doubles(name: str, products: Sequence[Product]) -> tuple[tuple[Product, ...], tuple[str, ...]]:
    """Products of the file `name` without the wholes whose surface their parts carry, and a note of them."""
    parts: dict[int, list[Product]] = defaultdict(list)
    for product in products:
        for whole in product.wholes:
            parts[whole].append(product)
    doubled = [p for p in products if p.number in parts and _share_carried(p, parts[p.number]) >= _SHARE]
    if not doubled:
        return tuple(products), ()
    left_out = {product.number for product in doubled}
    classes = ", ".join(sorted({product.ifc_class for product in doubled}))
    note = f"{name}: {len(doubled)} {classes} repeat the bodies of their parts: only the parts count"
    return tuple(p for p in products if p.number not in left_out), (note,)


def _share_carried(whole: Product, parts: Sequence[Product]) -> float:
    """Part of the whole's surface that lies on a surface of its parts."""
    corners = np.concatenate([part.solid.vertices[part.solid.triangles] for part in parts])
    samples = _samples(whole.solid.vertices[whole.solid.triangles])
    low, high = corners.min(axis=1) - _NEAR_M, corners.max(axis=1) + _NEAR_M
    carried = 0
    for sample in samples:
        near = np.flatnonzero(((low <= sample) & (sample <= high)).all(axis=1))
        carried += _lies_on(sample, corners[near])
    return carried / len(samples)


def _lies_on(sample: Floats, corners: Floats) -> bool:
    if not len(corners):
        return False
    feet = foot_on_triangle(np.broadcast_to(sample, (len(corners), 3)), corners)
    return bool((np.linalg.norm(feet - sample, axis=1) <= _NEAR_M).any())


def _samples(corners: Floats) -> Floats:
    """Places spread evenly over the triangles by area, the same ones in every run.

    Notes
    -----
    Places within a triangle follow the additive recurrence of the plastic number, which fills a square evenly.
    """
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    reach = np.cumsum(np.linalg.norm(cross, axis=1))
    steps = np.arange(_SAMPLES)
    pick = np.minimum(np.searchsorted(reach, (steps + 0.5) / _SAMPLES * reach[-1]), len(corners) - 1)
    u, v = (0.7548776662466927 * steps) % 1.0, (0.5698402909980532 * steps) % 1.0
    fold = u + v > 1.0
    u, v = np.where(fold, 1.0 - u, u), np.where(fold, 1.0 - v, v)
    a, b, c = corners[pick, 0], corners[pick, 1], corners[pick, 2]
    places: Floats = a + u[:, None] * (b - a) + v[:, None] * (c - a)
    return places
