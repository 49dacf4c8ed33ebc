"""A project from its files: what cases hold, what persons decided, and what that means at a day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import inspections, portfolios

from pipelines.followup import finished, follow_missing, follow_project
from pipelines.projects.index import portfolio
from pipelines.projects.rows import columns_of_cases, columns_of_project, facts_from, rows_of_facts
from twin.conformity.model import Verdict
from twin.errors import EvidenceError
from twin.supervision.cases import read_case, read_cases
from twin.supervision.counting import is_failed
from twin.supervision.decisions import Decision, decide, instant
from twin.supervision.exchange.places import on_map, outline_or_point, system_of
from twin.supervision.failures import Failure, document_digest, failure_path, write_failure
from twin.supervision.following.ledger import EpochPart, Ledger, StepPart, Tracked
from twin.supervision.portfolio import figures, status_of
from twin.supervision.records import Project, document, read_project
from twin.supervision.settings import SupervisionSettings
from twin.supervision.state import read_facts, state_at
from twin.supervision.states import Standing, State, Tier
from twin.supervision.tracking import TrackedFinding, guid_of, stated

NOON = datetime(2026, 5, 6, 12, 0, tzinfo=UTC)
JULY = date(2026, 7, 1)


def decision(before: State, after: State) -> Decision:
    return Decision("g", before, after, "Inspector A", instant(NOON), "seen on site")


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    values = {
        "location": "Where it is",
        "place": {"easting": 500_000.0, "northing": 3_350_000.0, "crs": "EPSG:4549"},
        "risk": {"use": "mixed", "skipped_checks": ["M2"]},
        "responsible": [{"name": "Builder", "role": "permit holder"}],
    }
    written = portfolios.write(tmp_path, **values)
    assert read_project(tmp_path) == written
    assert 'location = "Where it is"' in document(written)


def test_findings_of_a_case_are_new_and_candidates_until_a_person_decides(tmp_path: Path) -> None:
    project = portfolios.write(tmp_path)
    (before,) = read_facts(tmp_path).findings
    part = inspections.inspection().findings[0]
    assert (before.kind, before.verdict, before.title) == (part.kind, part.verdict, part.title)
    assert (before.area_m2, before.volume_m3, before.height_m) == (part.area_m2, part.volume_m3, part.height_m)
    assert (before.outline, before.storey) == (part.outline, part.storey)
    assert (before.state, before.standing, before.proposed) == (State.CANDIDATE, Standing.NEW, None)
    assert before.first_seen == before.last_seen == project.inspections[0].date
    assert before.guid == guid_of("P-1", before.inspection, part.id)
    decide(tmp_path, before.guid, State.CONFIRMED, by="Inspector A", at=NOON, why="seen on site")
    facts = read_facts(tmp_path)
    assert facts.findings == (replace(before, state=State.CONFIRMED, decided=((State.CONFIRMED, NOON.date()),)),)
    assert [each.after for each in facts.decisions] == [State.CONFIRMED]


def test_a_guid_depends_on_project_inspection_and_finding() -> None:
    guids = {
        guid_of(*names)
        for names in [("P", "M5", "F-001"), ("Q", "M5", "F-001"), ("P", "M6", "F-001"), ("P", "M5", "F-002")]
    }
    assert len(guids) == 4
    assert all(UUID(guid).version == 5 for guid in guids)
    assert guid_of("P", "M5", "F-001") == "4bcf8733-de56-57a5-84e8-ccc07caa5d8a"


def test_what_a_survey_proposes_shows_only_where_it_differs() -> None:
    part = inspections.inspection().findings[0]
    followed = TrackedFinding("g", Standing.RESOLVED, date(2026, 5, 1), JULY, "M6-2026-07-01", part)
    shown = stated(followed, [decision(State.CANDIDATE, State.CONFIRMED)])
    assert (shown.proposed, shown.standing, shown.area_m2) == (State.RECTIFIED, Standing.RESOLVED, part.area_m2)
    assert (shown.first_seen, shown.last_seen) == (date(2026, 5, 1), JULY)
    assert stated(followed, [decision(State.RECTIFYING, State.RECTIFIED)]).proposed is None
    assert stated(followed).state is State.CANDIDATE


def test_a_decision_has_its_day_in_utc() -> None:
    assert replace(decision(State.CANDIDATE, State.CONFIRMED), at="2026-06-01T07:00:00+08:00").day == date(2026, 5, 31)


def test_a_state_at_a_day_holds_risk_and_dates_of_that_day(tmp_path: Path) -> None:
    place = {"easting": 1.0, "northing": 2.0, "crs": "EPSG:4549"}
    portfolios.write(tmp_path, place=place, risk={"storey_height_m": 4.8, "change_orders": 1})
    facts = read_facts(tmp_path)
    early = state_at(facts, SupervisionSettings(), date(2026, 1, 6))
    late = state_at(facts, SupervisionSettings(), JULY)
    assert (early.risk.score, early.risk.tier) == (35.0 + 0.0, Tier.MEDIUM)
    assert late.risk.score == 50.0
    assert [each.name for each in late.risk.reasons] == ["storey_height", "change_orders", "unchecked_milestones"]
    assert [each.overdue_days for each in early.due if each.milestone] == [0, 0, 0]
    checks = [(each.milestone.code, each.made, each.passed_over) for each in late.checks]
    assert checks == [("M2", None, True), ("M5", date(2026, 5, 1), False), ("M8", None, False)]
    assert [each.overdue_days for each in late.due] == [0, 0]  # a patrol and M8: what M5 left behind is not asked again
    never = replace(facts, inspections=())
    assert state_at(never, SupervisionSettings(), JULY).due[0].overdue_days == 147
    assert (late.map_outline, late.map_crs) == ((), "EPSG:4549")


def test_a_confirmed_finding_raises_the_risk_and_a_dismissed_one_does_not(tmp_path: Path) -> None:
    portfolios.write(tmp_path)
    (finding,) = read_facts(tmp_path).findings
    scores = []
    for after in (State.CONFIRMED, State.RECTIFYING, State.RECTIFIED, State.CONFIRMED, State.DISMISSED):
        decide(tmp_path, finding.guid, after, by="Inspector A", at=NOON, why="seen on site")
        scores.append(state_at(read_facts(tmp_path), SupervisionSettings(), date(2026, 1, 6)).risk.score)
    assert scores == [20.0, 20.0, 20.0, 20.0, 0.0]


def test_a_tier_that_decisions_raised_asks_for_milestones_from_that_day_on(tmp_path: Path) -> None:
    days = [("M3", date(2026, 5, 4)), ("M4", date(2026, 5, 8))]
    values = {"risk": {"change_orders": 2}, "milestones": [{"milestone": code, "due": day} for code, day in days]}
    portfolios.write(tmp_path, **values, inspections=[portfolios.inspection("M2", date(2026, 5, 1))])
    assert [each.due for each in state_at(read_facts(tmp_path), SupervisionSettings(), JULY).due] == []
    (finding,) = read_facts(tmp_path).findings
    decide(tmp_path, finding.guid, State.CONFIRMED, by="Inspector A", at=NOON, why="seen on site")  # on 6 May
    state = state_at(read_facts(tmp_path), SupervisionSettings(), JULY)
    assert state.risk.tier is Tier.MEDIUM
    assert [(each.milestone.code, each.overdue_days) for each in state.due if each.milestone] == [("M4", 54)]
    backdated = [(State.CONFIRMED, date(2026, 5, 3))]
    facts = replace(read_facts(tmp_path), findings=(replace(state.findings[0], decided=tuple(backdated)),))
    assert {each.milestone.code for each in state_at(facts, SupervisionSettings(), JULY).checks} == {"M4"}  # M3: high


def test_an_inspection_without_a_case_has_no_verdict_and_no_fault(tmp_path: Path) -> None:
    project = portfolios.project(tmp_path)
    (case,) = read_cases(project)
    assert (case.verdict, case.wrong, case.findings) == (None, None, ())
    assert case.state().verdict is None


@pytest.mark.parametrize("verdict", Verdict)
def test_a_case_gives_its_verdict(verdict: Verdict, tmp_path: Path) -> None:
    project = portfolios.write(tmp_path, verdict=verdict)
    (case,) = read_cases(project)
    assert (case.verdict, case.wrong) == (verdict, None)
    assert len(case.findings) == (verdict is Verdict.INCONSISTENT)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is malformed"),
        ("[]", "is malformed"),
        ("{", "is malformed"),
        ("[" * 100_000, "is malformed"),
        ("{}", "lacks schema"),
        ('{"schema": "plumbline.inspection/9"}', "is not of schema plumbline.inspection/1"),
        ('{"schema": "plumbline.inspection/1"}', "lacks verdict"),
        ('{"schema": "plumbline.inspection/1", "verdict": "guilty", "findings": []}', "is malformed"),
        ('{"schema": "plumbline.inspection/1", "verdict": "consistent", "findings": [{}]}', "lacks id"),
        ('{"schema": "plumbline.inspection/1", "verdict": "consistent", "findings": 3}', "is malformed"),
    ],
)
def test_a_malformed_case_is_reported(text: str, said: str, tmp_path: Path) -> None:
    project = portfolios.write(tmp_path)
    (project.case_of(project.inspections[0]) / "inspection.json").write_text(text, encoding="utf-8")
    (inspection,) = read_facts(tmp_path).inspections
    assert inspection.verdict is None
    assert inspection.failed_because is not None
    assert said in inspection.failed_because


def fail(case: Path, reason: str) -> None:
    standing = document_digest(case)
    write_failure(Failure(name=case.name, status="timeout", reason=reason, day=JULY, key="k", case=standing), case)


@pytest.mark.parametrize("has_case", [False, True])
def test_a_run_that_failed_is_told_and_counts_where_there_is_no_case(has_case: bool, tmp_path: Path) -> None:
    project = portfolios.write(tmp_path / "one")
    (case,) = (project.case_of(record) for record in project.inspections)
    if not has_case:
        (case / "inspection.json").unlink()
        case.rmdir()
    before = portfolio(tmp_path, JULY)
    fail(case, "took longer than 5 min (limits.minutes)")
    (entry,) = portfolio(tmp_path, JULY)  # the index saw that a file came
    assert entry.state is not None
    (inspection,) = entry.state.inspections
    assert inspection.failed_because == "took longer than 5 min (limits.minutes)"
    assert inspection.verdict is (Verdict.INCONSISTENT if has_case else None)
    assert (is_failed(inspection), status_of(entry.state).value) == (
        not has_case,
        "inconsistent" if has_case else "failed",
    )
    counted = figures([entry.state], JULY).rates["failed"]
    assert (counted.of, counted.among) == (int(not has_case), 1)
    fail(case, "no overlap")
    assert "no overlap" in str(portfolio(tmp_path, JULY)[0].state)
    failure_path(case).unlink()
    assert portfolio(tmp_path, JULY) == before


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "plumbline.failure/9"}', "\x00", '{"schema": "\\ud800"}'])
def test_a_damaged_word_on_a_failure_hides_no_failure_and_no_case(text: str, tmp_path: Path) -> None:
    project = portfolios.write(tmp_path)
    case = project.case_of(project.inspections[0])
    failure_path(case).write_text(text, encoding="utf-8")
    assert read_case(project.inspections[0], case).failed is None
    (case / "inspection.json").unlink()
    assert read_case(project.inspections[0], case).failed == "M5-2026-05-01.failed.json is malformed"


BAD = [None, 3, "x", [], {}, float("nan"), True, "\ud800"]


@given(
    key=st.sampled_from(["id", "kind", "verdict", "title", "storey", "area_m2", "outline"]), bad=st.sampled_from(BAD)
)
def test_any_wrong_value_of_a_finding_is_reported_or_is_allowed(key: str, bad: object, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("case")
    portfolios.write_case(folder)
    path = folder / "inspection.json"
    whole = json.loads(path.read_bytes())
    whole["findings"][0][key] = bad
    path.write_text(json.dumps(whole), encoding="utf-8")
    case = read_case(portfolios.project(folder).inspections[0], folder)
    fine = (
        (bad is None and key in ("storey", "area_m2"))
        or (bad == "x" and key in ("id", "title", "storey"))
        or (bad == 3 and bad is not True and key == "area_m2")
        or (bad in ([], {}) and key == "outline")
    )
    assert (case.wrong is None) == fine
    assert (case.verdict is not None) == fine


def test_a_finding_that_a_follow_up_knows_is_one_whatever_its_number(tmp_path: Path) -> None:
    both = [portfolios.inspection("M5", date(2026, 5, 1)), portfolios.inspection("M6", date(2026, 6, 1))]
    project = portfolios.write(tmp_path, inspections=both)
    assert len(read_facts(tmp_path).findings) == 2  # nobody has told yet that they are one
    for case, _ in finished(project):
        portfolios.write_elements(case)
    follow_missing(tmp_path)
    (one,) = read_facts(tmp_path).findings
    assert (one.standing, one.inspection) == (Standing.PERSISTS, "M6-2026-06-01")
    assert (one.first_seen, one.last_seen) == (date(2026, 5, 1), date(2026, 6, 1))
    decide(tmp_path, one.guid, State.CONFIRMED, by="Inspector A", at=NOON, why="seen on site")
    assert read_facts(tmp_path).findings[0].state is State.CONFIRMED
    ledgers = [case / "follow_up.json" for case, _ in finished(project)]
    kept = [ledger.read_bytes() for ledger in ledgers]
    ledgers[1].write_text("cut off")
    with pytest.raises(EvidenceError, match=r"follow_up\.json"):
        read_facts(tmp_path)
    follow_project(tmp_path)
    assert [ledger.read_bytes() for ledger in ledgers] == kept


def test_a_finding_that_grew_into_another_says_so_and_a_piece_that_fell_off_stands_by_itself(tmp_path: Path) -> None:
    both = [portfolios.inspection("M5", date(2026, 5, 1)), portfolios.inspection("M6", date(2026, 6, 1))]
    project = portfolios.write(tmp_path, inspections=both)
    part = inspections.inspection().findings[0]

    def tracked(guid: str, m5: str | None, m6: str | None) -> Tracked:
        shown = (("M5-2026-05-01", m5), ("M6-2026-06-01", m6))
        steps = [StepPart(inspection=at, date=None, standing=Standing.PERSISTS, why="w", finding=f) for at, f in shown]
        return Tracked(
            guid=guid, standing=Standing.PERSISTS, why="w", first_seen="2026-05-01", last_seen="2026-06-01",
            inspection="M6-2026-06-01", part_of=None if guid == "whole" else "whole", finding=part,
            history=tuple(steps),
        )  # fmt: skip

    entries = (
        tracked("whole", "F-001", "F-001"),
        tracked("grew into it", "F-002", "F-001"),
        tracked("grew into it, unseen since", "F-001", None),
        tracked("fell off it", None, "F-002"),
        tracked("is apart again", "F-001", "F-003"),
    )
    digest = "0" * 64
    epoch = EpochPart(name="M6-2026-06-01", date="2026-06-01", sha256=digest, design_sha256=digest, verdict="x")
    ledger = Ledger(earlier=None, later=epoch, tracked=entries, summary={}, settings={})
    (project.case_of(project.inspections[1]) / "follow_up.json").write_text(ledger.model_dump_json(by_alias=True))
    facts = read_facts(tmp_path)
    assert {each.guid for each in facts.findings if each.part_of} == {"grew into it", "grew into it, unseen since"}
    decide(tmp_path, "grew into it", State.CONFIRMED, by="Inspector A", at=NOON, why="seen on site")
    facts = read_facts(tmp_path)
    row = {**columns_of_project(facts.project), **columns_of_cases(facts)}
    assert facts_from(tmp_path, row, rows_of_facts(facts)) == facts  # the index keeps it


def test_other_settings_follow_the_findings_anew(tmp_path: Path) -> None:
    both = [portfolios.inspection("M5", date(2026, 5, 1)), portfolios.inspection("M6", date(2026, 6, 1))]
    project = portfolios.write(tmp_path / "one", inspections=both)
    for case, _ in finished(project):
        portfolios.write_elements(case)
    (entry,) = portfolio(tmp_path, JULY)
    ledgers = [case / "follow_up.json" for case, _ in finished(project)]
    before = [json.loads(ledger.read_bytes()) for ledger in ledgers]
    (tmp_path / "supervision.toml").write_text("[follow_up]\nleast_common_share = 0.7\n")
    assert portfolio(tmp_path, JULY)[0].state == entry.state
    after = [json.loads(ledger.read_bytes()) for ledger in ledgers]
    assert [ledger.pop("settings")["least_common_share"] for ledger in before] == [0.5, 0.5]
    assert [ledger.pop("settings")["least_common_share"] for ledger in after] == [0.7, 0.7]
    assert after == before


def lay(project: Project, crs: str | None) -> None:
    """Has the case say where the design lies on the map."""
    (case, _), *_ = finished(project)
    told = json.loads((case / "inspection.json").read_text("utf-8"))
    told["design"]["georeference"] |= {
        "map_from_design": [[0.0, -1.0, 0.0, 500.0], [1.0, 0.0, 0.0, 300.0], [0.0, 0.0, 1.0, 7.0], [0, 0, 0, 1]],
        "crs": crs,
    }
    told["design"]["outline"] = [[0.0, 0.0], [10.0, 0.0], [10.0, 5.0]]
    (case / "inspection.json").write_text(json.dumps(told), "utf-8")


@pytest.mark.parametrize("crs", [None, "", " "])
def test_a_design_that_names_no_system_takes_no_project_off_the_map(crs: str | None, tmp_path: Path) -> None:
    place = {"easting": 500_000.0, "northing": 3_350_000.0, "crs": "EPSG:4549"}
    with_place = portfolios.write(tmp_path / "a", "P-1", place=place)
    lay(with_place, crs)
    lay(portfolios.write(tmp_path / "b", "P-2"), crs)
    first, second = (entry.state for entry in portfolio(tmp_path, JULY))
    assert first is not None
    assert second is not None
    assert (outline_or_point(first), system_of(first)) == (((500_000.0, 3_350_000.0),), "EPSG:4549")
    assert on_map(first, first.findings[0]) == ()  # a finding of which nobody knows in which system it lies
    assert len(outline_or_point(second)) == 3  # it is all that is known
    assert system_of(second) == crs


def test_the_place_on_the_map_is_that_of_the_last_case_that_tells(tmp_path: Path) -> None:
    project = portfolios.write(tmp_path, place={"easting": 1.0, "northing": 2.0, "crs": "EPSG:4549"})
    assert read_facts(tmp_path).place is None
    lay(project, "EPSG:4547")
    state = state_at(read_facts(tmp_path), SupervisionSettings(), JULY)
    assert state.map_outline == ((500.0, 300.0), (500.0, 310.0), (495.0, 310.0))
    assert state.map_crs == "EPSG:4547"
    (entry,) = portfolio(tmp_path, JULY)  # first into the index, then from it
    assert entry.state == state
    (entry,) = portfolio(tmp_path, JULY)
    assert entry.state == state
