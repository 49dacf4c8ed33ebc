"""How large a survey is that came without a scale: the sizes at which its walls, seen from above, lie on the design's.

Directions of walls do not change with size, so the turns are known before. At each size one correlation gives all
shifts; what makes sizes comparable is the cosine between the design and the part of the survey that it covers: a small
survey crowds more walls into the design than it has, a large one leaves most of it bare.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Matrix4
from twin.frames import scale_of, scaling, translation, yaw
from twin.registration.features import Features
from twin.registration.fit.coarse import Candidate
from twin.registration.fit.fine import TILTS, Stage, adjusted, match
from twin.registration.search.anywhere import Ground, risen, seen_from_above
from twin.registration.search.contest import AGAINST
from twin.registration.search.plan import Evidence, best_likenesses, plan_of
from twin.registration.target import Target
from twin.survey.model import Cloud

_STEP = 0.04
"""Neighbouring sizes differ by so much: it shifts a wall at the rim of a design by one cell."""
_ACROSS = 25.0
"""Cells to a design's radius."""
_LEAST_CELL_M = 0.25
_MOST_CELLS = 250_000
_TURNS = 12
_SHIFTS = 3
_TRIED = 24
_ALIKE = 0.04
"""Sizes closer than this are one: the adjustment leads them to the same."""
_POINTS = 5_000
_STAGES = (Stage(0.6, 4, TILTS), Stage(0.3, 4, TILTS), Stage(0.15, 4, TILTS), Stage(0.07, 4))
_REACH_M = 0.1
_FEWEST = 50
_NEUTRAL_M = 0.1
_NEUTRAL_POINTS = 200_000
_LEFT = 0.6
"""Of a survey with few points, so many cells: finer ones would hold one point each, however small."""
_SAMPLE = 1_000_000


def neutral_scale(cloud: Cloud) -> float:
    """The factor by which a survey of unknown size grows so that cells of a decimetre part 200,000 of its points.

    What thins, takes normals and looks for what stands in metres then works on it, whatever its unit.
    """
    points = np.asarray(cloud.points[:: max(1, len(cloud.points) // _SAMPLE)], dtype=np.float64)
    points = points - np.median(points, axis=0)
    points = points[np.abs(points).max(axis=1) <= 2.0 * np.percentile(np.abs(points).max(axis=1), 98.0)]
    wanted = min(_NEUTRAL_POINTS, int(_LEFT * len(points)))
    low, high = 1e-5, 1.0  # of the way across
    across = max(float(np.ptp(points, axis=0).max()), 1e-9)
    for _ in range(12):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if _occupied(points / (middle * across)) > wanted else (low, middle)
    return _NEUTRAL_M / (float(np.sqrt(low * high)) * across)


def _occupied(cells: Floats) -> int:
    place = np.floor(cells).astype(np.int64)
    place -= place.min(axis=0)
    size = place.max(axis=0) + 1
    return len(np.unique((place[:, 0] * size[1] + place[:, 1]) * size[2] + place[:, 2]))


@dataclass(frozen=True, eq=False)
class Sized:
    """A similarity that lays a survey on the design.

    Attributes
    ----------
    pose : (4, 4) float
        design_from_survey, scale included; to some centimetres.
    worth : float
        Of all the survey's walls those that lie on the design, less half of those inside its box that do not: too small
        a survey puts much there that does not fit, too large a one hardly anything that does.
    """

    pose: Matrix4
    worth: float


def sizes(
    target: Target, ground: Ground, features: Features, upright: Matrix4, smallest: float, largest: float
) -> list[Sized]:
    """Similarities worth a closer look, best first, no two of one size at one place.

    Parameters
    ----------
    features : Features
        Planar ones of the whole survey.
    upright : (4, 4) float
        The rotation that makes the survey stand plumb.
    smallest, largest : float
        Scale factors between which to look.
    """
    few = features.take(np.arange(0, len(features.points), max(1, len(features.points) // _POINTS)))
    found: list[Sized] = []
    for spot in _in_plan(target, ground, features, upright, smallest, largest):
        for lifted in risen(target, ground, few, spot.pose)[:1]:
            pose = adjusted(target, few, lifted.pose, _STAGES, 1.0, free_scale=True)
            found.append(Sized(pose, _worth(target, few, pose)))
    found.sort(key=lambda one: -one.worth)
    kept: list[Sized] = []
    for one in found:
        if all(abs(np.log(scale_of(one.pose) / scale_of(other.pose))) > _ALIKE for other in kept):
            kept.append(one)
    return kept


def _in_plan(
    target: Target, ground: Ground, features: Features, upright: Matrix4, smallest: float, largest: float
) -> list[Candidate]:
    """Similarities at any height, those most like the design first."""
    above = seen_from_above(ground, features, upright, _NEUTRAL_M)
    if above is None:
        return []
    survey, turns = above
    cell = max(_LEAST_CELL_M, target.radius / _ACROSS)
    count = int(np.ceil(np.log(largest / smallest) / _STEP)) + 1
    spots: list[Candidate] = []
    for size in np.exp(np.linspace(np.log(smallest), np.log(largest), count)):
        grown = Evidence(size * survey.places, survey.normals, size**2 * survey.area_m2)
        plan = plan_of(grown, 2.0 * target.radius, cell, _MOST_CELLS)
        for angle in turns[:_TURNS]:
            design = ground.turned(-float(angle))
            for shift, likeness in best_likenesses(plan, design, _SHIFTS):
                place = translation(np.array([*shift, 0.0])) @ scaling(float(size)) @ upright
                spots.append(Candidate(yaw(float(angle)) @ place, likeness))
    return sorted(spots, key=lambda c: -c.score)[:_TRIED]


def _worth(target: Target, few: Features, pose: Matrix4) -> float:
    found = match(target, few, pose, _REACH_M)
    walls = few.upright(pose)
    inside = walls & target.holds(found.points, _REACH_M)
    on = int((inside & found.valid).sum())
    return (on - AGAINST * (int(inside.sum()) - on)) / max(int(walls.sum()), _FEWEST)
