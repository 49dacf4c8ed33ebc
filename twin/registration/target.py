"""The surface that a survey is laid against: what of the building can be seen, face by face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Ints
from twin.design.model import Design, Role, Surface
from twin.design.proximity import Proximity
from twin.errors import NoOverlap
from twin.registration.levels import bare_levels

_CONTACT_M = 0.03
"""Air narrower than this in front of a face hides it: layers of one build-up touch or nearly do."""
_LIFT_M = 0.002
"""How far in front of a face its rays start: above single precision, below any gap that matters."""
_PASSED = ("IfcWindow", "IfcDoor", "IfcCurtainWall", "IfcPlate", "IfcRailing", "IfcMember")
"""What rays pass, or may: glass, open doors, bars."""
_LOOKS_DOWN = 0.7
_FACE_STEP_M = 0.02
_FACE_STEP_NORMAL = 0.05


@dataclass(frozen=True, eq=False)
class Target:
    """The exposed shell of the building elements.

    Attributes
    ----------
    surface : Surface
        Only the triangles that can be seen, and level planes (element -1) where a floor is named and no slab modelled.
    proximity : Proximity
        Of `surface`.
    building : Proximity
        Of all building elements, seen or not: what may lie against a face.
    opaque : Proximity
        Of those that no ray passes: walls, slabs, roofs and the like; not doors and windows.
    normals : (t, 3) unit
        Outward on closed elements.
    one_sided : (t,) bool
        Whether the normal's sign means anything.
    face : (t,) int32
        Plane face of one element to which each triangle belongs.
    box : (2, 3) m, design frame
    pivot : (3,) m, design frame
        Middle of the plan at the lowest floor: what turns and grows does so about it, because survey and design are
        surest to meet where the building stands.
    """

    surface: Surface
    proximity: Proximity
    building: Proximity
    opaque: Proximity
    normals: Floats
    one_sided: Flags
    face: Ints
    box: Floats
    pivot: Floats

    @property
    def centre(self) -> Floats:
        """(3,) m, design frame: middle of the box."""
        middle: Floats = self.box.mean(axis=0)
        return middle

    @property
    def radius(self) -> float:
        """Half diagonal of the box in plan, m."""
        return float(np.linalg.norm(np.ptp(self.box[:, :2], axis=0)) / 2.0)

    def holds(self, points: Floats, margin_m: float = 0.0) -> Flags:
        """(n,) whether each point, design frame, lies in the design's box widened by the margin."""
        low, high = self.box[0] - margin_m, self.box[1] + margin_m
        return np.asarray(np.all((points > low) & (points < high), axis=1))

    def hidden(self, places: Floats, normals: Floats) -> Flags:
        """(n,) whether something of the building lies against these places of its surface."""
        hit: Flags = self.building.hits(places + _LIFT_M * normals, normals) < _CONTACT_M
        return hit


def exposed_shell(design: Design) -> Target:
    """The target of a design's building elements.

    Raises
    ------
    NoOverlap
        The design holds no building element with a surface.
    """
    wanted = np.array([e.role is Role.BUILDING for e in design.elements], dtype=np.bool_)
    closed = np.array([e.is_closed for e in design.elements], dtype=np.bool_)
    surface = design.surface
    keep = wanted[surface.element] & (surface.areas() > 0.0) if len(wanted) else np.zeros(0, dtype=np.bool_)
    if not keep.any():
        raise NoOverlap("the design holds no building element with a surface", "check that the IFC has walls or slabs")
    part = _subset(surface, keep)
    building_surface = Proximity(part)
    seen = ~_covered(part, building_surface, closed) & ~_buried(part, _ground_floor(design))
    shell = _subset(part, seen) if seen.any() else part
    used = shell.vertices[np.unique(shell.triangles)]
    box = np.array([used.min(axis=0), used.max(axis=0)])
    whole = _joined(shell, bare_levels(design, part))
    sided = np.where(whole.element >= 0, closed[whole.element], False)
    ground_floor = max(_ground_floor(design), float(box[0, 2]))
    pivot = np.array([*box[:, :2].mean(axis=0), min(ground_floor, float(box[1, 2]))])
    solid = np.array([not e.ifc_class.startswith(_PASSED) for e in design.elements], dtype=np.bool_)[part.element]
    opaque = Proximity(_subset(part, solid)) if solid.any() else building_surface
    return Target(whole, Proximity(whole), building_surface, opaque, whole.normals(), sided, _faces(whole), box, pivot)


def _joined(first: Surface, second: Surface) -> Surface:
    return Surface(
        np.vstack([first.vertices, second.vertices]),
        np.vstack([first.triangles, second.triangles + np.int32(len(first.vertices))]),
        np.concatenate([first.element, second.element]),
    )


def _subset(surface: Surface, keep: Flags) -> Surface:
    return Surface(surface.vertices, surface.triangles[keep], surface.element[keep])


def _covered(surface: Surface, proximity: Proximity, closed: Flags) -> Flags:
    """(t,) whether another face lies against a triangle, at each of four places on it."""
    corners = surface.corners()
    normals = surface.normals()
    middle = corners.mean(axis=1, keepdims=True)
    places = np.concatenate([middle, 0.3 * middle + 0.7 * corners], axis=1)
    hidden = _blocked(proximity, places, normals)
    two_sided = ~closed[surface.element]
    if two_sided.any():
        hidden[two_sided] &= _blocked(proximity, places[two_sided], -normals[two_sided])
    return hidden


def _ground_floor(design: Design) -> float:
    """Elevation in m of the lowest floor; minus infinity where no level is known to be one."""
    return min((s.elevation_m for s in design.storeys if s.is_floor), default=-np.inf)


def _buried(surface: Surface, ground_floor_m: float) -> Flags:
    """(t,) faces that look down from below the lowest floor with nothing of the building beneath: they lie on soil.

    Kept, they would meet the ground about the building, a hand's breadth off.
    """
    normals = surface.normals()
    middle = surface.corners().mean(axis=1)
    low: Flags = np.asarray((normals[:, 2] < -_LOOKS_DOWN) & (middle[:, 2] < ground_floor_m))
    if low.any():
        down = np.tile([0.0, 0.0, -1.0], (int(low.sum()), 1))
        low[np.flatnonzero(low)] = np.isinf(Proximity(surface).hits(middle[low] + _LIFT_M * down, down))
    return low


def _blocked(proximity: Proximity, places: Floats, normals: Floats) -> Flags:
    directions = np.repeat(normals, places.shape[1], axis=0)
    origins = places.reshape(-1, 3) + _LIFT_M * directions
    free = proximity.hits(origins, directions) > _CONTACT_M
    return np.asarray(~free.reshape(places.shape[:2]).any(axis=1))


def _faces(surface: Surface) -> Ints:
    """(t,) int32: triangles of one element with the same plane share a number."""
    normals = surface.normals()
    offset = np.einsum("ij,ij->i", normals, surface.corners()[:, 0])
    key = np.column_stack(
        [surface.element, np.round(normals / _FACE_STEP_NORMAL), np.round(offset / _FACE_STEP_M)]
    ).astype(np.int64)
    _, face = np.unique(key, axis=0, return_inverse=True)
    return face.reshape(-1).astype(np.int32)
