"""Whether the building that was surveyed is the building that was designed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Matrix4
from twin.registration.drawing import Problem
from twin.registration.features import Features
from twin.registration.fine import match
from twin.registration.quality import near_design

_POINTS = 10_000
_TIGHT_M, _WIDE_M = 0.05, 0.2
_NOISES = 3.0
_LEAST_NOISE_M = 0.005
_UPRIGHT = 0.5
_LEAST_SHARE = 0.5
_HOPELESS_SHARE = 0.25
_MOST_SPREAD = 1.05
"""Measured on seven surveys against their own and a wrong house: share 0.79-0.96 and spread 1.00 against 0.09-0.43
and 1.08-3.2."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """How much of what stands at the design's walls lies on them.

    Attributes
    ----------
    share : float
        Of the planar wall points within half a metre of the design, those within three noises of a face. All planar
        points where there are hardly any walls.
    spread : float
        Noise of the points matched within 0.2 m over that of those within 0.05 m: 1 where points lie on faces with an
        error of their own, more where they lie beside faces at random.
    """

    share: float
    spread: float

    @property
    def holds(self) -> bool:
        """Whether the building was recognised."""
        if self.share < _HOPELESS_SHARE:
            return False
        return self.share >= _LEAST_SHARE or self.spread <= _MOST_SPREAD


def recognised(problem: Problem, features: Features, pose: Matrix4) -> Recognition:
    """Compare survey and design at the final pose; a sparse survey holds, as its outline is all that it shows."""
    if features.is_sparse:
        return Recognition(1.0, 1.0)
    target, some = problem.target, problem.some(features.only_planar(), _POINTS)
    found = match(target, some, pose, _WIDE_M)
    size = np.abs(found.residual)
    tight = found.valid & (size < _TIGHT_M)
    if not tight.any():
        return Recognition(0.0, np.inf)
    noise = 1.4826 * float(np.median(size[tight]))
    wide = 1.4826 * float(np.median(size[found.valid]))
    hit = found.valid & (size < _NOISES * max(noise, _LEAST_NOISE_M))
    near = near_design(target, some, found.points, 0.0)
    _, normals = some.placed(pose)
    walls = near & (np.abs(normals[:, 2]) < _UPRIGHT)
    judged = walls if int(walls.sum()) >= problem.settings.least_matched else near
    return Recognition(float(hit[judged].mean()), wide / max(noise, 1e-6))
