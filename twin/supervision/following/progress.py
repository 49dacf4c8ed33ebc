"""How far the building is: approved elements that stand, storey by storey and class by class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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


def progress_of(before: Sequence[ElementRow], now: Sequence[ElementRow]) -> tuple[ProgressPart, ...]:
    """Progress between two inspections, in the order of the later design.

    An element stands where a survey saw it; once seen it still stands while a later survey does not look at it. One
    that no survey saw counts as not observed, never as built or missing.

    Parameters
    ----------
    before, now : sequence of ElementRow
        Of the earlier inspection, empty where there is none, and of the later one.
    """
    stood = {row.global_id for row in before if row.status in _STANDS}
    groups: dict[tuple[str | None, str], list[ElementRow]] = {}
    for row in now:
        groups.setdefault((row.storey, row.ifc_class), []).append(row)
    return tuple(_group(storey, kind, rows, stood) for (storey, kind), rows in groups.items())


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
