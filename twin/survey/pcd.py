"""The door for PCD (Point Cloud Library), version 0.5 to 0.7: ascii, binary and binary_compressed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import SurveyError
from twin.phrases import phrase
from twin.survey.fields import Column, full_scales, records_of, unpacked
from twin.survey.model import Scan
from twin.survey.records import RE_EXPORT, Contents, Records
from twin.survey.rows import Rows, check_rows

_HEADER_BYTES = 1 << 16
_PROBE = 65_536
_KEYS = ("VERSION", "FIELDS", "SIZE", "TYPE", "COUNT", "WIDTH", "HEIGHT", "VIEWPOINT", "POINTS", "DATA")
_KINDS = {
    ("F", 4): "<f4", ("F", 8): "<f8",
    ("U", 1): "u1", ("U", 2): "<u2", ("U", 4): "<u4", ("U", 8): "<u8",
    ("I", 1): "i1", ("I", 2): "<i2", ("I", 4): "<i4", ("I", 8): "<i8",
}  # fmt: skip
_NO_VIEWPOINT = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]

Slices = Callable[[int], Iterator[Mapping[str, Column]]]


@dataclass(frozen=True, eq=False)
class _Header:
    """What stands before the points; `start` is where they begin, in bytes."""

    record: np.dtype[Any]
    points: int
    grid: tuple[int, int] | None
    data: str
    start: int
    moved: bool


def is_pcd(head: bytes) -> bool:
    """Whether a file that begins like this is a PCD."""
    words = {line.split(b" ")[0].strip() for line in head.splitlines()[:20]}
    return head.startswith(b"# .PCD") or {b"FIELDS", b"SIZE", b"TYPE"} <= words


def open_pcd(path: Path) -> Contents:
    """The points of a PCD file, as one scan.

    Its viewpoint is not taken as a station: programs disagree whether it is the sensor's position among the points
    or a transform still to be applied.
    """
    header = _header(path)
    slices = _SLICES[header.data](path, header)
    tops = full_scales(next(iter(slices(_PROBE)), {}))

    def records(size: int) -> Iterator[Records]:
        """All records in file order, at most `size` at a time."""
        for columns in slices(size):
            yield records_of(columns, 0, tops)

    return Contents(
        format=f"PCD {header.data}",
        scans=(Scan(path.stem, None, header.points, 0, header.grid),),
        records=records,
        notes=(phrase("it states a viewpoint, which was not applied"),) if header.moved else (),
    )


def _header(path: Path) -> _Header:
    with path.open("rb") as stream:
        head = stream.read(_HEADER_BYTES)
    words: dict[str, list[str]] = {}
    start = 0
    while "DATA" not in words:
        end = head.find(b"\n", start)
        if end < 0:
            raise SurveyError(f"{path}: cut off within the PCD header", RE_EXPORT)
        line = head[start:end].decode("ascii", "replace").split("#")[0].split()
        start = end + 1
        if line and line[0] not in _KEYS:
            raise SurveyError(f"{path}: the PCD header has an unknown line {line[0][:20]!r}", RE_EXPORT)
        if line:
            words[line[0]] = line[1:]
    try:
        return _understood(path, words, start)
    except (KeyError, ValueError, IndexError) as error:
        raise SurveyError(f"{path}: the PCD header is damaged or incomplete", RE_EXPORT) from error


def _understood(path: Path, words: dict[str, list[str]], start: int) -> _Header:
    fields, sizes, types = words["FIELDS"], [int(size) for size in words["SIZE"]], words["TYPE"]
    counts = [int(count) for count in words.get("COUNT", ["1"] * len(fields))]
    if not len(fields) == len(sizes) == len(types) == len(counts) or min(counts) < 1:
        raise ValueError("fields, sizes, types and counts differ in number")
    if not {"x", "y", "z"} <= set(fields):
        raise SurveyError(f"{path}: the PCD has no fields x, y and z, but {' '.join(fields)[:60]}", RE_EXPORT)
    names = [name if fields.count(name) == 1 else f"{name}#{index}" for index, name in enumerate(fields)]
    kinds = [_KINDS[kind, size] for kind, size in zip(types, sizes, strict=True)]
    shapes = [(count,) if count > 1 else () for count in counts]
    record = np.dtype(list(zip(names, kinds, shapes, strict=True)))
    width, height = int(words["WIDTH"][0]), int(words["HEIGHT"][0])
    points = int(words["POINTS"][0]) if "POINTS" in words else width * height
    if points < 0 or points != width * height:
        raise SurveyError(f"{path}: the PCD header counts {points:,} points but {width} x {height}", RE_EXPORT)
    data = words["DATA"][0]
    if data not in _SLICES:
        raise SurveyError(f"{path}: PCD data {data[:20]!r} is not known", "save it as binary PCD")
    viewpoint = [float(word) for word in words.get("VIEWPOINT", [])]
    grid = (height, width) if height > 1 else None
    return _Header(record, points, grid, data, start, viewpoint not in ([], _NO_VIEWPOINT))


def _columns(table: NDArray[Any], names: tuple[str, ...]) -> dict[str, Column]:
    """Columns by name, colours unpacked."""
    columns: dict[str, Column] = {name: table[name] for name in names if table.dtype[name].shape == ()}
    for packed in ("rgb", "rgba"):
        if packed in columns and columns[packed].dtype.itemsize == 4:
            columns |= unpacked(np.ascontiguousarray(columns[packed]).view(np.uint32))
    for short, name in (("r", "red"), ("g", "green"), ("b", "blue"), ("i", "intensity")):
        if short in columns:
            columns.setdefault(name, columns[short])
    return columns


def _binary(path: Path, header: _Header) -> Slices:
    room = (path.stat().st_size - header.start) // header.record.itemsize
    if room < header.points:
        raise SurveyError(
            f"{path}: the header counts {header.points:,} points, the file has room for {room:,}", RE_EXPORT
        )

    def slices(size: int) -> Iterator[Mapping[str, Column]]:
        """All columns in file order, at most `size` rows at a time."""
        if header.points == 0:
            return
        table = np.memmap(path, header.record, "r", header.start, (header.points,))
        for start in range(0, header.points, size):
            yield _columns(np.asarray(table[start : start + size]), header.record.names or ())

    return slices


def _compressed(path: Path, header: _Header) -> Slices:
    """Unpacked into a nameless file on disk, as the format packs all points in one piece, field after field."""
    from twin.survey.lzf import decompress

    with path.open("rb") as stream:
        stream.seek(header.start)
        sizes = np.frombuffer(stream.read(8), "<u4")
    needed = header.points * header.record.itemsize
    if len(sizes) < 2 or header.start + 8 + int(sizes[0]) > path.stat().st_size:
        raise SurveyError(f"{path}: cut off within its compressed points", RE_EXPORT)
    if int(sizes[1]) != needed:
        raise SurveyError(f"{path}: {int(sizes[1]):,} bytes of points where its header says {needed:,}", RE_EXPORT)

    def slices(size: int) -> Iterator[Mapping[str, Column]]:
        """All columns in file order, at most `size` rows at a time."""
        if needed == 0:
            return
        packed = np.asarray(np.memmap(path, np.uint8, "r", header.start + 8, (int(sizes[0]),)))
        if needed > shutil.disk_usage(tempfile.gettempdir()).free:
            raise SurveyError(f"{path}: no room to unpack {needed / 1e9:,.1f} GB of points", "free some space")
        with tempfile.TemporaryFile() as scratch:
            plain = np.memmap(scratch, np.uint8, "w+", 0, (needed,))
            if decompress(packed, np.asarray(plain)) != needed:
                raise SurveyError(f"{path}: its compressed points are damaged", RE_EXPORT)
            yield from _by_field(np.asarray(plain), header, size)

    return slices


def _by_field(plain: NDArray[np.uint8], header: _Header, size: int) -> Iterator[Mapping[str, Column]]:
    names = header.record.names or ()
    wholes, at = {}, 0
    for name in names:
        kind = header.record[name]
        stop = at + header.points * kind.itemsize
        if kind.shape == ():
            wholes[name] = plain[at:stop].view(kind)
        at = stop
    plain_record = np.dtype([(name, whole.dtype) for name, whole in wholes.items()])
    for start in range(0, header.points, size):
        count = min(size, header.points - start)
        table = np.zeros(count, plain_record)
        for name, whole in wholes.items():
            table[name] = whole[start : start + count]
        yield _columns(table, tuple(wholes))


def _ascii(path: Path, header: _Header) -> Slices:
    names = header.record.names or ()
    widths = [int(np.prod(header.record[name].shape)) for name in names]
    check_rows(path, header.start, header.points, sum(widths))
    places = dict(zip(names, np.cumsum([0, *widths[:-1]]), strict=True))

    def slices(size: int) -> Iterator[Mapping[str, Column]]:
        """All columns in file order, at most `size` rows at a time."""
        with path.open("rb") as stream:
            stream.seek(header.start)
            for values in Rows(path, stream).blocks(None, sum(widths), size):
                table = np.zeros(len(values), header.record)
                for name, width in zip(names, widths, strict=True):
                    if width == 1:
                        with np.errstate(invalid="ignore"):
                            table[name] = values[:, places[name]]
                yield _columns(table, names)

    return slices


_SLICES = {"ascii": _ascii, "binary": _binary, "binary_compressed": _compressed}
