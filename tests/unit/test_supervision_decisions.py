"""What persons decide: any history folds to its last state, and any tampering is told by its line."""

from __future__ import annotations

import multiprocessing
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.errors import EvidenceError, InputError
from twin.supervision.decisions import (
    FILE_NAME,
    FIRST,
    HEAD_NAME,
    DecisionsTampered,
    decide,
    instant,
    read_decisions,
    states_of,
)
from twin.supervision.moves import MOVES, MoveError
from twin.supervision.states import State

NOON = datetime(2026, 5, 6, 12, 0, tzinfo=UTC)


def write(folder: Path, finding: str = "one", after: State = State.CONFIRMED, why: str = "seen on site") -> None:
    decide(folder, finding, after, by="Inspector A", at=NOON, why=why, inspection="M5-2026-05-01")


def history(folder: Path, choices: list[tuple[int, int]]) -> dict[str, State]:
    """Decides as the numbers choose among findings and allowed moves; gives the last state of each finding."""
    states: dict[str, State] = {}
    for step, (which, move) in enumerate(choices):
        finding = f"finding-{which % 3}"
        allowed = list(MOVES[states.get(finding, State.CANDIDATE)])
        states[finding] = allowed[move % len(allowed)]
        at = NOON + timedelta(hours=step)
        decide(folder, finding, states[finding], by="检查员甲", at=at, why=f"reason {step}")
    return states


choices = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=8)


@settings(max_examples=30, deadline=None)
@given(choices=choices)
def test_any_history_folds_to_its_last_state(choices: list[tuple[int, int]], tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("project")
    states = history(folder, choices)
    decisions = read_decisions(folder)
    assert len(decisions) == len(choices)
    assert states_of(decisions) == states


@settings(max_examples=80, deadline=None)
@given(choices=choices, data=st.data())
def test_any_tampering_is_detected(choices: list[tuple[int, int]], data: st.DataObject, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("project")
    history(folder, choices)
    path = folder / FILE_NAME
    lines = path.read_bytes().split(b"\n")[:-1]
    number = data.draw(st.integers(0, len(lines) - 1), label="line")
    what = data.draw(st.sampled_from(["change", "remove", "swap", "double", "cut", "empty"]), label="what")
    if what == "change":
        place = data.draw(st.integers(0, len(lines[number]) - 1), label="byte")
        bit = 1 << data.draw(st.integers(0, 7), label="bit")
        lines[number] = lines[number][:place] + bytes([lines[number][place] ^ bit]) + lines[number][place + 1 :]
    elif what == "remove":
        del lines[number]
    elif what == "swap":
        other = data.draw(st.integers(0, len(lines) - 1), label="other")
        if other == number:
            return
        lines[number], lines[other] = lines[other], lines[number]
    elif what == "double":
        lines.insert(number, lines[number])
    elif what == "cut":
        lines = lines[:number]
    else:
        lines = []
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    with pytest.raises(DecisionsTampered, match=r"decisions\.jsonl, line \d+: "):
        read_decisions(folder)
    before = path.read_bytes()
    with pytest.raises(DecisionsTampered):
        write(folder, "another")
    assert path.read_bytes() == before


def test_the_line_that_was_changed_is_named(tmp_path: Path) -> None:
    for finding in ("one", "two", "three"):
        write(tmp_path, finding)
    path = tmp_path / FILE_NAME
    path.write_text(path.read_text("utf-8").replace('"two"', '"owt"'), encoding="utf-8")
    with pytest.raises(DecisionsTampered, match="line 3: does not follow the line before it") as caught:
        read_decisions(tmp_path)
    assert isinstance(caught.value, EvidenceError)


def test_a_log_or_head_that_is_gone_is_missed(tmp_path: Path) -> None:
    write(tmp_path, "one")
    write(tmp_path, "two")
    log, head = tmp_path / FILE_NAME, tmp_path / HEAD_NAME
    kept = log.read_bytes(), head.read_bytes()
    head.unlink()
    with pytest.raises(DecisionsTampered, match="line 2: was never written"):
        read_decisions(tmp_path)
    head.write_bytes(kept[1])
    log.unlink()
    with pytest.raises(DecisionsTampered, match="line 1: is gone: 2 were written"):
        read_decisions(tmp_path)
    log.write_bytes(kept[0])
    head.write_text("two")
    with pytest.raises(DecisionsTampered, match=r"decisions\.head: does not say"):
        read_decisions(tmp_path)


def test_a_killed_writer_leaves_no_half_decision(tmp_path: Path) -> None:
    write(tmp_path, "one")
    path, head = tmp_path / FILE_NAME, tmp_path / HEAD_NAME
    whole, earlier = path.read_bytes(), head.read_bytes()
    path.write_bytes(whole + b'{"finding": "two", "fro')
    assert [each.finding for each in read_decisions(tmp_path)] == ["one"]
    write(tmp_path, "two")
    assert [each.finding for each in read_decisions(tmp_path)] == ["one", "two"]
    head.write_bytes(earlier)
    assert [each.finding for each in read_decisions(tmp_path)] == ["one", "two"]
    write(tmp_path, "three")
    assert [each.finding for each in read_decisions(tmp_path)] == ["one", "two", "three"]
    assert path.read_bytes().startswith(whole)


def test_the_log_is_plain_lines_and_the_first_follows_nothing(tmp_path: Path) -> None:
    assert read_decisions(tmp_path) == ()
    decide(
        tmp_path, "one", State.CONFIRMED, by="检查员甲", at=NOON.astimezone(timezone(timedelta(hours=8))), why="现场"
    )
    (line,) = (tmp_path / FILE_NAME).read_text("utf-8").splitlines()
    assert line == (
        '{"finding": "one", "from": "candidate", "to": "confirmed", "by": "检查员甲", "at": "2026-05-06T12:00:00Z",'
        f' "offset": "+08:00", "why": "现场", "inspection": null, "previous": "{FIRST}"}}'
    )


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_a_move_is_allowed_or_names_those_that_are(before: State, after: State, tmp_path: Path) -> None:
    ways = {
        State.CANDIDATE: [],
        State.CONFIRMED: [State.CONFIRMED],
        State.DISMISSED: [State.DISMISSED],
        State.HANDED_OVER: [State.CONFIRMED, State.HANDED_OVER],
        State.RECTIFYING: [State.CONFIRMED, State.RECTIFYING],
        State.RECTIFIED: [State.CONFIRMED, State.RECTIFYING, State.RECTIFIED],
        State.CLOSED: [State.CONFIRMED, State.RECTIFYING, State.RECTIFIED, State.CLOSED],
    }
    for step in ways[before]:
        write(tmp_path, after=step)
    if after in MOVES[before]:
        write(tmp_path, after=after)
        assert read_decisions(tmp_path)[-1].before is before
    else:
        with pytest.raises(MoveError, match=f"is {before} and cannot become {after}: from here") as caught:
            write(tmp_path, after=after)
        assert all(str(allowed) in caught.value.hint for allowed in MOVES[before])
        assert len(read_decisions(tmp_path)) == len(ways[before])


def test_every_state_can_be_reached_and_left() -> None:
    assert set(MOVES) == set(State)
    assert {after for moves in MOVES.values() for after in moves} == set(State) - {State.CANDIDATE}
    assert all(MOVES.values())


@pytest.mark.parametrize(("by", "why", "said"), [(" ", "seen", "name"), ("Inspector A", "\n", "reason")])
def test_nobody_decides_without_name_and_reason(by: str, why: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"{said}.* is empty"):
        decide(tmp_path, "one", State.CONFIRMED, by=by, at=NOON, why=why)
    assert not (tmp_path / FILE_NAME).exists()


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(InputError, match="names no time zone"):
        instant(datetime(2026, 5, 6, 12, 0))


def _endless(folder: str) -> None:
    for number in range(1_000_000):
        write(Path(folder), f"finding-{number}")


def test_a_writer_that_is_killed_at_any_time_leaves_a_log_that_goes_on(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    made = 0
    for run in range(8):
        folder = tmp_path / str(run)
        folder.mkdir()
        writer = context.Process(target=_endless, args=(str(folder),))
        writer.start()
        time.sleep(0.03 + 0.007 * run)
        writer.kill()
        writer.join()
        decisions = read_decisions(folder)
        assert [each.finding for each in decisions] == [f"finding-{number}" for number in range(len(decisions))]
        write(folder, "after")
        assert len(read_decisions(folder)) == len(decisions) + 1
        made += len(decisions)
    assert made > 0


def _many(folder: str, name: str) -> None:
    for number in range(20):
        write(Path(folder), f"{name}-{number}")


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_many, args=(str(tmp_path), name)) for name in ("a", "b")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert {writer.exitcode for writer in writers} == {0}
    assert sorted(states_of(read_decisions(tmp_path))) == sorted(f"{n}-{k}" for n in "ab" for k in range(20))
