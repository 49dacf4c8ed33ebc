"""What was seen of level and upright surfaces, and what it says of a part that moved: types of the search for it."""

from __future__ import annotations

from dataclasses import dataclass

from twin.arrays import Flags, Floats, Longs
from twin.deviation.samples import SurfaceSamples


@dataclass(frozen=True, eq=False)
class VerticalShift:
    """The best supported shift: what lies above `cut_m` stands `offset_m` higher.

    The cut may lie anywhere in `between_m`: the highest surface below that stayed, the lowest above that moved.
    `support` : (s,) bool, samples found at the shifted place; `spread_m` the robust standard deviation of the heights.
    `unsure_m`: walls end so much higher than the shift has them end, which nothing else bears out.
    """

    cut_m: float
    between_m: tuple[float, float]
    offset_m: float
    spread_m: float
    support: Flags
    unsure_m: float = 0.0


@dataclass(frozen=True, eq=False)
class Flat:
    """Flat surface points about the building.

    Attributes
    ----------
    points, normals : (n, 3), design frame
    oriented : (n,) bool
        Whether the sign of a normal is known: then an underside is no floor.
    explained : (n,) bool
        Whether an approved surface at its place explains the point.
    spacing_m : float
        Distance of neighbouring points.
    rows : (n,) int64
        Their rows in the cloud.
    by_station : (n,) bool
        Whether a normal is oriented because the station is known, and not because nothing was seen above the point.
    behind : (n,) bool
        Whether the approved face that explains the point looks the other way: where the sign of the normal is only
        guessed, the face may be what was seen.
    """

    points: Floats
    normals: Floats
    oriented: Flags
    explained: Flags
    spacing_m: float
    rows: Longs
    by_station: Flags
    behind: Flags


@dataclass(frozen=True, eq=False)
class Sight:
    """The approved surface's samples, at which of them something was `seen`, and which were `pierced` by rays."""

    samples: SurfaceSamples
    seen: Flags
    pierced: Flags
