"""Robust adjustment of a pose: point to mesh plane, annealed Geman-McClure weights, no face above its share.

Sums run in fixed order through `einsum` without contraction, never through threaded matrix products, so that the same
bytes come out whatever the number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from twin.arrays import Flags, Floats, Ints, Matrix4
from twin.registration.features import Features
from twin.registration.target import Target

_NORMAL_GATE = float(np.cos(np.radians(25.0)))
"""Cloud and face must be parallel within this: half of what parts a wall from a pitched roof."""
EDGE_M = 0.005
"""How far beyond the edge of its face a foot may lie where the pose is known: sensors round edges by so much."""
_LEVEL = 0.7
"""Floors and ceilings: only they run on beneath walls, where nobody sees them."""
_FREE = 3e-3
"""Eigenvalues below this share of the largest are left alone: nothing observes them but noise in the normals."""


@dataclass(frozen=True, eq=False)
class Match:
    """How the features lie on the target at one pose.

    Attributes
    ----------
    residual : (n,) m
        Distance along the face's normal, positive outside.
    normal : (n, 3) unit, design frame
        Of the face.
    face : (n,) int32
    valid : (n,) bool
        On a face, parallel to it and seen from its outer side where that is known.
    points : (n, 3) m, design frame
    """

    residual: Floats
    normal: Floats
    face: Ints
    valid: Flags
    points: Floats


def match(target: Target, features: Features, pose: Matrix4, reach_m: float, edge_m: float = EDGE_M) -> Match:
    """Lay the features on the target.

    Parameters
    ----------
    reach_m : float
        Matches farther than this are not valid.
    edge_m : float
        How far beyond the edge of its face a foot may lie: ground beside a slab must not lie on it.
    """
    points, normals = features.placed(pose)
    nearest = target.proximity.nearest(points)
    face_normal = target.normals[nearest.triangle]
    gap = points - nearest.points
    residual = np.einsum("ij,ij->i", gap, face_normal)
    aside = np.linalg.norm(gap - residual[:, None] * face_normal, axis=1)
    cosine = np.einsum("ij,ij->i", normals, face_normal)
    signed = features.oriented & target.one_sided[nearest.triangle]
    parallel = np.where(signed, cosine, np.abs(cosine)) > _NORMAL_GATE
    valid = parallel & (aside < edge_m) & (np.abs(residual) < reach_m)
    level = np.flatnonzero(valid & (np.abs(face_normal[:, 2]) > _LEVEL) & target.one_sided[nearest.triangle])
    valid[level] = ~target.hidden(nearest.points[level], face_normal[level])
    return Match(residual, face_normal, target.face[nearest.triangle], valid, points)


def weights(found: Match, kernel_m: float, face_share: float) -> Floats:
    """(n,) Geman-McClure weights, reduced so that no face holds more than its share."""
    square = kernel_m**2
    weight = np.where(found.valid, (square / (square + found.residual**2)) ** 2, 0.0)
    held = np.bincount(found.face, weights=weight)
    cap = face_share * float(held.sum())
    factor = np.minimum(1.0, cap / np.maximum(held, 1e-12))
    capped: Floats = weight * factor[found.face]
    return capped


def jacobian(found: Match, centre: Floats, free_scale: bool) -> Floats:
    """(n, 6 or 7) change of each residual with translation, rotation and the logarithm of scale about `centre`."""
    arm = found.points - centre
    parts = [found.normal, np.cross(arm, found.normal)]
    if free_scale:
        parts.append(np.einsum("ij,ij->i", arm, found.normal)[:, None])
    return np.hstack(parts)


def normal_matrix(rows: Floats, weight: Floats) -> Floats:
    """(k, k) sum of w J J' in fixed order."""
    total: Floats = np.einsum("ni,nj->ij", rows * weight[:, None], rows)
    return total


def updated(pose: Matrix4, step: Floats, centre: Floats) -> Matrix4:
    """The pose after a step of (translation m, rotation rad, log scale) about `centre`."""
    turn = Rotation.from_rotvec(step[3:6]).as_matrix()
    growth = float(np.exp(step[6])) if len(step) > 6 else 1.0
    change = np.eye(4)
    change[:3, :3] = growth * turn
    change[:3, 3] = centre + step[:3] - growth * (turn @ centre)
    moved: Matrix4 = change @ pose
    return moved


def solve(rows: Floats, weight: Floats, residual: Floats, radius: float, held: tuple[int, ...] = ()) -> Floats:
    """(k,) Gauss-Newton step; directions that nothing observes, and the columns `held`, stay."""
    scaling = np.ones(rows.shape[1])
    scaling[3:] = 1.0 / max(radius, 1e-6)
    scaling[list(held)] = 0.0
    scaled = rows * scaling
    matrix = normal_matrix(scaled, weight)
    right = -np.einsum("ni,n->i", scaled, weight * residual)
    values, vectors = np.linalg.eigh(matrix)
    seen = values > _FREE * max(float(values[-1]), 1e-12)
    inverse = np.where(seen, 1.0 / np.where(seen, values, 1.0), 0.0)
    step: Floats = scaling * np.einsum("ij,j,kj,k->i", vectors, inverse, vectors, right)
    return step


TILTS = (3, 4)
"""Columns of an adjustment that lean the survey: while a kernel reaches both faces of a wall, a lean fits neither and
looks better than either."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Some rounds with one kernel; `held` are columns of the adjustment that stay in it."""

    kernel_m: float
    rounds: int
    held: tuple[int, ...] = ()


def adjusted(
    target: Target,
    features: Features,
    pose: Matrix4,
    stages: tuple[Stage, ...],
    face_share: float,
    free_scale: bool = False,
    held: tuple[int, ...] = (),
) -> Matrix4:
    """The pose after all stages.

    Parameters
    ----------
    target : Target
    features : Features
    pose : (4, 4) float
        design_from_survey to start from.
    stages : tuple of Stage
        Kernels from wide to narrow.
    face_share : float
        See `weights`.
    free_scale : bool
        Whether scale is solved too.
    held : tuple of int
        Columns of the adjustment that stay: 2 where the height is known by other means.
    """
    centre, radius = target.pivot, max(target.radius, 1.0)
    for stage in stages:
        for _ in range(stage.rounds):
            found = match(target, features, pose, 3.0 * stage.kernel_m, EDGE_M + 0.3 * stage.kernel_m)
            weight = weights(found, stage.kernel_m, face_share)
            used = weight > 0.0
            if int(used.sum()) < 12:
                break
            rows = jacobian(found, centre, free_scale)[used]
            step = solve(rows, weight[used], found.residual[used], radius, (*held, *stage.held))
            pose = updated(pose, step, centre)
            if float(np.abs(step[:3]).max() + radius * np.abs(step[3:]).max()) < 0.002 * stage.kernel_m:
                break
    return pose
