"""Arrays of whole numbers, packed small for a page that unpacks them again.

Neighbouring rows of our arrays resemble each other (points in space-filling order, triangles in element order), so
each column is stored as differences, small magnitudes first, one plane of bytes after another, and deflated. The
reader is `src/packing.ts`.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEVEL = 6
"""Level 9 takes three times as long for one hundredth less."""


@dataclass(frozen=True, slots=True)
class Column:
    """One array in a packed section: `kind` is numpy's name without byte order ("u1", "i2", "u2", "i4")."""

    name: str
    kind: str
    rows: int
    width: int

    def as_json(self) -> dict[str, Any]:
        """The column as the page reads it."""
        return {"name": self.name, "kind": self.kind, "rows": self.rows, "width": self.width}


def packed(arrays: dict[str, NDArray[Any]]) -> tuple[tuple[Column, ...], bytes]:
    """Arrays as one deflated section, and what lies where in it.

    Parameters
    ----------
    arrays : dict of str to (n,) or (n, w) integer
        Of one, two or four bytes a value.
    """
    columns = []
    planes = []
    for name, array in arrays.items():
        table = array if array.ndim == 2 else array[:, np.newaxis]
        columns.append(Column(name, f"{table.dtype.kind}{table.dtype.itemsize}", len(table), table.shape[1]))
        planes.append(_planes(table))
    return tuple(columns), zlib.compress(b"".join(planes), _LEVEL)


def _planes(table: NDArray[Any]) -> bytes:
    """Differences down the rows, zigzag, split into planes of bytes: column first, then low byte to high byte."""
    size = table.dtype.itemsize
    signed = np.dtype(f"<i{size}")
    values = table.astype(np.dtype(f"<{table.dtype.kind}{size}"), copy=False).view(signed)
    differences = values.copy()
    differences[1:] -= values[:-1]  # wraps around; so does the reader
    zigzag = (differences << 1) ^ (differences >> (8 * size - 1))
    by_byte = np.ascontiguousarray(zigzag).view(np.uint8).reshape(len(table), table.shape[1], size)
    return by_byte.transpose(1, 2, 0).tobytes()
