"""What a survey proposes about a finding, for a person to decide."""

from __future__ import annotations

from collections.abc import Sequence

from twin.conformity.model import FindingVerdict
from twin.supervision.following.ledger import StepPart
from twin.supervision.states import Standing, State

_GRAVITY = {FindingVerdict.INFORMATION: 0, FindingVerdict.BORDERLINE: 1, FindingVerdict.INCONSISTENT: 2}
_MORE = (Standing.GREW, Standing.REOPENED)
"""What stands there is more than what a person once looked at, or is there a second time."""


def proposal(standing: Standing, state: State, *, accuses: bool = True, is_graver: bool | None = None) -> State | None:
    """The state that a survey proposes; None where it proposes no other.

    Parameters
    ----------
    accuses : bool
        Whether the finding is more than information: nobody need decide about a car that drove away.
    is_graver : bool, optional
        Whether it became graver since a person dismissed it; by its standing where that is not known.
    """
    if state is State.DISMISSED:
        return State.CONFIRMED if (standing in _MORE if is_graver is None else is_graver) else None
    if standing is Standing.RESOLVED:
        waits = state in (State.CONFIRMED, State.HANDED_OVER, State.RECTIFYING)
        return State.RECTIFIED if waits or (state is State.CANDIDATE and accuses) else None
    is_there = standing in (Standing.PERSISTS, Standing.GREW, Standing.SHRANK, Standing.REOPENED)
    return State.CONFIRMED if is_there and state in (State.RECTIFIED, State.CLOSED) else None


def graver_since(history: Sequence[StepPart], inspection: str | None, day: str) -> bool:
    """Whether a finding grew, came back or is accused of more than when a person dismissed it.

    Parameters
    ----------
    history : sequence of StepPart
    inspection : str or None
        On which the dismissal rests.
    day : str
        ISO day of the dismissal, for one that names no inspection of this history.
    """
    until = [row for row, step in enumerate(history) if step.inspection == inspection]
    if not until:
        until = [row for row, step in enumerate(history) if step.date is None or step.date <= day]
    cut = until[-1] + 1 if until else 0
    before = next((step.verdict for step in reversed(history[:cut]) if step.verdict), None)
    after = [step.verdict for step in history[cut:] if step.verdict]
    if any(step.standing in _MORE for step in history[cut:]):
        return True
    return before is not None and any(_GRAVITY[verdict] > _GRAVITY[before] for verdict in after)


def resolved_by(history: Sequence[StepPart]) -> str | None:
    """The inspection that saw a finding's place without it, where that is its standing still; else None."""
    found = None
    for step in reversed(history):
        if step.standing is not Standing.RESOLVED:
            break
        found = step.inspection
    return found
