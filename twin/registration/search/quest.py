"""What a search from any pose works on: the whole survey's plane surfaces and the design, both prepared once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from twin.arrays import Matrix4
from twin.design.model import Design
from twin.errors import NoOverlap
from twin.phrases import phrase
from twin.registration.features import Features
from twin.registration.search.anywhere import Ground, ground_of
from twin.registration.search.contest import Arena, arena_of
from twin.registration.search.whole import gathered, upright_from_survey
from twin.registration.settings import RegistrationSettings
from twin.registration.target import Target
from twin.survey.model import Cloud


@dataclass(frozen=True, eq=False)
class Quest:
    """A survey and a design that are to be brought together.

    Attributes
    ----------
    features : Features
        Of the whole survey.
    upright : (4, 4) float
        The rotation that makes the survey stand plumb.
    ground : Ground
        The design, prepared.
    arena : Arena
        The part of the survey on which poses are compared.
    seed : int
        Of the draw of points where there are too many.
    """

    design: Design
    target: Target
    features: Features
    upright: Matrix4
    ground: Ground
    arena: Arena
    settings: RegistrationSettings
    seed: int


def quest_of(
    design: Design,
    target: Target,
    cloud: Cloud,
    settings: RegistrationSettings,
    seed: int,
    ground: Ground | None = None,
) -> Quest:
    """Survey and design, prepared.

    Parameters
    ----------
    ground : Ground or None
        Of the target, where it was prepared before.

    Raises
    ------
    NoOverlap
        The survey shows too little that is plane, or is too sparse to show walls.
    """
    features = gathered(cloud)
    planar = features.only_planar()
    if len(planar.points) < settings.least_matched or planar.is_sparse:
        raise NoOverlap(
            phrase(
                "the survey shows too few plane surfaces to be searched for ({count} points, {spacing:.2f} m apart)",
                count=len(planar.points),
                spacing=planar.spacing_m,
            ),
            "give a coarse pose with --pose",
            {"planar_points": float(len(planar.points))},
        )
    upright = upright_from_survey(planar)
    arena = arena_of(target, planar, upright)
    return Quest(design, target, features, upright, ground or ground_of(target), arena, settings, seed)


def stood(quest: Quest, rotation: Matrix4) -> Quest:
    """The same in a frame turned by a (4, 4) rotation, with the same points: for a first look.

    What stands and what lies open was told by the vertical of before, and with it how finely each is thinned.
    """
    features = quest.features.turned(rotation)
    planar = features.only_planar()
    upright = upright_from_survey(planar)
    return replace(quest, features=features, upright=upright, arena=arena_of(quest.target, planar, upright))
