"""The pose of a survey that a fit decides: about a start, or from any pose where the start does not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from twin.arrays import Matrix4
from twin.design.model import Design
from twin.errors import NoOverlap, RegistrationError
from twin.frames import angle_between_deg
from twin.phrases import phrase
from twin.registration.anchors.start import Start, metres
from twin.registration.fit.solve import Solution, solved
from twin.registration.fit.support import CLEAR
from twin.registration.fit.verdict import free_direction, result_of, shift_m, status_of
from twin.registration.model import Mode, Registration, Status
from twin.registration.search.attitudes import is_plumb
from twin.registration.search.concluding import by_search, underconstrained
from twin.registration.search.near import nearly, outdone
from twin.registration.search.quest import Quest, quest_of
from twin.registration.search.reframed import restored
from twin.registration.search.searching import Found, field_of, hopeful, searched
from twin.registration.search.sizing import by_size
from twin.registration.search.tumbled import best_attitude, ground_above
from twin.registration.search.units import fitting_unit
from twin.registration.settings import RegistrationSettings
from twin.registration.target import Target
from twin.survey.model import Cloud

_BEYOND = 1.5
"""A fit that ends farther from its start than this many basins has run away."""
_FAR = ("half turn", "quarter turn", "symmetry", "storey slip")


def by_start(target: Target, start: Start, solution: Solution, settings: RegistrationSettings) -> Registration:
    """The result where the fit decides, from the survey's own frame or from a given pose."""
    status, notes = status_of(solution, settings)
    strayed = float(np.abs(shift_m(start.pose, solution.pose, target.pivot)).max())
    if strayed > _BEYOND * settings.basin_m:
        status = Status.REFUSED
        notes.append(phrase("refused: the fit ran {strayed:.1f} m away from where it was to look", strayed=strayed))
    free = free_direction(solution, settings)
    if free is not None and status is not Status.REFUSED:
        if start.mode is Mode.BEST_FIT:
            raise underconstrained(solution)
        notes.append(
            phrase(
                "movement along {direction} (x, y, z) was not observed and rests on the given pose",
                direction=metres(free),
            )
        )
    basis = (
        phrase("the survey's coordinates, which nearly fit the design, decided where to look")
        if start.mode is Mode.BEST_FIT
        else phrase("the given pose decided where to look")
    )
    if any(rival.kind in _FAR for rival in solution.rivals):
        basis = phrase("{basis}; poses beyond it explain the survey nearly as well", basis=basis)
    return result_of(status, start.mode, solution.pose, solution, False, (basis, *start.notes, *notes))


def by_best_fit(
    design: Design, target: Target, cloud: Cloud, start: Start, settings: RegistrationSettings, seed: int
) -> Registration:
    """The result from the survey's own frame where that nearly fits, else from any pose.

    Raises
    ------
    NoOverlap
        The survey's own frame lies apart from the design, and no pose was found.
    Underconstrained
        The surfaces seen leave a direction free.
    """
    frame = _Frame(design, target, cloud, start, settings, seed)
    if settings.scale == "free":
        return _in_any_size(frame)
    try:
        quest = quest_of(design, target, cloud, settings, seed)
    except NoOverlap as error:
        return frame.alone(None, error.message)
    in_any_attitude = cache(partial(_in_any_attitude, frame, quest))
    if not is_plumb(quest.features):
        return in_any_attitude() or _anywhere(frame, quest, None, in_any_attitude)
    near = frame.fitted() if start.apart is None and nearly(quest, start.pose) else None
    if near is not None and near.status is not Status.REFUSED and not outdone(quest, near.design_from_survey):
        return near
    return _anywhere(frame, quest, near, in_any_attitude)


@dataclass(frozen=True, eq=False)
class _Frame:
    """The survey's own frame as a start."""

    design: Design
    target: Target
    cloud: Cloud
    start: Start
    settings: RegistrationSettings
    seed: int

    def fitted(self) -> Registration:
        """The fit about it."""
        solution = solved(self.design, self.target, self.cloud, self.start.pose, self.settings, self.seed)
        return by_start(self.target, self.start, solution, self.settings)

    def holds(self, pose: Matrix4) -> bool:
        """Whether a pose lies in its basin."""
        shift = float(np.abs(shift_m(self.start.pose, pose, self.target.pivot)).max())
        return shift < self.settings.basin_m and angle_between_deg(self.start.pose, pose) < self.settings.basin_deg

    def alone(self, near: Registration | None, why: str) -> Registration:
        """What can be said without a search that found something: the fit, or that the survey lies apart."""
        apart = self.start.apart
        if apart is not None:
            unit = fitting_unit(self.design, self.target, self.cloud, self.settings, self.seed)
            hint = apart.hint if unit is None else f"it would fit in another unit: say --unit {unit}"
            raise NoOverlap(f"{apart.message}; {why}", hint, apart.reached)
        near = near or self.fitted()
        if near.status is not Status.REFUSED:
            return near
        return replace(near, notes=(*near.notes, phrase("elsewhere: {why}", why=why)))


def _anywhere(
    frame: _Frame, quest: Quest, near: Registration | None, in_any_attitude: Callable[[], Registration | None]
) -> Registration:
    """The result of a search; where it has none, what can be said of the survey's own frame."""
    field = field_of(quest)
    if not hopeful(quest, field):  # as it stands it fits nowhere at first sight: another attitude may, at once
        turned = in_any_attitude()
        if turned and turned.status is Status.ACCEPTED:
            return turned
    try:
        found = searched(quest, frame.cloud, field)
        result = by_search(frame.start, found, frame.settings)
    except RegistrationError as error:
        return in_any_attitude() or frame.alone(near, error.message)
    if result.status is Status.REFUSED:
        return in_any_attitude() or frame.alone(near, result.notes[-1])
    if ground_above(quest, result.design_from_survey):
        turned = in_any_attitude()
        if turned and quest.arena.lead(turned.design_from_survey, result.design_from_survey)[0] >= CLEAR:
            return turned
    if near is None and frame.start.apart is None and any(frame.holds(pose) for pose in _poses(found)):
        near = frame.fitted()
        if near.status is not Status.REFUSED and not outdone(quest, near.design_from_survey):
            return near
    return result


def _in_any_size(frame: _Frame) -> Registration:
    """The result with free scale: about the survey's own frame where that fits as well as any place and size."""
    try:
        near = frame.fitted() if frame.start.apart is None else None
    except RegistrationError:
        near = None
    if near is not None and near.status is Status.REFUSED:
        near = None
    try:
        result = by_size(frame.design, frame.target, frame.cloud, frame.start, frame.settings, frame.seed, near)
    except RegistrationError as error:
        return frame.alone(near, error.message)
    return frame.alone(near, result.notes[-1]) if result.status is Status.REFUSED else result


def _in_any_attitude(frame: _Frame, quest: Quest) -> Registration | None:
    """The result for the survey stood upright some other way; None where it fits in no attitude."""
    best = best_attitude(quest, frame.cloud)
    if best is None:
        return None
    try:
        found = searched(best.quest, best.cloud)
        result = by_search(frame.start, replace(found, undecided=(*found.undecided, *best.rivals)), frame.settings)
    except RegistrationError:
        return None
    if result.status is Status.REFUSED:
        return None
    result = replace(result, rivals=(*result.rivals, *best.rivals), notes=(*result.notes, best.said))
    return restored(result, best.frame_from_survey)


def _poses(found: Found) -> list[Matrix4]:
    return [found.solution.pose, *(rival.design_from_survey for rival in found.undecided)]
