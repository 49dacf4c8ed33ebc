"""One thing has one name: in the terminal, on every page, in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import project_words, words
from pipelines.batch.words import words as batch_words
from twin.conformity.milestone import Milestone
from twin.conformity.model import Kind, Verdict
from twin.evidence.viewer.wording import words_of
from twin.supervision import dashboard
from twin.supervision.states import Standing, State, Tier

NAMED = {"verdict": Verdict, "kind": Kind, "standing": Standing, "state": State, "tier": Tier, "milestone": Milestone}


def said(language: str) -> dict[str, dict[str, str]]:
    """Words by their keys, place by place."""
    texts = Path(dashboard.__file__).parent / "texts" / f"{language}.json"
    return {
        "terminal": words.words(language),
        "projects": project_words.WORDS[language],
        "batch": batch_words(language),
        "viewer": words_of(language),
        "dashboard": json.loads(texts.read_text("utf-8")),
    }


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("group", NAMED)
def test_a_thing_has_one_name(language: str, group: str) -> None:
    places = said(language)
    for item in NAMED[group]:
        names = {
            place: texts[key].lower()
            for place, texts in places.items()
            for key in (item.value, f"{group}.{item.value}", *([f"status.{item.value}"] if group == "verdict" else []))
            if key in texts
        }
        assert len(names) >= 1, item
        assert len(set(names.values())) == 1, names
