"""The viewer of a small building, opened in a real browser from disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from support.browser import Browser
from support.scenes import inspection_of, small_building
from support.viewing import OFFSET

from twin.evidence.scene import Scene
from twin.evidence.viewer import write_viewer


@pytest.fixture(scope="module")
def scene() -> Scene:
    return small_building(20_000, offset=OFFSET)


@pytest.fixture(scope="module")
def file(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("case")
    inspection = inspection_of(scene)
    inspection["findings"][0]["pictures"] = ["F-001-close.png", "F-001-plan.png"]
    for name, colour in zip(inspection["findings"][0]["pictures"], ("#204060", "#604020"), strict=True):
        Image.new("RGB", (1600, 1000), colour).save(folder / name)
    write_viewer(scene, folder / "viewer.html", inspection=inspection, picture_folder=folder)
    return folder / "viewer.html"


@pytest.fixture
def viewer(chrome: Browser, file: Path) -> Iterator[Browser]:
    """The page freshly opened; whatever a test does, it asks for nothing and complains of nothing."""
    chrome.size(1280, 720)
    chrome.open(file.as_uri())
    yield chrome
    assert chrome.requests() == []
    assert chrome.complaints() == []
