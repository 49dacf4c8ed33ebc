"""The window of a finished case: what is shown, cut, chosen and measured, drawn into memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support import inspections
from support.picture_scenes import picture_scene
from support.survey_files import write_deviation

from cli.main import run
from twin.arrays import Bytes
from twin.errors import EvidenceError
from twin.evidence.desktop import FinishedCase, Window, read_case
from twin.evidence.exchange import write_diff_glb
from twin.evidence.inspection import write
from twin.evidence.pictures.palette import CHANGE
from twin.evidence.scene import Scene


@pytest.fixture(scope="module")
def scene() -> Scene:
    return picture_scene(step_deg=1.5)


@pytest.fixture(scope="module")
def folder(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("case")
    write(inspections.inspection(), folder)
    write_diff_glb(scene, folder / "diff.glb")
    write_deviation(folder / "deviation.laz", scene.points, scene.point_deviation, scene.point_class)
    return folder


@pytest.fixture(scope="module")
def case(folder: Path) -> FinishedCase:
    return read_case(folder)


def test_a_case_comes_back_as_it_was_written(case: FinishedCase, scene: Scene) -> None:
    assert {solid.name for solid in case.solids if solid.layer == "additions"} == {
        f"additions/{finding.id}" for finding in scene.findings if finding.change.value == "added"
    }
    np.testing.assert_allclose(case.points.astype(float) + case.origin, scene.points, atol=1e-3)
    np.testing.assert_array_equal(case.point_class, scene.point_class)
    design = np.vstack([s.vertices for s in case.solids if s.layer in ("design", "not_observed")]) + case.origin
    shown = [e.box for e in scene.design.elements if e.role.value != "ground"]
    np.testing.assert_allclose(design.min(axis=0), np.min(shown, axis=0)[:3], atol=1e-3)
    np.testing.assert_allclose(design.max(axis=0), np.max(shown, axis=0)[3:], atol=1e-3)


def test_of_a_large_survey_some_points_are_drawn(folder: Path, case: FinishedCase) -> None:
    few = read_case(folder, most_points=1000)
    assert few.surveyed == case.surveyed == len(case.points)
    assert 800 < len(few.points) < 1200


def _reddish(picture: Bytes) -> int:
    """Pixels in the colour of what was added, by whatever light."""
    red, green, blue = (picture[..., i].astype(int) for i in range(3))
    wanted = CHANGE[next(iter(CHANGE))]
    assert wanted[0] > 200
    return int(((red > 110) & (green < 0.45 * red) & (blue < 0.45 * red)).sum())


def test_layers_and_the_cut_show_and_hide_what_was_added(case: FinishedCase) -> None:
    window = Window(case, off_screen=True)
    window.show_layer("survey", False)
    before = _reddish(window.picture())
    assert before > 2_000
    window.show_layer("additions", False)
    assert _reddish(window.picture()) < 0.02 * before
    window.show_layer("additions", True)
    assert _reddish(window.picture()) == before
    window.cut_above(float(case.origin[2]) - 50.0)
    assert _reddish(window.picture()) < 0.02 * before


def test_findings_are_visited_one_by_one_and_round_again(case: FinishedCase) -> None:
    window = Window(case, "zh", off_screen=True)
    assert window.finding is None
    whole = window.picture()
    window.step(1)
    assert window.finding == 0
    assert (window.picture() != whole).any()
    window.step(1)
    assert window.finding == 0
    window.show_all()
    np.testing.assert_array_equal(window.picture(), whole)


def test_two_marks_are_measured_and_a_third_begins_anew(case: FinishedCase) -> None:
    window = Window(case, off_screen=True)
    window.mark(np.array([1.0, 2.0, 0.5]))
    assert window.measured_m is None
    window.mark(np.array([4.0, 6.0, 0.5]))
    assert window.measured_m == pytest.approx(5.0, abs=1e-9)
    window.mark(np.zeros(3))
    assert window.measured_m is None


@pytest.mark.parametrize("name", ["diff.glb", "deviation.laz"])
@pytest.mark.parametrize("flaw", ["missing", "damaged"])
def test_a_case_that_lacks_a_file_is_refused_by_its_name(folder: Path, tmp_path: Path, name: str, flaw: str) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / name).unlink()
    if flaw == "damaged":
        (tmp_path / name).write_bytes(b"nothing of use")
    with pytest.raises(EvidenceError, match=name):
        read_case(tmp_path)


def test_without_a_screen_the_window_is_refused_in_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert run(["view", str(folder), "--desktop"]) == 5
    error = capsys.readouterr().err
    assert "there is no screen" in error
    assert "Traceback" not in error
