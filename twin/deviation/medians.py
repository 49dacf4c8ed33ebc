"""Medians of many groups of any size, by counting: no group is sorted, or need be in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from twin.arrays import Floats32, Ints, Longs

_DIGITS = 256


def medians(values: Floats32, owner: Ints, count: int, most: float, centre: Floats32 | None = None) -> Floats32:
    """Median of the values of each group, exactly as by sorting them.

    Parameters
    ----------
    values : (n,) float32
        May be mapped from disk: they are read four times, from end to end.
    owner : (n,) int32
        Group of each value, -1 for none.
    count : int
        Groups.
    most : float
        Values whose magnitude is larger do not count, nor does NaN.
    centre : (count,) float32, optional
        Of each group, where the median distance from it is wanted instead.

    Returns
    -------
    (count,) float32
        NaN for groups without a value.

    Notes
    -----
    The bytes of a float32, the sign treated apart, sort as the number does. The two values in the middle are found byte
    by byte from the highest, by counting how many values have the bytes found so far and each next one.
    """
    middle = np.zeros((count, 2), dtype=np.uint32)
    rank = np.zeros((count, 2), dtype=np.int64)
    about = np.zeros(count, dtype=np.float32) if centre is None else centre
    for digit in range(4):
        counts = np.zeros((count, 2, _DIGITS), dtype=np.int64)
        _count(values, owner, np.float32(most), about, centre is not None, digit, middle, counts)
        if digit == 0:
            total = counts[:, 0].sum(axis=1)
            rank[:] = np.maximum(np.stack([(total - 1) // 2, total // 2], axis=1), 0)
        _narrow(counts, digit, middle, rank)
    ends = np.where(middle >> 31 == 1, middle ^ np.uint32(1 << 31), ~middle).astype(np.uint32).view(np.float32)
    answer = (ends[:, 0] + ends[:, 1]) * np.float32(0.5)
    return np.asarray(np.where(total > 0, answer, np.float32(np.nan)), dtype=np.float32)


def _narrow(counts: Longs, digit: int, middle: Any, rank: Longs) -> None:
    """Takes the next byte of both middle values, and their ranks among the values that share it."""
    upto = np.cumsum(counts, axis=2)
    byte = (upto <= rank[:, :, None]).sum(axis=2).clip(max=_DIGITS - 1)
    before = np.take_along_axis(upto - counts, byte[:, :, None], axis=2)[:, :, 0]
    rank -= np.minimum(before, rank)
    middle |= byte.astype(np.uint32) << np.uint32(24 - 8 * digit)


@njit(cache=True, nogil=True)
def _count(  # pragma: no cover - compiled
    values: Any, owner: Any, most: Any, about: Any, from_centre: bool, digit: int, middle: Any, counts: Any
) -> None:
    bits = values.view(np.uint32)
    shift, top = np.uint32(24 - 8 * digit), np.uint32(1 << 31)
    cell = np.zeros(1, dtype=np.float32)
    as_bits = cell.view(np.uint32)
    for row in range(len(values)):
        group = owner[row]
        if group < 0 or not abs(values[row]) <= most:
            continue
        key = bits[row]
        if from_centre:
            cell[0] = abs(values[row] - about[group])
            key = as_bits[0]
        key = ~key if key & top else key | top
        for end in range(2):
            if digit == 0 or (key ^ middle[group, end]) >> (shift + np.uint32(8)) == 0:
                counts[group, end, (key >> shift) & np.uint32(255)] += 1
