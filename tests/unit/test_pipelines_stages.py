"""Stages one after another, and one beside another."""

from __future__ import annotations

import threading

import pytest

from pipelines.progress import Silence
from pipelines.stages import Stages
from twin.errors import EvidenceError


class _Heard(Silence):
    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def started(self, stage: str, total: float | None = None) -> None:
        self.calls.append(("started", stage))

    def finished(self, stage: str) -> None:
        self.calls.append(("finished", stage))


def test_a_stage_beside_another_runs_at_the_same_time_and_is_told_after_it() -> None:
    heard, met = _Heard(), threading.Barrier(2, timeout=20.0)
    stages = Stages(heard)
    with stages.beside("files", lambda: _meet(met)), stages.run("pictures"):
        _meet(met)
    assert [(r.name, r.status) for r in stages.records] == [("pictures", "COMPLETE"), ("files", "COMPLETE")]
    assert heard.calls == [
        ("started", "pictures"),
        ("finished", "pictures"),
        ("started", "files"),
        ("finished", "files"),
    ]


def _meet(met: threading.Barrier) -> None:
    met.wait()


def test_its_seconds_are_its_own() -> None:
    now, over = [0.0], threading.Event()

    def work() -> None:
        now[0] = 3.0

    def clock() -> float:
        read = now[0]
        if threading.current_thread() is not threading.main_thread():
            over.set()
        return read

    stages = Stages(Silence(), clock=clock)
    with stages.beside("files", work):
        assert over.wait(20.0)
        now[0] = 50.0
    assert [r.seconds for r in stages.records] == [3.0]


def test_what_fails_beside_is_raised_when_the_body_has_ended() -> None:
    stages, ended = Stages(Silence()), []
    with pytest.raises(EvidenceError, match="disk"), stages.beside("files", _fail):
        ended.append("body")
    assert ended == ["body"]
    assert [(r.name, r.status, r.why) for r in stages.records] == [("files", "FAILED", "the disk is full")]


def _fail() -> None:
    raise EvidenceError("the disk is full")


def test_a_body_that_fails_waits_for_what_runs_beside_it() -> None:
    stages, done = Stages(Silence()), []
    with pytest.raises(EvidenceError, match="paint"), stages.beside("files", lambda: done.append("files")):
        raise EvidenceError("no paint")
    assert done == ["files"]


def test_what_a_stage_had_to_give_up_is_recorded() -> None:
    stages = Stages(Silence())
    with stages.run("measure") as meter:
        meter.why = "memory is short"
    assert [(stage.status, stage.why) for stage in stages.records] == [("COMPLETE", "memory is short")]
