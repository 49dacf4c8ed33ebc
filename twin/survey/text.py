"""The door for plain text of points: XYZ, CSV, TXT, ASC, with or without a line of names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.arrays import Floats
from twin.errors import SurveyError
from twin.phrases import phrase
from twin.survey.fields import full_scales, records_of
from twin.survey.model import Scan
from twin.survey.records import RE_EXPORT, Contents, Records
from twin.survey.rows import Rows, Style, last_line_notes, tidied

_HEAD_BYTES = 1 << 16
_COUNTED_AT_ONCE = 1_000_000
_PROBE = 65_536
_MOST_HEADER_LINES = 200
_BYTE = 255.0
_MARKS = re.compile(r"^(#|//|;)\s*")
_BRACKETS = re.compile(r"[\[(].*?[\])]|[\"']")
_NAMES = {
    "x": {"x", "easting", "eastings", "east", "e", "x_coordinate", "coord_x", "pos_x"},
    "y": {"y", "northing", "northings", "north", "n", "y_coordinate", "coord_y", "pos_y"},
    "z": {"z", "height", "h", "elevation", "elev", "altitude", "alt", "z_coordinate", "coord_z", "pos_z", "rl"},
    "red": {"r", "red"},
    "green": {"g", "green"},
    "blue": {"b", "blue"},
    "intensity": {"i", "intensity", "reflectance", "scalar_intensity"},
}
_DEGREES = {"lat", "latitude", "lon", "long", "longitude"}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where what stands in a row: `places` by column name, `width` numbers a row, `start` of the first in bytes."""

    style: Style
    width: int
    places: dict[str, int]
    start: int
    notes: tuple[str, ...] = ()


def open_text(path: Path) -> Contents:
    """The points of a text file, as one scan of unknown station."""
    layout = sniffed(path)
    count = _counted(path, layout)
    notes = layout.notes + last_line_notes(path)
    tops = full_scales(next(iter(_columns(path, layout, _PROBE)), {}))

    def records(size: int) -> Iterator[Records]:
        """All records in file order, at most `size` at a time."""
        for columns in _columns(path, layout, size):
            yield records_of(columns, 0, tops)

    return Contents(format="text", scans=(Scan(path.stem, None, count),), records=records, notes=notes)


def sniffed(path: Path) -> Layout:
    """Separator, decimal mark, columns and first row of a text file; `SurveyError` where it is none of points."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    whole = len(head) < _HEAD_BYTES
    _refuse_binary(path, head)
    start = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    header: list[str] = []
    lines = head[start:].splitlines(keepends=True)
    for index, raw in enumerate(lines[:_MOST_HEADER_LINES]):
        line = raw.decode("utf-8", "replace").strip()
        style = _style(line)
        tokens = _tokens(line, style)
        if _numeric(tokens, style):
            sample = _sample(lines[index : None if whole else -1], style, len(tokens))
            return _laid_out(path, style, header, sample, start)
        header.append(_MARKS.sub("", line))
        start += len(raw)
    raise SurveyError(f"{path}: holds no rows of numbers", "give text with x, y and z in each row")


def _refuse_binary(path: Path, head: bytes) -> None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SurveyError(f"{path}: is text in UTF-16", "save it as UTF-8 or ASCII")
    odd = sum(head.count(bytes([code])) for code in range(32) if code not in (9, 10, 12, 13, 26))
    if odd:
        raise SurveyError(
            f"{path}: is neither a known cloud format nor text", "give E57, LAS, LAZ, PLY, PCD, PTS, PTX or text"
        )


def _style(line: str) -> Style:
    """By what splits a row into numbers; a comma that splits none is the decimal mark."""
    if ";" in line:
        return Style(";", decimal_comma=True)
    by_comma = [token.strip() for token in line.split(",")]
    if len(by_comma) > 1 and not any(" " in token or "\t" in token for token in by_comma):
        return Style(",")
    return Style(" ", "," in line)


def _tokens(line: str, style: Style) -> list[str]:
    return line.split() if style.separator == " " else [token.strip() for token in line.split(style.separator)]


def _numeric(tokens: list[str], style: Style) -> bool:
    try:
        [float(token.strip('"').replace(",", ".") if style.decimal_comma else token.strip('"')) for token in tokens]
    except ValueError:
        return False
    return len(tokens) > 0


def _sample(lines: list[bytes], style: Style, width: int) -> Floats:
    """The first rows as numbers, as far as they are of one width."""
    rows = []
    for line in tidied(b"".join(lines[:1000]), style).decode("utf-8", "replace").splitlines():
        tokens = line.split(style.separator)
        if len(tokens) != width or not _numeric(tokens, Style()):
            break
        rows.append([float(token) for token in tokens])
    return np.array(rows, np.float64).reshape(-1, width)


def _laid_out(path: Path, style: Style, header: list[str], sample: Floats, start: int) -> Layout:
    width = sample.shape[1]
    if width < 3:
        raise SurveyError(f"{path}: has {width} numbers a row, a point has at least x, y and z", RE_EXPORT)
    for line in reversed(header):
        names = [_BRACKETS.sub("", token).strip().lower() for token in _tokens(line, style)]
        if _DEGREES & set(names):
            raise SurveyError(f"{path}: its coordinates are latitude and longitude", "project them to metres first")
        places = _by_name(names) if len(names) == width else {}
        if {"x", "y", "z"} <= set(places):
            return Layout(style, width, places, start)
    places = _by_value(sample)
    order = ", ".join(sorted(places, key=lambda name: places[name]))
    note = phrase("its columns have no names we know: taken as {order}", order=order)
    return Layout(style, width, places, start, (note,))


def _by_name(names: list[str]) -> dict[str, int]:
    return {
        name: next(place for place, own in enumerate(names) if own in synonyms)
        for name, synonyms in _NAMES.items()
        if synonyms & set(names)
    }


def _by_value(sample: Floats) -> dict[str, int]:
    """Columns by what they hold: coordinates first, after a running number at most; colours are three whole bytes."""
    first = int(_counts_up(sample))
    places = {"x": first, "y": first + 1, "z": first + 2}
    rest = sample[:, first + 3 :]
    for offset in range(rest.shape[1] - 2):
        triple = rest[:, offset : offset + 3]
        if len(triple) and bool(((triple == np.round(triple)) & (triple >= 0) & (triple <= _BYTE)).all()):
            places |= {name: first + 3 + offset + i for i, name in enumerate(("red", "green", "blue"))}
            break
    beside = {1, 4} & {rest.shape[1]}
    if beside and places.get("red") != first + 3:
        places["intensity"] = first + 3
    elif beside:
        places["intensity"] = first + 6
    return places


def _counts_up(sample: Floats) -> bool:
    """Whether the first of four or more columns is a running number, as total stations write it."""
    if sample.shape[1] < 4 or len(sample) < 3:
        return False
    number = sample[:, 0]
    return bool((np.diff(number) == 1.0).all() and (number == np.round(number)).all())


def _counted(path: Path, layout: Layout) -> int:
    """Rows in the file."""
    count = 0
    with path.open("rb") as stream:
        stream.seek(layout.start)
        rows = Rows(path, stream, layout.style)
        while raw := rows.take(_COUNTED_AT_ONCE):
            count += tidied(raw, layout.style).count(b"\n")
    return count


def _columns(path: Path, layout: Layout, size: int) -> Iterator[dict[str, Floats]]:
    with path.open("rb") as stream:
        stream.seek(layout.start)
        for values in Rows(path, stream, layout.style).blocks(None, layout.width, size):
            yield {name: values[:, place] for name, place in layout.places.items()}
