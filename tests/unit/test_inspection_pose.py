"""An inspection goes on only from a pose that is decided."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.observing import HERE, observed
from support.worlds import honest

from pipelines import placing
from pipelines.job import InspectionJob
from pipelines.progress import Silence
from pipelines.stages import Stages
from twin.errors import RegistrationError
from twin.frames import yaw
from twin.registration.model import Registration, Rival, Status


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
    job = InspectionJob(design=(Path("a.ifc"),), survey=(Path("a.laz"),), folder=Path("case"))
    if not searched:
        _, pose = placing.placed(job, None, Stages(Silence()), tmp_path, decided=True)  # type: ignore[arg-type]
        assert pose is found
        return
    with pytest.raises(RegistrationError, match="half turn") as caught:
        placing.placed(job, None, Stages(Silence()), tmp_path, decided=True)  # type: ignore[arg-type]
    assert "--pose" in caught.value.hint
