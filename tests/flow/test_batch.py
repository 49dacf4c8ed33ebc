"""The real command: poisoned cases harm no other, a killed batch goes on where it was, and a cluster does the same."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from support.batches import case, cluster, contents, free_port, ran, rows, started, write_house, write_plan

from pipelines.batch.locks import batch_lock

FILES = ["solids", "cloud"]
PERMIT = '[permit]\nnumber = "1"\n[[buildings]]\nname = "1#"\n{key} = 1\n'


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three cases, of which one is inconsistent, run without disturbance."""
    folder = tmp_path_factory.mktemp("undisturbed")
    code, out, err = ran(three(folder))
    assert (code, err) == (0, "")
    assert "1 of 3 inconsistent with the permit (suspected)" in out
    return folder


def three(folder: Path) -> Path:
    write_house(folder / "house")
    write_house(folder / "more", 1, 2)
    more = {"design": "more/design.ifc", "surveys": ["more/survey.laz"]}
    return write_plan(folder, case("a", outputs=FILES), case("b"), case("c", outputs=FILES, **more))


def made_at(folder: Path) -> dict[str, int]:
    """When each case came to be, by name: none is made twice."""
    return {path.name: path.stat().st_ino for path in (folder / "results" / "cases").glob("[abc]")}


def assert_equal_results(folder: Path, other: Path) -> None:
    for name in ("summary.json", "summary.csv", "summary.parquet", "summary.html"):
        assert (folder / "results" / name).read_bytes() == (other / "results" / name).read_bytes()
    for name in "abc":
        assert contents(folder / "results" / "cases" / name) == contents(other / "results" / "cases" / name)
    assert sorted(path.name for path in (folder / "results" / "cases").iterdir()) == list("abc")


def wait_for(what: Callable[[], bool], seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


def has_case(pid: int) -> bool:
    """Whether a case is at work: a child of the process that is copied for each."""
    with suppress(psutil.NoSuchProcess):
        return any(child.children() for child in psutil.Process(pid).children())
    return False


def test_poisoned_cases_are_told_in_a_line_each_and_harm_no_other(tmp_path: Path) -> None:
    house = write_house(tmp_path / "house")
    model, cloud = (house / "design.ifc").read_bytes(), (house / "survey.laz").read_bytes()
    poison = tmp_path / "poison"
    poison.mkdir()
    (poison / "cut.ifc").write_bytes(model[: len(model) // 2])
    (poison / "empty.ifc").write_bytes(b"")
    (poison / "folder.ifc").mkdir()
    (poison / "noise.ifc").write_bytes(os.urandom(5000))
    (poison / "cut.laz").write_bytes(cloud[: len(cloud) // 2])
    (poison / "empty.laz").write_bytes(b"")
    (poison / "text.laz").write_text("no cloud at all")
    (poison / "secret.laz").write_bytes(cloud)
    (poison / "secret.laz").chmod(0)
    (poison / "permit.toml").write_text(PERMIT.format(key="storey_count"))
    (poison / "pose.json").write_text("{}")
    said = {
        "cut-model": (case("cut-model", design="poison/cut.ifc"), 3, "cut.ifc"),
        "empty-model": (case("empty-model", design="poison/empty.ifc"), 3, "empty.ifc"),
        "folder": (case("folder", design="poison/folder.ifc"), 3, "folder.ifc"),
        "noise": (case("noise", design="poison/noise.ifc"), 3, "noise.ifc"),
        "cut-cloud": (case("cut-cloud", surveys=["poison/cut.laz"]), 3, "cut.laz"),
        "empty-cloud": (case("empty-cloud", surveys=["poison/empty.laz"]), 3, "empty.laz"),
        "text": (case("text", surveys=["poison/text.laz"]), 3, "text.laz"),
        "permit": (case("permit", permit="poison/permit.toml"), 3, "storey_count"),
        "pose": (case("pose", pose="poison/pose.json"), 3, "pose.json"),
        "wrong-unit": (case("wrong-unit", unit="mm", registration="given"), 4, ""),
        "built-to": (case("built-to", built_to="Level 77"), 3, "Level 77"),
    }
    if os.geteuid() != 0:
        said["secret"] = (case("secret", surveys=["poison/secret.laz"]), 3, "secret.laz")
    plan = write_plan(tmp_path, case("sound"), *(text for text, _, _ in said.values()))
    code, out, err = ran(plan, "--exit-code")
    assert (code, err) == (6, "")
    found = rows(tmp_path)
    assert (found["sound"]["status"], found["sound"]["verdict"]) == ("done", "consistent")
    for name, (_, exit_code, part) in said.items():
        row = found[name]
        assert (row["status"], row["exit_code"], row["verdict"]) == ("failed", exit_code, None), row
        assert part in row["reason"]
        assert "Traceback" not in row["reason"]
        (line,) = [line for line in out.splitlines() if f"] {name}: " in line]
        assert line.endswith(f"no result: {row['reason']}")
    assert [path.name for path in (tmp_path / "results" / "cases").iterdir()] == ["sound"]
    assert list((tmp_path / "results" / "logs").iterdir()) == []
    assert f"{len(said)} of {len(said) + 1} no result" in out
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "results" / "receipts").iterdir()}
    assert ran(plan)[0] == 3
    code, again, err = ran(plan, "--resume", "--json")
    assert (code, err) == (0, "")
    assert {row["name"]: row for row in json.loads(again)["cases"]} == found
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "results" / "receipts").iterdir()} == before


def test_a_batch_that_is_killed_goes_on_where_it_was(undisturbed: Path, tmp_path: Path) -> None:
    plan = three(tmp_path)
    process = started(plan, "--workers", "2")
    wait_for(lambda: any((tmp_path / "results" / "receipts").glob("*.json")))
    running = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(running, timeout=10)
    assert alive == []
    before = made_at(tmp_path)
    assert 1 <= len(before) < 3
    code, out, err = ran(plan)
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert "go on with --resume" in err
    code, out, err = ran(plan, "--resume")
    assert (code, err) == (0, "")
    after = made_at(tmp_path)
    assert {name: after[name] for name in before} == before
    assert_equal_results(tmp_path, undisturbed)
    assert "1 of 3 inconsistent" in out


def test_an_interrupt_kills_what_runs_and_says_how_to_go_on(tmp_path: Path) -> None:
    plan = three(tmp_path)
    process = started(plan)
    wait_for(lambda: has_case(process.pid))
    running = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert err == f"plumbline: stopped; `plumbline batch {plan} --resume` goes on, what is finished stays\n"
    _, alive = psutil.wait_procs(running, timeout=10)
    assert alive == []
    assert made_at(tmp_path) == {}


def test_two_batches_do_not_work_in_one_place(tmp_path: Path) -> None:
    plan = three(tmp_path)
    with batch_lock(tmp_path / "results"):
        code, out, err = ran(plan)
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert "another batch is at work there" in err


def test_a_scheduler_that_does_not_answer_is_told_in_a_line(tmp_path: Path) -> None:
    write_house(tmp_path / "house")
    head = "[limits]\nmemory_gb = 4.0\n[defaults]\noutputs = []"
    code, out, err = ran(write_plan(tmp_path, case("a"), head=head), "--scheduler", f"tcp://127.0.0.1:{free_port()}")
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert "no scheduler answers" in err


def test_a_cluster_gives_the_same_results_and_a_dead_worker_costs_none(undisturbed: Path, tmp_path: Path) -> None:
    plan = three(tmp_path / "site")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with cluster(2, scratch) as (address, crew):
        process = started(plan, "--scheduler", address)
        wait_for(lambda: all(has_case(worker.pid) for worker in crew))
        orphans = psutil.Process(crew[0].pid).children(recursive=True)
        crew[0].kill()
        _, alive = psutil.wait_procs(orphans, timeout=10)
        assert alive == []
        out, err = process.communicate(timeout=120)
    assert (process.returncode, err.count("\n")) == (0, 1)
    assert err.startswith("plumbline: no memory limit is set")
    assert len([line for line in out.splitlines() if line.startswith("[")]) == 3
    assert_equal_results(tmp_path / "site", undisturbed)
    receipts = (tmp_path / "site" / "results" / "receipts").glob("*.json")
    assert [json.loads(path.read_text())["attempts"] for path in receipts] == [1, 1, 1]
