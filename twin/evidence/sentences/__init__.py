"""What is found, said in the language of the case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files

from twin.conformity.model import Judgement
from twin.phrases import Phrase

SOURCE = "en"
"""The language of templates."""


@cache
def templates(language: str) -> Mapping[str, str]:
    """Templates in a language by those of the programme; none for its own."""
    if language == SOURCE:
        return {}
    text = (files(__package__) / f"{language}.json").read_text(encoding="utf-8")
    return {str(source): str(said) for source, said in json.loads(text).items()}


def said(text: str, language: str) -> str:
    """A text in a language: phrases by its templates, all other text as it is."""
    return text.translated(templates(language)) if isinstance(text, Phrase) else text


def in_language(judgement: Judgement, language: str) -> Judgement:
    """The judgement with titles, rules, caveats and notes in a language."""
    findings = tuple(
        replace(
            finding,
            title=said(finding.title, language),
            rule=said(finding.rule, language),
            caveats=tuple(said(caveat, language) for caveat in finding.caveats),
        )
        for finding in judgement.findings
    )
    indicators = tuple(replace(row, rule=said(row.rule, language)) for row in judgement.indicators)
    notes = tuple(said(note, language) for note in judgement.notes)
    return replace(judgement, findings=findings, indicators=indicators, notes=notes)
