"""How a long run tells what it is doing, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of every stage as it starts, advances and finishes.

    Calls for one stage come in order; stages may not overlap. A listener never raises and never blocks for long.
    """

    def started(self, stage: str, total: float | None = None) -> None:
        """`stage` begins; `total` is its amount of work in any unit, None where nobody knows."""
        ...

    def advanced(self, stage: str, amount: float, total: float | None = None) -> None:
        """`amount` more of `stage` is done, in the unit of its total; `total` where it is known only now."""
        ...

    def finished(self, stage: str) -> None:
        """`stage` is over, whether it succeeded or not."""
        ...

    def noted(self, text: str) -> None:
        """Something that the user should know, in one line."""
        ...


class Silence:
    """A `Progress` that tells nobody."""

    def started(self, stage: str, total: float | None = None) -> None:
        """Nothing."""

    def advanced(self, stage: str, amount: float, total: float | None = None) -> None:
        """Nothing."""

    def finished(self, stage: str) -> None:
        """Nothing."""

    def noted(self, text: str) -> None:
        """Nothing."""
