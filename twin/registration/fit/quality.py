"""What is known about a pose: covariance, residual, overlap and directions that nothing observes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Longs
from twin.registration.features import Features
from twin.registration.fit.fine import Match, jacobian, normal_matrix
from twin.registration.target import Target

_PATCH_M = 3.0
"""Errors of one face hang together over about this length: a wall panel, a formwork table."""
_COMMON_SHARE = 0.05
"""Share of the residual that is taken to be common to the whole survey (drift, a tape's zero) and so to leave no trace
in it: added to each translation, and over the radius to each rotation. A guess: nothing in the survey can tell."""
_FACE_POINTS = 12
"""With fewer points on it, a face's mean is that of the noise."""
_PARAMETERS = 6
_NEAR_M = 0.5
"""A point within this of an approved surface is expected to lie on it."""


@dataclass(frozen=True, eq=False)
class Quality:
    """See `Registration` for the meaning of what is common.

    Attributes
    ----------
    covariance : (6, 6) float
    scale_sigma : float
        Standard uncertainty of the scale; 0 where it was fixed.
    matched : int
    eigenvalues : (3,) float, ascending
        Of (sum w n n') / (sum w): how well each direction of movement is observed.
    free_direction : (3,) unit, design frame
        The least observed.
    """

    covariance: Floats
    scale_sigma: float
    centre: Floats
    residual_rms_m: float
    overlap: float
    matched: int
    eigenvalues: Floats
    free_direction: Floats


def judged(
    target: Target,
    found: Match,
    weight: Floats,
    expected: Flags,
    free_scale: bool,
    blur_m: float,
    level_sigma_m: float | None,
) -> Quality:
    """Quality of an adjusted pose.

    Parameters
    ----------
    found, weight : Match, (n,) float
        Of the last round.
    expected : (n,) bool
        Points that ought to match.
    blur_m : float
        What the survey cannot tell apart for want of points; 0 where it is dense.
    level_sigma_m : float or None
        Where edges decided the height: its standard uncertainty.

    Notes
    -----
    Three parts. *Noise* and unevenness: sandwich estimate over patches of faces (face by cells of 3 m), so that errors
    common to a patch count once, not once a point: ``H^-1 (sum_p g_p g_p') H^-1 m / (m - k)``, with ``H = sum w J J'``
    and ``g_p = sum_{i in p} w r J``. *Building*: each element stands off as a whole, with a deviation s along each axis
    that all faces together tell, since the few slabs that decide a height leave no residual of their own:
    ``H^-1 (s^2 sum_e A_e A_e') H^-1`` with ``A_e = sum_{i in e} w J n'``. *Common*: a twentieth of the residual, or
    the blur of a sparse survey.
    """
    used = weight > 0.0
    points = found.points[used]
    centre = points.mean(axis=0) if used.any() else target.centre
    rows = jacobian(found, centre, free_scale)[used]
    part = weight[used]
    covariance = sandwich(rows, part, found.residual[used], _patches(found, used))
    covariance += _of_building(target, found, used, rows, part)
    values, vectors = _directions(found.normal[used], part)
    if level_sigma_m is not None:
        covariance[2, :], covariance[:, 2] = 0.0, 0.0
        covariance[2, 2] = level_sigma_m**2
    close = used & (np.abs(found.residual) < _kernel_reach(found, used))
    rms = float(np.sqrt((found.residual[close] ** 2).mean())) if close.any() else float("inf")
    common = max(blur_m, _COMMON_SHARE * rms) if close.any() else blur_m
    arm = max(target.radius, 1.0)
    size = len(covariance)
    covariance[range(size), range(size)] += common**2 * np.array([1.0, 1.0, 1.0, *[1.0 / arm**2] * (size - 3)])
    overlap = float(found.valid[expected].mean()) if expected.any() else 0.0
    sigma = float(np.sqrt(covariance[6, 6])) if free_scale else 0.0
    return Quality(covariance[:6, :6], sigma, centre, rms, overlap, int(found.valid.sum()), values, vectors[:, 0])


def near_design(target: Target, features: Features, points: Floats, reach_m: float) -> Flags:
    """(n,) planar points that lie so near an approved surface that they ought to match one."""
    gap = points - target.proximity.nearest(points).points
    near: Flags = features.planar & (np.einsum("ij,ij->i", gap, gap) < max(_NEAR_M, 3.0 * reach_m) ** 2)
    return near


def _kernel_reach(found: Match, used: Flags) -> float:
    return float(3.0 * 1.4826 * np.median(np.abs(found.residual[used]))) if used.any() else 0.0


def _patches(found: Match, used: Flags) -> tuple[Longs, int]:
    key = np.column_stack([found.face[used], np.floor(found.points[used] / _PATCH_M)]).astype(np.int64)
    _, patch = np.unique(key, axis=0, return_inverse=True)
    patch = patch.reshape(-1).astype(np.int64)
    return patch, int(patch.max()) + 1 if len(patch) else 0


def sandwich(rows: Floats, weight: Floats, residual: Floats, patches: tuple[Longs, int]) -> Floats:
    """(k, k) covariance of a weighted adjustment in which errors of one patch hang together.

    Parameters
    ----------
    rows : (n, k)
        Change of each residual with each parameter.
    weight, residual : (n,)
    patches : ((n,) int64, int)
        Patch of each row, and how many there are; with no more than k of them nothing is known (infinite).
    """
    patch, count = patches
    size = rows.shape[1]
    if count <= size:
        return np.diag(np.full(size, np.inf))
    inverse = np.linalg.pinv(normal_matrix(rows, weight), rcond=1e-9, hermitian=True)
    gradient = rows * (weight * residual)[:, None]
    summed = np.column_stack([np.bincount(patch, weights=gradient[:, k], minlength=count) for k in range(size)])
    spread = np.einsum("pi,pj->ij", summed, summed)
    covariance: Floats = np.einsum("ij,jk,kl->il", inverse, spread, inverse) * (count / (count - size))
    return 0.5 * (covariance + covariance.T)


def _of_building(target: Target, found: Match, used: Flags, rows: Floats, weight: Floats) -> Floats:
    """(k, k) covariance by elements that stand off as wholes."""
    face, residual, normal = found.face[used].astype(np.int64), found.residual[used], found.normal[used]
    size = rows.shape[1]
    held = np.bincount(face, weights=weight)
    count = np.bincount(face)
    known = (count >= _FACE_POINTS) & (held > 0.0)
    if int(known.sum()) <= 2 * _PARAMETERS:
        return np.zeros((size, size))
    mean = np.bincount(face, weights=weight * residual)[known] / held[known]
    noise = np.bincount(face, weights=weight * residual**2)[known] / held[known] - mean**2
    freedom = 1.0 - _PARAMETERS / float(known.sum())
    square = max(float((mean**2).mean()) / freedom - float((noise / count[known]).mean()), 0.0)
    element_of_face = np.zeros(len(held), dtype=np.int64)
    element_of_face[target.face[target.face < len(held)]] = target.surface.element[target.face < len(held)]
    _, element = np.unique(element_of_face[face], return_inverse=True)
    element = element.reshape(-1)
    inverse = np.linalg.pinv(normal_matrix(rows, weight), rcond=1e-9, hermitian=True)
    spread = np.zeros((size, size))
    for axis in range(3):
        lever = rows * (weight * normal[:, axis])[:, None]
        summed = np.column_stack([np.bincount(element, weights=lever[:, k]) for k in range(size)])
        spread += np.einsum("ei,ej->ij", summed, summed)
    covariance: Floats = square * np.einsum("ij,jk,kl->il", inverse, spread, inverse)
    return 0.5 * (covariance + covariance.T)


def _directions(normals: Floats, weight: Floats) -> tuple[Floats, Floats]:
    total = float(weight.sum())
    if total <= 0.0:
        return np.zeros(3), np.eye(3)
    values, vectors = np.linalg.eigh(normal_matrix(normals, weight) / total)
    return values, vectors
