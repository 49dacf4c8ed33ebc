"""Small tables that people write by hand: comma-separated text with a line of names."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np

from twin.errors import InputError


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table.

    Attributes
    ----------
    path : Path
    number : int
        In the file, from 1.
    cells : dict of str to str
        By column, in small letters; stripped.
    hint : str
        What to do about whatever is wrong with it.
    """

    path: Path
    number: int
    cells: dict[str, str]
    hint: str

    def value(self, column: str) -> float:
        """A finite number; `InputError` by file, line and column where it is none."""
        try:
            value = float(self.cells.get(column, ""))
        except ValueError as error:
            raise self.wrong(f"{column} is not a number") from error
        if not np.isfinite(value):
            raise self.wrong(f"{column} is not finite")
        return value

    def wrong(self, what: str) -> InputError:
        """The error that says what is wrong in this line."""
        return InputError(f"{self.path}, line {self.number}: {what}", self.hint)


def read_lines(path: Path, columns: Sequence[str], hint: str) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    """The names of the columns, in small letters, and the lines below them, blank ones left out.

    Raises
    ------
    InputError
        Unreadable, no such text, in another encoding than UTF-8, or a column missing.
    """
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(StringIO(_text(path), newline=""), strict=True)]
    except csv.Error as error:
        raise InputError(f"{path}: is no CSV text", hint) from error
    numbered = [(number, row) for number, row in enumerate(rows, start=1) if any(row)]
    header = tuple(cell.lower() for cell in numbered[0][1]) if numbered else ()
    for column in columns:
        if column not in header:
            raise InputError(f"{path}: lacks the column {column}", hint)
    lines = (Line(path, number, dict(zip(header, row, strict=False)), hint) for number, row in numbered[1:])
    return header, tuple(lines)


def _text(path: Path) -> str:
    content = b""
    try:
        content = path.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})", "name a readable CSV file") from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        hint = 'save it as "CSV UTF-8"; spreadsheets often write GBK or UTF-16'
        raise InputError(f"{path}, line {line}: is not UTF-8 text", hint) from error
