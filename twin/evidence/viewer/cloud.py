"""The survey as blocks of whole numbers, each near its own corner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.arrays import Bytes, Floats, Floats32, Ints, Longs, distinct
from twin.evidence.steps import deviation_steps

_STEP_M = 0.0005
"""Finest step: rounds a coordinate by a quarter of a millimetre at most."""
_STEPS = 65_535
"""Steps that sixteen bits hold."""
_MOST_CELLS = 256
"""Each cell is drawn by a call of its own; graphics hardware likes hundreds of calls, not thousands."""
_BLOCK_POINTS = 1 << 18
"""Points unpacked at a time, which bounds the page's memory."""


@dataclass(frozen=True, eq=False)
class Block:
    """Points near each other.

    Attributes
    ----------
    corner : (3,) m, relative to the page's local origin
    step_m : float
        Metres a step of the packed coordinates.
    spacing_m : float
        Typical distance of neighbours.
    arrays : dict
        ``place`` (n, 4) uint16: steps from the corner, and the deviation in 0.1 mm + 32768, 0 beyond the band;
        ``colour`` (n, 4) uint8: red, green, blue, class; ``finding`` (n,) int16 or int32.
    """

    corner: Floats
    step_m: float
    spacing_m: float
    arrays: dict[str, NDArray[Any]]


def blocks(
    points: Floats,
    deviation: Floats32,
    point_class: Bytes,
    rgb: Bytes | None,
    finding: Ints,
) -> Iterator[Block]:
    """The cloud cut into blocks, in an order that depends on nothing but the points.

    Parameters
    ----------
    points : (n, 3) m, relative to the page's local origin
    deviation : (n,) m
    point_class, finding : (n,)
    rgb : (n, 3) or None
    """
    if not len(points):
        return
    low = points.min(axis=0)
    cell, edge = _cells(points - low)
    step = edge / _STEPS
    steps = np.rint((points - low - cell * edge) / step).clip(0, _STEPS).astype(np.uint16)
    order = np.lexsort((_morton(steps), cell[:, 2], cell[:, 1], cell[:, 0]))
    changes = np.flatnonzero(np.any(np.diff(cell[order], axis=0) != 0, axis=1)) + 1
    for of_cell in np.split(order, changes):
        for start in range(0, len(of_cell), _BLOCK_POINTS):
            chosen = of_cell[start : start + _BLOCK_POINTS]
            yield Block(
                corner=low + cell[chosen[0]] * edge,
                step_m=step,
                spacing_m=_spacing(steps[chosen]) * step,
                arrays={
                    "place": np.column_stack([steps[chosen], deviation_steps(deviation[chosen])]),
                    "colour": _colours(rgb, point_class, chosen),
                    "finding": finding[chosen].astype(np.int16 if finding.max() < 32_767 else np.int32),
                },
            )


def _cells(offsets: Floats) -> tuple[Longs, float]:
    """Cell of each point, (n, 3), and the cells' edge: the finest step where few cells result, else doubled."""
    edge = _STEP_M * _STEPS
    while True:
        cell = np.floor(offsets / edge).astype(np.int64)
        if len(distinct(cell)) <= _MOST_CELLS:
            return cell, edge
        edge *= 2.0


def _morton(steps: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """Place along a curve that keeps neighbours together: the bits of x, y and z interleaved."""
    code = np.zeros(len(steps), dtype=np.uint64)
    for axis in range(3):
        bits = steps[:, axis].astype(np.uint64)
        for shift, mask in (
            (16, 0x0000FF0000FF),
            (8, 0x00F00F00F00F),
            (4, 0x0C30C30C30C3),
            (2, 0x249249249249),
        ):
            bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
        code |= bits << np.uint64(axis)
    return code


def _spacing(steps: NDArray[np.uint16]) -> float:
    """Median distance of successive points, in steps; successive points of the curve are mostly neighbours."""
    if len(steps) < 2:
        return 0.0
    return float(np.median(np.linalg.norm(np.diff(steps.astype(np.int64), axis=0), axis=1)))


def _colours(rgb: Bytes | None, point_class: Bytes, chosen: Longs) -> Bytes:
    colours = np.zeros((len(chosen), 4), dtype=np.uint8)
    if rgb is not None:
        colours[:, :3] = rgb[chosen]
    colours[:, 3] = point_class[chosen]
    return colours
