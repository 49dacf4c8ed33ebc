"""The page itself: its size, its names, hostile texts, damage, and the server beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.browser import Browser
from support.scenes import hostile, inspection_of
from support.viewing import click_place, red_share

from twin.evidence.scene import Scene
from twin.evidence.viewer import write_viewer

pytestmark = pytest.mark.browser


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
