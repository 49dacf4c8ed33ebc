"""The floors that were built against those that were approved, one above the other.

A storey can be squeezed in under an unchanged roof when all others give up a little of their height. No level of the
building's outside tells; the count of floors between two that stand as approved does.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from twin.conformity.settings import ConformitySettings
from twin.design.model import Design
from twin.massing.model import BuiltFloor, Massing


@dataclass(frozen=True, eq=False)
class Span:
    """What was approved and what was built between two floors that stand as approved, where the two differ.

    Attributes
    ----------
    low_m, high_m : float, design frame
        Of the two floors; where one was not seen, of the lowest or the highest approved level.
    approved : tuple of int
        Storeys of the design in between whose floors were not found at their level.
    built : tuple of BuiltFloor
        Floors in between at levels where none was approved, ascending.
    """

    low_m: float
    high_m: float
    approved: tuple[int, ...]
    built: tuple[BuiltFloor, ...]

    @property
    def extra(self) -> int:
        """Floors that were built beyond the approved number."""
        return max(len(self.built) - len(self.approved), 0)

    @property
    def redivided(self) -> bool:
        """Whether approved floors gave way to more of them; else a floor put in between is a mezzanine."""
        return bool(self.approved) and self.extra > 0

    @property
    def pairs(self) -> tuple[tuple[int, BuiltFloor], ...]:
        """Each approved storey with the floor that stands for it, from below."""
        return tuple(zip(self.approved, self.built, strict=False)) if len(self.built) >= len(self.approved) else ()


def spans_of(design: Design, massing: Massing, settings: ConformitySettings) -> tuple[Span, ...]:
    """Where the stack of floors differs from the approved one, ascending.

    Parameters
    ----------
    design : Design
    massing : Massing
    settings : ConformitySettings
    """
    approved = _approved(design, massing, settings)
    if len(approved) < 2:
        return ()
    top = max(level for _, level in approved)
    wide = [f for f in massing.floors if f.area_m2 >= settings.least_floor_share * f.plate_m2]
    matched: list[tuple[BuiltFloor, tuple[int, float]]] = []
    loose: list[tuple[BuiltFloor, tuple[int, float]]] = []
    for floor in wide:
        own = min(approved, key=lambda row: abs(row[1] - floor.level_m))
        near = abs(own[1] - floor.level_m) <= settings.least_storey_height_m + 2.0 * floor.sigma_m
        if near or not floor.maybe_underside:
            (matched if near else loose).append((floor, own))
    found = {row for _, (row, _) in matched}
    kept = sorted(level for row, level in approved if row in found)
    rest = [(row, level) for row, level in approved if row not in found]
    low, roof = min(level for _, level in approved), top
    # A roof that was seen neither at its place nor near it is not known to be absent.
    seen = roof in kept or any(abs(floor.level_m - roof) < settings.headroom_m for floor, _ in loose)
    rest = rest if seen else [(row, level) for row, level in rest if level < roof]
    borders = sorted({low, *kept, roof})
    spans = [
        Span(
            lower,
            upper,
            tuple(row for row, level in rest if lower <= level < upper or level == upper == roof),
            _with_room([f for f, _ in loose if lower < f.level_m < upper], lower, upper, kept, settings),
        )
        for lower, upper in pairwise(borders)
    ]
    return tuple(span for span in spans if span.built)


def _approved(design: Design, massing: Massing, settings: ConformitySettings) -> list[tuple[int, float]]:
    """Storeys with wide floors and where these are expected: above the cut of a moved part they moved along."""
    largest = max((storey.floor_area_m2 for storey in design.storeys), default=0.0)
    lift = massing.lift
    rows = []
    for row, storey in enumerate(design.storeys):
        if storey.floor_area_m2 >= settings.least_floor_share * largest > 0.0:
            moved = lift is not None and storey.elevation_m >= lift.cut_m
            rows.append((row, storey.elevation_m + (lift.offset_m if lift is not None and moved else 0.0)))
    return rows


def _with_room(
    floors: list[BuiltFloor], low_m: float, high_m: float, kept: list[float], settings: ConformitySettings
) -> tuple[BuiltFloor, ...]:
    """Floors with room to stand between them and to those that stand as approved."""
    roomy: list[BuiltFloor] = []
    below = low_m if low_m in kept else float("-inf")
    for floor in sorted(floors, key=lambda each: each.level_m):
        over = floor.level_m - below >= settings.headroom_m
        if over and (high_m not in kept or high_m - floor.level_m >= settings.headroom_m):
            roomy.append(floor)
            below = floor.level_m
    return tuple(roomy)
