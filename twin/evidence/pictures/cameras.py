"""Where to look from: camera positions that show a thing best, and the projection that places labels on the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats
from twin.evidence.pictures.sight import Sight

VIEW_ANGLE_DEG = 26.0
"""Vertical angle of view: that of a longer lens, so that upright edges stay nearly parallel."""

_TRIAL_WIDTH = 144
"""Width in pixels of the trial pictures by which viewpoints are compared."""


@dataclass(frozen=True, eq=False)
class Camera:
    """A perspective camera.

    Attributes
    ----------
    position, target : (3,) m, design frame
    aspect : float
        Width over height.
    """

    position: Floats
    target: Floats
    aspect: float

    @property
    def look(self) -> Floats:
        """(3,) unit: line of sight."""
        look = self.target - self.position
        return np.asarray(look / np.linalg.norm(look))

    @property
    def right(self) -> Floats:
        """(3,) unit, level."""
        right = np.cross(self.look, [0.0, 0.0, 1.0])
        return np.asarray(right / np.linalg.norm(right))

    @property
    def up(self) -> Floats:
        """(3,) unit, square to the line of sight."""
        return np.asarray(np.cross(self.right, self.look))

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Places in the picture, (n, 2) from the left and from the top as shares 0..1, and depths, (n,) m."""
        local = points - self.position
        depth = local @ self.look
        tan = np.tan(np.radians(VIEW_ANGLE_DEG) / 2.0)
        safe = np.where(depth > 1e-6, depth, np.inf)
        x = local @ self.right / (safe * tan * self.aspect)
        y = local @ self.up / (safe * tan)
        return np.column_stack([(x + 1.0) / 2.0, (1.0 - y) / 2.0]), depth

    def rays(self, width: int) -> tuple[Floats, tuple[int, int]]:
        """Unit directions of all pixels, row by row from the top, and the picture's shape."""
        height = max(round(width / self.aspect), 1)
        tan = np.tan(np.radians(VIEW_ANGLE_DEG) / 2.0)
        x = (np.arange(width) + 0.5) / width * 2.0 - 1.0
        y = 1.0 - (np.arange(height) + 0.5) / height * 2.0
        across, along = np.meshgrid(x * tan * self.aspect, y * tan)
        rays = self.look + across[..., None] * self.right + along[..., None] * self.up
        unit = rays / np.linalg.norm(rays, axis=-1, keepdims=True)
        return np.asarray(unit.reshape(-1, 3)), (height, width)


def toward(azimuth_deg: float, elevation_deg: float) -> Floats:
    """(3,) unit: direction from the thing to the camera; azimuth anticlockwise from the design's x axis."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    return np.array([np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)])


def framing(points: Floats, direction: Floats, aspect: float, room: float) -> Camera:
    """The camera that fills the picture with `points`.

    Parameters
    ----------
    points : (n, 3) m, design frame
        At least one.
    direction : (3,) unit
        From the points to the camera.
    aspect : float
        Width over height of the picture.
    room : float
        1 touches the frame; larger leaves space round the points.
    """
    target = (points.min(axis=0) + points.max(axis=0)) / 2.0
    tan = np.tan(np.radians(VIEW_ANGLE_DEG) / 2.0) / room
    for _ in range(4):
        camera = Camera(target + direction, target, aspect)
        local = points - target
        along = local @ camera.look
        x, y = local @ camera.right, local @ camera.up
        distance = float(max(np.max(np.abs(x) / (tan * aspect) - along), np.max(np.abs(y) / tan - along), 1.0))
        depth = distance + along
        shift = [(np.max(v / depth) + np.min(v / depth)) / 2.0 * distance for v in (x, y)]
        target = target + shift[0] * camera.right + shift[1] * camera.up
    return Camera(target + distance * direction, target, aspect)


def shown(sight: Sight, camera: Camera, of_subject: Flags) -> tuple[float, float]:
    """How much of a trial picture shows the subject: share of all pixels, and of those that would show it alone.

    Parameters
    ----------
    sight : Sight
        Rays against the building and the subject.
    camera : Camera
    of_subject : (t,) bool
        Which triangles of `sight` are the subject.
    """
    rays, _ = camera.rays(_TRIAL_WIDTH)
    _, triangle, _ = sight.cast(np.broadcast_to(camera.position, rays.shape), rays)
    hit = (triangle >= 0) & of_subject[triangle]
    return float(hit.mean()), float(np.count_nonzero(hit))


def box_corners(box: Floats) -> Floats:
    """(8, 3) corners of a (2, 3) box."""
    low, high = box
    return np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
