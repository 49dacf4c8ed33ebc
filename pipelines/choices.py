"""What the user may choose between; light to import, since the command line lists it in its help."""

from __future__ import annotations

from enum import StrEnum


class RegistrationChoice(StrEnum):
    """On what the pose shall rest; `AUTO` takes the strongest ground that the inputs offer."""

    AUTO = "auto"
    CONTROL = "control"
    GEOREFERENCED = "georeferenced"
    BEST_FIT = "best-fit"
    GIVEN = "given"


class LengthUnit(StrEnum):
    """Unit of cloud coordinates, where the user states it."""

    METRE = "m"
    MILLIMETRE = "mm"
    FOOT = "ft"


class Scale(StrEnum):
    """Whether registration may change the survey's size: true for photogrammetry without control only."""

    FIXED = "fixed"
    FREE = "free"


class Language(StrEnum):
    """Of everything that people read."""

    ENGLISH = "en"
    CHINESE = "zh"


class Output(StrEnum):
    """What an inspection leaves beside its document, its table of elements and its log."""

    PICTURES = "pictures"
    VIEWER = "viewer"
    SOLIDS = "solids"
    """``diff.glb``"""
    CLOUD = "cloud"
    """``deviation.laz``"""
