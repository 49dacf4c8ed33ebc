"""Where something lies by the axes of the grid: between which, and how far beyond the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats
from twin.design.model import GridAxis

_STRAIGHT = 1e-3
"""Of its length, as far as a straight axis may bend."""
_PARALLEL_RAD = np.radians(1.0)
_WALL_M = 0.5
"""Half a thick wall and its cladding: what reaches that little past an axis is still said to end at it."""
_REACH_M = 3.0
"""An axis says where something is as far as it is drawn, and a little farther."""


@dataclass(frozen=True, slots=True)
class Bay:
    """Place in one direction: between the axes `start` and `end`, which are one where it lies beyond the last.

    `before_m` and `after_m` say how far it reaches beyond them, 0 where it does not.
    """

    start: str
    end: str
    before_m: float
    after_m: float


def bays_of(axes: Sequence[GridAxis], points: Floats) -> tuple[Bay, ...]:
    """Place of something by the axes, a bay for each direction in which at least two axes run.

    Parameters
    ----------
    axes : sequence of GridAxis
        Those that bend are left out.
    points : (n, 2) m, design frame
        Corners of the thing in plan.

    Returns
    -------
    tuple of Bay
        Directions whose axes bear letters come first, those with numbers last; none where no axis says anything.
    """
    if not len(points):
        return ()
    families = [_near(family, points) for family in _families(axes)]
    bays = [_bay(family, points) for family in families if len(family) > 1]
    return tuple(sorted(bays, key=lambda bay: bay.start[:1].isdigit()))


def _families(axes: Sequence[GridAxis]) -> list[list[GridAxis]]:
    """Straight axes that run the same way, in the order of the file."""
    families: list[tuple[float, list[GridAxis]]] = []
    for axis in axes:
        if (angle := _direction_rad(axis)) is None:
            continue
        family = next((group for other, group in families if _turn_rad(angle, other) < _PARALLEL_RAD), None)
        if family is None:
            families.append((angle, [axis]))
        else:
            family.append(axis)
    return [family for _, family in families]


def _turn_rad(one: float, other: float) -> float:
    return abs((one - other + np.pi / 2.0) % np.pi - np.pi / 2.0)


def _direction_rad(axis: GridAxis) -> float | None:
    """Direction in plan, modulo half a turn; None for an axis that bends or has no length."""
    flat = axis.points[:, :2]
    span = flat[-1] - flat[0]
    length = float(np.linalg.norm(span))
    if length == 0.0:
        return None
    off = (flat - flat[0]) @ np.array([-span[1], span[0]]) / length
    return float(np.arctan2(span[1], span[0])) % np.pi if np.abs(off).max() <= _STRAIGHT * length else None


def _near(family: list[GridAxis], points: Floats) -> list[GridAxis]:
    """Those drawn where the thing is, if these are two or more: wings of a building have axes of their own."""
    way = _way(family)
    low, high = float((points @ way).min()), float((points @ way).max())
    drawn = [(axis, axis.points[:, :2] @ way) for axis in family]
    near = [axis for axis, along in drawn if along.min() - _REACH_M <= high and along.max() + _REACH_M >= low]
    return near if len(near) > 1 else family


def _way(family: list[GridAxis]) -> Floats:
    """(2,) unit: the direction in which a family runs."""
    span = family[0].points[-1, :2] - family[0].points[0, :2]
    return np.asarray(span / np.linalg.norm(span))


def _bay(family: list[GridAxis], points: Floats) -> Bay:
    way = _way(family)
    across = np.array([-way[1], way[0]])
    places = sorted((float((axis.points[:, :2] @ across).mean()), axis.tag) for axis in family)
    offsets = points @ across
    if _rank(places[0][1]) > _rank(places[-1][1]):
        places, offsets = [(-place, tag) for place, tag in reversed(places)], -offsets
    low, high = float(offsets.min()), float(offsets.max())
    slack = min(_WALL_M, 0.25 * (high - low))
    first = max((i for i, (place, _) in enumerate(places) if place <= low + slack), default=0)
    last = min((i for i, (place, _) in enumerate(places) if place >= high - slack), default=len(places) - 1)
    start, end = places[min(first, last)], places[max(first, last)]
    return Bay(start[1], end[1], _beyond(start[0] - low), _beyond(high - end[0]))


def _beyond(by_m: float) -> float:
    return by_m if by_m > _WALL_M else 0.0


def _rank(tag: str) -> tuple[int, int, str]:
    """Numbers count as numbers, letters as a drawing counts them: AA comes after Z."""
    digits = "".join(letter for letter in tag if letter.isdecimal())
    return len(tag) if not digits else 0, int(digits[:9] or 0), tag
