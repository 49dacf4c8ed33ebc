"""Whether the building that was surveyed is the building that was designed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Matrix4
from twin.registration.features import Features
from twin.registration.fit.drawing import Problem
from twin.registration.fit.fine import match
from twin.registration.fit.quality import near_design

_POINTS = 10_000
_NOISE_POINTS = 2_000
_NEIGHBOURS = 24
_BUILT_M = 0.01
"""Standard deviation with which buildings follow their design: half the permitted deviation of structural work."""
_SIGMAS = 3.0
_WITHIN_M = 0.1
_DIRECTION_RAD = np.pi / 36.0
_LEAST_SHARE, _LEAST_WEAKEST = 0.5, 0.25
"""Enough where points lie on faces as closely as their own noise allows: one of two facades may have been moved."""
_LARGE_SHARE, _LARGE_WEAKEST = 0.75, 0.6
_MOST_SCATTER = 3.0
"""Asked where they lie less closely: a building that follows its design to 3 cm, but nearly all of it."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """How much of what stands at the design's walls lies on them.

    Attributes
    ----------
    share : float
        Of the planar wall points within half a metre of the design, those within three standard deviations (the
        survey's own noise and that of building) of a face. All planar points where there are hardly any walls.
    weakest : float
        The share among walls that look in one direction in plan, the worse of two directions square to each other: a
        single wall fits many buildings.
    scatter : float
        Standard deviation of the matched points about the design's faces over that about their own planes, with the
        tolerance of building.
    """

    share: float
    weakest: float
    scatter: float

    @property
    def holds(self) -> bool:
        """Whether the building was recognised."""
        if self.scatter <= 1.0:
            return self.share >= _LEAST_SHARE and self.weakest >= _LEAST_WEAKEST
        return self.scatter <= _MOST_SCATTER and self.share >= _LARGE_SHARE and self.weakest >= _LARGE_WEAKEST


def recognised(problem: Problem, features: Features, pose: Matrix4) -> Recognition:
    """Compare survey and design at the final pose; a sparse survey holds, as its outline is all that it shows."""
    if features.is_sparse:
        return Recognition(1.0, 1.0, 0.0)
    target, some = problem.target, problem.some(features.only_planar(), _POINTS)
    reach = _SIGMAS * float(np.hypot(_own_noise(some, features), _BUILT_M))
    found = match(target, some, pose, max(_WITHIN_M, reach))
    size = np.abs(found.residual)
    hit = found.valid & (size < reach)
    if not hit.any():
        return Recognition(0.0, 0.0, np.inf)
    scatter = 1.4826 * float(np.median(size[found.valid])) * _SIGMAS / reach
    near = near_design(target, some, found.points, 0.0)
    _, normals = some.placed(pose)
    walls = near & some.upright(pose)
    judged = walls if int(walls.sum()) >= problem.settings.least_matched else near
    weakest = min(
        (
            float(hit[side].mean())
            for side in _sides(normals, judged)
            if int(side.sum()) >= problem.settings.least_matched
        ),
        default=0.0,
    )
    return Recognition(float(hit[judged].mean()) if judged.any() else 0.0, weakest, scatter)


def _sides(normals: Floats, judged: Flags) -> tuple[Flags, Flags]:
    """The judged points that look along the commonest direction in plan, and those that look across it."""
    angle = np.arctan2(normals[:, 1], normals[:, 0]) % np.pi
    bins = np.floor(angle[judged] / _DIRECTION_RAD).astype(np.int64)
    main = (float(np.bincount(bins).argmax()) + 0.5) * _DIRECTION_RAD if len(bins) else 0.0
    along = np.abs(np.sin(angle - main)) < np.sin(np.pi / 4.0)
    return np.asarray(judged & along), np.asarray(judged & ~along)


def _own_noise(some: Features, features: Features) -> float:
    """Median standard deviation in m of planar neighbourhoods about their own planes: of the survey, not of the fit."""
    from scipy.spatial import cKDTree

    probes = some.points[:: max(1, len(some.points) // _NOISE_POINTS)]
    if len(features.points) < _NEIGHBOURS or len(probes) == 0:
        return 0.0
    _, near = cKDTree(features.points).query(probes, k=_NEIGHBOURS)
    arms = features.points[near] - features.points[near].mean(axis=1, keepdims=True)
    least = np.linalg.eigvalsh(np.einsum("nki,nkj->nij", arms, arms))[:, 0]
    return float(np.median(np.sqrt(np.maximum(least, 0.0) / (_NEIGHBOURS - 3))))
