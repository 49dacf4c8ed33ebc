"""A survey of which nobody knows which way is up: every attitude its surfaces suggest is tried, one is taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Matrix4
from twin.errors import NoOverlap
from twin.frames import inverse
from twin.phrases import phrase
from twin.registration.fit.coarse import Candidate
from twin.registration.fit.support import CLEAR
from twin.registration.model import Rival
from twin.registration.search.attitudes import attitudes
from twin.registration.search.quest import Quest, quest_of, stood
from twin.registration.search.reframed import reframed
from twin.registration.search.searching import field_of, hopeful
from twin.registration.search.standing import WORTH
from twin.survey.model import Cloud

_BESIDE_M, _ABOUT_M = 1.0, 15.0
"""Between these distances from a building lies its ground, with little else that is level."""
_LEVEL = 0.9


@dataclass(frozen=True, eq=False)
class Attitude:
    """A survey stood upright.

    Attributes
    ----------
    frame_from_survey : (4, 4) float
        The rotation that does so.
    quest : Quest
    cloud : Cloud
        Both in that frame.
    rivals : tuple of Rival
        Other attitudes that this survey does not tell from it; `design_from_survey` of that frame.
    said : str
        A line for people.
    """

    frame_from_survey: Matrix4
    quest: Quest
    cloud: Cloud
    rivals: tuple[Rival, ...]
    said: str


def best_attitude(quest: Quest, cloud: Cloud) -> Attitude | None:
    """The attitude in which most of the survey lies on the design; None where it does in none.

    One that puts the ground above the building is taken only where all do: on a steep slope some of it may be.
    """
    found = [one for turn in attitudes(quest.features) if (one := _tried(quest, turn)) is not None]
    found = [one for one in found if not ground_above(one.quest, one.place.pose)] or found
    if not found:
        return None
    best = max(found, key=lambda one: one.place.score)
    rivals = tuple(rival for other in found if other is not best and (rival := _rival(best, other)) is not None)
    upright = reframed(cloud, best.turn)
    try:
        whole = quest_of(quest.design, quest.target, upright, quest.settings, quest.seed, quest.ground)
    except NoOverlap:
        return None
    return Attitude(best.turn, whole, upright, rivals, _said(best.turn))


@dataclass(frozen=True, eq=False)
class _Trial:
    turn: Matrix4
    quest: Quest
    place: Candidate


def _tried(quest: Quest, turn: Matrix4) -> _Trial | None:
    """A first look at an attitude."""
    there = stood(quest, turn)
    field = field_of(there)
    return _Trial(turn, there, field[0]) if hopeful(there, field) else None


def ground_above(quest: Quest, pose: Matrix4) -> bool:
    """Whether what lies level about the building would lie above its middle: then it stands on its head."""
    points, normals = quest.arena.features.placed(pose)
    low, high = quest.target.box
    beside = np.any((points[:, :2] < low[:2] - _BESIDE_M) | (points[:, :2] > high[:2] + _BESIDE_M), axis=1)
    near = np.all((points[:, :2] > low[:2] - _ABOUT_M) & (points[:, :2] < high[:2] + _ABOUT_M), axis=1)
    level = beside & near & (np.abs(normals[:, 2]) > _LEVEL)
    if int(level.sum()) < quest.settings.least_matched:
        return False
    return float(np.median(points[level, 2])) > 0.5 * float(low[2] + high[2])


def _rival(best: _Trial, other: _Trial) -> Rival | None:
    """The other attitude's pose in the frame of the best, where the survey does not tell them apart."""
    if other.place.score < WORTH * best.place.score:
        return None
    pose = other.place.pose @ other.turn @ inverse(best.turn)
    lead, share = best.quest.arena.lead(best.place.pose, pose)
    return None if lead >= CLEAR else Rival(pose, share, phrase("attitude"))


def _said(turn: Matrix4) -> str:
    """Where up is in the survey's own frame."""
    up = turn[2, :3]
    axis = int(np.abs(up).argmax())
    if abs(up[axis]) > np.cos(np.radians(8.0)):
        name = ("" if up[axis] > 0.0 else "-") + "xyz"[axis]
        return phrase("the survey's {name} axis points up", name=name)
    lean = float(np.degrees(np.arccos(np.clip(up[2], -1.0, 1.0))))
    return phrase(
        "the survey's vertical leans {lean:.0f} degrees: it was stood upright by its own walls and floors", lean=lean
    )
