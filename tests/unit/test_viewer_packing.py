"""Packed arrays come back as they were."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from twin.evidence.viewer.packing import Column, packed


def unpacked(columns: tuple[Column, ...], data: bytes) -> dict[str, NDArray[Any]]:
    """What the page's reader does, said in Python."""
    raw = np.frombuffer(zlib.decompress(data), dtype=np.uint8)
    found, at = {}, 0
    for column in columns:
        size = int(column.kind[1])
        count = column.rows * column.width * size
        planes = raw[at : at + count].reshape(column.width, size, column.rows).transpose(2, 0, 1)
        coded = np.ascontiguousarray(planes).view(f"<u{size}")[..., 0].astype(np.int64)
        differences = (coded >> 1) ^ -(coded & 1)
        found[column.name] = np.cumsum(differences, axis=0).astype(f"{column.kind}")
        at += count
    assert at == len(raw)
    return found


@pytest.mark.parametrize("kind", ["u1", "i2", "u2", "i4"])
def test_extremes_of_every_kind_return(kind: str) -> None:
    limits = np.iinfo(kind)
    values = np.random.default_rng(3).integers(limits.min, limits.max, (500, 3), endpoint=True).astype(kind)
    values[:4] = [[limits.min] * 3, [limits.max] * 3, [0] * 3, [limits.max] * 3]
    columns, data = packed({"values": values})
    np.testing.assert_array_equal(unpacked(columns, data)["values"], values)


def test_several_arrays_lie_one_after_another() -> None:
    first, second = np.arange(7, dtype=np.int32), np.zeros((0, 2), dtype=np.int16)
    third = np.array([[9, 8]], dtype=np.uint8)
    columns, data = packed({"first": first, "second": second, "third": third})
    back = unpacked(columns, data)
    np.testing.assert_array_equal(back["first"][:, 0], first)
    assert back["second"].shape == (0, 2)
    np.testing.assert_array_equal(back["third"], third)
    assert [column.as_json()["kind"] for column in columns] == ["i4", "i2", "u1"]


def test_steady_series_pack_small() -> None:
    _, data = packed({"line": np.arange(0, 3_000_000, 30, dtype=np.int32)})
    assert len(data) < 1000
