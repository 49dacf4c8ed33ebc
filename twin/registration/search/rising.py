"""Height by look-up: how well a survey lies on the design at every lift at once."""

from __future__ import annotations

import numpy as np
from numba import njit

from twin.arrays import Floats, Floats32, Longs
from twin.registration.fit.coarse import Fields


def rise_curve(
    ground: Fields, points: Floats, normals: Floats, level_share: float, lowest_m: float, count: int
) -> tuple[Floats, Floats]:
    """Support of a placed survey at each lift.

    Parameters
    ----------
    ground : Fields
    points, normals : (n, 3) m, (n, 3) unit, design frame
    level_share : float
        Weight of a level point against one on a wall.
    lowest_m : float
        First lift; each next one is a cell higher.
    count : int

    Returns
    -------
    lifts : (count,) m
    support : (count,) float
    """
    base = np.floor((points - ground.low) / ground.cell_m).astype(np.int64)
    axis = np.abs(normals).argmax(axis=1)
    weight = np.where(axis == 2, level_share, 1.0)
    first = round(lowest_m / ground.cell_m)
    curve = _risen(ground.score, base, axis, weight, first, count)
    lifts: Floats = np.asarray((first + np.arange(count)) * ground.cell_m, dtype=np.float64)
    return lifts, curve


@njit(cache=True)  # type: ignore[untyped-decorator]
def _risen(table: Floats32, base: Longs, axis: Longs, weight: Floats, first: int, count: int) -> Floats:
    curve = np.zeros(count)
    _, wide, deep, high = table.shape
    for n in range(len(base)):
        x, y = base[n, 0], base[n, 1]
        if x < 0 or y < 0 or x >= wide or y >= deep:
            continue
        column = table[axis[n], x, y]
        start = base[n, 2] + first
        for k in range(max(0, -start), min(count, high - start)):
            curve[k] += weight[n] * column[start + k]
    return curve
