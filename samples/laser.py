"""A laser scanner on the as-built site: stations, angular grid, noise, mixed pixels, glass, lost returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samples import plan as p
from samples.plan import Plan
from samples.scene import Hits, Scene
from samples.solids import Point3
from twin.arrays import Bytes, Flags, Floats, Floats32, Ints
from twin.frames import turn, yaw

_INSTRUMENT = 1.60
"""Height of the instrument over floor or ground in m."""
_LOWEST_DEG, _HIGHEST_DEG = -62.0, 84.0
"""Below the first the tripod stands in the way."""
_MAX_RANGE = 90.0
_RANGE_NOISE = 0.002
"""Standard deviation of a range in m at normal incidence."""
_GRAZING_NOISE = 0.0008
"""What grazing incidence adds for each unit of (1 / cosine - 1)."""
_RANGE_NOISE_MOST = 0.006
_EDGE = 0.04
"""Neighbouring ranges that differ by more than this in m lie on two surfaces."""
_MIXED_SHARE, _MIXED_REACH = 0.15, 4.0
"""Share of the returns at such edges that mix both surfaces, and the greatest jump in m that still mixes."""
_DETECTION = 0.004
"""Strength of a return, relative to a white surface at 25 m, at which every second one is lost."""
_STATION_NOISE, _YAW_NOISE_DEG = 0.0015, 0.002
"""Standard deviations of a station's stated position in m and heading."""
_PUDDLE = 0.75
"""Where a wave over the ground rises above this, water stands: on about a tenth of it."""
_WETTABLE = frozenset({"asphalt", "paving", "membrane"})


@dataclass(frozen=True, slots=True)
class Station:
    """Where the scanner stood: name, position in m in the design frame, and the step of its angular grid."""

    name: str
    position: Point3
    step_deg: float


@dataclass(frozen=True, eq=False)
class StationScan:
    """What one station measured.

    Attributes
    ----------
    points : (n, 3) m, station frame
    rgb : (n, 3) uint8
    intensity : (n,) float32, 0..1
    row, column : (n,) int32
        In the angular grid, rows from below.
    part : (n,) int32
        The as-built part of each return; -1 for other things and for mixed pixels.
    grid : (rows, columns)
    design_from_station : (4, 4)
        The pose that the survey states, with its small error.
    """

    station: Station
    points: Floats
    rgb: Bytes
    intensity: Floats32
    row: Ints
    column: Ints
    part: Ints
    grid: tuple[int, int]
    design_from_station: Floats


def stations(plan: Plan) -> tuple[Station, ...]:
    """All set-ups: round the building, on several floors, on the roof."""
    outside = (
        ("street west", 2.0, -15.0), ("street middle", 17.0, -17.5), ("street east", 31.5, -14.0),
        ("east", 47.5, 5.0), ("court", 30.5, 27.5), ("north", 9.0, 37.0), ("north-west", -14.5, 19.0),
        ("south-west", -13.0, -1.5),
    )  # fmt: skip
    inside = (
        ("1F", "atrium", 12.0, 10.5), ("3F", "gallery", 8.0, 7.1), ("3F", "flat 4", 23.6, 3.2),
        ("4F", "atrium", 12.6, 11.2), ("5F", "gallery", 12.0, 7.1), ("6F", "gallery", 16.4, 11.5),
        ("7F", "gallery", 16.6, 11.0), ("B1", "basement", 12.0, 10.0),
    )  # fmt: skip
    made = [Station(name, (x, y, p.OUTDOOR_GROUND + _INSTRUMENT), 0.42) for name, x, y in outside]
    made += [Station(f"{key} {name}", (x, y, plan.level(key).floor + _INSTRUMENT), 0.62) for key, name, x, y in inside]
    above = (("roof east", 29.5, 11.0), ("roof west", 5.2, 5.0))
    made += [Station(name, (x, y, plan.roof + _INSTRUMENT), 0.45) for name, x, y in above]
    return tuple(made)


def scan(scene: Scene, station: Station, rng: np.random.Generator) -> StationScan:
    """Measure the site from one station."""
    heading = float(rng.uniform(0.0, 2 * np.pi))
    directions_station, grid = _grid(station.step_deg)
    directions = turn(yaw(heading), directions_station)
    origin = np.array(station.position)
    hits, through_glass = _returns(scene, origin, directions, rng)
    met = hits.triangle >= 0
    strength = np.zeros(len(directions))
    strength[met] = _strength(scene, origin, directions[met], Hits(hits.distance[met], hits.triangle[met]))
    strength[through_glass] *= 0.6
    kept = met & (hits.distance < _MAX_RANGE) & (rng.random(len(met)) < strength / (strength + _DETECTION))
    ranges, mixed = _measured(scene, directions, hits, kept, grid, rng)
    where = np.flatnonzero(kept)
    surface = origin + hits.distance[where, None] * directions[where]
    rows, columns = np.unravel_index(where, grid)
    triangle = hits.triangle[where]
    return StationScan(
        station=station,
        points=ranges[where, None] * directions_station[where],
        rgb=scene.colours(surface, triangle, origin, rng),
        intensity=np.clip(np.sqrt(strength[where]) * 0.8, 0.0, 1.0).astype(np.float32),
        row=rows.astype(np.int32),
        column=columns.astype(np.int32),
        part=np.where(mixed[where], -1, scene.part[triangle]).astype(np.int32),
        grid=grid,
        design_from_station=_stated_pose(origin, heading, rng),
    )


def _grid(step_deg: float) -> tuple[Floats, tuple[int, int]]:
    """Unit directions (rows x columns, 3) in the station frame, rows from below."""
    elevations = np.radians(np.arange(_LOWEST_DEG, _HIGHEST_DEG, step_deg))
    azimuths = np.radians(np.arange(0.0, 360.0 - step_deg / 2, step_deg))
    elevation, azimuth = np.meshgrid(elevations, azimuths, indexing="ij")
    level = np.cos(elevation)
    directions = np.stack([level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)], axis=-1)
    return directions.reshape(-1, 3), (len(elevations), len(azimuths))


def _returns(scene: Scene, origin: Floats, directions: Floats, rng: np.random.Generator) -> tuple[Hits, Flags]:
    """What each beam came back from, and which beams went through glass: a pane returns few of them, best head on."""
    opaque, glass = scene.cast_opaque(origin, directions), scene.cast_glass(origin, directions)
    before = glass.distance < opaque.distance
    head_on = np.zeros(len(directions))
    head_on[before] = scene.incidences(directions[before], glass.triangle[before])
    returned = before & (rng.random(len(directions)) < 0.03 + 0.12 * head_on**8)
    distance = np.where(returned, glass.distance, opaque.distance)
    triangle = np.where(returned, glass.triangle, opaque.triangle)
    return Hits(distance, triangle), before & ~returned


def _strength(scene: Scene, origin: Floats, directions: Floats, hits: Hits) -> Floats:
    """Strength of each return relative to a white surface at 25 m; puddles throw nearly nothing back."""
    points = origin + hits.distance[:, None] * directions
    x, y = points[:, 0], points[:, 1]
    wave = np.sin(0.45 * x + 1.0) * np.sin(0.38 * y) + 0.3 * np.sin(1.9 * x - y)
    wet = (wave > _PUDDLE) & scene.is_of(hits.triangle, _WETTABLE)
    reflectance = scene.reflectances(hits.triangle) * np.where(wet, 0.04, 1.0)
    near = np.minimum(25.0 / np.maximum(hits.distance, 1.0), 2.0) ** 2
    return np.asarray(reflectance * scene.incidences(directions, hits.triangle) * near / 4.0)


def _measured(
    scene: Scene, directions: Floats, hits: Hits, kept: Flags, grid: tuple[int, int], rng: np.random.Generator
) -> tuple[Floats, Flags]:
    """Measured ranges in m, and which of them mix two surfaces."""
    ranges = np.where(kept, hits.distance, np.nan)
    incidence = np.ones(len(ranges))
    incidence[kept] = scene.incidences(directions[kept], hits.triangle[kept])
    spread = np.minimum(_RANGE_NOISE + _GRAZING_NOISE * (1.0 / np.maximum(incidence, 0.05) - 1.0), _RANGE_NOISE_MOST)
    picture = ranges.reshape(grid)
    neighbour = np.roll(picture, -1, axis=1)
    above = np.roll(picture, -1, axis=0)
    above[-1] = np.nan
    other = np.where(np.abs(neighbour - picture) > _EDGE, neighbour, above).ravel()
    jump = np.nan_to_num(np.abs(other - ranges), nan=0.0)
    mixed = (jump > _EDGE) & (jump < _MIXED_REACH) & (rng.random(len(ranges)) < _MIXED_SHARE)
    share = rng.random(len(ranges))
    ranges = np.where(mixed, ranges + share * np.nan_to_num(other - ranges), ranges)
    return ranges + spread * rng.standard_normal(len(ranges)), mixed


def _stated_pose(origin: Floats, heading: float, rng: np.random.Generator) -> Floats:
    """(4, 4) design from station, as the survey's adjustment left it."""
    pose = yaw(heading + float(np.radians(_YAW_NOISE_DEG * rng.standard_normal())))
    pose[:3, 3] = origin + _STATION_NOISE * rng.standard_normal(3)
    return pose
