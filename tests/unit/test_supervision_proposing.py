"""What a survey proposes about a finding, by what became of it and by what persons decided."""

from __future__ import annotations

from twin.conformity.model import FindingVerdict
from twin.supervision.following.ledger import StepPart
from twin.supervision.following.proposing import graver_since, proposal, resolved_by
from twin.supervision.states import Standing, State

DAYS = {"M4": "2026-04-01", "M5": "2026-05-01", "M8": "2026-08-01"}


def step(inspection: str, standing: Standing, verdict: FindingVerdict | None = FindingVerdict.BORDERLINE) -> StepPart:
    return StepPart(
        inspection=inspection, date=DAYS[inspection], standing=standing, why="-", finding="F-001", verdict=verdict
    )


def test_graver_is_counted_from_the_dismissal_on() -> None:
    grew = (step("M4", Standing.NEW), step("M5", Standing.GREW), step("M8", Standing.PERSISTS))
    assert [graver_since(grew, name, "2026-01-01") for name in ("M4", "M5", "M8")] == [True, False, False]
    assert [graver_since(grew, None, day) for day in ("2026-04-15", "2026-05-15")] == [True, False]
    worse = (step("M4", Standing.NEW), step("M5", Standing.PERSISTS, FindingVerdict.INCONSISTENT))
    assert [graver_since(worse, name, "2026-01-01") for name in ("M4", "M5")] == [True, False]
    milder = (step("M4", Standing.NEW, FindingVerdict.INCONSISTENT), step("M5", Standing.SHRANK))
    assert not graver_since(milder, "M4", "2026-01-01")
    unknown = (step("M4", Standing.NEW, None), step("M5", Standing.PERSISTS, FindingVerdict.INCONSISTENT))
    assert not graver_since(unknown, "M4", "2026-01-01")


def test_a_candidate_that_is_gone_is_proposed_as_rectified_unless_it_accuses_nobody() -> None:
    assert proposal(Standing.RESOLVED, State.CANDIDATE) is State.RECTIFIED
    assert proposal(Standing.RESOLVED, State.CANDIDATE, accuses=False) is None
    assert proposal(Standing.NO_LONGER_OBSERVED, State.CANDIDATE) is None
    assert proposal(Standing.RESOLVED, State.DISMISSED) is None


def test_that_it_was_put_right_rests_on_the_inspection_that_saw_it_gone() -> None:
    gone = (step("M4", Standing.NEW), step("M5", Standing.RESOLVED), step("M8", Standing.RESOLVED))
    assert [resolved_by(gone[:rows]) for rows in (1, 2, 3)] == [None, "M5", "M5"]
    assert resolved_by((*gone, step("M8", Standing.REOPENED))) is None
