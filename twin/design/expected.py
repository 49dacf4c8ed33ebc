"""What of the design is to stand when a survey is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from twin.design.model import Element


@dataclass(frozen=True, slots=True)
class Expected:
    """What is due; everything, where nothing is said.

    Attributes
    ----------
    below_m : float or None
        Elements that stand wholly above this level, m, design frame, are not due yet.
    on : date or None
        Day of the survey: elements whose tasks in the model end later are not due yet.
    """

    below_m: float | None = None
    on: date | None = None

    def is_due(self, element: Element, slack_m: float = 0.0) -> bool:
        """Whether an element is to stand; one whose foot lies within `slack_m` of the level is not due yet."""
        if self.below_m is not None and element.box[2] >= self.below_m - slack_m:
            return False
        return self.on is None or element.due_on is None or element.due_on <= self.on.isoformat()
