"""Whether a survey that fits nowhere would fit in another unit: named, never corrected."""

from __future__ import annotations

import numpy as np

from twin.design.model import Design
from twin.errors import NoOverlap, SurveyError
from twin.frames import scaling
from twin.registration.fine import match
from twin.registration.quest import Quest, quest_of
from twin.registration.reframed import reframed
from twin.registration.searching import best_place
from twin.registration.settings import RegistrationSettings
from twin.registration.target import Target
from twin.survey.model import Cloud

_UNITS = {"ft": 0.3048, "mm": 0.001}
"""Metres in the units in which clouds come without saying so."""
_REACH_M = 0.05
_UPRIGHT = 0.5
_MOST = 0.7
"""Share of the walls in the design's box that must then lie on it: other buildings stay below six tenths."""


def fitting_unit(design: Design, target: Target, cloud: Cloud, settings: RegistrationSettings, seed: int) -> str | None:
    """The unit, "ft" or "mm", in which a survey read in metres would lie on the design."""
    if any(facts.unit_m != 1.0 for facts in cloud.facts):
        return None
    for unit, metres in _UNITS.items():
        try:
            quest = quest_of(design, target, reframed(cloud, scaling(metres)), settings, seed)
        except (NoOverlap, SurveyError):
            continue
        if _explained(quest) > _MOST:
            return unit
    return None


def _explained(quest: Quest) -> float:
    best = best_place(quest)
    if best is None:
        return 0.0
    place = best.pose
    features = quest.arena.features.take(quest.arena.near(place))
    found = match(quest.target, features, place, _REACH_M)
    low, high = quest.target.box
    walls = np.all((found.points > low) & (found.points < high), axis=1)
    walls &= np.abs(features.placed(place)[1][:, 2]) < _UPRIGHT
    enough = int(walls.sum()) >= quest.settings.least_matched
    return float(found.valid[walls].mean()) if enough else 0.0
