"""An inspection of a project's record that gave no case says why, beside the folder where its case would stand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pytest
from support import portfolios

from pipelines.batch.attempt import Ended
from pipelines.batch.beside import tell_beside
from pipelines.batch.case import Order
from pipelines.batch.model import Case, Limits
from pipelines.batch.outcome import Outcome
from pipelines.batch.receipts import MARK, Receipt, Status, mark_of
from pipelines.batch.supervise import Task, supervise
from twin.supervision.failures import failure_path, read_failure, why_failed

FOLDER = "a/inspections/M5-2026-05-01"
CRASH = Outcome(status=Status.CRASHED, reason="killed by signal 9 (SIGKILL)", exit_code=-9, keeps_log=True)
REFUSED = Outcome(status=Status.FAILED, reason="no overlap", exit_code=4)
DONE = Outcome(status=Status.DONE, exit_code=0)


class Nobody:
    def heard(self, name: str, stage: str) -> None:
        pass

    def stopped(self) -> bool:
        return False


@dataclass
class Office:
    """A project's inspection whose attempts end as they are told to."""

    base: Path
    outcomes: list[Outcome | BaseException] = field(default_factory=list)
    project: str | None = "P-1"

    @property
    def folder(self) -> Path:
        return self.base / FOLDER

    @property
    def task(self) -> Task:
        case = Case(name="P-1-M5", folder=FOLDER, design=("d.ifc",), surveys=("s.laz",), project=self.project)
        return Task(
            case=case, base=self.base, results=self.base / "results", limits=Limits(retries=0), threads=1,
            version=version("plumbline"),
        )  # fmt: skip

    def attempt(self, order: Order, *_: object) -> Ended:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        if outcome.status is Status.DONE:
            portfolios.write_case(self.folder)
            (self.folder / MARK).write_text(mark_of(order.case, order.key))
        return Ended(outcome, 1.0, 1.0, 1.0)

    def run(self, *outcomes: Outcome | BaseException) -> Receipt:
        self.outcomes = list(outcomes)
        receipt = supervise(self.task, Nobody())
        assert self.outcomes == []
        return receipt

    def change(self, text: str) -> None:
        (self.base / "s.laz").write_text(text)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    made = Office(tmp_path)
    (tmp_path / "d.ifc").write_text("design")
    made.change("survey")
    monkeypatch.setattr("pipelines.batch.supervise.attempted", made.attempt)
    return made


def test_a_failure_is_told_beside_the_case_folder_and_goes_when_the_case_ends_well(office: Office) -> None:
    receipt = office.run(CRASH)
    assert receipt.reason == "killed by signal 9 (SIGKILL); details in logs/P-1-M5.log"
    told = json.loads((office.base / "a" / "inspections" / "M5-2026-05-01.failed.json").read_text())
    assert told["schema"] == "plumbline.failure/1"
    assert (told["name"], told["status"], told["exit_code"]) == ("M5-2026-05-01", "crashed", -9)
    assert (told["reason"], told["key"], told["case"]) == ("killed by signal 9 (SIGKILL)", receipt.key, None)
    assert why_failed(office.folder) == "killed by signal 9 (SIGKILL)"
    assert office.run(DONE).status is Status.DONE
    assert not failure_path(office.folder).exists()
    assert why_failed(office.folder) is None


def test_a_settled_failure_is_told_as_it_was_and_again_where_nobody_told_it(office: Office) -> None:
    office.run(REFUSED)
    path = failure_path(office.folder)
    before = path.stat().st_mtime_ns, path.read_bytes()
    office.run()
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    path.unlink()
    office.run()
    assert path.read_bytes() == before[1]


def test_a_failure_of_other_inputs_is_no_longer_told_once_these_are_tried(office: Office) -> None:
    office.run(REFUSED)
    office.change("another survey")
    with pytest.raises(KeyboardInterrupt):
        office.run(KeyboardInterrupt())
    assert not failure_path(office.folder).exists()
    office.run(CRASH)
    with pytest.raises(KeyboardInterrupt):
        office.run(KeyboardInterrupt())
    assert why_failed(office.folder) == "killed by signal 9 (SIGKILL)"  # the same inputs may fail again


def test_a_later_failure_leaves_the_earlier_case_and_a_case_made_since_ends_it(office: Office) -> None:
    office.run(DONE)
    document = (office.folder / "inspection.json").read_bytes()
    office.change("cut off")
    office.run(REFUSED)
    assert (office.folder / "inspection.json").read_bytes() == document
    assert why_failed(office.folder) == "no overlap"
    (office.folder / "inspection.json").write_bytes(document + b"\n")  # as `plumbline inspect` would
    assert why_failed(office.folder) is None
    office.run()  # settled: it failed before that case was made
    assert why_failed(office.folder) is None
    office.change("survey")
    (office.folder / "inspection.json").write_bytes(document)
    assert office.run().status is Status.DONE
    assert read_failure(office.folder) is None


def test_cases_of_no_project_leave_nothing_beside(office: Office) -> None:
    office.project = None
    office.run(CRASH)
    assert not (office.base / "a").exists()


def test_a_worker_of_another_version_is_told_too(office: Office) -> None:
    supervise(office.task.model_copy(update={"version": "0.0.1"}), Nobody())
    assert "the plan 0.0.1" in str(why_failed(office.folder))
    assert office.run(DONE).status is Status.DONE
    assert why_failed(office.folder) is None


def test_what_cannot_be_written_beside_costs_nothing(office: Office) -> None:
    (office.base / "a").write_text("a file where a folder should be")
    assert office.run(REFUSED).reason == "no overlap"
    tell_beside(office.task.case, office.base, Receipt(name="P-1-M5", key="k", status=Status.DONE), is_new=True)
