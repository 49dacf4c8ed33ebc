"""Wording, lettering and marks: in both languages, never an accusation, never beyond the room there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import ImageFont
from support.picture_scenes import picture_scene

from twin.conformity.model import Change, FindingVerdict, Kind, StoreyResult, StoreyStatus
from twin.errors import SettingsError
from twin.evidence.pictures.drawing import SCALES, Frame
from twin.evidence.pictures.facades import ramp
from twin.evidence.pictures.lettering import fitted, font_path, width_mm, wrapped
from twin.evidence.pictures.marks import LEVELS_MM, elevation, levels_of, scale_bar, spread
from twin.evidence.pictures.page import blank
from twin.evidence.pictures.palette import CHANGE, DEVIATION_STOPS
from twin.evidence.pictures.plans import plan_names, slug
from twin.evidence.pictures.subject import subject_of
from twin.evidence.pictures.tags import Tag, place_tags
from twin.evidence.pictures.words import _PHRASE, words
from twin.evidence.scene import PointClass, Scene


@pytest.fixture(scope="module")
def scene() -> Scene:
    return picture_scene(step_deg=6.0)


def _all_texts(language: str) -> list[str]:
    say = words(language)
    texts = [pair[("en", "zh").index(language)] for pair in _PHRASE.values()]
    texts += [say.kind(kind) for kind in Kind] + [say.verdict(verdict) for verdict in FindingVerdict]
    texts += [say.change(change) for change in Change] + [say.points(each) for each in PointClass]
    return texts + [say.storey(status) for status in StoreyStatus] + [say.wind(45.0 * i) for i in range(8)]


def test_every_text_exists_in_both_languages_and_differs() -> None:
    english, chinese = _all_texts("en"), _all_texts("zh")
    assert len(english) == len(chinese)
    assert all(english)
    assert all(any(ord(letter) >= 0x2E80 for letter in text) for text in chinese)


def test_no_text_accuses() -> None:
    for text in _all_texts("zh") + _all_texts("en"):
        assert "违法" not in text
        assert "illegal" not in text.lower()
        assert "violation" not in text.lower()


def test_verdicts_are_worded_as_agreed() -> None:
    say = words("zh")
    assert say.verdict(FindingVerdict.INCONSISTENT) == "与许可不一致（疑似）"
    assert say.verdict(FindingVerdict.BORDERLINE) == "临界（需复测）"
    assert say("not_observed") == "未观测"
    assert say.storey(StoreyStatus.NOT_BUILT) == "尚未建设"
    assert say.storey(StoreyStatus.AS_DESIGNED) == "符合"


def test_an_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="'fr'"):
        words("fr")


def test_a_level_keeps_its_state_where_its_name_is_too_long(scene: Scene) -> None:
    long = "N01_a very long name of a storey that no margin has room for"
    states = (StoreyStatus.NOT_OBSERVED, StoreyStatus.NOT_BUILT, StoreyStatus.SHIFTED)
    storeys = tuple(StoreyResult(long, "x", state, 3.0 * i, None, None, None) for i, state in enumerate(states))
    shifted = replace(storeys[2], measured_elevation_m=6.5, expanded_uncertainty_m=0.1)
    subject = subject_of(replace(scene, storeys=(*storeys[:2], shifted)), words("en"))
    texts = [mark.text for mark in levels_of(subject)]
    assert [text.rpartition(" (")[2] for text in texts[:2]] == ["not observed)", "not built)"]
    assert texts[3].endswith("… (measured)")
    assert all(width_mm(text, 8.0) <= LEVELS_MM - 20.0 for text in texts)


def test_a_level_within_its_uncertainty_is_not_written_twice(scene: Scene) -> None:
    for uncertainty, count in ((0.2, 1), (0.05, 2)):
        storey = StoreyResult("1F", "x", StoreyStatus.NOT_OBSERVED, 3.0, 3.1, uncertainty, None)
        subject = subject_of(replace(scene, storeys=(storey,)), words("en"))
        assert len(levels_of(subject)) == count


def test_no_difference_is_claimed_of_what_was_observed_only() -> None:
    assert "in what was observed" in words("en")("no_findings")
    assert "已观测" in words("zh")("no_findings")


def test_winds_turn_with_the_azimuth() -> None:
    say = words("en")
    assert [say.wind(azimuth) for azimuth in (0.0, 90.0, 180.0, -90.0, 315.0)] == [
        "North",
        "West",
        "South",
        "East",
        "North-east",
    ]


def test_the_typeface_draws_every_letter_of_the_wording() -> None:
    font = ImageFont.truetype(font_path(), 40)
    missing = font.getmask("\U0010fffe").getbbox(), bytes(font.getmask("\U0010fffe"))
    for letter in sorted({letter for language in ("en", "zh") for text in _all_texts(language) for letter in text}):
        if letter.strip():
            mask = font.getmask(letter)
            assert (mask.getbbox(), bytes(mask)) != missing, letter


@pytest.mark.parametrize("text", ["Extension on the east side of the building", "东侧未经许可加建的单层建筑"])
def test_text_is_cut_to_its_room(text: str) -> None:
    assert fitted(text, 9.0, 500.0) == text
    short = fitted(text, 9.0, 25.0)
    assert short.endswith("…")
    assert width_mm(short, 9.0) <= 25.0


def test_text_wraps_between_words_and_inside_chinese() -> None:
    assert wrapped("one two three", 9.0, width_mm("one two", 9.0) + 0.1, 3) == ["one two", "three"]
    lines = wrapped("东侧未经许可加建的单层建筑", 9.0, 20.0, 9)
    assert "".join(lines) == "东侧未经许可加建的单层建筑"
    assert max(width_mm(line, 9.0) for line in lines) <= 20.0


def test_close_levels_are_written_apart_and_far_ones_stay() -> None:
    assert spread([0.0, 5.0, 10.0], 1.0) == [0.0, 5.0, 10.0]
    moved = spread([0.0, 0.1, 0.2, 9.0], 1.0)
    np.testing.assert_allclose(np.diff(moved[:3]), 1.0)
    assert np.mean(moved[:3]) == pytest.approx(0.1)
    assert moved[3] == 9.0


def test_elevations_carry_their_sign() -> None:
    assert [elevation(value) for value in (0.0, 3.2, -1.25)] == ["±0.00", "+3.20", "−1.25"]


def test_file_names_come_from_storey_names_and_differ() -> None:
    assert slug("../Level 1: Ground/floor") == "level-1-ground-floor"
    assert slug("二层") == "二层"
    assert slug("...") == "level"
    assert plan_names([("A", 0.0), ("a", 3.0), ("B", 6.0)]) == ["plan-a", "plan-a-2", "plan-b"]


def test_deviations_within_the_tolerance_share_one_colour() -> None:
    inside = ramp(np.array([-0.199, 0.0, 0.199]))
    assert (inside == inside[0]).all()
    below, above = ramp(np.array([-0.6, 0.6]))
    assert below[2] > below[0]  # blue inside
    assert above[0] > above[2]  # amber outside
    np.testing.assert_array_equal(ramp(np.array([-9.0])), ramp(np.array([-1.0])))


def test_tags_never_cover_each_other() -> None:
    page = blank("Title", "subtitle", None, "case")
    place_tags(page, [Tag(f"F-{n:03d}  Extra storey", CHANGE[Change.ADDED], (150.0 + n, 100.0)) for n in range(8)])
    page.figure.canvas.draw()
    boxes = [t.get_bbox_patch().get_window_extent() for t in page.paper.texts if t.get_bbox_patch() is not None]
    assert len(boxes) == 8
    for index, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[index + 1 :])


@pytest.mark.parametrize("scale", SCALES)
def test_scale_bars_fit_and_are_true(scale: int) -> None:
    page = blank("Title", "subtitle", None, "case")
    scale_bar(page, Frame(scale, (0.0, 1.0, 0.0, 1.0), (0.0, 1.0, 0.0, 1.0)), (239.0, 25.0))
    ends = [patch.get_x() + patch.get_width() for patch in page.paper.patches]
    assert 15.0 < max(ends) - 239.0 < 50.0
    metres = float(page.paper.texts[-1].get_text().removesuffix(" m"))
    assert (max(ends) - 239.0) / 1000.0 * scale == pytest.approx(metres)


def test_untrusted_names_are_never_read_as_formulas() -> None:
    page = blank("cost $x^2$ \\frac{", "$", ("F-001", CHANGE[Change.ADDED]), "a $b$ _c_ \\")
    page.figure.canvas.draw()
    assert any("$x^2$" in text.get_text() for text in page.paper.texts)


def test_pictures_and_viewer_give_one_meaning_one_colour() -> None:
    import re
    from pathlib import Path

    script = Path(__file__).resolve().parents[2] / "twin" / "evidence" / "viewer" / "src" / "palette.ts"
    text = script.read_text(encoding="utf-8")

    def colours(name: str) -> list[tuple[int, ...]]:
        (body,) = re.findall(rf"const {name}(?:: [^=]+)? = (\[.*?\]|{{.*?}});", text, re.DOTALL)
        return [tuple(map(int, found)) for found in re.findall(r"\[(\d+), (\d+), (\d+)\]", body)]

    assert colours("CHANGE") == [
        CHANGE[change] for change in (Change.ADDED, Change.REMOVED, Change.MOVED, Change.OBJECT)
    ]
    stops = [colour for _, colour in DEVIATION_STOPS]
    assert colours("INSIDE") == stops[:3]
    assert colours("OUTSIDE") == stops[-3:]
    assert f"const WITHIN: Rgb = [{', '.join(map(str, stops[3]))}]" in text


@pytest.mark.parametrize("kind", list(Kind))
def test_terminal_viewer_pictures_and_glossary_call_a_finding_by_one_name(kind: Kind) -> None:
    import json
    from pathlib import Path

    from cli.words import WORDS

    root = Path(__file__).resolve().parents[2]
    viewer = {
        language: json.loads((root / f"twin/evidence/viewer/texts/{language}.json").read_text(encoding="utf-8"))
        for language in ("en", "zh")
    }
    assert WORDS["zh"][kind.value] == viewer["zh"][f"kind.{kind}"] == words("zh").kind(kind)
    assert viewer["en"][f"kind.{kind}"] == words("en").kind(kind)
    assert f"| {kind} | {WORDS['zh'][kind.value]} |" in (root / "docs/glossary.md").read_text(encoding="utf-8")
