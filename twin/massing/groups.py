"""Points that hang together in space."""

from __future__ import annotations

import numpy as np

from twin.arrays import Floats, Longs


def groups_of(points: Floats, gap_m: float) -> Longs:
    """Number of the connected group of each point, (n,) int64, numbered by first appearance.

    Points hang together when the cells that hold them touch, also across corners; the cells' edge is `gap_m`, so that
    gaps up to that width are always bridged and gaps above twice that width never.

    Parameters
    ----------
    points : (n, 3) m
    gap_m : float
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if not len(points):
        return np.zeros(0, dtype=np.int64)
    cell = np.floor((points - points.min(axis=0)) / gap_m).astype(np.int64) + 1
    shape = cell.max(axis=0) + 2
    key = (cell[:, 0] * shape[1] + cell[:, 1]) * shape[2] + cell[:, 2]
    keys, member = np.unique(key, return_inverse=True)
    first, second = [], []
    for dx in (0, 1):
        for dy in (-1, 0, 1):
            for dz in (-1, 0, 1):
                step = (dx * shape[1] + dy) * shape[2] + dz
                if step <= 0:
                    continue
                place = np.minimum(np.searchsorted(keys, keys + step), len(keys) - 1)
                met = keys[place] == keys + step
                first.append(np.flatnonzero(met))
                second.append(place[met])
    pairs = np.concatenate(first), np.concatenate(second)
    graph = coo_matrix((np.ones(len(pairs[0]), dtype=np.int8), pairs), shape=(len(keys), len(keys)))
    return np.asarray(connected_components(graph, directed=False)[1][member.reshape(-1)], dtype=np.int64)
