"""What a person decides about a finding that a project has."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipelines.followup import follow_missing
from twin.errors import InputError
from twin.supervision.decisions import Decision, decide
from twin.supervision.model import FindingState
from twin.supervision.state import Facts, read_facts
from twin.supervision.states import State

_SHORTEST = 4


def decide_about(
    folder: Path, guid: str, after: State, *, by: str, why: str, at: datetime | None, now: datetime
) -> Decision:
    """Adds a decision about one of a project's findings.

    It rests on the last inspection that showed the finding; that it was put right, on the one that saw it gone.

    Parameters
    ----------
    guid : str
        Of the finding, or its first characters where no other begins so.
    after : State
        What it becomes.
    at : datetime or None
        With its time zone; None: now.
    now : datetime
        The time it is, by the clock of who decides.

    Raises
    ------
    InputError
        The findings cannot be followed; no such finding, or several; and whatever `twin.supervision.decisions.decide`
        and `read_facts` raise.
    """
    if (unfollowed := follow_missing(folder)) is not None:
        said = f"{folder}: nothing can be decided, because its findings cannot be followed: {unfollowed}"
        raise InputError(said, "a decision made now would be lost once they can")
    facts = read_facts(folder)
    guid = _named(facts, guid)
    finding = next((each for each in facts.findings if each.guid == guid), None)
    inspection = None if finding is None else _rests_on(finding, after)
    return decide(folder, guid, after, by=by, at=at or now, why=why, inspection=inspection, now=now)


def _rests_on(finding: FindingState, after: State) -> str:
    if after in (State.RECTIFIED, State.CLOSED) and finding.resolved_by is not None:
        return finding.resolved_by
    return finding.inspection


def time_named(text: str) -> datetime:
    """A time as people write it.

    Raises
    ------
    InputError
        No ISO time.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text!r} is no time", "write 2026-05-06T07:08:09Z or ...+08:00") from error


def _named(facts: Facts, guid: str) -> str:
    """The finding that is meant: of those that cases show, and those about which something was decided."""
    known = dict.fromkeys([*(each.guid for each in facts.findings), *(each.finding for each in facts.decisions)])
    wanted = guid.strip().lower()
    begin = [each for each in known if each.startswith(wanted)] if len(wanted) >= _SHORTEST else []
    if wanted in known or len(begin) == 1:
        return wanted if wanted in known else begin[0]
    if begin:
        raise InputError(f"{guid}: {len(begin)} findings begin so", f"write more of it: {', '.join(begin[:5])}")
    raise InputError(f"{facts.project.folder}: has no finding {guid}", "plumbline project show lists them")
