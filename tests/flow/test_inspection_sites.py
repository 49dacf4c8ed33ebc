"""What was built otherwise on simulated sites, and on a real one, is found; honest work is not accused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.boxes import box_of_edit, match, overlap
from support.sites import Concluded, concluded, tower

from twin.conformity.model import FindingVerdict, Kind, StoreyStatus, Verdict
from twin.frames import angle_between_deg, move
from twin.registration.model import Mode, Status

pytestmark = [pytest.mark.sites, pytest.mark.slow]


def accused(case: Concluded) -> list[Kind]:
    return [f.kind for f in case.judgement.findings if f.verdict is not FindingVerdict.INFORMATION]


def assert_lies_where_it_was_taken_from(case: Concluded) -> None:
    shift, turn = pose_error(case)
    assert (case.registration.status, case.registration.mode) == (Status.ACCEPTED, Mode.BEST_FIT)
    assert shift < 0.003
    assert turn < 0.02


def pose_error(case: Concluded) -> tuple[float, float]:
    truth = np.array(case.truth["survey_to_design"])
    vertices = case.design.surface.vertices
    centre = 0.5 * (vertices.min(axis=0) + vertices.max(axis=0))
    in_file = move(np.linalg.inv(truth), centre[None, :])
    gap = np.linalg.norm(move(case.design_from_file, in_file)[0] - centre)
    return float(gap), angle_between_deg(case.design_from_file, truth)


@pytest.mark.parametrize("site", ["s02-duplex-extra-storey", "s05-fzk-extension"])
def test_an_addition_is_found_at_its_place_with_its_size(site: str, tmp_path: Path) -> None:
    case = concluded(site, tmp_path)
    assert_lies_where_it_was_taken_from(case)
    (edit,) = case.truth["edits"]
    found = match(case.judgement.findings, edit)
    assert found.verdict is FindingVerdict.INCONSISTENT
    assert accused(case) == [found.kind]
    assert overlap(found.box, box_of_edit(edit)) > 0.9
    assert found.volume_m3 == pytest.approx(edit["volume_m3"], rel=0.03)
    assert found.area_m2 == pytest.approx(edit["area_m2"], rel=0.02)
    assert case.judgement.verdict is Verdict.INCONSISTENT


def test_a_raised_storey_is_one_finding_and_pulls_neither_pose_nor_the_storeys_below(tmp_path: Path) -> None:
    case = concluded("s06-duplex-storey-height", tmp_path)
    assert_lies_where_it_was_taken_from(case)
    assert accused(case) == [Kind.STOREY_HEIGHT]
    (finding,) = [f for f in case.judgement.findings if f.kind is Kind.STOREY_HEIGHT]
    assert finding.height_m == pytest.approx(0.30, abs=0.005)
    assert finding.box[0, 2] == pytest.approx(3.2, abs=0.05)
    assert finding.box[1, 2] == pytest.approx(case.truth["height_top"], abs=0.02)
    lift = case.massing.lift
    assert lift is not None
    assert lift.between_m[0] <= 3.2 <= lift.between_m[1]
    assert lift.between_m[1] - lift.between_m[0] < 0.15
    assert any(caveat.startswith("begins between") for caveat in finding.caveats)
    levels = {row.name: row for row in case.judgement.storeys}
    assert levels["Level 1"].measured_elevation_m == pytest.approx(levels["Level 1"].design_elevation_m, abs=0.005)
    assert levels["Level 2"].measured_elevation_m == pytest.approx(levels["Level 2"].design_elevation_m, abs=0.005)
    assert levels["Roof"].status is StoreyStatus.SHIFTED
    assert levels["Roof"].measured_elevation_m == pytest.approx(6.3, abs=0.01)


@pytest.mark.parametrize("site", ["s01-duplex-as-designed", "s07-fzk-under-way"])
def test_honest_work_is_not_accused_and_what_was_not_seen_is_not_called_consistent(site: str, tmp_path: Path) -> None:
    case = concluded(site, tmp_path)
    assert_lies_where_it_was_taken_from(case)
    assert accused(case) == []
    assert case.judgement.verdict is Verdict.UNDECIDED
    assert any("not observed" in note for note in case.judgement.notes)
    seen = case.truth["seen"]
    for result in case.deviation.elements:
        returns = seen.get(case.design.elements[result.element].global_id)
        if returns == 0:
            assert result.status != "as_designed" or result.coverage < 0.5
        if returns and site.startswith("s01"):  # of what is under way a foot may stand
            assert result.status != "missing"


def test_a_tower_under_construction_is_not_accused_and_its_crane_is_no_floor(tmp_path: Path) -> None:
    case = tower("design_facade.ifczip", tmp_path)
    assert accused(case) == []
    assert case.registration.scale == pytest.approx(1.06, abs=0.02)


def test_floors_on_top_of_the_two_that_were_approved_are_an_unapproved_storey(tmp_path: Path) -> None:
    case = tower("design_facade_two_storeys.ifczip", tmp_path)
    assert accused(case) == [Kind.EXTRA_STOREY]
    found = case.judgement.findings[0]
    low, high = case.design.surface.vertices.min(axis=0), case.design.surface.vertices.max(axis=0)
    assert found.box[0, 2] == pytest.approx(high[2], abs=0.1)
    assert 12.5 < found.box[1, 2] < 14.5
    assert found.area_m2 == pytest.approx((high - low)[:2].prod(), rel=0.1)
