"""Approved buildings of many shapes, drawn by a seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from support.worlds import House

HEIGHTS_M = (2.8, 3.0, 3.3, 3.6, 4.2)
"""Storey heights of dwellings, offices and shops."""


def building(random: np.random.Generator) -> House:
    """A rectangle, an L, a U or a T of two to five storeys, with or without windows and balconies."""
    shape = str(random.choice(["rectangle", "ell", "yoke", "tee"]))
    width, depth = float(random.uniform(9.0, 20.0)), float(random.uniform(8.0, 15.0))
    house = {"rectangle": rectangle, "ell": ell, "yoke": yoke, "tee": tee}[shape](width, depth, random)
    count, height = int(random.integers(2, 6)), float(random.choice(HEIGHTS_M))
    left = 0.3 * house.outline[1][0]
    right = left + float(random.uniform(2.5, 4.0))
    balcony = ((left, -1.5), (right, 0.0)) if random.random() < 0.6 else None
    windows = bool(random.random() < 0.8)
    return replace(house, heights=(height,) * count, windows=windows, balcony=balcony, posts=())


def rectangle(width: float, depth: float, random: np.random.Generator) -> House:
    """One range."""
    del random
    return House(
        outline=((0, 0), (width, 0), (width, depth), (0, depth)),
        rectangles=((0, 0, width, depth),),
        inner=((0.25 * width, 0.7 * depth), (0.75 * width, 0.3 * depth)),
    )


def ell(width: float, depth: float, random: np.random.Generator) -> House:
    """Two ranges at a corner."""
    a, b = float(random.uniform(0.4, 0.6)) * width, float(random.uniform(0.4, 0.6)) * depth
    return House(
        outline=((0, 0), (width, 0), (width, b), (a, b), (a, depth), (0, depth)),
        rectangles=((0, 0, width, b), (0, b, a, depth)),
        inner=((0.4 * a, 0.5 * (b + depth)), (0.5 * (a + width), 0.5 * b)),
    )


def yoke(width: float, depth: float, random: np.random.Generator) -> House:
    """Three ranges about a court that opens to the north."""
    del random
    width, a, b = max(width, 14.0), 4.5, 0.45 * depth
    outline = ((0, 0), (width, 0), (width, depth), (width - a, depth), (width - a, b), (a, b), (a, depth), (0, depth))
    return House(
        outline=outline,
        rectangles=((0, 0, width, b), (0, b, a, depth), (width - a, b, width, depth)),
        inner=((0.5 * a, 0.5 * (b + depth)), (0.5 * width, 0.5 * b), (width - 0.5 * a, 0.5 * (b + depth))),
    )


def tee(width: float, depth: float, random: np.random.Generator) -> House:
    """A range with a wing from its middle."""
    del random
    a, b, middle = 2.5, 0.5 * depth, 0.5 * width
    wing = ((middle + a, b), (middle + a, depth), (middle - a, depth), (middle - a, b))
    return House(
        outline=((0, 0), (width, 0), (width, b), *wing, (0, b)),
        rectangles=((0, 0, width, b), (middle - a, b, middle + a, depth)),
        inner=((0.3 * width, 0.5 * b), (0.7 * width, 0.5 * b), (middle, 0.5 * (b + depth))),
    )
