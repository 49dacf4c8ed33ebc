"""The typeface of all pictures, which has Latin and Chinese, and how wide its text runs."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from twin.errors import EvidenceError

MM_PER_POINT = 25.4 / 72.0


@cache
def font_path() -> str:
    """The regular cut of Noto Sans SC that the package zhplot carries."""
    path = Path(str(files("zhplot"))) / "fonts" / "NotoSansSC-Regular.ttf"
    if not path.is_file():
        raise EvidenceError(f"{path}: the typeface for pictures is missing", "install the package zhplot again")
    return str(path)


@cache
def face(size_pt: float) -> Any:
    """Matplotlib's font properties at a size in points."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=font_path(), size=size_pt)


@cache
def _ruler() -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(font_path(), 100)


def width_mm(text: str, size_pt: float) -> float:
    """Length of one line of text on paper."""
    return float(_ruler().getlength(text)) / 100.0 * size_pt * MM_PER_POINT


def fitted(text: str, size_pt: float, room_mm: float) -> str:
    """`text` in one line, cut with an ellipsis where it is longer than the room."""
    line = " ".join(text.split())
    if width_mm(line, size_pt) <= room_mm:
        return line
    while line and width_mm(line + "…", size_pt) > room_mm:
        line = line[:-1]
    return line.rstrip() + "…"


def wrapped(text: str, size_pt: float, room_mm: float, most: int) -> list[str]:
    """`text` in at most `most` lines; words stay whole where blanks part them, Chinese breaks anywhere."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and width_mm(line + piece.rstrip(), size_pt) > room_mm:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    lines.append(line.rstrip())
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [fitted(each, size_pt, room_mm) for each in lines if each]


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    word = ""
    for letter in " ".join(text.split()):
        word += letter
        if letter == " " or ord(letter) >= 0x2E80:
            pieces.append(word)
            word = ""
    return [*pieces, word] if word else pieces
