"""Names of the array types, said once, and what any stage does with arrays.

Shapes stand in docstrings in the type slot, with the frame: ``points_design : (n, 3) m, design frame``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Shorts = NDArray[np.int16]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Matrix4 = NDArray[np.float64]
ArrayT = TypeVar("ArrayT", bound=NDArray[Any])


def frozen(array: ArrayT) -> ArrayT:
    """The same array, made read-only: a frozen dataclass does not freeze what it holds.

    Parameters
    ----------
    array : ndarray
        Owned by the caller, who gives it up.
    """
    array.flags.writeable = False
    return array


def numbered(columns: Sequence[NDArray[Any]]) -> Longs:
    """(n,) int64: a number for each distinct row, ascending with the rows; the first column counts most.

    Parameters
    ----------
    columns : sequence of (n,)
    """
    order = np.lexsort(tuple(columns)[::-1])
    differs = np.zeros(len(order), dtype=np.bool_)
    for column in columns:
        differs[1:] |= column[order[1:]] != column[order[:-1]]
    number = np.zeros(len(order), dtype=np.int64)
    number[order] = np.cumsum(differs)
    return number


def rows_by(keys: NDArray[Any], count: int) -> list[Longs]:
    """The rows that have each of the keys from 0 on, ascending.

    Parameters
    ----------
    keys : (n,) int
        None of them negative.
    count : int
        Of keys.
    """
    order = np.argsort(keys, kind="stable")
    return np.split(order, np.searchsorted(keys[order], np.arange(1, count)))[:count]


def distinct(rows: Longs) -> Longs:
    """(m, k) int64: each of the rows once, in ascending order, the first column counting most.

    Rows that fit are packed into one number each, which sorts twenty times as fast.
    """
    if not len(rows):
        return rows
    low = rows.min(axis=0)
    sizes = [int(size) + 1 for size in rows.max(axis=0) - low]
    if math.prod(sizes) >= 2**63:
        return np.unique(rows, axis=0)
    packed = np.zeros(len(rows), dtype=np.int64)
    for column, size in enumerate(sizes):
        packed = packed * size + (rows[:, column] - low[column])
    found = np.unique(packed)
    unpacked = np.zeros((len(found), len(sizes)), dtype=np.int64)
    for column in range(len(sizes) - 1, -1, -1):
        found, unpacked[:, column] = np.divmod(found, sizes[column])
    unpacked += low
    return unpacked
