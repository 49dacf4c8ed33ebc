"""Rows of numbers in text, read in blocks: as fast as a good parser allows, in memory that does not grow.

Text of instruments mixes blanks, tabs, line ends of three kinds, comments and decimal commas. `tidied` brings a block
to one separator and one line end, so that one strict parser can read it; what that refuses is named by its line.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from twin.arrays import Floats
from twin.errors import SurveyError
from twin.phrases import phrase
from twin.survey.records import RE_EXPORT

_BLOCK_BYTES = 1 << 23
_USUAL_LINE = 256
_LINE_FEED = 10
_COMMENTS = re.compile(rb"(?m)^ *(?:#|//|;).*\n?")


@dataclass(frozen=True, slots=True)
class Style:
    """How numbers stand in a row: `separator` between them, and whether a comma is the decimal mark."""

    separator: str = " "
    decimal_comma: bool = False


def tidied(block: bytes, style: Style) -> bytes:
    """`block` with one separator between numbers, one line feed after each row, no comments or empty lines."""
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    block = block.replace(b"\t", b" ")
    if style.separator != " ":
        block = block.replace(b" ", b"").replace(b'"', b"")
    else:
        block = _single(block, b" ").replace(b"\n ", b"\n").replace(b" \n", b"\n").removeprefix(b" ")
    if b"#" in block or b"//" in block or b"\n;" in block or block.startswith(b";"):
        block = _COMMENTS.sub(b"", block)
    block = _single(block, b"\n").removeprefix(b"\n")
    if style.decimal_comma:
        block = block.replace(b",", b".")
    return block if not block or block.endswith(b"\n") else block + b"\n"


def _single(block: bytes, mark: bytes) -> bytes:
    """`block` with one `mark` for each run of them; replacing pairs again and again is faster than any pattern."""
    while mark + mark in block:
        block = block.replace(mark + mark, mark)
    return block


def parsed(block: bytes, columns: int, style: Style) -> Floats | None:
    """Numbers of a tidied block, (n, columns) float64, or None where a row is no row of so many numbers.

    A field left blank between two separators is NaN.
    """
    import polars
    from polars.exceptions import PolarsError

    schema = {str(index): polars.Float64 for index in range(columns)}
    try:
        frame = polars.read_csv(
            io.BytesIO(block),
            has_header=False,
            separator=style.separator,
            schema=schema,
            quote_char=None,
        )
    except PolarsError:
        return None
    rows = block.count(b"\n")
    if frame.width != columns or frame.height != rows:
        return None
    blank = sum(frame.null_count().row(0)) > 0
    if blank and (style.separator == " " or block.count(style.separator.encode()) != rows * (columns - 1)):
        return None
    return frame.to_numpy(order="c")


def last_line_notes(path: Path) -> tuple[str, ...]:
    """A note where the last line of a file has no end: of a number cut short every digit left looks right."""
    with path.open("rb") as stream:
        stream.seek(max(stream.seek(0, 2) - 1, 0))
        return () if stream.read(1) in (b"\n", b"\r") else (phrase("its last line has no end: it may be cut off"),)


def check_rows(path: Path, start: int, count: int, columns: int) -> None:
    """Refuses a count of rows that the rest of the file has no room for, at a digit and a separator a number."""
    room = (path.stat().st_size - start + 1) // (2 * columns)
    if count > room:
        raise SurveyError(f"{path}: the header counts {count:,} points, the file has room for {room:,}", RE_EXPORT)


class Rows:
    """Lines of one stream in order: single ones for headers, many at a time for points."""

    def __init__(self, path: Path, stream: BinaryIO, style: Style = Style()) -> None:
        self._path, self._stream, self._style = path, stream, style
        self._offset = stream.tell()
        self._held, self._at, self._ended = b"", 0, False
        self._lines = 0

    @property
    def offset(self) -> int:
        """Where the next line begins in the file, in bytes."""
        return self._offset + self._at

    @property
    def lines(self) -> int:
        """Lines handed out so far."""
        return self._lines

    def line(self) -> str | None:
        """The next line that is not empty, or None at the end of the file."""
        while raw := self.take(1):
            text = raw.decode("utf-8", "replace").strip()
            if text:
                return text
        return None

    def take(self, lines: int) -> bytes:
        """Up to so many raw lines, fewer where they are long; empty only at the end of the file."""
        self._fill()
        window = self._held[self._at : self._at + lines * _USUAL_LINE]
        cut = _cut(window, lines)
        if cut == 0 and len(window) < len(self._held) - self._at:
            window = self._held[self._at :]
            cut = _cut(window, lines)
        if cut == 0 or (self._ended and window.count(b"\n") < lines and self._at + len(window) == len(self._held)):
            cut = len(window)
        self._at += cut
        block = window[:cut]
        self._lines += block.count(b"\n") + (bool(block) and not block.endswith(b"\n"))
        return block

    def blocks(self, count: int | None, columns: int, size: int) -> Iterator[Floats]:
        """The next `count` rows (all that are left where None), as (n, columns) arrays of at most `size` rows.

        Fewer rows than asked come where the file ends; a row of other than `columns` numbers is refused.
        """
        left = count
        while left is None or left > 0:
            before = self._lines
            raw = self.take(size if left is None else min(size, left))
            if not raw:
                return
            block = tidied(raw, self._style)
            values = parsed(block, columns, self._style) if block else None
            if block and values is None:
                raise self._refusal(raw, before, columns)
            if left is not None:
                left -= self._lines - before
            if values is not None:
                yield values

    def _fill(self) -> None:
        """Holds at least one whole line, or all that is left."""
        while not self._ended and self._held.find(b"\n", self._at) < 0:
            if len(self._held) - self._at > _BLOCK_BYTES:
                raise SurveyError(f"{self._path}: line {self._lines + 1} does not end", "is it a text of points?")
            fresh = self._stream.read(_BLOCK_BYTES)
            self._ended = len(fresh) < _BLOCK_BYTES
            self._offset += self._at
            self._held, self._at = self._held[self._at :] + fresh, 0

    def _refusal(self, raw: bytes, before: int, columns: int) -> SurveyError:
        for number, line in enumerate(raw.splitlines(keepends=True), before + 1):
            block = tidied(line, self._style)
            if block and parsed(block, columns, self._style) is None:
                shown = line.strip()[:40].decode("utf-8", "replace")
                return SurveyError(f"{self._path}: line {number} is not {columns} numbers: {shown!r}", RE_EXPORT)
        return SurveyError(f"{self._path}: after line {before + 1} are rows of other than {columns} numbers", RE_EXPORT)


def _cut(window: bytes, lines: int) -> int:
    """Where so many lines end in `window`, or the last whole one; 0 where none does."""
    if lines == 1:
        return window.find(b"\n") + 1
    ends = np.flatnonzero(np.frombuffer(window, np.uint8) == _LINE_FEED)
    return int(ends[min(lines, len(ends)) - 1]) + 1 if len(ends) else 0
