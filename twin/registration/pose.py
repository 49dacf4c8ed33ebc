"""Door of pose files: a pose that is given from outside."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from twin.arrays import Floats, Matrix4
from twin.errors import FrameError, InputError
from twin.frames import checked_similarity, scaling, translation
from twin.survey.model import Cloud

KEY = "design_from_survey"
_HINT = f'write {{"{KEY}": [[...], [...], [...], [0, 0, 0, 1]]}}, row by row'


def read_pose(path: Path) -> Matrix4:
    """The pose in a JSON file.

    Parameters
    ----------
    path : Path
        Holds the key ``design_from_survey``: 4 x 4, row by row, survey *file* coordinates in the file's own unit to
        design metres.

    Returns
    -------
    design_from_file : (4, 4) float

    Raises
    ------
    InputError
        Unreadable, no JSON, or without the key.
    FrameError
        No similarity transform: wrong shape, mirrored, sheared or not finite.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})", "name a readable JSON file") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: is no JSON text", _HINT) from error
    if not isinstance(content, dict) or KEY not in content:
        raise InputError(f"{path}: has no key {KEY}", _HINT)
    try:
        matrix = np.array(content[KEY], dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise FrameError(f"{path}: {KEY} is not a 4 x 4 matrix of numbers", _HINT) from error
    return checked_similarity(matrix, str(path))


def survey_pose(design_from_file: Matrix4, cloud: Cloud) -> Matrix4:
    """A pose of file coordinates in the file's unit, as one of the survey frame.

    Raises
    ------
    FrameError
        The survey's files do not share one unit, so that the pose has no one meaning.
    """
    matrix: Matrix4 = design_from_file @ scaling(1.0 / one_unit_m(cloud)) @ translation(np.asarray(cloud.origin))
    return checked_similarity(matrix, "the given pose")


def one_unit_m(cloud: Cloud) -> float:
    """Metres in the unit that all files of the survey share; `FrameError` where they share none."""
    units = sorted({facts.unit_m for facts in cloud.facts})
    if len(units) > 1:
        raise FrameError("the survey's files have different units", "give clouds of one unit, or state it with --unit")
    return units[0] if units else 1.0


def file_pose(design_from_survey: Matrix4, origin: Floats, unit_m: float) -> Matrix4:
    """The other way round: what `read_pose` would read, from a pose of the survey frame."""
    matrix: Matrix4 = design_from_survey @ translation(-np.asarray(origin)) @ scaling(unit_m)
    return matrix
