"""The viewer measures what it shows, and nothing that is cut away."""

from __future__ import annotations

import numpy as np
import pytest
from support.browser import Browser
from support.small_house import CORNERS, DEPTH, WIDTH
from support.viewing import OFFSET, click_place

from twin.evidence.scene import Scene

pytestmark = pytest.mark.browser


def test_measuring_two_corners_is_true_to_two_millimetres(viewer: Browser) -> None:
    viewer.press("[data-layer=points]")
    viewer.press("[data-tool=measure]")
    click_place(viewer, CORNERS[0], (2.0, -1.0))
    click_place(viewer, CORNERS[1], (1.0, -2.0))
    (length,) = viewer.evaluate("plumbline.measured()")
    assert abs(length - WIDTH) < 0.002
    assert viewer.evaluate("document.querySelector('.measure .major').textContent") == "14\u202f000\u202fmm"


def test_an_area_closes_on_its_first_corner_and_is_true(viewer: Browser) -> None:
    for layer in ("points", "added", "removed", "moved", "object"):
        if viewer.evaluate(f"document.querySelector('[data-layer={layer}]') !== null"):
            viewer.press(f"[data-layer={layer}]")
    viewer.key("2")  # from above: the roof's corners
    viewer.press("[data-tool=measure]")
    viewer.press("[data-by=area]")
    high = CORNERS[0][2]
    for place in ((WIDTH, 0.0, high), (0.0, 0.0, high), (0.0, DEPTH, high), (WIDTH, DEPTH, high), (WIDTH, 0.0, high)):
        click_place(viewer, place)
    (area,) = viewer.evaluate("plumbline.areas()")
    assert abs(area - WIDTH * DEPTH) < 0.05
    assert viewer.evaluate("document.querySelector('.measure .major').textContent") == "140.000\u202fm²"


def test_a_point_of_the_survey_is_measured_to_the_nearest_surface_of_the_model(viewer: Browser, scene: Scene) -> None:
    ground = next(f for f in scene.findings if f.change.value == "added")
    viewer.press("[data-tool=measure]")
    viewer.press("[data-by=model]")
    chosen = np.flatnonzero(scene.point_finding == scene.findings.index(ground))
    shown = scene.points[chosen[len(chosen) // 2]] - OFFSET
    click_place(viewer, tuple(float(v) for v in shown))
    (length,) = viewer.evaluate("plumbline.measured()")
    assert 0.0 <= length < 12.0
    assert viewer.evaluate("document.querySelector('.measure .major').textContent").endswith("mm")


def test_measuring_does_not_pick_what_is_cut_away(viewer: Browser) -> None:
    viewer.evaluate("[...document.querySelectorAll('.mark')].find(e => e.textContent === 'First floor').click()")
    viewer.press("[data-layer=points]")
    viewer.key("2")
    click_place(viewer, (10.0, 7.0, 3.1))
    heading = viewer.evaluate("document.querySelector('.properties h3').textContent")
    assert heading == "Floor slab 1"
