"""The door for PLY (Stanford polygon format): ascii and binary of either byte order; a mesh gives its vertices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twin.errors import SurveyError
from twin.phrases import phrase
from twin.survey.fields import Column, full_scales, records_of
from twin.survey.model import Scan
from twin.survey.records import RE_EXPORT, Contents, Records
from twin.survey.rows import Rows, check_rows

_HEADER_BYTES = 1 << 16
_PROBE = 65_536
_KINDS = {
    "char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4",
    "float": "f4", "double": "f8", "int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2",
    "int32": "i4", "uint32": "u4", "float32": "f4", "float64": "f8", "int64": "i8", "uint64": "u8",
}  # fmt: skip
_ORDERS = {"ascii": "=", "binary_little_endian": "<", "binary_big_endian": ">"}
_SYNONYMS = {
    "red": ("red", "r", "diffuse_red", "scalar_red"),
    "green": ("green", "g", "diffuse_green", "scalar_green"),
    "blue": ("blue", "b", "diffuse_blue", "scalar_blue"),
    "intensity": ("intensity", "scalar_intensity", "reflectance", "scalar_reflectance"),
}

Slices = Callable[[int], Iterator[Mapping[str, Column]]]


@dataclass(frozen=True, slots=True)
class _Element:
    """A table of the file: its properties in order, None as the type of a list."""

    name: str
    count: int
    properties: tuple[tuple[str, str | None], ...]

    @property
    def has_lists(self) -> bool:
        """Whether a property is a list, so that records differ in length."""
        return any(kind is None for _, kind in self.properties)

    def record(self, order: str) -> np.dtype[Any]:
        """One row in binary form, lists left out."""
        return np.dtype([(name, order + kind) for name, kind in self.properties if kind is not None])


@dataclass(frozen=True, eq=False)
class _Header:
    encoding: str
    elements: tuple[_Element, ...]
    start: int

    @property
    def place(self) -> int:
        """Index of the vertices among the elements."""
        return [element.name for element in self.elements].index("vertex")

    @property
    def vertex(self) -> _Element:
        """The element that holds the points."""
        return self.elements[self.place]


def open_ply(path: Path) -> Contents:
    """The vertices of a PLY file, as one scan of unknown station."""
    header = _header(path)
    slices = (_ascii if header.encoding == "ascii" else _binary)(path, header)
    names = _names(header.vertex)
    tops = full_scales(_named(next(iter(slices(_PROBE)), {}), names))

    def records(size: int) -> Iterator[Records]:
        """All records in file order, at most `size` at a time."""
        for columns in slices(size):
            yield records_of(_named(columns, names), 0, tops)

    faces = any(element.has_lists and element.count for element in header.elements)
    return Contents(
        format=f"PLY {header.encoding}",
        scans=(Scan(path.stem, None, header.vertex.count),),
        records=records,
        notes=(phrase("it is a mesh: its vertices were taken for points"),) if faces else (),
    )


def _header(path: Path) -> _Header:
    with path.open("rb") as stream:
        head = stream.read(_HEADER_BYTES)
    end = head.find(b"end_header")
    stop = head.find(b"\n", end)
    if end < 0 or stop < 0:
        raise SurveyError(f"{path}: cut off within the PLY header", RE_EXPORT)
    lines = [line.split() for line in head[:end].decode("ascii", "replace").splitlines()]
    try:
        header = _understood(lines[1:], stop + 1)
    except (KeyError, ValueError, IndexError) as error:
        raise SurveyError(f"{path}: the PLY header is damaged", RE_EXPORT) from error
    if "vertex" not in {element.name for element in header.elements}:
        raise SurveyError(f"{path}: the PLY has no vertices", "export the cloud, not the faces alone")
    _check_vertex(path, header)
    return header


def _understood(lines: list[list[str]], start: int) -> _Header:
    encoding, elements = "", []
    for words in lines:
        match words:
            case ["format", word, _]:
                encoding = word
            case ["element", name, count]:
                elements.append(_Element(name, int(count), ()))
            case ["property", "list", _, _, name]:
                elements[-1] = _with(elements[-1], name, None)
            case ["property", kind, name]:
                elements[-1] = _with(elements[-1], name, _KINDS[kind])
            case [] | ["comment" | "obj_info", *_]:
                continue
            case _:
                raise ValueError(f"unknown line {words[0]}")
    if encoding not in _ORDERS or any(element.count < 0 for element in elements):
        raise ValueError("no such format")
    return _Header(encoding, tuple(elements), start)


def _with(element: _Element, name: str, kind: str | None) -> _Element:
    if name in dict(element.properties):
        raise ValueError(f"two properties {name}")
    return _Element(element.name, element.count, (*element.properties, (name, kind)))


def _check_vertex(path: Path, header: _Header) -> None:
    properties = dict(header.vertex.properties)
    if any(properties.get(axis) is None for axis in "xyz"):
        raise SurveyError(f"{path}: the PLY's vertices have no x, y and z", "export it with coordinates")
    before = header.elements[: header.place + 1]
    if any(element.has_lists and element.count for element in before):
        raise SurveyError(
            f"{path}: lists stand before or within the PLY's vertices", "export it with plain vertices first"
        )


def _names(vertex: _Element) -> dict[str, str]:
    """Our name of each property that matters, to the file's own."""
    own = {name.lower(): name for name, _ in vertex.properties}
    names = {axis: axis for axis in "xyz"}
    for name, synonyms in _SYNONYMS.items():
        found = next((own[synonym] for synonym in synonyms if synonym in own), None)
        if found is not None:
            names[name] = found
    return names


def _named(columns: Mapping[str, Column], names: Mapping[str, str]) -> dict[str, Column]:
    return {name: columns[own] for name, own in names.items() if own in columns}


def _binary(path: Path, header: _Header) -> Slices:
    order = _ORDERS[header.encoding]
    record, count = header.vertex.record(order), header.vertex.count
    start = header.start + sum(e.count * e.record(order).itemsize for e in header.elements[: header.place])
    after = sum(_least_bytes(element, order) for element in header.elements[header.place + 1 :])
    size = path.stat().st_size
    if start + count * record.itemsize + after > size:
        room = max(size - start, 0) // record.itemsize
        raise SurveyError(
            f"{path}: cut off, the header counts {count:,} vertices, the file has room for {min(room, count):,}",
            RE_EXPORT,
        )

    def slices(size: int) -> Iterator[Mapping[str, Column]]:
        """All columns in file order, at most `size` rows at a time."""
        if count == 0:
            return
        table = np.asarray(np.memmap(path, record, "r", start, (count,)))
        for first in range(0, count, size):
            part = table[first : first + size]
            yield {name: part[name] for name in record.names or ()}

    return slices


def _least_bytes(element: _Element, order: str) -> int:
    """Bytes that an element takes at the least: a list is one byte, its length, when empty."""
    lists = sum(kind is None for _, kind in element.properties)
    return element.count * (element.record(order).itemsize + lists)


def _ascii(path: Path, header: _Header) -> Slices:
    vertex, skipped = header.vertex, sum(element.count for element in header.elements[: header.place])
    check_rows(path, header.start, vertex.count, len(vertex.properties))

    def slices(size: int) -> Iterator[Mapping[str, Column]]:
        """All columns in file order, at most `size` rows at a time."""
        with path.open("rb") as stream:
            stream.seek(header.start)
            rows = Rows(path, stream)
            for _ in range(skipped):
                rows.line()
            for values in rows.blocks(vertex.count, len(vertex.properties), size):
                yield {name: values[:, place] for place, (name, _) in enumerate(vertex.properties)}

    return slices
