"""What all tests share: where real data lies, and shapes checked at run time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from support.browser import Browser, browser, chromium

# One run of the suite tells what the last one told: new examples are looked for by hand, without CI=true.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def data() -> Path:
    """Real models and clouds; tests that need them skip where they are absent."""
    return _shared("PLUMBLINE_DATA", "data")


@pytest.fixture(scope="session")
def sites() -> Path:
    """Real sites with known truth; tests that need them skip where they are absent."""
    return _shared("PLUMBLINE_SITES", "sites")


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A headless Chromium with a profile of its own; tests that need it skip where there is none."""
    program = chromium()
    if program is None:
        pytest.skip("no Chromium on this machine")
    with browser(program, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def _shared(variable: str, name: str) -> Path:
    folder = Path(os.environ.get(variable) or ROOT.parent / "shared" / name)
    if not folder.is_dir():
        pytest.skip(f"no {name} at {folder}: set {variable}")
    return folder
