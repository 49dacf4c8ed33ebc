"""Decisions under uncertainty: one rule for all sizes."""

from __future__ import annotations

from twin.conformity.model import FindingVerdict

_ORDER = (FindingVerdict.INFORMATION, FindingVerdict.BORDERLINE, FindingVerdict.INCONSISTENT)


def beyond(value: float, expanded: float, limit: float) -> FindingVerdict:
    """Guard band (ISO 14253-1): beyond the limit by more than the expanded uncertainty, within it, or under it."""
    if value - expanded > limit:
        return FindingVerdict.INCONSISTENT
    return FindingVerdict.BORDERLINE if value + expanded > limit else FindingVerdict.INFORMATION


def weaker(first: FindingVerdict, second: FindingVerdict) -> FindingVerdict:
    """The less grave of two verdicts."""
    return min(first, second, key=_ORDER.index)
