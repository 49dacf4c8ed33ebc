"""What was seen of an element away from its neighbours: where elements meet, each one's points lie on the other too."""

from __future__ import annotations

import numpy as np

from twin.arrays import Flags, Floats
from twin.deviation.samples import SurfaceSamples

_MARGIN_M = 0.3
"""A wall's thickness: ends of walls, tops of partitions and edges of slabs lie no deeper in what they meet."""
_NEIGHBOURS = 32
"""Samples within the margin, at the spacing at which they lie, and as many again of what meets there."""


def inner_areas(samples: SurfaceSamples, seen: Flags, count: int, asked: Flags) -> tuple[Floats, Floats]:
    """Area of each element's exposed surface that lies away from all others, and how much of that was seen.

    Parameters
    ----------
    samples : SurfaceSamples
    seen : (s,) bool
    count : int
        Of elements.
    asked : (count,) bool
        Elements of which it is wanted; the others are given zeros.

    Returns
    -------
    inner, seen_of_it : (count,) m2
    """
    from scipy.spatial import KDTree

    rows = np.flatnonzero(asked[samples.element]) if len(samples) else np.zeros(0, dtype=np.int64)
    if len(rows) == 0:
        return np.zeros(count), np.zeros(count)
    tree = KDTree(samples.points, balanced_tree=False)
    gap, near = tree.query(samples.points[rows], k=_NEIGHBOURS, distance_upper_bound=_MARGIN_M, workers=-1)
    found = np.isfinite(gap)
    other = np.where(found, samples.element[np.where(found, near, 0)] != samples.element[rows, None], False)
    inner = rows[~other.any(axis=1)]
    weight, owner = samples.area_m2[inner], samples.element[inner]
    area: Floats = np.bincount(owner, weights=weight, minlength=count).astype(np.float64)
    seen_of_it: Floats = np.bincount(owner, weights=weight * seen[inner], minlength=count).astype(np.float64)
    return area, seen_of_it
