"""On a cluster what goes wrong with one supervisor costs one case, and who looks on hears of the others."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from support.batches import case as written
from support.batches import free_port, write_plan

from cli.main import run
from pipelines.batch.cluster import on_cluster
from pipelines.batch.model import Case, Limits
from pipelines.batch.receipts import Receipt, Status, read_receipt
from pipelines.batch.running import unlimited_there
from pipelines.batch.supervise import Stopped, Task, Watch
from twin.supervision.failures import why_failed


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """A scheduler and a worker in this process."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, protocol="inproc://"
    ) as cluster:
        yield cluster.scheduler_address


def supervised(task: Task, watch: Watch) -> Receipt:
    """A supervisor that fails where the case's name says so."""
    if task.case.name == "full":
        raise OSError(errno.ENOSPC, "No space left\non device")
    if task.case.name == "stopped":
        raise Stopped
    watch.heard(task.case.name, "read design")
    return Receipt(name=task.case.name, key="k", status=Status.DONE)


def tasks(base: Path, *names: str) -> list[Task]:
    cases = [
        Case(name=name, folder=f"p/inspections/{name}", design=("d",), surveys=("s",), project="P") for name in names
    ]
    known = version("plumbline")
    return [Task(case=each, base=base, results=base / "r", limits=Limits(), threads=1, version=known) for each in cases]


def test_the_error_of_one_supervisor_ends_its_case_alone(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.batch.cluster.supervise", supervised)
    heard: list[tuple[str, str]] = []
    receipts = list(on_cluster(tasks(tmp_path, "a", "full", "b"), scheduler, lambda *said: heard.append(said)))
    assert {each.name: each.status for each in receipts} == {
        "a": Status.DONE, "full": Status.CRASHED, "b": Status.DONE,
    }  # fmt: skip
    failed = read_receipt(tmp_path / "r", "full")
    assert failed in receipts
    assert failed is not None
    assert failed.may_pass
    assert failed.reason.startswith("its supervisor on the cluster failed (OSError: [Errno 28] No space left on device")
    assert why_failed(tmp_path / "p" / "inspections" / "full") == failed.reason
    assert {("a", "read design"), ("b", "read design"), ("a", ""), ("full", "")} <= set(heard)
    with pytest.raises(Stopped):
        list(on_cluster(tasks(tmp_path, "stopped"), scheduler, lambda *_: None))


@pytest.mark.parametrize(
    ("limits", "workers", "named"),
    [
        (Limits(), None, ("memory",)),
        (Limits(), 3, ("workers", "memory")),
        (Limits(workers=3, memory_gb=4), None, ("workers",)),
        (Limits(memory_gb=4), None, ()),
    ],
)
def test_limits_that_do_not_hold_on_a_cluster_are_named(
    limits: Limits, workers: int | None, named: tuple[str, ...]
) -> None:
    assert unlimited_there(limits, workers) == named


def test_they_are_told_in_the_language_of_the_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("design.ifc", "survey.laz", "pose.json"):
        (tmp_path / "house").mkdir(exist_ok=True)
        (tmp_path / "house" / name).touch()
    there = ["--scheduler", f"tcp://127.0.0.1:{free_port()}", "--workers", "3"]
    plan = write_plan(tmp_path, written("a"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.batch.cluster._ANSWER_S", 0.2)
        assert run(["batch", str(plan), *there]) == 3
        lines = capsys.readouterr().err.splitlines()
        assert lines[0].startswith("plumbline: workers count on this machine only")
        assert lines[1].startswith("plumbline: no memory limit is set")
        assert len(lines) == 3
        plan.write_text('lang = "zh"\n' + plan.read_text())
        assert run(["batch", str(plan), *there]) == 3
        assert "workers 只对本机有效" in capsys.readouterr().err
        assert run(["batch", str(plan), *there, "--quiet"]) == 3
        assert capsys.readouterr().err.count("\n") == 1
