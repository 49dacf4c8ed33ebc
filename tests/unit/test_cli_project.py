"""``plumbline project``: records, lists, pages and decisions on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from support import portfolios
from support.commands import told

from cli import project_words
from cli import words as result_words
from cli.main import run
from pipelines.followup import follow_missing
from pipelines.projects.importing import COLUMNS
from twin.conformity.milestone import Milestone
from twin.conformity.model import Verdict
from twin.supervision.failures import Failure, document_digest, write_failure
from twin.supervision.state import read_facts
from twin.supervision.states import Standing, State, Tier

DAY = ["--today", "2026-07-01"]
RISKY = {"storey_height_m": 4.8, "use": "mixed", "counted_share": 0.97}


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    portfolios.write(tmp_path / "a", "P-1", risk=RISKY)
    portfolios.write(tmp_path / "b", "P-2")
    for name in ("a", "b"):
        portfolios.write_elements(tmp_path / name / "inspections" / "M5-2026-05-01")
    return tmp_path


def guid(folder: Path) -> str:
    assert follow_missing(folder) is None
    return read_facts(folder).findings[0].guid


def test_list_shows_the_riskiest_first_in_both_languages(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = told(["list", str(root), *DAY], capsys)
    assert out.index("P-1") < out.index("P-2")
    assert "cases/inspections" in out
    assert "1/1" in out
    assert "0/1" in out
    assert "inconsistent with the permit (suspected)" in out
    assert "projects: 2/2" in out
    chinese = told(["list", str(root), *DAY, "--lang", "zh"], capsys)
    assert "与许可不一致（疑似）" in chinese
    assert "风险等级" in chinese
    assert "P-2" not in told(["list", str(root), *DAY, "--tier", "high"], capsys)


def test_what_is_only_information_is_suspected_once_a_person_confirms_it(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = root / "b" / "inspections" / "M5-2026-05-01" / "inspection.json"
    whole = json.loads(path.read_bytes())
    whole["findings"].insert(0, {**whole["findings"][0], "id": "F-002", "verdict": "information"})
    path.write_text(json.dumps(whole))

    def counted() -> tuple[int, int, int]:
        row = json.loads(told(["list", str(root), "--json", *DAY], capsys))[-1]["counts"]
        return row["findings"], row["findings_suspected"], row["findings_confirmed"]

    assert counted() == (2, 1, 0)
    first, second = (each.guid for each in read_facts(root / "b").findings)
    out = told(["show", str(root / "b"), *DAY], capsys)
    assert out.index(second) < out.index(first)
    told(["decide", str(root / "b"), first, "confirmed", "--by", "Inspector A", "--why", "seen"], capsys)
    assert counted() == (2, 2, 1)


def test_list_due_shows_the_longest_overdue_first(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    portfolios.write(root / "a", "P-1", risk=RISKY, inspections=[])
    portfolios.write(root / "b", "P-2", inspections=[])
    out = told(["list", str(root), "--due", *DAY], capsys)
    assert out.index("2026-02-04") < out.index("2026-03-06")
    assert "147" in out
    assert "2026-11-01" not in out
    assert "2026-11-01" in told(["list", str(root), "--due", "--within", "200", *DAY], capsys)
    assert told(["list", str(root), "--within", "200", *DAY], capsys) == told(
        ["list", str(root), "--due", "--within", "200", *DAY], capsys
    )
    rows = json.loads(told(["list", str(root), "--due", "--json", *DAY], capsys))
    assert rows[0]["overdue_days"] == 147
    assert [row["overdue_days"] for row in rows] == sorted((row["overdue_days"] for row in rows), reverse=True)
    early = told(["list", str(root), "--due", "--today", "2026-01-01", "--within", "0"], capsys)
    assert early.splitlines() == [
        "Nothing is due until 2026-01-01",
        "no date for M4: projects 1: P-1",
        "no date for M6: projects 2: P-1, P-2",  # of P-2 it is drawn by lot
        "no date for M7: projects 1: P-1",
        "no date for M9: projects 1: P-1",
    ]


def test_lists_name_what_no_date_tells(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    portfolios.write(root / "b", "P-2", verdict=Verdict.UNDECIDED)
    out = told(["list", str(root), "--due", *DAY], capsys)
    assert "M5 inspected on 2026-05-01, undecided: projects 1: P-2" in out
    assert "M5 2026-05-01 已检查，未能判定" in told(["list", str(root), "--due", "--lang", "zh", *DAY], capsys)
    assert "inspected on 2026-05-01, undecided" in told(["show", str(root / "b"), *DAY], capsys)
    assert "未核验：不再要求" in told(["show", str(root / "b"), "--lang", "zh", *DAY], capsys)  # M2, after M5
    rows = json.loads(told(["list", str(root), "--due", "--json", *DAY], capsys))
    (left,) = (row for row in rows if "undecided" in row.get("why", ""))
    assert (left["number"], left["milestone"], left["due"], left["overdue_days"]) == ("P-2", "M5", None, 0)
    assert (left["undecided_at"], left["passed_over"]) == ([{"milestone": "M5", "date": "2026-05-01"}], ["M2"])
    assert [row["milestone"] for row in rows if row.get("why", "").startswith("no date")] == ["M6", "M7", "M9", "M6"]
    told(["list", str(root), "--due", "--tier", "low", *DAY], capsys)


def test_an_open_confirmed_finding_is_what_the_list_says(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finding = guid(root / "b")
    by = ["--by", "Inspector A", "--why", "seen", "--at", "2026-05-06T12:00:00Z"]
    for state in ("confirmed", "rectifying"):
        told(["decide", str(root / "b"), finding, state, *by], capsys)
    row = json.loads(told(["list", str(root), "--json", *DAY], capsys))[-1]
    assert (row["number"], row["status"], row["counts"]["findings_open"]) == ("P-2", "inconsistent", 1)
    assert "confirmed, open: 1" in told(["list", str(root), "--tier", row["tier"], *DAY], capsys)
    shown = told(["show", str(root / "b"), *DAY], capsys)
    assert "re-inspection" in shown
    assert "2026-06-05" in shown


def test_a_broken_project_is_listed_with_its_one_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "b" / "project.toml").write_text("x")
    for extra in ([], ["--due"], ["--lang", "zh"]):
        out = told(["list", str(root), *DAY, *extra], capsys)
        assert "P-1" in out
        assert f"{root / 'b' / 'project.toml'}: not valid TOML" in out
    rows = json.loads(told(["list", str(root), "--json", *DAY], capsys))
    assert [row["broken"] is None for row in rows] == [True, False]
    assert "projects: 1/2" in told(["list", str(root), *DAY], capsys)
    assert "not valid TOML" in told(["show", str(root / "b")], capsys, 3)
    assert run(["project", "index", str(root)]) == 0
    out, err = capsys.readouterr()
    assert out == "1 of 2 projects\n"
    assert err.startswith("plumbline: cannot be read: ")


def test_show_tells_everything_of_a_project(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = told(["show", str(root / "a"), *DAY], capsys)
    for said in (
        "number: P-1", "risk: high, 80 points", "another floor fits in", "M5-2026-05-01", guid(root / "a"),
        "extra storey", "candidate", "2026-11-01", "decisions: none",
    ):  # fmt: skip
        assert said in out
    chinese = told(["show", str(root / "a"), *DAY, "--lang", "zh"], capsys)
    for said in ("风险: 高, 80 分", "可插入楼层", "M5 主体封顶", "加层", "待核", "巡查，上次检查后 30 天", "决定: 无"):
        assert said in chinese
    page = json.loads(told(["show", str(root / "a"), *DAY, "--json"], capsys))
    assert (page["number"], page["tier"], page["findings"][0]["guid"]) == ("P-1", "high", guid(root / "a"))


def test_show_tells_why_an_inspection_gave_no_case(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = root / "b" / "inspections" / "M5-2026-05-01"
    standing = document_digest(case)
    failure = Failure(name=case.name, status="failed", reason="no overlap", day=date(2026, 7, 1), case=standing)
    write_failure(failure, case)
    assert "a later run failed: no overlap" in " ".join(told(["show", str(root / "b"), *DAY], capsys).split())
    (case / "inspection.json").unlink()
    write_failure(failure.model_copy(update={"case": None}), case)
    assert "no case: no overlap" in told(["show", str(root / "b"), *DAY], capsys)
    assert "无案卷: no overlap" in told(["show", str(root / "b"), *DAY, "--lang", "zh"], capsys)
    page = json.loads(told(["show", str(root / "b"), *DAY, "--json"], capsys))
    assert page["inspections"][0]["failed_because"] == "no overlap"
    assert page["counts"]["inspections_failed"] == 1


def test_decide_adds_to_the_log_and_lists_show_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(["list", str(root), *DAY], capsys)
    finding = guid(root / "b")
    by = ["--by", "检查员甲", "--why", "现场核实"]
    out = told(["decide", str(root / "b"), finding, "confirmed", *by, "--at", "2026-05-06T20:00:00+08:00"], capsys)
    assert out == f"{finding}: candidate -> confirmed, 2026-05-06T20:00:00+08:00, 检查员甲: 现场核实\n"
    shown = told(["show", str(root / "b"), *DAY], capsys)
    assert "candidate -> confirmed" in shown
    assert "findings confirmed here: 1" in shown
    assert read_facts(root / "b").decisions[0].inspection == "M5-2026-05-01"
    told(["decide", str(root / "b"), finding[:8].upper(), "rectifying", *by], capsys)
    assert read_facts(root / "b").findings[0].state is State.RECTIFYING


def test_what_cannot_be_decided_is_one_clear_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finding = guid(root / "b")
    by = ["--by", "Inspector A", "--why", "seen"]
    for arguments, code, said in (
        (
            [finding, "closed", *by],
            3,
            "is candidate and cannot become closed: from here it may become confirmed, dismissed",
        ),
        (["0000-none", "confirmed", *by], 3, "has no finding 0000-none"),
        (["", "confirmed", *by], 3, "has no finding"),
        ([finding, "confirmed", "--by", "Inspector A", "--why", " "], 3, "the reason is empty"),
        ([finding, "confirmed", *by, "--at", "noon"], 3, "is no time"),
        ([finding, "confirmed", *by, "--at", "2026-05-06T12:00"], 3, "names no time zone"),
    ):
        err = told(["decide", str(root / "b"), *arguments], capsys, code)
        assert said in err
        assert err.count("\n") == 1
    assert read_facts(root / "b").decisions == ()
    told(["decide", str(root / "b"), finding, "forgotten", *by], capsys, 2)


def test_a_log_that_was_tampered_with_ends_with_its_own_code(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    by = ["--by", "Inspector A", "--why", "seen"]
    told(["decide", str(root / "b"), guid(root / "b"), "confirmed", *by], capsys)
    path = root / "b" / "decisions.jsonl"
    path.write_text(path.read_text().replace("seen", "unseen"))
    assert "line 1: is not as it was written" in told(["show", str(root / "b")], capsys, 5)
    assert "line 1" in told(["decide", str(root / "b"), "anything", "dismissed", *by], capsys, 5)
    assert "line 1: is not as it was written" in told(["list", str(root)], capsys)


def test_an_empty_folder_has_no_projects(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(["list", str(tmp_path)], capsys) == "No projects.\n"
    assert told(["list", str(tmp_path), "--json"], capsys) == "[]\n"
    assert "is no folder" in told(["list", str(tmp_path / "none")], capsys, 3)
    assert "cannot be read" in told(["show", str(tmp_path)], capsys, 3)


def test_both_languages_have_every_word_and_none_twice() -> None:
    english, chinese = project_words.WORDS["en"], project_words.WORDS["zh"]
    assert english.keys() == chinese.keys()
    assert not english.keys() & result_words.WORDS["en"].keys()
    for enumeration in (State, Standing, Tier):
        assert {item.value for item in enumeration} <= english.keys() | result_words.WORDS["en"].keys()
    assert {f"milestone.{item.value}" for item in Milestone} <= english.keys()
    assert not any("违法" in word or "illegal" in word for word in (*english.values(), *chinese.values()))


def test_the_command_line_knows_what_the_library_does() -> None:
    assert {milestone.code.lower() for milestone in Milestone} <= COLUMNS.keys()


def test_help_answers_without_what_it_does_not_need(root: Path) -> None:
    code = (
        "import sys; from cli.main import run; run(['project', 'list', '--help']);"
        "slow = {'sqlalchemy', 'numpy', 'ifcopenshell'} & set(sys.modules); assert not slow, slow"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
