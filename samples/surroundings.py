"""What stands about on a building site and is no part of the building.

All of it explains points, none of it is approved. Each thing is triangles in the design frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samples import place
from samples import plan as p
from samples.plan import Plan
from samples.solids import Point2, Point3, Prism, beam, box, lengthwise, prism_triangles, rectangle, upright
from twin.arrays import Floats

_CAR_COLOURS = ("car red", "car grey", "car white", "car blue")
_GROUND_STEP = 0.9
_RUTS = 0.025
"""Amplitude of the as-built ground's unevenness in m."""


@dataclass(frozen=True, eq=False)
class Thing:
    """An object that nobody approved: name, triangles (t, 3, 3) m in the design frame, and the material of each."""

    name: str
    triangles: Floats
    materials: tuple[str, ...]


def surroundings(plan: Plan, rng: np.random.Generator) -> tuple[Thing, ...]:
    """Everything that is seen beside the building."""
    ground = p.OUTDOOR_GROUND
    cars = (((-7.5, -8.0), 12.0), ((-7.0, -4.5), 8.0), ((42.5, 3.0), 95.0), ((30.0, -10.5), 2.0), ((45.5, 15.0), 88.0))
    trees = (
        (-9.0, 4.0),
        (-10.5, 13.0),
        (-8.0, 24.5),
        (6.0, 30.5),
        (15.5, 32.0),
        (46.0, -8.0),
        (4.0, -13.0),
        (48.5, 24.0),
    )
    people = (
        (8.0, -5.5, ground),
        (12.5, -4.6, ground),
        (37.0, -3.0, ground),
        (22.5, 17.5, ground),
        (26.0, 11.0, plan.roof),
    )
    things = [_ground()]
    things += [_placed(f"car {i + 1}", _car(_CAR_COLOURS[i % 4]), at, yaw) for i, (at, yaw) in enumerate(cars)]
    things += [_tree(f"tree {i + 1}", at, rng) for i, at in enumerate(trees)]
    things += [
        _thing(f"person {i + 1}", _person(at)) for i, at in enumerate((*people, *_people_inside(plan)))
    ]  # fmt: skip
    things += _materials_in_store(plan)
    things += [_thing("scaffolding", _scaffolding()), _thing("tower crane", _crane((25.6, 19.2)))]
    things.append(_placed("neighbour", _house(), (-33.0, 4.0), 4.0))
    return tuple(things)


def _thing(name: str, prisms: list[Prism]) -> Thing:
    soups = [prism_triangles(prism) for prism in prisms]
    materials = tuple(prism.material for prism, soup in zip(prisms, soups, strict=True) for _ in range(len(soup)))
    return Thing(name, np.concatenate(soups), materials)


def _placed(name: str, prisms: list[Prism], at: Point2, yaw_deg: float) -> Thing:
    """A thing made about its own origin, set on the ground."""
    thing = _thing(name, prisms)
    turn = np.radians(yaw_deg)
    matrix = np.array([[np.cos(turn), -np.sin(turn), 0.0], [np.sin(turn), np.cos(turn), 0.0], [0.0, 0.0, 1.0]])
    height = float(place.ground_height(np.array(at[0]), np.array(at[1])))
    return Thing(name, thing.triangles @ matrix.T + np.array([at[0], at[1], height]), thing.materials)


def _ground() -> Thing:
    """The ground as it is: the designed one with ruts, paved along the street, grassed at the sides."""
    vertices, triangles = place.terrain(_GROUND_STEP)
    x, y = vertices[:, 0], vertices[:, 1]
    vertices[:, 2] += (
        _RUTS * (np.sin(1.3 * x + 0.4 * y) * np.cos(0.9 * y) + 0.4 * np.sin(3.1 * x) * np.sin(2.7 * y)) / 1.4
    )
    corners = vertices[triangles]
    cx, cy = corners[:, 0, 0], corners[:, 0, 1]
    materials = np.full(len(corners), "ground", dtype=object)
    materials[(cx < -5.0) | (cy > 27.5)] = "grass"
    materials[cy < -6.5] = "paving"
    materials[cy < -16.0] = "asphalt"
    return Thing("ground", corners, tuple(materials))


def _car(paint: str) -> list[Prism]:
    shell = (
        (-2.2, 0.35),
        (2.2, 0.35),
        (2.25, 0.75),
        (1.2, 0.95),
        (0.65, 1.42),
        (-1.3, 1.45),
        (-1.95, 0.98),
        (-2.2, 0.9),
    )
    body = upright(shell, 1.76, paint, front=-0.88)
    rim = [(0.32 * float(np.cos(a)), 0.32 + 0.32 * float(np.sin(a))) for a in np.arange(8) * np.pi / 4]
    wheels = [
        upright(tuple((x + dx, z) for dx, z in rim), 0.2, "tyre", front=y) for x in (-1.35, 1.35) for y in (-0.90, 0.70)
    ]
    return [body, *wheels]


def _tree(name: str, at: Point2, rng: np.random.Generator) -> Thing:
    """A trunk, some boughs and a crown of loose leaves."""
    ground = float(place.ground_height(np.array(at[0]), np.array(at[1])))
    height, radius = float(rng.uniform(6.0, 9.0)), float(rng.uniform(1.7, 2.6))
    foot: Point3 = (at[0], at[1], ground)
    fork: Point3 = (at[0], at[1], ground + 0.45 * height)
    boughs = [beam(foot, fork, 0.28, "bark")]
    for angle in rng.uniform(0.0, 2 * np.pi, 5):
        tip = (at[0] + 0.6 * radius * np.cos(angle), at[1] + 0.6 * radius * np.sin(angle), ground + 0.75 * height)
        boughs.append(beam(fork, tip, 0.10, "bark"))
    wood = _thing(name, boughs)
    count = 900
    direction = rng.normal(size=(count, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    middle = direction * (rng.uniform(0.25, 1.0, (count, 1)) ** 0.5) * [radius, radius, 0.33 * height]
    middle += [at[0], at[1], ground + 0.68 * height]
    leaves = middle[:, None] + rng.normal(scale=0.13, size=(count, 3, 3))
    return Thing(name, np.concatenate([wood.triangles, leaves]), (*wood.materials, *["leaf"] * count))


def _person(at: Point3) -> list[Prism]:
    x, y, z = at
    legs = box((x - 0.16, y - 0.10, z), (x + 0.16, y + 0.10, z + 0.85), "workwear")
    trunk = box((x - 0.23, y - 0.13, z + 0.85), (x + 0.23, y + 0.13, z + 1.45), "vest")
    head = box((x - 0.10, y - 0.10, z + 1.48), (x + 0.10, y + 0.10, z + 1.76), "crane yellow")
    return [legs, trunk, head]


def _people_inside(plan: Plan) -> tuple[Point3, ...]:
    return (
        (17.2, 11.5, plan.level("1F").floor),
        (16.4, 6.8, plan.level("5F").floor),
        (7.9, 10.0, plan.level("3F").floor),
    )


def _materials_in_store(plan: Plan) -> list[Thing]:
    """Pallets, pipes and boards, outside and in."""
    ground = p.OUTDOOR_GROUND
    things = []
    for i, (x, y) in enumerate(((29.0, 21.5), (30.6, 21.4), (32.3, 21.7), (38.6, -4.5), (38.5, -2.8))):
        pallet = [box((x, y, ground), (x + 1.2, y + 1.0, ground + 0.15), "plank")]
        pallet.append(
            box((x + 0.05, y + 0.05, ground + 0.15), (x + 1.15, y + 0.95, ground + 0.95 + 0.1 * (i % 3)), "brick")
        )
        things.append(_thing(f"bricks {i + 1}", pallet))
    pipes = [
        beam((20.5, 24.5 + 0.22 * i, ground + 0.12), (26.5, 24.7 + 0.22 * i, ground + 0.12), 0.2, "rust")
        for i in range(6)
    ]
    things.append(_thing("pipes", pipes))
    for key, (x, y) in (("1F", (26.0, 6.3)), ("4F", (10.0, 9.3)), ("7F", (16.0, 9.0)), ("3F", (22.0, 2.0))):
        z = plan.level(key).floor
        boards = [
            box((x, y, z), (x + 1.0, y + 1.0, z + 0.14), "plank"),
            box((x, y, z + 0.14), (x + 1.0, y + 1.2, z + 0.62), "gypsum"),
        ]
        things.append(_thing(f"boards {key}", boards))
    return things


def _scaffolding() -> list[Prism]:
    """Tubes and planks before part of the west front, four lifts high."""
    near, far, ground = -0.35, -1.10, p.OUTDOOR_GROUND
    bays, lifts = np.arange(14.0, 21.6, 2.5), [2.0 * i for i in range(1, 5)]
    top = ground + lifts[-1] + 1.1
    tubes = [beam((x, float(y), ground), (x, float(y), top), 0.05, "steel") for x in (near, far) for y in bays]
    planks = []
    first, last = float(bays[0]), float(bays[-1])
    for lift in lifts:
        z = ground + lift
        tubes += [beam((x, first, z), (x, last, z), 0.05, "steel") for x in (near, far)]
        tubes += [beam((near, float(y), z), (far, float(y), z), 0.05, "steel") for y in bays]
        tubes.append(beam((far, first, z + 1.0), (far, last, z + 1.0), 0.05, "steel"))
        planks.append(box((far + 0.05, first, z + 0.03), (near - 0.05, last, z + 0.07), "plank"))
    brace = [beam((far, first, ground), (far, last, ground + lifts[-1]), 0.05, "steel")]
    return [*tubes, *planks, *brace]


def _crane(at: Point2) -> list[Prism]:
    """A slender tower crane: lattice mast, jib, counter jib with ballast, cab."""
    x, y = at
    ground, height, half, width = p.OUTDOOR_GROUND, 42.0, 0.7, 0.12
    paint = "crane yellow"
    corners = ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
    bars = [box((x - 2.0, y - 2.0, ground - 0.1), (x + 2.0, y + 2.0, ground + 0.5), "concrete")]
    bars += [beam((cx, cy, ground + 0.5), (cx, cy, height), width, paint) for cx, cy in corners]
    for i in range(26):
        low, high = ground + 0.5 + i * 1.6, min(ground + 0.5 + (i + 1) * 1.6, height)
        for k, (a, b) in enumerate(zip(corners, (*corners[1:], corners[0]), strict=True)):
            start, end = (a, b) if (i + k) % 2 else (b, a)
            bars.append(beam((*start, low), (*end, high), 0.06, paint))
    bars.append(box((x + 0.8, y - 0.7, height - 1.0), (x + 2.2, y + 0.7, height + 1.1), "white profile"))
    for aside in (-0.5, 0.5):
        bars.append(beam((x - 7.4, y + aside, height + 0.2), (x + 32.0, y + aside, height + 0.2), 0.12, paint))
    bars.append(beam((x - 2.0, y, height + 1.4), (x + 32.0, y, height + 1.2), 0.12, paint))
    for i in range(22):
        x0 = x - 1.0 + 1.5 * i
        bars += [beam((x0, y + s, height + 0.2), (x0 + 0.75, y, height + 1.3), 0.05, paint) for s in (-0.5, 0.5)]
    bars.append(box((x - 7.4, y - 0.6, height - 1.2), (x - 5.2, y + 0.6, height + 0.8), "concrete"))
    return bars


def _house() -> list[Prism]:
    """The neighbour: a low house with a pitched roof."""
    walls = box((0.0, 0.0, -0.5), (9.0, 12.0, 5.6), "brick")
    gable = ((-0.4, 5.6), (9.4, 5.6), (4.5, 8.9))
    roof = lengthwise(((-0.4, 5.6), (12.4, 5.6), (12.4, 5.75), (-0.4, 5.75)), -0.4, 9.8, "roof tile")
    ridge = upright(gable, 12.8, "roof tile", front=-0.4)
    windows = [
        upright(rectangle(x, z, x + 1.2, z + 1.4), 0.05, "solar cell", front=-0.05)
        for x in (1.0, 3.8, 6.6)
        for z in (0.9, 3.6)
    ]
    return [walls, roof, ridge, *windows]
