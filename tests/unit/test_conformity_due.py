"""What is due: by a level that somebody named, by the zero level of the model, by the kind of element."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from support.ifc_models import ModelWriter
from support.observing import HERE, design_of, inspected, observed
from support.worlds import BLOCK, COTTAGE, approved, honest

from twin.conformity.due import due_below, ground_storey, is_due_by_kind, note_of
from twin.conformity.milestone import Milestone
from twin.conformity.model import FindingVerdict, Kind, Verdict
from twin.design import read_design
from twin.design.model import Design
from twin.deviation.model import ElementStatus

DESIGN = design_of(approved(COTTAGE), COTTAGE, HERE.design_from_world)


def levelled(levels: tuple[float, ...], zero_m: float | None, floors: tuple[bool, ...] | None = None) -> Design:
    kinds = floors or (True,) * len(levels)
    storeys = tuple(
        replace(DESIGN.storeys[0], name=f"L{n}", elevation_m=level, is_floor=kind)
        for n, (level, kind) in enumerate(zip(levels, kinds, strict=True))
    )
    return replace(DESIGN, storeys=storeys, zero_m=zero_m)


@pytest.mark.parametrize("milestone", list(Milestone))
def test_the_first_milestones_reach_a_level_and_a_named_one_goes_before(milestone: Milestone) -> None:
    design = levelled((-3.0, -0.05, 3.0, 6.0), 0.0)
    level = {Milestone.FOUNDATION: -0.04, Milestone.GROUND_STOREY: 3.0}.get(milestone)
    assert due_below(design, None, milestone) == pytest.approx(level)
    assert due_below(design, "L2", milestone) == 6.0
    assert due_below(replace(design, zero_m=None), None, milestone) is None
    assert due_below(design, None) is None


def test_the_ground_storey_is_the_floor_at_the_zero_level_wherever_that_lies() -> None:
    for shift in (0.0, 36.5, -4.0):
        levels = tuple(level + shift for level in (-3.0, -0.45, -0.05, 3.0))
        ground = ground_storey(levelled(levels, shift, (True, False, True, True)))
        assert ground is not None
        assert ground.elevation_m == pytest.approx(shift - 0.05)
    assert ground_storey(levelled((36.5, 39.5), 0.0)) is None  # heights above the sea, counted from there


def test_what_nobody_knows_is_said() -> None:
    assert [bool(note_of(milestone, None)) for milestone in list(Milestone)[:3]] == [True, True, False]
    assert "+3.00 m" in note_of(Milestone.GROUND_STOREY, 3.0)[0]
    assert note_of(Milestone.GROUND_STOREY, math.inf) == ()


def test_later_milestones_make_more_kinds_due() -> None:
    for element in DESIGN.elements:
        for ifc_class in ("IfcColumn", "IfcSlab", "IfcRailing", "IfcWall", "IfcFurniture"):
            due = [is_due_by_kind(replace(element, ifc_class=ifc_class), milestone) for milestone in Milestone]
            assert due == sorted(due)
            assert due[list(Milestone).index(Milestone.TOPPING_OUT)] == (ifc_class in ("IfcColumn", "IfcSlab"))
            assert due[-1]
            assert not is_due_by_kind(replace(element, ifc_class=ifc_class), None)


@pytest.mark.parametrize(("placed", "stated", "zero"), [(0.0, 0.0, 0.0), (36.5, 0.0, 36.5), (36.5, 36.5, 0.0)])
def test_the_zero_level_is_that_from_which_storeys_are_counted(
    placed: float, stated: float, zero: float, tmp_path: Path
) -> None:
    model = ModelWriter()
    for number in range(2):
        storey = model.storey(f"S{number}", placed + 3.0 * number, stated + 3.0 * number)
        model.box("IfcSlab", f"slab {number}", (0.0, 0.0, -0.2), (8.0, 6.0, 0.0), storey)
    model.write(tmp_path / "a.ifc")
    assert read_design([tmp_path / "a.ifc"]).zero_m == pytest.approx(zero)


@pytest.mark.parametrize("milestone", [Milestone.FOUNDATION, Milestone.GROUND_STOREY])
def test_what_is_not_due_is_neither_missing_nor_unseen(milestone: Milestone) -> None:
    """Of a block only what is due was built: it is as approved, though most of the design is not there."""
    world = honest(BLOCK)
    level = {Milestone.FOUNDATION: BLOCK.levels[0] + 0.01, Milestone.GROUND_STOREY: BLOCK.levels[1]}[milestone]
    above = [part.name for part in world.approved if part.low[2] >= level - 0.03]
    assert 3 < len(above) < len(world.approved)
    result = inspected(observed(world.without(*above), density=60.0), milestone=milestone, due_below_m=level)
    statuses = {each.status for each in result.deviation.elements}
    assert ElementStatus.MISSING not in statuses
    assert ElementStatus.NOT_DUE in statuses
    judged = result.judgement
    assert not {finding.kind for finding in judged.findings} & {Kind.ELEMENT_MISSING, Kind.VOLUME_MISSING}
    assert {finding.verdict for finding in judged.findings} <= {FindingVerdict.INFORMATION}
    assert result.deviation.roof is None
    unseen = [note for note in judged.notes if "not observed" in note]
    if milestone is Milestone.FOUNDATION:  # of the facades nothing is due but the edges of a floor
        assert all("facade" in note for note in unseen)
    else:
        assert (judged.verdict, unseen) == (Verdict.CONSISTENT, [])
