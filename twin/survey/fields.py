"""Named columns of a cloud (PLY, PCD, text) as points, colours and intensity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.arrays import Bytes, Floats
from twin.survey.records import Records

Column = NDArray[Any]

_BYTE, _WORD = 255.0, 65535.0


def records_of(columns: Mapping[str, Column], scan: int = 0, tops: Mapping[str, float] | None = None) -> Records:
    """Records from columns named x, y, z and, where there are such, red, green, blue and intensity.

    Parameters
    ----------
    columns : mapping of str to (n,) array
    scan : int
    tops : mapping of str to float
        The full scale of "colour" and "intensity", see `full_scale`.
    """
    tops = tops or {}
    xyz: Floats = np.stack([np.asarray(columns[axis], np.float64) for axis in "xyz"], axis=1)
    rgb = intensity = None
    if "colour" in tops:
        rgb = _scaled_colour(columns, tops["colour"])
    if "intensity" in tops:
        intensity = _scaled(columns["intensity"], tops["intensity"], 1.0).astype(np.float32)
    return Records(xyz, scan, None, rgb, intensity)


def full_scales(sample: Mapping[str, Column]) -> dict[str, float]:
    """The full scale of colour and of intensity, judged by the first records: no header of these formats says it."""
    tops = {}
    if {"red", "green", "blue"} <= set(sample):
        tops["colour"] = max(full_scale(sample[name]) for name in ("red", "green", "blue"))
    if "intensity" in sample:
        tops["intensity"] = full_scale(sample["intensity"])
    return tops


def full_scale(sample: Column) -> float:
    """What stands for "brightest": 255 or 65535 for integers of that size, 1 for fractions.

    Parameters
    ----------
    sample : (n,) array
        The first values of a column.
    """
    if sample.dtype == np.uint8:
        return _BYTE
    if sample.dtype == np.uint16:
        return _WORD if sample.size and int(sample.max()) > _BYTE else _BYTE
    finite = sample[np.isfinite(sample)]
    top = float(np.abs(finite).max()) if finite.size else 0.0
    if top <= 1.0 and bool((finite != np.round(finite)).any()):
        return 1.0
    return _BYTE if top <= _BYTE else _WORD


def _scaled(column: Column, top: float, to: float) -> Floats:
    values = np.nan_to_num(np.asarray(column, np.float64), nan=0.0)
    scaled: Floats = np.clip(values * (to / top), 0.0, to)
    return scaled


def _scaled_colour(columns: Mapping[str, Column], top: float) -> Bytes:
    names = ("red", "green", "blue")
    if top == _BYTE and all(columns[name].dtype == np.uint8 for name in names):
        return np.stack([columns[name] for name in names], axis=1)
    rgb: Bytes = np.stack([np.rint(_scaled(columns[name], top, _BYTE)) for name in names], axis=1).astype(np.uint8)
    return rgb


def unpacked(packed: NDArray[np.uint32]) -> dict[str, Bytes]:
    """Red, green and blue of colours packed as 0xRRGGBB."""
    return {
        name: ((packed >> shift) & 0xFF).astype(np.uint8) for name, shift in (("red", 16), ("green", 8), ("blue", 0))
    }
