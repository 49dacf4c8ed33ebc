"""What was measured: frozen types that the doors fill and every later stage reads.

Points leave every door as float64 metres in the *survey frame*: file coordinates times the file's unit, less one
local origin that all files of a survey share. Arithmetic near zero keeps every digit that the file had.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from twin.arrays import Bytes, Floats, Floats32, Ints, Shorts


@dataclass(frozen=True, slots=True)
class Scan:
    """One set-up of an instrument, or a whole file where the format keeps no set-ups.

    `station` is the instrument's position in m in *file axes, before the local origin is taken off*, or None where
    nobody says; `sigma_m` its standard uncertainty on the worst axis, where points told it. `invalid` counts rays
    without a return that the file lists. `grid` is (rows, columns) of a structured scan.
    """

    name: str
    station: tuple[float, float, float] | None
    points: int
    invalid: int = 0
    grid: tuple[int, int] | None = None
    sigma_m: float | None = None


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some points of one scan, in the order in which they were measured.

    Attributes
    ----------
    points : (n, 3) m, file axes before the local origin is taken off, float64
    scan : int
        Index into the file's scans.
    rgb : (n, 3) uint8 or None
    intensity : (n,) float32, 0..1, or None
    source : (n,) or None
        Number of the set-up, flight line or file that each point came from, where the file mixes several in one scan.
    """

    points: Floats
    scan: int
    rgb: Bytes | None = None
    intensity: Floats32 | None = None
    source: Ints | None = None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a cloud's header says. `unit` is "m", "mm" or "ft", `unit_m` its length in metres; `crs` as text, or None;
    `captured_on` an ISO date or None; `box` (min x, y, z, max x, y, z) in m from the header, or None; `notes` what is
    odd about it.
    """

    path: str
    sha256: str
    format: str
    points: int
    scans: tuple[Scan, ...]
    unit: str
    unit_m: float
    crs: str | None = None
    captured_on: str | None = None
    box: tuple[float, float, float, float, float, float] | None = None
    notes: tuple[str, ...] = ()


class CloudFile(Protocol):
    """An opened cloud: its facts at once, its points on demand, as often as wanted."""

    @property
    def facts(self) -> FileFacts:
        """What the header says."""
        ...

    def chunks(self, size: int) -> Iterator[Chunk]:
        """All valid points in file order, at most `size` at a time; `SurveyError` where the file breaks off."""
        ...


@dataclass(frozen=True, eq=False)
class Survey:
    """One or more clouds in one frame.

    Attributes
    ----------
    files : tuple of CloudFile
    origin : (3,) m, file axes
        The local origin; subtract it from file coordinates in metres to come to the survey frame.
    """

    files: tuple[CloudFile, ...]
    origin: Floats

    @property
    def facts(self) -> tuple[FileFacts, ...]:
        """Facts of each file."""
        return tuple(file.facts for file in self.files)


@dataclass(frozen=True, eq=False)
class Cloud:
    """A survey decoded once into columns on disk, mapped into memory: any size costs address space only.

    Attributes
    ----------
    points : (n, 3) m, survey frame, float64
    scan : (n,) int16
        Index into `scans`.
    rgb : (n, 3) uint8 or None
    scans : tuple of Scan
        Of all files, in order.
    stations : (s, 3) m, survey frame
        Position of each scan; NaN where unknown.
    origin : (3,) m, file axes
    facts : tuple of FileFacts
    """

    points: Floats
    scan: Shorts
    rgb: Bytes | None
    scans: tuple[Scan, ...]
    stations: Floats
    origin: Floats
    facts: tuple[FileFacts, ...]
