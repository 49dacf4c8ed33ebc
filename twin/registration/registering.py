"""The pose of a survey: which ground it rests on, and what may be concluded from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.arrays import Floats, Matrix4, frozen
from twin.design.model import Design
from twin.errors import Underconstrained
from twin.frames import angle_between_deg, scale_of
from twin.registration.control import ControlPoints
from twin.registration.model import Mode, Registration, Status
from twin.registration.settings import RegistrationSettings
from twin.registration.solve import Solution, solved
from twin.registration.start import AUTO, Start, metres, start_of
from twin.registration.target import Target, exposed_shell
from twin.survey.model import Cloud

_BEYOND = 1.5
"""A fit that ends farther from its start than this many basins has run away."""
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
        design, else the fit.
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
    if start.mode in (Mode.GEOREFERENCED, Mode.CONTROL):
        return _by_place(design, target, cloud, start, settings, seed)
    solution = solved(design, target, cloud, start.pose, settings, seed)
    return _by_fit(target, start, solution, settings)


def _by_fit(target: Target, start: Start, solution: Solution, settings: RegistrationSettings) -> Registration:
    """The result where the fit decides, from near or from a given pose."""
    status, notes = _status(solution, settings)
    strayed = float(np.abs(_shift(start.pose, solution.pose, target.pivot)).max())
    if strayed > _BEYOND * settings.basin_m:
        status = Status.REFUSED
        notes.append(f"refused: the fit ran {strayed:.1f} m away from where it was to look")
    free = _free_direction(solution, settings)
    if free is not None and status is not Status.REFUSED:
        if start.mode is Mode.BEST_FIT:
            raise Underconstrained(
                f"the surfaces seen leave movement along {metres(free)} (x, y, z) free",
                "survey another side, or give an exact pose with --pose",
                {"least_eigenvalue": float(solution.quality.eigenvalues[0]), "overlap": solution.quality.overlap},
            )
        notes.append(f"movement along {metres(free)} (x, y, z) was not observed and rests on the given pose")
    basis = (
        "the survey's coordinates, which nearly fit the design, decided where to look"
        if start.mode is Mode.BEST_FIT
        else "the given pose decided where to look"
    )
    if any(rival.kind in ("half turn", "quarter turn", "storey slip") for rival in solution.rivals):
        basis += "; poses beyond it explain the survey nearly as well"
    return _result(status, start.mode, solution.pose, solution, False, (basis, *start.notes, *notes))


def _by_place(
    design: Design, target: Target, cloud: Cloud, start: Start, settings: RegistrationSettings, seed: int
) -> Registration:
    """The result where coordinates decide: refined for shape only, and only within their uncertainty."""
    narrow = replace(settings, basin_m=_MAP_BASIN_M, basin_deg=_MAP_BASIN_DEG, scale="fixed")
    solution = solved(design, target, cloud, start.pose, narrow, seed)
    status, notes = _status(solution, settings)
    basis = "coordinates on the map decided" if start.mode is Mode.GEOREFERENCED else "control points decided"
    shift = _shift(solution.pose, start.pose, solution.quality.centre)
    swing = np.radians(angle_between_deg(solution.pose, start.pose)) * target.radius
    if status is Status.REFUSED or _free_direction(solution, settings) is not None:
        notes.append("the pose rests on coordinates alone: too little was recognised to refine it")
        return replace(
            _result(status, start.mode, start.pose, solution, True, (basis, *start.notes, *notes)),
            absolute_pose=frozen(start.pose.copy()),
        )
    if float(np.abs(shift).max()) <= settings.shift_limit_m and swing <= 2.0 * settings.shift_limit_m:
        pose = solution.pose
        notes.append(
            f"refined by {_millimetres(shift)} mm (x, y, z) for shape; position and level are judged without it"
        )
    else:
        pose = start.pose
        notes.append(
            f"the building stands {_millimetres(shift)} mm (x, y, z) from where it was to stand, turned by"
            f" {angle_between_deg(solution.pose, start.pose):.2f} degrees"
        )
    result = _result(status, start.mode, pose, solution, True, (basis, *start.notes, *notes))
    return replace(
        result,
        absolute_pose=frozen(start.pose.copy()),
        shift_m=(float(shift[0]), float(shift[1]), float(shift[2])),
    )


def _shift(refined: Matrix4, absolute: Matrix4, centre: Floats) -> Floats:
    """(3,) m, design frame: how far the building stands from where the absolute pose expects the design.

    Points of the survey lie at the design by the refined pose, and so much beside it by the absolute one.
    """
    place = np.array([*centre, 1.0])
    offset: Floats = (absolute @ np.linalg.inv(refined) @ place - place)[:3]
    return offset


def _millimetres(vector: Floats) -> str:
    return ", ".join(str(round(1000.0 * float(value))) for value in vector)


def _status(solution: Solution, settings: RegistrationSettings) -> tuple[Status, list[str]]:
    quality, notes = solution.quality, _datum_notes(solution)
    if quality.matched < settings.least_matched:
        notes.append(f"refused: only {quality.matched} points lie on the design")
        return Status.REFUSED, notes
    if solution.contrast < settings.least_contrast:
        notes.append(
            f"refused: the best pose fits only {solution.contrast:.1f} times as well as poses beside it, so that the"
            " building was not recognised"
        )
        return Status.REFUSED, notes
    if not solution.recognition.holds:
        notes.append(
            f"refused: {100.0 * solution.recognition.share:.0f} % of the walls at the design's place lie on its faces,"
            f" {solution.recognition.scatter:.1f} times as scattered as noise explains: another building or place"
        )
        return Status.REFUSED, notes
    if solution.ambiguous:
        notes.append("ambiguous: another pose within reach explains the survey as well")
        return Status.AMBIGUOUS, notes
    return Status.ACCEPTED, notes


def _datum_notes(solution: Solution) -> list[str]:
    notes = []
    datum = solution.datum
    if np.isfinite(datum.top_m):
        notes.append(
            f"the height rests on what lies below {datum.top_m:.1f} m, because what is built wrongly is carried upward:"
            " above, the survey agrees with the design only at another height"
        )
    if solution.level is not None:
        notes.append("too few floors or roofs were seen: edges of walls and openings decided the height")
    return notes


def _free_direction(solution: Solution, settings: RegistrationSettings) -> Floats | None:
    """(3,) unit: a direction that nothing observes, or None. Edges may observe the vertical."""
    values, direction = solution.quality.eigenvalues, solution.quality.free_direction
    if values[0] >= settings.least_eigenvalue:
        return None
    upright = abs(float(direction[2])) > np.cos(np.radians(20.0))
    if upright and solution.level is not None and values[1] >= settings.least_eigenvalue:
        return None
    return direction


def _result(
    status: Status, mode: Mode, pose: Matrix4, solution: Solution, may_judge: bool, notes: tuple[str, ...]
) -> Registration:
    quality = solution.quality
    said = list(notes)
    if quality.scale_sigma > 0.0:
        said.append(f"scale {scale_of(pose):.4f}, standard uncertainty {quality.scale_sigma:.4f}")
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
        notes=tuple(said),
    )
