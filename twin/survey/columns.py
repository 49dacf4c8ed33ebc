"""Decodes a survey once, into columns on disk that later stages map into memory."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from twin.arrays import Bytes, Floats, Shorts, frozen
from twin.errors import SurveyError
from twin.survey.ahead import ahead
from twin.survey.model import Cloud, FileFacts, Scan, Survey
from twin.survey.tally import MOST_SCANS, Tally

_BYTES_PER_POINT = 24 + 2 + 3
_SPARE_BYTES = 64 << 20
_NO_COLOUR = 128
_FARTHEST_APART_M = 100_000.0
"""No survey of a building reaches farther, not even one in millimetres that were taken for metres."""


def decode(
    survey: Survey,
    folder: Path,
    size: int = 1 << 18,
    on_progress: Callable[[int, int], None] | None = None,
) -> Cloud:
    """The whole survey as columns on disk, mapped read-only.

    Parameters
    ----------
    survey : Survey
    folder : Path
        Made where it does not exist; receives `points.f64`, `scan.i16` and, where a file has colours, `rgb.u8`.
        What failed leaves none of them.
    size : int
        Points decoded at a time: bounds memory to about 400 bytes each, and what a processor keeps at hand is quicker
        to work on. The result does not depend on it.
    on_progress : callable of (records done, records in all), or None

    Returns
    -------
    Cloud
        Its `facts` and `scans` count valid points, with `invalid` beside them, and its boxes are measured.

    Raises
    ------
    SurveyError
        A file breaks off or holds another number of points than its header says, or the disk is too small.
    """
    _check_room(survey, folder)
    try:
        with _Columns(folder) as columns:
            facts = _filled(survey, columns, size, on_progress)
        return _mapped(survey, folder, columns, facts)
    except OSError as error:
        _removed(folder)
        raise SurveyError(
            f"{folder}: cannot hold the decoded cloud: {error.strerror}", "give another folder"
        ) from error
    except BaseException:
        _removed(folder)
        raise


def column(folder: Path | None, name: str, kind: np.dtype[Any], count: int) -> NDArray[Any]:
    """One number for each point, for a stage that writes them block by block.

    Parameters
    ----------
    folder : Path or None
        Where the file is made, which is mapped into memory and must outlive the array; without it, and for no points,
        the numbers are in memory only.
    name : str
    kind : dtype
    count : int

    Raises
    ------
    SurveyError
        The file cannot be written.
    """
    if folder is None or not count:
        return np.zeros(count, dtype=kind)
    try:
        with (folder / name).open("wb") as stream:
            _reserve(stream, count * kind.itemsize)
        return np.memmap(folder / name, kind, "r+", 0, (count,))
    except OSError as error:
        raise SurveyError(f"{folder}: cannot be written ({error.strerror})", "give another folder") from error


def _reserve(stream: BinaryIO, size: int) -> None:
    """Takes the room at once: a mapped file that outgrows its disk later would end the whole program."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(stream.fileno(), 0, size)
    else:
        for start in range(0, size, _SPARE_BYTES):
            stream.write(bytes(min(_SPARE_BYTES, size - start)))


class _Columns:
    """Three files that grow point by point; colours begin with the first chunk that has them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, BinaryIO] = {}
        self.points = 0
        self.coloured = False

    def __enter__(self) -> Self:
        _removed(self._folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        for name in ("points.f64", "scan.i16"):
            self._open[name] = (self._folder / name).open("wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in self._open.values():
            stream.close()

    def add(self, points: Floats, scan: Shorts, rgb: Bytes | None) -> None:
        """Appends points (n, 3) m, survey frame, with the number of the scan of each."""
        if rgb is not None and not self.coloured:
            self._open["rgb.u8"] = (self._folder / "rgb.u8").open("wb")
            self.coloured = True
            for start in range(0, self.points, _SPARE_BYTES):
                self._append("rgb.u8", np.full((min(_SPARE_BYTES, self.points - start), 3), _NO_COLOUR, np.uint8))
        self._append("points.f64", points)
        self._append("scan.i16", scan)
        if self.coloured:
            self._append("rgb.u8", rgb if rgb is not None else np.full((len(points), 3), _NO_COLOUR, np.uint8))
        self.points += len(points)

    def _append(self, name: str, array: NDArray[Any]) -> None:
        self._open[name].write(np.ascontiguousarray(array).data)


def _check_room(survey: Survey, folder: Path) -> None:
    scans = sum(len(facts.scans) for facts in survey.facts)
    if scans > MOST_SCANS:
        raise SurveyError(f"{scans:,} scans are more than {MOST_SCANS:,}", "inspect parts of the site one by one")
    needed = sum(facts.points for facts in survey.facts) * _BYTES_PER_POINT + _SPARE_BYTES
    standing = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(standing).free
    if needed > free:
        raise SurveyError(
            f"{folder}: {needed / 1e9:,.1f} GB are needed to decode the survey, {free / 1e9:,.1f} GB are free",
            "free some space, or give another folder",
        )


def _filled(
    survey: Survey, columns: _Columns, size: int, on_progress: Callable[[int, int], None] | None
) -> tuple[FileFacts, ...]:
    total = sum(facts.points for facts in survey.facts)
    done, first_scan, decoded = 0, 0, []
    for file in survey.files:
        tally = Tally(file.facts, first_scan)
        for chunk in ahead(file.chunks(size)):
            columns.add(chunk.points - survey.origin, tally.add(chunk), chunk.rgb)
            if on_progress is not None:
                on_progress(done + tally.points, total)
        decoded.append(_near_together(tally.measured()))
        first_scan += tally.scans
        done += file.facts.points
        if on_progress is not None:
            on_progress(done, total)
    return tuple(decoded)


def _near_together(facts: FileFacts) -> FileFacts:
    """The facts, unless the points lie as far apart as damaged records do."""
    low, high = (np.array(facts.box[side : side + 3]) for side in (0, 3)) if facts.box else (np.zeros(3), np.zeros(3))
    apart = float((high - low).max())
    if apart > _FARTHEST_APART_M:
        said = f"{facts.path}: its points lie {apart / 1000.0:,.0f} km apart, so it is damaged or in another unit"
        raise SurveyError(said, "export or copy the file again, or say its unit with --unit")
    return facts


def _mapped(survey: Survey, folder: Path, columns: _Columns, facts: tuple[FileFacts, ...]) -> Cloud:
    count = columns.points
    scans: tuple[Scan, ...] = tuple(scan for file in facts for scan in file.scans)
    stations = np.array([scan.station or (np.nan,) * 3 for scan in scans], np.float64).reshape(-1, 3) - survey.origin
    return Cloud(
        points=np.memmap(folder / "points.f64", np.float64, "r", 0, (count, 3)),
        scan=np.memmap(folder / "scan.i16", np.int16, "r", 0, (count,)),
        rgb=np.memmap(folder / "rgb.u8", np.uint8, "r", 0, (count, 3)) if columns.coloured else None,
        scans=scans,
        stations=frozen(stations),
        origin=survey.origin,
        facts=facts,
    )


def _removed(folder: Path) -> None:
    for name in ("points.f64", "scan.i16", "rgb.u8"):
        (folder / name).unlink(missing_ok=True)
