"""The whole product on the sample site: what was built otherwise is found, nothing else is, and every file is there."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import laspy
import numpy as np
import polars as pl
import pytest
import trimesh
from support.boxes import box_of_edit, match, overlap

from pipelines.choices import Language
from pipelines.demo import run_demo
from pipelines.job import CaseResult
from pipelines.progress import Silence
from samples import read_truth

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def result(folder: Path) -> CaseResult:
    return run_demo(folder, Language.ENGLISH, Silence())


class _Found:
    """A finding of the document with its box as an array."""

    def __init__(self, part: dict) -> None:
        self.kind, self.verdict, self.part = part["kind"], part["verdict"], part
        self.box = np.array([part["box"]["min"], part["box"]["max"]])


def _findings(result: CaseResult) -> list[_Found]:
    document = json.loads((result.folder / "inspection.json").read_text(encoding="utf-8"))
    return [_Found(part) for part in document["findings"]]


def test_each_thing_built_otherwise_is_found_at_its_place_with_its_size(result: CaseResult, folder: Path) -> None:
    for edit in read_truth(folder / "site")["edits"]:
        found = match(_findings(result), edit)
        assert found.verdict == "inconsistent"
        assert overlap(found.box, box_of_edit(edit)) > 0.85
        assert found.part["volume_m3"] == pytest.approx(edit["volume_m3"], rel=0.06)
        assert np.abs(found.box[:, 2] - box_of_edit(edit)[:, 2]).max() < 0.02


def test_nothing_else_is_accused(result: CaseResult) -> None:
    accused = sorted(found.kind for found in _findings(result) if found.verdict != "information")
    assert accused == ["enclosure", "extra_storey", "void_infill"]
    assert result.inspection.verdict == "inconsistent"


def test_the_document_keeps_its_published_schema(result: CaseResult, root: Path) -> None:
    schema = json.loads((root / "docs" / "reference" / "inspection.schema.json").read_text(encoding="utf-8"))
    written = json.loads((result.folder / "inspection.json").read_text(encoding="utf-8"))
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(written)) == []


def test_every_file_opens_and_agrees_with_the_document(result: CaseResult) -> None:
    inspection, folder = result.inspection, result.folder
    table = pl.read_parquet(folder / "elements.parquet")
    assert len(table) == inspection.design.elements
    assert (table["status"] == "as_designed").sum() == inspection.elements.as_designed
    with laspy.open(folder / "deviation.laz") as cloud:
        assert cloud.header.point_count == inspection.survey.points
        assert {"deviation", "plumbline_class"} <= set(cloud.header.point_format.extra_dimension_names)
    names = set(trimesh.load(folder / "diff.glb").geometry)
    assert any("F-001" in name for name in names)
    assert (folder / "viewer.html").stat().st_size > 1_000_000
    events = [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {event["status"] for event in events} == {"COMPLETE"}
    drawn = set(inspection.pictures).union(*(finding.pictures for finding in inspection.findings))
    assert drawn == {f"pictures/{path.name}" for path in (folder / "pictures").iterdir()}
    assert not list(folder.parent.glob("*.partial"))


def test_position_may_be_judged_since_control_carries_the_survey(result: CaseResult) -> None:
    assert result.inspection.registration.may_judge_position
    assert result.inspection.registration.mode == "georeferenced"
    heights = {level.name: level for level in result.inspection.storeys}
    assert heights["Roof"].status == "shifted"
    assert heights["Roof"].measured_elevation_m == pytest.approx(23.7, abs=0.02)
    assert heights["6F"].measured_elevation_m == pytest.approx(17.1, abs=0.01)
