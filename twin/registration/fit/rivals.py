"""Other poses that explain the survey nearly as well: wall faces, layers, storeys, turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Matrix4
from twin.design.model import Design
from twin.frames import translation, yaw
from twin.phrases import phrase
from twin.registration.features import Features, thinned
from twin.registration.fit.coarse import search
from twin.registration.fit.fine import Stage, adjusted
from twin.registration.fit.support import CLEAR, Cells, paired_z, ranked
from twin.registration.model import Rival
from twin.registration.target import Target

HOP_M = 0.45
"""Reach of a hop: wall thickness puts false fits at 0.15-0.3 m."""
_HOP_STEP_M = 0.09
LISTED = 0.9
"""A pose with at least this share of the best score is worth listing."""
_EQUAL = 0.97
"""Twins score alike; a pose that fits clearly less is a deviation's, not the building's."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Features on which poses are compared, in cells, with the kernel of the comparison."""

    features: Features
    group: Cells
    kernel_m: float

    def support(self, target: Target, pose: Matrix4) -> Floats:
        """(c,) of each cell."""
        return ranked(target, self.features, self.group, pose, self.kernel_m)


@dataclass(frozen=True, eq=False)
class Hop:
    """Result of looking about in plan.

    Attributes
    ----------
    pose : (4, 4) float
        The best found.
    rivals : tuple of Rival
    contrast : float
        Score of the walls over the median of poses a hand's breadth and more away: floors fit anywhere.
    ambiguous : bool
        Whether a rival within reach explains the survey as well.
    """

    pose: Matrix4
    rivals: tuple[Rival, ...]
    contrast: float
    ambiguous: bool


def hopped(target: Target, sample: Sample, pose: Matrix4, stages: tuple[Stage, ...], free_scale: bool) -> Hop:
    """Leave minima in which the survey lies on the wrong face of its walls.

    Parameters
    ----------
    sample : Sample
    pose : (4, 4) float
    stages : tuple of Stage
        How each promising hop is adjusted before it is compared.
    """
    step = max(_HOP_STEP_M, sample.kernel_m)
    places, grid, walls = _plan_grid(target, sample, pose, step)
    best = adjusted(target, sample.features, pose, stages, 1.0, free_scale, sample.features.held)
    score = sample.support(target, best)
    others: list[tuple[Matrix4, Floats]] = []
    for place in _local_maxima(grid)[:4]:
        shift = np.array([*places[place], 0.0])
        if np.hypot(shift[0], shift[1]) < step:
            continue
        trial = adjusted(
            target, sample.features, translation(shift) @ pose, stages, 1.0, free_scale, sample.features.held
        )
        support = sample.support(target, trial)
        if paired_z(support, score) > 0.0 and support.sum() > score.sum():
            others.append((best, score))
            best, score = trial, support
        else:
            others.append((trial, support))
    found, ambiguous = [], False
    for trial, support in others:
        ratio = float(support.sum() / max(score.sum(), 1e-12))
        if ratio > LISTED and moved_m(target, trial, best) > 2.0 * sample.kernel_m:
            found.append(Rival(trial, ratio, phrase("parallel layer")))
            ambiguous = ambiguous or (ratio > _EQUAL and paired_z(score, support) < CLEAR)
    far = walls[np.hypot(*np.moveaxis(places, -1, 0)) > 2.5 * step]
    contrast = float(score[~sample.group.horizontal].sum() / max(float(np.median(far)), 1e-12))
    return Hop(best, tuple(found), contrast, ambiguous)


def _plan_grid(target: Target, sample: Sample, pose: Matrix4, step: float) -> tuple[Floats, Floats, Floats]:
    """Shifts (k, k, 2) in m, the support of each, and that of its walls alone."""
    count = int(np.ceil(max(HOP_M, 3.5 * step) / step))
    line = np.arange(-count, count + 1) * step
    places = np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1)
    support = [[sample.support(target, translation(np.array([x, y, 0.0])) @ pose) for y in line] for x in line]
    whole = np.array(support)
    return places, whole.sum(axis=2), whole[:, :, ~sample.group.horizontal].sum(axis=2)


def _local_maxima(grid: Floats) -> list[tuple[int, int]]:
    """Places no lower than their neighbours, highest first."""
    padded = np.pad(grid, 1, constant_values=-np.inf)
    rows, columns = grid.shape
    around = np.max(
        [padded[1 + i : 1 + i + rows, 1 + j : 1 + j + columns] for i in (-1, 0, 1) for j in (-1, 0, 1)], axis=0
    )
    places = np.argwhere(grid >= around)
    order = np.argsort([-grid[tuple(p)] for p in places], kind="stable")
    return [(int(places[k][0]), int(places[k][1])) for k in order]


def moved_m(target: Target, first: Matrix4, second: Matrix4) -> float:
    """How far apart two poses put the design's centre and the ends of its box, in m, at most."""
    relative = second @ np.linalg.inv(first)
    probes = np.vstack([target.centre, target.box])
    gap = probes @ (relative[:3, :3] - np.eye(3)).T + relative[:3, 3]
    return float(np.linalg.norm(gap, axis=1).max())


def storey_slips(design: Design, target: Target, sample: Sample, pose: Matrix4) -> tuple[Rival, ...]:
    """Poses one storey up or down that explain the survey nearly as well."""
    floors = np.array([s.elevation_m for s in design.storeys if s.is_floor])
    heights = np.unique(np.round(np.diff(floors), 2)) if len(floors) > 1 else np.zeros(0)
    best = float(sample.support(target, pose).sum())
    found = []
    for lift in np.concatenate([heights, -heights]):
        slipped = translation(np.array([0.0, 0.0, lift])) @ pose
        ratio = float(sample.support(target, slipped).sum()) / max(best, 1e-12)
        if ratio > LISTED:
            found.append(Rival(slipped, ratio, phrase("storey slip")))
    return tuple(found)


def turned(target: Target, sample: Sample, pose: Matrix4, stages: tuple[Stage, ...]) -> tuple[Rival, ...]:
    """Half turns, and quarter turns of square plans, that explain the survey nearly as well."""
    best = float(sample.support(target, pose).sum())
    width, depth = np.ptp(target.box[:, :2], axis=0)
    angles = {180.0: phrase("half turn")}
    if min(width, depth) > 0.85 * max(width, depth):
        angles |= {90.0: phrase("quarter turn"), -90.0: phrase("quarter turn")}
    centre = target.centre
    few = sample.features.take(thinned(sample.features.points, 0.4, 4000).index)
    found = []
    for angle, kind in angles.items():
        start = translation(centre) @ yaw(float(np.radians(angle))) @ translation(-centre) @ pose
        near = search(target, few, start, 1.0, 1.0, most=1)
        if not near:
            continue
        trial = adjusted(target, sample.features, near[0].pose, stages, 1.0, held=sample.features.held)
        ratio = float(sample.support(target, trial).sum()) / max(best, 1e-12)
        if ratio > LISTED:
            found.append(Rival(trial, ratio, kind))
    return tuple(found)


def vertical_rivals(pose: Matrix4, lifts: tuple[tuple[float, float], ...]) -> tuple[Rival, ...]:
    """Other heights at which much of the survey fits."""
    return tuple(
        Rival(translation(np.array([0.0, 0.0, lift])) @ pose, share, phrase("parallel layer")) for lift, share in lifts
    )
