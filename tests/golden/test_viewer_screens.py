"""The viewer on every path of its reader, from disk, against pictures that were looked at and kept."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from support.browser import Browser
from support.screens import KEPT, SCREENS, difference, kept, pixels_of, taken, write_page

BROWSER = pytest.mark.browser
_SAME_MODEL = {frozenset(("finding-1", "chinese"))}
"""Differ in the language of panels alone, which the texts of the page are tested for."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("case") / "viewer.html"
    write_page(path)
    return path.as_uri()


@BROWSER
@pytest.mark.parametrize("name", SCREENS)
def test_each_path_shows_what_was_kept(chrome: Browser, address: str, name: str) -> None:
    found = difference(taken(chrome, address, name), kept(name))
    assert found.is_small, f"{found}: python -m tests.support.screens --write takes the pictures anew"
    assert chrome.complaints() == []


@BROWSER
def test_the_tolerance_catches_whatever_is_hidden_and_forgives_another_typeface(chrome: Browser, address: str) -> None:
    taken(chrome, address, "start")
    for layer in ("removed", "added", "grid", "points", "model"):
        chrome.press(f"[data-layer={layer}]")
        assert not difference(pixels_of(chrome.picture()), kept("start")).is_small, layer
        chrome.press(f"[data-layer={layer}]")
    chrome.evaluate("document.body.style.fontFamily = 'serif'")
    assert difference(pixels_of(chrome.picture()), kept("start")).is_small


def test_no_picture_passes_for_another() -> None:
    assert {path.stem for path in KEPT.iterdir()} == set(SCREENS)
    pictures = {name: kept(name) for name in SCREENS}
    for one, other in combinations(SCREENS, 2):
        if frozenset((one, other)) not in _SAME_MODEL:
            assert not difference(pictures[one], pictures[other]).is_small, (one, other)


def test_pictures_are_small_and_a_difference_grows_with_what_differs() -> None:
    assert sum(path.stat().st_size for path in KEPT.iterdir()) < 500_000
    plain = kept("start")
    last = difference(plain, plain)
    assert last.is_small
    assert (last.cells, last.middle, last.around) == (0, 0.0, 0.0)
    for side in (30, 60, 120):
        spoilt = np.array(plain)
        spoilt[150 : 150 + side, 250 : 250 + side] = (224, 49, 26)
        found = difference(spoilt, plain)
        assert not found.is_small
        assert found.cells > last.cells
        last = found
