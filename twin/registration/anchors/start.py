"""Where a registration begins: a given pose, coordinates on the map, or the survey's own frame."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.arrays import Floats, Matrix4
from twin.design.model import Design
from twin.errors import FrameError, NoOverlap, SettingsError
from twin.frames import inverse, move, translation
from twin.phrases import phrase
from twin.registration.anchors.control import ControlFit, ControlPoints, fit_control
from twin.registration.anchors.georeference import met
from twin.registration.anchors.marks import mark_notes
from twin.registration.anchors.misplaced import fault
from twin.registration.model import Mode
from twin.registration.pose import one_unit_m, survey_pose
from twin.registration.target import Target
from twin.survey.extent import extent
from twin.survey.model import Cloud

AUTO = "auto"


@dataclass(frozen=True, eq=False)
class Start:
    """Where to begin, and on what ground.

    Attributes
    ----------
    mode : Mode
    pose : (4, 4) float
        design_from_survey.
    notes : tuple of str
    apart : NoOverlap or None
        For a best fit: why the survey's own frame is not where to begin.
    """

    mode: Mode
    pose: Matrix4
    notes: tuple[str, ...] = ()
    apart: NoOverlap | None = None


def _mode(mode: str, given: Matrix4 | None, control: ControlPoints | None) -> str:
    name = mode.replace("-", "_")
    if name != AUTO and name not in {str(known) for known in Mode}:
        raise SettingsError(
            f"registration mode {mode!r} is not known", "use auto, control, georeferenced, best-fit or given"
        )
    if name == Mode.GIVEN and given is None:
        raise SettingsError("registration rests on a given pose, and none is given", "add --pose pose.json")
    if name == Mode.CONTROL and control is None:
        raise SettingsError("registration rests on control points, and none are given", "add --control points.csv")
    if name == AUTO and control is not None and control.in_file is not None:
        return str(Mode.CONTROL)
    return str(Mode.GIVEN) if name == AUTO and given is not None else name


def start_of(
    design: Design,
    cloud: Cloud,
    mode: str,
    given: Matrix4 | None,
    control: ControlPoints | None,
    free_scale: bool,
    target: Target,
) -> Start:
    """Where to begin.

    Parameters
    ----------
    design, cloud : Design, Cloud
    mode : str
        See `register`.
    given : (4, 4) float or None
        Survey file coordinates in the file's unit to design metres.
    control : ControlPoints or None
    free_scale : bool
        Whether control points decide the scale too.
    target : Target

    Raises
    ------
    NoOverlap
        Survey and design do not lie on each other.
    FrameError
        A given pose or coordinate reference system is not usable.
    SettingsError
        The mode is unknown, or names a ground that is missing.
    """
    mode = _mode(mode, given, control)
    if len(cloud.points) == 0:
        raise NoOverlap("the survey holds no points", "check the export of the cloud")
    if mode == Mode.CONTROL and control is not None:
        return _by_control(design, cloud, control, free_scale, target)
    if mode == Mode.GIVEN and given is not None:
        return Start(Mode.GIVEN, survey_pose(given, cloud))
    if mode == Mode.BEST_FIT:
        return _near(cloud, target)
    by_map = mode == Mode.GEOREFERENCED
    start = _on_map(design, cloud, target) if by_map else _on_map_or_near(design, cloud, target)
    return start if control is None else _with_marks(start, design, cloud, control)


def _with_marks(start: Start, design: Design, cloud: Cloud, control: ControlPoints) -> Start:
    """With what points say of which nobody knows where the cloud shows them."""
    place = design.georeference.map_from_design
    if start.mode is not Mode.GEOREFERENCED or place is None:
        said = phrase(
            "the control points were not used: without x, y, z they fix nothing where a survey is not on the map"
        )
        return replace(start, notes=(*start.notes, said))
    return replace(start, notes=(*start.notes, *mark_notes(control, cloud, start.pose, place)))


def _on_map_or_near(design: Design, cloud: Cloud, target: Target) -> Start:
    try:
        meeting = met(design, cloud)
    except FrameError as error:
        why = phrase("{error}: {hint}", error=error.message, hint=error.hint) if error.hint else error.message
        return _near_instead(cloud, target, why)
    if meeting is None:
        return _near(cloud, target)
    if _lie_together(cloud, meeting.pose, target):
        return Start(Mode.GEOREFERENCED, meeting.pose, meeting.notes)
    why = _fault(design, cloud, meeting.pose, target) or phrase("by them survey and design lie apart")
    return _near_instead(cloud, target, why)


def _near_instead(cloud: Cloud, target: Target, why: str) -> Start:
    return replace(_near(cloud, target), notes=(phrase("the georeferences were not used: {why}", why=why),))


def _by_control(design: Design, cloud: Cloud, control: ControlPoints, free_scale: bool, target: Target) -> Start:
    """The pose by control points; where the design has no place on the map they are points of the design frame."""
    fit = fit_control(control, one_unit_m(cloud), free_scale)
    place = design.georeference.map_from_design
    design_from_file = fit.map_from_file if place is None else inverse(place) @ fit.map_from_file
    pose = survey_pose(design_from_file, cloud)
    if not _lie_together(cloud, pose, target):
        raise _apart(cloud, pose, target, "by their control points ")
    notes = _residual_notes(control, fit)
    if place is None:
        notes.append(
            phrase("the design has no place on the map; the control points' coordinates are taken for the design's")
        )
    return Start(Mode.CONTROL, pose, tuple(notes))


def _residual_notes(control: ControlPoints, fit: ControlFit) -> list[str]:
    length = 1000.0 * np.linalg.norm(fit.residual_m, axis=1)
    worst, checks = int(length.argmax()), int(control.is_check.sum())
    notes: list[str] = [
        phrase(
            "{count} control points, root mean square {rms:.1f} mm; the worst of all points is {worst} with"
            " {size:.1f} mm",
            count=len(length) - checks,
            rms=1000.0 * fit.control_rms_m,
            worst=control.names[worst],
            size=length[worst],
        )
    ]
    if checks:
        rms = 1000.0 * fit.check_rms_m
        notes.append(phrase("{checks} check points, left out: root mean square {rms:.1f} mm", checks=checks, rms=rms))
    return notes


def _on_map(design: Design, cloud: Cloud, target: Target) -> Start:
    meeting = met(design, cloud)
    if meeting is None:
        raise FrameError(
            "survey or design says nothing of its place on the map",
            "use --registration best-fit or given, name the survey's system with --crs, or add what is missing",
        )
    if not _lie_together(cloud, meeting.pose, target):
        error = _apart(cloud, meeting.pose, target, "by their georeferences ")
        said = _fault(design, cloud, meeting.pose, target)
        raise error if said is None else NoOverlap(error.message, said, error.reached)
    return Start(Mode.GEOREFERENCED, meeting.pose, meeting.notes)


def _fault(design: Design, cloud: Cloud, pose: Matrix4, target: Target) -> str | None:
    """The usual mistake with which the gap on the map would agree."""
    place = design.georeference.map_from_design
    if place is None:
        return None
    box = _boxes(cloud, pose)
    reach = target.radius + float(np.linalg.norm(np.ptp(box, axis=0)[:2])) / 2.0
    survey, middle = (move(place, point[None])[0] for point in (box.mean(axis=0), target.centre))
    return fault(survey, middle, reach)


def _near(cloud: Cloud, target: Target) -> Start:
    """The survey's file frame taken for the design frame."""
    pose = translation(np.asarray(cloud.origin))
    apart = None if _lie_together(cloud, pose, target) else _apart(cloud, pose, target, "")
    return Start(Mode.BEST_FIT, pose, apart=apart)


def _boxes(cloud: Cloud, pose: Matrix4) -> Floats:
    """(2, 3) m, design frame: box of the survey."""
    low, high = extent(cloud.points)
    corners = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
    moved = corners @ pose[:3, :3].T + pose[:3, 3]
    return np.array([moved.min(axis=0), moved.max(axis=0)])


def _lie_together(cloud: Cloud, pose: Matrix4, target: Target) -> bool:
    box = _boxes(cloud, pose)
    return bool(np.all(box[0] < target.box[1]) and np.all(box[1] > target.box[0]))


def _apart(cloud: Cloud, pose: Matrix4, target: Target, why: str) -> NoOverlap:
    gap = _boxes(cloud, pose).mean(axis=0) - target.centre
    distance = float(np.linalg.norm(gap))
    return NoOverlap(
        f"survey and design lie {why}apart: the middle of the survey is {metres(gap)} m (x, y, z) from the design's",
        "give a coarse pose with --pose, state the unit with --unit, or add the design's georeference",
        {"distance_m": distance},
    )


def metres(vector: Floats) -> str:
    """Components for one readable line."""
    return ", ".join(f"{value:.1f}" for value in vector)
