"""Findings over time: one GUID throughout, and what was not looked at is never resolved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from support import portfolios
from support.epochs import epoch_of
from support.observing import observed, placing, stations_of
from support.worlds import BLOCK, World, honest, roof_room, with_extra_storey

from pipelines.followup import follow_missing
from pipelines.projects.deciding import decide_about
from twin.conformity.model import Kind
from twin.evidence.inspection import write
from twin.evidence.schema import FindingPart
from twin.evidence.seen import FILE_NAME as SEEN
from twin.evidence.seen import Sight, read_seen, write_seen
from twin.supervision.following.absence import absence_of
from twin.supervision.following.changes import size_change
from twin.supervision.following.ledger import Epoch, Ledger, followed, opened
from twin.supervision.following.matching import matches
from twin.supervision.following.progress import ElementRow, progress_of
from twin.supervision.following.proposing import proposal
from twin.supervision.records import FILE_NAME, document
from twin.supervision.settings import FollowUpSettings
from twin.supervision.state import read_facts
from twin.supervision.states import Standing, State

AT = placing(12.0, (100.0, 50.0, 0.0))
AS_APPROVED = honest(BLOCK)
ADDED = with_extra_storey(AS_APPROVED)
HALF_REMOVED = AS_APPROVED.plus(roof_room((0.0, 0.0), (6.0, 9.0), BLOCK.levels[-1], 3.25))
BY = FollowUpSettings()
STORY: dict[str, World] = {"M4": ADDED, "M5": HALF_REMOVED, "M6": AS_APPROVED, "M9": ADDED}


@cache
def inspected(name: str) -> tuple[Epoch, tuple[ElementRow, ...]]:
    number = list(STORY).index(name)
    return epoch_of(observed(STORY[name], AT, seed=number + 1, density=50.0), name, f"2026-0{number + 1}-01")


def epoch(name: str) -> Epoch:
    return inspected(name)[0]


@cache
def from_the_south(name: str) -> Epoch:
    """The same, seen by one instrument on the ground alone."""
    keep = np.arange(len(stations_of(STORY[name]))) == 1
    return epoch_of(observed(STORY[name], AT, keep=keep, density=50.0), f"{name} from the south", "2026-08-01")[0]


@cache
def ledgers() -> tuple[Ledger, ...]:
    done = [opened(epoch("M4"), BY)]
    for name in list(STORY)[1:]:
        done.append(followed(done[-1], epoch(name), BY))
    return tuple(done)


@pytest.fixture
def storey() -> FindingPart:
    (finding,) = epoch("M4").inspection.findings
    assert finding.kind is Kind.EXTRA_STOREY
    return finding


def test_a_storey_that_comes_and_goes_is_one_finding_throughout() -> None:
    assert [len(ledger.tracked) for ledger in ledgers()] == [1, 1, 1, 1]
    assert len({ledger.tracked[0].guid for ledger in ledgers()}) == 1
    standings = [ledger.tracked[0].standing for ledger in ledgers()]
    assert standings == [Standing.NEW, Standing.SHRANK, Standing.RESOLVED, Standing.REOPENED]
    (last,) = ledgers()[-1].tracked
    assert [step.standing for step in last.history] == standings
    assert (last.first_seen, last.last_seen) == ("2026-01-01", "2026-04-01")


def test_what_shrank_says_by_how_much() -> None:
    change = ledgers()[1].tracked[0].change
    assert change is not None
    assert change.quantity == "volume_m3"
    half = 6.0 * 9.0 * 3.25
    assert abs(change.after - half) < 0.02 * half
    assert change.difference == pytest.approx(change.after - change.before, abs=1e-3)


def test_a_survey_proposes_and_a_person_decides() -> None:
    states = [State.CANDIDATE, State.CONFIRMED, State.RECTIFYING, State.CLOSED]
    proposed = [proposal(ledger.tracked[0].standing, state) for ledger, state in zip(ledgers(), states, strict=True)]
    assert proposed == [None, None, State.RECTIFIED, State.CONFIRMED]
    assert {proposal(Standing.NO_LONGER_OBSERVED, state) for state in State} == {None}


def test_an_inspection_followed_by_itself_changes_nothing() -> None:
    first = opened(epoch("M5"), BY)
    again = followed(first, epoch("M5"), BY)
    assert [entry.guid for entry in again.tracked] == [entry.guid for entry in first.tracked]
    assert {entry.standing for entry in again.tracked} == {Standing.PERSISTS}
    assert [entry.finding for entry in again.tracked] == [entry.finding for entry in first.tracked]


def test_a_place_seen_from_one_side_is_not_resolved() -> None:
    (entry,) = followed(opened(epoch("M4"), BY), from_the_south("M6"), BY).tracked
    assert entry.standing is Standing.NO_LONGER_OBSERVED
    assert "was seen" in entry.why


def test_a_storey_that_stands_is_never_resolved_however_little_of_it_is_seen(storey: FindingPart) -> None:
    for looked in (epoch("M4").looked, from_the_south("M4").looked, from_the_south("M9").looked):
        assert not absence_of(storey, looked, BY).is_gone


def test_walls_that_would_have_been_seen_are_gone_where_no_ray_crosses_the_air(storey: FindingPart) -> None:
    on_the_ground = np.arange(len(stations_of(AS_APPROVED))) < 8
    looked = epoch_of(observed(AS_APPROVED, AT, keep=on_the_ground, density=50.0), "ground", "2026-08-01")[0].looked
    absence = absence_of(storey, looked, BY)
    assert absence.is_gone
    assert "walls" in absence.why


@pytest.mark.parametrize("share", ["least_seen_share", "most_left_share"])
def test_stricter_settings_never_resolve_more(storey: FindingPart, share: str) -> None:
    steps = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0] if share == "least_seen_share" else [0.5, 0.2, 0.1, 0.05, 0.0]
    for looked in (epoch("M4").looked, epoch("M5").looked, epoch("M6").looked, from_the_south("M6").looked):
        gone = [absence_of(storey, looked, replace(BY, **{share: step})).is_gone for step in steps]
        assert gone == sorted(gone, reverse=True)
    assert absence_of(storey, epoch("M6").looked, BY).is_gone


@pytest.mark.parametrize("kind", list(Kind))
def test_what_was_not_seen_is_not_gone(storey: FindingPart, kind: Kind) -> None:
    looked = epoch("M6").looked
    assert looked.space is not None
    blind = replace(looked.space, sight=np.full_like(looked.space.sight, Sight.UNSEEN), stations=np.zeros((0, 3)),
                    looked=looked.space.looked[:0])  # fmt: skip
    document = looked.inspection
    pose = document.registration.model_copy(update={"may_judge_position": False})
    document = document.model_copy(update={"storeys": (), "indicators": (), "registration": pose})
    unseen = replace(looked, inspection=document, space=blind, elements={})
    assert not absence_of(storey.model_copy(update={"kind": kind}), unseen, BY).is_gone
    assert not absence_of(storey.model_copy(update={"kind": kind}), replace(unseen, space=None), BY).is_gone


def part(finding: FindingPart, low: tuple[float, float], high: tuple[float, float]) -> FindingPart:
    """The finding over another rectangle, in the design frame."""
    ring = ((low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1]))
    base, top = finding.box.min[2], finding.box.max[2]
    area = (high[0] - low[0]) * (high[1] - low[1])
    box = finding.box.model_copy(update={"min": (*low, base), "max": (*high, top)})
    sizes = {"area_m2": area, "volume_m3": area * (top - base)}
    return finding.model_copy(update={"outline": ring, "box": box, **sizes})


def test_the_order_of_findings_does_not_matter(storey: FindingPart) -> None:
    rooms = [part(storey, (x, 0.0), (x + 3.0, 4.0)) for x in (0.0, 4.0, 8.0, 20.0)]
    later = [part(storey, (x + 0.1, 0.1), (x + 3.2, 4.0)) for x in (8.0, 0.0, 4.0)]
    pairs = {(match.earlier, match.later) for match in matches(rooms, later, BY)}
    assert pairs == {(2, 0), (0, 1), (1, 2)}


def test_neighbours_and_what_stands_over_each_other_are_not_one(storey: FindingPart) -> None:
    room = part(storey, (0.0, 0.0), (4.0, 4.0))
    assert not matches([room], [part(storey, (4.2, 0.0), (8.0, 4.0))], BY)
    height = storey.box.max[2] - storey.box.min[2]
    up = room.box.model_copy(update={side: (*getattr(room.box, side)[:2], getattr(room.box, side)[2] + height)
                                     for side in ("min", "max")})  # fmt: skip
    assert not matches([room], [room.model_copy(update={"box": up})], BY)


def test_what_falls_apart_and_grows_together_keeps_its_history(storey: FindingPart) -> None:
    whole = part(storey, (0.0, 0.0), (10.0, 4.0))
    halves = [part(storey, (0.0, 0.0), (4.0, 4.0)), part(storey, (5.0, 0.0), (10.0, 4.0))]
    one, two = with_findings(epoch("M4"), whole), with_findings(epoch("M5"), *halves)
    fallen = followed(opened(one, BY), two, BY)
    guid = opened(one, BY).tracked[0].guid
    assert {entry.guid for entry in fallen.tracked if entry.part_of is None} == {guid}
    assert [entry.part_of for entry in fallen.tracked if entry.guid != guid] == [guid]
    grown = followed(fallen, with_findings(epoch("M6"), whole), BY)
    assert len(grown.tracked) == 2
    assert {entry.standing for entry in grown.tracked} <= {Standing.GREW, Standing.PERSISTS}
    assert sum(entry.part_of is None for entry in grown.tracked) == 1


def with_findings(epoch: Epoch, *findings: FindingPart) -> Epoch:
    numbered = tuple(f.model_copy(update={"id": f"F-{row + 1:03d}"}) for row, f in enumerate(findings))
    document = epoch.inspection.model_copy(update={"findings": numbered})
    return replace(epoch, looked=replace(epoch.looked, inspection=document))


@pytest.mark.parametrize("factor", [0.4, 0.9, 1.0, 1.1, 2.5])
def test_more_uncertainty_only_moves_towards_no_change(storey: FindingPart, factor: float) -> None:
    def told(uncertainty: float) -> tuple[bool, bool]:
        unsure = storey.uncertainty.model_copy(update={"volume_m3": uncertainty})
        before = storey.model_copy(update={"volume_m3": 100.0, "uncertainty": unsure})
        change = size_change(before, before.model_copy(update={"volume_m3": 100.0 * factor}), BY.change_certainty)
        assert change is not None
        return change.is_larger, change.is_smaller

    answers = [told(uncertainty) for uncertainty in (0.0, 1.0, 5.0, 20.0, 100.0)]
    for larger, smaller in answers:
        assert not (larger and smaller)
    for surer, vaguer in pairwise(answers):
        assert all(was or not still for was, still in zip(surer, vaguer, strict=True))
    assert answers[0] == (factor > 1.0, factor < 1.0)
    assert answers[-1] == (False, False)


def test_an_unseen_side_hides_that_it_shrank_and_never_makes_it_grow(storey: FindingPart) -> None:
    exact = storey.model_copy(update={"volume_m3": 100.0, "at_least": storey.at_least.model_copy(
        update={"volume_m3": None, "area_m2": None})})  # fmt: skip
    cut_off = exact.model_copy(update={"volume_m3": 40.0, "at_least": exact.at_least.model_copy(
        update={"volume_m3": 38.0})})  # fmt: skip
    down, up = size_change(exact, cut_off, 1.5), size_change(cut_off, exact, 1.5)
    assert down is not None
    assert up is not None
    assert {down.is_smaller, down.is_larger, up.is_larger, up.is_smaller} == {False}


def test_progress_counts_what_was_seen_once_and_never_what_was_not() -> None:
    _, rows = epoch_of(observed(AS_APPROVED, AT, density=50.0), "all", "2026-01-01")
    _, partial = epoch_of(
        observed(AS_APPROVED, AT, keep=np.arange(len(stations_of(AS_APPROVED))) == 1, density=50.0),
        "south",
        "2026-02-01",
    )
    alone, after = progress_of((), partial), progress_of(rows, partial)
    for part_alone, part_after in zip(alone, after, strict=True):
        assert part_alone.built_before == 0
        assert part_after.built >= part_alone.built
        assert part_after.built >= part_after.built_before
        counts = (part_after.built, part_after.missing, part_after.not_observed, part_after.not_due)
        assert sum(counts) == part_after.elements
    assert sum(p.not_observed for p in alone) > 10
    assert sum(p.not_observed for p in after) < sum(p.not_observed for p in alone)


def test_a_project_tells_the_story_with_a_persons_word(tmp_path: Path) -> None:
    days = {name: date.fromisoformat(str(epoch(name).date)) for name in STORY}
    records = [{"milestone": name, "date": day, "surveys": ("survey.laz",)} for name, day in days.items()]
    project = portfolios.project(tmp_path, inspections=records)
    (tmp_path / FILE_NAME).write_text(document(project), encoding="utf-8")
    told: list[tuple[str, Standing, State, State | None]] = []
    words = {"M4": [State.CONFIRMED], "M6": [State.RECTIFIED, State.CLOSED]}
    for name, record in zip(STORY, project.in_order(), strict=True):
        found, rows = inspected(name)
        write_case(project.case_of(record), found, rows)
        follow_missing(tmp_path)
        (finding,) = read_facts(tmp_path).findings
        told.append((finding.guid, finding.standing, finding.state, finding.proposed))
        for state in words.get(name, []):
            at = datetime.combine(days[name], time(12), UTC)
            decide_about(tmp_path, finding.guid[:8], state, by="Inspector A", why="seen on site", at=at, now=at)
    assert len({guid for guid, *_ in told}) == 1
    assert [rest for _, *rest in told] == [
        [Standing.NEW, State.CANDIDATE, None],
        [Standing.SHRANK, State.CONFIRMED, None],
        [Standing.RESOLVED, State.CONFIRMED, State.RECTIFIED],
        [Standing.REOPENED, State.CLOSED, State.CONFIRMED],
    ]
    assert [decision.after for decision in read_facts(tmp_path).decisions] == [*words["M4"], *words["M6"]]


def write_case(folder: Path, found: Epoch, rows: tuple[ElementRow, ...]) -> None:
    """What a follow-up reads of a finished case."""
    folder.mkdir(parents=True)
    write(found.inspection, folder)
    assert found.looked.space is not None
    write_seen(found.looked.space, folder / SEEN)
    table = [(row.global_id, row.ifc_class, row.storey, row.status.value) for row in rows]
    columns = ["global_id", "ifc_class", "storey", "status"]
    pl.DataFrame(table, schema=columns, orient="row").write_parquet(folder / "elements.parquet")


def test_what_was_seen_is_read_as_it_was_written_and_equal_spaces_are_equal_bytes(tmp_path: Path) -> None:
    space = epoch("M5").looked.space
    assert space is not None
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_seen(space, tmp_path / name / SEEN)
    assert (tmp_path / "a" / SEEN).read_bytes() == (tmp_path / "b" / SEEN).read_bytes()
    read = read_seen(tmp_path / "a")
    assert read is not None
    assert read.cell_m == space.cell_m
    for name in ("low", "sight", "stations", "looked"):
        assert np.array_equal(getattr(read, name), getattr(space, name))
