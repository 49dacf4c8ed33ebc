"""Reads back `deviation.laz`: the whole survey in the design frame, part by part."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twin.arrays import Bytes, Floats, Floats32
from twin.errors import EvidenceError

AGAIN = "inspect again to write it"
_CHUNK = 1 << 20
_WIDENED = 257
"""What colours of eight bits were multiplied by."""


@dataclass(frozen=True, eq=False)
class MeasuredPoints:
    """Some points.

    Attributes
    ----------
    places : (n, 3) m, design frame
    deviation : (n,) float32, m
        NaN beyond the band.
    kind : (n,) uint8
        `PointClass`.
    rgb : (n, 3) uint8 or None
    """

    places: Floats
    deviation: Floats32
    kind: Bytes
    rgb: Bytes | None


@dataclass(frozen=True, eq=False)
class MeasuredSurvey:
    """A survey in its file.

    Attributes
    ----------
    path : Path
    low, high : (3,) m, design frame
    count : int
    """

    path: Path
    low: Floats
    high: Floats
    count: int

    def parts(self) -> Iterator[MeasuredPoints]:
        """All points in file order, a million at a time; `EvidenceError` where the file breaks off."""
        import laspy

        with _named(self.path), laspy.open(self.path) as reader:
            has_colour = "red" in reader.header.point_format.dimension_names
            for part in reader.chunk_iterator(_CHUNK):
                yield _points(part, has_colour)


def open_measured(path: Path) -> MeasuredSurvey:
    """The survey of a case.

    Raises
    ------
    EvidenceError
        No such file, or it is damaged.
    """
    import laspy

    if not path.is_file():
        raise EvidenceError(f"{path.parent}: holds no {path.name}", AGAIN)
    with _named(path), laspy.open(path) as reader:
        header = reader.header
        return MeasuredSurvey(path, np.array(header.mins), np.array(header.maxs), int(header.point_count))


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Whatever a foreign reader raises, said of this file; a panic of a Rust library counts among it."""
    try:
        yield
    except (EvidenceError, GeneratorExit, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        said = " ".join(str(error).split())[:200] or type(error).__name__
        raise EvidenceError(f"{path}: cannot be read ({said})", AGAIN) from error


def _points(part: Any, has_colour: bool) -> MeasuredPoints:
    rgb = None
    if has_colour:
        wide = np.column_stack([np.asarray(part[name]) for name in ("red", "green", "blue")])
        rgb = (wide // _WIDENED).astype(np.uint8)
    places = np.column_stack([np.asarray(part[axis], dtype=np.float64) for axis in "xyz"])
    deviation, kind = np.asarray(part["deviation"], np.float32), np.asarray(part["plumbline_class"], np.uint8)
    return MeasuredPoints(places, deviation, kind, rgb)
