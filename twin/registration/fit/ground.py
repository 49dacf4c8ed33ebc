"""Keeps the ground about a building from passing for its floors."""

from __future__ import annotations

import numpy as np

from twin.arrays import Flags, Floats, Matrix4
from twin.registration.features import Features
from twin.registration.target import Target

_UPRIGHT = 0.9
_REACH_M = 1.5
"""Ground that runs in under a building is within this of ground that lies open."""
_SAME_M = 0.05
"""A surface within this height of open ground nearby continues it."""


def continues_ground(target: Target, features: Features, pose: Matrix4) -> Flags:
    """(n,) whether a level point is open ground beside the design, or continues it under or into the design.

    Parameters
    ----------
    features : Features
    pose : (4, 4) float
        design_from_survey, right in plan to some centimetres; its height does not matter.
    """
    from scipy.spatial import cKDTree

    points, normals = features.placed(pose)
    level = features.planar & (np.abs(normals[:, 2]) > _UPRIGHT)
    flagged = np.zeros(len(points), dtype=np.bool_)
    index = np.flatnonzero(level)
    if len(index) == 0:
        return flagged
    outside = ~_above_or_below(target, points[index])
    flagged[index[outside]] = True
    inner = index[~outside]
    if not outside.any() or len(inner) == 0:
        return flagged
    open_ground = points[index[outside]]
    distance, nearest = cKDTree(open_ground[:, :2]).query(points[inner][:, :2], distance_upper_bound=_REACH_M)
    found = np.isfinite(distance)
    rise = np.full(len(inner), np.inf)
    rise[found] = np.abs(points[inner[found], 2] - open_ground[nearest[found], 2])
    flagged[inner] = rise < _SAME_M
    return flagged


def _above_or_below(target: Target, points: Floats) -> Flags:
    """(n,) whether the plumb line through a point meets the building."""
    low = points.copy()
    low[:, 2] = target.box[0, 2] - 1.0
    up = np.tile([0.0, 0.0, 1.0], (len(points), 1))
    met: Flags = np.isfinite(target.building.hits(low, up))
    return met
