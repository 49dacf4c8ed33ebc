"""Whether a survey that fits nowhere would fit in another unit: named, never corrected."""

from __future__ import annotations

from twin.design.model import Design
from twin.errors import NoOverlap, SurveyError
from twin.frames import scaling
from twin.registration.search.quest import quest_of
from twin.registration.search.reframed import reframed
from twin.registration.search.searching import field_of, share_of
from twin.registration.settings import RegistrationSettings
from twin.registration.target import Target
from twin.survey.model import Cloud

_UNITS = {"ft": 0.3048, "mm": 0.001}
"""Metres in the units in which clouds come without saying so."""
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
        if share_of(quest, field_of(quest)) > _MOST:
            return unit
    return None
