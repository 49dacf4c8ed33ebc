"""The pose of a survey: which ground it rests on, and what may be concluded from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.arrays import Floats, Matrix4, frozen
from twin.design.model import Design
from twin.frames import angle_between_deg
from twin.phrases import phrase
from twin.registration.anchors.control import ControlPoints
from twin.registration.anchors.start import AUTO, Start, start_of
from twin.registration.fit.setups import agreement, disagreements
from twin.registration.fit.solve import solved
from twin.registration.fit.verdict import free_direction, result_of, shift_m, status_of
from twin.registration.fitting import by_best_fit, by_start
from twin.registration.model import Mode, Registration, Status
from twin.registration.settings import RegistrationSettings
from twin.registration.target import Target, exposed_shell
from twin.survey.model import Cloud

_MAP_BASIN_M = 0.5
_MAP_BASIN_DEG = 1.0
"""About a georeferenced pose only a shifted building is looked for, never another place."""


def register(
    design: Design,
    cloud: Cloud,
    *,
    mode: str = AUTO,
    given: Matrix4 | None = None,
    control: ControlPoints | None = None,
    settings: RegistrationSettings | None = None,
    seed: int = 0,
) -> Registration:
    """The pose of a survey in the design frame.

    Parameters
    ----------
    design : Design
    cloud : Cloud
    mode : {"auto", "control", "georeferenced", "best_fit", "given"}
        "auto" takes control points, else a given pose, else the georeferences where they lay the survey on the
        design, else the fit: from the survey's own frame where that nearly fits, else from any pose.
    given : (4, 4) float or None
        Survey file coordinates in the file's unit to design metres, as `read_pose` returns it: exact, or off by no
        more than the settings' basin.
    control : ControlPoints or None
        As `read_control` returns them.
    settings : RegistrationSettings or None
        None for the usual ones.
    seed : int
        Of the draw of points where there are too many.

    Raises
    ------
    NoOverlap
        Survey and design do not lie on each other.
    Underconstrained
        A fit alone decides and the surfaces seen leave a direction free, or control points fix no pose.
    FrameError
        A given pose or coordinate reference system is not usable.
    """
    settings = settings or RegistrationSettings()
    target = exposed_shell(design)
    start = start_of(design, cloud, mode, given, control, settings.scale == "free", target)
    found = _posed(design, target, cloud, start, settings, seed)
    if found.scale_sigma > 0.0:
        sigma = found.scale * found.scale_sigma
        said = phrase("scale {scale:.4f}, standard uncertainty {sigma:.4f}", scale=found.scale, sigma=sigma)
        found = replace(found, notes=(*found.notes, said))
    if found.status is Status.REFUSED:
        return found
    set_ups = agreement(cloud, found.design_from_survey, target)
    return replace(found, set_ups=set_ups, notes=(*found.notes, *disagreements(set_ups)))


def _posed(
    design: Design, target: Target, cloud: Cloud, start: Start, settings: RegistrationSettings, seed: int
) -> Registration:
    if start.mode in (Mode.GEOREFERENCED, Mode.CONTROL):
        return _by_place(design, target, cloud, start, settings, seed)
    if start.mode is Mode.BEST_FIT:
        return by_best_fit(design, target, cloud, start, settings, seed)
    return by_start(target, start, solved(design, target, cloud, start.pose, settings, seed), settings)


def _by_place(
    design: Design, target: Target, cloud: Cloud, start: Start, settings: RegistrationSettings, seed: int
) -> Registration:
    """The result where coordinates decide: the fit serves to judge the shape, the coordinates to judge the place."""
    narrow = replace(settings, basin_m=_MAP_BASIN_M, basin_deg=_MAP_BASIN_DEG, scale="fixed")
    solution = solved(design, target, cloud, start.pose, narrow, seed)
    status, notes = status_of(solution, settings)
    on_map = start.mode is Mode.GEOREFERENCED
    basis = phrase("coordinates on the map decided") if on_map else phrase("control points decided")
    shift = shift_m(solution.pose, start.pose, solution.quality.centre)
    swing = np.radians(angle_between_deg(solution.pose, start.pose)) * target.radius
    if status is Status.REFUSED or free_direction(solution, settings) is not None:
        notes.append(phrase("the pose rests on coordinates alone: too little was recognised to refine it"))
        return replace(
            result_of(status, start.mode, start.pose, solution, True, (basis, *start.notes, *notes)),
            absolute_pose=frozen(start.pose.copy()),
        )
    if float(np.abs(shift).max()) <= settings.shift_limit_m and swing <= 2.0 * settings.shift_limit_m:
        notes.append(
            phrase(
                "refined by {shift} mm (x, y, z) for shape; position and level are judged without it",
                shift=_millimetres(shift),
            )
        )
    else:
        notes.append(
            phrase(
                "the building stands {shift} mm (x, y, z) from where it was to stand, turned by {angle:.2f} degrees:"
                " its shape is judged where it stands",
                shift=_millimetres(shift),
                angle=angle_between_deg(solution.pose, start.pose),
            )
        )
    result = result_of(status, start.mode, solution.pose, solution, True, (basis, *start.notes, *notes))
    return replace(
        result,
        absolute_pose=frozen(start.pose.copy()),
        shift_m=(float(shift[0]), float(shift[1]), float(shift[2])),
    )


def _millimetres(vector: Floats) -> str:
    return ", ".join(str(round(1000.0 * float(value))) for value in vector)
