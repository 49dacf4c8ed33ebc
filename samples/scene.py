"""The as-built site as triangles that rays can be cast at, and what light makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from samples.palette import PALETTE
from samples.solids import Part, part_triangles
from samples.surroundings import Thing
from twin.arrays import Bytes, Flags, Floats, Ints

NO_PART = -1
_NAMES = tuple(PALETTE)
_SUN = np.array([0.42, -0.62, 0.66]) / np.linalg.norm([0.42, -0.62, 0.66])
"""Towards the sun, design frame: a spring forenoon."""
_AMBIENT = 0.58
_GRAZE = 1e-3
"""Shadow rays start this far off the surface, in m."""
_SLIVER = 1e-9
"""Triangles below twice this area in m2 have no normal worth the name."""
_BLOCK = 1 << 20
"""Rays cast at a time."""


@dataclass(frozen=True, eq=False)
class Hits:
    """Where rays ended.

    Attributes
    ----------
    distance : (n,) float, m
        Infinite where nothing was met.
    triangle : (n,) int32
        Of `Scene.triangles`; -1 where nothing was met.
    """

    distance: Floats
    triangle: Ints


@dataclass(frozen=True, eq=False)
class Scene:
    """The as-built site.

    Attributes
    ----------
    triangles : (t, 3, 3) m, design frame
    normals : (t, 3)
        Outward unit normals.
    material : (t,) int32
        Index into the palette.
    part : (t,) int32
        Index of the as-built part; -1 beside the building.
    opaque, glass : open3d.t.geometry.RaycastingScene
    """

    triangles: Floats
    normals: Floats
    material: Ints
    part: Ints
    opaque: Any
    glass: Any
    _opaque_index: Ints
    _glass_index: Ints

    def cast_opaque(self, origins: Floats, directions: Floats) -> Hits:
        """First surface that stops light along each ray: (n, 3) m and (n, 3) unit, design frame."""
        return self._cast(self.opaque, self._opaque_index, origins, directions)

    def cast_glass(self, origins: Floats, directions: Floats) -> Hits:
        """First pane along each ray."""
        return self._cast(self.glass, self._glass_index, origins, directions)

    def colours(self, points: Floats, triangle: Ints, viewpoints: Floats, rng: np.random.Generator) -> Bytes:
        """(n, 3) uint8 colour of surface points by material, grain, sun and shadow.

        Parameters
        ----------
        points : (n, 3) m, design frame
        triangle : (n,) int32
        viewpoints : (n, 3) or (3,) m, design frame
            From where each is seen; the side that faces it is lit.
        """
        normals = self.normals[triangle]
        facing = np.sign(np.einsum("ij,ij->i", normals, viewpoints - points))
        normals = normals * facing[:, None]
        lit = np.maximum(normals @ _SUN, 0.0)
        lit *= ~self._shadowed(points + _GRAZE * normals, lit > 0.0)
        shade = _AMBIENT + (1.0 - _AMBIENT) * lit + 0.06 * normals[:, 2]
        base = np.array([PALETTE[name].rgb for name in _NAMES])[self.material[triangle]]
        texture = np.array([PALETTE[name].texture for name in _NAMES])[self.material[triangle]]
        grain = 1.0 + texture * rng.standard_normal(len(points))
        bright: Bytes = np.clip(255.0 * base * (shade * grain)[:, None], 0.0, 255.0).astype(np.uint8)
        return bright

    def reflectances(self, triangle: Ints) -> Floats:
        """(n,) share of the light thrown back."""
        table = np.array([PALETTE[name].reflectance for name in _NAMES])
        return np.asarray(table[self.material[triangle]])

    def incidences(self, directions: Floats, triangle: Ints) -> Floats:
        """(n,) cosine of the angle between ray and surface normal, 0..1."""
        return np.asarray(np.abs(np.einsum("ij,ij->i", directions, self.normals[triangle])))

    def is_of(self, triangle: Ints, names: frozenset[str]) -> Flags:
        """(n,) whether the surface is of one of the materials."""
        wanted = np.array([name in names for name in _NAMES])
        return np.asarray(wanted[self.material[triangle]])

    def _shadowed(self, points: Floats, asked: Flags) -> Flags:
        shadowed = np.zeros(len(points), dtype=bool)
        where = np.flatnonzero(asked)
        rays = np.concatenate([points[where], np.broadcast_to(_SUN, (len(where), 3))], axis=1).astype(np.float32)
        for start in range(0, len(rays), _BLOCK):
            block = slice(start, start + _BLOCK)
            shadowed[where[block]] = self.opaque.test_occlusions(_tensor(rays[block]), nthreads=1).numpy()
        return shadowed

    def _cast(self, scene: Any, index: Ints, origins: Floats, directions: Floats) -> Hits:
        distance = np.full(len(directions), np.inf)
        triangle = np.full(len(directions), -1, dtype=np.int32)
        origins = np.broadcast_to(origins, directions.shape)
        for start in range(0, len(directions), _BLOCK):
            block = slice(start, start + _BLOCK)
            rays = np.concatenate([origins[block], directions[block]], axis=1).astype(np.float32)
            answer = scene.cast_rays(_tensor(rays), nthreads=1)
            met = np.isfinite(answer["t_hit"].numpy())
            found = index[answer["primitive_ids"].numpy()[met]]
            where = np.flatnonzero(met) + start
            triangle[where] = found
            distance[where] = self._distances(origins[where], directions[where], found)
        return Hits(distance, triangle)

    def _distances(self, origins: Floats, directions: Floats, triangle: Ints) -> Floats:
        """Distances along rays to the planes of the triangles they met, in double precision."""
        normals = self.normals[triangle]
        ahead = np.einsum("ij,ij->i", normals, self.triangles[triangle, 0] - origins)
        return np.asarray(ahead / np.einsum("ij,ij->i", normals, directions))


def build_scene(parts: tuple[Part, ...], offsets: Floats, things: tuple[Thing, ...]) -> Scene:
    """The scene of as-built parts, each moved by its offset, and of what stands about.

    Parameters
    ----------
    parts : tuple of Part
    offsets : (len(parts), 3) m, design frame
        How far each part was built from where the plan has it.
    things : tuple of Thing
    """
    soups, materials, owners = [], [], []
    for index, part in enumerate(parts):
        if part.bodies and part.family != "space":
            triangles, names = part_triangles(part)
            soups.append(triangles + offsets[index])
            materials += names
            owners.append(np.full(len(triangles), index))
    for thing in things:
        soups.append(thing.triangles)
        materials += thing.materials
        owners.append(np.full(len(thing.triangles), NO_PART))
    triangles = np.concatenate(soups)
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    lengths = np.linalg.norm(normals, axis=1)
    whole = lengths > _SLIVER
    number = {name: i for i, name in enumerate(_NAMES)}
    material = np.array([number[name] for name in materials], dtype=np.int32)[whole]
    triangles, normals = triangles[whole], normals[whole] / lengths[whole, None]
    clear = np.array([PALETTE[name].transparency > 0.0 for name in _NAMES])[material]
    opaque_index, glass_index = (np.flatnonzero(side).astype(np.int32) for side in (~clear, clear))
    owner = np.concatenate(owners)[whole].astype(np.int32)
    opaque, glass = _ray_scene(triangles[opaque_index]), _ray_scene(triangles[glass_index])
    return Scene(triangles, normals, material, owner, opaque, glass, opaque_index, glass_index)


def _ray_scene(triangles: Floats) -> Any:
    import open3d as o3d

    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    vertices = o3d.core.Tensor(np.ascontiguousarray(triangles.reshape(-1, 3), dtype=np.float32))
    corners = np.arange(3 * len(triangles), dtype=np.uint32).reshape(-1, 3)
    scene.add_triangles(vertices, o3d.core.Tensor(corners))
    return scene


def _tensor(rays: Any) -> Any:
    import open3d as o3d

    return o3d.core.Tensor(np.ascontiguousarray(rays))
