"""The whole survey in the design frame with what was measured of each point, as LAZ 1.4."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from twin.arrays import Bytes, Floats, Longs
from twin.deviation.model import Deviation
from twin.errors import EvidenceError
from twin.frames import move
from twin.registration.model import Registration
from twin.survey.extent import extent
from twin.survey.model import Cloud

SCALE_M = 1e-4
"""Step of the stored coordinates: a tenth of a millimetre, below any instrument's noise."""

_CHUNK = 1 << 20
"""Points at a time: about 150 MB of working arrays."""

_DATE_OFFSET_BYTES = 90
"""Where a LAS header keeps the day of the year and the year, two bytes each."""


def write_deviation_laz(
    cloud: Cloud,
    registration: Registration,
    deviation: Deviation,
    point_class: Bytes,
    path: Path,
    *,
    captured_on: str | None = None,
) -> None:
    """Writes `deviation.laz`: every point of the survey, chunk by chunk.

    Extra dimensions are `deviation` (float32, m, positive outside the approved surface, NaN beyond the band) and
    `plumbline_class` (uint8, see `PointClass`); `point_source_id` is the index of the scan.

    Parameters
    ----------
    cloud : Cloud
        n points in the survey frame.
    registration : Registration
    deviation : Deviation
        Of the same n points.
    point_class : (n,) uint8
    path : Path
        Overwritten. The same input gives the same bytes.
    captured_on : str or None
        ISO date that the header carries as its creation date; none leaves it zero.

    Raises
    ------
    EvidenceError
        Lengths differ, the survey is too wide for the format, or the file cannot be written.
    """
    import laspy

    _check(cloud, deviation, point_class)
    day = _date(captured_on)
    header = _header(cloud, _middle(cloud, registration))
    try:
        with laspy.open(
            path, mode="w", header=header, do_compress=True, laz_backend=laspy.LazBackend.LazrsParallel
        ) as out:
            for start in range(0, len(cloud.points), _CHUNK):
                part = slice(start, start + _CHUNK)
                out.write_points(_record(header, cloud, registration, deviation, point_class, part))
        _set_date(path, day)
    except (OSError, laspy.LaspyException, RuntimeError) as error:
        raise EvidenceError(f"{path}: the deviation cloud cannot be written ({error})") from error


def _check(cloud: Cloud, deviation: Deviation, point_class: Bytes) -> None:
    count = len(cloud.points)
    if len(deviation.distance) != count or len(point_class) != count:
        raise EvidenceError(
            f"{count} points, {len(deviation.distance)} deviations, {len(point_class)} classes: one of each is owed"
        )


def _date(captured_on: str | None) -> date | None:
    if captured_on is None:
        return None
    try:
        return date.fromisoformat(captured_on[:10])
    except ValueError as error:
        raise EvidenceError(
            f"{captured_on!r} is not an ISO date", "give the day of the survey as YYYY-MM-DD"
        ) from error


def _middle(cloud: Cloud, registration: Registration) -> Floats:
    """(3,) whole metres, design frame: stored integers count from here, so that any site fits their range."""
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for start in range(0, len(cloud.points), _CHUNK):
        placed = move(registration.design_from_survey, np.asarray(cloud.points[start : start + _CHUNK]))
        lowest, highest = extent(placed)
        low, high = np.minimum(low, lowest), np.maximum(high, highest)
    if not len(cloud.points):
        return np.zeros(3)
    if not np.isfinite([low, high]).all() or (high - low).max() / 2.0 + 1.0 > SCALE_M * (2**31 - 1):
        raise EvidenceError("the survey is wider than a LAZ file can store", "remove stray points far from the site")
    middle: Floats = np.rint((low + high) / 2.0)
    return middle


def _header(cloud: Cloud, middle: Floats) -> Any:
    import laspy

    header = laspy.LasHeader(point_format=6 if cloud.rgb is None else 7, version="1.4")
    header.scales, header.offsets = np.full(3, SCALE_M), middle
    header.generating_software = f"plumbline {version('plumbline')}"
    header.system_identifier = "MERGE" if len(cloud.scans) > 1 else "TRANSFORMATION"
    header.global_encoding.wkt = True  # required of point formats 6 and above
    header.creation_date = date(1, 1, 1)  # never the clock; the true day is set at the end
    header.add_extra_dims(
        [
            laspy.ExtraBytesParams(name="deviation", type=np.float32, description="m, positive is outside"),
            laspy.ExtraBytesParams(name="plumbline_class", type=np.uint8, description="what the point shows"),
        ]
    )
    return header


def _record(
    header: Any, cloud: Cloud, registration: Registration, deviation: Deviation, point_class: Bytes, part: slice
) -> Any:
    import laspy

    placed = move(registration.design_from_survey, np.asarray(cloud.points[part]))
    steps: Longs = np.rint((placed - header.offsets) / SCALE_M).astype(np.int64)
    record = laspy.ScaleAwarePointRecord.zeros(len(placed), header=header)
    record["X"], record["Y"], record["Z"] = steps[:, 0], steps[:, 1], steps[:, 2]
    record["return_number"] = np.ones(len(placed), dtype=np.uint8)
    record["number_of_returns"] = np.ones(len(placed), dtype=np.uint8)
    record["point_source_id"] = np.asarray(cloud.scan[part]).astype(np.uint16)
    record["deviation"] = deviation.distance[part]
    record["plumbline_class"] = point_class[part]
    if cloud.rgb is not None:
        # LAS colours have 16 bits; times 257 maps 255 to 65535 and is undone without loss
        wide = np.asarray(cloud.rgb[part]).astype(np.uint16) * np.uint16(257)
        record["red"], record["green"], record["blue"] = wide[:, 0], wide[:, 1], wide[:, 2]
    return record


def _set_date(path: Path, day: date | None) -> None:
    value = (0, 0) if day is None else (day.timetuple().tm_yday, day.year)
    with path.open("r+b") as stream:
        stream.seek(_DATE_OFFSET_BYTES)
        stream.write(b"".join(part.to_bytes(2, "little") for part in value))
