"""The main job: one approved design against one survey."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import platformdirs

from pipelines.choices import Output
from pipelines.job import CaseResult, InspectionJob
from pipelines.placing import placed
from pipelines.progress import Progress
from pipelines.stages import Stages
from twin import digest
from twin.conformity import Judgement, due_below, judge
from twin.conformity.permit import Permit, read_permit
from twin.design import read_design
from twin.design.expected import Expected
from twin.design.model import Design
from twin.deviation import Deviation, measure
from twin.evidence import inspection as document
from twin.evidence.case import new_case, write_whole
from twin.evidence.compose import Labels, compose_scene, label_points
from twin.evidence.exchange import write_deviation_laz, write_diff_glb, write_elements
from twin.evidence.journal import FILE_NAME, journal
from twin.evidence.pictures import write_pictures
from twin.evidence.scene import Scene
from twin.evidence.schema import OptionsPart
from twin.evidence.seen import FILE_NAME as SEEN
from twin.evidence.seen import seen_space, write_seen
from twin.evidence.sentences import in_language
from twin.evidence.viewer import write_viewer
from twin.massing import Massing, survey_massing
from twin.registration.model import Registration
from twin.survey.model import Cloud

_LIBRARIES = ("ifcopenshell", "laspy", "numba", "numpy", "open3d", "pye57", "pyvista", "scipy", "shapely", "trimesh")


def inspect(job: InspectionJob, progress: Progress) -> CaseResult:
    """Inspect a survey against a design and write the case folder.

    Raises
    ------
    TwinError
        An input cannot be used, the survey cannot be placed, or the case cannot be written.
    """
    with (
        TemporaryDirectory(prefix="plumbline-") as scratch,
        new_case(job.folder) as folder,
        journal(folder / FILE_NAME, _now) as log,
    ):
        stages = Stages(progress, log)
        permit = read_permit(job.permit) if job.permit else None
        design = _design(job, stages)
        cloud, registration = placed(job, design, stages, Path(scratch), decided=True)
        due = due_below(design, job.built_to, job.milestone)
        expected = Expected(due, job.surveyed_on)
        deviation = _deviation(job, design, cloud, registration, expected, stages, Path(scratch))
        massing = _massing(job, design, cloud, registration, deviation, stages)
        judgement = _judgement(job, design, permit, registration, deviation, massing, due)
        labels = label_points(design, cloud, registration, deviation, massing, judgement, Path(scratch))
        scene = _scene(job, design, cloud, registration, deviation, judgement, labels)
        with stages.beside(
            "write files", lambda: _exchange(job, scene, cloud, registration, deviation, labels, folder)
        ):
            pictures = _pictures(job, scene, folder, stages)
        result = _document(job, design, cloud, registration, deviation, massing, judgement, permit, pictures, stages)
        _viewer(job, scene, result, folder, stages)
        result = result.model_copy(update={"stages": stages.records})
        for name, text in job.beside.items():
            write_whole(folder / name, text)
        document.write(result, folder)
    return CaseResult(result, job.folder)


def register_only(job: InspectionJob, progress: Progress) -> tuple[Registration, dict[str, Any]]:
    """Only the pose of the survey, and what a document says of it."""
    stages = Stages(progress)
    with TemporaryDirectory(prefix="plumbline-") as scratch:
        design = _design(job, stages)
        cloud, found = placed(job, design, stages, Path(scratch), decided=False)
        part = document.registration_part(found, cloud)
    return found, part.model_dump(mode="json")


def _design(job: InspectionJob, stages: Stages) -> Design:
    with stages.run("read design"):
        return read_design(job.design, platformdirs.user_cache_path("plumbline") / "designs")


def _deviation(
    job: InspectionJob,
    design: Design,
    cloud: Cloud,
    registration: Registration,
    expected: Expected,
    stages: Stages,
    scratch: Path,
) -> Deviation:
    with stages.run("measure") as meter:
        deviation = measure(design, cloud, registration, job.settings.deviation, expected, meter.reached, scratch)
        meter.why = "; ".join(deviation.notes)
        return deviation


def _massing(
    job: InspectionJob,
    design: Design,
    cloud: Cloud,
    registration: Registration,
    deviation: Deviation,
    stages: Stages,
) -> Massing:
    with stages.run("find what was added"):
        return survey_massing(design, cloud, registration, deviation, job.settings.massing)


def _judgement(
    job: InspectionJob,
    design: Design,
    permit: Permit | None,
    registration: Registration,
    deviation: Deviation,
    massing: Massing,
    due: float | None,
) -> Judgement:
    judged = judge(design, permit, registration, deviation, massing, job.settings.conformity, job.milestone, due)
    return in_language(judged, job.lang.value)


def _scene(
    job: InspectionJob,
    design: Design,
    cloud: Cloud,
    registration: Registration,
    deviation: Deviation,
    judgement: Judgement,
    labels: Labels,
) -> Scene:
    inputs = [file.sha256 for file in design.files] + [facts.sha256 for facts in cloud.facts]
    return compose_scene(
        design,
        cloud,
        registration,
        deviation,
        judgement,
        labels,
        case=design.name or job.design[0].stem,
        digest=digest.of_json([*inputs, job.settings.sha256()]),
        settings=job.settings.evidence,
    )


def _pictures(job: InspectionJob, scene: Scene, folder: Path, stages: Stages) -> dict[str, list[str]]:
    if Output.PICTURES not in job.outputs:
        stages.skip("draw pictures", "not asked for")
        return {}
    with stages.run("draw pictures") as meter:
        return write_pictures(scene, folder, language=job.lang.value, on_progress=meter.reached)


def _exchange(
    job: InspectionJob,
    scene: Scene,
    cloud: Cloud,
    registration: Registration,
    deviation: Deviation,
    labels: Labels,
    folder: Path,
) -> None:
    write_elements(scene.design, deviation.elements, folder / "elements.parquet")
    write_seen(seen_space(scene, job.settings.evidence), folder / SEEN)
    if Output.SOLIDS in job.outputs:
        write_diff_glb(scene, folder / "diff.glb")
    if Output.CLOUD not in job.outputs:
        return
    point_class, captured_on = labels.point_class, scene.captured_on
    write_deviation_laz(cloud, registration, deviation, point_class, folder / "deviation.laz", captured_on=captured_on)


def _document(
    job: InspectionJob,
    design: Design,
    cloud: Cloud,
    registration: Registration,
    deviation: Deviation,
    massing: Massing,
    judgement: Judgement,
    permit: Permit | None,
    pictures: dict[str, list[str]],
    stages: Stages,
) -> document.Inspection:
    options = OptionsPart(
        milestone=job.milestone.value if job.milestone else None,
        built_to=job.built_to,
        surveyed_on=None if job.surveyed_on is None else job.surveyed_on.isoformat(),
        registration=job.registration.value,
        unit=job.unit.value if job.unit else None,
        crs=job.crs,
        scale=job.scale.value,
        lang=job.lang.value,
    )
    surroundings = document.Surroundings(job.settings.document(), _versions(), job.seed, options, stages.records)
    return document.build(
        design,
        cloud,
        registration,
        deviation,
        judgement,
        surroundings=surroundings,
        permit=permit,
        pictures=pictures,
        facades=deviation.facades,
        roof=deviation.roof,
        outline=massing.outline,
    )


def _viewer(job: InspectionJob, scene: Scene, result: document.Inspection, folder: Path, stages: Stages) -> None:
    if Output.VIEWER not in job.outputs:
        stages.skip("write viewer", "not asked for")
        return
    with stages.run("write viewer"):
        write_viewer(
            scene,
            folder / "viewer.html",
            language=job.lang.value,
            inspection=document.document(result),
            picture_folder=folder,
        )


def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("plumbline", *_LIBRARIES)}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
