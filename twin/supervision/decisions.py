"""The door of ``decisions.jsonl``: what persons decided about findings, only ever added to.

Each line carries the SHA-256 of the line before it (the first: 64 zeros), so that none can be changed, taken out or
moved. What follows no line, the last one, is held by ``decisions.head``: number of lines and SHA-256 of the last. It is
written after its line, so a killed writer leaves the head one line behind at most, or half a line, which counts as
never written.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from twin.errors import EvidenceError, InputError
from twin.evidence.case import FolderError, write_whole
from twin.supervision.moves import MOVES, check_move
from twin.supervision.states import State

FILE_NAME, HEAD_NAME = "decisions.jsonl", "decisions.head"
FIRST = "0" * 64
_KEYS = ("finding", "from", "to", "by", "at", "offset", "why", "inspection", "previous")
_EARLIER_KEYS = tuple(key for key in _KEYS if key != "offset")


class DecisionsTampered(EvidenceError):
    """The log of decisions is not what was written."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's decision about one finding.

    Attributes
    ----------
    finding : str
        Its GUID.
    by : str
        Name of the person.
    at : str
        UTC, as ``2026-05-06T07:08:09Z``.
    inspection : str or None
        Name of the inspection that it rests on.
    offset : str or None
        Of the clock by which the time was given, as ``+08:00``; None in logs of earlier versions.
    """

    finding: str
    before: State
    after: State
    by: str
    at: str
    why: str
    inspection: str | None = None
    offset: str | None = None

    @property
    def time(self) -> datetime:
        """When, by the clock by which it was given; UTC where that is not known."""
        zone = None if self.offset is None else datetime.fromisoformat(f"2000-01-01T00:00:00{self.offset}").tzinfo
        return datetime.fromisoformat(self.at).astimezone(zone or UTC)

    @property
    def day(self) -> date:
        """On which it was made, UTC."""
        return datetime.fromisoformat(self.at).astimezone(UTC).date()


def instant(at: datetime) -> str:
    """A time as decisions write it: UTC, whole seconds.

    Raises
    ------
    InputError
        A time without its zone, or one that UTC cannot tell.
    """
    if at.tzinfo is None:
        raise InputError(f"{at.isoformat()}: names no time zone", "write 2026-05-06T07:08:09Z or ...+08:00")
    try:
        return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    except OverflowError as error:
        raise InputError(f"{at.isoformat()}: lies outside the calendar", "write when it was decided") from error


def states_of(decisions: Iterable[Decision]) -> dict[str, State]:
    """State of each finding about which anything was decided."""
    return {finding: decision.after for finding, decision in last_of(decisions).items()}


def last_of(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """The last decision about each finding, in the order in which they were first decided about."""
    return {decision.finding: decision for decision in decisions}


def by_finding(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    """Decisions about each finding, in order."""
    found: dict[str, list[Decision]] = {}
    for decision in decisions:
        found.setdefault(decision.finding, []).append(decision)
    return found


def read_decisions(project: Path) -> tuple[Decision, ...]:
    """All decisions of a project, in order; none where there is no log.

    Raises
    ------
    DecisionsTampered
        A line was changed, taken out, moved or added by another hand; names the line.
    FolderError
        The log cannot be read.
    """
    if not (project / FILE_NAME).exists() and not (project / HEAD_NAME).exists():
        return ()
    with _locked(project, shared=True):
        return _read(project / FILE_NAME)


def _read(path: Path) -> tuple[Decision, ...]:
    lines = _whole_lines(path)
    _check_head(path, lines)
    decisions: list[Decision] = []
    states: dict[str, State] = {}
    previous = FIRST
    for number, line in enumerate(lines, start=1):
        decision, said = _decision(line, path, number)
        if said != previous:
            raise _tampered(path, number, "does not follow the line before it")
        if states.get(decision.finding, State.CANDIDATE) is not decision.before:
            raise _tampered(path, number, f"starts from {decision.before}, which its finding was not")
        if decision.after not in MOVES[decision.before]:
            raise _tampered(path, number, f"makes {decision.before} {decision.after}, which nobody can decide")
        decisions.append(decision)
        states[decision.finding] = decision.after
        previous = _sha256(line)
    return tuple(decisions)


def decide(
    project: Path,
    finding: str,
    after: State,
    *,
    by: str,
    at: datetime,
    why: str,
    inspection: str | None = None,
    now: datetime | None = None,
) -> Decision:
    """Adds a decision to the log of a project; another writer waits, and a killed one leaves no half decision.

    Parameters
    ----------
    at : datetime
        With its time zone.
    now : datetime, optional
        The time it is, with its zone: nothing is decided later, nor before the last decision about the finding. One
        that lies in the future itself, as an earlier version let it, forbids nothing. Not checked where it is left out.

    Raises
    ------
    MoveError
        The finding's state does not allow it.
    InputError
        No name, no reason, a time without zone, or one that cannot be.
    DecisionsTampered
        The log is not what was written; nothing is added to it.
    FolderError
        The log cannot be written.
    """
    for what, text in (("finding", finding), ("name of who decides", by), ("reason", why)):
        if not text.strip():
            raise InputError(f"the {what} is empty", "a decision names its finding, who made it and why")
    time = instant(at)
    with _locked(project):
        decisions = _read(project / FILE_NAME)
        last = last_of(decisions).get(finding)
        before = State.CANDIDATE if last is None else last.after
        check_move(finding, before, after)
        if now is not None:
            _check_time(time, instant(now), last)
        offset = at.isoformat(timespec="seconds")[19:]
        decision = Decision(finding, before, after, by.strip(), time, " ".join(why.split()), inspection, offset)
        _append(project / FILE_NAME, decision)
    return decision


def _check_time(time: str, now: str, last: Decision | None) -> None:
    """Times as decisions write them, which sort as they follow each other."""
    if time > now:
        raise InputError(f"{time}: lies in the future", f"it is {now}; write when it was decided")
    if last is not None and time < last.at <= now:
        said = f"{time}: lies before {last.at}, when {last.finding} became {last.after}"
        raise InputError(said, "decisions about a finding are noted in their order")


def _append(path: Path, decision: Decision) -> None:
    lines = _whole_lines(path)
    what = (decision.finding, decision.before, decision.after, decision.by, decision.at, decision.offset)
    document = dict(zip(_KEYS, (*what, decision.why, decision.inspection, _last(lines)), strict=True))
    try:
        line = json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{path}: name or reason is no text", "write it in UTF-8") from error
    try:
        _write_head(path, lines)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            end = sum(len(each) + 1 for each in lines)
            os.ftruncate(handle, end)
            os.lseek(handle, end, os.SEEK_SET)
            written = os.write(handle, line + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise FolderError(f"{path}: cannot be written ({error.strerror})", "check the folder's rights") from error
    if written != len(line) + 1:
        raise FolderError(f"{path}: the disk took only a part of the line", "free some space and decide again")
    _write_head(path, [*lines, line])


def _write_head(path: Path, lines: list[bytes]) -> None:
    if lines:
        write_whole(path.with_name(HEAD_NAME), f"{len(lines)} {_last(lines)}\n")


def _check_head(path: Path, lines: list[bytes]) -> None:
    head = path.with_name(HEAD_NAME)
    words = _bytes(head).split()
    if not words:
        count, last = 0, FIRST
    elif len(words) == 2 and words[0].isdigit() and len(words[1]) == len(FIRST):
        count, last = int(words[0]), words[1].decode("ascii", "replace")
    else:
        raise DecisionsTampered(f"{head}: does not say where the decisions end", "restore it with its log")
    if len(lines) < count:
        raise _tampered(path, len(lines) + 1, f"is gone: {count} were written")
    if len(lines) > count + 1:
        raise _tampered(path, count + 2, f"was never written by this program: {HEAD_NAME} ends before it")
    if count and _sha256(lines[count - 1]) != last:
        raise _tampered(path, count, "is not as it was written")


def _decision(line: bytes, path: Path, number: int) -> tuple[Decision, str]:
    try:
        values: dict[str, Any] = json.loads(line)
        "".join(filter(None, values.values())).encode()
        texts = [values[key] for key in values if key != "inspection"]
        if tuple(values) not in (_KEYS, _EARLIER_KEYS) or not all(isinstance(text, str) for text in texts):
            raise ValueError("other keys")
        inspection = values["inspection"]
        if inspection is not None and not isinstance(inspection, str):
            raise ValueError("inspection is no name")
        before, after = State(values["from"]), State(values["to"])
        who, when, offset = values["by"], values["at"], values.get("offset")
        decision = Decision(values["finding"], before, after, who, when, values["why"], inspection, offset)
        _ = decision.time  # refuses what is no time
    except (ValueError, AttributeError, TypeError, RecursionError, OverflowError) as error:
        raise _tampered(path, number, "is no decision") from error
    return decision, values["previous"]


def _whole_lines(path: Path) -> list[bytes]:
    """Lines without their ends; a last one without end was never finished."""
    return _bytes(path).split(b"\n")[:-1]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise FolderError(f"{path}: cannot be read ({error.strerror})", "check its rights") from error


def _last(lines: list[bytes]) -> str:
    return _sha256(lines[-1]) if lines else FIRST


def _sha256(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _tampered(path: Path, number: int, what: str) -> DecisionsTampered:
    return DecisionsTampered(f"{path}, line {number}: {what}", "restore the log from a copy; decisions are only added")


@contextmanager
def _locked(folder: Path, shared: bool = False) -> Iterator[None]:
    """One writer at a time, and no reader meanwhile: the folder's lock, which dies with its holder. Systems without
    such locks have none.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise FolderError(f"{folder}: cannot be opened ({error.strerror})", "name a project's folder") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
