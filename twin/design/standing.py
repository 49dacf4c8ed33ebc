"""Rows of elements that stand on a level: the evidence for a floor where no slab is modelled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twin.arrays import Flags, Longs
from twin.design.floors import HEADROOM_M, REACH_M
from twin.design.model import Role
from twin.design.products import Product

_ROW_SHARE = 0.25
"""Part of the longest row of the building that a level must carry."""
_ROW_COUNT = 3
_OPENINGS = frozenset({"IfcDoor", "IfcWindow", "IfcStair", "IfcStairFlight", "IfcRamp", "IfcRampFlight"})
"""What one goes or looks through shows use; a foundation wall has none."""


_NEAR_M = 1000.0
"""Elements further from the middle of the building than this are strays, whatever drew them there."""


class Standing:
    """The building's elements by their boxes.

    Parameters
    ----------
    products : sequence of Product
        In the design frame; only those of the building count.
    """

    def __init__(self, products: Sequence[Product]) -> None:
        self._low = np.array([p.solid.vertices.min(axis=0) for p in products])
        self._high = np.array([p.solid.vertices.max(axis=0) for p in products])
        self._building = np.array([p.role is Role.BUILDING for p in products], dtype=np.bool_)
        self._opens = np.array([p.ifc_class.removesuffix("StandardCase") in _OPENINGS for p in products])
        self._length = (self._high - self._low)[:, :2].max(axis=1)

    def together(self) -> Flags:
        """(n,) flags of the elements of the building that lie near its middle."""
        if not self._building.any():
            return self._building
        middle = np.median(0.5 * (self._low + self._high)[self._building, :2], axis=0)
        low, high = self._low[:, :2] - middle, self._high[:, :2] - middle
        near: Flags = self._building & (low > -_NEAR_M).all(axis=1) & (high < _NEAR_M).all(axis=1)
        return near

    def row(self, elevation_m: float, stated_m: Sequence[float], must_open: bool) -> int:
        """Number of elements of a storey's height that stand on the level, 0 where they are too few to be a storey.

        Parameters
        ----------
        elevation_m : float
            Design frame.
        stated_m : sequence of float
            All levels that are named: the longest row among them sets the measure.
        must_open : bool
            Ask for doors, windows or stairs too: right where slabs are modelled elsewhere.
        """
        feet = self._feet(elevation_m)
        longest = max((float(self._length[self._feet(other)].sum()) for other in stated_m), default=0.0)
        if len(feet) < _ROW_COUNT or float(self._length[feet].sum()) < _ROW_SHARE * longest:
            return 0
        return len(feet) if not must_open or self._has_openings(elevation_m) else 0

    def _feet(self, elevation_m: float) -> Longs:
        stands = np.abs(self._low[:, 2] - elevation_m) <= REACH_M
        return np.flatnonzero(self._building & stands & (self._high[:, 2] >= elevation_m + HEADROOM_M))

    def _has_openings(self, elevation_m: float) -> bool:
        base = self._low[:, 2]
        inside = (base >= elevation_m - REACH_M) & (base < elevation_m + HEADROOM_M)
        return bool((self._building & self._opens & inside).any())
