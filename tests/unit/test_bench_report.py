"""What the benchmarks compute: boxes, errors, targets and tables, on results whose answer is known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bench import viewing
from bench.cases import SHIFT_M, TURN_DEG, Case, all_cases, chosen, coarse_pose
from bench.measuring import Measured, Unmeasured, without_times
from bench.report import report
from bench.running import Run
from bench.tables import table
from bench.targets import targets
from bench.truth import Accuracy, Box, Edit, Truth, compare, edits_of, iou, pose_difference, read_truth

UNIT = Box((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
HOUSE = Box((0.0, 0.0, 0.0), (10.0, 8.0, 6.0))
STOREY = Edit("extra_storey", Box((0.0, 0.0, 6.0), (10.0, 8.0, 9.0)), 240.0)
PLACED = np.eye(4)


def _finding(
    box: Box, kind: str = "extra_storey", verdict: str = "inconsistent", volume: float = 228.0
) -> dict[str, Any]:
    return {
        "id": "F-001",
        "kind": kind,
        "verdict": verdict,
        "title": "what it is",
        "box": {"min": list(box.lo), "max": list(box.hi)},
        "volume_m3": volume,
    }


def _document(*findings: dict[str, Any], measured_m: float = 3.01) -> dict[str, Any]:
    stages = [
        {"name": "read design", "seconds": 2.0, "peak_rss_mb": 200.0},
        {"name": "read survey", "seconds": 1.0, "peak_rss_mb": 400.0},
        {"name": "register", "seconds": 5.0, "peak_rss_mb": 400.0},
    ]
    return {
        "verdict": "inconsistent",
        "findings": list(findings),
        "registration": {"design_from_survey": PLACED.tolist(), "scale": 1.0},
        "storeys": [
            {"name": "First", "design_elevation_m": 0.0, "measured_elevation_m": None},
            {"name": "Second", "design_elevation_m": 3.0, "measured_elevation_m": measured_m},
            {"name": None, "design_elevation_m": None, "measured_elevation_m": 6.0},
        ],
        "survey": {"points": 2_000_000},
        "stages": stages,
    }


def _accuracy(*findings: dict[str, Any], truth: Truth | None = None) -> Accuracy:
    return compare(_document(*findings), truth or Truth((STOREY,), PLACED, None), HOUSE, HOUSE)


def _measured(*findings: dict[str, Any], name: str = "house") -> Measured:
    case = Case(name, Path("a.ifc"), (Path("a.las"),))
    run = Run(0, 10.0, 14.0, 512.4, "", "")
    decode = replace(run, wall_s=0.5)
    return Measured(case, 2_000_000, decode, run, _document(*findings), _accuracy(*findings), HOUSE)


def test_overlap_of_boxes() -> None:
    assert iou(UNIT, UNIT) == 1.0
    assert iou(UNIT, Box((0.5, 0.0, 0.0), (1.5, 1.0, 1.0))) == pytest.approx(1 / 3)
    assert iou(UNIT, Box((0.25, 0.25, 0.25), (0.75, 0.75, 0.75))) == pytest.approx(1 / 8)
    assert iou(UNIT, Box((1.0, 0.0, 0.0), (2.0, 1.0, 1.0))) == 0.0
    assert iou(UNIT, Box((3.0, 3.0, 3.0), (4.0, 4.0, 4.0))) == 0.0
    assert iou(Box((0.0,) * 3, (0.0,) * 3), Box((0.0,) * 3, (0.0,) * 3)) == 0.0


def test_the_right_kind_is_taken_before_the_better_box() -> None:
    same_kind = _finding(Box((0.0, 0.0, 6.01), (10.0, 8.0, 8.0)))
    better_box = _finding(STOREY.box, kind="over_height")
    (match,) = _accuracy(better_box, same_kind).matches
    assert (match.kind, match.verdict) == ("extra_storey", "inconsistent")
    assert match.iou == pytest.approx(1.99 / 3.0)
    assert match.volume_error == pytest.approx(-0.05)
    assert match.base_error_m == pytest.approx(0.01)
    assert match.top_error_m == pytest.approx(-1.0)


def test_what_does_not_touch_an_edit_has_not_found_it() -> None:
    (match,) = _accuracy(_finding(Box((20.0, 0.0, 6.0), (30.0, 8.0, 9.0)))).matches
    assert (match.kind, match.iou, match.base_error_m) == (None, 0.0, None)


def test_who_is_accused_without_ground() -> None:
    beside = Box((10.0, 0.0, 0.0), (14.0, 8.0, 3.0))
    assert _accuracy(_finding(STOREY.box)).false_accusations == ()
    assert len(_accuracy(_finding(beside, kind="lateral_extension")).false_accusations) == 1
    assert _accuracy(_finding(beside, verdict="borderline")).false_accusations == ()
    assert _accuracy(_finding(beside, verdict="information")).matches[0].kind is None
    mostly = Box((0.0, 0.0, 3.1), (10.0, 8.0, 9.0))
    assert _accuracy(_finding(mostly)).false_accusations == ()
    assert len(_accuracy(_finding(replace(mostly, lo=(0.0, 0.0, 2.9)))).false_accusations) == 1


def test_levels_of_a_lifted_building() -> None:
    truth = Truth((), PLACED, (2.5, 0.3, 6.3))
    (edit,) = edits_of(truth, Box((1.0, 1.0, 2.6), (9.0, 7.0, 6.0)))
    assert edit.box == Box((1.0, 1.0, 2.5), (9.0, 7.0, 6.3))
    errors = compare(_document(measured_m=3.31), truth, HOUSE, HOUSE).storey_errors_m
    assert errors == (("Second", pytest.approx(0.01)),)
    assert compare(_document(), Truth((), None, None), HOUSE, HOUSE).storey_errors_m == (
        ("Second", pytest.approx(0.01)),
    )


def test_a_storey_put_in_lifts_what_stands_on_it() -> None:
    put_in = Edit("extra_storey", Box((0.0, 0.0, 2.99), (10.0, 8.0, 5.74)), 220.0)
    above = Edit("extra_storey", Box((0.0, 0.0, 6.0), (10.0, 8.0, 9.0)), 240.0)
    for edit, level in ((put_in, 5.75), (above, 3.0)):
        document = _document(measured_m=level)
        ((_, error),) = compare(document, Truth((edit,), PLACED, None), HOUSE, HOUSE).storey_errors_m
        assert error == pytest.approx(0.0)


def test_poses_are_compared_at_the_centre_of_the_building() -> None:
    turn = np.eye(4)
    turn[:2, :2] = [[0.8, -0.6], [0.6, 0.8]]
    turn[:3, 3] = [5.0, 4.0, 3.0] - turn[:3, :3] @ [5.0, 4.0, 3.0]
    turn[2, 3] += 0.01
    millimetres, degrees = pose_difference(turn, PLACED, HOUSE)
    assert millimetres == pytest.approx(10.0)
    assert degrees == pytest.approx(np.degrees(np.arcsin(0.6)))
    larger = np.diag([1.05, 1.05, 1.05, 1.0])
    assert pose_difference(larger, PLACED, HOUSE) == pytest.approx((50.0 * np.sqrt(50.0), 0.0))


def test_coarse_poses_are_off_by_what_they_say(tmp_path: Path) -> None:
    forward = np.array([[0.0, -1.0, 0.0, 100.0], [1.0, 0.0, 0.0, 50.0], [0.0, 0.0, 1.0, 7.0], [0.0, 0.0, 0.0, 1.0]])
    file = tmp_path / "truth.json"
    file.write_text(json.dumps({"design_to_survey": forward.tolist(), "edits": [{"kind": "unbuilt_above", "z": 2.0}]}))
    truth = read_truth(file)
    assert truth.edits == ()
    given = coarse_pose(Case("a", Path("a.ifc"), (), file, "truth"), np.array([5.0, 4.0, 3.0]))
    millimetres, degrees = pose_difference(np.array(given), np.linalg.inv(forward), HOUSE)
    assert millimetres == pytest.approx(1000.0 * np.linalg.norm(SHIFT_M)) == pytest.approx(500.0)
    assert degrees == pytest.approx(TURN_DEG)


def test_cases_are_chosen_by_the_beginning_of_their_names(tmp_path: Path) -> None:
    cases = all_cases(tmp_path)
    assert [case.name for case in chosen(cases, ["s02", "strijp"])] == [
        "s02-duplex-extra-storey",
        "strijp-whole",
        "strijp-two-storeys",
    ]
    assert chosen(cases, []) == cases
    with pytest.raises(ValueError, match="no case is called s99"):
        chosen(cases, ["s02", "s99"])


def test_columns_of_figures_are_set_to_the_right() -> None:
    assert table(("what", "m"), [("a", "-1.0"), ("b", "-")]).splitlines() == [
        "| what | m |",
        "| --- | ---: |",
        "| a | -1.0 |",
        "| b | - |",
    ]


def test_targets_name_the_worst() -> None:
    low = Box((0.0, 0.0, 6.01), (10.0, 8.0, 8.97))
    text = targets([_measured(_finding(low)), _measured(_finding(STOREY.box, volume=200.0), name="other")])
    lines = {line.split(" | ")[0].removeprefix("| "): line.split(" | ")[1:] for line in text.splitlines()[2:]}
    assert lines["whatever was built otherwise found, with the right kind"] == ["2 of 2", "yes |"]
    assert lines["volume within 10 %"] == ["1 of 2; worst -16.7 % (other, extra storey)", "**no** |"]
    assert lines["level of the base within 2 cm"] == ["2 of 2; worst +10 mm (house, extra storey)", "yes |"]
    assert lines["level of the top within 2 cm"] == ["1 of 2; worst -30 mm (house, extra storey)", "**no** |"]
    assert lines["nothing that was built as approved is accused"] == ["0", "yes |"]
    assert lines["`plumbline demo` in less than 120 s"] == ["-", "- |"]


def test_the_document_holds_every_case() -> None:
    absent = Unmeasured(Case("far", Path("b.ifc"), ()), "b.ifc is not there")
    text = report([_measured(_finding(STOREY.box)), absent], "Some processor, 2 cores", 0.25, "Plumbline 0")
    assert "| house | 2.00 | 10.0 | 14.0 | 5.0 | 0.50 | 20.0 | 512 | read survey |" in text
    assert "| house | 20 | 10 | 50 | - | - | - | - | - | 20 |" in text
    assert "| house | extra storey | extra storey | inconsistent | 1.00 | -5.0 % | 0 mm | 0 mm |" in text
    assert "| house | inconsistent | 0 | 0.0 mm | 0.0000° | +10 mm (Second) |" in text
    assert "| far | skipped | b.ifc is not there |" in text
    assert max(map(len, text.split("## Time and memory")[1].split("| case")[0].splitlines())) <= 120


def test_without_any_data_the_document_says_so() -> None:
    text = report(
        [Unmeasured(Case("far", Path("b.ifc"), ()), "b.ifc is not there")], "Some processor", 0.0, "Plumbline 0"
    )
    assert "skipped" in text
    assert "## Targets" not in text


def test_equal_runs_may_differ_only_in_time_and_memory() -> None:
    one, two = _document(), _document()
    two["stages"][0] |= {"seconds": 9.0, "peak_rss_mb": 1.0}
    assert without_times(one) == without_times(two)
    two["stages"][0]["name"] = "another"
    assert without_times(one) != without_times(two)


def test_the_figures_of_the_viewer_are_reported_for_the_parts_that_were_run() -> None:
    page = {"points": 1e7, "bare_s": 0.1, "first_s": 0.8, "whole_s": 2.0, "view_s": 3.0, "step_s": 0.25, "load": 1.0}
    made = {"points": 1e7, "size_mb": 48.0, "made_s": 12.0, "cpu_s": 11.0, "peak_mb": 900.0, "load": 1.0}
    stages = {"draw pictures": 20.0, "write files": 9.0, "write viewer": 1.8}
    case = {"points": 2e7, "wall_s": 87.2, "cpu_s": 120.0, "stages": stages, "pictures": 21, "load": 0.5}
    figures = {"one-file": page | made, "tiles": made, "served": page, "case": case}
    whole = viewing._document(figures)
    assert "| one-file | 10 million | 0.10 | 0.8 | 8.0 | 2.0 | 3.0 | 250 | 1.0 |" in whole
    assert "| 20 million | 21 | 20.0 | 9.0 | 1.8 | 21.8 | 25 % | 87 | 0.5 |" in whole
    for name, value in figures.items():
        alone = viewing._document({name: value})
        assert len(alone) < len(whole)
        assert alone.count("million |") == (2 if name == "one-file" else 1)
