"""The door for E57 (ASTM E2807): every scan with its pose.

Read through libE57's block reader, so that memory does not grow with a scan. Bounds in the header are not used: some
writers store them in another frame than the standard says.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from twin.arrays import Bytes, Flags, Floats32
from twin.errors import SurveyError
from twin.phrases import phrase
from twin.survey.e57_header import CARTESIAN, COLOUR, SPHERICAL, SetUp, number_of, set_up_of, text_of
from twin.survey.model import Scan
from twin.survey.records import RE_EXPORT, Contents, Records
from twin.survey.units import METRE

SIGNATURE = b"ASTM-E57"
_HEADER = struct.Struct("<8s2I4Q")
_GPS_EPOCH = datetime(1980, 1, 6, tzinfo=UTC)


def open_e57(path: Path) -> Contents:
    """The scans of an E57 file."""
    _check_size(path)
    from pye57 import libe57

    image = libe57.ImageFile(str(path), "r")
    try:
        root = image.root()
        scans = root["data3D"] if root.isDefined("data3D") else ()
        set_ups = [set_up_of(path, scans[index], index) for index in range(len(scans))]
        crs = text_of(root, "coordinateMetadata")
        captured_on = _captured_on(root, scans)
    finally:
        image.close()
    known = _stations_known(set_ups)
    notes = () if known else (phrase("all poses are identity: scan positions are not known"),)
    return Contents(
        format="E57",
        scans=tuple(Scan(s.name, _station(s) if known else None, s.records, 0, s.grid) for s in set_ups),
        records=lambda size: _records(path, set_ups, size),
        unit=METRE,
        crs=crs or None,
        captured_on=captured_on,
        notes=notes if any(s.pose is not None for s in set_ups) else (),
    )


def _check_size(path: Path) -> None:
    """Refuses a file that is not as long as it says, before a C++ library sees it."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(_HEADER.size)
    if len(head) < _HEADER.size:
        raise SurveyError(f"{path}: cut off within the E57 header", RE_EXPORT)
    _, major, _, length, xml_offset, xml_length, page = _HEADER.unpack(head)
    if length != size:
        raise SurveyError(f"{path}: {size:,} bytes long where its header says {length:,}", RE_EXPORT)
    if major != 1 or page != 1024 or size % page or not _HEADER.size <= xml_offset < size or xml_length > size:
        raise SurveyError(f"{path}: the E57 header is damaged", RE_EXPORT)


def _captured_on(root: Any, scans: Any) -> str | None:
    """Date of the first scan, else of the file; GPS time without leap seconds, which change no date but at midnight."""
    times = [number_of(scans[i], "acquisitionStart/dateTimeValue") for i in range(len(scans))]
    for time in (*times, number_of(root, "creationDateTime/dateTimeValue")):
        if time is not None and 0.0 < time < 4e9:
            return (_GPS_EPOCH + timedelta(seconds=time)).date().isoformat()
    return None


def _stations_known(set_ups: list[SetUp]) -> bool:
    """Whether poses tell where the instrument stood.

    A cloud that was registered and merged before export has identity poses throughout. Zero is then no station,
    unless grid or spherical coordinates show that it was measured from there: a false station would make false
    evidence of free space.
    """
    moved = any(s.pose is not None and not np.array_equal(s.pose, np.eye(4)) for s in set_ups)
    return moved or all(s.measured_from_zero for s in set_ups)


def _station(set_up: SetUp) -> tuple[float, float, float] | None:
    if set_up.pose is None:
        return (0.0, 0.0, 0.0) if set_up.measured_from_zero else None
    x, y, z = set_up.pose[:3, 3]
    return (float(x), float(y), float(z))


def _records(path: Path, set_ups: list[SetUp], size: int) -> Iterator[Records]:
    from pye57 import libe57

    image = libe57.ImageFile(str(path), "r")
    try:
        for index, set_up in enumerate(set_ups):
            points = image.root()["data3D"][index]["points"]
            yield from _scan_records(image, points, set_up, index, size)
    finally:
        image.close()


def _scan_records(image: Any, points: Any, set_up: SetUp, index: int, size: int) -> Iterator[Records]:
    from pye57 import libe57

    if set_up.records == 0:
        return
    capacity = min(size, set_up.records)
    columns = {name: np.zeros(capacity, kind) for name, kind in _columns(set_up).items()}
    buffers = libe57.VectorSourceDestBuffer()
    for name, column in columns.items():
        buffers.append(libe57.SourceDestBuffer(image, name, column, capacity, True, True))
    reader = points.reader(buffers)
    try:
        while count := reader.read():
            yield _block({name: column[:count] for name, column in columns.items()}, set_up, index)
    finally:
        reader.close()


def _columns(set_up: SetUp) -> dict[str, str]:
    """Fields to read, and the type to read each as."""
    wanted = dict.fromkeys(set_up.axes, "d")
    wanted |= dict.fromkeys((*COLOUR, "intensity"), "f")
    wanted |= (
        {f"{set_up.axes[0][:-1]}InvalidState": "b"} if set_up.axes is CARTESIAN else {"sphericalInvalidState": "b"}
    )
    return {name: kind for name, kind in wanted.items() if name in set_up.fields}


def _block(columns: dict[str, Any], set_up: SetUp, index: int) -> Records:
    first, second, third = (columns[name] for name in set_up.axes)
    if set_up.axes is SPHERICAL:
        flat = first * np.cos(third)
        xyz = np.stack([flat * np.cos(second), flat * np.sin(second), first * np.sin(third)], axis=1)
    else:
        xyz = np.stack([first, second, third], axis=1)
    if set_up.pose is not None:
        xyz = xyz @ set_up.pose[:3, :3].T + set_up.pose[:3, 3]
    states = [columns[name] for name in ("cartesianInvalidState", "sphericalInvalidState") if name in columns]
    valid: Flags | None = states[0] == 0 if states else None
    return Records(xyz, index, valid, _rgb(columns, set_up), _intensity(columns, set_up))


def _rgb(columns: dict[str, Any], set_up: SetUp) -> Bytes | None:
    """Colours over their declared range; one that reaches 255 is taken from 0 to 255, however few shades it has."""
    if not set(COLOUR) <= set(columns):
        return None
    high = max(set_up.limits[name][1] for name in COLOUR)
    top = 255.0 if 1.0 < high <= 255.0 else high
    rgb: Bytes = np.clip(np.stack([columns[name] for name in COLOUR], axis=1) * (255.0 / top), 0, 255).astype(np.uint8)
    return rgb


def _intensity(columns: dict[str, Any], set_up: SetUp) -> Floats32 | None:
    if "intensity" not in columns:
        return None
    low, high = set_up.limits["intensity"]
    scaled: Floats32 = np.clip((columns["intensity"] - low) / (high - low), 0.0, 1.0).astype(np.float32)
    return scaled
