"""Whether a finding is larger or smaller than before, under the uncertainties of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from twin.evidence.schema import FindingPart

Quantity = Literal["volume_m3", "area_m2", "height_m"]
_QUANTITIES: tuple[Quantity, ...] = ("volume_m3", "area_m2", "height_m")
"""The first that both inspections measured is compared: a volume tells most."""


@dataclass(frozen=True, slots=True)
class SizeChange:
    """One size before and after, and what that says.

    Attributes
    ----------
    quantity : str
        With its unit.
    before, after : float
    expanded_uncertainty : float
        Of the difference, k = 2, the two surveys being independent.
    is_larger, is_smaller : bool
        Neither where the difference may be chance, or an unseen side hides it.
    """

    quantity: Quantity
    before: float
    after: float
    expanded_uncertainty: float
    is_larger: bool
    is_smaller: bool


def size_change(before: FindingPart, after: FindingPart, certainty: float) -> SizeChange | None:
    """The change between two inspections; None where they measured no size in common.

    Parameters
    ----------
    certainty : float
        Times the expanded uncertainty (k = 2) by which a change must exceed chance.
    """
    for quantity in _QUANTITIES:
        one, other = getattr(before, quantity), getattr(after, quantity)
        if one is not None and other is not None:
            return _change(quantity, before, after, certainty)
    return None


def _change(quantity: Quantity, before: FindingPart, after: FindingPart, certainty: float) -> SizeChange:
    """Where a side was not seen the size is a lower bound: it can have grown by what is sure, never have shrunk."""
    one, other = getattr(before, quantity), getattr(after, quantity)
    expanded = float(np.hypot(_uncertainty(before, quantity), _uncertainty(after, quantity)))
    least_before, least_after = (getattr(part.at_least, quantity, None) for part in (before, after))
    sure_before, sure_after = (
        one if least_before is None else least_before,
        other if least_after is None else least_after,
    )
    is_larger = least_before is None and sure_after - one > certainty * expanded
    is_smaller = least_after is None and sure_before - other > certainty * expanded
    return SizeChange(quantity, one, other, expanded, is_larger, is_smaller)


def _uncertainty(part: FindingPart, quantity: Quantity) -> float:
    return float(getattr(part.uncertainty, quantity) or 0.0)
