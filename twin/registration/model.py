"""The pose of a survey in the design frame, with what is known and not known about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from twin.arrays import Floats, Matrix4

_LEAST_SET_UPS = 2
_CLEAR = 3.0
_TOLERANCE_M = 0.01
"""Set-ups of one survey are registered to each other to some millimetres; less than this is nobody's concern."""


class Status(StrEnum):
    """Whether the pose may carry a verdict."""

    ACCEPTED = "accepted"
    AMBIGUOUS = "ambiguous"
    REFUSED = "refused"


class Mode(StrEnum):
    """What the pose rests on."""

    CONTROL = "control"
    GEOREFERENCED = "georeferenced"
    BEST_FIT = "best_fit"
    GIVEN = "given"


@dataclass(frozen=True, eq=False)
class Rival:
    """Another pose that explains the survey nearly as well; `score_ratio` is its score over the best one's, and
    `kind` says how it differs ("half turn", "quarter turn", "storey slip", "parallel layer", "symmetry").
    """

    design_from_survey: Matrix4
    score_ratio: float
    kind: str


@dataclass(frozen=True, slots=True)
class SetUp:
    """How one set-up stands among the others.

    Attributes
    ----------
    name : str
    points : int
        Of the thinned points about the design.
    shared : int
        Those of them beside which another set-up saw the same surface.
    residual_m : float
        Standard deviation, by the median, of the distance along the normal of surfaces that others saw too, as the
        set-up stands; NaN where too little is shared to say.
    shift_m : (x, y, z) m, design frame, or None
        By how much the set-up stands off, in its middle; None where what it shares leaves a direction free, or where
        the approved surfaces explain it better as it stands.
    sigma_m : float
        Standard uncertainty of the shift, the worst of three axes, and no less than a third of the noise in what is
        shared; NaN with no shift.
    """

    name: str
    points: int
    shared: int
    residual_m: float
    shift_m: tuple[float, float, float] | None
    sigma_m: float

    @property
    def agrees(self) -> bool:
        """False where the set-up is known to stand off; one that shares too little is not accused."""
        if self.shift_m is None:
            return True
        size = float(np.linalg.norm(self.shift_m))
        return size < max(_TOLERANCE_M, _CLEAR * self.sigma_m)


@dataclass(frozen=True, eq=False)
class FilePose:
    """Where one cloud of several stands that share no frame: its file coordinates, in its unit, to design metres."""

    path: str
    design_from_file: Matrix4


@dataclass(frozen=True, eq=False)
class Registration:
    """A pose with its quality.

    Attributes
    ----------
    design_from_survey : (4, 4) float
        Survey frame (m, local origin) to design frame (m); scale included.
    covariance : (6, 6) float
        Of (translation m, rotation rad) about the centre of the matched points, in the design frame.
    centre : (3,) m, design frame
        The point to which `covariance` refers.
    residual_rms_m : float
        Root mean square distance of the matched points.
    overlap : float
        Share of the thinned points near approved surfaces that match one.
    may_judge_position : bool
        Whether absolute position and level rest on control or a georeference.
    notes : tuple of str
        What decided, what is odd, one readable line each.
    absolute_pose : (4, 4) float or None
        Where control or a georeference puts the survey, not refined: position and level are judged by it. None where
        neither is known.
    shift_m : (x, y, z) m, design frame, or None
        How far the building stands from where control or the georeference has it; None where neither is known.
    searched : bool
        Whether the pose was searched for anywhere, because the survey's own frame did not fit. Ambiguous then means
        that a rival may be the true pose.
    set_ups : tuple of SetUp
        How each set-up of the survey stands among the others; empty where there is only one.
    scale_sigma : float
        Standard uncertainty of the scale, as a share of it; 0 where it was not solved.
    files : tuple of FilePose
        Of each cloud, where they came in frames of their own; empty where one pose serves all.
    """

    status: Status
    mode: Mode
    design_from_survey: Matrix4
    scale: float
    residual_rms_m: float
    overlap: float
    covariance: Floats
    centre: Floats
    rivals: tuple[Rival, ...]
    may_judge_position: bool
    notes: tuple[str, ...] = ()
    absolute_pose: Matrix4 | None = None
    shift_m: tuple[float, float, float] | None = None
    searched: bool = False
    set_ups: tuple[SetUp, ...] = ()
    scale_sigma: float = 0.0
    files: tuple[FilePose, ...] = ()

    @property
    def set_up_sigma_m(self) -> Floats:
        """(3,) m: standard deviation, along each axis, by which set-ups stand off each other; 0 where that is unknown.

        What one set-up shows alone is uncertain by it, however well the survey as a whole is placed.
        """
        shifts = [one.shift_m for one in self.set_ups if one.shift_m is not None]
        if len(shifts) < _LEAST_SET_UPS:
            return np.zeros(3)
        return np.asarray(np.sqrt((np.array(shifts) ** 2).mean(axis=0)), dtype=np.float64)
