"""``plumbline portfolio`` on folders of projects."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from support import portfolios
from support.inspections import inspection

from cli.commands.portfolio import share_of
from cli.main import run
from pipelines.portfolio import read_states, viewers_from
from twin.conformity.milestone import Milestone
from twin.conformity.model import Verdict
from twin.evidence.inspection import write
from twin.supervision.rates import Rate
from twin.supervision.records import (
    FILE_NAME,
    InspectionRecord,
    MilestoneDue,
    Place,
    Project,
    RiskInputs,
    document,
)
from twin.supervision.states import State

TODAY = date(2026, 7, 1)


def record(folder: Path, number: str, *, district: str = "East", inspected: bool = True) -> Project:
    """A project with a survey at topping out, written into its folder."""
    day = InspectionRecord(milestone=Milestone.TOPPING_OUT, date=date(2026, 5, 4), surveys=("a.laz",))
    made = Project(
        folder=folder, number=number, name=f"Plot {number}", design=("d.ifc",), district=district,
        place=Place(easting=520_000.0, northing=3_350_000.0, crs="EPSG:4549"),
        risk=RiskInputs(storey_height_m=5.4, change_orders=2, skipped_checks=(Milestone.FOUNDATION,)),
        milestones=(
            MilestoneDue(milestone=Milestone.TOPPING_OUT, due=date(2026, 5, 9)),
            MilestoneDue(milestone=Milestone.COMPLETION, due=date(2026, 6, 21)),
        ),
        inspections=(day,) if inspected else (),
    )  # fmt: skip
    folder.mkdir(parents=True)
    (folder / FILE_NAME).write_text(document(made), encoding="utf-8")
    return made


@pytest.fixture
def root(tmp_path: Path) -> Path:
    base = tmp_path / "my city"
    first = record(base / "north" / "p 1: #a", "P-1")
    case = first.case_of(first.inspections[0])
    case.mkdir(parents=True)
    write(inspection(Verdict.INCONSISTENT), case)
    portfolios.write_elements(case)
    (case / "viewer.html").write_text("viewer", encoding="utf-8")
    record(base / "p2", "P-2", district="West", inspected=False)
    return base


def test_states_are_what_records_and_cases_say(root: Path) -> None:
    (first, second), unread, _ = read_states(root, TODAY)
    assert unread == ()
    assert [each.verdict for each in first.inspections] == [Verdict.INCONSISTENT]
    assert first.findings
    assert {each.state for each in first.findings} == {State.CANDIDATE}
    assert (second.inspections, second.findings) == ((), ())
    at_milestones = [[(d.milestone, d.overdue_days) for d in each.due if d.milestone] for each in (first, second)]
    assert at_milestones[0] == [(Milestone.COMPLETION, 10)]
    assert at_milestones[1] == [(Milestone.TOPPING_OUT, 53), (Milestone.COMPLETION, 10)]
    assert first.risk.score == sum(reason.points for reason in first.risk.reasons) > 0.0


def test_the_command_writes_page_maps_and_tables(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(["portfolio", str(root), "-o", str(out), "--today", "2026-07-01", "--quiet"]) == 0
    told = capsys.readouterr().out
    assert "1 of 2" in told
    assert re.search(r"│ +\d+ % +│", told) is None  # too few for any share
    assert str(out / "portfolio.html") in told.splitlines()[-1]
    assert pl.read_csv(out / "projects.csv")["number"].to_list() == ["P-1", "P-2"]
    features = json.loads((out / "projects.geojson").read_text("utf-8"))["features"]
    assert features[0]["geometry"]["type"] == "Point"
    assert not [path for path in out.iterdir() if path.name.endswith(".partial")]
    assert "my city" in (out / "portfolio.html").read_text("utf-8")[:2000]


def test_json_carries_every_figure_with_its_denominator(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["portfolio", str(root), "--today", "2026-07-01", "--json", "--quiet"]) == 0
    told = json.loads(capsys.readouterr().out)
    whole = {each["figure"]: each for each in told["figures"] if each["part"] == "all"}
    assert (told["schema"], told["date"], told["projects"]) == ("plumbline.portfolio/1", "2026-07-01", 2)
    assert (whole["inspected"]["of"], whole["inspected"]["among"]) == (1, 2)
    assert (whole["on_time"]["of"], whole["on_time"]["among"]) == (1, 4)
    assert (whole["dismissed"]["share"], whole["dismissed"]["among"]) == (None, 0)
    assert all((root / "portfolio" / name).is_file() for name in told["files"])


def test_the_day_decides_what_is_overdue(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overdue = []
    for day in ("2026-05-01", "2026-06-01", "2026-07-01"):
        assert run(["portfolio", str(root), "--today", day, "--json", "--quiet"]) == 0
        told = json.loads(capsys.readouterr().out)
        overdue += [each["of"] for each in told["figures"] if (each["part"], each["figure"]) == ("all", "overdue")]
    assert overdue == [0, 1, 2]


def test_an_office_with_a_database_gets_no_second_index(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    day = ["--today", "2026-07-01", "--json", "--quiet"]
    url = f"sqlite:///{root / 'office.sqlite'}"
    assert run(["portfolio", str(root), *day, "--database", url]) == 0
    there = capsys.readouterr().out
    assert (root / "office.sqlite").stat().st_size > 0
    assert not (root / ".plumbline").exists()
    assert run(["portfolio", str(root), *day]) == 0
    assert capsys.readouterr().out == there
    assert run(["portfolio", str(root), *day, "--database", "nonsense"]) == 3
    assert "is no database" in capsys.readouterr().err


def test_the_terminal_speaks_chinese(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["portfolio", str(root), "--today", "2026-07-01", "--lang", "zh", "--quiet"]) == 0
    told = capsys.readouterr().out
    assert "已检查" in told
    assert "违法" not in told


def test_links_to_viewers_are_relative_and_escaped(root: Path) -> None:
    (first, _), _, _ = read_states(root, TODAY)
    address = viewers_from(root / "portfolio")
    assert address(first.inspections[0]) == "../north/p%201%3A%20%23a/inspections/M5-2026-05-04/viewer.html"
    (first.inspections[0].folder / "viewer.html").unlink()
    assert address(first.inspections[0]) is None


@pytest.mark.parametrize(("name", "said"), [("empty", "holds no project"), ("absent", "is no folder")])
def test_a_folder_without_projects_is_told_in_one_line(
    name: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert run(["portfolio", str(tmp_path / name), "--quiet"]) == 3
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_a_broken_record_or_case_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = root / "north" / "p 1: #a" / "inspections" / "M5-2026-05-04" / "inspection.json"
    case.write_text('{"schema": "plumbline.inspection/1"}', encoding="utf-8")
    (first, _), _, _ = read_states(root, TODAY)
    assert "lacks verdict" in str(first.inspections[0].failed_because)
    (root / "p2" / FILE_NAME).write_text("schema = 3", encoding="utf-8")
    assert run(["portfolio", str(root)]) == 0
    assert "p2/project.toml" in capsys.readouterr().err
    assert run(["portfolio", str(root), "--json", "--quiet"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["folder"] for each in told["unreadable"]] == ["p2"]
    (lost,) = (each for each in told["figures"] if each["figure"] == "unreadable")
    assert (lost["of"], lost["among"]) == (1, 2)
    assert run(["portfolio", str(root), "--quiet"]) == 0
    assert "Cannot be read" in capsys.readouterr().out
    (first.project.folder / FILE_NAME).write_text("schema = 3", encoding="utf-8")
    assert run(["portfolio", str(root), "--quiet"]) == 3
    told = capsys.readouterr().err
    assert "none of its projects can be read" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "of", "among", "said"),
    [
        ("warned", 0, 0, "–"),
        ("warned", 29, 29, ""),
        ("warned", 15, 30, "50 %"),
        ("dismissed", 4, 12, "33 % (14–61)"),
    ],
)
def test_a_share_is_said_only_where_it_means_something(name: str, of: int, among: int, said: str) -> None:
    assert share_of(name, Rate(of, among, "")) == said
