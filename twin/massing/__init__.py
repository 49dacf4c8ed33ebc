"""What stands there: occupied space that no approved element explains, storeys, moved parts, clutter."""

from twin.massing.model import Addition, LevelMeasure, Lift, Massing, SiteObject, Surroundings
from twin.massing.settings import MassingSettings
from twin.massing.survey import survey_massing

__all__ = [
    "Addition",
    "LevelMeasure",
    "Lift",
    "Massing",
    "MassingSettings",
    "SiteObject",
    "Surroundings",
    "survey_massing",
]
