"""Draws of features, so that no step handles more points than it needs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.arrays import Matrix4
from twin.errors import NoOverlap
from twin.phrases import phrase
from twin.registration.features import Features, extract, region, thinned
from twin.registration.fit.fine import Stage, match
from twin.registration.fit.outline import outlined
from twin.registration.settings import RegistrationSettings
from twin.registration.target import Target
from twin.survey.model import Cloud

NOISE_KERNELS = 2.5
"""Kernel over noise: Geman-McClure then keeps nine tenths of the efficiency of least squares."""
_SPREAD_M = 0.1
_NOISE_POINTS = 5_000
_BLUR = 0.5
"""A survey with a point every s metres shows no edge better than half of that."""


@dataclass(frozen=True, eq=False)
class Problem:
    """What every step of a search shares.

    Attributes
    ----------
    target : Target
    start : (4, 4) float
        design_from_survey to look about.
    settings : RegistrationSettings
    rng : numpy.random.Generator
        Draws points where there are too many.
    """

    target: Target
    start: Matrix4
    settings: RegistrationSettings
    rng: np.random.Generator

    @property
    def free_scale(self) -> bool:
        """Whether scale is solved."""
        return self.settings.scale == "free"

    def some(self, features: Features, most: int) -> Features:
        """At most so many of the features, drawn evenly."""
        if len(features.points) <= most:
            return features
        return features.take(np.sort(self.rng.permutation(len(features.points))[:most]))

    def few_planar(self, features: Features, most: int) -> Features:
        """At most so many planar features, evenly over space."""
        planar = features.only_planar()
        return self.some(planar.take(thinned(planar.points, _SPREAD_M, 2 * most).index), most)

    def kernel(self, noise_m: float) -> float:
        """Kernel in m of the final adjustment."""
        return max(self.settings.kernel_m, NOISE_KERNELS * noise_m)

    def noise(self, features: Features, pose: Matrix4) -> float:
        """Standard deviation in m of matched points about their faces, from the median."""
        blur = blur_of(features)
        reach = max(0.1, blur)
        found = match(self.target, self.some(features.only_planar(), _NOISE_POINTS), pose, reach)
        if not found.valid.any():
            return reach
        return max(float(1.4826 * np.median(np.abs(found.residual[found.valid]))), blur)


def blur_of(features: Features) -> float:
    """What a sparse survey cannot tell apart, in m; 0 for a dense one."""
    return _BLUR * features.spacing_m if features.is_sparse else 0.0


def at_least(stages: tuple[Stage, ...], kernel_m: float) -> tuple[Stage, ...]:
    """The stages with no kernel below `kernel_m`."""
    return tuple(replace(stage, kernel_m=max(stage.kernel_m, kernel_m)) for stage in stages)


def about_design(problem: Problem, cloud: Cloud) -> Features:
    """What of the survey may lie on the design from anywhere within the basin.

    Raises
    ------
    NoOverlap
        Hardly a point does.
    """
    target, settings = problem.target, problem.settings
    swing = np.radians(settings.basin_deg) * target.radius
    growth = settings.scale_range * target.radius if problem.free_scale else 0.0
    margin = settings.basin_m + swing + growth
    chosen = region(cloud, problem.start, target.box, margin, settings)
    features = extract(cloud, chosen)
    if features.is_sparse:
        # A building that was built higher than designed still shows its outline, above the design.
        open_above = np.array([target.box[0], [*target.box[1, :2], np.inf]])
        chosen = region(cloud, problem.start, open_above, margin, settings)
        features = outlined(extract(cloud, chosen), problem.start)
    planar = int(features.planar.sum())
    if planar < settings.least_matched:
        raise NoOverlap(
            phrase("only {count} usable points of the survey lie near the design", count=planar),
            "give a coarse pose with --pose, or check the unit and that survey and design show the same place",
            {"points_near_design": float(len(chosen.index)), "planar_points": float(planar)},
        )
    return features
