"""Where the projects of a portfolio lie in one common map system."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from twin.design.crs import tidy
from twin.supervision.exchange.places import Place, centre, outline_or_point, system_of, to_grid
from twin.supervision.model import ProjectState

_ROUND_M = 1000.0
_LEAST_MARGIN_M = 60.0
_MARGIN_SHARE = 0.015


@dataclass(frozen=True, slots=True)
class Ground:
    """The map of a portfolio.

    Attributes
    ----------
    crs : str or None
        The system that most projects share; None where none has a place.
    origin : (easting, northing), m
        Round; the places are given from it.
    places : tuple of tuple of (x, y), m
        For each project its footprint or its one place; empty where it has none, or lies in a system from which no way
        is known that is better than a guess.
    hulls : dict
        For each district with three places or more, the ring about them, m.
    """

    crs: str | None
    origin: Place
    places: tuple[tuple[Place, ...], ...]
    hulls: dict[str, tuple[Place, ...]]


def ground_of(states: Sequence[ProjectState]) -> Ground:
    """All projects in the system that most of them share."""
    systems = Counter(system for state in states if outline_or_point(state) and (system := tidy(system_of(state))))
    if not systems:
        return Ground(None, (0.0, 0.0), tuple(() for _ in states), {})
    crs = min(systems, key=lambda system: (-systems[system], system))
    found = [_brought(outline_or_point(state), tidy(system_of(state)), crs) for state in states]
    placed = [places for places in found if places]
    x, y = (min(place[axis] for places in placed for place in places) for axis in (0, 1))
    origin = (x // _ROUND_M * _ROUND_M, y // _ROUND_M * _ROUND_M)
    moved = tuple(tuple((round(x - origin[0], 2), round(y - origin[1], 2)) for x, y in places) for places in found)
    return Ground(crs, origin, moved, _hulls(states, moved))


def _brought(places: tuple[Place, ...], crs: str | None, target: str) -> tuple[Place, ...]:
    if not places or crs == target:
        return places
    way = to_grid(crs, target)
    return (way.of(places) or ()) if way is not None else ()


def _hulls(states: Sequence[ProjectState], places: Sequence[tuple[Place, ...]]) -> dict[str, tuple[Place, ...]]:
    import shapely

    groups: defaultdict[str, list[Place]] = defaultdict(list)
    for state, own in zip(states, places, strict=True):
        if state.project.district is not None and own:
            groups[state.project.district].append(centre(own))
    extent = max((max(p[a] for g in groups.values() for p in g) for a in (0, 1)), default=0.0)
    margin = max(_LEAST_MARGIN_M, _MARGIN_SHARE * extent)
    hulls: dict[str, tuple[Place, ...]] = {}
    for district, group in sorted(groups.items()):
        if len(group) >= 3:
            ring: Any = shapely.MultiPoint(group).convex_hull.buffer(margin).exterior.simplify(margin / 20.0)
            hulls[district] = tuple((round(x, 1), round(y, 1)) for x, y in ring.coords)
    return hulls
