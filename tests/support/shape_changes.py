"""What was built otherwise than a shape was approved, and what stands about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from support.shapes import GROUND, SLAB, Body, Shape, band, block, bodies, upright

from twin.frames import move, translation, yaw

Change = Callable[[Shape, list[Body]], list[Body]]


def as_approved(_: Shape, parts: list[Body]) -> list[Body]:
    return parts


def one_storey_more(shape: Shape, _: list[Body]) -> list[Body]:
    """As high as the last one; roof and parapet stand on it."""
    return bodies(replace(shape, heights=(*shape.heights, shape.heights[-1])))


def lifted_from(number: int, rise: float) -> Change:
    """Floor `number` and all above it stand so much higher; the walls below it are as much longer."""

    def change(shape: Shape, parts: list[Body]) -> list[Body]:
        level = shape.levels[number] - SLAB - 1e-6
        return [
            replace(part, vertices=part.vertices + np.where(part.vertices[:, 2:] > level, [0.0, 0.0, rise], 0.0))
            for part in parts
        ]

    return change


def without_some(share: float, seed: int = 3) -> Change:
    """That share of the elements is not there."""

    def change(_: Shape, parts: list[Body]) -> list[Body]:
        names = sorted({part.name for part in parts})
        gone = set(np.random.default_rng(seed).permutation(names)[: round(share * len(names))])
        return [part for part in parts if part.name not in gone]

    return change


def facade_moved(out_m: float, side: int = 0) -> Change:
    """The walls of one side of the first ring stand so much farther out."""

    def change(shape: Shape, parts: list[Body]) -> list[Body]:
        p, q, _, _ = band(shape.rings[0])[side]
        way = (q - p) / np.linalg.norm(q - p)
        offset = (out_m * float(way[1]), -out_m * float(way[0]), 0.0)
        names = [f"wall {n}.0.{side}" for n in range(len(shape.heights))]
        return [part.moved(offset) if part.name in names else part for part in parts]

    return change


def extended(shape: Shape, parts: list[Body]) -> list[Body]:
    """A lean-to before the second side of the first ring."""
    p, q, _, _ = band(shape.rings[0])[1]
    way = (q - p) / np.linalg.norm(q - p)
    out = 3.0 * np.array([way[1], -way[0]])
    a, b = p + 0.2 * (q - p), p + 0.7 * (q - p)
    return [*parts, upright("lean-to", np.array([a + out, b + out, b, a]), -0.2, 2.8, "IfcBuildingElementProxy")]


def scaffolded(shape: Shape, parts: list[Body]) -> list[Body]:
    """Planks and poles before every side of the first ring."""
    poles, top = [], shape.levels[-1] + 1.0
    for p, q, _, _ in band(shape.rings[0]):
        length = float(np.linalg.norm(q - p))
        way = (q - p) / length
        out = np.array([way[1], -way[0]])
        for z in np.arange(1.8, top, 2.0):
            poles.append(
                upright(
                    "plank", np.array([p + 0.4 * out, q + 0.4 * out, q + 1.1 * out, p + 1.1 * out])[::-1], z, z + 0.05
                )
            )
        for s in np.arange(0.0, length, 2.5):
            foot = p + s * way + 1.1 * out
            poles.append(block("pole", (foot[0] - 0.03, foot[1] - 0.03, GROUND), (foot[0] + 0.03, foot[1] + 0.03, top)))
    return [*parts, *poles]


def cluttered(shape: Shape, parts: list[Body], seed: int) -> list[Body]:
    """With a neighbour at another angle, containers and cars about."""
    random = np.random.default_rng([seed, 11])
    corners = np.vstack([np.asarray(ring) for ring in shape.rings])
    middle, reach = corners.mean(axis=0), float(np.linalg.norm(np.ptp(corners, axis=0))) / 2.0
    things = []
    for k in range(7):
        angle, away = random.uniform(0.0, 2.0 * np.pi), reach + random.uniform(6.0, 9.0)
        size = random.uniform([1.8, 3.5, 1.4], [2.6, 6.0, 2.8])
        if k == 0:
            away, size = reach + 13.0, random.uniform([7.0, 9.0, 5.0], [9.0, 14.0, 9.0])
        place = translation(np.array([middle[0] + away * np.cos(angle), middle[1] + away * np.sin(angle), GROUND]))
        thing = block(f"thing {k}", (-size[0] / 2, -size[1] / 2, 0.0), (size[0] / 2, size[1] / 2, size[2]))
        things.append(replace(thing, vertices=move(place @ yaw(random.uniform(0.0, np.pi)), thing.vertices)))
    return [*parts, *things]
