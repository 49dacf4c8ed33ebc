"""Bars only where somebody watches; results only on stdout."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from rich.console import Console
from support import inspections

from cli import console, words
from cli.findings import show, size
from pipelines.progress import Progress
from pipelines.stages import Stages, peak_rss_mb
from twin.conformity.model import FindingVerdict, Kind, StoreyStatus, Verdict
from twin.deviation.model import ElementStatus
from twin.errors import DesignError


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def worked(progress: Progress) -> None:
    progress.started("read", 4)
    progress.advanced("read", 3)
    progress.finished("read")
    progress.started("wait")
    progress.advanced("wait", 1, 2)
    progress.noted("odd [red]model")
    progress.finished("wait")


def test_a_terminal_shows_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with console.progress(quiet=False) as progress:
        worked(progress)
    assert "100%" in stream.getvalue()
    assert "read" in stream.getvalue()
    assert "odd [red]model" in stream.getvalue()


def test_a_pipe_shows_remarks_and_quiet_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress(quiet=False) as progress:
        worked(progress)
    assert capsys.readouterr() == ("", "plumbline: odd [red]model\n")
    with console.progress(quiet=True) as progress:
        worked(progress)
    assert capsys.readouterr() == ("", "")


def test_json_stays_json_on_a_terminal_that_knows_only_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    console.print_json({"name": "加层 😀"})
    assert json.loads(raw.getvalue()) == {"name": "加层 😀"}


@pytest.mark.parametrize(
    ("value", "uncertainty", "digits", "shown"),
    [
        (12.34, 0.06, 1, "12.3 ± 0.1"),
        (3.311, 0.0045, 2, "3.31 ± 0.01"),
        (3.0, 0.02, 2, "3.00 ± 0.02"),
        (12.34, None, 2, "12.34"),
        (None, None, 1, "-"),
        (None, 0.1, 1, "-"),
    ],
)
def test_sizes_are_shown_with_their_uncertainty(
    value: float | None, uncertainty: float | None, digits: int, shown: str
) -> None:
    assert size(value, uncertainty, digits) == shown


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_result_is_shown_in_both_languages(lang: str, verdict: Verdict, tmp_path: Path) -> None:
    stream = io.StringIO()
    (tmp_path / "viewer.html").touch()
    show(inspections.inspection(verdict), tmp_path, lang, Console(file=stream, width=140))
    said = words.words(lang)
    text = stream.getvalue()
    assert said[verdict.value] in text
    assert said["unapproved"] in text
    assert f"{said['seen']}: 75%" in text
    assert "3.1 mm" in text
    assert str(tmp_path / "viewer.html") in text.replace("\n", "")


def test_both_languages_have_every_word() -> None:
    english, chinese = words.words("en"), words.words("zh")
    assert english.keys() == chinese.keys()
    for enumeration in (Kind, FindingVerdict, Verdict, StoreyStatus, ElementStatus):
        assert {item.value for item in enumeration} <= english.keys()
    assert not any("违法" in word or "illegal" in word for word in (*english.values(), *chinese.values()))


class Listener:
    def __init__(self) -> None:
        self.heard: list[tuple[object, ...]] = []

    def started(self, stage: str, total: float | None = None) -> None:
        self.heard.append(("started", stage, total))

    def advanced(self, stage: str, amount: float, total: float | None = None) -> None:
        self.heard.append(("advanced", stage, amount, total))

    def finished(self, stage: str) -> None:
        self.heard.append(("finished", stage))

    def noted(self, text: str) -> None:
        self.heard.append(("noted", text))


def test_stages_are_recorded_with_what_they_cost() -> None:
    listener = Listener()
    seconds = iter([0.0, 2.5, 3.0, 3.0, 4.0, 4.25])
    stages = Stages(listener, clock=lambda: next(seconds))
    with stages.run("read", 10) as advance:
        advance(4)
        advance.reached(10, 12)
    stages.skip("control", "no control points were given")
    with pytest.raises(DesignError), stages.run("judge"):
        raise DesignError("cut off", "export again")
    assert [(stage.name, stage.status, stage.why, stage.seconds) for stage in stages.records] == [
        ("read", "COMPLETE", "", 2.5),
        ("control", "SKIPPED", "no control points were given", 0.0),
        ("judge", "FAILED", "cut off", 0.25),
    ]
    assert listener.heard == [
        ("started", "read", 10),
        ("advanced", "read", 4, None),
        ("advanced", "read", 6.0, 12),
        ("finished", "read"),
        ("started", "judge", None),
        ("finished", "judge"),
    ]
    assert 10.0 < stages.records[0].peak_rss_mb <= peak_rss_mb() + 1.0
