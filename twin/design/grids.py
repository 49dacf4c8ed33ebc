"""Axes of the grids that a file draws: by these people on a site say where something is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from twin.arrays import Floats, Matrix4, frozen
from twin.design.curves import sampled
from twin.design.model import GridAxis
from twin.design.source import Source
from twin.design.text import plain
from twin.frames import move

_MOST_AXES = 1000
"""Of one file; the largest plants have fewer."""
_SAME_M = 0.005
"""Axes of the same name that lie as near in plan are one: many programs repeat the grid on every storey."""
_EARTH_M = 1e8
_ODD = (ArithmeticError, AttributeError, IndexError, LookupError, RecursionError, RuntimeError, TypeError, ValueError)


def read_grids(source: Source) -> tuple[tuple[GridAxis, ...], tuple[str, ...]]:
    """Axes of every IfcGrid of a file, and a note on those that cannot be read.

    Lines, polylines, arcs and what is put together from them are read; arcs become lines of points. Whatever is wrong
    with a grid, the rest of the file is read: a grid decides nothing.
    """
    found: list[GridAxis] = []
    lost, tagless = 0, 0
    angle_rad = _angle_rad(source)
    for grid in source.model.by_type("IfcGrid"):
        for axis in _axes(grid):
            if len(found) + lost + tagless >= _MOST_AXES:
                return tuple(found), (f"{source.name}: more than {_MOST_AXES} grid axes, the rest is not read",)
            read = _axis(source, grid, axis, angle_rad)
            if read is None:
                lost += 1
            elif not read.tag:
                tagless += 1
            else:
                found.append(read)
    notes = []
    if lost:
        notes.append(f"{source.name}: {lost} grid axes cannot be read and are left out")
    if tagless:
        notes.append(f"{source.name}: {tagless} grid axes have no tag and are left out")
    return tuple(found), tuple(notes)


def distinct_axes(axes: Sequence[GridAxis]) -> tuple[GridAxis, ...]:
    """Each axis once, at the lowest of its levels; the storey is named only where it stands on no other."""
    kept: dict[str, list[GridAxis]] = {}
    for axis in axes:
        twins = kept.setdefault(axis.tag, [])
        place = next((i for i, twin in enumerate(twins) if _is_same(axis, twin)), None)
        if place is None:
            twins.append(axis)
            continue
        lower = min(axis, twins[place], key=lambda one: float(one.points[:, 2].min()))
        shared = axis.storey if axis.storey == twins[place].storey else None
        twins[place] = replace(lower, storey=shared)
    return tuple(axis for twins in kept.values() for axis in twins)


def _is_same(one: GridAxis, other: GridAxis) -> bool:
    if len(one.points) != len(other.points):
        return False
    flat, back = one.points[:, :2] - other.points[:, :2], one.points[::-1, :2] - other.points[:, :2]
    return bool(np.abs(flat).max() < _SAME_M or np.abs(back).max() < _SAME_M)


def _axes(grid: Any) -> Iterator[Any]:
    for name in ("UAxes", "VAxes", "WAxes"):
        yield from getattr(grid, name, None) or ()


def _axis(source: Source, grid: Any, axis: Any, angle_rad: float) -> GridAxis | None:
    try:
        local = sampled(axis.AxisCurve, angle_rad)
        points: Floats = move(_placement(grid), local) * source.length_unit_m
        storey = _storey(grid)
        tag = plain(axis.AxisTag)
    except _ODD:
        return None
    if not (np.abs(points) < _EARTH_M).all():
        return None
    return GridAxis(tag, frozen(points), storey)


def _placement(grid: Any) -> Matrix4:
    """Design frame from the grid's own, in file units."""
    from ifcopenshell.util.placement import get_local_placement

    return np.asarray(get_local_placement(grid.ObjectPlacement), dtype=np.float64)


def _storey(grid: Any) -> str | None:
    from ifcopenshell.util.element import get_container

    place = get_container(grid)
    return plain(place.Name) or None if place is not None and place.is_a("IfcBuildingStorey") else None


def _angle_rad(source: Source) -> float:
    from ifcopenshell.util.unit import calculate_unit_scale

    try:
        scale = float(calculate_unit_scale(source.model, "PLANEANGLEUNIT"))
    except _ODD:
        return 1.0
    return scale if 0.0 < scale < np.inf else 1.0
