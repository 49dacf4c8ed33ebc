"""Where findings lie by the axes of the grid: in the document, on the page, in pictures and on the terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from support import inspections
from support.picture_scenes import picture_scene
from support.scenes import hostile, small_building

from cli.findings import findings_table
from twin.design.bays import Bay
from twin.design.model import GridAxis
from twin.evidence import inspection as document
from twin.evidence.axes import axes_text, bays_of_finding
from twin.evidence.pictures.axes import BUBBLE_MM
from twin.evidence.pictures.page import Page
from twin.evidence.pictures.plans import plan_page, storey_page
from twin.evidence.pictures.subject import subject_of
from twin.evidence.pictures.words import words
from twin.evidence.viewer.facts import facts_of

B_C, TWO_FOUR = Bay("B", "C", 0.0, 0.0), Bay("2", "4", 0.0, 0.0)


@pytest.mark.parametrize(
    ("bays", "english", "chinese"),
    [
        ((B_C, TWO_FOUR), "B–C / 2–4", "B–C / 2–4"),
        ((B_C, Bay("4", "5", 0.0, 3.14)), "B–C / 4–5, 3.1 m beyond 5", "B–C / 4–5，超出 5 轴 3.1 m"),
        ((Bay("A", "C", 1.5, 0.0),), "A–C, 1.5 m beyond A", "A–C，超出 A 轴 1.5 m"),
        ((Bay("A", "A", 1.6, 0.0), TWO_FOUR), "up to 1.6 m beyond A / 2–4", "A 轴外 1.6 m 以内 / 2–4"),
        (
            (Bay("A", "D", 1.0, 2.0),),
            "A–D, 1.0 m beyond A and 2.0 m beyond D",
            "A–D，超出 A 轴 1.0 m、D 轴 2.0 m",
        ),
        ((Bay("3", "3", 0.0, 0.0),), "3", "3"),
        ((), "", ""),
    ],
)
def test_a_place_is_said_in_both_languages(bays: tuple[Bay, ...], english: str, chinese: str) -> None:
    assert axes_text(bays, "en") == english
    assert axes_text(bays, "zh") == chinese


def built(lang: str, axes: tuple[GridAxis, ...]) -> dict[str, Any]:
    design = replace(inspections.design(), axes=axes)
    options = document.Surroundings({}, {}, 0, document.schema.OptionsPart(lang=lang))
    made = document.build(
        design,
        inspections.survey(),
        inspections.registration(),
        inspections.deviation(),
        inspections.judgement(inspections.finding()),
        surroundings=options,
    )
    return document.document(made)


def square_grid() -> tuple[GridAxis, ...]:
    upright = [GridAxis(str(i + 1), np.array([[5.0 * i, -9.0, 0.0], [5.0 * i, 9.0, 0.0]])) for i in range(3)]
    level = [GridAxis("ABC"[i], np.array([[-9.0, 4.0 * i, 0.0], [19.0, 4.0 * i, 0.0]])) for i in range(3)]
    return (*upright, *level)


def test_the_document_names_the_axes_of_each_finding_and_reads_back() -> None:
    found = built("en", square_grid())["findings"][0]
    bays = bays_of_finding(square_grid(), inspections.finding())
    assert found["grid"]["text"] == axes_text(bays, "en")
    assert [set(part) for part in found["grid"]["ranges"]] == 2 * [{"from", "to", "beyond_from_m", "beyond_to_m"}]
    assert [part["from"] for part in found["grid"]["ranges"]] == [bay.start for bay in bays]
    again = document.Inspection.model_validate(built("zh", square_grid()))
    assert again.findings[0].grid is not None
    assert document.Inspection.model_validate(built("zh", ())).findings[0].grid is None


def test_a_document_written_before_grids_were_read_is_still_read() -> None:
    old = built("en", ())
    for finding in old["findings"]:
        del finding["grid"]
    assert document.Inspection.model_validate(old).findings[0].grid is None


def test_the_terminal_has_a_column_for_axes_only_where_there_is_a_grid() -> None:
    shown = []
    for axes in (square_grid(), ()):
        findings = document.Inspection.model_validate(built("en", axes)).findings
        console = Console(file=io.StringIO(), width=160)
        console.print(findings_table(findings, "en"))
        shown.append(console.file.getvalue())  # type: ignore[attr-defined]
    assert "axes" in shown[0]
    assert "–" in shown[0]
    assert "axes" not in shown[1]


def test_the_page_knows_axes_and_places_and_hostile_tags_change_only_texts() -> None:
    scene = small_building(500)
    plain, bad = (facts_of(one, np.zeros(3), "en", None) for one in (scene, hostile(scene)))
    assert [axis["tag"] for axis in plain["axes"]] == ["1", "2", "3", "4", "A", "B", "C", "R"]
    assert plain["findings"][0]["axes"] == {"en": "A–C / 1–4", "zh": "A–C / 1–4", "tags": ["A", "C", "1", "4"]}
    assert [axis["points"] for axis in plain["axes"]] == [axis["points"] for axis in bad["axes"]]
    for one, other in zip(plain["findings"], bad["findings"], strict=True):
        assert len(one["axes"]["tags"]) == len(other["axes"]["tags"])
        assert len(other["axes"]["en"]) < 200
    low, high = np.array(plain["box"])
    np.testing.assert_allclose([low, high], [scene.points.min(axis=0), scene.points.max(axis=0)], atol=1e-6)
    without = replace(scene, design=replace(scene.design, axes=()))
    assert facts_of(without, np.zeros(3), "en", None)["findings"][0]["axes"] is None


def bubbles(page: Page) -> list[tuple[str, Any]]:
    """Text and middle of each bubble, mm on the drawing."""
    from matplotlib.patches import Circle

    per_mm = np.ptp(page.drawing.get_xlim()) / 297.0
    found = [shape for shape in page.drawing.patches if isinstance(shape, Circle)]
    texts = {tuple(np.round(text.get_position(), 6)): text.get_text() for text in page.drawing.texts}
    assert all(shape.get_radius() == pytest.approx(BUBBLE_MM * per_mm) for shape in found)
    return [(texts[tuple(np.round(shape.center, 6))], np.array(shape.center) / per_mm) for shape in found]


def test_plans_draw_axes_with_one_bubble_each_outside_the_window_and_apart() -> None:
    scene = picture_scene(step_deg=4.0, chosen=[0])
    axes = [GridAxis(str(i), np.array([[0.3 * i, -4.0, 0.0], [0.3 * i, 16.0, 0.0]])) for i in range(60)]
    axes += [GridAxis("ABCD"[i], np.array([[-4.0, 4.0 * i, 0.0], [22.0, 4.0 * i, 0.0]])) for i in range(4)]
    axes.append(GridAxis("<b>" + "x" * 10_000, np.array([[-4.0, 10.0, 0.0], [22.0, 10.0, 0.0]])))
    subject = subject_of(replace(scene, design=replace(scene.design, axes=tuple(axes))), words("en"))
    page = plan_page(subject, 0)
    drawn = bubbles(page)
    assert {"A", "B", "C", "D"} <= {text for text, _ in drawn}
    assert len(drawn) < 40  # of 65: those that would touch are left out
    places = np.array([place for _, place in drawn])
    gaps = np.linalg.norm(places[:, None] - places[None], axis=2) + 99.0 * np.eye(len(places))
    assert gaps.min() >= 2.0 * BUBBLE_MM
    assert max(len(text) for text, _ in drawn) < 6
    bare = subject_of(scene, words("en"))
    assert bubbles(plan_page(bare, 0)) == []
    assert len(bubbles(storey_page(subject, "Roof", 9.6))) > 4


def test_the_axes_that_tell_the_place_of_a_finding_are_drawn_before_others() -> None:
    scene = picture_scene(step_deg=4.0, chosen=[0])
    x = [0.0, 17.7, 17.75, 17.8, 17.85, 18.0]
    axes = [GridAxis(f"{i}", np.array([[at, -4.0, 0.0], [at, 16.0, 0.0]])) for i, at in enumerate(x)]
    subject = subject_of(replace(scene, design=replace(scene.design, axes=tuple(axes))), words("en"))
    (bay,) = bays_of_finding(subject.scene.design.axes, subject.scene.findings[0])
    assert {bay.start, bay.end} <= {text for text, _ in bubbles(plan_page(subject, 0))}


def test_pictures_of_a_design_without_grid_say_nothing_of_axes(tmp_path: Path) -> None:
    scene = picture_scene(step_deg=4.0, chosen=[0])
    page = plan_page(subject_of(scene, words("en")), 0)
    texts = [text.get_text() for text in page.paper.texts]
    assert not any("xis" in text or text.startswith("Axes") for text in texts)
