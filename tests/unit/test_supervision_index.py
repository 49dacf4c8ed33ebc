"""The index answers what the files say, whatever happened to it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable
from support import portfolios

from pipelines.projects import index, tables
from pipelines.projects.folders import HIDDEN, portfolio_of, project_folders
from pipelines.projects.index import IndexUnusable, portfolio
from pipelines.projects.listing import by_due_date, by_risk, page
from pipelines.projects.rows import Entry
from twin.errors import InputError
from twin.phrases import Phrase
from twin.supervision.decisions import FILE_NAME, decide
from twin.supervision.settings import SupervisionSettings
from twin.supervision.state import read_facts, state_at
from twin.supervision.states import State, Tier

NOON = datetime(2026, 5, 6, 12, 0, tzinfo=UTC)
JULY = date(2026, 7, 1)
RISKY = {"storey_height_m": 4.8, "use": "mixed", "counted_share": 0.97}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three projects, one of them in a district's folder and one with a decision."""
    portfolios.write(tmp_path / "a", "P-1", risk=RISKY, place={"easting": 1.0, "northing": 2.0, "crs": "EPSG:4549"})
    portfolios.write(tmp_path / "north" / "b", "P-2")
    portfolios.write(tmp_path / "c", "P-3", inspections=[])
    confirm(tmp_path / "a")
    return tmp_path


def confirm(folder: Path) -> None:
    (finding,) = read_facts(folder).findings
    decide(folder, finding.guid, State.CONFIRMED, by="Inspector A", at=NOON, why="seen on site")


def stored(root: Path) -> Path:
    return root / HIDDEN / index.FILE_NAME


def names(entries: tuple[Entry, ...], root: Path) -> list[str]:
    return [entry.folder.relative_to(root).as_posix() for entry in entries]


def test_answers_are_what_the_files_say(root: Path) -> None:
    entries = portfolio(root, JULY)
    assert names(entries, root) == ["a", "c", "north/b"]
    for entry in entries:
        facts = read_facts(entry.folder)
        assert entry.broken is None
        assert entry.state == state_at(facts, SupervisionSettings(), JULY)
        assert entry.decisions == facts.decisions
    assert stored(root).is_file()


def test_an_index_that_was_deleted_gives_the_same_answers_when_rebuilt(root: Path) -> None:
    first = portfolio(root, JULY)
    again = portfolio(root, JULY)
    shutil.rmtree(root / HIDDEN)
    assert first == again == portfolio(root, JULY) == portfolio(root, JULY, rebuild=True)


def test_sentences_keep_what_they_are_made_of(root: Path) -> None:
    portfolio(root, JULY)
    state = portfolio(root, JULY)[0].state
    assert state is not None
    assert all(isinstance(text, Phrase) for text in [*(r.why for r in state.risk.reasons), *(d.why for d in state.due)])


def test_only_what_changed_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def reading(folder: Path):
        read.append(folder.name)
        return read_facts(folder)

    monkeypatch.setattr(index, "read_facts", reading)
    portfolio(root, JULY)
    assert read == ["a", "c", "b"]
    read.clear()
    portfolio(root, JULY)
    portfolio(root, date(2026, 8, 1))
    assert read == []
    confirm(root / "north" / "b")
    states = [entry.state.findings[0].state for entry in portfolio(root, JULY) if entry.state and entry.state.findings]
    assert states == [State.CONFIRMED, State.CONFIRMED]
    assert read == ["b"]
    read.clear()
    portfolios.write_case(root / "north" / "b" / "inspections" / "M5-2026-05-01")
    portfolio(root, JULY)
    assert read == ["b"]


def test_another_day_or_other_settings_date_everything_again(root: Path) -> None:
    portfolio(root, JULY)
    early = portfolio(root, date(2026, 1, 6))
    assert [entry.state for entry in early] == [
        state_at(read_facts(entry.folder), SupervisionSettings(), date(2026, 1, 6)) for entry in early
    ]
    (root / "supervision.toml").write_text("[risk]\nunchecked_milestone_score = 100\n")
    assert {entry.state.risk.tier for entry in portfolio(root, JULY) if entry.state} == {Tier.HIGH}


def test_projects_come_and_go(root: Path) -> None:
    portfolio(root, JULY)
    shutil.rmtree(root / "a")
    portfolios.write(root / "d", "P-4")
    assert names(portfolio(root, JULY), root) == ["c", "d", "north/b"]


def test_one_broken_record_does_not_hide_the_others(root: Path) -> None:
    (root / "c" / "project.toml").write_text("schema = \n")
    entries = portfolio(root, JULY)
    assert [entry.state is not None for entry in entries] == [True, False, True]
    assert entries[1].broken is not None
    assert entries[1].broken.startswith(f"{root / 'c' / 'project.toml'}: not valid TOML")
    assert portfolio(root, date(2026, 8, 1))[1].broken == entries[1].broken
    portfolios.write(root / "c", "P-3")
    assert portfolio(root, JULY)[1].state is not None


def test_a_log_that_was_tampered_with_breaks_its_project_alone(root: Path) -> None:
    path = root / "a" / FILE_NAME
    path.write_text(path.read_text().replace("seen on site", "not seen"))
    entries = portfolio(root, JULY)
    assert [entry.broken is None for entry in entries] == [False, True, True]
    assert "decisions.jsonl, line 1: is not as it was written" in (entries[0].broken or "")


def test_a_malformed_case_is_told_and_kept(root: Path) -> None:
    (root / "a" / "inspections" / "M5-2026-05-01" / "inspection.json").write_text("{")
    state = portfolio(root, JULY)[0].state
    assert state is not None
    assert "is malformed" in (state.inspections[0].failed_because or "")
    assert state == portfolio(root, JULY)[0].state


def test_two_projects_of_one_number_are_told_apart(root: Path) -> None:
    portfolios.write(root / "z", "P-1")
    entries = portfolio(root, JULY)
    assert [entry.folder.name for entry in entries if entry.broken] == ["z"]
    assert "its number P-1 is that of a" in (entries[-1].broken or "")


def spoil_bytes(path: Path) -> None:
    path.write_bytes(b"this is no database, but it is long enough to be one" * 100)


def spoil_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)


def spoil_column(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE plumbline_project DROP COLUMN grid_cell")


def spoil_values(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE plumbline_finding SET kind = 'castle'")


def spoil_edition(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE plumbline_edition SET number = 0")
        connection.execute("UPDATE plumbline_project SET name = 'stale'")


@pytest.mark.parametrize("spoil", [spoil_bytes, spoil_middle, spoil_column, spoil_values, spoil_edition])
def test_a_broken_index_is_made_anew(spoil, root: Path) -> None:
    first = portfolio(root, JULY)
    spoil(stored(root))
    assert portfolio(root, JULY) == first
    assert portfolio(root, JULY) == first
    with sqlite3.connect(stored(root)) as connection:
        assert connection.execute("SELECT count(*) FROM plumbline_project").fetchone() == (3,)


def test_where_no_index_can_be_written_answers_are_the_same(root: Path) -> None:
    first = portfolio(root, JULY)
    shutil.rmtree(root / HIDDEN)
    (root / HIDDEN).write_text("a file where the folder should be")
    assert portfolio(root, JULY) == first


def test_one_project_is_answered_alone_and_makes_no_index(root: Path) -> None:
    (entry,) = portfolio(root, JULY, only=root / "a")
    assert not (root / HIDDEN).exists()
    assert entry == portfolio(root, JULY)[0]
    assert portfolio(root, JULY, only=root / "a") == (entry,)
    confirm(root / "north" / "b")
    (other,) = portfolio(root, JULY, only=root / "north" / "b")
    assert other.state is not None
    assert other.state.findings[0].state is State.CONFIRMED
    assert len(portfolio(root, JULY)) == 3


def test_a_folder_without_projects_gets_no_index(tmp_path: Path) -> None:
    assert portfolio(tmp_path, JULY) == ()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError, match="is no folder"):
        portfolio(tmp_path / "none", JULY)


def test_projects_lie_at_any_depth_but_not_inside_each_other_nor_hidden(tmp_path: Path) -> None:
    for place in ("a", "a/b", "x/y/z", ".hidden/d"):
        portfolios.write(tmp_path / place, place)
    assert [folder.relative_to(tmp_path).as_posix() for folder in project_folders(tmp_path)] == ["a", "x/y/z"]
    assert portfolio_of(tmp_path / "x" / "y" / "z") == tmp_path / "x" / "y"
    (tmp_path / "supervision.toml").touch()
    assert portfolio_of(tmp_path / "x" / "y" / "z") == tmp_path


def test_where_there_are_no_settings_the_nearest_index_is_used(root: Path) -> None:
    assert portfolio_of(root / "north" / "b") == root / "north"
    portfolio(root, JULY)
    assert portfolio_of(root / "north" / "b") == root


def test_a_folder_that_cannot_be_read_is_listed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = os.scandir

    def scan(place: str):
        if Path(place).name == "north":
            raise PermissionError(13, "Permission denied", place)
        return read(place)

    monkeypatch.setattr(os, "scandir", scan)
    entries = portfolio(root, JULY)
    assert names(entries, root) == ["a", "c", "north"]
    assert "project.toml: cannot be read" in (entries[-1].broken or "")


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes")
@pytest.mark.parametrize("whole", [True, False])
def test_a_folder_whose_name_is_no_text_is_answered_too(whole: bool, root: Path) -> None:
    odd = root / os.fsdecode(b"odd-\xff")
    portfolios.write(odd, "P-4")
    if not whole:
        (odd / "project.toml").write_text("x")
    for _ in range(2):
        (entry,) = (entry for entry in portfolio(root, JULY) if entry.folder == odd)
        assert (entry.state is not None) == whole
    assert stored(root).is_file()


def test_another_database_by_its_url(root: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"
    with sqlite3.connect(tmp_path / "elsewhere.sqlite") as connection:
        connection.execute("CREATE TABLE project (theirs TEXT)")
        connection.execute("INSERT INTO project VALUES ('untouched')")
    assert portfolio(root, JULY, database=url) == portfolio(root, JULY)
    assert portfolio(root, JULY, database=url, rebuild=True) == portfolio(root, JULY)
    with sqlite3.connect(tmp_path / "elsewhere.sqlite") as connection:
        assert connection.execute("SELECT theirs FROM project").fetchall() == [("untouched",)]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "is no database"),
        ("oracle9://x", "is no database"),
        ("sqlite:////proc/none/x.sqlite", "cannot be used"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_clear_line(url: str, said: str, root: Path) -> None:
    with pytest.raises(IndexUnusable, match=said) as caught:
        portfolio(root, JULY, database=url)
    assert "\n" not in str(caught.value)


def test_a_database_without_its_driver_says_what_to_install(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(IndexUnusable, match=r"psycopg is not installed: pip install plumbline\[postgres\]"):
        portfolio(root, JULY, database="postgresql+psycopg://host/name")


def test_tables_are_told_to_postgresql_too() -> None:
    for table in tables.metadata.sorted_tables:
        assert isinstance(table, sqlalchemy.Table)
        assert f"CREATE TABLE {table.name}" in str(CreateTable(table).compile(dialect=postgresql.dialect()))


def test_lists_are_by_risk_and_by_due_date_and_keep_what_is_broken(root: Path) -> None:
    (root / "c" / "project.toml").write_text("x")
    portfolios.write(root / "a", "P-1", risk=RISKY, inspections=[])
    entries = portfolio(root, JULY)
    assert [entry.folder.name for entry in by_risk(entries)] == ["a", "b", "c"]
    assert [entry.folder.name for entry in by_risk(entries, Tier.LOW)] == ["b", "c"]
    due = by_due_date(entries, JULY)
    overdue = [at.overdue_days for _, at in due if at is not None]
    assert overdue == sorted(overdue, reverse=True)
    assert overdue[0] == 147
    assert [(entry.folder.name, at) for entry, at in due][-1] == ("c", None)


def test_a_page_is_json(root: Path) -> None:
    entry = portfolio(root, JULY)[0]
    told = json.loads(json.dumps(page(entry), allow_nan=False))
    assert told["risk"]["tier"] == "high"
    assert told["findings"][0]["state"] == "confirmed"
    assert told["decisions"][0]["after"] == "confirmed"
    assert told["record"]["place"]["crs"] == "EPSG:4549"
    assert told["next_due"] == told["due"][0]
