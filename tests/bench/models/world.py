"""What stands of an approved model: its elements as bodies, and the ground around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from support.shapes import Body, block

from twin.arrays import Floats
from twin.design.model import Design, Role

_BELOW_DOORS_M = 0.15
_BASEMENT_M = 1.0
"""A floor that lies deeper below the ground belongs to a basement, which no ground fills."""
_AROUND_M, _DEEP_M = 18.0, 0.5


@dataclass(frozen=True, eq=False)
class World:
    """Bodies by the `global_id` of their elements, the level of the ground, and floors to stand on, m."""

    bodies: tuple[Body, ...]
    ground_m: float
    floors: tuple[float, ...]

    @property
    def box(self) -> Floats:
        """(2, 3) m about all bodies above the ground."""
        corners = np.vstack([body.vertices for body in self.bodies])
        corners = corners[corners[:, 2] > self.ground_m - 0.5]
        return np.array([corners.min(axis=0), corners.max(axis=0)])

    def ground(self) -> tuple[Body, ...]:
        """A plane to all sides; only beside the building where that has a basement."""
        (x0, y0, _), (x1, y1, _) = self.box
        low, high = self.ground_m - _DEEP_M, self.ground_m
        far = ((x0 - _AROUND_M, y0 - _AROUND_M), (x1 + _AROUND_M, y1 + _AROUND_M))
        if min(self.floors, default=high) > high - _BASEMENT_M:
            return (block("ground", (*far[0], low), (*far[1], high)),)
        return (
            block("ground", (*far[0], low), (far[1][0], y0, high)),
            block("ground", (far[0][0], y1, low), (*far[1], high)),
            block("ground", (far[0][0], y0, low), (x0, y1, high)),
            block("ground", (x1, y0, low), (far[1][0], y1, high)),
        )

    def plus(self, bodies: Iterable[Body], floors: Sequence[float] = ()) -> World:
        """With more that stands."""
        return replace(self, bodies=(*self.bodies, *bodies), floors=(*self.floors, *floors))

    def without(self, names: Iterable[str]) -> World:
        """With less."""
        gone = set(names)
        return replace(self, bodies=tuple(body for body in self.bodies if body.name not in gone))

    def changed(self, change: Callable[[Body], Body]) -> World:
        """With every body as the change leaves it."""
        return replace(self, bodies=tuple(map(change, self.bodies)))


def world_of(design: Design) -> World:
    """Everything as approved; the ground lies a step below the lowest door."""
    bodies = []
    for element in design.elements:
        if element.role is Role.GROUND:
            continue
        triangles = design.surface.triangles[design.surface.element == element.index]
        used, renumbered = np.unique(triangles, return_inverse=True)
        vertices = design.surface.vertices[used]
        bodies.append(Body(element.global_id, element.ifc_class, vertices, renumbered.reshape(-1, 3).astype(np.int32)))
    floors = tuple(storey.elevation_m for storey in design.storeys if storey.is_floor)
    doors = [element.box[2] for element in design.elements if element.ifc_class == "IfcDoor"]
    lowest = min(doors) if doors else min(floors, default=float(design.surface.vertices[:, 2].min()))
    return World(tuple(bodies), lowest - _BELOW_DOORS_M, floors)


def box_of(bodies: Iterable[Body]) -> Floats:
    """(2, 3) m about some bodies."""
    corners = np.vstack([body.vertices for body in bodies])
    return np.array([corners.min(axis=0), corners.max(axis=0)])
