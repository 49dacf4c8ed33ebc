"""A building that stands off its approved place as a whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.observing import HERE, inspected, observed
from support.worlds import honest

from twin.conformity.model import Finding, FindingVerdict, Kind, Verdict
from twin.conformity.settings import ConformitySettings
from twin.conformity.shifted import shifted
from twin.registration.model import Mode

CASE = observed(honest(), HERE, density=5.0, stations=np.array([[4.0, -9.0, 1.5]]))
RULES = ConformitySettings()


def found(shift: tuple[float, float, float] | None, mode: Mode = Mode.CONTROL, may: bool = True) -> list[Finding]:
    registration = replace(
        CASE.registration, mode=mode, shift_m=shift, may_judge_position=may, covariance=np.eye(6) * 1e-6
    )
    return shifted(CASE.design, registration, RULES)


@pytest.mark.parametrize(
    ("shift", "verdict"),
    [
        pytest.param((0.02, 0.02, 0.0), None, id="within what control can tell"),
        pytest.param((0.04, 0.02, 0.0), None, id="below the limit by more than the uncertainty"),
        pytest.param((0.09, 0.0, 0.0), FindingVerdict.BORDERLINE, id="below it by less"),
        pytest.param((0.10, 0.08, 0.0), FindingVerdict.BORDERLINE, id="beyond it by less than the uncertainty"),
        pytest.param((0.30, 0.0, 0.0), FindingVerdict.INCONSISTENT, id="beyond it"),
        pytest.param((0.0, 0.0, 0.40), FindingVerdict.BORDERLINE, id="in height alone, which a datum may do"),
    ],
)
def test_a_shift_is_judged_with_a_guard_band(shift: tuple[float, float, float], verdict: FindingVerdict | None) -> None:
    told = found(shift)
    assert [one.verdict for one in told] == ([] if verdict is None else [verdict])
    assert all(one.kind is Kind.BUILDING_SHIFT for one in told)


def test_without_control_nobody_is_accused_of_a_shift() -> None:
    (told,) = found((0.8, 0.0, 0.0), Mode.GEOREFERENCED)
    assert told.verdict is FindingVerdict.BORDERLINE
    assert any("no control or check point" in caveat for caveat in told.caveats)


@pytest.mark.parametrize("mode", [Mode.BEST_FIT, Mode.GIVEN])
def test_a_fit_says_nothing_of_the_place(mode: Mode) -> None:
    assert found(None, mode, may=False) == []
    assert found((0.8, 0.0, 0.0), mode, may=False) == []


def test_the_box_holds_the_building_in_both_places_and_the_title_the_size() -> None:
    (told,) = found((0.30, -0.40, 0.0))
    boxes = np.array([element.box for element in CASE.design.elements])
    assert "0.50 m" in told.title
    assert (told.box[0] <= boxes[:, :3].min(axis=0) + 1e-9).all()
    assert (told.box[1] >= boxes[:, 3:].max(axis=0) - 1e-9).all()
    assert told.box[1, 0] - boxes[:, 3].max() == pytest.approx(0.30)


def test_the_verdict_of_the_whole_follows() -> None:
    registration = replace(CASE.registration, mode=Mode.CONTROL, shift_m=(0.4, 0.0, 0.0), may_judge_position=True)
    told = inspected(replace(CASE, registration=registration)).judgement
    assert told.verdict is Verdict.INCONSISTENT
    assert told.findings[0].kind is Kind.BUILDING_SHIFT
