"""The pose of a survey: which ground it rests on, and what may be concluded from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.arrays import Floats, Matrix4, frozen
from twin.design.model import Design
from twin.errors import FrameError, NoOverlap, SettingsError, Underconstrained
from twin.frames import angle_between_deg, scale_of, translation
from twin.registration.georeference import Meeting, met
from twin.registration.model import Mode, Registration, Status
from twin.registration.pose import survey_pose
from twin.registration.settings import RegistrationSettings
from twin.registration.solve import Solution, solved
from twin.registration.target import Target, exposed_shell
from twin.survey.model import Cloud

AUTO = "auto"
_BEYOND = 1.5
"""A fit that ends farther from its start than this many basins has run away."""
_MAP_BASIN_M = 0.5
_MAP_BASIN_DEG = 1.0
"""About a georeferenced pose only a shifted building is looked for, never another place."""


@dataclass(frozen=True, eq=False)
class Start:
    """Where to begin, and on what ground."""

    mode: Mode
    pose: Matrix4
    notes: tuple[str, ...] = ()


def register(
    design: Design,
    cloud: Cloud,
    *,
    mode: str = AUTO,
    given: Matrix4 | None = None,
    settings: RegistrationSettings | None = None,
    seed: int = 0,
) -> Registration:
    """The pose of a survey in the design frame.

    Parameters
    ----------
    design : Design
    cloud : Cloud
    mode : {"auto", "georeferenced", "best_fit", "given"}
        "auto" takes a given pose, else the georeferences where they lay the survey on the design, else the fit.
    given : (4, 4) float or None
        Survey file coordinates in the file's unit to design metres, as `read_pose` returns it: exact, or off by no
        more than the settings' basin.
    settings : RegistrationSettings or None
        None for the usual ones.
    seed : int
        Of the draw of points where there are too many.

    Raises
    ------
    NoOverlap
        Survey and design do not lie on each other.
    Underconstrained
        A fit alone decides, and the surfaces seen leave a direction free.
    FrameError
        A given pose or coordinate reference system is not usable.
    """
    settings = settings or RegistrationSettings()
    target = exposed_shell(design)
    start = _start(design, cloud, _mode(mode, given), given, target)
    if start.mode is Mode.GEOREFERENCED:
        return _by_map(design, target, cloud, start, settings, seed)
    solution = solved(design, target, cloud, start.pose, settings, seed)
    return _by_fit(target, start, solution, settings)


def _mode(mode: str, given: Matrix4 | None) -> str:
    name = mode.replace("-", "_")
    if name not in (AUTO, Mode.GEOREFERENCED, Mode.BEST_FIT, Mode.GIVEN):
        raise SettingsError(f"registration mode {mode!r} is not known", "use auto, georeferenced, best-fit or given")
    if name == Mode.GIVEN and given is None:
        raise SettingsError("registration rests on a given pose, and none is given", "add --pose pose.json")
    return str(Mode.GIVEN) if name == AUTO and given is not None else name


def _start(design: Design, cloud: Cloud, mode: str, given: Matrix4 | None, target: Target) -> Start:
    if mode == Mode.GIVEN and given is not None:
        return Start(Mode.GIVEN, survey_pose(given, cloud))
    if mode == Mode.BEST_FIT:
        return _near(cloud, target)
    try:
        meeting = met(design, cloud)
    except FrameError:
        if mode == Mode.GEOREFERENCED:
            raise
        meeting = None
    if mode == Mode.GEOREFERENCED:
        return _on_map(meeting, cloud, target)
    if meeting is not None and _lie_together(cloud, meeting.pose, target):
        return Start(Mode.GEOREFERENCED, meeting.pose, meeting.notes)
    return _near(cloud, target)


def _on_map(meeting: Meeting | None, cloud: Cloud, target: Target) -> Start:
    if meeting is None:
        raise FrameError(
            "survey or design says nothing of its place on the map",
            "use --registration best-fit or given, or add the missing georeference",
        )
    if not _lie_together(cloud, meeting.pose, target):
        raise _apart(cloud, meeting.pose, target, "by their georeferences ")
    return Start(Mode.GEOREFERENCED, meeting.pose, meeting.notes)


def _near(cloud: Cloud, target: Target) -> Start:
    """The survey's file frame taken for the design frame."""
    pose = translation(np.asarray(cloud.origin))
    if not _lie_together(cloud, pose, target):
        raise _apart(cloud, pose, target, "")
    return Start(Mode.BEST_FIT, pose)


def _boxes(cloud: Cloud, pose: Matrix4) -> Floats:
    """(2, 3) m, design frame: box of the survey."""
    points = np.asarray(cloud.points)
    low, high = points.min(axis=0), points.max(axis=0)
    corners = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
    moved = corners @ pose[:3, :3].T + pose[:3, 3]
    return np.array([moved.min(axis=0), moved.max(axis=0)])


def _lie_together(cloud: Cloud, pose: Matrix4, target: Target) -> bool:
    if len(cloud.points) == 0:
        return False
    box = _boxes(cloud, pose)
    return bool(np.all(box[0] < target.box[1]) and np.all(box[1] > target.box[0]))


def _apart(cloud: Cloud, pose: Matrix4, target: Target, why: str) -> NoOverlap:
    if len(cloud.points) == 0:
        return NoOverlap("the survey holds no points", "check the export of the cloud")
    gap = _boxes(cloud, pose).mean(axis=0) - target.centre
    distance = float(np.linalg.norm(gap))
    return NoOverlap(
        f"survey and design lie {why}apart: the middle of the survey is {_metres(gap)} m (x, y, z) from the design's",
        "give a coarse pose with --pose, state the unit with --unit, or add the design's georeference",
        {"distance_m": distance},
    )


def _metres(vector: Floats) -> str:
    return ", ".join(f"{value:.1f}" for value in vector)


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
                f"the surfaces seen leave movement along {_metres(free)} (x, y, z) free",
                "survey another side, or give an exact pose with --pose",
                {"least_eigenvalue": float(solution.quality.eigenvalues[0]), "overlap": solution.quality.overlap},
            )
        notes.append(f"movement along {_metres(free)} (x, y, z) was not observed and rests on the given pose")
    basis = (
        "the survey's coordinates, which nearly fit the design, decided where to look"
        if start.mode is Mode.BEST_FIT
        else "the given pose decided where to look"
    )
    if any(rival.kind in ("half turn", "quarter turn", "storey slip") for rival in solution.rivals):
        basis += "; poses beyond it explain the survey nearly as well"
    return _result(status, start.mode, solution.pose, solution, False, (basis, *start.notes, *notes))


def _by_map(
    design: Design, target: Target, cloud: Cloud, start: Start, settings: RegistrationSettings, seed: int
) -> Registration:
    """The result where coordinates decide: refined for shape only, and only within their uncertainty."""
    narrow = replace(settings, basin_m=_MAP_BASIN_M, basin_deg=_MAP_BASIN_DEG, scale="fixed")
    solution = solved(design, target, cloud, start.pose, narrow, seed)
    status, notes = _status(solution, settings)
    shift = _shift(solution.pose, start.pose, solution.quality.centre)
    swing = np.radians(angle_between_deg(solution.pose, start.pose)) * target.radius
    if status is Status.REFUSED or _free_direction(solution, settings) is not None:
        pose = start.pose
        notes.append("the pose rests on coordinates alone: too little was recognised to refine it")
    elif float(np.abs(shift).max()) <= settings.shift_limit_m and swing <= 2.0 * settings.shift_limit_m:
        pose = solution.pose
        notes.append(
            f"refined by {_millimetres(shift)} mm (x, y, z) for shape; position and level are judged without it"
        )
    else:
        pose = start.pose
        notes.append(
            f"the building stands {_millimetres(shift)} mm (x, y, z) from where its georeference has it, turned by"
            f" {angle_between_deg(solution.pose, start.pose):.2f} degrees"
        )
    result = _result(status, start.mode, pose, solution, True, ("coordinates decided", *start.notes, *notes))
    return replace(
        result,
        absolute_pose=frozen(start.pose.copy()),
        shift_m=(float(shift[0]), float(shift[1]), float(shift[2])),
        scale=scale_of(pose),
    )


def _shift(refined: Matrix4, absolute: Matrix4, centre: Floats) -> Floats:
    """(3,) m, design frame: how far the building stands from where the absolute pose expects the design.

    Points of the survey lie at the design by the refined pose, and so much beside it by the absolute one.
    """
    place = np.array([*centre, 1.0])
    offset: Floats = (absolute @ np.linalg.inv(refined) @ place - place)[:3]
    return offset


def _millimetres(vector: Floats) -> str:
    return ", ".join(f"{1000.0 * value:.0f}" for value in vector)


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
    if solution.ambiguous:
        notes.append("ambiguous: another pose within reach explains the survey as well")
        return Status.AMBIGUOUS, notes
    return Status.ACCEPTED, notes


def _datum_notes(solution: Solution) -> list[str]:
    notes = []
    datum = solution.datum
    if np.isfinite(datum.top_m):
        notes.append(
            f"the height rests on what lies below {datum.top_m:.1f} m; above, the survey fits"
            f" {datum.step_m:+.2f} m higher: what is built wrongly is carried upward"
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
