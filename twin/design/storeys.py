"""Storeys: geometry decides what is a floor, the files only name it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Ints
from twin.design.columns import columns
from twin.design.floors import REACH_M, Level, levels, plan_area_m2
from twin.design.model import Role, Storey, Surface
from twin.design.placing import Bands
from twin.design.products import NamedStorey, Product
from twin.design.standing import Standing

_SAME_M = 0.05
"""Levels of one name nearer than this, in different files, are one level."""


@dataclass(frozen=True, eq=False)
class _Row:
    """One storey on its way into the table; `owners` are the GlobalIds that elements may be contained in."""

    storey: Storey
    level: Level | None
    owners: tuple[str, ...] = ()


def storeys_of(
    products: Sequence[Product], surface: Surface, named: Sequence[NamedStorey]
) -> tuple[tuple[Storey, ...], list[int | None]]:
    """Storeys, ascending, and the index of the storey of each product.

    Every level that a file names has its row, with the reason why it is a floor or is none; floors that no file names
    are added.
    """
    standing = Standing(products)
    judgeable = standing.together()[surface.element]
    corners, element = surface.corners()[judgeable], surface.element[judgeable]
    found = _levels(products, corners, element)
    floors = judged(found, [p.ifc_class for p in products])
    groups = _groups(named)
    match = _matched([group[0].elevation_m for group in groups], [level.elevation_m for level in found])
    rows = [
        _level_row(level, verdict, groups[match[i]] if i in match else (), plan_area_m2(corners, element, level))
        for i, (level, verdict) in enumerate(zip(found, floors, strict=True))
        if verdict.is_floor or i in match
    ]
    rows += [_datum_row(group, rows, standing, groups) for g, group in enumerate(groups) if g not in match.values()]
    rows.sort(key=lambda row: (row.storey.elevation_m, row.storey.global_id or ""))
    return tuple(row.storey for row in rows), _places(rows, products)


def zero_of(named: Sequence[NamedStorey]) -> float | None:
    """Level from which the files count the heights of their storeys, design frame, m; None where they do not agree."""
    zeros = [storey.zero_m for storey in named if storey.zero_m is not None]
    return float(np.median(zeros)) if zeros and max(zeros) - min(zeros) <= _SAME_M else None


def _levels(products: Sequence[Product], corners: Floats, element: Ints) -> tuple[Level, ...]:
    if not len(corners):
        return ()
    closed = np.array([p.solid.is_closed for p in products], dtype=np.bool_)
    return levels(columns(corners, element, closed[element]))


def _groups(named: Sequence[NamedStorey]) -> list[tuple[NamedStorey, ...]]:
    """Levels that several files name alike, taken together, ascending; the first file's name comes first."""
    groups: list[list[NamedStorey]] = []
    for storey in named:
        for group in groups:
            same = storey.global_id == group[0].global_id or storey.name.casefold() == group[0].name.casefold()
            if same and abs(storey.elevation_m - group[0].elevation_m) <= _SAME_M:
                group.append(storey)
                break
        else:
            groups.append([storey])
    return sorted((tuple(group) for group in groups), key=lambda group: group[0].elevation_m)


def _matched(stated: Sequence[float], found: Sequence[float]) -> dict[int, int]:
    """Index of the name for each level that has one: nearest pairs first, each once, none beyond the reach."""
    pairs = sorted((abs(s - f), i, j) for i, f in enumerate(found) for j, s in enumerate(stated))
    match: dict[int, int] = {}
    for apart, level, name in pairs:
        if apart <= REACH_M and level not in match and name not in match.values():
            match[level] = name
    return match


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a level is a floor, and why."""

    is_floor: bool
    why: str


_FLOOR_SHARE = 0.10
"""A level with less than this share of the widest floor is a machine room or a platform, not a storey ..."""
_FLOOR_ENOUGH_M2 = 50.0
"""... unless it is as large as a dwelling: a tower is small only beside its podium."""
_ROOF_SHARE = 0.25
"""Rooms over less than a quarter of the topmost level leave it a roof: the usual rule for counting storeys."""
_PADS_SHARE = 0.5
"""Footings below less than half of the widest floor are pads and strips; a raft lies below all of it."""
_FOOTINGS = frozenset({"IfcFooting", "IfcPile", "IfcDeepFoundation", "IfcCaissonFoundation"})


def judged(found: Sequence[Level], classes: Sequence[str]) -> list[Verdict]:
    """A verdict on each level, in the same order.

    Parameters
    ----------
    found : sequence of Level
        Ascending.
    classes : sequence of str
        IFC class of each element.
    """
    widest = max((level.covered_m2 for level in found), default=0.0)
    verdicts: list[Verdict] = []
    for level in reversed(found):
        above = any(verdict.is_floor for verdict in verdicts)
        verdicts.append(_verdict(level, {classes[i] for i in level.carriers}, widest, above))
    return verdicts[::-1]


def _verdict(level: Level, classes: set[str], widest: float, has_floor_above: bool) -> Verdict:
    covered, total = level.covered_m2, level.covered_m2 + level.open_m2
    kind = "terrace" if has_floor_above else "roof"
    if covered == 0.0:
        return Verdict(False, f"{kind}: nothing is enclosed above its top at {level.elevation_m:.2f} m")
    if covered < min(_FLOOR_ENOUGH_M2, _FLOOR_SHARE * widest):
        return Verdict(False, f"only {covered:.0f} m2 enclosed at {level.elevation_m:.2f} m, too little for a storey")
    if not has_floor_above and covered < _ROOF_SHARE * total:
        return Verdict(
            False, f"roof: the {covered:.0f} m2 enclosed above it are less than a quarter of its {total:.0f} m2"
        )
    if classes and classes <= _FOOTINGS and covered < _PADS_SHARE * widest:
        return Verdict(False, f"foundation: the tops of separate footings at {level.elevation_m:.2f} m")
    return Verdict(True, "slab" if "IfcSlab" in classes else f"level surface of {', '.join(sorted(classes))}")


def _level_row(level: Level, verdict: Verdict, group: tuple[NamedStorey, ...], area_m2: float) -> _Row:
    owner = group[0] if group else None
    why = f"{verdict.why} of {area_m2:.0f} m2 at {level.elevation_m:.2f} m" if verdict.is_floor else verdict.why
    stated = owner.elevation_m if owner is not None else level.elevation_m
    storey = Storey(
        name=owner.name if owner is not None and owner.name else f"level {level.elevation_m:+.2f}",
        global_id=owner.global_id if owner is not None else None,
        elevation_m=level.elevation_m if verdict.is_floor else stated,
        is_floor=verdict.is_floor,
        why=why if owner is not None else f"{why}; no file names it",
        floor_area_m2=area_m2,
    )
    return _Row(storey, level, tuple(s.global_id for s in group))


def _datum_row(
    group: tuple[NamedStorey, ...], rows: Sequence[_Row], standing: Standing, groups: Sequence[tuple[NamedStorey, ...]]
) -> _Row:
    """A named level at which geometry shows no wide level surface, or none that is still without a name."""
    owner = group[0]
    floors = [row.storey for row in rows if row.storey.is_floor]
    verdict = _datum_verdict(owner, floors, standing, [g[0].elevation_m for g in groups])
    storey = Storey(
        name=owner.name or f"level {owner.elevation_m:+.2f}",
        global_id=owner.global_id,
        elevation_m=owner.elevation_m,
        is_floor=verdict.is_floor,
        why=verdict.why,
    )
    return _Row(storey, None, tuple(s.global_id for s in group))


def _datum_verdict(
    owner: NamedStorey, floors: Sequence[Storey], standing: Standing, stated: Sequence[float]
) -> Verdict:
    elevation = owner.elevation_m
    near = min(floors, key=lambda floor: abs(floor.elevation_m - elevation), default=None)
    if near is not None and abs(near.elevation_m - elevation) <= REACH_M:
        return Verdict(False, f'a datum only: the floor at {near.elevation_m:.2f} m is "{near.name}"')
    row = standing.row(elevation, stated, must_open=near is not None)
    if row:
        return Verdict(True, f"no slab is modelled; {row} elements stand on this level")
    if floors and elevation < min(floor.elevation_m for floor in floors):
        return Verdict(False, f"foundation or datum: below the lowest floor, no floor structure within {REACH_M} m")
    if floors and elevation > max(floor.elevation_m for floor in floors):
        return Verdict(False, f"roof or datum: above the highest floor, no floor structure within {REACH_M} m")
    if not floors:
        return Verdict(False, "no slab is modelled and no row of elements of a storey's height stands on this level")
    return Verdict(False, f"a datum only: no floor structure within {REACH_M} m")


def _places(rows: Sequence[_Row], products: Sequence[Product]) -> list[int | None]:
    owner = {global_id: i for i, row in enumerate(rows) for global_id in row.owners}
    bands = Bands(
        tuple(row.storey.elevation_m for row in rows),
        tuple(row.level is not None or row.storey.is_floor for row in rows),
        tuple(row.level.carriers if row.level is not None else frozenset() for row in rows),
    )
    places: list[int | None] = []
    for index, product in enumerate(products):
        container = owner.get(product.container) if product.container is not None else None
        height = product.solid.vertices[:, 2]
        ground = product.role is Role.GROUND
        places.append(container if ground else bands.storey(index, float(height.min()), float(height.max()), container))
    return places
