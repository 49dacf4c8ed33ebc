"""What every door hands over, and the one place where it is checked, counted and brought to metres.

A door knows its format alone: it says what the header holds and yields records in the file's own unit. That unit,
invalid points and the promised count are the business of `OpenedCloud`, for all formats alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.arrays import Bytes, Flags, Floats, Floats32, Ints
from twin.errors import SurveyError, TwinError
from twin.survey.extent import extent
from twin.survey.model import Chunk, FileFacts, Scan
from twin.survey.units import Unit

Box = tuple[float, float, float, float, float, float]
"""Least x, y, z, then greatest x, y, z."""

FARTHEST_M = 1e8
"""No coordinate system in surveying reaches farther from its zero: the Earth measures 4e7 m around."""

RE_EXPORT = "export or copy the file again"


@dataclass(frozen=True, eq=False)
class Records:
    """Some records of one scan, valid or not, in file order.

    Attributes
    ----------
    xyz : (n, 3) file unit, file axes, float64
        With the pose of the scan applied.
    scan : int
    valid : (n,) bool or None
        False where the file itself says that the ray had no return.
    rgb : (n, 3) uint8 or None
    intensity : (n,) float32, 0..1, or None
    source : (n,) or None
        Number of the set-up, flight line or file that each record came from, where records of several are mixed.
    """

    xyz: Floats
    scan: int = 0
    valid: Flags | None = None
    rgb: Bytes | None = None
    intensity: Floats32 | None = None
    source: Ints | None = None


@dataclass(frozen=True, eq=False)
class Contents:
    """What a door found: the header's words, and the records on demand.

    Attributes
    ----------
    format : str
    scans : tuple of Scan
        `points` counts all records here, valid or not; `station` is in the file's unit.
    records : callable of int to iterator of Records
        At most so many records at a time.
    unit : Unit or None
        Where the file states one.
    box : six floats or None
        In the file's unit; None where the format's headers are not to be trusted.
    """

    format: str
    scans: tuple[Scan, ...]
    records: Callable[[int], Iterator[Records]]
    unit: Unit | None = None
    crs: str | None = None
    captured_on: str | None = None
    box: Box | None = None
    notes: tuple[str, ...] = ()


def box_of(low: Iterable[float], high: Iterable[float], factor: float = 1.0) -> Box:
    """A box by its corners, (3,) each, times `factor`."""
    (a, b, c), (d, e, f) = low, high
    return (
        float(a) * factor,
        float(b) * factor,
        float(c) * factor,
        float(d) * factor,
        float(e) * factor,
        float(f) * factor,
    )


@contextmanager
def translated(path: Path | str) -> Iterator[None]:
    """Turns whatever a foreign reader raises into `SurveyError`; a panic of a Rust library counts among it."""
    try:
        yield
    except (TwinError, GeneratorExit, KeyboardInterrupt, SystemExit):
        raise
    except MemoryError as error:
        raise SurveyError(f"{path}: its header asks for more memory than there is", RE_EXPORT) from error
    except BaseException as error:
        said = " ".join(str(error).split("****")[0].split())[:200] or type(error).__name__
        raise SurveyError(f"{path}: broken, the reader says: {said}", RE_EXPORT) from error


@dataclass(frozen=True, eq=False)
class OpenedCloud:
    """A `CloudFile` of any format."""

    facts: FileFacts
    records: Callable[[int], Iterator[Records]]

    def chunks(self, size: int) -> Iterator[Chunk]:
        """All valid points in file order, at most `size` at a time.

        Raises
        ------
        SurveyError
            Where the file breaks off or holds another number of records than its header says.
        """
        if size < 1:
            raise SurveyError("a chunk holds at least one point", "give a chunk size of 1 or more")
        counted = 0
        with translated(self.facts.path):
            for records in self.records(size):
                counted += len(records.xyz)
                yield self._chunk(records)
        if counted != self.facts.points:
            raise SurveyError(
                f"{self.facts.path}: the header counts {self.facts.points:,} points, the file holds {counted:,}",
                f"the file is cut off or damaged: {RE_EXPORT}",
            )

    def _chunk(self, records: Records) -> Chunk:
        with np.errstate(invalid="ignore", over="ignore"):
            points = records.xyz if self.facts.unit_m == 1.0 else records.xyz * self.facts.unit_m
            near = bool((np.abs(extent(points)) <= FARTHEST_M).all())  # spares a mask, which costs ten times as much
            keep = None if near else (np.abs(points) <= FARTHEST_M).all(axis=1)
        if records.valid is not None and not records.valid.all():
            keep = records.valid if keep is None else keep & records.valid
        if keep is None:
            return Chunk(points, records.scan, records.rgb, records.intensity, records.source)
        return Chunk(
            points[keep],
            records.scan,
            None if records.rgb is None else records.rgb[keep],
            None if records.intensity is None else records.intensity[keep],
            None if records.source is None else records.source[keep],
        )
