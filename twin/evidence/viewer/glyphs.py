"""The Chinese glyphs that a page needs, as a font small enough to carry inside it."""

from __future__ import annotations

import io
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from twin.errors import EvidenceError

_FIRST_CARRIED = 0x2E80
"""Every machine has Latin, Greek and Cyrillic letters; from the CJK radicals upwards a font must be carried."""


def carried_characters(texts: list[str]) -> str:
    """The characters of `texts` that a page must bring along, ascending."""
    return "".join(
        sorted({char for text in texts for char in text if ord(char) >= _FIRST_CARRIED and not _is_surrogate(char)})
    )


def _is_surrogate(char: str) -> bool:
    """Half of a character, left over from broken text."""
    return 0xD800 <= ord(char) <= 0xDFFF


@lru_cache(maxsize=4)
def font_with(characters: str) -> bytes:
    """Noto Sans SC reduced to `characters`, as WOFF2; characters that the font lacks are left out.

    Raises
    ------
    EvidenceError
        The font is not installed.
    """
    from fontTools import subset

    options = subset.Options(flavor="woff2", layout_features=["kern", "locl"], hinting=False, notdef_outline=True)
    options.name_IDs = [0, 1, 2, 13, 14]  # the licence travels with the font
    options.recalc_timestamp = False
    try:
        font: Any = subset.load_font(str(_font_path()), options, dontLoadGlyphNames=True)
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=characters)
        subsetter.subset(font)
        stream = io.BytesIO()
        subset.save_font(font, stream, options)
    except (OSError, ImportError) as error:
        raise EvidenceError("the Chinese font cannot be embedded", "run `make setup`") from error
    return stream.getvalue()


def _font_path() -> Path:
    spec = find_spec("zhplot")
    if spec is None or spec.origin is None:
        raise EvidenceError("the Chinese font is not installed", "run `make setup`")
    return Path(spec.origin).parent / "fonts" / "NotoSansSC-Regular.ttf"
