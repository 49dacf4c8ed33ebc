"""The pose of a survey that came without a scale: its size is found first, then its place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.arrays import Matrix4
from twin.design.model import Design
from twin.errors import NoOverlap
from twin.frames import inverse, scale_of, scaling
from twin.phrases import phrase
from twin.registration.anchors.start import Start
from twin.registration.fit.support import CLEAR
from twin.registration.model import Registration, Rival
from twin.registration.search.anywhere import Ground, ground_of
from twin.registration.search.attitudes import attitudes, is_plumb
from twin.registration.search.concluding import by_search
from twin.registration.search.quest import Quest, quest_of
from twin.registration.search.reframed import reframed, restored
from twin.registration.search.searching import searched
from twin.registration.search.sizes import Sized, neutral_scale, sizes
from twin.registration.search.whole import gathered, upright_from_survey
from twin.registration.settings import RegistrationSettings
from twin.registration.target import Target
from twin.survey.model import Cloud

_LEFT = 0.03
"""Largest share by which a size that was found may still be off."""
_WORTH = 0.5
"""A size with less than this share of the best one's worth needs no closer look."""


def by_size(
    design: Design,
    target: Target,
    cloud: Cloud,
    start: Start,
    settings: RegistrationSettings,
    seed: int,
    near: Registration | None,
) -> Registration:
    """The result of a search with free scale; or `near`, the fit about the survey's own frame, if it explains as much.

    Raises
    ------
    RegistrationError
        The survey lies on the design in no size, or the surfaces seen leave a direction free.
    """
    ground = ground_of(target)
    found = _sized(target, ground, cloud, settings)
    frame = _linear(found[0].pose)
    there = reframed(cloud, frame)
    quest = quest_of(design, target, there, replace(settings, scale_range=_LEFT), seed, ground)
    result = searched(quest, there)
    if near is not None and not _outdone(quest, near.design_from_survey @ inverse(frame), result.solution.pose):
        return near
    rivals = _rivals(quest, result.solution.pose, [one.pose @ inverse(frame) for one in found[1:] if _near(one, found)])
    result = replace(result, rivals=(*result.rivals, *rivals), undecided=(*result.undecided, *rivals))
    return restored(by_search(start, result, settings), frame)


def _linear(pose: Matrix4) -> Matrix4:
    """The turn and the scale of a pose."""
    frame = np.eye(4)
    frame[:3, :3] = pose[:3, :3]
    return frame


def _near(one: Sized, found: list[Sized]) -> bool:
    return one.worth > _WORTH * found[0].worth


def _outdone(quest: Quest, pose: Matrix4, other: Matrix4) -> bool:
    """Whether the other pose explains the survey clearly better."""
    return quest.arena.lead(other, pose)[0] >= CLEAR


def _rivals(quest: Quest, pose: Matrix4, others: list[Matrix4]) -> tuple[Rival, ...]:
    """Other sizes that the survey does not tell from the pose's."""
    leads = [(other, *quest.arena.lead_of_size(pose, other)) for other in others]
    return tuple(Rival(other, share, phrase("size")) for other, z, share in leads if z < CLEAR)


def _sized(target: Target, ground: Ground, cloud: Cloud, settings: RegistrationSettings) -> list[Sized]:
    """Similarities that lay the survey on the design, best first, one for each size.

    Raises
    ------
    NoOverlap
        None does.
    """
    neutral = scaling(neutral_scale(cloud))
    features = gathered(reframed(cloud, neutral)).only_planar()
    range_ = (settings.smallest_scale / scale_of(neutral), settings.largest_scale / scale_of(neutral))
    stood = [upright_from_survey(features)] if is_plumb(features) else attitudes(features)
    found = [one for upright in stood for one in sizes(target, ground, features, upright, *range_)]
    if not found:
        raise NoOverlap(phrase("in no size does the survey lie on the design"), "give a coarse pose with --pose")
    found.sort(key=lambda one: -one.worth)
    return [replace(one, pose=one.pose @ neutral) for one in found]
