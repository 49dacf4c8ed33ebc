"""The door for LAS 1.0 to 1.4, LAZ and COPC."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from twin.arrays import Bytes
from twin.errors import SurveyError
from twin.phrases import phrase
from twin.survey.crs import Reference, of_las
from twin.survey.laz import RECORD_ID, USER_ID, check_laz
from twin.survey.model import Scan
from twin.survey.records import RE_EXPORT, Box, Contents, Records, box_of

SIGNATURE = b"LASF"
_SMALLEST_RECORD = (20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67)
_WITH_WAVES = (4, 5, 9, 10)
_SMALLEST_HEADER, _LARGEST_HEADER = 227, 375
_COMPRESSED = 0xC0
"""Bits of the point format's byte that LASzip sets."""
_LAST_MINOR = 4
_VLR_HEADER, _EVLR_HEADER = 54, 60
_PROBE = 65_536


def open_las(path: Path) -> Contents:
    """The points of a LAS, LAZ or COPC file, as one scan of unknown station."""
    odd = _checked_header(path)
    import laspy

    with laspy.open(path) as reader:
        header = reader.header
        kind = _format(header)
        reference = of_las(path, header)
        depth = _colour_depth(reader) if "red" in header.point_format.dimension_names else 0
    scan = Scan(path.stem, None, int(header.point_count))
    return Contents(
        format=kind,
        scans=(scan,),
        records=lambda size: _records(path, size, depth, reference),
        unit=reference.unit,
        crs=reference.text,
        captured_on=_date(header),
        box=_box(header, reference),
        notes=(*odd, *reference.notes),
    )


def _checked_header(path: Path) -> tuple[str, ...]:
    """Refuses what does not add up before a library trusts it with memory; what is merely odd comes back as notes."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(_LARGEST_HEADER)
    if len(head) < _SMALLEST_HEADER:
        raise SurveyError(f"{path}: cut off within the LAS header", RE_EXPORT)
    minor = _minor_version(path, head)
    header_size, offset, vlrs = struct.unpack_from("<HII", head, 94)
    code, record = struct.unpack_from("<BH", head, 104)
    compressed, point_format = bool(code & _COMPRESSED), code & ~_COMPRESSED
    if point_format >= len(_SMALLEST_RECORD) or record < _SMALLEST_RECORD[point_format]:
        raise SurveyError(f"{path}: point format {point_format} of {record} bytes is not known", RE_EXPORT)
    scaling = np.frombuffer(head, "<f8", 6, 131)
    if header_size < _SMALLEST_HEADER or not np.isfinite(scaling).all() or (scaling[:3] <= 0.0).any():
        raise SurveyError(f"{path}: the LAS header is damaged", RE_EXPORT)
    count = _count(path, head, minor, size)
    described = _laszip_record(path, header_size, vlrs, min(offset, size))
    if offset > size or (not compressed and offset + count * record > size):
        held = max(size - offset, 0) // record
        raise SurveyError(f"{path}: the header counts {count:,} points, the file has room for {held:,}", RE_EXPORT)
    if compressed and count:
        check_laz(path, described, offset, record, count)
    left = size - offset - count * record
    plain = not compressed and minor < _LAST_MINOR and point_format not in _WITH_WAVES
    return (phrase("{left:,} bytes follow its last point", left=left),) if plain and left > 0 else ()


def _minor_version(path: Path, head: bytes) -> int:
    major, minor = head[24], head[25]
    if major != 1 or minor > _LAST_MINOR:
        raise SurveyError(f"{path}: LAS version {major}.{minor} is not known", "export it as LAS 1.0 to 1.4 or LAZ")
    return minor


def _count(path: Path, head: bytes, minor: int, size: int) -> int:
    """Points by the header; LAS 1.4 counts in a longer field, and keeps more records behind the points."""
    if minor < _LAST_MINOR or len(head) < _LARGEST_HEADER:
        return int(struct.unpack_from("<I", head, 107)[0])
    first, records, count = struct.unpack_from("<QIQ", head, 235)
    if records and first + records * _EVLR_HEADER > size:
        raise SurveyError(f"{path}: cut off, its extended records lie beyond its end", RE_EXPORT)
    return int(count)


def _laszip_record(path: Path, start: int, count: int, end: int) -> bytes:
    """What LASzip says of its compression, from among the variable-length records; each must lie within the header."""
    found = b""
    with path.open("rb") as stream:
        for _ in range(count):
            stream.seek(start)
            head = stream.read(_VLR_HEADER)
            length = struct.unpack_from("<H", head, 20)[0] if len(head) == _VLR_HEADER else 0
            if start + _VLR_HEADER + length > end:
                raise SurveyError(f"{path}: the records of its header lie beyond its end", RE_EXPORT)
            if head[2:18].rstrip(b"\0") == USER_ID and struct.unpack_from("<H", head, 18)[0] == RECORD_ID:
                found = stream.read(length)
            start += _VLR_HEADER + length
    return found


def _format(header: Any) -> str:
    if any(vlr.user_id == "copc" for vlr in header.vlrs):
        return "COPC"
    return "LAZ" if header.are_points_compressed else "LAS"


def _date(header: Any) -> str | None:
    """The day the file was made; year 1 stands for a header without a date."""
    date = header.creation_date
    return date.isoformat() if date is not None and date.year > 1900 else None


def _colour_depth(reader: Any) -> int:
    """Bits of a colour in use: many writers put 8-bit colours into the 16-bit fields unscaled."""
    for points in reader.chunk_iterator(_PROBE):
        top = max(int(np.max(points[name], initial=0)) for name in ("red", "green", "blue"))
        return 8 if top < 256 else 16
    return 16


def _box(header: Any, reference: Reference) -> Box | None:
    """The header's box in the unit of eastings and northings."""
    corners = np.array([header.mins, header.maxs]) * (1.0, 1.0, reference.vertical_ratio)
    return box_of(*corners) if np.isfinite(corners).all() else None


def _records(path: Path, size: int, depth: int, reference: Reference) -> Iterator[Records]:
    import laspy

    with laspy.open(path, decompression_selection=_wanted(depth)) as reader:
        names = set(reader.header.point_format.dimension_names)
        scales = np.array(reader.header.scales) * (1.0, 1.0, reference.vertical_ratio)
        offsets = np.array(reader.header.offsets) * (1.0, 1.0, reference.vertical_ratio)
        for points in reader.chunk_iterator(size):
            xyz = np.empty((len(points), 3))
            with np.errstate(over="ignore"):  # a damaged scale leads to points too far to be valid
                for axis, name in enumerate("XYZ"):
                    np.multiply(points[name], scales[axis], out=xyz[:, axis])
                xyz += offsets
            valid = np.asarray(points["withheld"]) == 0 if "withheld" in names else None
            source = np.asarray(points["point_source_id"]).astype(np.int32)
            yield Records(xyz, 0, valid, _rgb(points, depth), source=source)


def _wanted(depth: int) -> Any:
    """What is unpacked of a layered LAZ; the other layers are passed over."""
    import laspy

    kinds = laspy.DecompressionSelection
    wanted = kinds.base() | kinds.Z | kinds.FLAGS | kinds.POINT_SOURCE_ID
    return wanted | laspy.DecompressionSelection.RGB if depth else wanted


def _rgb(points: Any, depth: int) -> Bytes | None:
    if depth == 0:
        return None
    rgb = np.stack([points["red"], points["green"], points["blue"]], axis=1)
    return (rgb >> 8 if depth == 16 else np.minimum(rgb, 255)).astype(np.uint8)
