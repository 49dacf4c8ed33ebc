"""Nearest point of the approved surface, for any number of points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from twin.arrays import Flags, Floats, Ints
from twin.design.feet import foot_on_triangle
from twin.design.model import Surface

_BATCH = 1 << 20
_SHRINK_M = 1e-4  # far below any gap that one could see into, above single precision
_LIFT_M = 0.002  # clears single-precision steps at a few hundred metres from the origin


@dataclass(frozen=True, eq=False)
class Nearest:
    """The nearest surface point of each query.

    Attributes
    ----------
    points : (n, 3) m, design frame
    triangle : (n,) int32
        Index into the surface's triangles.
    """

    points: Floats
    triangle: Ints


class Proximity:
    """Answers nearest-point queries against a fixed surface.

    The search runs in single precision about a local origin; the foot point is then computed again in double
    precision on the triangle that was found, so that its error is the choice among equally near triangles only.

    Parameters
    ----------
    surface : Surface
        At least one triangle.
    """

    def __init__(self, surface: Surface) -> None:
        import open3d as o3d

        self._surface = surface
        self._corners = surface.corners()
        self._origin = surface.vertices.mean(axis=0)
        self._tensor = o3d.core.Tensor

    @cached_property
    def _scene(self) -> Any:
        return self._scene_of(self._corners)

    @cached_property
    def _apart(self) -> Any:
        return self._scene_of(_shrunk(self._surface, _SHRINK_M))

    def _scene_of(self, corners: Floats) -> Any:
        """What answers along rays; made where it is asked, as it takes some hundred bytes a triangle."""
        import open3d as o3d

        scene = o3d.t.geometry.RaycastingScene()
        vertices = (corners - self._origin).astype(np.float32).reshape(-1, 3)
        scene.add_triangles(
            self._tensor(vertices), self._tensor(np.arange(len(vertices), dtype=np.uint32).reshape(-1, 3))
        )
        return scene

    def nearest(self, points_design: Floats) -> Nearest:
        """Foot point and triangle for each of (n, 3) m points in the design frame."""
        count = len(points_design)
        feet = np.zeros((count, 3))
        triangle = np.zeros(count, dtype=np.int32)
        for start in range(0, count, _BATCH):
            part = slice(start, min(start + _BATCH, count))
            query = np.ascontiguousarray(points_design[part] - self._origin, dtype=np.float32)
            answer = self._scene.compute_closest_points(self._tensor(query))
            triangle[part] = answer["primitive_ids"].numpy().astype(np.int32)
            feet[part] = foot_on_triangle(points_design[part], self._corners, triangle[part])
        return Nearest(feet, triangle)

    def has_room(self, points_design: Floats, directions_design: Floats, room_m: float) -> Flags:
        """Whether nothing stands within `room_m` of each surface point along a direction, and the point is not
        inside another closed element.

        A ray that starts inside an element leaves it through a surface seen from behind. Elements are taken a little
        smaller than they are, so that where two touch the one that is left is met before the one that is entered.
        """
        lift = min(room_m, _LIFT_M)
        room = np.zeros(len(points_design), dtype=bool)
        for start in range(0, len(points_design), _BATCH):
            part = slice(start, min(start + _BATCH, len(points_design)))
            origins = points_design[part] + lift * directions_design[part] - self._origin
            rays = np.hstack([origins, directions_design[part]]).astype(np.float32)
            answer = self._apart.cast_rays(self._tensor(rays))
            behind = np.einsum("ij,ij->i", answer["primitive_normals"].numpy(), rays[:, 3:]) > 0.0
            met = answer["t_hit"].numpy()
            room[part] = (met > room_m - lift) & ~(np.isfinite(met) & behind)
        return room

    def hits(self, origins_design: Floats, directions_design: Floats) -> Floats:
        """Distance in units of each direction's length to the first surface a ray meets; infinite where none."""
        rays = np.hstack([origins_design - self._origin, directions_design]).astype(np.float32)
        distance: Floats = self._scene.cast_rays(self._tensor(rays))["t_hit"].numpy().astype(np.float64)
        return distance


def _shrunk(surface: Surface, by_m: float) -> Floats:
    """(t, 3, 3) m: the surface's triangles, each element smaller by `by_m` on all sides of its box."""
    corners = surface.corners()
    count = int(surface.element.max()) + 1
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, surface.element, corners.min(axis=1))
    np.maximum.at(high, surface.element, corners.max(axis=1))
    empty = ~np.isfinite(low)  # elements whose triangles were all dropped
    low[empty], high[empty] = 0.0, 0.0
    factor = np.maximum(1.0 - 2.0 * by_m / np.maximum(high - low, 1e-9), 0.5)[surface.element][:, None, :]
    middle = (0.5 * (low + high))[surface.element][:, None, :]
    return np.asarray(middle + factor * (corners - middle))
