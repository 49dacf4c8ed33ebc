"""Names as the files give them, made safe to print in one line."""

from __future__ import annotations

import unicodedata
from typing import Any

MAX_NAME = 200
"""Characters kept of any name: longer ones are a mistake or an attack, and no table shows them."""


def plain(value: Any) -> str:
    """`value` as one line of text: control characters become blanks, long text is cut with an ellipsis."""
    if value is None:
        return ""
    text = "".join(" " if unicodedata.category(character) in _UNPRINTABLE else character for character in str(value))
    text = text.strip()
    return text if len(text) <= MAX_NAME else text[: MAX_NAME - 1] + "…"


_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Control, format (which reverses the direction of writing), surrogate, private, line and paragraph separators."""
