"""The whole set of pictures of the sample house: complete, the same twice, and the additions catch the eye."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.picture_scenes import picture_scene

from twin.digest import of_file
from twin.errors import EvidenceError
from twin.evidence.pictures import write_pictures
from twin.evidence.pictures.page import BAND_MM, DPI, HEIGHT_MM, TITLE_MM
from twin.evidence.scene import Scene


@pytest.fixture(scope="module")
def scene() -> Scene:
    return picture_scene(step_deg=0.5, chosen=[0])


@pytest.fixture(scope="module")
def case(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[str]]]:
    folder = tmp_path_factory.mktemp("case")
    return folder, write_pictures(scene, folder)


def _picture(folder: Path, name: str) -> np.ndarray:
    """The picture's area without title and band."""
    pixels = np.asarray(Image.open(folder / "pictures" / f"{name}.png"))
    per_mm = DPI / 25.4
    return pixels[round(TITLE_MM * per_mm) : round((HEIGHT_MM - BAND_MM) * per_mm)]


def _strong_red(pixels: np.ndarray) -> float:
    red, green, blue = (pixels[..., k].astype(int) for k in range(3))
    return float(((red > 120) & (green < 0.45 * red) & (blue < 0.45 * red)).mean())


def test_every_picture_promised_is_there(case: tuple[Path, dict[str, list[str]]]) -> None:
    folder, names = case
    assert set(names) == {"", "F-001"}
    assert names["F-001"] == [f"pictures/F-001-{kind}.png" for kind in ("close", "section", "plan")]
    assert names[""][:3] == [f"pictures/{n}.png" for n in ("overview", "overview-above", "overview-opposite")]
    assert {f"pictures/deviation-{wind}.png" for wind in "nesw"} <= set(names[""])
    assert {"pictures/section.png", "pictures/plan-roof.png"} <= set(names[""])
    listed = {name for group in names.values() for name in group}
    assert listed == {f"pictures/{path.name}" for path in (folder / "pictures").iterdir()}


def test_all_sheets_are_a4_across(case: tuple[Path, dict[str, list[str]]]) -> None:
    folder, _ = case
    for path in (folder / "pictures").iterdir():
        picture = Image.open(path)
        assert picture.size == (1870, 1322)
        assert picture.mode == "RGB"


def test_additions_catch_the_eye_and_no_picture_is_empty(case: tuple[Path, dict[str, list[str]]]) -> None:
    folder, _ = case
    assert 0.05 < _strong_red(_picture(folder, "overview")) < 0.6
    for name in ("F-001-close", "F-001-section", "F-001-plan"):
        assert _strong_red(_picture(folder, name)) > 0.01, name
    for path in (folder / "pictures").iterdir():
        assert (_picture(folder, path.stem) < 250).any(axis=2).mean() > 0.02, path.name


def test_the_side_that_no_station_saw_is_shown_as_not_observed(case: tuple[Path, dict[str, list[str]]]) -> None:
    folder, _ = case

    def bluish(name: str) -> float:
        red, green, blue = (_picture(folder, name)[..., k].astype(int) for k in range(3))
        return float(((blue > red + 15) & (blue > green + 5) & (green > red)).mean())

    assert bluish("deviation-n") > 0.15
    assert bluish("deviation-s") < 0.3 * bluish("deviation-n")


def test_the_same_scene_gives_the_same_bytes(
    scene: Scene, case: tuple[Path, dict[str, list[str]]], tmp_path: Path
) -> None:
    folder, names = case
    calls: list[tuple[int, int]] = []
    again = write_pictures(scene, tmp_path, on_progress=lambda done, total: calls.append((done, total)))
    assert again == names
    assert calls == [(n, len(calls)) for n in range(1, len(calls) + 1)]
    for path in sorted((folder / "pictures").iterdir()):
        assert of_file(path) == of_file(tmp_path / "pictures" / path.name), path.name


def test_a_case_without_findings_has_its_pictures_too(scene: Scene, tmp_path: Path) -> None:
    plain = dataclasses.replace(
        scene, findings=(), point_finding=np.full(len(scene.points), -1, dtype=np.int32), stations=np.zeros((0, 3))
    )
    names = write_pictures(plain, tmp_path, language="zh")
    assert set(names) == {""}
    assert {"pictures/overview.png", "pictures/overview-opposite.png", "pictures/section.png"} <= set(names[""])


def test_a_renderer_that_dies_is_an_error_with_a_way_out(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(EvidenceError, match="could not be rendered") as caught:
        write_pictures(dataclasses.replace(scene, findings=()), tmp_path)
    assert "libegl1" in caught.value.hint


def test_a_folder_that_cannot_be_made_is_named(scene: Scene, tmp_path: Path) -> None:
    blocked = tmp_path / "case"
    blocked.write_text("a file where the case should be")
    with pytest.raises(EvidenceError, match="case"):
        write_pictures(scene, blocked)


def test_caveats_stand_whole_on_every_picture_of_their_finding(scene: Scene, tmp_path: Path) -> None:
    """However many there are: the foot of the picture grows, and the band below keeps what it says."""
    caveat = "its roof was seen from below: it is taken to be as thick as the approved one, 0.35 m"
    few, many = (
        dataclasses.replace(scene, findings=(dataclasses.replace(scene.findings[0], caveats=caveats),))
        for caveats in ((), (caveat,) * 6)
    )
    for name, one in (("few", few), ("many", many)):
        (tmp_path / name).mkdir()
        write_pictures(one, tmp_path / name)
    for kind in ("close", "section", "plan"):
        sheets = [
            np.asarray(Image.open(tmp_path / name / "pictures" / f"F-001-{kind}.png")).astype(int)
            for name in ("few", "many")
        ]
        changed = np.flatnonzero(np.abs(sheets[0] - sheets[1]).sum(axis=2).any(axis=1)) * 25.4 / DPI
        assert changed.min() > HEIGHT_MM - BAND_MM - 30.0
        assert changed.max() < HEIGHT_MM - BAND_MM + 0.5
        assert changed.max() - changed.min() > 6.0  # three lines and more
