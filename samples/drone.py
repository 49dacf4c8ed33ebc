"""A drone's photogrammetric cloud of the as-built site: seen from its cameras only, a little noisy, a little domed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samples.plan import EAST, NORTH, Plan
from samples.scene import Scene
from twin.arrays import Bytes, Flags, Floats, Ints

_CENTRE = np.array([EAST / 2, NORTH / 2])
_FRAME = (158, 198)
"""Rows and columns that are matched in each picture."""
_HALF_WIDTH_DEG = 34.0
_NADIR_HEIGHT = 32.0
"""Over the roof, in m."""
_RING_RADIUS = 31.0
_RINGS = ((7.0, 7.0), (17.0, 13.0), (36.0, 14.0))
"""Height of each ring of oblique pictures and the height that it looks at, in m, design frame."""
_RING_PICTURES = 14
_REACH = 46.0
"""The cloud is cut off this far from the middle of the building, in m."""
_NOISE, _SMOOTH_NOISE = 0.009, 0.007
"""Standard deviation of a point along its ray, and amplitude of what neighbours share, in m."""
_DOME = 0.012
"""Height in m by which the cloud's middle stands above its rim."""
_BIAS = np.array([0.005, -0.004, 0.006])
"""Offset of the whole cloud in m that its control points left."""
_GLASS_KEPT, _THIN_KEPT = 0.12, 0.35
"""Share of matches that survive on panes, and on lattices and tubes."""
_THIN = frozenset({"crane yellow", "steel"})
_GRAZING = 0.15
"""Surfaces seen flatter than this cosine are not matched."""


@dataclass(frozen=True, eq=False)
class DroneCloud:
    """The cloud.

    Attributes
    ----------
    points : (n, 3) m, design frame
    rgb : (n, 3) uint8
    part : (n,) int32
        The as-built part of each point, -1 for other things.
    pictures : int
        How many camera positions it was seen from.
    """

    points: Floats
    rgb: Bytes
    part: Ints
    pictures: int


def fly(scene: Scene, plan: Plan, rng: np.random.Generator) -> DroneCloud:
    """Fly over and round the building."""
    poses = _cameras(plan)
    origins, directions = [], []
    for position, target in poses:
        rays = _rays(position, target, rng)
        directions.append(rays)
        origins.append(np.broadcast_to(position, rays.shape))
    origin, direction = np.concatenate(origins), np.concatenate(directions)
    distance, triangle, kept = _matches(scene, origin, direction, rng)
    origin, direction = origin[kept], direction[kept]
    distance, triangle = distance[kept], triangle[kept]
    surface = origin + distance[:, None] * direction
    near = np.hypot(*(surface[:, :2] - _CENTRE).T) < _REACH
    surface, direction, triangle, origin = surface[near], direction[near], triangle[near], origin[near]
    points = surface + _errors(surface, direction, scene.normals[triangle], rng)
    return DroneCloud(points, scene.colours(surface, triangle, origin, rng), scene.part[triangle], len(poses))


def _cameras(plan: Plan) -> list[tuple[Floats, Floats]]:
    """Position and target of each picture in m, design frame."""
    poses = []
    for x in np.linspace(-4.0, EAST + 4.0, 5):
        for y in np.linspace(-4.0, NORTH + 4.0, 4):
            poses.append((np.array([x, y, plan.roof + _NADIR_HEIGHT]), np.array([x, y + 0.01, 0.0])))
    for ring, (height, aim) in enumerate(_RINGS):
        for i in range(_RING_PICTURES):
            angle = 2 * np.pi * (i + ring / len(_RINGS)) / _RING_PICTURES
            away = np.array([np.cos(angle), np.sin(angle)])
            foot = _CENTRE + away * [_RING_RADIUS + 4.0, _RING_RADIUS - 2.0]
            look = _CENTRE + 3.0 * away
            poses.append((np.array([*foot, height]), np.array([*look, aim])))
    return poses


def _rays(position: Floats, target: Floats, rng: np.random.Generator) -> Floats:
    """(rows x columns, 3) unit directions of one picture, each somewhere in its pixel."""
    forward = (target - position) / np.linalg.norm(target - position)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    rows, columns = _FRAME
    width = np.tan(np.radians(_HALF_WIDTH_DEG))
    v, u = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    across = width * ((u + rng.random(u.shape)) / columns * 2 - 1)
    upwards = width * rows / columns * ((v + rng.random(v.shape)) / rows * 2 - 1)
    rays = forward + across[..., None] * right + upwards[..., None] * up
    rays = rays.reshape(-1, 3)
    return np.asarray(rays / np.linalg.norm(rays, axis=1, keepdims=True))


def _matches(scene: Scene, origin: Floats, direction: Floats, rng: np.random.Generator) -> tuple[Floats, Ints, Flags]:
    """Distance and triangle of each ray's match, and which rays have one at all."""
    opaque, glass = scene.cast_opaque(origin, direction), scene.cast_glass(origin, direction)
    pane = glass.distance < opaque.distance
    luck = rng.random(len(pane))
    on_pane = pane & (luck < 0.75 * _GLASS_KEPT)
    distance = np.where(on_pane, glass.distance, opaque.distance)
    triangle = np.where(on_pane, glass.triangle, opaque.triangle)
    kept = (triangle >= 0) & (~pane | (luck < _GLASS_KEPT))
    seen = np.flatnonzero(kept)
    grazing = scene.incidences(direction[seen], triangle[seen]) < _GRAZING
    lost = scene.is_of(triangle[seen], _THIN) & (rng.random(len(seen)) > _THIN_KEPT)
    kept[seen[grazing | lost]] = False
    return distance, triangle, kept


def _errors(points: Floats, directions: Floats, normals: Floats, rng: np.random.Generator) -> Floats:
    """(n, 3) m: noise along the ray, waves that neighbours share, doming, and what control left."""
    x, y, z = points.T
    wave = np.sin(2.1 * x + 0.7 * z + 0.3) + np.sin(1.7 * y - 1.1 * z) + np.sin(0.9 * x + 1.3 * y + 2.3 * z)
    error = _NOISE * rng.standard_normal(len(points))[:, None] * directions
    error += (_SMOOTH_NOISE / np.sqrt(1.5) * wave)[:, None] * normals
    error[:, 2] += _DOME * (0.5 - np.minimum(np.hypot(*(points[:, :2] - _CENTRE).T) / _REACH, 1.0) ** 2)
    return np.asarray(error + _BIAS)
