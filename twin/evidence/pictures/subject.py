"""The case made ready for drawing: what is shown of the building, each finding's body, axes and extents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from twin.arrays import Flags, Floats, Ints
from twin.conformity.model import Body, Change
from twin.design.model import Design, Role
from twin.evidence.pictures.cut import Plane
from twin.evidence.pictures.sight import Sight
from twin.evidence.pictures.solids import body_of
from twin.evidence.pictures.words import Words
from twin.evidence.scene import Scene

LIGHT_CLASSES = ("IfcWindow", "IfcDoor", "IfcCurtainWall", "IfcPlate", "IfcMember", "IfcRailing", "IfcShadingDevice")
"""Cut thin and pale in drawings, as is the custom; everything else is cut as solid structure."""


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles of some elements: vertices (v, 3) m, design frame; triangles (t, 3) int32; element (t,) int32."""

    vertices: Floats
    triangles: Ints
    element: Ints


@dataclass(frozen=True, eq=False)
class Subject:
    """A scene with everything that several pictures need.

    Attributes
    ----------
    scene : Scene
    say : Words
    building : Mesh
        The approved building as it should stand, without furniture and terrain.
    kept : Mesh
        The same without elements that findings call missing or moved.
    bodies : tuple of Body
        One for each finding.
    box : (2, 3) m, design frame
        Encloses the building and what was added to it.
    axis_rad : float
        Direction of the building's longer main axis, anticlockwise from the design's x axis.
    """

    scene: Scene
    say: Words
    building: Mesh
    kept: Mesh
    bodies: tuple[Body, ...]
    box: Floats
    axis_rad: float

    @property
    def along(self) -> Floats:
        """(3,) unit: the building's main axis."""
        return np.array([np.cos(self.axis_rad), np.sin(self.axis_rad), 0.0])

    @property
    def across(self) -> Floats:
        """(3,) unit: the horizontal axis square to it."""
        return np.array([-np.sin(self.axis_rad), np.cos(self.axis_rad), 0.0])

    @cached_property
    def approved_sight(self) -> Sight:
        """Rays against the whole approved building."""
        return Sight(self.building.vertices, self.building.triangles)

    @cached_property
    def sight(self) -> Sight:
        """Rays against what is kept of the approved building and every finding's body; see `owner`."""
        parts = [(self.kept.vertices, self.kept.triangles), *[(b.vertices, b.triangles) for b in self.bodies]]
        starts = np.cumsum([0, *[len(vertices) for vertices, _ in parts]])
        triangles = [faces + start for (_, faces), start in zip(parts, starts[:-1], strict=True)]
        return Sight(np.concatenate([v for v, _ in parts]), np.concatenate(triangles).astype(np.int32))

    @cached_property
    def owner(self) -> Ints:
        """(t,) int32: the finding that each triangle of `sight` belongs to, -1 for the approved building."""
        counts = [len(self.kept.triangles), *[len(body.triangles) for body in self.bodies]]
        return np.repeat(np.arange(-1, len(self.bodies), dtype=np.int32), counts)

    @cached_property
    def drawn_box(self) -> Floats:
        """(2, 2) m: least and greatest place along and across the main axis of what `box` encloses."""
        every = _drawn(self.scene, self.building, self.bodies)
        on_axes = np.column_stack([every @ self.along, every @ self.across])
        return np.stack([on_axes.min(axis=0), on_axes.max(axis=0)])

    @cached_property
    def middle(self) -> Floats:
        """(3,) m: centre of `box`."""
        return np.asarray(self.box.mean(axis=0))

    def plan_plane(self, level_m: float) -> Plane:
        """Looks down at the given elevation; right is the main axis."""
        return Plane(np.array([0.0, 0.0, level_m]), self.along, self.across)

    def from_north_deg(self, direction: Floats) -> float:
        """Azimuth of a horizontal direction, anticlockwise from north."""
        return float(np.degrees(np.arctan2(direction[1], direction[0]))) - 90.0 - self.scene.north_deg


def subject_of(scene: Scene, say: Words) -> Subject:
    """Makes a scene ready for drawing."""
    design = scene.design
    shown = np.array([e.role is Role.BUILDING for e in design.elements], dtype=np.bool_)
    bodies = tuple(body_of(finding, design, scene.element_results) for finding in scene.findings)
    building = mesh_of(design, shown)
    return Subject(
        scene,
        say,
        building,
        mesh_of(design, shown & ~_replaced(scene)),
        bodies,
        _box(scene, building, bodies),
        _longer_axis_rad(_drawn(scene, building, bodies), main_axis_rad(building)),
    )


def mesh_of(design: Design, shown: Flags) -> Mesh:
    """The triangles of the elements that `shown`, (elements,) bool, marks."""
    chosen = shown[design.surface.element] if len(shown) else np.zeros(0, dtype=np.bool_)
    triangles = design.surface.triangles[chosen]
    used, inverse = np.unique(triangles, return_inverse=True)
    return Mesh(design.surface.vertices[used], inverse.reshape(-1, 3).astype(np.int32), design.surface.element[chosen])


def _replaced(scene: Scene) -> Flags:
    gone = {i for finding in scene.findings for i in finding.replaced_ids}
    return np.array([e.global_id in gone for e in scene.design.elements], dtype=np.bool_)


def _box(scene: Scene, building: Mesh, bodies: tuple[Body, ...]) -> Floats:
    every = _drawn(scene, building, bodies)
    return np.stack([every.min(axis=0), every.max(axis=0)])


def _drawn(scene: Scene, building: Mesh, bodies: tuple[Body, ...]) -> Floats:
    """(n, 3) m: corners of the building and of every finding that is no mere object."""
    pairs = zip(bodies, scene.findings, strict=True)
    every = np.concatenate([building.vertices, *[b.vertices for b, f in pairs if f.change is not Change.OBJECT]])
    if len(every):
        return every
    return scene.points if len(scene.points) else np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])


def _longer_axis_rad(points: Floats, axis_rad: float) -> float:
    """The axis, or the one square to it where the points reach farther that way: paper is wider than high."""
    along = points[:, :2] @ [np.cos(axis_rad), np.sin(axis_rad)]
    across = points[:, :2] @ [-np.sin(axis_rad), np.cos(axis_rad)]
    return axis_rad + np.pi / 2.0 if np.ptp(across) > np.ptp(along) + 1e-6 else axis_rad


def main_axis_rad(mesh: Mesh) -> float:
    """Direction of most wall area, modulo a quarter turn: the mean of four times the normals' angle."""
    corners = mesh.vertices[mesh.triangles]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    flat = np.hypot(cross[:, 0], cross[:, 1])
    wall = flat > 3.0 * np.abs(cross[:, 2])
    angle = 4.0 * np.arctan2(cross[wall, 1], cross[wall, 0])
    total = np.sum(flat[wall] * np.exp(1j * angle))
    return float(np.angle(total) / 4.0) if abs(total) > 0.0 else 0.0
