"""Which scan each point of a survey belongs to, and how many there are of each, told while a file is read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from twin.arrays import Floats, Shorts
from twin.errors import SurveyError
from twin.phrases import phrase
from twin.survey import units
from twin.survey.extent import extent
from twin.survey.model import Chunk, FileFacts, Scan
from twin.survey.records import box_of

MOST_SCANS = 32_767
_MOST_SOURCES = 1_000
"""A file that numbers more set-ups numbers something else: tiles, seconds, points. It is one scan then."""


@dataclass
class _Part:
    """Scan of the file, number of the set-up or None where none is given, valid points."""

    scan: int
    source: int | None
    points: int = 0


@dataclass
class Tally:
    """Scans of one file with their valid points, and the box of all.

    A scan whose points come from several set-ups, by number, is parted into one for each: the number that comes first
    keeps the place of the scan, the others follow the scans of the file in the order in which they appear.

    Attributes
    ----------
    facts : FileFacts
        Of the file, as its header says.
    first : int
        Number of its first scan in the survey.
    """

    facts: FileFacts
    first: int
    _parts: list[_Part] = field(default_factory=list)
    _number: dict[tuple[int, int], int] = field(default_factory=dict)
    _low: Floats = field(default_factory=lambda: np.full(3, np.inf))
    _high: Floats = field(default_factory=lambda: np.full(3, -np.inf))

    def __post_init__(self) -> None:
        for scan in range(len(self.facts.scans)):
            self._add_part(scan, None)

    @property
    def scans(self) -> int:
        """Number of scans so far."""
        return len(self._parts)

    @property
    def points(self) -> int:
        """Valid points so far."""
        return sum(part.points for part in self._parts)

    def add(self, chunk: Chunk) -> Shorts:
        """Counts a chunk; (n,) number in the survey of the scan of each point."""
        if not len(chunk.points):
            return np.zeros(0, dtype=np.int16)
        low, high = extent(chunk.points)
        self._low, self._high = np.minimum(self._low, low), np.maximum(self._high, high)
        source = chunk.source
        if source is None or (source[0] == source[-1] and (source == source[0]).all()):
            number = chunk.scan if source is None else self._of(chunk.scan, int(source[0]))
            self._parts[number].points += len(chunk.points)
            return np.full(len(chunk.points), self.first + number, dtype=np.int16)
        found, which, counts = np.unique(source, return_inverse=True, return_counts=True)
        numbers = np.array([self._of(chunk.scan, int(one)) for one in found], dtype=np.int16)
        for number, count in zip(numbers, counts, strict=True):
            self._parts[number].points += int(count)
        scan: Shorts = (numbers + np.int16(self.first))[which.reshape(-1)]
        return scan

    def measured(self) -> FileFacts:
        """The facts of the file after every point was seen: valid points counted, with the others beside them."""
        facts, points = self.facts, self.points
        invalid = facts.points - points
        notes = facts.notes
        if invalid:
            told = phrase("{invalid:,} of {count:,} records are no valid points", invalid=invalid, count=facts.points)
            notes += (told,)
        doubt = units.doubt(float((self._high - self._low).max()), units.Unit(facts.unit, facts.unit_m))
        if not any(note.endswith(units.TOO_LARGE) for note in notes):
            notes += doubt
        scans = tuple(self._measured(number) for number in range(len(self._parts)))
        return replace(facts, points=points, scans=scans, notes=notes, box=box_of(self._low, self._high))

    def _measured(self, number: int) -> Scan:
        """Invalid rays count with the scan of the file: nobody says of which part they are."""
        part, parts = self._parts[number], [p for p in self._parts if p.scan == self._parts[number].scan]
        whole = self.facts.scans[part.scan]
        name = whole.name if len(parts) == 1 else f"{whole.name} {part.source}"
        if number >= len(self.facts.scans):
            return Scan(name, None, part.points)
        return replace(whole, name=name, points=part.points, invalid=whole.points - sum(p.points for p in parts))

    def _of(self, scan: int, source: int) -> int:
        """Number in the file of the scan of one source."""
        known = self._number.get((scan, source))
        if known is not None:
            return known
        whole = self._parts[scan]
        if whole.source is None:
            whole.source = source
            self._number[scan, source] = scan
            return scan
        if len(self._number) >= _MOST_SOURCES:
            return scan
        return self._add_part(scan, source)

    def _add_part(self, scan: int, source: int | None) -> int:
        number = len(self._parts)
        if self.first + number >= MOST_SCANS:
            raise SurveyError(
                f"{self.facts.path}: more than {MOST_SCANS:,} scans", "inspect parts of the site one by one"
            )
        self._parts.append(_Part(scan, source))
        if source is not None:
            self._number[scan, source] = number
        return number
