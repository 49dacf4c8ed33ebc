"""The points within the band, block by block: a survey need never be in memory at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Floats32, Longs, Matrix4
from twin.frames import move

_BLOCK = 1 << 18


@dataclass(frozen=True, eq=False)
class Near:
    """Points of the cloud that have a distance, in its order.

    Attributes
    ----------
    points_survey : (n, 3) m, survey frame
    design_from_survey : (4, 4) float
    distance : (n,) float32, m
        NaN beyond the band.
    """

    points_survey: Floats
    design_from_survey: Matrix4
    distance: Floats32

    def at(self, rows: Longs) -> Floats:
        """(m, 3) m, design frame: the points in some rows of the cloud."""
        return move(self.design_from_survey, np.asarray(self.points_survey[rows]))

    def row_blocks(self) -> Iterator[Longs]:
        """(m,) int64 each: their rows in the cloud."""
        for start in range(0, len(self.distance), _BLOCK):
            yield start + np.flatnonzero(np.isfinite(self.distance[start : start + _BLOCK]))
