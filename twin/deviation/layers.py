"""Layers of points parallel to a plane: what stands at one offset from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Longs, distinct
from twin.deviation.settings import DeviationSettings

_LEAST_POINTS = 8
_PARALLEL = 0.97
"""Cosine from which a layer is parallel to the plane: within 14 degrees."""
_CELL_M = 0.25
"""Area is counted in cells of this edge, so that density does not vote."""
_HIDDEN = 0.5
"""Share of the smaller of two layers that must lie behind the other."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Points at one offset: its median, their robust standard deviation about it, and the area that they cover."""

    offset_m: float
    spread_m: float
    area_m2: float


def layer_in(points: Floats, height: Floats, normal: Floats, settings: DeviationSettings) -> Layer | None:
    """The layer in which most points lie; None where they are few or do not spread parallel to the plane.

    Parameters
    ----------
    points : (n, 3) m
    height : (n,) m
        Of each over the plane.
    normal : (3,)
        Of the plane.
    settings : DeviationSettings
    """
    return _layer(points, height, normal, _densest(height, settings.layer_m), settings)


def behind(
    points: Floats, height: Floats, normal: Floats, thick_m: float, settings: DeviationSettings
) -> tuple[Layer, Layer] | None:
    """An outer layer, and another that lies behind it by the thickness of a part; None where there are no such two.

    The inner one's offset is that of the part's back, along the normal of the back.
    """
    width = settings.layer_m
    first = _densest(height, width)
    middle = float(np.median(height[first])) if first.any() else 0.0
    for step in (thick_m, -thick_m):
        second = np.abs(height - middle - step) <= width
        if second.sum() < _LEAST_POINTS:
            continue
        outer, inner = (second, first) if step > 0.0 else (first, second)
        if _overlap(points, normal, outer, inner) < _HIDDEN:
            continue
        pair = [_layer(points, height, normal, rows, settings) for rows in (outer, inner)]
        if pair[0] is not None and pair[1] is not None:
            back = pair[1]
            return pair[0], Layer(-back.offset_m - thick_m, back.spread_m, back.area_m2)
    return None


def _layer(points: Floats, height: Floats, normal: Floats, rows: Flags, settings: DeviationSettings) -> Layer | None:
    if rows.sum() < _LEAST_POINTS:
        return None
    offset = float(np.median(height[rows]))
    spread = 1.4826 * float(np.median(np.abs(height[rows] - offset)))
    rough = spread > max(settings.spread_share * abs(offset), settings.layer_m / 2.0)
    if rough or not _is_parallel(points[rows], normal, offset):
        return None
    return Layer(offset, spread, _CELL_M**2 * len(distinct(_cells(points[rows], normal))))


def _cells(points: Floats, normal: Floats) -> Longs:
    """(n, 2) int64: cells in the plane."""
    one = np.cross(normal, np.eye(3)[np.abs(normal).argmin()])
    one /= np.linalg.norm(one)
    across = np.column_stack([one, np.cross(normal, one)])
    return np.asarray(np.floor(points @ across / _CELL_M).astype(np.int64))


def _overlap(points: Floats, normal: Floats, one: Flags, other: Flags) -> float:
    """Share of the smaller layer's cells in which the other lies too."""
    cells = [{*map(tuple, _cells(points[rows], normal).tolist())} for rows in (one, other)]
    return len(cells[0] & cells[1]) / max(min(len(cells[0]), len(cells[1])), 1)


def _densest(values: Floats, width: float) -> Flags:
    """Which values lie in the window of this width that holds most of them.

    A wall that moved by more than its thickness shows both its faces beside the one approved face.
    """
    ordered = np.sort(values)
    ends = np.searchsorted(ordered, ordered + width, side="right")
    start = int(np.argmax(ends - np.arange(len(ordered)))) if len(ordered) else 0
    return np.asarray((values >= ordered[start]) & (values <= ordered[start] + width)) if len(ordered) else values > 0.0


def _is_parallel(points: Floats, normal: Floats, offset: float) -> bool:
    """Whether points spread as a surface parallel to a plane: broad in two directions, thin along the normal."""
    centred = points - points.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(points))
    broad = bool(values[1] > max(offset**2 / 12.0, 4.0 * values[0]))
    return broad and abs(float(vectors[:, 0] @ normal)) > _PARALLEL
