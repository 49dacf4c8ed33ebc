"""Trials of the machine, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cli.main import run
from pipelines import probes
from pipelines.probes import TRIALS, Trial, tried
from pipelines.probes.__main__ import PROBES


def test_every_trial_has_a_probe() -> None:
    assert TRIALS.keys() == PROBES.keys()


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("design", "12 triangles, 26.8 m2"),
        ("laz", "5 points, LAZ"),
        ("e57", "5 points, E57"),
        ("maps", "EPSG:4549 519239.0 E, 3353386.8 N"),
        ("lettering", "Noto Sans SC Regular"),
    ],
)
def test_probes_measure_what_is_known(name: str, answer: str) -> None:
    assert PROBES[name]() == answer


def test_a_trial_runs_apart_and_answers_in_one_line() -> None:
    assert tried("maps", "maps").said.startswith("EPSG:4549")
    failed = tried("nothing", "no such probe")
    assert (failed.works, failed.said) == (False, "KeyError: 'nothing'")


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import os; os.abort()", "was ended by signal 6"),
        ("raise SystemExit('no driver')", "no driver"),
        ("import sys; sys.exit(9)", "ended with code 9"),
        ("import time; time.sleep(30)", "did not end within 1 s"),
    ],
)
def test_a_trial_that_dies_or_hangs_is_told(program: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = subprocess.run

    def instead(_: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        return real([sys.executable, "-c", program], **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(probes.subprocess, "run", instead)
    monkeypatch.setattr(probes, "LONGEST_S", 1.0)
    trial = tried("maps", "maps")
    assert (trial.works, trial.said) == (False, said)


@pytest.mark.parametrize(("works", "code"), [(True, 0), (False, 3)])
def test_the_doctor_shows_a_table_and_fails_when_something_does(
    works: bool, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    results = [Trial("a", "read IFC", True, "fine"), Trial("b", "render pictures", works, "said \x1b[31m this")]
    monkeypatch.setattr(probes, "trials", lambda: iter(results))
    assert run(["doctor"]) == code
    out, err = capsys.readouterr()
    assert "read IFC" in out
    assert "\x1b[31m" not in out
    assert ("fails" in out) is not works
    assert ("1 of 2 checks fail" in err) is not works
