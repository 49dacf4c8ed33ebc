"""What rays meet: parallel views of a mesh (elevations, views beyond a cut) and how well a thing is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Floats32, Ints
from twin.evidence.pictures.cut import Plane

NOTHING = -1


@dataclass(frozen=True, eq=False)
class View:
    """A parallel view; rows run from the top of the paper down.

    Attributes
    ----------
    depth : (h, w) m
        Distance beyond the plane, infinite where nothing is met.
    triangle : (h, w) int32
        Index of the triangle that is met, -1 where none.
    facing : (h, w) float
        Cosine between the surface's normal and the line of sight, 0 where nothing is met.
    extent : (left, right, bottom, top), m on paper
    pixel_m : float
    """

    depth: Floats
    triangle: Ints
    facing: Floats
    extent: tuple[float, float, float, float]
    pixel_m: float


class Sight:
    """Casts rays against one mesh, in single precision about a local origin.

    Parameters
    ----------
    vertices : (v, 3) m, design frame
    triangles : (t, 3) int32
    """

    def __init__(self, vertices: Floats, triangles: Ints) -> None:
        import open3d as o3d

        self._tensor = o3d.core.Tensor
        self._scene = o3d.t.geometry.RaycastingScene()
        self._origin = np.zeros(3)
        self._empty = not len(triangles)
        if not self._empty:
            self._origin = np.rint(vertices.mean(axis=0))
            local = (vertices - self._origin).astype(np.float32)
            self._scene.add_triangles(o3d.core.Tensor(local), o3d.core.Tensor(triangles.astype(np.uint32)))

    def cast(self, origins: Floats, directions: Floats) -> tuple[Floats, Ints, Floats]:
        """Distance, triangle (-1 none) and unit normal for rays of unit direction, (n, 3) m each, design frame."""
        count = len(origins)
        rays = np.empty((count, 6), dtype=np.float32)
        rays[:, :3], rays[:, 3:] = origins - self._origin, directions
        return self._cast(rays)

    def _cast(self, rays: Floats32) -> tuple[Floats, Ints, Floats]:
        if self._empty:
            return np.full(len(rays), np.inf), np.full(len(rays), NOTHING, dtype=np.int32), np.zeros((len(rays), 3))
        answer = self._scene.cast_rays(self._tensor(rays))
        distance = answer["t_hit"].numpy().astype(np.float64)
        triangle = answer["primitive_ids"].numpy()
        met = np.isfinite(distance)
        normal = np.where(met[:, None], answer["primitive_normals"].numpy().astype(np.float64), 0.0)
        return distance, np.where(met, triangle, NOTHING).astype(np.int32), normal

    def view(self, plane: Plane, extent: tuple[float, float, float, float], pixel_m: float) -> View:
        """The mesh beyond `plane` as seen in parallel projection.

        Parameters
        ----------
        plane : Plane
        extent : (left, right, bottom, top), m on paper
        pixel_m : float
            Size of a pixel.
        """
        left, right, bottom, top = extent
        width = max(round((right - left) / pixel_m), 1)
        height = max(round((top - bottom) / pixel_m), 1)
        x = left + (np.arange(width) + 0.5) * (right - left) / width
        y = top - (np.arange(height) + 0.5) * (top - bottom) / height
        across, along = np.meshgrid(x, y)
        foot = plane.origin @ plane.look * plane.look
        origins = foot - self._origin + across.reshape(-1, 1) * plane.right + along.reshape(-1, 1) * plane.up
        rays = np.empty((len(origins), 6), dtype=np.float32)
        rays[:, :3], rays[:, 3:] = origins, plane.look
        distance, triangle, normal = self._cast(rays)
        shape = (height, width)
        return View(
            distance.reshape(shape),
            triangle.reshape(shape),
            np.abs(normal @ plane.look).reshape(shape),
            extent,
            pixel_m,
        )


def shaded(view: View, fade_m: float) -> Floats:
    """(h, w) grey 0..1 of a parallel view: paler with depth, with a fine line where surfaces part.

    Parameters
    ----------
    view : View
    fade_m : float, m
        Depth over which things fade to paper.
    """
    met = np.isfinite(view.depth)
    depth = np.where(met, view.depth, 0.0)
    fade = np.clip(depth / fade_m, 0.0, 1.0)
    grey = np.where(met, 0.86 + 0.09 * fade - 0.05 * (1.0 - view.facing), 1.0)
    line = _parted(np.where(met, view.depth, 4.0 * fade_m), view)
    return np.where(line, np.minimum(grey, 0.56 + 0.3 * fade), grey)


def _parted(depth: Floats, view: View) -> Flags:
    """Where depth jumps or the surface turns between a pixel and its right or lower neighbour."""
    line = np.zeros(depth.shape, dtype=np.bool_)
    jump = 0.05 + 2.0 * view.pixel_m
    for axis in (0, 1):
        step = np.abs(np.diff(depth, axis=axis)) > jump
        turn = np.abs(np.diff(view.facing, axis=axis)) > 0.25
        part = [slice(None), slice(None)]
        part[axis] = slice(0, -1)
        line[tuple(part)] |= step | turn
    return line
