"""The viewer in a real browser, opened from disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.browser import Browser, browser, chromium
from support.scenes import hostile, inspection_of, small_building
from support.small_house import CORNERS, DEPTH, WIDTH

from twin.evidence.scene import Scene
from twin.evidence.viewer import write_viewer

pytestmark = pytest.mark.browser
OFFSET = (512_000.0, 3_456_000.0, 20.0)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return small_building(20_000, offset=OFFSET)


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = chromium()
    if program is None:
        pytest.skip("no Chromium on this machine")
    with browser(program, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


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


def pixels(viewer: Browser) -> np.ndarray:  # type: ignore[type-arg]
    """The drawing, (h, w, 3), without the panels beside it."""
    import io

    return np.asarray(Image.open(io.BytesIO(viewer.picture())).convert("RGB"), dtype=int)[110:560, 330:880]


def red_share(viewer: Browser) -> float:
    """Share of the drawing in the colour of additions."""
    red, green, blue = np.moveaxis(pixels(viewer), 2, 0)
    return float(np.mean((red > 150) & (green < 90) & (blue < 90)))


def click_place(viewer: Browser, place: tuple[float, float, float], off: tuple[float, float] = (0.0, 0.0)) -> None:
    """Clicks where a place of the design frame lies in the picture."""
    moved = [a + b for a, b in zip(place, OFFSET, strict=True)]
    at = viewer.evaluate(f"plumbline.screen({moved})")
    left, top = viewer.evaluate(
        "(() => { const b = document.querySelector('canvas').getBoundingClientRect(); return [b.x, b.y]; })()"
    )
    viewer.click(left + at["x"] + off[0], top + at["y"] + off[1])


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


def test_every_control_has_a_name(viewer: Browser) -> None:
    nameless = viewer.evaluate(
        "[...document.querySelectorAll('button, input, [role=toolbar], aside, canvas')]"
        ".filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label')))"
        ".map(e => e.outerHTML)"
    )
    assert nameless == []


@pytest.mark.parametrize("size", [(1280, 720), (1024, 768)])
def test_nothing_spills_over_the_window(viewer: Browser, size: tuple[int, int]) -> None:
    viewer.size(*size)
    viewer.settle()
    spilled = viewer.evaluate(
        "[...document.querySelectorAll('header.top > *, .toolbar, .legend, .right > *')].filter(e => {"
        " const b = e.getBoundingClientRect(); return b.width && (b.right > innerWidth + 0.5 || b.left < -0.5); })"
        ".map(e => e.className)"
    )
    assert spilled == []


def test_hostile_texts_are_only_text(chrome: Browser, scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "viewer.html"
    write_viewer(hostile(scene), path, inspection=inspection_of(scene))
    chrome.size(1280, 720)
    chrome.open(path.as_uri())
    for finding in scene.findings:
        chrome.press(f"[data-finding='{finding.id}'] button")
    chrome.key("Escape")
    chrome.evaluate("document.querySelector('[data-layer=points]').click()")
    chrome.key("4")
    click_place(chrome, (14.0, 1.0, 0.5))
    assert chrome.evaluate("document.querySelector('.properties h3').textContent").startswith("</script><script>")
    assert chrome.evaluate("typeof window.harmed") == "undefined"
    assert chrome.evaluate("document.querySelectorAll('#app img, #app script').length") == 0
    assert chrome.requests() == []
    assert chrome.complaints() == []


def test_the_building_is_drawn_before_the_survey_is_unpacked(chrome: Browser, file: Path) -> None:
    watch = (
        "window.steps = []; new MutationObserver(() => {"
        " const {drawn, ready} = document.documentElement.dataset;"
        " const marks = document.querySelectorAll('.findings li').length;"
        " window.steps.push([Boolean(drawn), Boolean(ready), marks, document.querySelector('.loading')?.hidden]);"
        "}).observe(document, {attributes: true, subtree: true, attributeFilter: ['data-drawn', 'data-ready']})"
    )
    added = chrome.call("Page.addScriptToEvaluateOnNewDocument", {"source": watch})
    try:
        chrome.open(file.as_uri())
        assert chrome.evaluate("window.steps") == [[True, False, 5, False], [True, True, 5, True]]
    finally:
        chrome.call("Page.removeScriptToEvaluateOnNewDocument", added)


def test_a_damaged_page_says_so(chrome: Browser, file: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "viewer.html"
    damaged.write_text(file.read_text("utf-8").replace('id="model"', 'id="lost"'), "utf-8")
    chrome.call("Page.navigate", {"url": damaged.as_uri()})
    chrome.wait("document.body?.innerText.includes('could not be opened')")
    assert "section model is missing" in chrome.evaluate("document.body.innerText")


def test_a_served_case_shows_the_whole_survey_and_asks_only_its_own_server(
    chrome: Browser, scene: Scene, file: Path, tmp_path: Path
) -> None:
    import threading

    from support import inspections
    from support.survey_files import write_deviation

    from twin.evidence.inspection import write
    from twin.evidence.viewer.serving import CaseServer

    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "viewer.html").write_bytes(file.read_bytes())
    write(inspections.inspection(), tmp_path / "case")
    random = np.random.default_rng(1)
    middle = scene.design.surface.vertices.mean(axis=0)
    wall = np.column_stack([random.uniform(-6, 6, 400_000), np.full(400_000, -9.0), random.uniform(0, 6, 400_000)])
    kind = np.full(len(wall), 2)  # in the colour of additions, where the page's own cloud has none
    write_deviation(tmp_path / "case" / "deviation.laz", wall + middle, np.full(len(wall), np.nan), kind)
    server = CaseServer(tmp_path / "case", tmp_path / "cache")
    threading.Thread(target=server.run, daemon=True).start()
    try:
        chrome.size(1280, 720)
        chrome.open(server.address)
        before = red_share(chrome)
        chrome.wait("document.documentElement.dataset.detail === 'true'")
        for _ in range(100):
            if red_share(chrome) > before + 0.04:
                break
        assert red_share(chrome) > before + 0.04
        assert all(request.startswith(server.address) for request in chrome.requests())
        assert [text for text in chrome.complaints() if "limited support" not in text] == []
    finally:
        server.close()


def test_what_is_seen_through_does_not_hide_the_finding_behind_it(
    chrome: Browser, scene: Scene, tmp_path: Path
) -> None:
    """A hall around everything, as a tree beside the eye or a neighbour before the facade would stand."""
    from dataclasses import replace

    from twin.conformity.bodies import block
    from twin.conformity.model import Change, FindingVerdict, Kind

    places = scene.design.surface.vertices
    box = np.array([places.min(axis=0) - 12.0, places.max(axis=0) + 12.0])
    hall = replace(
        scene.findings[0],
        id="F-099",
        kind=Kind.UNMODELLED_OBJECT,
        verdict=FindingVerdict.INFORMATION,
        change=Change.OBJECT,
        box=box,
        body=block(*box),
    )
    shares = []
    for findings in (scene.findings, (*scene.findings, hall)):
        path = tmp_path / f"{len(findings)}.html"
        write_viewer(replace(scene, findings=findings), path)
        chrome.size(1280, 720)
        chrome.open(path.as_uri())
        chrome.press(".findings li .finding-head")
        chrome.settle()
        shares.append(red_share(chrome))
    assert shares[0] > 0.03
    assert shares[1] > 0.6 * shares[0]
