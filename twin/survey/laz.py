"""Checks a LAZ file's own accounts before a decoder trusts them with memory.

The decoder reserves memory by the chunk table and by the sizes of layers; a damaged entry of a few bytes would end
the whole program, as memory that cannot be had is no error that could be caught. All these sizes are redundant: each
table must add up to the bytes that are there.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from twin.errors import SurveyError
from twin.survey.records import RE_EXPORT

USER_ID, RECORD_ID = b"laszip encoded", 22204
_POINTWISE_CHUNKED, _LAYERED_CHUNKED = 2, 3
_VARIABLE = 0xFFFFFFFF
_LARGEST_CHUNK_BYTES = 1 << 30
"""A chunk is unpacked as a whole; usual ones hold 50,000 points, about 2 MB."""

_LAYERS = {10: 9, 11: 1, 12: 2, 13: 1}
_EXTRA_BYTES = 14
"""The layered kind of extra bytes has one layer for each byte."""


@dataclass(frozen=True, slots=True)
class _Scheme:
    """How points are packed: layers of each chunk (0 where chunks are not layered), points a chunk."""

    layers: int
    chunk: int


def check_laz(path: Path, described: bytes, offset: int, record: int, count: int) -> None:
    """Refuses a LAZ whose chunk table or layers do not add up.

    Parameters
    ----------
    path : Path
    described : bytes
        What the variable-length record of LASzip holds.
    offset, record, count : int
        Where the points begin, bytes of each, and how many the header counts.
    """
    import lazrs

    scheme = _scheme(path, described, record)
    with path.open("rb") as stream:
        end = _check_place(path, stream, offset, record)
        stream.seek(offset)
        table = lazrs.read_chunk_table(stream, lazrs.LazVlr(described))
        _check_sums(path, table, scheme, count, end - offset - 8)
        if max(points for points, _ in table) * record > _LARGEST_CHUNK_BYTES:
            raise SurveyError(f"{path}: its chunks are too large to unpack", "compress it again in usual chunks")
        if scheme.layers:
            _check_layers(path, stream, table, offset + 8, record, scheme.layers)


def _scheme(path: Path, described: bytes, record: int) -> _Scheme:
    if len(described) < 34:
        raise SurveyError(f"{path}: its LASzip record is damaged", RE_EXPORT)
    compressor, coder, chunk, items = struct.unpack_from("<HH8xI16xH", described)
    if compressor not in (_POINTWISE_CHUNKED, _LAYERED_CHUNKED) or coder != 0:
        raise SurveyError(
            f"{path}: this kind of LAZ compression ({compressor}, {coder}) is not supported", "compress it again"
        )
    if len(described) != 34 + 6 * items or chunk == 0:
        raise SurveyError(f"{path}: its LASzip record is damaged", RE_EXPORT)
    kinds = [struct.unpack_from("<HH", described, 34 + 6 * item) for item in range(items)]
    if sum(size for _, size in kinds) != record:
        raise SurveyError(f"{path}: its LASzip record describes other points than its header", RE_EXPORT)
    if compressor == _POINTWISE_CHUNKED:
        return _Scheme(0, chunk)
    return _Scheme(sum(size if kind == _EXTRA_BYTES else _LAYERS.get(kind, 0) for kind, size in kinds), chunk)


def _check_place(path: Path, stream: BinaryIO, offset: int, record: int) -> int:
    """Where the chunk table is; each chunk holds at least one point as it is."""
    size = stream.seek(0, 2)
    stream.seek(offset)
    start = int(struct.unpack("<q", stream.read(8).ljust(8, b"\0"))[0])
    if start == -1:
        stream.seek(max(size - 8, 0))
        start = int(struct.unpack("<q", stream.read(8))[0])
    if not offset + 8 <= start <= size - 8:
        raise SurveyError(f"{path}: cut off, its chunk table lies beyond its end", RE_EXPORT)
    stream.seek(start)
    version, chunks = struct.unpack("<II", stream.read(8))
    if version != 0 or not 0 < chunks * record <= size:
        raise SurveyError(f"{path}: its chunk table is damaged", RE_EXPORT)
    return start


def _check_sums(path: Path, table: list[tuple[int, int]], scheme: _Scheme, count: int, room: int) -> None:
    points, held = sum(entry[0] for entry in table), sum(entry[1] for entry in table)
    whole = points == count if scheme.chunk == _VARIABLE else len(table) == -(-count // scheme.chunk)
    if held != room or not whole:
        raise SurveyError(f"{path}: its chunk table does not add up to {count:,} points in {room:,} bytes", RE_EXPORT)


def _check_layers(
    path: Path, stream: BinaryIO, table: list[tuple[int, int]], start: int, record: int, layers: int
) -> None:
    """A layered chunk is its first point, its count, the size of each layer, the layers."""
    for _, held in table:
        stream.seek(start + record)
        sizes = struct.unpack(f"<{layers + 1}I", stream.read(4 * (layers + 1)).ljust(4 * (layers + 1), b"\0"))
        if record + 4 * (layers + 1) + sum(sizes[1:]) != held:
            raise SurveyError(f"{path}: the layers of a chunk do not add up to its {held:,} bytes", RE_EXPORT)
        start += held
