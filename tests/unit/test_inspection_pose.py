"""An inspection goes on only from a pose that is decided."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer
from support.observing import HERE, observed
from support.shape_catalogue import TUNED
from support.shape_surveys import Look, surveyed
from support.shapes import bodies, design_of
from support.survey_files import write_las
from support.worlds import honest

from cli.commands.register import chosen
from pipelines import placing
from pipelines.job import InspectionJob
from pipelines.progress import Silence
from pipelines.stages import Stages
from twin.errors import RegistrationError
from twin.evidence.inspection import registration_part
from twin.frames import move, translation, yaw
from twin.registration.model import Mode, Registration, Rival, Status
from twin.registration.target import exposed_shell


@pytest.fixture(scope="module")
def ambiguous() -> Registration:
    case = observed(honest(), HERE, density=5.0, stations=np.array([[4.0, -9.0, 1.5]]))
    rival = Rival(yaw(np.pi), 1.0, "half turn")
    return replace(case.registration, status=Status.AMBIGUOUS, rivals=(rival,))


@pytest.mark.parametrize("searched", [True, False])
def test_an_ambiguous_pose_from_a_search_waits_for_a_person(
    ambiguous: Registration, searched: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = replace(ambiguous, searched=searched)
    monkeypatch.setattr(placing, "register", lambda *_, **__: found)
    monkeypatch.setattr(placing, "open_survey", lambda *_: None)
    monkeypatch.setattr(placing, "decode", lambda *_, **__: None)
    monkeypatch.setattr(placing, "with_stations", lambda cloud, *_, **__: cloud)
    job = InspectionJob(design=(Path("a.ifc"),), survey=(Path("a.laz"),), folder=Path("case"))
    if not searched:
        _, pose = placing.placed(job, None, Stages(Silence()), tmp_path, decided=True)  # type: ignore[arg-type]
        assert pose is found
        return
    with pytest.raises(RegistrationError, match="half turn") as caught:
        placing.placed(job, None, Stages(Silence()), tmp_path, decided=True)  # type: ignore[arg-type]
    assert "--pose" in caught.value.hint


def test_clouds_in_frames_of_their_own_are_laid_together(tmp_path: Path) -> None:
    shape = next(shape for shape in TUNED if shape.name == "ell")
    frames = (
        translation(np.array([4.3e5, 5.7e6, 60.0])) @ yaw(2.0),
        translation(np.array([-3.0, 40.0, 2.0])) @ yaw(-0.7),
    )
    files = []
    for name, kind, frame in zip(("outside", "rooms"), ("around", "inside"), frames, strict=True):
        points, _, _ = surveyed(shape, bodies(shape), Look(kind, density=40.0))
        files.append(write_las(tmp_path / f"{name}.las", move(frame, points)))
    job = InspectionJob(design=(Path("a.ifc"),), survey=tuple(files), folder=Path("case"))
    stages = Stages(Silence())
    cloud, found = placing.placed(job, design_of(shape), stages, tmp_path / "scratch", decided=True)
    assert (found.status, found.mode, found.may_judge_position) == (Status.ACCEPTED, Mode.BEST_FIT, False)
    assert "share no frame" in found.notes[0]
    for one, frame in zip(found.files, frames, strict=True):
        assert np.linalg.norm((one.design_from_file @ frame)[:3, 3]) < 0.01
    placed = move(found.design_from_survey, np.asarray(cloud.points))
    near = exposed_shell(design_of(shape)).proximity.nearest(placed).points
    assert np.median(np.linalg.norm(placed - near, axis=1)) < 0.01
    assert stages.records[0].status == "FAILED"
    part = registration_part(found, cloud)
    assert [Path(one.path).name for one in part.files] == ["outside.las", "rooms.las"]


def test_the_cloud_that_lies_nowhere_is_named(tmp_path: Path) -> None:
    shape = next(shape for shape in TUNED if shape.name == "ell")
    points, _, _ = surveyed(shape, bodies(shape), Look("around", density=40.0))
    field = np.random.default_rng(1).uniform([9e5, 0.0, 0.0], [9e5 + 30.0, 30.0, 0.02], (20_000, 3))
    files = [write_las(tmp_path / "right.las", points), write_las(tmp_path / "field.las", field)]
    job = InspectionJob(design=(Path("a.ifc"),), survey=tuple(files), folder=Path("case"))
    with pytest.raises(RegistrationError, match=r"nor does field\.las alone"):
        placing.placed(job, design_of(shape), Stages(Silence()), tmp_path / "scratch", decided=True)


def test_a_person_may_choose_a_rival() -> None:
    document = {
        "design_from_survey": "first",
        "rivals": [{"design_from_survey": "second", "score_ratio": 0.9, "kind": "half turn"}],
        "notes": [],
    }
    taken = chosen(document, 1)
    assert taken["design_from_survey"] == "second"
    assert taken["rivals"][0]["design_from_survey"] == "first"
    assert "a person chose rival 1 (half turn)" in taken["notes"][0]
    with pytest.raises(typer.BadParameter):
        chosen(document, 2)
