"""Surveys of shapes: what instruments see from where they stand, in a frame of any pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from support.shapes import GROUND, Body, Shape, block

from twin.arrays import Flags, Floats, Ints, Matrix4
from twin.frames import move, translation, yaw
from twin.survey.model import Cloud, Scan


@dataclass(frozen=True)
class Look:
    """How a survey is taken.

    `kind`: "around" tripods on all sides, "inside" those and tripods in every room, "rooms" tripods of one storey only,
    "drone" from above and around, "street" tripods on two sides, "facade" tripods on one side. `told` says whether the
    file names its stations, `stepped` whether points lie as a scanner leaves them that turns by even steps, or evenly
    on all surfaces.
    """

    kind: str = "around"
    noise_m: float = 0.003
    density: float = 80.0
    told: bool = False
    stepped: bool = False
    storey: int = 0
    seed: int = 1


def stations(shape: Shape, look: Look) -> Floats:
    """(s, 3) m, design frame."""
    corners = np.vstack([np.asarray(ring) for ring in shape.rings])
    middle, half = 0.5 * (corners.min(axis=0) + corners.max(axis=0)), 0.5 * np.ptp(corners, axis=0)
    rooms = [
        (*(0.75 * np.mean(t, axis=0) + 0.25 * np.asarray(t[k])), z + 1.6)
        for z in shape.levels[:-1]
        for t in shape.tiles
        for k in (0, len(t) // 2)
    ]
    ring = [
        (*(middle + (half + 9.0) * [np.cos(a), np.sin(a)] * 1.1), GROUND + 1.7) for a in np.arange(8) * np.pi / 4 + 0.3
    ]
    above = [
        (*(middle + (half + 12.0) * [np.cos(a), np.sin(a)]), shape.levels[-1] + 14.0) for a in np.arange(8) * np.pi / 4
    ]
    chosen = {
        "around": ring,
        "inside": ring + rooms,
        "rooms": [place for place in rooms if abs(place[2] - 1.6 - shape.levels[look.storey]) < 0.1],
        "drone": [*above, (*middle, shape.levels[-1] + 25.0)],
        "street": ring[4:7],
        "facade": ring[5:6],
    }
    return np.array(chosen[look.kind])


def surveyed(shape: Shape, built: list[Body], look: Look, places: Floats | None = None) -> tuple[Floats, Ints, Floats]:
    """Points (n, 3) m in the design frame, the station of each, and the stations: what each sees, nearest first."""
    import open3d as o3d

    random = np.random.default_rng([look.seed, 5])
    corners = np.vstack([np.asarray(ring) for ring in shape.rings])
    (x0, y0), (x1, y1) = corners.min(axis=0) - 18.0, corners.max(axis=0) + 18.0
    ground = block("ground", (x0, y0, GROUND - 0.5), (x1, y1, GROUND))
    scene, samples = o3d.t.geometry.RaycastingScene(), []
    for part in (ground, *built):
        scene.add_triangles(
            o3d.core.Tensor(part.vertices.astype(np.float32)), o3d.core.Tensor(part.triangles.astype(np.uint32))
        )
        samples.append(sampled(part, 8.0 if part is ground else look.density, random))
    points = np.vstack(samples)
    places = stations(shape, look) if places is None else places
    best, scan = np.full(len(points), np.inf), np.full(len(points), -1, dtype=np.int32)
    for number, station in enumerate(places):
        way = points - station
        length = np.linalg.norm(way, axis=1)
        asked = np.flatnonzero((length < best) & (length < 70.0))
        seen = asked[_sees(scene, station, way[asked], length[asked])]
        best[seen], scan[seen] = length[seen], number
    kept = scan >= 0
    points, scan = points[kept], scan[kept]
    return points + random.normal(0.0, look.noise_m, points.shape), scan, places


def _sees(scene: object, station: Floats, way: Floats, length: Floats) -> Flags:
    import open3d as o3d

    rays = np.hstack([np.broadcast_to(station, way.shape), way]).astype(np.float32)
    answer = scene.cast_rays(o3d.core.Tensor(rays))  # type: ignore[attr-defined]
    cosine = np.abs(np.einsum("ij,ij->i", answer["primitive_normals"].numpy(), way)) / length
    return np.asarray((np.abs(answer["t_hit"].numpy() - 1.0) * length < 0.005) & (cosine > 0.1))


def sampled(part: Body, density: float, random: np.random.Generator) -> Floats:
    corners = part.vertices[part.triangles]
    area = 0.5 * np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    count = round(density * float(area.sum()))
    if not count:
        return np.zeros((0, 3))
    chosen = random.choice(len(area), count, p=area / area.sum())
    u, v = random.random((2, count))
    over = u + v > 1.0
    u[over], v[over] = 1.0 - u[over], 1.0 - v[over]
    a, b, c = np.moveaxis(corners[chosen], 1, 0)
    return np.asarray(a + u[:, None] * (b - a) + v[:, None] * (c - a))


def cloud_of(points: Floats, scan: Ints, places: Floats, survey_from_design: Matrix4, told: bool) -> Cloud:
    """The survey in a frame of its own."""
    scans = tuple(Scan(f"scan {n}", None, int((scan == n).sum())) for n in range(len(places)))
    at = move(survey_from_design, places) if told else np.full(places.shape, np.nan)
    return Cloud(move(survey_from_design, points), scan.astype(np.int16), None, scans, at, np.zeros(3), ())


def anywhere(random: np.random.Generator, tilt_deg: float = 1.5) -> Matrix4:
    """A random pose: any yaw, 80 m, a small lean."""
    from scipy.spatial.transform import Rotation

    lean = np.eye(4)
    lean[:3, :3] = Rotation.from_rotvec([*np.radians(random.uniform(-tilt_deg, tilt_deg, 2)), 0.0]).as_matrix()
    shift: Matrix4 = translation(random.uniform(-80.0, 80.0, 3)) @ lean @ yaw(random.uniform(-np.pi, np.pi))
    return shift
