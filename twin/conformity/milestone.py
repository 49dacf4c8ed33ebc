"""The key stages of works at which supervision looks, and what each of them lets one expect."""

from __future__ import annotations

from enum import StrEnum

from twin.errors import SettingsError


class Milestone(StrEnum):
    """Stage of the works at the time of the survey, in order of time."""

    FOUNDATION = "foundation"
    """Up to the ground datum, zero level (M2)."""
    GROUND_STOREY = "ground-storey"
    """Structure of the ground storey (M3)."""
    STRUCTURE = "structure"
    """Structure of a typical, transfer or any further storey (M4)."""
    TOPPING_OUT = "topping-out"
    """The load-bearing structure is whole (M5)."""
    ENVELOPE = "envelope"
    """Facades, roof coverings and parapets are whole (M6)."""
    EXTERNAL_WORKS = "external-works"
    """Paving, planting and parking are whole; site offices are gone (M7)."""
    COMPLETION = "completion"
    """Everything approved stands: planning verification (M8)."""
    IN_USE = "in-use"
    """Patrol or re-inspection after occupation (M9)."""

    @property
    def code(self) -> str:
        """Number in the order of supervision, ``M2`` to ``M9``."""
        return f"M{list(Milestone).index(self) + 2}"

    @property
    def structure_is_whole(self) -> bool:
        """Whether a load-bearing element that is absent is missing rather than not yet built."""
        return self.code >= Milestone.TOPPING_OUT.code

    @property
    def envelope_is_whole(self) -> bool:
        """Whether an absent facade, window, railing or covering is missing rather than not yet built."""
        return self.code >= Milestone.ENVELOPE.code

    @property
    def all_is_due(self) -> bool:
        """Whether anything approved that is absent is missing."""
        return self.code >= Milestone.COMPLETION.code


def milestone_named(text: str) -> Milestone:
    """The milestone of that name (``topping-out``) or code (``M5``), in any case, blanks and underscores allowed.

    Raises
    ------
    SettingsError
        No such milestone.
    """
    wanted = text.strip().lower().replace("_", "-").replace(" ", "-")
    for milestone in Milestone:
        if wanted in (milestone.value, milestone.code.lower()):
            return milestone
    known = ", ".join(f"{milestone.value} ({milestone.code})" for milestone in Milestone)
    raise SettingsError(f"there is no milestone {text!r}", f"give one of {known}")
