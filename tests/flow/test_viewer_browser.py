"""The viewer in a real browser, opened from disk: findings, layers, levels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.browser import Browser
from support.viewing import OFFSET, click_place, pixels, red_share

from twin.evidence.scene import Scene

pytestmark = pytest.mark.browser


def test_findings_are_listed_gravest_first_with_their_uncertainty(viewer: Browser) -> None:
    names = viewer.evaluate("[...document.querySelectorAll('[data-finding] strong')].map(e => e.textContent)")
    assert names == ["Extra storey", "Enclosure", "Element displaced", "Element missing", "Unmodelled object"]
    first = viewer.evaluate("document.querySelector('[data-finding] .minor').textContent")
    assert first == "112.60 ± 0.40\u202fm²"


def test_a_click_on_each_finding_flies_to_it_and_opens_its_card(viewer: Browser, scene: Scene) -> None:
    for index, finding in enumerate(scene.findings):
        viewer.press(f"[data-finding='{finding.id}'] button")
        viewer.settle()
        target = np.array(viewer.evaluate("plumbline.target()"))
        assert np.all(target >= finding.box[0] - 1e-6), finding.id
        assert np.all(target <= finding.box[1] + 1e-6), finding.id
        assert viewer.evaluate("plumbline.state().finding") == index
        card = viewer.evaluate("document.querySelector('.card').innerText")
        assert finding.title in card
        assert len(viewer.evaluate("[...document.querySelectorAll('.card')]")) == 1


def test_pictures_of_a_finding_lie_in_its_card_and_open_large(viewer: Browser) -> None:
    viewer.press("[data-finding='F-001'] button")
    inside = viewer.evaluate(
        "(() => { const c = document.querySelector('.card').getBoundingClientRect();"
        " return [...document.querySelectorAll('.card .picture')].map(e => e.getBoundingClientRect())"
        ".map(b => b.width > 60 && b.left >= c.left && b.right <= c.right && b.top >= c.top && b.bottom <= c.bottom);"
        " })()"
    )
    assert inside == [True, True]
    viewer.press(".card .picture")
    width, right, bottom = viewer.evaluate(
        "(() => { const b = document.querySelector('dialog[open] img').getBoundingClientRect();"
        " return [b.width, b.right, b.bottom]; })()"
    )
    assert width > 700
    assert right <= 1280
    assert bottom <= 720
    viewer.press("dialog[open]")
    assert viewer.evaluate("document.querySelector('dialog[open]')") is None


def test_the_additions_are_the_red_in_the_picture(viewer: Browser) -> None:
    before = red_share(viewer)
    assert before > 0.12
    viewer.press("[data-layer=added]")
    viewer.press("[data-layer=points]")
    assert red_share(viewer) == 0.0
    viewer.press("[data-layer=added]")
    assert red_share(viewer) > 0.12


def test_every_layer_changes_the_picture_and_returns(viewer: Browser) -> None:
    names = viewer.evaluate("[...document.querySelectorAll('[data-layer]')].map(e => e.dataset.layer)")
    assert set(names) >= {
        "model",
        "unseen",
        "context",
        "points",
        "added",
        "removed",
        "moved",
        "object",
        "stations",
        "grid",
    }
    viewer.evaluate("document.querySelector('[data-tool=parallel]').click()")
    viewer.key("3")  # the side that was not observed
    before = pixels(viewer)
    for name in ("model", "unseen", "points", "added", "grid"):
        viewer.press(f"[data-layer={name}]")
        assert np.abs(pixels(viewer) - before).max() > 30, name
        viewer.press(f"[data-layer={name}]")
        np.testing.assert_array_equal(pixels(viewer), before)


def bubbles(viewer: Browser) -> dict[str, list[tuple[float, float]]]:
    """Where the bubble of each axis stands, pixels of the picture."""
    found = viewer.evaluate(
        "[...document.querySelectorAll('.axes g')].map(g => [g.textContent,"
        " Number(g.firstChild.getAttribute('cx')), Number(g.firstChild.getAttribute('cy'))])"
    )
    places: dict[str, list[tuple[float, float]]] = {}
    for tag, x, y in found:
        places.setdefault(tag, []).append((x, y))
    return places


def test_axes_bear_their_tags_and_follow_the_cut(viewer: Browser) -> None:
    assert set(bubbles(viewer)) == {"1", "2", "3", "4", "A", "B", "C", "R"}
    assert all(len(places) == 1 for places in bubbles(viewer).values())  # the nearer end, before the building
    viewer.evaluate("document.querySelector('[data-tool=parallel]').click()")
    viewer.key("2")
    above = bubbles(viewer)
    assert all(len(above[tag]) == 2 for tag in "1234ABC")
    for tag, place in (("1", (0.15, -3.0)), ("4", (13.85, -3.0))):
        at = viewer.evaluate(f"plumbline.screen({[a + b for a, b in zip((*place, 6.2), OFFSET, strict=True)]})")
        assert min(np.hypot(x - at["x"], y - at["y"]) for x, y in above[tag]) < 2.0
    viewer.evaluate("document.querySelector('[data-tool=parallel]').click()")
    viewer.key("5")
    ground = bubbles(viewer)["2"][0]
    viewer.evaluate("[...document.querySelectorAll('.mark')].find(e => e.textContent === 'First floor').click()")
    viewer.settle()
    assert bubbles(viewer)["2"][0][1] < ground[1] - 20.0  # up to where the building is cut


def test_the_axes_between_which_a_finding_lies_stand_out_and_its_card_names_them(viewer: Browser) -> None:
    viewer.press("[data-finding='F-001'] button")
    assert "A–C / 1–4" in viewer.evaluate("document.querySelector('.card').innerText")
    named = viewer.evaluate("[...document.querySelectorAll('.axes .named')].map(e => e.textContent)")
    assert set(named) <= {"A", "C", "1", "4"}
    assert named
    viewer.press("[data-layer=grid]")
    assert bubbles(viewer) == {}
    viewer.wait("location.hash.includes('.0&')")
    link = viewer.evaluate("location.href")
    viewer.open(link)
    assert bubbles(viewer) == {}
    viewer.open(link.replace(".0&", "&"))  # as links were before there were axes
    assert bubbles(viewer) != {}
    assert viewer.evaluate("plumbline.state().layers.stations.visible") is False


def test_the_storey_slider_cuts_points_and_bodies(viewer: Browser) -> None:
    before = red_share(viewer)
    viewer.evaluate(
        "(() => { const s = document.querySelector('.storeys input'); s.value = Number(s.max) - 4;"
        " s.dispatchEvent(new Event('input')); })()"
    )
    height = viewer.evaluate("plumbline.state().cut.high[2]")
    assert height == pytest.approx(viewer.evaluate("Number(document.querySelector('.storeys input').max)") - 4)
    assert 0.0 < red_share(viewer) < before / 2
    viewer.evaluate("document.querySelector('.section .link').click()")
    assert red_share(viewer) == before


def test_a_storey_mark_cuts_at_plan_height_and_the_keys_step(viewer: Browser) -> None:
    before = red_share(viewer)
    viewer.evaluate("[...document.querySelectorAll('.mark')].find(e => e.textContent === 'First floor').click()")
    level = viewer.evaluate("document.querySelector('.flag').textContent")
    assert level == f"{OFFSET[2] + 3.1 + 1.2:.2f}\u202fm"
    assert red_share(viewer) < before / 2
    viewer.key("[")
    assert viewer.evaluate("document.querySelector('.flag').textContent") == f"{OFFSET[2] + 1.2:.2f}\u202fm"


def test_a_click_on_an_element_shows_its_measured_state(viewer: Browser) -> None:
    viewer.press("[data-layer=points]")
    viewer.key("4")  # from the east
    click_place(viewer, (14.0, 1.0, 0.5))
    text = viewer.evaluate("document.querySelector('.properties').innerText")
    assert "East wall 0" in text
    assert "IfcWall" in text
    assert "Displaced" in text
    assert "+62\u202fmm ± 8\u202fmm" in text
    assert "71\u202f%" in text
    viewer.key("Escape")
    assert viewer.evaluate("document.querySelector('.properties').hidden")


def test_what_was_not_observed_says_so(viewer: Browser) -> None:
    viewer.press("[data-layer=points]")
    viewer.key("3")
    click_place(viewer, (1.0, 10.0, 0.4))
    text = viewer.evaluate("document.querySelector('.properties').innerText")
    assert "North wall 0" in text
    assert "Not observed" in text


def test_compare_shows_no_addition_on_the_approved_side(viewer: Browser) -> None:
    viewer.evaluate("document.querySelector('[data-layer=points]').click()")
    viewer.press("[data-tool=compare]")
    viewer.evaluate(
        "(() => { const s = document.querySelector('.compare input'); s.value = 1;"
        " s.dispatchEvent(new Event('input')); })()"
    )
    assert red_share(viewer) == 0.0


def test_both_languages_are_complete_and_drawn(viewer: Browser) -> None:
    viewer.press(".tool.text")
    text = viewer.evaluate("document.body.innerText")
    assert "加层" in text
    assert "与许可不一致（疑似）" in text
    assert "Layers" not in text
    assert viewer.evaluate("document.fonts.check(\"13px 'Plumbline Han'\", '加建楼层')")
    assert viewer.evaluate("[...document.fonts].every(font => font.status === 'loaded')")


def test_a_link_brings_back_the_view(viewer: Browser, file: Path) -> None:
    viewer.press("[data-finding='F-002'] button")
    viewer.press("[data-layer=model]")
    viewer.press("[data-by=class]")
    viewer.wait("location.hash.includes('F-002') && location.hash.includes('by=class')")
    link, eye = viewer.evaluate("location.href"), viewer.evaluate("plumbline.eye()")
    viewer.open(link)
    state = viewer.evaluate("plumbline.state()")
    np.testing.assert_allclose(viewer.evaluate("plumbline.eye()"), eye, atol=0.01)
    assert state["finding"] == 1
    assert state["layers"]["model"]["visible"] is False
    assert state["colourBy"] == "class"


def test_a_turn_with_the_mouse_ends_in_the_whole_picture(viewer: Browser) -> None:
    eye, before = viewer.evaluate("plumbline.eye()"), pixels(viewer)
    mouse = {"button": "left", "buttons": 1, "clickCount": 1}
    viewer.call("Input.dispatchMouseEvent", {"type": "mousePressed", "x": 640, "y": 360, **mouse})
    for step in range(1, 9):
        viewer.call("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": 640 + 9 * step, "y": 360 + step, **mouse})
        viewer.settle()
    viewer.call("Input.dispatchMouseEvent", {"type": "mouseReleased", "x": 712, "y": 368, **mouse | {"buttons": 0}})
    viewer.settle()
    turned = pixels(viewer)
    assert np.linalg.norm(np.subtract(viewer.evaluate("plumbline.eye()"), eye)) > 3.0
    viewer.evaluate("new Promise(done => setTimeout(done, 400))")  # the address follows
    viewer.open(viewer.evaluate("location.href"))
    share = [float(np.mean(np.abs(picture - pixels(viewer)).max(axis=2) > 60)) for picture in (turned, before)]
    assert share[0] < 0.02
    assert share[1] > 0.1
