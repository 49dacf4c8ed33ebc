"""The doors for PTS and PTX, Leica's text formats: PTS is points, PTX set-ups with pose and grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.arrays import Floats, Matrix4
from twin.errors import SurveyError
from twin.survey.model import Scan
from twin.survey.records import RE_EXPORT, Contents, Records
from twin.survey.rows import Rows, check_rows, last_line_notes

_XYZ, _XYZ_I, _XYZ_RGB, _XYZ_I_RGB = 3, 4, 6, 7
_WIDTHS = (_XYZ, _XYZ_I, _XYZ_RGB, _XYZ_I_RGB)
_SKIPPED_AT_ONCE = 1_000_000
_PTS_DARKEST, _PTS_BRIGHTEST = -2048.0, 2047.0


@dataclass(frozen=True, eq=False)
class _Section:
    """Rows of one scan: `start` in bytes, `width` in numbers a row, and in PTX its pose, position and grid."""

    start: int
    count: int
    width: int
    pose: Matrix4 | None = None
    station: tuple[float, float, float] | None = None
    grid: tuple[int, int] | None = None


def looks_like_pts(head: bytes) -> bool:
    """Whether text that begins like this is a PTS: a count alone, then rows of a point each."""
    rows = _first_rows(head, 2)
    return len(rows) == 2 and len(rows[0]) == 1 and rows[0][0].isdigit() and len(rows[1]) in _WIDTHS


def looks_like_ptx(head: bytes) -> bool:
    """Whether text that begins like this is a PTX: columns, rows, position and axes, a 4 x 4 matrix."""
    return [len(row) for row in _first_rows(head, 10)] == [1, 1, 3, 3, 3, 3, 4, 4, 4, 4]


def _first_rows(head: bytes, count: int) -> list[list[str]]:
    lines = head.decode("ascii", "replace").replace("\r", "\n").split("\n")
    return [line.split() for line in lines if line.strip()][:count]


def open_pts(path: Path) -> Contents:
    """The points of a PTS file: each counted section is a scan of unknown station."""
    return _contents(path, "PTS", _pts_sections(path))


def open_ptx(path: Path) -> Contents:
    """The set-ups of a PTX file, posed; rows of 0 0 0 are rays without a return."""
    sections = _ptx_sections(path)
    return _contents(path, "PTX", sections)


def _contents(path: Path, name: str, sections: list[_Section]) -> Contents:
    scans = tuple(Scan(f"scan {i}", s.station, s.count, 0, s.grid) for i, s in enumerate(sections, 1))

    def records(size: int) -> Iterator[Records]:
        """All records in file order, at most `size` at a time."""
        for index, section in enumerate(sections):
            with path.open("rb") as stream:
                stream.seek(section.start)
                for values in Rows(path, stream).blocks(section.count, section.width, size):
                    yield _records(values, index, section)

    return Contents(format=name, scans=scans, records=records, notes=last_line_notes(path))


def _pts_sections(path: Path) -> list[_Section]:
    sections = []
    with path.open("rb") as stream:
        rows = Rows(path, stream)
        while (line := rows.line()) is not None:
            if not line.isdigit():
                raise SurveyError(
                    f"{path}: line {rows.lines} is {line[:40]!r} where a count of points is due", RE_EXPORT
                )
            sections.append(_section(path, rows, int(line)))
    return [section for section in sections if section.count]


def _ptx_sections(path: Path) -> list[_Section]:
    sections = []
    with path.open("rb") as stream:
        rows = Rows(path, stream)
        while (line := rows.line()) is not None:
            first = rows.lines
            header = [line.split(), *((rows.line() or "").split() for _ in range(9))]
            try:
                columns, lines = int(header[0][0]), int(header[1][0])
                position = np.array(header[2], np.float64).reshape(3)
                matrix = np.array(header[6:10], np.float64).reshape(4, 4).T
            except (ValueError, IndexError) as error:
                raise SurveyError(f"{path}: the set-up at line {first} has a damaged header", RE_EXPORT) from error
            _check_pose(path, matrix, columns * lines if min(columns, lines) >= 0 else -1, first)
            part = _section(path, rows, columns * lines)
            station = _station(matrix, position)
            sections.append(_Section(part.start, part.count, part.width, matrix, station, (lines, columns)))
    return [section for section in sections if section.count]


def _check_pose(path: Path, matrix: Matrix4, count: int, line: int) -> None:
    rigid = np.allclose(matrix[:3, :3] @ matrix[:3, :3].T, np.eye(3), atol=1e-3) and np.linalg.det(matrix[:3, :3]) > 0
    if count < 0 or not np.isfinite(matrix).all() or not rigid:
        raise SurveyError(f"{path}: the set-up at line {line} has no rigid pose", RE_EXPORT)


def _station(matrix: Matrix4, position: Floats) -> tuple[float, float, float]:
    """Where the instrument stood: the matrix says it, or the position line where points were posed before export."""
    x, y, z = position if np.array_equal(matrix, np.eye(4)) else matrix[:3, 3]
    return (float(x), float(y), float(z))


def _section(path: Path, rows: Rows, count: int) -> _Section:
    """Passes over `count` rows and tells where they are; `SurveyError` where the file ends before."""
    check_rows(path, rows.offset, count, _XYZ)
    start, first = rows.offset, rows.lines
    raw = b""
    width = 0
    while (left := count - (rows.lines - first)) > 0:
        raw = rows.take(min(left, _SKIPPED_AT_ONCE))
        if not raw:
            held = rows.lines - first
            raise SurveyError(f"{path}: cut off, {count:,} points are announced and {held:,} are there", RE_EXPORT)
        width = width or len(raw.split(b"\n", 1)[0].split())
    if count and width not in _WIDTHS:
        raise SurveyError(f"{path}: line {first + 1} has {width} numbers, a point has 3, 4, 6 or 7", RE_EXPORT)
    return _Section(start, count, width)


def _records(values: Floats, scan: int, section: _Section) -> Records:
    xyz, valid = values[:, :3], None
    if section.pose is not None:
        valid = (xyz != 0.0).any(axis=1)
        xyz = xyz @ section.pose[:3, :3].T + section.pose[:3, 3]
    intensity = rgb = None
    if section.width in (_XYZ_I, _XYZ_I_RGB):
        low, high = (_PTS_DARKEST, _PTS_BRIGHTEST) if section.pose is None else (0.0, 1.0)
        intensity = np.clip((np.nan_to_num(values[:, 3]) - low) / (high - low), 0.0, 1.0).astype(np.float32)
    if section.width in (_XYZ_RGB, _XYZ_I_RGB):
        rgb = np.clip(np.nan_to_num(values[:, -3:]), 0.0, 255.0).astype(np.uint8)
    return Records(xyz, scan, valid, rgb, intensity)
