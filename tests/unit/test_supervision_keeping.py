"""A finding keeps its GUID, and what persons decided, whatever is inspected anew, comes late or cannot be read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support import inspections, portfolios

import pipelines.followup as following
from cli import console
from cli.batches import listening, show
from cli.following import progress_lines
from cli.main import run
from cli.project_words import words
from pipelines.batch import running
from pipelines.batch.model import Limits, Plan
from pipelines.choices import Language
from pipelines.followup import follow_missing, follow_project, follow_up
from pipelines.projects.deciding import decide_about
from pipelines.projects.index import portfolio
from pipelines.projects.listing import line, page
from twin.conformity.model import FindingVerdict, Kind
from twin.deviation.model import ElementStatus
from twin.errors import EvidenceError, InputError, SettingsError
from twin.evidence.inspection import document
from twin.evidence.schema import FindingPart
from twin.supervision import records
from twin.supervision.decisions import decide, read_decisions
from twin.supervision.following.keeping import KEPT_NAME
from twin.supervision.following.matching import matches
from twin.supervision.following.progress import ElementRow, progress_of, still_standing
from twin.supervision.records import Project
from twin.supervision.settings import FollowUpSettings
from twin.supervision.state import read_facts
from twin.supervision.states import Standing, State

DAYS = {"M4": date(2026, 4, 1), "M5": date(2026, 5, 1), "M8": date(2026, 8, 1)}
NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
BY = FollowUpSettings()
JULY = date(2026, 7, 1)
ROWS = [("0Aslab", "IfcSlab", "EG", "as_designed"), ("0Awall", "IfcWall", "EG", "not_observed")]


def founded(folder: Path, *names: str) -> Project:
    """A project with inspections of which none has a case."""
    project = portfolios.project(folder, inspections=[portfolios.inspection(name, DAYS[name]) for name in names])
    portfolios.write(folder, inspections=[])
    (folder / records.FILE_NAME).write_text(records.document(project), encoding="utf-8")
    return project


def part(height_m: float = 3.0, **values: Any) -> FindingPart:
    """The finding of the small building, so high."""
    whole = inspections.inspection().findings[0]
    box = whole.box.model_copy(update={"max": (4.0, 3.0, 3.0 + height_m)})
    sizes = {"height_m": height_m, "volume_m3": 12.0 * height_m}
    return whole.model_copy(update={"box": box, **sizes, **values})


def case(project: Project, name: str, *findings: FindingPart, settings: str = "ab", rows: Any = ROWS) -> Path:
    """A finished case by settings of that digest."""
    folder = project.folder / "inspections" / f"{name}-{DAYS[name].isoformat()}"
    folder.mkdir(parents=True, exist_ok=True)
    numbered = tuple(each.model_copy(update={"id": f"F-{row + 1:03d}"}) for row, each in enumerate(findings))
    told = inspections.inspection().model_copy(update={"findings": numbered, "settings_sha256": settings * 32})
    (folder / "inspection.json").write_text(json.dumps(document(told)), encoding="utf-8")
    table = pl.DataFrame(rows, schema=["global_id", "ifc_class", "storey", "status"], orient="row")
    table.write_parquet(folder / "elements.parquet")
    return folder


def guids(folder: Path) -> list[str]:
    return [finding.guid for finding in read_facts(folder).findings]


def decided(folder: Path, after: State = State.CONFIRMED) -> str:
    (finding,) = read_facts(folder).findings
    decide_about(folder, finding.guid, after, by="Inspector A", why="seen on site", at=None, now=NOW)
    return finding.guid


def test_an_inspection_made_anew_by_other_settings_keeps_guids_and_decisions(tmp_path: Path) -> None:
    project = founded(tmp_path, "M4", "M5")
    case(project, "M4", part())
    case(project, "M5", part())
    assert follow_missing(tmp_path) is None
    guid = decided(tmp_path)
    case(project, "M4", part(3.4), settings="cd")  # any number that changed gave every finding another GUID
    case(project, "M5", part(3.4), settings="cd")
    assert follow_missing(tmp_path) is None
    (finding,) = read_facts(tmp_path).findings
    assert (finding.guid, finding.state, finding.standing) == (guid, State.CONFIRMED, Standing.PERSISTS)
    assert read_facts(tmp_path).loose == ()


def test_an_earlier_inspection_that_comes_late_takes_up_the_guids_of_the_later_one(tmp_path: Path) -> None:
    project = founded(tmp_path, "M4", "M5")
    case(project, "M5", part())
    assert follow_missing(tmp_path) is None
    guid = decided(tmp_path)
    case(project, "M4", part(2.8), part(title="far away", outline=((50, 50), (54, 50), (54, 53), (50, 53))))
    assert follow_missing(tmp_path) is None
    facts = read_facts(tmp_path)
    assert [each.state for each in facts.findings if each.guid == guid] == [State.CONFIRMED]
    assert len({each.guid for each in facts.findings}) == len(facts.findings) == 2
    assert {each.first_seen for each in facts.findings} == {DAYS["M4"]}


def test_a_guid_is_never_given_twice_and_nothing_kept_is_ever_removed(tmp_path: Path) -> None:
    project = founded(tmp_path, "M4", "M5")
    known: set[str] = set()
    for settings, findings in (("ab", [part(), part()]), ("cd", [part()]), ("ef", []), ("ab", [part(), part()])):
        for name in ("M4", "M5"):
            case(project, name, *findings, settings=settings)
        follow_project(tmp_path)
        assert len(set(guids(tmp_path))) == len(guids(tmp_path))
        kept = {each["guid"] for each in json.loads((tmp_path / KEPT_NAME).read_bytes())["findings"]}
        assert known | set(guids(tmp_path)) <= kept
        known = kept
    assert len(known) == 2


def test_what_ledgers_of_an_earlier_state_of_the_program_tell_is_kept(tmp_path: Path) -> None:
    project = founded(tmp_path, "M4")
    folder = case(project, "M4", part())
    follow_project(tmp_path)
    (guid,) = guids(tmp_path)
    (tmp_path / KEPT_NAME).unlink()
    path = folder / "follow_up.json"
    old = json.loads(path.read_bytes())
    del old["stood"]
    for step in old["tracked"][0]["history"]:
        del step["verdict"]
    path.write_text(json.dumps(old))
    case(project, "M4", part(3.2), settings="cd")
    assert follow_missing(tmp_path) is None
    assert guids(tmp_path) == [guid]
    (tmp_path / KEPT_NAME).unlink()  # lost: made again from the ledgers
    assert follow_missing(tmp_path) is None
    assert (tmp_path / KEPT_NAME).is_file()


def test_a_damaged_register_is_told_and_never_made_anew(tmp_path: Path) -> None:
    case(founded(tmp_path, "M4"), "M4", part())
    follow_project(tmp_path)
    (tmp_path / KEPT_NAME).write_text("{}x")
    with pytest.raises(EvidenceError, match=KEPT_NAME):
        follow_project(tmp_path)
    assert KEPT_NAME in (follow_missing(tmp_path) or "")
    assert (tmp_path / KEPT_NAME).read_text() == "{}x"


def test_a_decision_about_what_no_case_shows_is_told_as_an_error_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case(founded(tmp_path / "a", "M4"), "M4", part())
    follow_project(tmp_path / "a")
    decide(tmp_path / "a", "0gone", State.CONFIRMED, by="Inspector [b]", at=NOW, why="seen")
    (entry,) = portfolio(tmp_path, JULY)
    assert entry.loose == ("0gone",)
    assert line(entry)["counts"]["decided_and_gone"] == 1
    assert page(entry)["decided_and_gone"] == ["0gone"]
    assert run(["project", "show", str(tmp_path / "a")]) == 0
    out = capsys.readouterr().out
    assert "decided, but no case shows it any more: 0gone (confirmed, 2026-09-01T12:00:00+00:00, Inspector [b])" in out
    assert run(["project", "list", str(tmp_path)]) == 0
    assert "findings decided about that no case shows any more: 1" in capsys.readouterr().out


def test_a_follow_up_by_hand_that_leaves_out_an_inspection_erases_nothing(tmp_path: Path) -> None:
    project = founded(tmp_path, "M4", "M5", "M8")
    first, _, last = case(project, "M4"), case(project, "M5", part()), case(project, "M8")
    assert follow_missing(tmp_path) is None
    guid = decided(tmp_path)
    follow_up(first, last)
    assert guids(tmp_path) == []
    assert follow_missing(tmp_path) is None
    assert guids(tmp_path) == [guid]
    whole = (last / "follow_up.json").read_bytes()
    follow_up(project.folder / "inspections" / "M5-2026-05-01", last)
    assert json.loads((last / "follow_up.json").read_bytes()) == json.loads(whole)


def test_a_later_case_that_was_surveyed_before_the_earlier_one_is_refused(tmp_path: Path) -> None:
    project = founded(tmp_path, "M4", "M5")
    first, second = case(project, "M4", part()), case(project, "M5", part())
    with pytest.raises(InputError, match="was surveyed on 2026-04-01, before"):
        follow_up(second, first)
    assert not (first / "follow_up.json").exists()


@pytest.mark.parametrize("accuses", [FindingVerdict.BORDERLINE, FindingVerdict.INCONSISTENT])
def test_what_accuses_nobody_never_goes_on_as_what_accuses(accuses: FindingVerdict) -> None:
    stored = part(kind=Kind.UNMODELLED_OBJECT, verdict=FindingVerdict.INFORMATION)
    assert matches([stored], [part(verdict=accuses)], BY) == ()
    assert len(matches([part(verdict=accuses)], [stored], BY)) == 1  # what is left of it
    assert len(matches([stored], [stored], BY)) == 1


def test_what_was_dismissed_does_not_speak_for_what_is_built_in_its_place(tmp_path: Path) -> None:
    project = founded(tmp_path, "M4", "M5", "M8")
    case(project, "M4", part(1.0, kind=Kind.UNMODELLED_OBJECT, verdict=FindingVerdict.INFORMATION))
    follow_missing(tmp_path)
    stored = decided(tmp_path, State.DISMISSED)
    case(project, "M5", part(verdict=FindingVerdict.BORDERLINE))
    follow_missing(tmp_path)
    (room,) = (each for each in read_facts(tmp_path).findings if each.guid != stored)
    assert (room.state, room.standing) == (State.CANDIDATE, Standing.NEW)
    decide_about(tmp_path, room.guid, State.DISMISSED, by="A", why="approved", at=None, now=NOW)
    assert {each.proposed for each in read_facts(tmp_path).findings} == {None}
    case(project, "M8", part())
    follow_missing(tmp_path)
    proposed = {each.guid: each.proposed for each in read_facts(tmp_path).findings}
    assert proposed == {stored: None, room.guid: State.CONFIRMED}


def test_what_is_left_of_an_accused_addition_may_accuse_again_under_its_guid(tmp_path: Path) -> None:
    project = founded(tmp_path, "M4", "M5", "M8")
    case(project, "M4", part())
    case(project, "M5", part(1.0, kind=Kind.UNMODELLED_OBJECT, verdict=FindingVerdict.INFORMATION))
    case(project, "M8", part())
    follow_missing(tmp_path)
    assert len(guids(tmp_path)) == 1


def test_a_candidate_put_right_cites_the_reinspection_and_is_no_false_alarm(tmp_path: Path) -> None:
    project = founded(tmp_path, "M4", "M5")
    missing = part(kind=Kind.ELEMENT_MISSING, global_ids=("0Aslab",))
    case(project, "M4", missing, rows=[("0Aslab", "IfcSlab", "EG", "missing"), ROWS[1]])
    case(project, "M5")
    follow_missing(tmp_path)
    (finding,) = read_facts(tmp_path).findings
    assert (finding.standing, finding.proposed) == (Standing.RESOLVED, State.RECTIFIED)
    decided(tmp_path, State.RECTIFIED)
    (made,) = read_decisions(tmp_path)
    assert (made.before, made.inspection) == (State.CANDIDATE, "M5-2026-05-01")
    assert read_facts(tmp_path).findings[0].state is not State.DISMISSED


def test_what_cannot_be_followed_is_told_counted_and_lets_nobody_decide(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = founded(tmp_path / "a", "M4", "M5")
    case(project, "M4", part())
    case(project, "M5", part(), rows=[("9Zslab", "IfcSlab", "EG", "missing")])
    case(founded(tmp_path / "b", "M4"), "M4", part())
    record = tmp_path / "b" / "project.toml"
    record.write_text(record.read_text().replace('"P-1"', '"P-2"'))
    for _ in range(2):
        first, second = portfolio(tmp_path, JULY)
        assert "share no element" in (first.unfollowed or "")
        assert (first.broken, second.unfollowed, second.broken) == (None, None, None)
    assert run(["project", "list", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "projects whose findings cannot be followed: 1/2" in out
    assert run(["project", "show", str(tmp_path / "a")]) == 0
    assert "findings cannot be followed: " in capsys.readouterr().out
    guid = guids(tmp_path / "a")[-1]
    assert run(["project", "decide", str(tmp_path / "a"), guid, "confirmed", "--by", "A", "--why", "seen"]) == 3
    err = capsys.readouterr().err
    assert "share no element" in err
    assert err.count("\n") == 1
    assert read_decisions(tmp_path / "a") == ()
    case(project, "M5", part())
    assert [entry.unfollowed for entry in portfolio(tmp_path, JULY)] == [None, None]


def test_a_bug_in_following_one_project_harms_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        case(founded(tmp_path / name, "M4"), "M4", part())
    read = following.read_epoch

    def reading(folder: Path, *others: Any) -> Any:
        if "a" in folder.parts:
            raise ZeroDivisionError("by nothing")
        return read(folder, *others)

    monkeypatch.setattr(following, "read_epoch", reading)
    assert [entry.unfollowed for entry in portfolio(tmp_path, JULY)] == [
        "sorry, this is a bug (ZeroDivisionError: by nothing)",
        None,
    ]


def test_a_batch_writes_its_summary_before_it_follows_and_tells_what_it_could_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    limits = Limits(workers=1, memory_gb=1.0)
    plan = Plan(path=tmp_path / "plan.toml", base=tmp_path, results=tmp_path / "results", name="plan",
                lang=Language.ENGLISH, limits=limits, cases=())  # fmt: skip

    def follow(asked: Plan) -> tuple[str, ...]:
        assert (asked.results / "summary.json").is_file()
        return ("city/P-1: designs share no element",)

    monkeypatch.setattr(running, "follow_projects", follow)
    with listening(0, "en", quiet=True, silent=True) as listener:
        result = running.run_batch(plan, listener)
    show(result, console.output())
    assert "findings cannot be followed: city/P-1: designs share no element" in capsys.readouterr().out


def row(name: str, status: ElementStatus) -> ElementRow:
    return ElementRow(name, "IfcWall", "EG", status)


def test_what_a_survey_saw_once_stands_until_another_sees_that_it_does_not(tmp_path: Path) -> None:
    project = founded(tmp_path, "M4", "M5", "M8")
    for name, status in (("M4", "as_designed"), ("M5", "not_observed"), ("M8", "not_observed")):
        case(project, name, rows=[ROWS[0], ("0Awall", "IfcWall", "EG", status)])
    told = [ledger.progress for _, ledger in follow_project(tmp_path)]
    assert [[each.built for each in parts] for parts in told] == [[1, 1]] * 3
    case(project, "M8", rows=[ROWS[0], ("0Awall", "IfcWall", "EG", "missing")], settings="cd")
    (*_, (_, last)) = follow_project(tmp_path)
    assert [(each.ifc_class, each.built, each.missing) for each in last.progress] == [
        ("IfcSlab", 1, 0),
        ("IfcWall", 0, 1),
    ]
    assert last.stood == ()
    (entry,) = portfolio(tmp_path.parent, JULY, only=tmp_path)
    assert entry.progress == last.progress == read_facts(tmp_path).progress
    assert progress_lines(entry.progress, words("en")) == [
        "EG: stands 1 of 2 (before 2, not observed 0)",
        "  IfcWall: stands 0 of 1 (before 1, not observed 0)",
    ]


def test_progress_goes_on_from_what_stood_and_nothing_else() -> None:
    unseen, gone = row("a", ElementStatus.NOT_OBSERVED), row("b", ElementStatus.MISSING)
    assert still_standing((), [unseen, gone], ["a", "b", "c"]) == ("a",)
    (counted,) = progress_of((), [unseen, gone], ["a", "b", "c"])
    assert (counted.built, counted.built_before, counted.missing) == (1, 2, 1)


def test_ledgers_speak_the_language_of_the_office_where_nobody_says_another(tmp_path: Path) -> None:
    folder = case(founded(tmp_path / "p", "M4"), "M4", part())
    (tmp_path / "supervision.toml").write_text('[follow_up]\nlanguage = "zh"\n')
    portfolio(tmp_path, JULY)
    ledger = json.loads((folder / "follow_up.json").read_bytes())
    assert any(ord(letter) >= 0x2E80 for letter in ledger["tracked"][0]["why"])
    assert "language" not in ledger["settings"]
    (tmp_path / "supervision.toml").write_text('[follow_up]\nlanguage = "fr"\n')
    with pytest.raises(SettingsError, match="there is no language 'fr'"):
        portfolio(tmp_path, JULY)


def test_what_people_write_in_brackets_is_shown_as_they_wrote_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    case(founded(tmp_path / "p", "M4"), "M4", part(storey="[EG]"))
    record = tmp_path / "p" / "project.toml"
    record.write_text(record.read_text().replace('"Building P-1"', '"Tower [b1]"'))
    follow_project(tmp_path / "p")
    (guid,) = guids(tmp_path / "p")
    decide(tmp_path / "p", guid, State.CONFIRMED, by="[/b]", at=NOW, why="see [/mnt/photos/12]")
    assert run(["project", "show", str(tmp_path / "p")]) == 0
    out = capsys.readouterr().out
    for said in ("[EG]", "[/b]", "[/mnt/photos/12]"):
        assert said in out
    for extra in ([], ["--due"]):
        assert run(["project", "list", str(tmp_path), *extra]) == 0
        assert "Tower [b1]" in capsys.readouterr().out
