"""From a starting pose to the pose: look about, leave false minima, find the datum, adjust, judge."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.arrays import Floats, Ints, Matrix4
from twin.design.model import Design
from twin.errors import NoOverlap
from twin.registration.attitude import uprighted
from twin.registration.coarse import Candidate, distinct, search
from twin.registration.datum import Datum, Level, edge_level, lifted, lowest_agreement
from twin.registration.features import Features, extract, region, thinned
from twin.registration.fine import Stage, adjusted, match, weights
from twin.registration.ground import continues_ground
from twin.registration.model import Rival
from twin.registration.quality import Quality, judged, near_design
from twin.registration.rivals import Sample, hopped, storey_slips, turned, vertical_rivals
from twin.registration.settings import RegistrationSettings
from twin.registration.support import cells, ranked
from twin.registration.target import Target
from twin.survey.model import Cloud

_COARSE_POINTS = 12_000
_QUICK_POINTS = 5_000
_SCORED_POINTS = 4_000
_DATUM_POINTS = 12_000
_EDGE_POINTS = 60_000
_QUICK = (Stage(0.3, 4), Stage(0.15, 4), Stage(0.07, 4))
_COMPARED = (Stage(0.1, 4), Stage(0.05, 4))
_CANDIDATES = 6
_COMPARE_KERNEL_M = 0.05
_DATUM_KERNEL_M = 0.025
_FIRST_DATUM_KERNEL_M = 0.1
_DATUM_REACH_M = 0.4
"""Second look at the height: beyond the layering of one floor."""
_EDGE_KERNEL_M = 0.01
_LEVEL_FACES = 4
"""Horizontal or sloping faces that it takes to fix the height without the help of edges."""
_FACE_POINTS = 8
_SLOPING = 0.3
_NOISE_KERNELS = 2.5


@dataclass(frozen=True, eq=False)
class Solution:
    """A pose found from a start, with all that is known about it; see `Registration` and `Quality`."""

    pose: Matrix4
    quality: Quality
    datum: Datum
    level: Level | None
    rivals: tuple[Rival, ...]
    ambiguous: bool
    contrast: float
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
    features = _about_design(target, cloud, start, settings)
    free = settings.scale == "free"
    rng = np.random.default_rng(seed)
    pose = _coarse(target, features.only_planar(), start, settings, rng)
    pose = _first_height(target, features, start, pose, settings, rng)
    noise = _noise(target, features, pose, rng)
    sample = _sample(features, pose, max(_COMPARE_KERNEL_M, _NOISE_KERNELS * noise), rng)
    hop = hopped(target, sample, pose, _at_least(_COMPARED, noise), free)
    features = features.take(~continues_ground(target, features, hop.pose))
    datum = _datum(target, features, hop.pose, noise, rng)
    pose = lifted(hop.pose, datum.lift_m)
    level = edge_level(target, _some(features, _EDGE_POINTS, rng), pose, datum.top_m, max(_EDGE_KERNEL_M, noise))
    pose, by_edges = _adjusted(target, features, lifted(pose, level.lift_m), datum, noise, settings, rng)
    decided = level if by_edges else None
    rivals = (
        *hop.rivals,
        *vertical_rivals(pose, datum.rivals_m),
        *storey_slips(design, target, sample, pose),
        *turned(target, sample, pose, _at_least(_COMPARED, noise)),
    )
    quality = _judged(target, features, pose, datum, noise, settings, decided, rng)
    return Solution(pose, quality, datum, decided, rivals, hop.ambiguous, hop.contrast, noise)


def _about_design(target: Target, cloud: Cloud, start: Matrix4, settings: RegistrationSettings) -> Features:
    swing = np.radians(settings.basin_deg) * target.radius
    growth = settings.scale_range * target.radius if settings.scale == "free" else 0.0
    index = region(cloud, start, target.box, settings.basin_m + swing + growth, settings)
    features = extract(cloud, index)
    planar = int(features.planar.sum())
    if planar < settings.least_matched:
        raise NoOverlap(
            f"only {planar} usable points of the survey lie near the design",
            "give a coarse pose with --pose, or check the unit and that survey and design show the same place",
            {"points_near_design": float(len(index)), "planar_points": float(planar)},
        )
    return features


def _some(features: Features, most: int, rng: np.random.Generator) -> Features:
    """At most so many of the features, drawn evenly."""
    if len(features.points) <= most:
        return features
    return features.take(np.sort(rng.permutation(len(features.points))[:most]))


def _spread(features: Features, most: int) -> Features:
    """At most about so many planar features, evenly over space."""
    return features.take(thinned(features.points, 0.1, most))


def _at_least(stages: tuple[Stage, ...], noise_m: float) -> tuple[Stage, ...]:
    return tuple(replace(s, kernel_m=max(s.kernel_m, _NOISE_KERNELS * noise_m)) for s in stages)


def _coarse(
    target: Target, planar: Features, start: Matrix4, settings: RegistrationSettings, rng: np.random.Generator
) -> Matrix4:
    """The best of the neighbourhood of `start`, to a few centimetres."""
    free = settings.scale == "free"
    upright = uprighted(planar, start, target.centre)
    growths = _growths(settings, target) if free else (1.0,)
    found = search(
        target, _spread(planar, _COARSE_POINTS), upright, settings.basin_m, settings.basin_deg, growths, _CANDIDATES
    )
    quick = _some(planar, _QUICK_POINTS, rng)
    stages = _at_least(_QUICK, 0.2 * planar.spacing_m)
    group = cells(quick, upright)
    kernel = stages[-1].kernel_m
    fitted = []
    for one in [*found, Candidate(start, 0.0)]:
        pose = adjusted(target, quick, one.pose, stages, settings.face_share, free)
        fitted.append(Candidate(pose, float(ranked(target, quick, group, pose, kernel).sum())))
    return distinct(fitted, 0.01, target, 1)[0].pose


def _growths(settings: RegistrationSettings, target: Target) -> tuple[float, ...]:
    """Scale factors such that neighbouring ones part the ends of the design by 0.4 m."""
    reach = float(np.log1p(settings.scale_range))
    count = int(np.ceil(reach / (0.4 / max(target.radius, 1.0))))
    return tuple(float(g) for g in np.exp(np.linspace(-reach, reach, 2 * count + 1)))


def _noise(target: Target, features: Features, pose: Matrix4, rng: np.random.Generator) -> float:
    """Standard deviation in m of the matched points about their faces, from the median."""
    some = _some(features.only_planar(), _QUICK_POINTS, rng)
    reach = max(0.1, 0.5 * features.spacing_m)
    found = match(target, some, pose, reach)
    return float(1.4826 * np.median(np.abs(found.residual[found.valid]))) if found.valid.any() else reach


def _sample(features: Features, pose: Matrix4, kernel_m: float, rng: np.random.Generator) -> Sample:
    planar = _few_planar(features, _SCORED_POINTS, rng)
    return Sample(planar, cells(planar, pose), kernel_m)


def _first_height(
    target: Target,
    features: Features,
    start: Matrix4,
    pose: Matrix4,
    settings: RegistrationSettings,
    rng: np.random.Generator,
) -> Matrix4:
    """The pose at the height on which the lowest storeys agree, within the basin about `start`."""
    above = features.take(~continues_ground(target, features, pose))
    risen = float((pose @ np.linalg.inv(start) @ np.array([*target.centre, 1.0]))[2] - target.centre[2])
    reach = (-settings.basin_m - risen, settings.basin_m - risen)
    few = _few_planar(above, _DATUM_POINTS // 2, rng)
    kernel = max(_FIRST_DATUM_KERNEL_M, 0.2 * features.spacing_m)
    return lifted(pose, lowest_agreement(target, few, pose, reach, kernel).lift_m)


def _few_planar(features: Features, most: int, rng: np.random.Generator) -> Features:
    return _some(_spread(features.only_planar(), 2 * most), most, rng)


def _datum(target: Target, features: Features, pose: Matrix4, noise: float, rng: np.random.Generator) -> Datum:
    kernel = max(_DATUM_KERNEL_M, _NOISE_KERNELS * noise)
    reach = max(_DATUM_REACH_M, 4.0 * kernel)
    return lowest_agreement(target, _few_planar(features, _DATUM_POINTS, rng), pose, (-reach, reach), kernel)


def _adjusted(
    target: Target,
    features: Features,
    pose: Matrix4,
    datum: Datum,
    noise: float,
    settings: RegistrationSettings,
    rng: np.random.Generator,
) -> tuple[Matrix4, bool]:
    """The final pose, and whether edges decided its height."""
    taken = _taking_part(target, features, pose, datum, noise, settings, rng)
    kernel = max(settings.kernel_m, _NOISE_KERNELS * noise)
    found = match(target, taken, pose, 2.0 * kernel)
    by_edges = _level_faces(found.face[found.valid], found.normal[found.valid]) < _LEVEL_FACES
    held = (2,) if by_edges else ()
    stages = (Stage(2.0 * kernel, 6), Stage(kernel, 12))
    return adjusted(target, taken, pose, stages, settings.face_share, settings.scale == "free", held), by_edges


def _taking_part(
    target: Target,
    features: Features,
    pose: Matrix4,
    datum: Datum,
    noise: float,
    settings: RegistrationSettings,
    rng: np.random.Generator,
) -> Features:
    """Features near the design that may decide: level ones only below the height up to which the survey agrees."""
    planar = features.only_planar()
    points, normals = planar.placed(pose)
    keep = (points[:, 2] < datum.top_m) | (np.abs(normals[:, 2]) < _SLOPING)
    planar = planar.take(keep)
    found = match(target, planar, pose, 6.0 * max(settings.kernel_m, _NOISE_KERNELS * noise))
    return _some(planar.take(found.valid), settings.fit_points, rng)


def _level_faces(face: Ints, normal: Floats) -> int:
    """How many faces that are not walls hold enough points."""
    count = np.bincount(face[np.abs(normal[:, 2]) > _SLOPING].astype(np.int64))
    return int((count >= _FACE_POINTS).sum())


def _judged(
    target: Target,
    features: Features,
    pose: Matrix4,
    datum: Datum,
    noise: float,
    settings: RegistrationSettings,
    level: Level | None,
    rng: np.random.Generator,
) -> Quality:
    some = _some(features.only_planar(), settings.fit_points, rng)
    kernel = max(settings.kernel_m, _NOISE_KERNELS * noise)
    found = match(target, some, pose, 3.0 * kernel)
    weight = weights(found, kernel, settings.face_share)
    expected = near_design(target, some, found.points, kernel)
    sigma = level.sigma_m if level is not None else None
    return judged(target, found, weight, expected, settings.scale == "free", sigma)
