"""Buildings of other shapes, with openings that hold nothing: what stands there is found, and nobody honest accused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.boxes import overlap
from support.observing import inspected
from support.shape_catalogue import HELD_OUT, TUNED
from support.shape_edits import (
    ShapeEdit,
    as_approved,
    behind_scaffolds,
    extra_storey,
    lean_to,
    lowered,
    squeezed,
    under_way,
    void_closed,
)
from support.shape_inspections import case_of
from support.shape_surveys import Look
from support.shapes import SLAB, Shape

from twin.conformity.model import Finding, FindingVerdict, Verdict
from twin.frames import move

SHAPES = {shape.name: shape for shape in (*TUNED, *HELD_OUT)}
INSIDE, INSIDE_UNTOLD = Look("inside", told=True, seed=3), Look("inside", seed=3)
AROUND_UNTOLD, DRONE = Look("around", seed=3), Look("drone", 0.015, seed=3)


def _accusing(edit: ShapeEdit | None, look: Look) -> list[Finding]:
    assert edit is not None
    judgement = inspected(case_of(edit, look)).judgement
    assert (judgement.verdict is Verdict.INCONSISTENT) == any(
        finding.verdict is FindingVerdict.INCONSISTENT for finding in judgement.findings
    )
    return [finding for finding in judgement.findings if finding.verdict is FindingVerdict.INCONSISTENT]


@pytest.mark.parametrize(("shape", "look"), [("hexagon", INSIDE), ("ell", INSIDE_UNTOLD), ("flatiron", DRONE)], ids=str)
def test_an_honest_builder_is_not_accused(shape: str, look: Look) -> None:
    assert _accusing(as_approved(SHAPES[shape]), look) == []


def test_ceilings_seen_from_who_knows_where_are_no_lowered_roof() -> None:
    assert _accusing(under_way(SHAPES["ell"]), INSIDE_UNTOLD) == []


def test_a_scaffold_seen_from_who_knows_where_is_no_extension() -> None:
    assert _accusing(behind_scaffolds(SHAPES["crooked"]), AROUND_UNTOLD) == []


@pytest.mark.parametrize("shape", ["court", "tee under one pitch"])
def test_a_lean_to_before_an_open_window_is_an_extension_and_the_room_behind_it_is_none(shape: str) -> None:
    edit = lean_to(SHAPES[shape])
    (finding,) = _accusing(edit, INSIDE)
    assert finding.kind == "lateral_extension"
    assert edit is not None
    assert finding.box == pytest.approx(edit.box, abs=0.02)


def test_rooms_with_open_windows_are_not_enclosed_by_a_storey_that_came_down() -> None:
    (finding,) = _accusing(lowered(SHAPES["terrace"]), INSIDE)
    assert finding.kind == "storey_height"
    assert "0.30 m lower" in finding.title


@pytest.mark.parametrize("shape", ["ell", "bow"])
def test_a_partition_does_not_part_a_slab_in_an_approved_void(shape: str) -> None:
    edit = void_closed(SHAPES[shape])
    (finding,) = _accusing(edit, INSIDE)
    assert finding.kind == "void_infill"
    assert finding.area_m2 is not None
    assert finding.area_m2 > 0.8 * _tile_area(SHAPES[shape])


def test_a_roof_that_came_down_by_little_more_than_its_slab_is_found_from_above() -> None:
    (finding,) = _accusing(lowered(SHAPES["horseshoe"]), DRONE)
    assert finding.kind == "storey_height"
    assert "0.30 m lower" in finding.title


def test_a_storey_more_is_found_over_the_whole_plan() -> None:
    edit = extra_storey(SHAPES["hexagon"])
    (finding,) = _accusing(edit, DRONE)
    assert finding.kind == "extra_storey"
    assert edit is not None
    assert finding.box == pytest.approx(edit.box, abs=0.03)


def test_a_storey_more_on_two_buildings_is_told_of_each_and_a_court_is_no_part_of_it() -> None:
    one, two = sorted(_accusing(extra_storey(SHAPES["two on one plot"]), DRONE), key=lambda f: f.box[0, 0])
    assert (one.kind, two.kind) == ("extra_storey", "extra_storey")
    assert one.area_m2 == pytest.approx(72.0, rel=0.01)
    assert two.area_m2 == pytest.approx(68.0, rel=0.01)
    (court,) = _accusing(extra_storey(SHAPES["court"]), DRONE)
    assert court.area_m2 == pytest.approx(19.0 * 16.0 - 7.0 * 4.0, rel=0.01)
    assert court.volume_m3 == pytest.approx(3.0 * (19.0 * 16.0 - 7.0 * 4.0), rel=0.02)


def test_a_storey_of_which_only_walls_were_seen_owns_up_to_a_parapet() -> None:
    edit = extra_storey(SHAPES["hexagon"])
    assert edit is not None
    case = case_of(edit, AROUND_UNTOLD)
    points = move(case.registration.design_from_survey, case.cloud.points)
    ceilings = np.abs(points[:, 2] - (9.2 - SLAB)) < 0.05
    walls = replace(case.cloud, points=case.cloud.points[~ceilings], scan=case.cloud.scan[~ceilings])
    findings = inspected(replace(case, cloud=walls)).judgement.findings
    (finding,) = [found for found in findings if found.verdict is FindingVerdict.INCONSISTENT]
    assert finding.kind == "extra_storey"
    assert finding.height_m is not None
    unsure = finding.uncertainty["height_m"]
    assert unsure is not None
    assert abs(finding.height_m - 3.0) <= unsure + 0.01
    assert any("parapet" in caveat for caveat in finding.caveats)


def test_a_storey_seen_from_inside_is_covered_as_the_building_was_to_be() -> None:
    (finding,) = _accusing(extra_storey(SHAPES["court"]), INSIDE)
    assert finding.kind == "extra_storey"
    assert finding.area_m2 == pytest.approx(19.0 * 16.0 - 7.0 * 4.0, rel=0.01)
    assert finding.height_m == pytest.approx(3.0, abs=0.01)
    assert any("from below" in caveat for caveat in finding.caveats)


@pytest.mark.parametrize(("shape", "look"), [("horseshoe", AROUND_UNTOLD), ("ell", DRONE)], ids=["street", "drone"])
def test_a_storey_squeezed_in_is_counted_by_its_windows_where_nobody_went_inside(shape: str, look: Look) -> None:
    edit = squeezed(SHAPES[shape])
    assert edit is not None
    assert edit.box is not None
    judgement = inspected(case_of(edit, look)).judgement
    (finding,) = [found for found in judgement.findings if found.verdict is not FindingVerdict.INFORMATION]
    assert finding.kind == "extra_storey"
    assert finding.verdict is FindingVerdict.BORDERLINE
    storeys = len(edit.shape.heights)
    unsure = finding.uncertainty["height_m"]
    assert finding.height_m is not None
    assert unsure is not None
    assert abs(finding.height_m - edit.shape.levels[-1] / (storeys + 1)) <= unsure
    assert f"{storeys + 1} rows" in finding.title
    assert "from outside" in finding.caveats[0]
    (level,) = finding.levels_m
    assert level == pytest.approx(storeys * edit.shape.levels[-1] / (storeys + 1), abs=0.2)
    (counted,) = [one for one in judgement.indicators if one.name == "storeys_above_ground"]
    assert counted.verdict == "inconclusive"
    assert overlap(finding.box, edit.box) > 0.75


def _tile_area(shape: Shape) -> float:
    from shapely import Polygon

    return float(Polygon(shape.tiles[0]).area)


@pytest.mark.parametrize("kind", ["around", "inside", "drone"])
@pytest.mark.parametrize("density", [6.0, 8.0])
def test_a_survey_that_misses_cells_of_a_wall_counts_no_rows_of_windows(kind: str, density: float) -> None:
    shape = next(shape for shape in TUNED if shape.name == "ell")
    edit = as_approved(shape)
    assert edit is not None
    found = inspected(case_of(edit, Look(kind, density=density, told=True))).judgement.findings
    assert [finding.kind for finding in found if finding.verdict is not FindingVerdict.INFORMATION] == []
