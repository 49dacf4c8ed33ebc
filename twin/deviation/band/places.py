"""Where points fall: keys of the smallest cells along a space-filling curve, so that a prefix is a larger cell."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

MOST_RANKS = 21
"""Three times as many bits fill a whole number of 64."""
BRICK_RANK = 8
"""Of a brick: 256 smallest cells a side."""
ROW_BITS = 20
"""Of a point's number among those that are asked together."""


@njit(nogil=True, inline="always")
def spread(number: Any) -> Any:  # pragma: no cover - compiled
    """The lowest 21 bits of `number`, each followed by two zeros."""
    bits = np.uint64(number) & np.uint64(0x1FFFFF)
    bits = (bits | (bits << np.uint64(32))) & np.uint64(0x1F00000000FFFF)
    bits = (bits | (bits << np.uint64(16))) & np.uint64(0x1F0000FF0000FF)
    bits = (bits | (bits << np.uint64(8))) & np.uint64(0x100F00F00F00F00F)
    bits = (bits | (bits << np.uint64(4))) & np.uint64(0x10C30C30C30C30C3)
    return (bits | (bits << np.uint64(2))) & np.uint64(0x1249249249249249)


@njit(nogil=True, inline="always")
def gathered(key: Any) -> int:  # pragma: no cover - compiled
    """Every third bit of `key`, together: what `spread` undoes."""
    bits = np.uint64(key) & np.uint64(0x1249249249249249)
    bits = (bits | (bits >> np.uint64(2))) & np.uint64(0x10C30C30C30C30C3)
    bits = (bits | (bits >> np.uint64(4))) & np.uint64(0x100F00F00F00F00F)
    bits = (bits | (bits >> np.uint64(8))) & np.uint64(0x1F0000FF0000FF)
    bits = (bits | (bits >> np.uint64(16))) & np.uint64(0x1F00000000FFFF)
    return int((bits | (bits >> np.uint64(32))) & np.uint64(0x1FFFFF))


@njit(cache=True, nogil=True, error_model="numpy")
def placed(points: Any, pose: Any, box: Any, cell: float) -> tuple[Any, Any, Any]:  # pragma: no cover - compiled
    """Moves points into the frame of the bricks, and keeps those that fall into its box.

    Parameters
    ----------
    points : (n, 3) m, survey frame
    pose : (3, 4)
        Rotation with scale, and translation to the local origin.
    box : (2, 3) m
        Beyond it no triangle is within the band.
    cell : float, m
        Edge of the smallest cells, which count from ``box[0]``.

    Returns
    -------
    rows : (m,) int32
        Of the points that are kept.
    keys : (m,) uint64
        Their cells.
    places : (m, 3) m
    """
    rows, keys = np.empty(len(points), dtype=np.int32), np.empty(len(points), dtype=np.uint64)
    places = np.empty((len(points), 3))
    kept, cells = 0, 1.0 / cell
    for row in range(len(points)):
        a, b, c = points[row, 0], points[row, 1], points[row, 2]
        x = pose[0, 0] * a + pose[0, 1] * b + pose[0, 2] * c + pose[0, 3]
        y = pose[1, 0] * a + pose[1, 1] * b + pose[1, 2] * c + pose[1, 3]
        z = pose[2, 0] * a + pose[2, 1] * b + pose[2, 2] * c + pose[2, 3]
        if not (box[0, 0] <= x <= box[1, 0] and box[0, 1] <= y <= box[1, 1] and box[0, 2] <= z <= box[1, 2]):
            continue
        i, j, k = (x - box[0, 0]) * cells, (y - box[0, 1]) * cells, (z - box[0, 2]) * cells
        keys[kept] = spread(np.uint64(i)) | spread(np.uint64(j)) << np.uint64(1) | spread(np.uint64(k)) << np.uint64(2)
        rows[kept] = row
        places[kept, 0], places[kept, 1], places[kept, 2] = x, y, z
        kept += 1
    return rows[:kept], keys[:kept], places[:kept]


def sorted_along(keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], bool]:
    """Points in the order of the curve; and whether each is its key above its number, or its number alone.

    Sorting the first takes half of the time of sorting numbers by their keys. Points that follow each other lie in a
    part of the whole, so that their keys differ in their last bits alone, and both fit into 64 bits.
    """
    differing = int(np.bitwise_or.reduce(keys ^ keys[:1])).bit_length() if len(keys) else 0
    if differing + ROW_BITS <= 64 and len(keys) <= 1 << ROW_BITS:
        return np.sort(keys << np.uint64(ROW_BITS) | np.arange(len(keys), dtype=np.uint64)), True
    return np.argsort(keys).astype(np.uint64), False


@njit(cache=True, nogil=True)
def in_order(  # pragma: no cover - compiled
    order: Any, packed: bool, rows: Any, keys: Any, places: Any
) -> tuple[Any, Any, Any, Any, Any]:
    """Rows, keys, and x, y and z apart, in the order that `sorted_along` gives."""
    count = len(order)
    mask = np.uint64((1 << ROW_BITS) - 1)
    other_rows, other_keys = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.uint64)
    x, y, z = np.empty(count), np.empty(count), np.empty(count)
    for i in range(count):
        row = np.int64(order[i] & mask) if packed else np.int64(order[i])
        other_rows[i], other_keys[i] = rows[row], keys[row]
        x[i], y[i], z[i] = places[row, 0], places[row, 1], places[row, 2]
    return other_rows, other_keys, x, y, z
