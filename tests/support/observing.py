"""Small worlds as the programme meets them: turned and moved, surveyed, inspected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from support.worlds import GROUND, Corner, House, Solid, World, box

from twin.arrays import Flags, Floats, Ints, Matrix4
from twin.conformity import Judgement, judge
from twin.conformity.milestone import Milestone
from twin.conformity.permit import Permit
from twin.conformity.settings import ConformitySettings
from twin.design.expected import Expected
from twin.design.model import Design, DesignFile, Element, Georeference, Storey, Surface
from twin.deviation import Deviation, DeviationSettings, measure
from twin.frames import inverse, move, translation, yaw
from twin.massing import Massing, MassingSettings, survey_massing
from twin.registration.model import Mode, Registration, Status
from twin.survey.model import Cloud, Scan


@dataclass(frozen=True, eq=False)
class Placing:
    """`design_from_world`, and `design_from_survey`."""

    design_from_world: Matrix4
    design_from_survey: Matrix4


def placing(angle_deg: float = 0.0, offset: Corner = (0.0, 0.0, 0.0), survey_deg: float = 0.0) -> Placing:
    """The building turned in plan and moved; the survey in a frame turned against it."""
    design_from_world = translation(np.array(offset)) @ yaw(np.radians(angle_deg))
    design_from_survey = translation(np.array(offset)) @ yaw(np.radians(survey_deg)) @ translation(np.array([3, -2, 1]))
    return Placing(design_from_world, design_from_survey)


HERE = placing()


def design_of(solids: tuple[Solid, ...], house: House, design_from_world: Matrix4) -> Design:
    """The solids as a design."""
    vertices, triangles, owners, elements = [], [], [], []
    start = 0
    for number, part in enumerate(solids):
        points, faces = part.mesh()
        points = move(design_from_world, points)
        vertices.append(points)
        triangles.append(faces + start)
        owners.append(np.full(len(faces), number))
        start += len(points)
        bounds = tuple(float(v) for v in (*points.min(axis=0), *points.max(axis=0)))
        name = f"{number:022d}"
        elements.append(Element(number, name, part.ifc_class, part.name, part.role, part.storey, bounds, True))
    lift = float(design_from_world[2, 3])
    storeys = [
        Storey(f"Storey {n}", f"storey{n:016d}", level + lift, n < len(house.heights), "", house.area_m2)
        for n, level in enumerate(house.levels)
    ]
    surface = Surface(
        np.vstack(vertices), np.vstack(triangles).astype(np.int32), np.concatenate(owners).astype(np.int32)
    )
    return Design(
        (DesignFile("house.ifc", "0" * 64, "IFC4", 1.0),),
        "house",
        tuple(elements),
        tuple(storeys),
        surface,
        Georeference(None, None, 0.0, None, None, None, "none"),
    )


@dataclass(frozen=True, eq=False)
class Case:
    """A world as the programme meets it."""

    design: Design
    cloud: Cloud
    registration: Registration


def stations_of(world: World) -> Floats:
    """Tripods around the building, a drone above it, tripods inside on every floor."""
    corners = np.asarray(world.house.outline, dtype=np.float64)
    low, high = corners.min(axis=0), corners.max(axis=0)
    middle, reach = 0.5 * (low + high), 0.5 * (high - low) + 9.0
    top = max(float(s.high[2]) for s in world.built if s.name != "crane")
    around = [(middle[0] + dx * reach[0], middle[1] + dy * reach[1]) for dx, dy in _AROUND]
    outside = [(x, y, GROUND + 1.7) for x, y in around]
    above = [(x, y, top + 9.0) for x, y in around[::2]]
    return np.array([*outside, *above, *world.inside])


_AROUND = ((-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0))


def observed(
    world: World,
    at: Placing = HERE,
    seed: int = 1,
    stations: Floats | None = None,
    density: float = 90.0,
    noise_m: float = 0.003,
    keep: Flags | None = None,
) -> Case:
    """The world as a design, a cloud and a pose.

    Every surface is sampled evenly; of the samples those stay that a station sees, with noise along its ray. `keep`
    says which stations are used.
    """
    random = np.random.default_rng(seed)
    places = stations_of(world) if stations is None else stations
    places = places if keep is None else places[keep]
    opaque = [part for part in world.built if part.ifc_class != "IfcWindow"]
    points, scan = _seen(_ground(world), opaque, places, density, random)
    points, scan = _with_leaves(points, scan, world.leaves, places)
    way = points - places[scan]
    length = np.linalg.norm(way, axis=1, keepdims=True)
    points = points + way / length * random.normal(0.0, noise_m, (len(points), 1))
    survey_from_world = inverse(at.design_from_survey) @ at.design_from_world
    scans = tuple(Scan(f"scan {n}", None, int((scan == n).sum())) for n in range(len(places)))
    cloud = Cloud(
        move(survey_from_world, points),
        scan.astype(np.int16),
        None,
        scans,
        move(survey_from_world, places),
        np.zeros(3),
        (),
    )
    design = design_of(world.approved, world.house, at.design_from_world)
    return Case(design, cloud, registration_of(design, at.design_from_survey))


def registration_of(design: Design, design_from_survey: Matrix4, sigma_m: float = 0.001) -> Registration:
    """A pose that is known to a millimetre."""
    covariance = np.diag([sigma_m**2] * 3 + [1e-10] * 3)
    centre = design.surface.vertices.mean(axis=0)
    return Registration(
        Status.ACCEPTED,
        Mode.GIVEN,
        design_from_survey,
        1.0,
        0.003,
        1.0,
        covariance,
        centre,
        (),
        may_judge_position=True,
    )


def _ground(world: World) -> Solid:
    corners = np.asarray(world.house.outline, dtype=np.float64)
    (x0, y0), (x1, y1) = corners.min(axis=0) - 11.0, corners.max(axis=0) + 11.0
    sheet = box((x0, y0, GROUND - 1.0), (x1, y1, GROUND))
    sheet[:, 2] += world.ground_slope * (sheet[:, 0] - 0.5 * (x0 + x1))
    return Solid("ground", "IfcSite", (sheet,))


def _seen(
    ground: Solid, solids: list[Solid], stations: Floats, density: float, random: np.random.Generator
) -> tuple[Floats, Ints]:
    import open3d as o3d

    scene = o3d.t.geometry.RaycastingScene()
    samples = []
    for part in (ground, *solids):
        vertices, triangles = part.mesh()
        scene.add_triangles(o3d.core.Tensor(vertices.astype(np.float32)), o3d.core.Tensor(triangles.astype(np.uint32)))
        samples.append(_sampled(vertices[triangles], 12.0 if part is ground else density, random))
    points = np.vstack(samples)
    best = np.full(len(points), np.inf)
    scan = np.full(len(points), -1, dtype=np.int32)
    for number, station in enumerate(stations):
        way = points - station
        length = np.linalg.norm(way, axis=1)
        asked = np.flatnonzero((length < best) & (length < 60.0))
        rays = np.hstack([np.broadcast_to(station, (len(asked), 3)), way[asked]]).astype(np.float32)
        answer = scene.cast_rays(o3d.core.Tensor(rays))
        cosine = np.abs(np.einsum("ij,ij->i", answer["primitive_normals"].numpy(), way[asked])) / length[asked]
        visible = (np.abs(answer["t_hit"].numpy() - 1.0) * length[asked] < 0.004) & (cosine > 0.12)
        rows = asked[visible]
        best[rows], scan[rows] = length[rows], number
    seen = scan >= 0
    return points[seen], scan[seen]


def _sampled(corners: Floats, density: float, random: np.random.Generator) -> Floats:
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = 0.5 * np.linalg.norm(cross, axis=1)
    count = round(density * area.sum())
    if not count:
        return np.zeros((0, 3))
    chosen = random.choice(len(area), count, p=area / area.sum())
    u, v = random.random((2, count))
    over = u + v > 1.0
    u[over], v[over] = 1.0 - u[over], 1.0 - v[over]
    a, b, c = np.moveaxis(corners[chosen], 1, 0)
    return a + u[:, None] * (b - a) + v[:, None] * (c - a)


def _with_leaves(points: Floats, scan: Ints, leaves: Floats, stations: Floats) -> tuple[Floats, Ints]:
    if not len(leaves):
        return points, scan
    outside = stations[:8]
    nearest = np.argmin(np.linalg.norm(leaves[:, None] - outside[None], axis=2), axis=1)
    return np.vstack([points, leaves]), np.concatenate([scan, nearest]).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Inspected:
    """Every stage's result."""

    case: Case
    deviation: Deviation
    massing: Massing
    judgement: Judgement


def inspected(
    case: Case,
    permit: Permit | None = None,
    milestone: Milestone | None = None,
    due_below_m: float | None = None,
    settings: ConformitySettings | None = None,
) -> Inspected:
    """Through deviation, massing and judgement."""
    deviation = measure(case.design, case.cloud, case.registration, DeviationSettings(), Expected(due_below_m))
    massing = survey_massing(case.design, case.cloud, case.registration, deviation, MassingSettings())
    rules = settings or ConformitySettings()
    judgement = judge(case.design, permit, case.registration, deviation, massing, rules, milestone, due_below_m)
    return Inspected(case, deviation, massing, judgement)
