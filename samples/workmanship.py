"""How far each part was built from where the plan has it: the honest few millimetres of any site."""

from __future__ import annotations

import hashlib

import numpy as np

from samples.families import FAMILIES
from samples.solids import Part
from twin.arrays import Floats

_SPREAD, _MOST = 0.0012, 0.003
"""Standard deviation and limit of a part's offset along each axis in m."""
_WALL_MOST = 0.005
"""Limit of a wall's offset square to its face in m."""
_MOVABLE_MOST = 0.40
"""Loose furniture stands within this of where it was drawn, in m."""


def offsets(parts: tuple[Part, ...]) -> Floats:
    """Offset of each part from its planned place.

    Returns
    -------
    offsets : (len(parts), 3) m, design frame
        Depends on each part's key alone.
    """
    return np.array([_offset(part) for part in parts])


def _offset(part: Part) -> Floats:
    seed = int(hashlib.sha256(f"workmanship/{part.key}".encode()).hexdigest()[:16], 16)
    rng = np.random.default_rng(seed)
    offset = np.clip(rng.normal(scale=_SPREAD, size=3), -_MOST, _MOST)
    ifc_class = FAMILIES[part.family].ifc_class
    if ifc_class == "IfcWall":
        yaw = np.radians(part.yaw_deg)
        square = np.array([-np.sin(yaw), np.cos(yaw), 0.0])
        offset += (rng.uniform(-_WALL_MOST, _WALL_MOST) - offset @ square) * square
    if ifc_class == "IfcFurniture":
        offset[:2] = rng.uniform(-_MOVABLE_MOST, _MOVABLE_MOST, 2)
        offset[2] = 0.0
    return np.asarray(offset)
