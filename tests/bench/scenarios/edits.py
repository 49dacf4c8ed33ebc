"""What was built differently: each kind of change to a building, and the box that it fills, in the world's frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from support.worlds import (
    GROUND,
    PARAPET,
    House,
    World,
    enclosure,
    honest,
    lifted,
    roof_room,
    solid,
    squeezed,
    with_extra_storey,
)

from twin.arrays import Floats


@dataclass(frozen=True, eq=False)
class Edited:
    """A world, and what in it was not approved: kind and (2, 3) m box, or None where all was built as approved."""

    world: World
    kind: str | None
    box: Floats | None


def _plan(house: House) -> tuple[Floats, Floats]:
    corners = np.asarray(house.outline, dtype=np.float64)
    return corners.min(axis=0), corners.max(axis=0)


def _over_all(house: House, low: float, high: float) -> Floats:
    one, two = _plan(house)
    return np.array([[*one, low], [*two, high]])


def nothing(house: House, random: np.random.Generator) -> Edited:
    """An honest builder."""
    del random
    return Edited(honest(house), None, None)


def extra_storey(house: House, random: np.random.Generator) -> Edited:
    """One storey more under a higher roof."""
    del random
    top = house.levels[-1]
    return Edited(with_extra_storey(honest(house)), "extra_storey", _over_all(house, top, top + house.heights[-1]))


def storey_squeezed_in(house: House, random: np.random.Generator) -> Edited:
    """One storey more under the same roof."""
    del random
    return Edited(squeezed(honest(house)), "extra_storey", _over_all(house, 0.0, house.levels[-1]))


def storey_height(house: House, random: np.random.Generator) -> Edited:
    """A floor and all above it higher or lower."""
    number, offset = int(random.integers(1, len(house.heights) + 1)), float(random.choice([0.12, 0.2, 0.3, 0.5, -0.2]))
    low, top = house.levels[number], house.levels[-1] + PARAPET
    return Edited(lifted(honest(house), number, offset), "storey_height", _over_all(house, low, top + offset))


def rooftop_addition(house: House, random: np.random.Generator) -> Edited:
    """A room on the roof, from 4 m2."""
    x0, _, x1, y1 = house.rectangles[0]
    width, depth = float(random.uniform(2.0, min(5.0, x1 - 2.0))), float(random.uniform(2.0, max(y1 - 1.5, 2.1)))
    height, top = float(random.uniform(2.2, 3.2)), house.levels[-1]
    low = (float(random.uniform(x0 + 0.6, x1 - width - 0.6)), float(random.uniform(0.5, max(y1 - depth - 0.5, 0.6))))
    high = (low[0] + width, low[1] + depth)
    box = np.array([[*low, top], [*high, top + height]])
    return Edited(honest(house).plus(roof_room(low, high, top, height)), "rooftop_addition", box)


def lateral_extension(house: House, random: np.random.Generator) -> Edited:
    """A room at the east side, from 4.4 m2."""
    edge, depth = house.outline[1][0], house.rectangles[0][3]
    reach, length = float(random.uniform(2.0, 5.0)), float(random.uniform(2.2, min(6.0, depth)))
    start, height = float(random.uniform(0.0, depth - length)), float(random.uniform(2.3, 3.2))
    low, high = (edge, start), (edge + reach, start + length)
    box = np.array([[*low, GROUND], [*high, GROUND + height]])
    return Edited(honest(house).plus(roof_room(low, high, GROUND, height)), "lateral_extension", box)


def balcony_enclosed(house: House, random: np.random.Generator) -> Edited:
    """Panels around a balcony."""
    del random
    left = 0.3 * house.outline[1][0]
    balcony = house.balcony or ((left, -1.5), (left + 3.0, 0.0))
    heights = house.heights if len(house.heights) > 2 else (3.0, 3.0, 3.0)
    house = replace(house, balcony=balcony, heights=heights)
    (x0, y0), (x1, y1) = balcony
    box = np.array([[x0, y0, house.levels[1]], [x1, y1, house.levels[2] - 0.2]])
    return Edited(honest(house).plus(enclosure(house, 1)), "enclosure", box)


def void_infill(house: House, random: np.random.Generator) -> Edited:
    """A slab in an opening of the floors, from 3.2 m2."""
    left, depth = 0.3 * house.outline[1][0], house.rectangles[0][3]
    far = 1.0 + float(random.uniform(1.6, min(3.0, depth - 2.0)))
    hole = ((left, 1.0), (left + float(random.uniform(2.0, 4.0)), far))
    house = replace(house, hole=hole)
    low, high = (*hole[0], house.levels[1] - 0.25), (*hole[1], house.levels[1])
    return Edited(honest(house).plus(solid("infill", low, high)), "void_infill", np.array([low, high]))


def mezzanine(house: House, random: np.random.Generator) -> Edited:
    """A gallery in a high ground storey."""
    house = replace(house, heights=(float(random.uniform(4.6, 5.6)), *house.heights[1:]))
    width, depth = house.outline[1][0], house.rectangles[0][3]
    level, far = float(random.uniform(2.2, 2.5)), float(random.uniform(3.0, 0.45 * width + 1.0))
    low, high = (0.25, 0.25, level - 0.2), (far, depth - 0.25, level)
    world = honest(house).plus(solid("gallery", low, high))
    upstairs = (0.5 * far, 0.5 * depth, level + 1.5)
    return Edited(replace(world, inside=(*world.inside, upstairs)), "mezzanine", np.array([low, high]))


EDITS: dict[str, Callable[[House, np.random.Generator], Edited]] = {
    "none": nothing,
    "extra storey": extra_storey,
    "storey squeezed in": storey_squeezed_in,
    "storey height": storey_height,
    "rooftop addition": rooftop_addition,
    "lateral extension": lateral_extension,
    "balcony enclosed": balcony_enclosed,
    "void infill": void_infill,
    "mezzanine": mezzanine,
}
