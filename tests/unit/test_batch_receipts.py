"""What a case's key depends on, which failures are final, and who may work in a results folder."""

from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from support import inspections

from pipelines.batch.keys import key_of
from pipelines.batch.locks import batch_lock, case_lock, is_batch_gone
from pipelines.batch.model import Case, Limits, Plan
from pipelines.batch.outcome import outcome_of
from pipelines.batch.receipts import Receipt, Status, case_result, mark_of, read_receipt, settled, write_receipt
from pipelines.batch.running import local_limits
from pipelines.batch.summary import counts, write_summary
from pipelines.choices import Language
from twin.conformity.model import Verdict
from twin.errors import DesignError, NoOverlap, SurveyError
from twin.evidence.case import FolderError
from twin.evidence.inspection import write


@pytest.fixture
def case(tmp_path: Path) -> Case:
    for name in ("d.ifc", "s.laz", "permit.toml"):
        (tmp_path / name).write_text(name)
    return Case(name="a", folder="results/cases/a", design=("d.ifc",), surveys=("s.laz",), permit="permit.toml")


@pytest.mark.parametrize("name", ["d.ifc", "s.laz", "permit.toml"])
def test_the_key_changes_with_every_byte_of_every_input(case: Case, name: str, tmp_path: Path) -> None:
    before = key_of(case, tmp_path)
    (tmp_path / name).write_text(f"{name}?")
    assert key_of(case, tmp_path) != before


def test_the_key_depends_on_options_and_not_on_where_the_result_lies(case: Case, tmp_path: Path) -> None:
    before = key_of(case, tmp_path)
    others: list[dict[str, Any]] = [{"built_to": "2"}, {"permit": None}, {"lang": Language.CHINESE}, {"outputs": ()}]
    keys = {key_of(case.model_copy(update=change), tmp_path) for change in others}
    assert len(keys | {before}) == 5
    assert key_of(case.model_copy(update={"name": "b", "folder": "c", "project": "d"}), tmp_path) == before


def test_a_file_that_cannot_be_read_has_a_key_too(case: Case, tmp_path: Path) -> None:
    before = key_of(case, tmp_path)
    (tmp_path / "d.ifc").unlink()
    (tmp_path / "d.ifc").mkdir()
    assert key_of(case, tmp_path) not in ("", before)


def test_a_case_folder_is_a_result_only_with_its_own_key(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / case.folder
    folder.mkdir(parents=True)
    write(inspections.inspection(), folder)
    assert case_result(folder, "k") is None
    (folder / "case.json").write_text(mark_of(case, "k"))
    result = case_result(folder, "k")
    assert result is not None
    assert (result.verdict, result.findings.inconsistent, result.findings.information) == (Verdict.INCONSISTENT, 1, 0)
    assert case_result(folder, "other") is None
    receipt = settled(case, "k", tmp_path, tmp_path / "results", Limits())
    assert receipt is not None
    assert (receipt.status, receipt.verdict, receipt.seconds) == (Status.DONE, Verdict.INCONSISTENT, None)
    (folder / "inspection.json").unlink()
    assert settled(case, "k", tmp_path, tmp_path / "results", Limits()) is None


@pytest.mark.parametrize(
    ("status", "changes", "now", "is_final"),
    [
        (Status.FAILED, {}, Limits(), True),
        (Status.FAILED, {"may_pass": True}, Limits(), False),
        (Status.FAILED, {"key": "other"}, Limits(), False),
        (Status.CRASHED, {"may_pass": True}, Limits(), False),
        (Status.TIMEOUT, {"limits": Limits(minutes=5)}, Limits(minutes=5), True),
        (Status.TIMEOUT, {"limits": Limits(minutes=5)}, Limits(minutes=6), False),
        (Status.OUT_OF_MEMORY, {"limits": Limits(memory_gb=2)}, Limits(memory_gb=1), True),
        (Status.OUT_OF_MEMORY, {"limits": Limits(memory_gb=2)}, Limits(memory_gb=3), False),
        (Status.OUT_OF_MEMORY, {"limits": Limits(memory_gb=2)}, Limits(), False),
        (Status.DONE, {}, Limits(), False),
    ],
)
def test_only_a_failure_that_would_come_again_is_left(
    status: Status, changes: dict[str, Any], now: Limits, is_final: bool, case: Case, tmp_path: Path
) -> None:
    receipt = Receipt(name="a", key="k", status=status).model_copy(update=changes)
    write_receipt(receipt, tmp_path)
    assert read_receipt(tmp_path, "a") == receipt
    assert json.loads((tmp_path / "receipts" / "a.json").read_text())["schema"] == "plumbline.receipt/1"
    assert settled(case, "k", tmp_path, tmp_path, now) == (receipt if is_final else None)


def _from(inner: BaseException, outer: Exception) -> Exception:
    try:
        raise outer from inner
    except Exception as error:
        return error


@pytest.mark.parametrize(
    ("error", "status", "code", "may_pass", "said"),
    [
        (DesignError("a.ifc: cut\noff", "export"), Status.FAILED, 3, False, "a.ifc: cut off: export"),
        (NoOverlap("apart"), Status.FAILED, 4, False, "apart"),
        (FolderError("full"), Status.FAILED, 3, False, "full"),
        (_from(OSError(errno.EIO, "disk"), SurveyError("s.laz")), Status.FAILED, 3, True, "s.laz"),
        (_from(OSError(errno.ENOENT, "gone"), SurveyError("s.laz")), Status.FAILED, 3, False, "s.laz"),
        (_from(MemoryError(), SurveyError("s.laz")), Status.OUT_OF_MEMORY, 70, False, "asked for more memory"),
        (RuntimeError("std::bad_alloc"), Status.OUT_OF_MEMORY, 70, False, "asked for more memory"),
        (ZeroDivisionError("x"), Status.FAILED, 70, False, "a bug (ZeroDivisionError: x)"),
    ],
)
def test_an_error_says_whether_it_may_pass(
    error: Exception, status: Status, code: int, may_pass: bool, said: str
) -> None:
    outcome = outcome_of(error)
    assert (outcome.status, outcome.exit_code, outcome.may_pass) == (status, code, may_pass)
    assert outcome.reason.startswith(said)
    assert outcome.keeps_log == (code == 70 and status is Status.FAILED)


def test_two_batches_never_share_a_results_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.batch.locks._PATIENCE_S", 0.2)
    with batch_lock(tmp_path):
        assert not is_batch_gone(tmp_path)
        with pytest.raises(FolderError, match="another batch is at work"), batch_lock(tmp_path):
            pass
    assert is_batch_gone(tmp_path)
    with batch_lock(tmp_path):
        pass


def test_a_second_supervisor_of_a_case_waits_for_the_first_or_goes(tmp_path: Path) -> None:
    entered: list[str] = []

    def second() -> None:
        with case_lock(tmp_path, "a", lambda: False) as handle:
            entered.append("second" if handle is not None else "none")

    with case_lock(tmp_path, "a", lambda: False):
        thread = threading.Thread(target=second)
        thread.start()
        with case_lock(tmp_path, "a", lambda: True) as handle:
            assert handle is None
        entered.append("first")
    thread.join(timeout=10)
    assert entered == ["first", "second"]


@pytest.mark.parametrize(
    ("asked", "cores", "memory", "workers", "threads", "memory_gb"),
    [
        (Limits(), 8, 100e9, 8, 1, 10.0),
        (Limits(), 8, 5e9, 2, 4, 2.0),
        (Limits(), 2, 1e9, 1, 2, 0.8),
        (Limits(workers=3), 8, 30e9, 3, 2, 8.0),
        (Limits(memory_gb=20, threads=5), 8, 100e9, 4, 5, 20),
    ],
)
def test_cases_at_a_time_fit_into_cores_and_memory(
    asked: Limits, cores: int, memory: float, workers: int, threads: int, memory_gb: float
) -> None:
    found = local_limits(asked, cores, memory)
    assert (found.workers, found.threads, found.memory_gb) == (workers, threads, memory_gb)


def _plan(folder: Path, lang: Language, *cases: Case) -> Plan:
    return Plan(
        path=folder / "plan.toml", base=folder, results=folder / "results", name="<b>Spring</b>", lang=lang,
        limits=Limits(), cases=cases,
    )  # fmt: skip


@pytest.mark.parametrize("lang", list(Language))
def test_the_summary_tells_no_result_from_consistent_and_escapes_what_others_wrote(
    lang: Language, case: Case, tmp_path: Path
) -> None:
    receipts = (
        Receipt(name="a", key="k", status=Status.DONE, verdict=Verdict.CONSISTENT, seconds=3.0),
        Receipt(name="b", key="k", status=Status.FAILED, reason="<script>alert(1)</script>", exit_code=3),
        Receipt(name="c", key="k", status=Status.DONE, verdict=Verdict.UNDECIDED),
    )
    (tmp_path / case.folder).mkdir(parents=True)
    (tmp_path / case.folder / "viewer.html").touch()
    plan = _plan(tmp_path, lang, *(case.model_copy(update={"name": name}) for name in "abc"))
    write_summary(plan, receipts)
    assert counts(receipts) == {
        "cases": 3, "consistent": 1, "inconsistent": 0, "borderline": 0, "undecided": 1, "no_result": 1,
    }  # fmt: skip
    page = (plan.results / "summary.html").read_text(encoding="utf-8")
    assert "<b>" not in page
    assert page.count("<script>") == 1
    assert "&lt;script&gt;" in page
    assert page.count('<td data-by="4"><span class="v consistent">') == 1
    assert page.count('<td data-by="3"><span class="v no_result">') == 1
    assert 'href="cases/a/viewer.html"' in page
    assert ("1 / 3" if lang is Language.CHINESE else "1 of 3") in page
    assert "违法" not in page
    assert "illegal" not in page
    for dear in ("http:", "https:", "src=", "@import", "url("):
        assert dear not in page
    assert "3.0" not in (plan.results / "summary.csv").read_text()
    assert "a,0,3.0," in (plan.results / "costs.csv").read_text()


def test_equal_results_give_equal_tables_whatever_they_cost(case: Case, tmp_path: Path) -> None:
    plan = _plan(tmp_path, Language.ENGLISH, case)
    tables = ("summary.json", "summary.csv", "summary.parquet", "summary.html")
    seen = []
    for seconds in (1.0, 2.0):
        write_summary(plan, [Receipt(name="a", key="k", status=Status.FAILED, reason="r", seconds=seconds)])
        seen.append([(plan.results / name).read_bytes() for name in tables])
    assert seen[0] == seen[1]


def test_a_pipe_that_nobody_fills_has_a_key_too(case: Case, tmp_path: Path) -> None:
    (tmp_path / "s.laz").unlink()
    os.mkfifo(tmp_path / "s.laz")
    assert len(key_of(case, tmp_path)) == 64
