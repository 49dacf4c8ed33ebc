"""From a starting pose to the pose: look about, leave false minima, find the datum, adjust, judge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Ints, Matrix4
from twin.design.model import Design
from twin.frames import scale_of
from twin.registration.features import Features
from twin.registration.fit.attitude import uprighted
from twin.registration.fit.coarse import search
from twin.registration.fit.datum import Datum, Level, lifted
from twin.registration.fit.drawing import NOISE_KERNELS, Problem, about_design, at_least, blur_of
from twin.registration.fit.fine import TILTS, Match, Stage, adjusted, match, weights
from twin.registration.fit.ground import continues_ground
from twin.registration.fit.height import first_height, height_by_edges, second_height
from twin.registration.fit.quality import Quality, judged, near_design
from twin.registration.fit.recognition import Recognition, recognised
from twin.registration.fit.rivals import Sample, hopped, storey_slips, turned, vertical_rivals
from twin.registration.fit.support import CLEAR, cells, paired_z, ranked
from twin.registration.model import Rival
from twin.registration.settings import RegistrationSettings
from twin.registration.target import Target
from twin.survey.model import Cloud

_COARSE_POINTS = 12_000
_QUICK_POINTS = 5_000
_COMPARED_POINTS = 3_000
_QUICK = (Stage(0.3, 4, TILTS), Stage(0.15, 4, TILTS), Stage(0.07, 4))
_COMPARED = (Stage(0.1, 4), Stage(0.05, 4))
_COMPARE_KERNEL_M = 0.05
_CANDIDATES = 6
_LEVEL_FACES = 4
"""Horizontal or sloping faces that it takes to fix the height without the help of edges."""
_FACE_POINTS = 8
_SLOPING = 0.3
_RANGE = 1.05
_CLOSENESS_M = 0.4
"""Neighbouring scale factors part the ends of the design by this much."""


@dataclass(frozen=True, eq=False)
class Solution:
    """A pose found from a start, with all that is known about it; see `Registration` and `Quality`.

    `level` is what edges said, where they decided the height.
    """

    pose: Matrix4
    quality: Quality
    datum: Datum
    level: Level | None
    rivals: tuple[Rival, ...]
    ambiguous: bool
    contrast: float
    recognition: Recognition
    noise_m: float


def solved(
    design: Design, target: Target, cloud: Cloud, start: Matrix4, settings: RegistrationSettings, seed: int
) -> Solution:
    """The pose near `start` that lays the survey on the design.

    Raises
    ------
    NoOverlap
        Hardly a point of the survey lies near the design.
    """
    problem = Problem(target, start, settings, np.random.default_rng(seed))
    features = about_design(problem, cloud)
    pose = first_height(problem, features, _coarse(problem, features.only_planar()))
    noise = problem.noise(features, pose)
    sample = _sample(problem, features, pose, noise)
    stages = at_least(_COMPARED, NOISE_KERNELS * noise)
    hop = hopped(target, sample, pose, stages, problem.free_scale)
    features = features.take(~continues_ground(target, features, hop.pose))
    datum = second_height(problem, features, hop.pose, noise)
    pose, level = _adjusted(problem, features, lifted(hop.pose, datum.lift_m), datum, noise)
    rivals = (
        *hop.rivals,
        *vertical_rivals(pose, datum.rivals_m),
        *storey_slips(design, target, sample, pose),
        *turned(target, sample, pose, stages),
    )
    quality = _judged(problem, features, pose, noise, level)
    return Solution(
        pose, quality, datum, level, rivals, hop.ambiguous, hop.contrast, recognised(problem, features, pose), noise
    )


def _coarse(problem: Problem, planar: Features) -> Matrix4:
    """The best of the neighbourhood of the start, to some centimetres; where the start leads if that is as good."""
    target, settings = problem.target, problem.settings
    upright = problem.start if planar.is_sparse else uprighted(planar, problem.start, target.pivot)
    spread = problem.few_planar(planar, _COARSE_POINTS)
    found = search(target, spread, upright, settings.basin_m, settings.basin_deg, _growths(problem), _CANDIDATES)
    quick = problem.some(planar, _QUICK_POINTS)
    stages = at_least(_QUICK, 0.5 * NOISE_KERNELS * planar.spacing_m if planar.is_sparse else 0.0)
    group = cells(quick, upright)
    trials = []
    for begin in [problem.start, *(one.pose for one in found)]:
        pose = adjusted(target, quick, begin, stages, settings.face_share, problem.free_scale, quick.held)
        if _within(problem, pose):
            trials.append((pose, ranked(target, quick, group, pose, stages[-1].kernel_m)))
    if not trials:
        return problem.start
    best = trials[int(np.argmax([support.sum() for _, support in trials]))]
    stays = not problem.free_scale and paired_z(best[1], trials[0][1]) < CLEAR
    return trials[0][0] if stays else best[0]


def _within(problem: Problem, pose: Matrix4) -> bool:
    """Whether a scale that was solved is still within its range."""
    growth = abs(float(np.log(scale_of(pose) / scale_of(problem.start))))
    return growth <= _RANGE * float(np.log1p(problem.settings.scale_range))


def _growths(problem: Problem) -> tuple[float, ...]:
    """Scale factors to try."""
    if not problem.free_scale:
        return (1.0,)
    reach = float(np.log1p(problem.settings.scale_range))
    count = int(np.ceil(reach / (_CLOSENESS_M / max(problem.target.radius, 1.0))))
    return tuple(float(g) for g in np.exp(np.linspace(-reach, reach, 2 * count + 1)))


def _sample(problem: Problem, features: Features, pose: Matrix4, noise_m: float) -> Sample:
    planar = problem.few_planar(features, _COMPARED_POINTS)
    return Sample(planar, cells(planar, pose), max(_COMPARE_KERNEL_M, NOISE_KERNELS * noise_m))


def _adjusted(
    problem: Problem, features: Features, pose: Matrix4, datum: Datum, noise_m: float
) -> tuple[Matrix4, Level | None]:
    """The final pose, and what edges said where they decided its height."""
    target = problem.target
    level = height_by_edges(problem, features, pose, datum, noise_m)
    if level is not None:
        pose = lifted(pose, level.lift_m)
    kernel = problem.kernel(noise_m)
    taken = _taking_part(problem, features, pose, datum, kernel)
    found = match(target, taken, pose, 2.0 * kernel)
    faces = _level_faces(found.face[found.valid], found.normal[found.valid])
    if faces >= _LEVEL_FACES and _upright_share(found) >= problem.settings.least_eigenvalue:
        level = None
    held: tuple[int, ...] = (2,) if level is not None else ()
    if features.is_sparse and _upright_share(found) < problem.settings.least_eigenvalue:
        held = features.held
    stages = (Stage(2.0 * kernel, 6), Stage(kernel, 12))
    return adjusted(target, taken, pose, stages, problem.settings.face_share, problem.free_scale, held), level


def _taking_part(problem: Problem, features: Features, pose: Matrix4, datum: Datum, kernel_m: float) -> Features:
    """Features near the design that may decide: level ones only below the height up to which the survey agrees."""
    planar = features.only_planar()
    points, normals = planar.placed(pose)
    planar = planar.take((points[:, 2] < datum.top_m) | (np.abs(normals[:, 2]) < _SLOPING))
    found = match(problem.target, planar, pose, 6.0 * kernel_m)
    return problem.some(planar.take(found.valid), problem.settings.fit_points)


def _level_faces(face: Ints, normal: Floats) -> int:
    """How many faces that are not walls hold enough points."""
    count = np.bincount(face[np.abs(normal[:, 2]) > _SLOPING].astype(np.int64))
    return int((count >= _FACE_POINTS).sum())


def _upright_share(found: Match) -> float:
    """Mean squared vertical component of the matched faces' normals: how well they observe height."""
    return float((found.normal[found.valid, 2] ** 2).mean()) if found.valid.any() else 0.0


def _judged(problem: Problem, features: Features, pose: Matrix4, noise_m: float, level: Level | None) -> Quality:
    target, kernel = problem.target, problem.kernel(noise_m)
    some = problem.some(features.only_planar(), problem.settings.fit_points)
    found = match(target, some, pose, 3.0 * kernel)
    weight = weights(found, kernel, problem.settings.face_share)
    expected = near_design(target, some, found.points, kernel)
    sigma = level.sigma_m if level is not None else None
    return judged(target, found, weight, expected, problem.free_scale, blur_of(features), sigma)
