"""When decisions were made: never in the future nor out of order, and shown by the clock by which they were given."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from twin.errors import InputError
from twin.supervision.decisions import Decision, decide, read_decisions
from twin.supervision.states import State

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)


def test_times_that_cannot_be_are_refused_in_one_line(tmp_path: Path) -> None:
    def at(day: int, hour: int = 12) -> datetime:
        return datetime(2026, 5, day, hour, tzinfo=UTC)

    def told(after: State, when: datetime, now: datetime) -> Decision:
        return decide(tmp_path, "one", after, by="A", at=when, why="seen", now=now)

    with pytest.raises(InputError, match="lies in the future"):
        told(State.CONFIRMED, at(7), at(6))
    told(State.CONFIRMED, at(6), at(6))
    with pytest.raises(InputError, match="lies before 2026-05-06T12:00:00Z, when one became confirmed"):
        told(State.RECTIFYING, at(5), at(8))
    told(State.RECTIFYING, at(6), at(8))
    decide(tmp_path, "two", State.CONFIRMED, by="A", at=at(20), why="seen")  # by an earlier state of the program
    decide(tmp_path, "two", State.RECTIFYING, by="A", at=at(8), why="seen", now=at(8))
    assert len(read_decisions(tmp_path)) == 4


def test_a_time_is_shown_by_the_clock_by_which_it_was_given(tmp_path: Path) -> None:
    given = datetime.fromisoformat("2026-05-06T20:00:00+08:00")
    made = decide(tmp_path, "one", State.CONFIRMED, by="A", at=given, why="seen")
    assert (made.at, made.time.isoformat()) == ("2026-05-06T12:00:00Z", "2026-05-06T20:00:00+08:00")
    assert read_decisions(tmp_path) == (made,)


def test_a_line_without_an_offset_is_read_as_before(tmp_path: Path) -> None:
    (tmp_path / "decisions.jsonl").write_text(
        '{"finding": "one", "from": "candidate", "to": "confirmed", "by": "A", "at": "2026-05-06T12:00:00Z",'
        f' "why": "seen", "inspection": null, "previous": "{"0" * 64}"}}\n'
    )
    (made,) = read_decisions(tmp_path)
    assert (made.offset, made.at) == (None, "2026-05-06T12:00:00Z")
    decide(tmp_path, "one", State.DISMISSED, by="A", at=NOW, why="seen")
    assert len(read_decisions(tmp_path)) == 2
