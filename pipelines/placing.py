"""Brings a survey and a design together: clouds in one frame at once, clouds in frames of their own one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from shutil import rmtree

import numpy as np

from pipelines.job import InspectionJob
from pipelines.stages import Stages
from twin.arrays import Matrix4
from twin.design.model import Design
from twin.errors import CloudsApart, RegistrationError, TwinError
from twin.frames import inverse, scaling, translation
from twin.phrases import phrase
from twin.registration import read_control, read_pose, register
from twin.registration.model import FilePose, Mode, Registration, Status
from twin.registration.pose import file_pose
from twin.survey import decode, open_survey, read_stations, with_stations
from twin.survey.model import Cloud, Survey
from twin.survey.moved import in_one_frame


def placed(
    job: InspectionJob, design: Design, stages: Stages, scratch: Path, *, decided: bool
) -> tuple[Cloud, Registration]:
    """The survey, decoded, and where it stands.

    Parameters
    ----------
    scratch : Path
        Folder for decoded columns; must outlive the cloud.
    decided : bool
        Whether a pose that was refused, or that a search left ambiguous, is an error.

    Raises
    ------
    RegistrationError
        Neither together nor one by one do the clouds lie on the design.
    """
    try:
        with stages.run("read survey") as meter:
            given = read_stations(job.stations) if job.stations else None
            cloud = decode(open_survey(job.survey, job.unit, job.crs), scratch / "survey", on_progress=meter.reached)
            cloud = with_stations(cloud, given, job.seed)
        with stages.run("register"):
            found = _registered(job, design, cloud)
            if decided or len(job.survey) > 1:
                _decided(found)
            return cloud, found
    except (CloudsApart, RegistrationError) as error:
        if len(job.survey) < 2 or not (job.pose is None and job.control is None and job.stations is None):
            raise
        return _one_by_one(job, design, stages, scratch, error)


def _registered(job: InspectionJob, design: Design, cloud: Cloud) -> Registration:
    return register(
        design,
        cloud,
        mode=str(job.registration.value).replace("-", "_"),
        given=read_pose(job.pose) if job.pose else None,
        control=read_control(job.control) if job.control else None,
        settings=job.settings.registration,
        seed=job.seed,
    )


def _decided(found: Registration) -> Registration:
    """The pose, where it may carry a verdict."""
    if found.status is Status.REFUSED:
        numbers = {"overlap": found.overlap, "residual_rms_m": found.residual_rms_m}
        raise RegistrationError("the survey could not be placed in the design", "; ".join(found.notes), numbers)
    if found.status is Status.AMBIGUOUS and found.searched:
        raise RegistrationError(*_undecided(found))
    return found


def _undecided(found: Registration) -> tuple[str, str]:
    """Why an ambiguous pose from a search needs a person, and what to do."""
    kinds = ", ".join(sorted({rival.kind for rival in found.rivals}))
    return (
        f"the survey fits the design in several places ({kinds}) and nothing tells them apart",
        "`plumbline register DESIGN SURVEY -o pose.json` lists the poses; look which is right, write it with"
        " --rival N and give the file with --pose",
    )


def _one_by_one(
    job: InspectionJob, design: Design, stages: Stages, scratch: Path, together: TwinError
) -> tuple[Cloud, Registration]:
    """Each cloud registered alone, then all of them in the frame of the first."""
    surveys = [open_survey((path,), job.unit, job.crs) for path in job.survey]
    poses: list[Matrix4] = []
    for path, survey in zip(job.survey, surveys, strict=True):
        with stages.run(f"register {path.name}"):
            poses.append(_alone(job, design, path, survey, scratch / "alone", together))
    unit_m = [survey.facts[0].unit_m for survey in surveys]
    with stages.run("read survey") as meter:
        survey = in_one_frame(surveys, [inverse(poses[0]) @ pose for pose in poses])
        cloud = decode(survey, scratch / "together", on_progress=meter.reached)
        cloud = with_stations(cloud, seed=job.seed)
    with stages.run("register") as meter:
        given = poses[0] @ scaling(unit_m[0])
        found = register(design, cloud, mode="given", given=given, settings=job.settings.registration, seed=job.seed)
        meter.why = phrase("the clouds share no frame: each was registered alone")
    files = tuple(
        FilePose(str(path), file_pose(pose, np.zeros(3), metres))
        for path, pose, metres in zip(job.survey, poses, unit_m, strict=True)
    )
    basis = phrase("{alone}, then all together from where the first stands", alone=meter.why)
    notes = (basis, *found.notes[1:])
    return cloud, _decided(replace(found, mode=Mode.BEST_FIT, files=files, notes=notes))


def _alone(
    job: InspectionJob, design: Design, path: Path, survey: Survey, scratch: Path, together: TwinError
) -> Matrix4:
    """design_from_file of one cloud, in metres of its own axes."""
    try:
        cloud = with_stations(decode(survey, scratch), seed=job.seed)
        found = _decided(_registered(job, design, cloud))
    except RegistrationError as error:
        raise RegistrationError(
            f"the clouds do not lie on the design together ({together.message}), nor does {path.name} alone:"
            f" {error.message}",
            error.hint,
            error.reached,
        ) from error
    finally:
        rmtree(scratch, ignore_errors=True)
    pose: Matrix4 = found.design_from_survey @ translation(-np.asarray(survey.origin))
    return pose
