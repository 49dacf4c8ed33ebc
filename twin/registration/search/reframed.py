"""A survey seen in another frame, turned or grown, so that one search serves surveys of any attitude and size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.arrays import Matrix4, frozen
from twin.frames import move, scale_of
from twin.registration.model import Registration
from twin.survey.model import Cloud
from twin.survey.thinning import thin

_SPACING_M = 0.04
"""In the other frame: finer than what registration thins to, so that nothing it would use is lost."""


def reframed(cloud: Cloud, frame_from_survey: Matrix4, spacing_m: float = _SPACING_M) -> Cloud:
    """The survey, thinned, in another frame.

    Parameters
    ----------
    frame_from_survey : (4, 4) float
        A similarity without shift that matters: its scale turns the survey's metres into others.
    spacing_m : float
        Of the points that are kept, in metres of the new frame.

    Raises
    ------
    SurveyError
        The survey is too large for this spacing.
    """
    index = thin(np.asarray(cloud.points), spacing_m / scale_of(frame_from_survey))
    few = replace(cloud, points=np.asarray(cloud.points[index], dtype=np.float64), scan=cloud.scan[index], rgb=None)
    return turned(few, frame_from_survey)


def turned(cloud: Cloud, frame_from_survey: Matrix4) -> Cloud:
    """All of a survey that is small, in another frame."""
    points = move(frame_from_survey, np.asarray(cloud.points))
    return replace(cloud, points=points, stations=move(frame_from_survey, np.asarray(cloud.stations)))


def restored(found: Registration, frame_from_survey: Matrix4) -> Registration:
    """A result of such a survey as one of the survey itself."""
    pose = found.design_from_survey @ frame_from_survey
    rivals = tuple(
        replace(rival, design_from_survey=rival.design_from_survey @ frame_from_survey) for rival in found.rivals
    )
    return replace(found, design_from_survey=frozen(pose), scale=scale_of(pose), rivals=rivals)
