"""Where instruments stand in and around a building of any shape, and what they see from there."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from support.shape_surveys import Look, sampled
from support.shapes import Body

from twin.arrays import Flags, Floats, Ints

from .world import World

TRIPOD_M = 1.6
_STEP_M, _ROOM_M = 0.7, 0.45
"""Of places that are tried; and the free space that an instrument needs about itself."""
_HIGHEST_M = 9.0
"""A ceiling above this is the sky to somebody inside."""
_MOST_A_FLOOR = 14
_ON_GLASS = 0.1
"""Share of a window's surface that gives returns: the rest lets rays through."""
_ON_GROUND = 0.1
_FARTHEST_M = 70.0
_STEP_DEG, _LOWEST_DEG = 0.4, -62.5
"""Of a scanner that turns by even steps, and where its own foot begins to hide the floor."""
_TOUCHING_M, _LEAST_COSINE = 0.005, 0.1


class Scene:
    """Casts rays against bodies; windows let them pass."""

    def __init__(self, bodies: Iterable[Body]) -> None:
        import open3d as o3d

        self._tensor = o3d.core.Tensor
        self.cast, self.glass = o3d.t.geometry.RaycastingScene(), o3d.t.geometry.RaycastingScene()
        for body in bodies:
            if len(body.triangles):
                vertices, triangles = body.vertices.astype(np.float32), body.triangles.astype(np.uint32)
                scene = self.glass if body.ifc_class == "IfcWindow" else self.cast
                scene.add_triangles(self._tensor(vertices), self._tensor(triangles))

    def landed(self, start: Floats, way: Floats, random: np.random.Generator) -> Floats:
        """The same; of rays that meet glass a few end there."""
        hit = self.reach(start, way)
        rays = np.hstack([np.broadcast_to(start, way.shape), way]).astype(np.float32)
        pane = np.asarray(self.glass.cast_rays(self._tensor(rays))["t_hit"].numpy(), dtype=np.float64)
        return np.where((pane < hit) & (random.random(len(way)) < _ON_GLASS), pane, hit)

    def reach(self, start: Floats, way: Floats) -> Floats:
        """(n,) how many times its way, (n, 3) m, each ray goes until it hits something; infinite if it never does."""
        rays = np.hstack([np.broadcast_to(start, way.shape), way]).astype(np.float32)
        return np.asarray(self.cast.cast_rays(self._tensor(rays))["t_hit"].numpy(), dtype=np.float64)

    def sees(self, station: Floats, way: Floats, length: Floats, through: Flags) -> Flags:
        """(n,) which points a station sees, by their way from it, (n, 3) m; of those on glass, all with free sight."""
        rays = np.hstack([np.broadcast_to(station, way.shape), way]).astype(np.float32)
        answer = self.cast.cast_rays(self._tensor(rays))
        hit = answer["t_hit"].numpy()
        cosine = np.abs(np.einsum("ij,ij->i", answer["primitive_normals"].numpy(), way)) / length
        on_it = (np.abs(hit - 1.0) * length < _TOUCHING_M) & (cosine > _LEAST_COSINE)
        return np.asarray(on_it | (through & (hit > 1.0)))


def stations(world: World, scene: Scene, look: Look) -> Floats:
    """(s, 3) m: a ring on the ground or above the roof, and with "inside" a place in every room of every floor."""
    low, high = world.box
    middle, half = 0.5 * (low + high)[:2], 0.5 * (high - low)[:2]
    turns = np.arange(10) * np.pi / 5 + 0.3
    round_ = np.column_stack([np.cos(turns), np.sin(turns)])
    if look.kind == "drone":
        above = np.column_stack([middle + (half + 12.0) * round_, np.full(10, high[2] + 12.0)])
        return np.vstack([above, [*middle, high[2] + 22.0]])
    ring = np.column_stack([middle + (half + 8.0) * 1.1 * round_, np.full(10, world.ground_m + TRIPOD_M)])
    if look.kind != "inside":
        return ring
    rooms = [_rooms(world, scene, level) for level in sorted({round(level, 1) for level in world.floors})]
    return np.vstack([ring, *rooms])


def _rooms(world: World, scene: Scene, level: float) -> Floats:
    """Places on a floor from which all others of it are seen, as few as are found one by one."""
    (x0, y0, _), (x1, y1, _) = world.box
    x, y = np.meshgrid(np.arange(x0, x1, _STEP_M), np.arange(y0, y1, _STEP_M))
    places = np.column_stack([x.ravel(), y.ravel(), np.full(x.size, level + TRIPOD_M)])
    places = places[_free(scene, places)]
    chosen: list[Floats] = []
    unseen = np.ones(len(places), dtype=np.bool_)
    while unseen.any() and len(chosen) < _MOST_A_FLOOR:
        seen = np.array([_open(scene, place, places) & unseen for place in places[unseen]])
        best = int(seen.sum(axis=1).argmax())
        chosen.append(places[unseen][best])
        unseen &= ~seen[best]
    return np.array(chosen).reshape(-1, 3)


def _free(scene: Scene, places: Floats) -> Flags:
    """Where a tripod can stand: on a floor, under a ceiling, with room about it."""
    down, up = (scene.reach(places, np.broadcast_to([0.0, 0.0, way], places.shape)) for way in (-1.0, 1.0))
    free = (np.abs(down - TRIPOD_M) < 0.35) & (up > 0.4) & (up < _HIGHEST_M)
    for turn in np.arange(8) * np.pi / 4:
        way = np.broadcast_to([np.cos(turn), np.sin(turn), 0.0], places.shape)
        free &= scene.reach(places, way) > _ROOM_M
    return np.asarray(free)


def _open(scene: Scene, place: Floats, others: Floats) -> Flags:
    return np.asarray(scene.reach(place, others - place) > 0.999)


def surveyed(bodies: Iterable[Body], scene: Scene, places: Floats, look: Look) -> tuple[Floats, Ints]:
    """Points (n, 3) m with noise along their rays, and the station of each: the nearest that sees it."""
    random = np.random.default_rng([look.seed, 5])
    samples, glass = [], []
    for body in bodies:
        is_glass = body.ifc_class == "IfcWindow"
        share = _ON_GLASS if is_glass else _ON_GROUND if body.name == "ground" else 1.0
        samples.append(sampled(body, look.density * share, random))
        glass.append(np.full(len(samples[-1]), is_glass))
    points, through = np.vstack(samples), np.concatenate(glass)
    best, scan = np.full(len(points), np.inf), np.full(len(points), -1, dtype=np.int32)
    for number, station in enumerate(places):
        way = points - station
        length = np.linalg.norm(way, axis=1)
        asked = np.flatnonzero((length < best) & (length < _FARTHEST_M))
        seen = asked[scene.sees(station, way[asked], length[asked], through[asked])]
        best[seen], scan[seen] = length[seen], number
    kept = scan >= 0
    points, scan, length = points[kept], scan[kept], best[kept]
    along = (points - places[scan]) / length[:, None]
    return points + along * random.normal(0.0, look.noise_m, (len(points), 1)), scan


def stepped(scene: Scene, places: Floats, look: Look) -> tuple[Floats, Ints]:
    """Points (n, 3) m as scanners leave them that turn by even steps, and the station of each."""
    random = np.random.default_rng([look.seed, 6])
    azimuth, elevation = (
        np.radians(np.arange(0.0, 360.0, _STEP_DEG)),
        np.radians(np.arange(_LOWEST_DEG, 90.0, _STEP_DEG)),
    )
    turn, rise = (angle.ravel() for angle in np.meshgrid(azimuth, elevation, indexing="ij"))
    way = np.column_stack([np.cos(rise) * np.cos(turn), np.cos(rise) * np.sin(turn), np.sin(rise)])
    points, scan = [], []
    for number, place in enumerate(places):
        length = scene.landed(place, way, random)
        seen = np.flatnonzero(length < _FARTHEST_M)
        length = length[seen] + random.normal(0.0, look.noise_m, len(seen))
        points.append(place + length[:, None] * way[seen])
        scan.append(np.full(len(seen), number, dtype=np.int32))
    return np.vstack(points), np.concatenate(scan)
