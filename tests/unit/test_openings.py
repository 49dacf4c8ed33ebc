"""Openings of approved walls, and which of them were closed or made."""

from __future__ import annotations

import numpy as np
import pytest
from support.observing import Inspected, inspected
from support.shape_catalogue import HELD_OUT, TUNED
from support.shape_edits import ShapeEdit, window_closed, window_made
from support.shape_inspections import case_of
from support.shape_surveys import Look
from support.shapes import bodies, design_of, upright

from twin.conformity.judge import judge
from twin.conformity.milestone import Milestone
from twin.conformity.model import Finding, FindingVerdict, Judgement
from twin.conformity.settings import ConformitySettings
from twin.design.openings import openings_of

SHAPES = {shape.name: shape for shape in (*TUNED, *HELD_OUT)}
INSIDE, UNTOLD, STREET = Look("inside", told=True, seed=3), Look("inside", seed=3), Look("street", told=True, seed=3)
V = FindingVerdict


def _of(edit: ShapeEdit | None, look: Look) -> list[Finding]:
    assert edit is not None
    return _changed(inspected(case_of(edit, look)).judgement)


def _changed(judgement: Judgement) -> list[Finding]:
    return [finding for finding in judgement.findings if finding.kind == "opening_changed"]


def _judged(result: Inspected, milestone: Milestone | None) -> Judgement:
    known, rules = result.case.registration, ConformitySettings()
    return judge(result.case.design, None, known, result.deviation, result.massing, rules, milestone)


def test_windows_and_doors_are_found_in_both_faces_whatever_pieces_a_wall_is_made_of() -> None:
    low, high = 0.0, 3.0
    pieces = [(0.0, 1.0, low, high), (1.0, 2.2, low, 0.9), (1.0, 2.2, 2.2, high), (2.2, 4.0, low, high)]
    pieces += [(4.0, 5.0, 2.1, high), (5.0, 6.0, low, high)]
    wall = [
        upright("wall 0", [(a, 0.0), (b, 0.0), (b, 0.3), (a, 0.3)], z0, z1, "IfcWall", 0) for a, b, z0, z1 in pieces
    ]
    found = openings_of(design_of(SHAPES["ell"], wall), 1.0, 0.6)
    assert sorted(round(opening.area_m2, 6) for opening in found) == [1.56, 1.56, 2.1, 2.1]
    for opening in found:
        assert opening.depth_m == pytest.approx(0.3)
        assert opening.filled_m is None
        corners = opening.place()
        assert np.ptp(corners[:, 1]) == pytest.approx(0.0)
        assert corners[:, 1].mean() == pytest.approx(0.0 if opening.normal[1] < 0.0 else 0.3)
        across = (corners.min(axis=0)[[0, 2]], corners.max(axis=0)[[0, 2]])
        window, door = ((1.0, 0.9), (2.2, 2.2)), ((4.0, 0.0), (5.0, 2.1))
        assert any(np.allclose(across, one) for one in (window, door))


def test_gables_and_steps_of_a_wall_are_no_openings() -> None:
    assert all(
        "gable" not in design.elements[opening.element].name
        for design in [design_of(SHAPES["gable house"], bodies(SHAPES["gable house"]))]
        for opening in openings_of(design, 1.0, 0.6)
    )


@pytest.mark.parametrize(("shape", "look"), [("ell", UNTOLD), ("gable house", INSIDE)], ids=["no stations", "stations"])
def test_a_window_walled_up_is_found_from_both_sides(shape: str, look: Look) -> None:
    edit = window_closed(SHAPES[shape])
    (finding,) = _of(edit, look)
    assert finding.verdict is V.INCONSISTENT
    assert edit is not None
    assert edit.box is not None
    assert np.abs(finding.box - edit.box).max() < 0.35  # its walls are mitred: wider inside than outside
    assert np.abs(finding.box - edit.box)[:, 2].max() < 0.01


def test_a_window_that_was_not_approved_is_found_where_rays_went_through() -> None:
    edit = window_made(SHAPES["gable house"])
    assert edit is not None
    assert edit.box is not None
    result = inspected(case_of(edit, INSIDE))
    stages = ((None, V.BORDERLINE), (Milestone.STRUCTURE, V.INFORMATION), (Milestone.IN_USE, V.INCONSISTENT))
    for milestone, verdict in stages:
        (finding,) = _changed(_judged(result, milestone))
        assert finding.verdict is verdict
    unsure = finding.uncertainty["height_m"]
    assert unsure is not None
    assert np.abs(finding.box - edit.box)[:, 2].max() <= unsure
    assert finding.area_m2 == pytest.approx(1.651 * 2.1, abs=0.2)


def test_without_stations_a_wall_that_was_not_seen_is_no_opening() -> None:
    assert _of(window_made(SHAPES["gable house"]), UNTOLD) == []


def test_from_one_side_a_closed_window_may_be_a_shutter() -> None:
    found = _of(window_closed(SHAPES["hexagon"]), STREET)
    assert all(finding.verdict is V.BORDERLINE and "shutter" in finding.caveats[0] for finding in found)
