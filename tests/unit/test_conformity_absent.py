"""Approved volumes that were not built."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.observing import Inspected, inspected, observed
from support.worlds import World, honest, solid

from twin.conformity.milestone import Milestone
from twin.conformity.model import FindingVerdict, Kind

ANNEX = {
    "annex roof": ((8.0, 1.0, 2.5), (11.0, 5.0, 2.7)),
    "annex south": ((8.0, 1.0, 0.0), (11.0, 1.2, 2.5)),
    "annex north": ((8.0, 4.8, 0.0), (11.0, 5.0, 2.5)),
    "annex east": ((10.8, 1.2, 0.0), (11.0, 4.8, 2.5)),
}


def with_annex() -> World:
    """A house with an annex that was approved and built."""
    world = honest()
    parts = tuple(
        solid(name, low, high, "IfcSlab" if name == "annex roof" else "IfcWall") for name, (low, high) in ANNEX.items()
    )
    return replace(world, approved=(*world.approved, *parts), built=(*world.built, *parts))


def told(world: World, milestone: Milestone | None = Milestone.COMPLETION) -> Inspected:
    return inspected(observed(world, density=60.0), milestone=milestone)


def test_an_annex_that_was_not_built_is_one_volume() -> None:
    result = told(with_annex().without(*ANNEX))
    absent = [f for f in result.judgement.findings if f.kind in (Kind.VOLUME_MISSING, Kind.ELEMENT_MISSING)]
    assert [(f.kind, f.verdict) for f in absent] == [(Kind.VOLUME_MISSING, FindingVerdict.INCONSISTENT)]
    (found,) = absent
    names = {e.global_id: e.name for e in result.case.design.elements}
    assert {names[g] for g in found.global_ids} == set(ANNEX)
    assert found.area_m2 == pytest.approx(12.0, abs=0.01)
    assert found.height_m == pytest.approx(2.7, abs=0.01)
    assert found.box == pytest.approx(np.array([[8.0, 1.0, 0.0], [11.0, 5.0, 2.7]]), abs=0.01)


def test_before_completion_it_is_for_information() -> None:
    result = told(with_annex().without(*ANNEX), None)
    (found,) = [f for f in result.judgement.findings if f.kind is Kind.VOLUME_MISSING]
    assert found.verdict is FindingVerdict.INFORMATION
    assert any("may not be built yet" in caveat for caveat in found.caveats)


def test_a_wall_alone_is_no_volume() -> None:
    result = told(with_annex().without("annex east"))
    absent = [f.kind for f in result.judgement.findings if f.kind in (Kind.VOLUME_MISSING, Kind.ELEMENT_MISSING)]
    assert absent == [Kind.ELEMENT_MISSING]


def test_at_topping_out_structure_is_due_and_walls_are_not() -> None:
    result = told(with_annex().without("annex roof", "annex east"), Milestone.TOPPING_OUT)
    absent = [f for f in result.judgement.findings if f.kind is Kind.ELEMENT_MISSING]
    names = {e.global_id: e.name for e in result.case.design.elements}
    assert {names[f.global_ids[0]]: f.verdict for f in absent} == {
        "annex roof": FindingVerdict.INCONSISTENT,
        "annex east": FindingVerdict.INFORMATION,
    }


def test_what_was_built_is_not_absent() -> None:
    kinds = {f.kind for f in told(with_annex()).judgement.findings}
    assert not kinds & {Kind.VOLUME_MISSING, Kind.ELEMENT_MISSING}
