"""Search from any pose: gravity from the survey's planes, yaw from its walls, place from plan, height by look-up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Matrix4
from twin.frames import identity, translation, yaw
from twin.registration.features import Features
from twin.registration.fit.coarse import Candidate, Fields, distinct, fields, surface_samples
from twin.registration.search.directions import yaws
from twin.registration.search.lines import Lines, lines_of, settled
from twin.registration.search.plan import Evidence, best_shifts, plan_of
from twin.registration.search.rising import rise_curve
from twin.registration.target import Target

_SAMPLE_M = 0.15
_MOST_SAMPLES = 150_000
_STEEP = 0.95
"""What is more level than 18 degrees says nothing of place in plan."""
_TURNS_BY = 0.3
"""Horizontal component of a normal below which it has no direction in plan to speak of."""
_SPACING_M = 0.1
_FEWEST = 50
_LINE_M = 0.1
_SHIFTS = 10
_PLACES = 60
_RISES = 2
_MARGIN_M = 0.5
_APART_M = 0.6
_POINTS = 5_000
_ALIKE = 0.6
"""Share of its own correlation from which a design counts as like itself elsewhere."""
_SYMMETRIES = 6
_OUTLIERS = 0.5
"""Percent of the points at either end of the height that are dropped: birds, cranes, noise below the ground."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What a search looks up: the design's evidence in plan and its fields."""

    places: Floats
    normals: Floats
    area_m2: float
    fields: Fields
    lines: Lines

    def turned(self, angle_rad: float) -> Evidence:
        """The evidence in plan, turned about the vertical through the origin."""
        cos, sin = np.cos(angle_rad), np.sin(angle_rad)
        (x, y), (u, v) = self.places[:, :2].T, self.normals[:, :2].T
        places = np.column_stack([cos * x - sin * y, sin * x + cos * y])
        return Evidence(places, np.column_stack([cos * u - sin * v, sin * u + cos * v]), self.area_m2)


def ground_of(target: Target) -> Ground:
    """The design, prepared."""
    step = max(_SAMPLE_M, float(np.sqrt(target.surface.areas().sum() / _MOST_SAMPLES)))
    points, triangle = surface_samples(target.surface, step)
    normals = target.normals[triangle]
    steep = np.abs(normals[:, 2]) < _STEEP
    fine, triangle = surface_samples(target.surface, min(step, _LINE_M))
    lines = lines_of(fine, target.normals[triangle])
    return Ground(points[steep], normals[steep], step**2, fields(target, _MARGIN_M), lines)


def places(target: Target, ground: Ground, features: Features, upright: Matrix4, most: int) -> list[Candidate]:
    """Poses anywhere at which the survey may lie on the design, best first, to some decimetres.

    Parameters
    ----------
    features : Features
        Planar ones of the whole survey.
    upright : (4, 4) float
        The rotation that makes the survey stand plumb.
    """
    above = seen_from_above(ground, features, upright, _SPACING_M)
    if above is None:
        return []
    spots = _in_plan(target, ground, *above, upright)[:_PLACES]
    count = len(features.points)
    few = features.take(np.arange(0, count, max(1, count // _POINTS)))
    found = [one for spot in spots for one in risen(target, ground, few, spot.pose)]
    apart = distinct(found, _APART_M, target, most)
    return [Candidate(settled(ground.lines, features, one.pose), one.score) for one in apart]


def seen_from_above(
    ground: Ground, features: Features, upright: Matrix4, spacing_m: float
) -> tuple[Evidence, Floats] | None:
    """The survey's walls in plan, and the turns, rad, that lay their directions on the design's; None without walls.

    Parameters
    ----------
    spacing_m : float
        Of the features, in their own frame.
    """
    points, normals = features.placed(upright)
    share = np.hypot(normals[:, 0], normals[:, 1])
    steep = np.abs(normals[:, 2]) < _STEEP
    if int(steep.sum()) < _FEWEST or len(ground.places) == 0:
        return None
    turns = yaws(
        (normals[:, :2], np.where(share > _TURNS_BY, share, 0.0)),
        (ground.normals[:, :2], np.hypot(ground.normals[:, 0], ground.normals[:, 1])),
    )
    return Evidence(points[steep, :2], normals[steep, :2], spacing_m**2), turns


def risen(target: Target, ground: Ground, few: Features, pose: Matrix4) -> list[Candidate]:
    """The pose at its best heights."""
    points, normals = few.placed(pose)
    low, high = np.percentile(points[:, 2], [_OUTLIERS, 100.0 - _OUTLIERS])
    lowest = float(target.box[0, 2] - high)
    count = int((np.ptp(target.box[:, 2]) + high - low) / ground.fields.cell_m) + 2
    lifts, support = rise_curve(ground.fields, points, normals, few.level_share, lowest, count)
    inner = np.flatnonzero((support[1:-1] >= support[:-2]) & (support[1:-1] > support[2:])) + 1
    best = inner[np.argsort(-support[inner], kind="stable")][:_RISES]
    return [Candidate(translation(np.array([0.0, 0.0, lifts[k]])) @ pose, float(support[k])) for k in best]


def _in_plan(target: Target, ground: Ground, survey: Evidence, turns: Floats, upright: Matrix4) -> list[Candidate]:
    """Poses at any height, best first."""
    plan = plan_of(survey, 2.0 * target.radius)
    spots: list[Candidate] = []
    for angle in turns:
        design = ground.turned(-float(angle))
        for shift, score in best_shifts(plan, design, _SHIFTS):
            spots.append(Candidate(yaw(float(angle)) @ translation(np.array([*shift, 0.0])) @ upright, score))
    return sorted(spots, key=lambda c: -c.score)


def symmetries(target: Target, ground: Ground) -> list[Matrix4]:
    """Movements in plan that come near to laying the design's walls on themselves, and the half turn."""
    flat = np.hypot(ground.normals[:, 0], ground.normals[:, 1])
    turns = yaws((ground.normals[:, :2], flat), (ground.normals[:, :2], flat))
    survey = Evidence(ground.places[:, :2], ground.normals[:, :2], ground.area_m2)
    spots = _in_plan(target, ground, survey, turns, identity())
    worth = [spot for spot in spots if spot.score > _ALIKE * spots[0].score]
    apart = distinct([Candidate(identity(), np.inf), *worth], _APART_M, target, _SYMMETRIES + 1)
    half = translation(target.centre) @ yaw(np.pi) @ translation(-target.centre)
    return [*(spot.pose for spot in apart[1:]), half]
