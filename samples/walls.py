"""Straight walls with their openings and what fills these."""

from __future__ import annotations

import numpy as np

from samples.openings import filling, void_of
from samples.plan import Level
from samples.solids import Part, Point2, rectangle, upright

Opening = tuple[str, float]
"""Family of the window or door, and its middle along the wall in m."""


def wall(
    level: Level,
    name: str,
    family: str,
    start: Point2,
    end: Point2,
    thickness: float,
    height: float,
    material: str,
    openings: tuple[Opening, ...] = (),
    base: float | None = None,
) -> list[Part]:
    """A wall and the windows and doors in it.

    Parameters
    ----------
    start, end : (2,) m, design frame
        Of the right-hand face in the direction of running, the outer one where the building is on the left.
    base : float or None
        Height of its foot in the design frame; None where it stands on the level's floor.
    openings : tuple of Opening
        Measured from `start`.
    """
    along = np.subtract(end, start)
    length = round(float(np.hypot(*along)), 6)
    key = f"{level.key}/{name}"
    keys = tuple(f"{key}/opening {i + 1}" for i in range(len(openings)))
    body = Part(
        key=key,
        family=family,
        name=f"{family} {level.key} {name}",
        level=level.key,
        origin=(start[0], start[1], level.floor if base is None else base),
        yaw_deg=round(float(np.degrees(np.arctan2(along[1], along[0]))), 6),
        bodies=(upright(rectangle(0.0, 0.0, length, height), thickness, material),),
        voids=tuple(void_of(kind, centre) for kind, centre in openings),
        void_keys=keys,
        size={"Length": length, "Width": thickness, "Height": height},
    )
    fillings = [filling(body, k, kind, centre) for k, (kind, centre) in zip(keys, openings, strict=True)]
    return [body, *fillings]
