"""A case's process is watched from outside: whatever becomes of it, a receipt says it in one line."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest
from support.batches import write_house

from pipelines.batch.model import Case, Limits
from pipelines.batch.receipts import Receipt, Status, read_receipt
from pipelines.batch.supervise import Stopped, Task, supervise
from twin import digest

FIRST = "read design"


def cases_of(parent: psutil.Process) -> list[psutil.Process]:
    """Its processes of cases: copies of those that have the libraries loaded."""
    return [copy for zygote in zygotes_of(parent) for copy in zygote.children()]


def zygotes_of(parent: psutil.Process) -> list[psutil.Process]:
    """Its processes that are copied."""
    return [child for child in parent.children() if "pipelines.batch.zygote" in child.cmdline()]


@dataclass
class Onlooker:
    """A `Watch` that does something to the case's process when it begins a stage."""

    act: Callable[[psutil.Process], None] = lambda _: None
    stage: str = FIRST
    stop_at: str = ""
    stages: list[str] = field(default_factory=list)
    processes: list[psutil.Process] = field(default_factory=list)

    def heard(self, name: str, stage: str) -> None:
        assert name == "a"
        self.stages.append(stage)
        if stage == self.stage:
            (process,) = cases_of(psutil.Process())
            self.processes.append(process)
            self.act(process)

    def stopped(self) -> bool:
        return self.stop_at in self.stages


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_house(tmp_path / "house")
    return tmp_path


def is_over(process: psutil.Process) -> bool:
    """Whether it has ended, be it that nobody asked yet how."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def task(site: Path, limits: Limits, threads: int = 1, **changes: object) -> Task:
    values = {"name": "a", "folder": "case", "design": ("house/design.ifc",), "surveys": ("house/survey.laz",)}
    case = Case.model_validate({**values, "pose": "house/pose.json", "outputs": (), **changes})
    results = site / "results"
    return Task(case=case, base=site, results=results, limits=limits, threads=threads, version=version("plumbline"))


def seen(site: Path, onlooker: Onlooker, limits: Limits, threads: int = 1, **changes: object) -> Receipt:
    receipt = supervise(task(site, limits, threads, **changes), onlooker)
    assert read_receipt(site / "results", "a") == receipt
    assert cases_of(psutil.Process()) == []
    assert "\n" not in receipt.reason
    return receipt


def kill(number: signal.Signals) -> Callable[[psutil.Process], None]:
    return lambda process: process.send_signal(number)


def test_a_case_is_done_once_and_found_done_the_next_time(site: Path) -> None:
    threads: list[int] = []
    onlooker = Onlooker(lambda copy: threads.append(copy.parent().num_threads()))
    receipt = seen(site, onlooker, Limits(), threads=4)
    assert (receipt.status, receipt.verdict, receipt.attempts, receipt.reason) == (Status.DONE, "consistent", 1, "")
    assert receipt.seconds is not None
    assert receipt.seconds > 0.0
    assert receipt.peak_rss_mb is not None
    assert receipt.peak_rss_mb > 100.0
    assert threads == [1]  # whatever another thread held when the process was copied would be held for ever
    assert {FIRST, "register", "measure", "find what was added"} <= set(onlooker.stages)
    again = Onlooker()
    assert seen(site, again, Limits()) == receipt
    assert again.stages == []
    assert sorted(path.name for path in (site / "case").iterdir()) == [
        "case.json", "elements.parquet", "inspection.json", "log.jsonl", "seen.npz",
    ]  # fmt: skip
    assert list((site / "results" / "logs").iterdir()) == []
    stages = json.loads((site / "case" / "inspection.json").read_text())["stages"]
    skipped = [(stage["name"], stage["why"]) for stage in stages if stage["status"] == "SKIPPED"]
    assert skipped == [("draw pictures", "not asked for"), ("write viewer", "not asked for")]


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
def test_a_crash_is_tried_again_and_then_told(number: signal.Signals, site: Path) -> None:
    receipt = seen(site, Onlooker(kill(number)), Limits(retries=1))
    assert (receipt.status, receipt.exit_code, receipt.attempts) == (Status.CRASHED, -number, 2)
    assert receipt.reason == f"killed by signal {number.value} ({number.name}); details in logs/a.log"
    assert (site / "results" / "logs" / "a.log").exists()
    assert not (site / "case").exists()


def test_a_crash_that_passes_costs_an_attempt_and_no_result(site: Path) -> None:
    def once(process: psutil.Process) -> None:
        if len(onlooker.processes) == 1:
            process.send_signal(signal.SIGBUS)

    onlooker = Onlooker(once)
    receipt = seen(site, onlooker, Limits(retries=1))
    assert (receipt.status, receipt.attempts, receipt.verdict) == (Status.DONE, 2, "consistent")


def test_a_hang_is_ended_when_its_time_is_over_and_not_tried_again(site: Path) -> None:
    onlooker = Onlooker(kill(signal.SIGSTOP))
    receipt = seen(site, onlooker, Limits(minutes=0.04))
    assert onlooker.stages == [FIRST, ""]
    assert (receipt.status, receipt.attempts) == (Status.TIMEOUT, 1)
    assert receipt.reason == "took longer than 0.04 min (limits.minutes)"
    assert receipt.seconds is not None
    assert receipt.seconds < 15.0


def test_a_case_that_takes_more_memory_than_it_may_is_ended(site: Path) -> None:
    receipt = seen(site, Onlooker(), Limits(memory_gb=0.1))
    assert (receipt.status, receipt.attempts) == (Status.OUT_OF_MEMORY, 1)
    assert receipt.reason == "needed more than 0.1 GB (limits.memory_gb)"


def test_the_system_stops_what_allocates_faster_than_one_looks(site: Path) -> None:
    """The limit is set on the process itself: a single request beyond it fails at once."""
    import resource

    found: list[tuple[int, int]] = []

    def ask(process: psutil.Process) -> None:
        found.append(resource.prlimit(process.pid, resource.RLIMIT_DATA))
        resource.prlimit(process.pid, resource.RLIMIT_DATA, (process.memory_info().data, found[0][1]))

    receipt = seen(site, Onlooker(ask), Limits(memory_gb=2.0))
    assert found[0][0] == 3_000_000_000
    assert (receipt.status, receipt.reason) == (Status.OUT_OF_MEMORY, "asked for more memory than it may take")


def test_a_stopped_batch_kills_its_cases_and_leaves_no_receipt(site: Path) -> None:
    onlooker = Onlooker(stop_at=FIRST)
    with pytest.raises(Stopped):
        supervise(task(site, Limits()), onlooker)
    assert not onlooker.processes[0].is_running()
    assert read_receipt(site / "results", "a") is None
    assert not (site / "case").exists()


def test_a_bug_leaves_its_traceback_in_a_log_and_one_line_in_the_receipt(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = site / "broken" / "shapely"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ZeroDivisionError('odd\\nthing')\n")
    monkeypatch.setattr("pipelines.batch.attempt._PACKAGES", f"{broken.parent}{os.pathsep}{Path.cwd()}")
    receipt = seen(site, Onlooker(), Limits())
    assert (receipt.status, receipt.exit_code, receipt.attempts) == (Status.FAILED, 70, 1)
    assert receipt.reason == "a bug (ZeroDivisionError: odd thing); details in logs/a.log"
    assert "Traceback" in (site / "results" / "logs" / "a.log").read_text()


def test_another_version_does_not_do_this_ones_work(site: Path) -> None:
    other = task(site, Limits()).model_copy(update={"version": "0.0.1"})
    receipt = supervise(other, Onlooker())
    assert receipt.reason == f"this worker runs Plumbline {version('plumbline')}, the plan 0.0.1"
    assert receipt.may_pass


def test_what_a_killed_attempt_left_in_the_way_of_temporary_files_goes(site: Path) -> None:
    folders: list[Path] = []
    name = digest.of_json([str(site / "results"), "a"])[:16]
    left = Path(tempfile.gettempdir()) / f"plumbline-batch-{os.getuid()}" / name / "of an earlier one"
    left.mkdir(parents=True)

    def look(process: psutil.Process) -> None:
        mapped = [Path(each.path) for each in process.memory_maps() if "plumbline-batch" in each.path]
        folders.append(next(each for each in mapped[0].parents if each.parent.name.startswith("plumbline-batch")))
        assert process.environ()["NUMBA_NUM_THREADS"] == "1"
        assert folders[0] == left.parent
        assert not left.exists()
        (folders[0] / "plumbline-left").mkdir()
        process.kill()

    seen(site, Onlooker(look, "register"), Limits(retries=0))
    assert folders[0].parent.stat().st_mode & 0o777 == 0o700
    assert not folders[0].exists()


@pytest.mark.parametrize("at_work", [True, False])
def test_where_the_copied_process_was_killed_another_one_is_begun(at_work: bool, site: Path) -> None:
    def once(process: psutil.Process) -> None:
        if at_work and len(onlooker.processes) == 1:
            process.parent().kill()

    if not at_work:
        assert seen(site, Onlooker(), Limits(), design=("house/none.ifc",)).status is Status.FAILED
        for zygote in zygotes_of(psutil.Process()):
            zygote.kill()
    onlooker = Onlooker(once)
    receipt = seen(site, onlooker, Limits(retries=1))
    assert (receipt.status, receipt.attempts) == (Status.DONE, 1 + at_work)
    assert all(is_over(process) for process in onlooker.processes)


def test_a_stop_is_heard_while_libraries_are_loaded(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_TEST", "one that nothing was loaded for yet")
    asked: list[float] = []

    class Stopping(Onlooker):
        def stopped(self) -> bool:
            asked.append(time.monotonic())
            return len(zygotes_of(psutil.Process())) > 0 and asked[-1] - asked[0] > 0.3

    for zygote in zygotes_of(psutil.Process()):
        zygote.kill()
        zygote.wait()
    with pytest.raises(Stopped):
        supervise(task(site, Limits()), Stopping())
    assert asked[-1] - asked[0] < 1.0
    assert zygotes_of(psutil.Process()) == []


def test_a_process_that_does_not_answer_holds_up_no_other_case(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.batch.copies._ANSWER_S", 0.5)
    onlooker = Onlooker(lambda copy: copy.parent().suspend())
    receipt = seen(site, onlooker, Limits(minutes=0.01))
    assert receipt.status is Status.TIMEOUT
    assert is_over(onlooker.processes[0])
    assert seen(site, Onlooker(), Limits(), folder="next").status is Status.DONE


def test_a_process_that_cannot_be_begun_is_told_in_a_line(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    monkeypatch.setenv("PLUMBLINE_TEST", "another environment")
    receipt = seen(site, Onlooker(), Limits(retries=0))
    assert (receipt.status, receipt.may_pass) == (Status.FAILED, True)
    assert receipt.reason == "its process could not be started (the process that loads the libraries ended at once)"


def test_a_case_ends_with_the_process_that_started_it(site: Path) -> None:
    """Also when that one is killed so that it cannot do anything about it."""
    pid = os.fork()
    if pid == 0:
        supervise(task(site, Limits()), Onlooker())
        os._exit(0)
    parent, until = psutil.Process(pid), time.monotonic() + 30.0
    while not (children := cases_of(parent)) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.5)
    parent.kill()
    os.waitpid(pid, 0)
    gone, alive = psutil.wait_procs(children, timeout=10)
    assert (len(gone), alive) == (1, [])
    assert not (site / "case").exists()
