"""What may be said of a pose that was found: status, notes, the published result."""

from __future__ import annotations

import numpy as np

from twin.arrays import Floats, Matrix4, frozen
from twin.frames import scale_of
from twin.phrases import phrase
from twin.registration.fit.solve import Solution
from twin.registration.model import Mode, Registration, Status
from twin.registration.settings import RegistrationSettings


def status_of(solution: Solution, settings: RegistrationSettings) -> tuple[Status, list[str]]:
    """Accepted, ambiguous or refused, and why."""
    quality, notes = solution.quality, _datum_notes(solution)
    if quality.matched < settings.least_matched:
        notes.append(phrase("refused: only {matched} points lie on the design", matched=quality.matched))
        return Status.REFUSED, notes
    if solution.contrast < settings.least_contrast:
        notes.append(
            phrase(
                "refused: the best pose fits only {contrast:.1f} times as well as poses beside it, so that the building"
                " was not recognised",
                contrast=solution.contrast,
            )
        )
        return Status.REFUSED, notes
    if not solution.recognition.holds:
        notes.append(
            phrase(
                "refused: {percent:.0f} % of the walls at the design's place lie on its faces, {scatter:.1f} times as"
                " scattered as noise explains: another building or place",
                percent=100.0 * solution.recognition.share,
                scatter=solution.recognition.scatter,
            )
        )
        return Status.REFUSED, notes
    if solution.ambiguous:
        notes.append(phrase("ambiguous: another pose within reach explains the survey as well"))
        return Status.AMBIGUOUS, notes
    return Status.ACCEPTED, notes


def _datum_notes(solution: Solution) -> list[str]:
    notes: list[str] = []
    datum = solution.datum
    if np.isfinite(datum.top_m):
        notes.append(
            phrase(
                "the height rests on what lies below {top:.1f} m, because what is built wrongly is carried upward:"
                " above, the survey agrees with the design only at another height",
                top=datum.top_m,
            )
        )
    if solution.level is not None:
        notes.append(phrase("too few floors or roofs were seen: edges of walls and openings decided the height"))
    return notes


def free_direction(solution: Solution, settings: RegistrationSettings) -> Floats | None:
    """(3,) unit: a direction that nothing observes, or None. Edges may observe the vertical."""
    values, direction = solution.quality.eigenvalues, solution.quality.free_direction
    if values[0] >= settings.least_eigenvalue:
        return None
    upright = abs(float(direction[2])) > np.cos(np.radians(20.0))
    if upright and solution.level is not None and values[1] >= settings.least_eigenvalue:
        return None
    return direction


def result_of(
    status: Status, mode: Mode, pose: Matrix4, solution: Solution, may_judge: bool, notes: tuple[str, ...]
) -> Registration:
    """The result at a pose."""
    quality = solution.quality
    return Registration(
        status=status,
        mode=mode,
        design_from_survey=frozen(pose.copy()),
        scale=scale_of(pose),
        residual_rms_m=quality.residual_rms_m,
        overlap=quality.overlap,
        covariance=frozen(quality.covariance.copy()),
        centre=frozen(quality.centre.copy()),
        rivals=solution.rivals,
        may_judge_position=may_judge,
        notes=notes,
        scale_sigma=quality.scale_sigma,
    )


def shift_m(refined: Matrix4, absolute: Matrix4, centre: Floats) -> Floats:
    """(3,) m, design frame: how far the building stands from where the absolute pose expects the design.

    Points of the survey lie at the design by the refined pose, and so much beside it by the absolute one.
    """
    place = np.array([*centre, 1.0])
    offset: Floats = (absolute @ np.linalg.inv(refined) @ place - place)[:3]
    return offset
