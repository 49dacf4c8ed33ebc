"""A cloud in the frame of another: what was surveyed in a frame of its own and is to be read together with the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from twin.arrays import Matrix4
from twin.frames import move
from twin.phrases import phrase
from twin.survey.model import Chunk, CloudFile, FileFacts, Survey


@dataclass(frozen=True, eq=False)
class MovedCloud:
    """A `CloudFile` whose points and stations come in other axes.

    Attributes
    ----------
    file : CloudFile
    other_from_file : (4, 4) float
        Metres of this file's axes to metres of the other's.
    unit, unit_m : str, float
        Of the other file, since that is whose axes these points now have.
    """

    file: CloudFile
    other_from_file: Matrix4
    unit: str
    unit_m: float

    @property
    def facts(self) -> FileFacts:
        """The file's own, with its stations moved and without the box and the system that were those of its frame."""
        facts = self.file.facts
        scans = tuple(
            scan
            if scan.station is None
            else replace(scan, station=tuple(move(self.other_from_file, np.array([scan.station]))[0].tolist()))
            for scan in facts.scans
        )
        note = phrase("has a frame of its own, in {unit}: it was registered alone", unit=facts.unit)
        return replace(
            facts, scans=scans, unit=self.unit, unit_m=self.unit_m, crs=None, box=None, notes=(*facts.notes, note)
        )

    def chunks(self, size: int) -> Iterator[Chunk]:
        """As of the file, moved."""
        for chunk in self.file.chunks(size):
            yield replace(chunk, points=move(self.other_from_file, chunk.points))


def in_one_frame(surveys: Sequence[Survey], first_from: Sequence[Matrix4]) -> Survey:
    """Several surveys as one, in the frame of the first.

    Parameters
    ----------
    surveys : sequence of Survey
    first_from : sequence of (4, 4) float
        Metres of each survey's file axes to those of the first's; the first is the identity.
    """
    first = surveys[0]
    unit, unit_m = first.facts[0].unit, first.facts[0].unit_m
    others = [
        MovedCloud(file, change, unit, unit_m)
        for survey, change in zip(surveys[1:], first_from[1:], strict=True)
        for file in survey.files
    ]
    return Survey((*first.files, *others), first.origin)
