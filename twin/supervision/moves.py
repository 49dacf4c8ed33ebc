"""What persons may do about a finding: from each state the states that may follow, and why."""

from __future__ import annotations

from twin.errors import InputError
from twin.supervision.states import State

MOVES: dict[State, dict[State, str]] = {
    State.CANDIDATE: {
        State.CONFIRMED: "a person looked and agrees with the survey",
        State.DISMISSED: "a person looked: stored material, an approved change, an error of measurement",
        State.RECTIFIED: "put right before anybody had looked, as a later survey shows: no false alarm",
    },
    State.CONFIRMED: {
        State.HANDED_OVER: "to the authority that determines and enforces",
        State.RECTIFYING: "the party was asked to put it right",
        State.RECTIFIED: "put right before anybody asked, as a later survey shows",
        State.DISMISSED: "the inquiry showed that it was approved or is not there",
    },
    State.HANDED_OVER: {
        State.RECTIFYING: "the authority ordered it to be put right",
        State.RECTIFIED: "put right under the authority, as a later survey shows",
        State.DISMISSED: "the authority determined that it accords with the permit",
    },
    State.RECTIFYING: {
        State.RECTIFIED: "a re-inspection shows it put right, or a later approval covers it",
        State.HANDED_OVER: "the time to put it right passed and nothing was done",
    },
    State.RECTIFIED: {
        State.CLOSED: "the papers are complete",
        State.CONFIRMED: "it is there again, or was never put right",
    },
    State.DISMISSED: {State.CONFIRMED: "it turned out to be one after all"},
    State.CLOSED: {State.CONFIRMED: "it was built again"},
}
"""Every state can be left: nothing that was decided cannot be taken up again."""


class MoveError(InputError):
    """A decision that does not follow from the state of its finding."""


def check_move(finding: str, before: State, after: State) -> None:
    """Refuses a move that the table does not have.

    Raises
    ------
    MoveError
        Names the moves that it has.
    """
    if after not in MOVES[before]:
        allowed = ", ".join(MOVES[before])
        raise MoveError(f"{finding} is {before} and cannot become {after}", f"from here it may become {allowed}")
