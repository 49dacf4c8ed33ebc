"""The words in which supervision sorts projects and findings; light to import, since the command line lists them."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """What a later survey says of a finding. *No longer observed* is never shown as *resolved*."""

    NEW = "new"
    PERSISTS = "persists"
    GREW = "grew"
    SHRANK = "shrank"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    NO_LONGER_OBSERVED = "no_longer_observed"


class State(StrEnum):
    """What persons have done about a finding. A survey proposes a state, a person decides."""

    CANDIDATE = "candidate"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    HANDED_OVER = "handed_over"
    RECTIFYING = "rectifying"
    RECTIFIED = "rectified"
    CLOSED = "closed"


class Tier(StrEnum):
    """How closely a project is watched."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
