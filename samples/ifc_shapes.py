"""Shapes, placements and styles of the sample building's IFC file."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from samples.palette import PALETTE
from samples.solids import Outline, Part, Point3, Prism

_UNIT = 1000.0
"""File units in a metre: the file is in millimetres."""


def global_id(key: str) -> str:
    """A GlobalId that depends on nothing but the part's key."""
    from ifcopenshell.guid import compress

    return str(compress(hashlib.sha256(f"plumbline sample site/{key}".encode()).hexdigest()[:32]))


def millimetres(value: float) -> float:
    """A length in the file's unit, without the noise of binary fractions."""
    return round(value * _UNIT, 4)


class Shapes:
    """Makes geometry in one IFC model and shares what is equal.

    Parameters
    ----------
    model : ifcopenshell.file
    body : IfcGeometricRepresentationContext
        The context that bodies belong to.
    """

    def __init__(self, model: Any, body: Any) -> None:
        self.model = model
        self.body = body
        self._styles: dict[str, Any] = {}
        self._points: dict[tuple[float, ...], Any] = {}
        self._directions: dict[tuple[float, ...], Any] = {}

    def point(self, position: tuple[float, ...]) -> Any:
        """A point, in mm."""
        key = tuple(millimetres(value) + 0.0 for value in position)
        if key not in self._points:
            self._points[key] = self.model.create_entity("IfcCartesianPoint", key)
        return self._points[key]

    def direction(self, vector: tuple[float, ...]) -> Any:
        """A direction."""
        key = tuple(round(value, 9) + 0.0 for value in vector)
        if key not in self._directions:
            self._directions[key] = self.model.create_entity("IfcDirection", key)
        return self._directions[key]

    def axes(self, origin: Point3, along: Point3 = (1.0, 0.0, 0.0), up: Point3 = (0.0, 0.0, 1.0)) -> Any:
        """A placement's axes: `up` is its z axis, `along` its x axis."""
        return self.model.create_entity(
            "IfcAxis2Placement3D", self.point(origin), self.direction(up), self.direction(along)
        )

    def placement(self, origin: Point3, yaw_deg: float = 0.0, relative_to: Any = None) -> Any:
        """A local placement, turned about the vertical."""
        turn = float(np.radians(yaw_deg))
        along = (float(np.cos(turn)), float(np.sin(turn)), 0.0)
        return self.model.create_entity("IfcLocalPlacement", relative_to, self.axes(origin, along))

    def solid(self, prism: Prism, is_wall: bool = False) -> Any:
        """A prism as an extruded solid; the rectangle of a wall is extruded upwards from its plan, as walls are."""
        if is_wall and _is_rectangle(prism.outline) and prism.axis == (0.0, -1.0, 0.0):
            (x0, z0), (x1, z1) = prism.outline[0], prism.outline[2]
            inner = prism.origin[1]
            plan = self._rectangle(x1 - x0, prism.depth, (x0 + x1) / 2, inner - prism.depth / 2)
            return self._extrusion(plan, self.axes((0.0, 0.0, prism.origin[2] + z0)), z1 - z0)
        profile = self._profile(prism.outline)
        return self._extrusion(profile, self.axes(prism.origin, prism.u, prism.axis), prism.depth)

    def representation(self, part: Part, is_wall: bool) -> Any:
        """The body of a part in its own frame, each prism with the style of its material."""
        solids = []
        for index, body in enumerate(part.bodies):
            solid = self.solid(body, is_wall and index == 0)
            self.model.create_entity("IfcStyledItem", solid, [self.style(body.material)])
            solids.append(solid)
        return self.model.create_entity("IfcShapeRepresentation", self.body, "Body", "SweptSolid", solids)

    def void(self, outline: Outline, host: Prism) -> Any:
        """The body of an opening through `host`, reaching out of it on both sides so that no skin is left."""
        reach = 0.05
        back = tuple(o - reach * a for o, a in zip(host.origin, host.axis, strict=True))
        prism = Prism(outline, (back[0], back[1], back[2]), host.u, host.v, host.depth + 2 * reach, host.material)
        return self.shape(
            self.model.create_entity("IfcShapeRepresentation", self.body, "Body", "SweptSolid", [self.solid(prism)])
        )

    def mesh(self, vertices: Any, triangles: Any, material: str) -> Any:
        """The body of a triangle mesh in m."""
        points = self.model.create_entity(
            "IfcCartesianPointList3D", [[millimetres(float(c)) + 0.0 for c in vertex] for vertex in vertices]
        )
        faces = [[int(corner) + 1 for corner in triangle] for triangle in triangles]
        surface = self.model.create_entity("IfcTriangulatedFaceSet", points, None, False, faces)
        self.model.create_entity("IfcStyledItem", surface, [self.style(material)])
        return self.shape(
            self.model.create_entity("IfcShapeRepresentation", self.body, "Body", "Tessellation", [surface])
        )

    def mapped(self, source: Any) -> Any:
        """A shape that repeats a type's own."""
        operator = self.model.create_entity(
            "IfcCartesianTransformationOperator3D", None, None, self.point((0.0, 0.0, 0.0)), 1.0, None
        )
        item = self.model.create_entity("IfcMappedItem", source, operator)
        return self.shape(
            self.model.create_entity("IfcShapeRepresentation", self.body, "Body", "MappedRepresentation", [item])
        )

    def shape(self, representation: Any) -> Any:
        """The product's shape of one representation."""
        return self.model.create_entity("IfcProductDefinitionShape", None, None, [representation])

    def style(self, material: str) -> Any:
        """The surface style of a material of the palette."""
        if material not in self._styles:
            look = PALETTE[material]
            create = self.model.create_entity
            colour = create("IfcColourRgb", None, *look.rgb)
            rendering = create(
                "IfcSurfaceStyleRendering", colour, look.transparency, None, None, None, None, None, None, "NOTDEFINED"
            )
            self._styles[material] = create("IfcSurfaceStyle", material, "BOTH", [rendering])
        return self._styles[material]

    def _extrusion(self, profile: Any, axes: Any, depth: float) -> Any:
        return self.model.create_entity(
            "IfcExtrudedAreaSolid", profile, axes, self.direction((0.0, 0.0, 1.0)), millimetres(depth)
        )

    def _profile(self, outline: Outline) -> Any:
        if _is_rectangle(outline):
            (x0, y0), (x1, y1) = outline[0], outline[2]
            return self._rectangle(x1 - x0, y1 - y0, (x0 + x1) / 2, (y0 + y1) / 2)
        points = [self.point(corner) for corner in (*outline, outline[0])]
        curve = self.model.create_entity("IfcPolyline", points)
        return self.model.create_entity("IfcArbitraryClosedProfileDef", "AREA", None, curve)

    def _rectangle(self, width: float, height: float, x: float, y: float) -> Any:
        centre = self.model.create_entity("IfcAxis2Placement2D", self.point((x, y)), None)
        return self.model.create_entity(
            "IfcRectangleProfileDef", "AREA", None, centre, millimetres(width), millimetres(height)
        )


def _is_rectangle(outline: Outline) -> bool:
    if len(outline) != 4:
        return False
    (x0, y0), (x1, y1) = outline[0], outline[2]
    return outline == ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
