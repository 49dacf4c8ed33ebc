"""The height of a survey, first within the basin, then to the millimetre."""

from __future__ import annotations

import numpy as np

from twin.arrays import Matrix4
from twin.registration.features import Features
from twin.registration.fit.datum import Datum, Level, edge_level, lifted, lowest_agreement
from twin.registration.fit.drawing import NOISE_KERNELS, Problem
from twin.registration.fit.ground import continues_ground

_POINTS = 6_000
_EDGE_POINTS = 40_000
_FIRST_KERNEL_M = 0.1
_KERNEL_M = 0.025
_REACH_M = 0.4
"""Second look: beyond the layering of one floor."""
_EDGE_KERNEL_M = 0.01
_LEVEL = 0.7


def first_height(problem: Problem, features: Features, pose: Matrix4) -> Matrix4:
    """The pose at the height on which the lowest storeys agree, within the basin about the start."""
    pivot = problem.target.pivot
    risen = float((pose @ np.linalg.inv(problem.start) @ np.array([*pivot, 1.0]))[2] - pivot[2])
    basin = problem.settings.basin_m
    above = _with_a_say(features.take(~continues_ground(problem.target, features, pose)), pose)
    few = problem.few_planar(above, _POINTS // 2)
    if len(few.points) == 0:
        return pose
    kernel = max(_FIRST_KERNEL_M, 0.25 * features.spacing_m)
    return lifted(
        pose, lowest_agreement(problem.target, few, pose, (-basin - risen, basin - risen), kernel, -risen).lift_m
    )


def second_height(problem: Problem, features: Features, pose: Matrix4, noise_m: float) -> Datum:
    """The datum about a pose that is right to some decimetres; a sparse survey says no more at the second look."""
    few = problem.few_planar(features, _POINTS)
    if features.is_sparse or len(few.points) == 0:
        return Datum(0.0, np.inf, 0.0)
    kernel = max(_KERNEL_M, NOISE_KERNELS * noise_m)
    reach = max(_REACH_M, 2.0 * kernel)
    return lowest_agreement(problem.target, few, pose, (-reach, reach), kernel)


def height_by_edges(problem: Problem, features: Features, pose: Matrix4, datum: Datum, noise_m: float) -> Level | None:
    """What sills, heads and feet of walls say; None where the survey is too sparse to have any."""
    if features.is_sparse:
        return None
    few = problem.some(features, _EDGE_POINTS)
    return edge_level(problem.target, few, pose, datum.top_m, max(_EDGE_KERNEL_M, noise_m))


def _with_a_say(features: Features, pose: Matrix4) -> Features:
    """Features that may decide the height: walls that only stand in for unseen ones end nowhere."""
    if not features.is_sparse:
        return features
    _, normals = features.placed(pose)
    return features.take(np.abs(normals[:, 2]) > _LEVEL)
