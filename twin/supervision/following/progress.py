"""How far the building is: approved elements that stand, storey by storey and class by class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from twin.deviation.model import ElementStatus
from twin.supervision.following.ledger import ProgressPart

_STANDS = (ElementStatus.AS_DESIGNED, ElementStatus.DISPLACED)
_NOT_THERE = (ElementStatus.MISSING, ElementStatus.NOT_DUE)


@dataclass(frozen=True, slots=True)
class ElementRow:
    """What a case's table says of an approved element."""

    global_id: str
    ifc_class: str
    storey: str | None
    status: ElementStatus


def progress_of(
    before: Sequence[ElementRow], now: Sequence[ElementRow], stood: Collection[str] = ()
) -> tuple[ProgressPart, ...]:
    """Progress between two inspections, in the order of the later table.

    An element stands where a survey saw it; once seen it still stands while later surveys do not look at it. One that
    no survey saw counts as not observed, never as built or missing.

    Parameters
    ----------
    before, now : sequence of ElementRow
        Of the earlier inspection, empty where there is none, and of the later one.
    stood : collection of str
        Elements that stood before the earlier inspection and were not seen at it: the earlier ledger's `stood`.
    """
    known = _standing(before) | set(stood)
    groups: dict[tuple[str | None, str], list[ElementRow]] = {}
    for row in now:
        groups.setdefault((row.storey, row.ifc_class), []).append(row)
    return tuple(_group(storey, kind, rows, known) for (storey, kind), rows in groups.items())


def still_standing(
    before: Sequence[ElementRow], now: Sequence[ElementRow], stood: Collection[str] = ()
) -> tuple[str, ...]:
    """Elements that an earlier inspection saw standing and the later one did not see, for the inspections after it.

    Parameters are those of `progress_of`.
    """
    known = _standing(before) | set(stood)
    return tuple(sorted(r.global_id for r in now if r.status is ElementStatus.NOT_OBSERVED and r.global_id in known))


def _standing(rows: Sequence[ElementRow]) -> set[str]:
    return {row.global_id for row in rows if row.status in _STANDS}


def _group(storey: str | None, ifc_class: str, rows: Sequence[ElementRow], stood: set[str]) -> ProgressPart:
    states = Counter(_state(row, stood) for row in rows)
    return ProgressPart(
        storey=storey,
        ifc_class=ifc_class,
        elements=len(rows),
        built_before=sum(row.global_id in stood for row in rows),
        built=states["built"],
        missing=states["missing"],
        not_observed=states["not_observed"],
        not_due=states["not_due"],
    )


def _state(row: ElementRow, stood: set[str]) -> str:
    if row.status in _STANDS:
        return "built"
    if row.status in _NOT_THERE:
        return row.status.value
    return "built" if row.global_id in stood else "not_observed"


def states(rows: Sequence[ElementRow]) -> Mapping[str, ElementStatus]:
    """State of every element by its GlobalId."""
    return {row.global_id: row.status for row in rows}
