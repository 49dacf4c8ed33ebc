"""Sentences of findings in other languages: none is missing, none is left over, and none loses a number."""

from __future__ import annotations

import ast
import copy
import pickle
from pathlib import Path
from string import Formatter

import pytest
from support import inspections
from support.observing import inspected, observed
from support.worlds import honest, with_extra_storey

from twin.conformity.model import Judgement
from twin.evidence.sentences import in_language, said, templates
from twin.phrases import Phrase, phrase

ROOT = Path(__file__).resolve().parents[2]


def _written() -> dict[str, str]:
    """Every template that the programme writes out, and where."""
    found = {}
    for path in sorted([*(ROOT / "twin").rglob("*.py"), *(ROOT / "pipelines").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "phrase":
                template = node.args[0]
                assert isinstance(template, ast.Constant), f"{path.name}, line {node.lineno}: write the template out"
                found[str(template.value)] = f"{path.name}, line {node.lineno}"
    return found


def _fields(template: str) -> list[tuple[str, str]]:
    return sorted((name, spec or "") for _, name, spec, _ in Formatter().parse(template) if name is not None)


def test_every_sentence_is_translated_and_no_translation_is_left_over() -> None:
    written = _written()
    assert len(written) > 50
    assert set(templates("zh")) == set(written)


def test_a_translation_says_every_number_with_as_many_digits() -> None:
    for source, translated in templates("zh").items():
        assert _fields(source) == _fields(translated), source


def test_a_translation_is_chinese_and_accuses_nobody() -> None:
    for translated in templates("zh").values():
        assert any(ord(letter) >= 0x2E80 for letter in translated)
        assert "违法" not in translated
        assert "违章" not in translated


def test_a_phrase_is_its_english_and_keeps_what_it_is_made_of_when_copied() -> None:
    inner = phrase("Unapproved extension")
    text = phrase("{kind}: {area:.1f} m2, {height:.2f} m high", kind=inner, area=12.345, height=2.5)
    assert text == "Unapproved extension: 12.3 m2, 2.50 m high"
    for copied in (copy.deepcopy(text), pickle.loads(pickle.dumps(text))):
        assert isinstance(copied, Phrase)
        assert said(copied, "zh") == "未经批准的扩建：12.3 m²，高 2.50 m"
    assert said(text, "en") == text


@pytest.mark.parametrize("name", ["{0}", "{kind", "a } brace", "%s", "Wand {Süd}"])
def test_a_name_with_braces_stays_the_name(name: str) -> None:
    text = phrase("{element} stands {size:.2f} m from its approved place", element=name, size=0.25)
    assert name in text
    assert name in said(text, "zh")


def _texts(judgement: Judgement) -> list[str]:
    texts = [*judgement.notes, *(row.rule for row in judgement.indicators)]
    return texts + [text for f in judgement.findings for text in (f.title, f.rule, *f.caveats)]


def test_a_whole_judgement_is_said_in_chinese() -> None:
    judgement = inspected(observed(with_extra_storey(honest()), density=40.0)).judgement
    translated = in_language(judgement, "zh")
    assert len(_texts(translated)) == len(_texts(judgement)) > 5
    assert all(isinstance(text, Phrase) for text in _texts(judgement))
    assert all(any(ord(letter) >= 0x2E80 for letter in text) for text in _texts(translated))


def test_text_that_is_no_phrase_stays_as_it_is() -> None:
    judgement = inspections.judgement(inspections.finding())
    assert _texts(in_language(judgement, "zh")) == _texts(judgement)
