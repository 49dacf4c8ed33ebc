"""LZF decompression, as binary_compressed PCD has it."""

from __future__ import annotations

from numba import njit

from twin.arrays import Bytes

_LONGEST_LITERAL = 32


@njit(cache=True)  # type: ignore[untyped-decorator]
def decompress(source: Bytes, target: Bytes) -> int:
    """Unpacks `source` into `target`.

    Parameters
    ----------
    source : (n,) uint8
    target : (m,) uint8
        Filled in place; no byte outside it is ever touched.

    Returns
    -------
    int
        Bytes written, or -1 where `source` is damaged.
    """
    read, written = 0, 0
    while read < source.size:
        control = int(source[read])
        read += 1
        if control < _LONGEST_LITERAL:
            length = control + 1
            if read + length > source.size or written + length > target.size:
                return -1
            target[written : written + length] = source[read : read + length]
            read += length
            written += length
            continue
        length = control >> 5
        if length == 7:
            if read >= source.size:
                return -1
            length += int(source[read])
            read += 1
        length += 2
        if read >= source.size:
            return -1
        start = written - ((control & 0x1F) << 8) - int(source[read]) - 1
        read += 1
        if start < 0 or written + length > target.size:
            return -1
        for i in range(length):  # byte by byte: a reference may overlap what it writes
            target[written + i] = target[start + i]
        written += length
    return written
