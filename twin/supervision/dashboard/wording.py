"""The dashboard's own words, for whoever tells the same figures."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def words_of(language: str) -> dict[str, str]:
    """Texts by their keys; `language` is "en" or "zh"."""
    texts: dict[str, str] = json.loads((_HERE / "texts" / f"{language}.json").read_text("utf-8"))
    return texts
