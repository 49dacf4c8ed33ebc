"""The document inspection.json."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from support import inspections, registration_house

from pipelines import reference
from pipelines.projects import reference as projects
from twin.conformity.model import Verdict
from twin.design.model import Georeference
from twin.errors import EvidenceError
from twin.evidence.inspection import build, design_part, document, read, registration_part, text, write
from twin.evidence.schema import OptionsPart
from twin.frames import translation, yaw
from twin.registration import register
from twin.registration.anchors.start import start_of
from twin.registration.model import Registration
from twin.registration.target import exposed_shell
from twin.survey import decode, open_survey
from twin.survey.model import Survey


def test_every_key_of_the_contract_is_there() -> None:
    told = document(inspections.inspection())
    assert told["schema"] == "plumbline.inspection/1"
    expected = {
        "design": {"path", "sha256", "ifc_schema", "elements", "storeys"},
        "survey": {"points", "files"},
        "registration": {
            "status", "mode", "design_from_survey", "scale", "residual_rms_m", "overlap", "sigma_translation_m",
            "sigma_rotation_deg", "rivals", "may_judge_position",
        },
        "coverage": {"design_surface", "storeys", "facades", "roof"},
        "elements": {"total", "as_designed", "displaced", "missing", "not_observed", "not_due"},
    }  # fmt: skip
    for part, keys in expected.items():
        assert keys <= told[part].keys()
    assert {"storeys", "indicators", "findings", "verdict", "stages", "settings", "versions", "seed"} <= told.keys()
    assert {"path", "sha256", "format", "points", "scans", "crs", "unit"} <= told["survey"]["files"][0].keys()
    assert {"name", "global_id", "elevation_m", "is_floor", "why"} == told["design"]["storeys"][0].keys()


def test_values_are_those_that_were_measured() -> None:
    told = document(inspections.inspection())
    assert told["elements"] == {
        "total": 2, "as_designed": 1, "displaced": 0, "missing": 0, "not_observed": 1, "not_due": 0,
    }  # fmt: skip
    assert told["coverage"] == {
        "design_surface": 0.75,
        "storeys": [{"name": "EG", "coverage": 0.8}, {"name": "Top", "coverage": None}],
        "facades": [{"name": "N", "coverage": 0.5}, {"name": "E", "coverage": None}],
        "roof": 0.25,
    }
    assert told["survey"]["points"] == 5
    assert told["survey"]["files"][0]["scans"] == 2
    assert told["registration"]["sigma_translation_m"] == [0.001, 0.002, 0.003]
    assert told["registration"]["residual_rms_m"] == 0.00312
    assert told["registration"]["sigma_rotation_deg"] == pytest.approx(np.degrees([1e-4, 1e-4, 2e-4]), abs=5e-6)
    assert told["storeys"][1]["name"] is None
    assert told["indicators"][0]["verdict"] == "nonconforming"
    assert told["pictures"] == ["pictures/overview.png"]


def test_a_finding_is_told_in_full_and_rounded() -> None:
    finding = document(inspections.inspection())["findings"][0]
    assert finding["box"] == {"min": [0.0, 0.0, 3.0], "max": [4.0, 3.0, 6.0]}
    assert finding["outline"] == [[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [0.0, 3.0]]
    assert (finding["area_m2"], finding["volume_m3"], finding["height_m"]) == (12.0, 36.0, 3.0)
    assert finding["uncertainty"] == {"area_m2": 0.2, "volume_m3": None, "height_m": 0.01}
    assert finding["points"] == 3
    assert finding["pictures"] == ["pictures/F-001.png"]
    assert (finding["kind"], finding["verdict"], finding["change"]) == ("extra_storey", "inconsistent", "added")


@pytest.mark.parametrize("unit_m", [1.0, 0.001, 0.3048])
def test_the_pose_maps_coordinates_as_the_file_has_them(unit_m: float) -> None:
    survey, registration = inspections.survey(unit_m), inspections.registration()
    part = registration_part(registration, survey)
    metres = survey.origin + np.array([10.0, 20.0, 5.0])
    in_file = metres / unit_m
    matrix = np.array(part.design_from_survey)
    expected = registration.design_from_survey @ np.array([10.0, 20.0, 5.0, 1.0])
    assert np.allclose(matrix @ np.append(in_file, 1.0), expected, atol=1e-5, rtol=0.0)
    rival = np.array(part.rivals[0].design_from_survey)
    expected = registration.rivals[0].design_from_survey @ np.array([10.0, 20.0, 5.0, 1.0])
    assert np.allclose(rival @ np.append(in_file, 1.0), expected, atol=1e-5, rtol=0.0)


def test_clouds_in_different_units_are_noted() -> None:
    first, second = inspections.survey(0.001), inspections.survey(1.0)
    both = inspections.Measured(first.facts + second.facts, first.origin)
    assert registration_part(inspections.registration(), both).notes == (
        "the matrix maps coordinates in mm; other clouds are in other units",
    )


def _odd_survey(path: Path) -> Survey:
    """Text without names of columns, with a row that is no point, too large for metres and cut off."""
    rows = np.random.default_rng(0).uniform(0.0, 9_000.0, (400, 3)).round(3).tolist()
    lines = [" ".join(str(value) for value in row) for row in [*rows[:200], ["nan"] * 3, *rows[200:]]]
    path.write_text("\n".join(lines), encoding="utf-8")
    return open_survey([path])


def _numbers(note: str) -> list[str]:
    return sorted(re.findall(r"\d[\d.,]*\d|\d", note))


def test_notes_on_clouds_and_pose_are_said_in_the_language_of_the_case(tmp_path: Path) -> None:
    odd = decode(_odd_survey(tmp_path / "cloud.unknown"), tmp_path / "columns")
    place = translation(np.array([500_120.0, 4_301_350.0, 44.0])) @ yaw(np.radians(37.0))
    house = registration_house.design_of(
        registration_house.approved(), Georeference(place, "EPSG:4549", 0.0, None, None, None, "IfcMapConversion")
    )
    seen = registration_house.surveyed(registration_house.approved(), registration_house.View(step_m=0.3))
    placed = register(house, registration_house.cloud_of(seen, place, crs="EPSG:4549"))
    far = registration_house.cloud_of(seen, translation(np.array([9e5, 9e5, 0.0])) @ place, crs="EPSG:4549")
    lost = start_of(house, far, "auto", None, None, False, exposed_shell(house))
    registration = replace(inspections.registration(), notes=(*placed.notes, *lost.notes))
    survey = inspections.Measured((*odd.facts, *inspections.survey().facts), odd.origin)
    told = {language: _noted(survey, registration, language) for language in ("en", "zh")}
    files, pose = told["en"]
    assert files == odd.facts[0].notes
    assert len(files) == 5
    assert pose[:-1] == registration.notes
    assert len(pose) >= 4
    for source, said in zip((*files, *pose), (*told["zh"][0], *told["zh"][1]), strict=True):
        assert any(ord(letter) >= 0x2E80 for letter in said), source
        assert _numbers(said) == _numbers(source)


def _noted(
    survey: inspections.Measured, registration: Registration, language: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Notes on the first cloud, and on the pose, of a document in a language."""
    built = build(
        inspections.design(),
        survey,
        registration,
        inspections.deviation(),
        inspections.judgement(verdict=Verdict.UNDECIDED),
        surroundings=replace(inspections.surroundings(), options=OptionsPart(lang=language)),
    )
    return built.survey.files[0].notes, built.registration.notes


def test_a_design_of_several_files_has_one_digest() -> None:
    one, two = design_part(inspections.design(1)), design_part(inspections.design(2))
    assert one.sha256 == one.files[0].sha256
    assert two.sha256 not in {file.sha256 for file in two.files}
    assert len(two.files) == 2


def test_equal_inspections_are_equal_bytes_but_for_their_cost(tmp_path: Path) -> None:
    assert text(inspections.inspection()) == text(inspections.inspection())
    quick, slow = (document(inspections.inspection(seconds=seconds)) for seconds in (1.0, 2.0))
    assert quick != slow
    for told in (quick, slow):
        told["stages"][0].pop("seconds")
    assert quick == slow
    written = write(inspections.inspection(), tmp_path)
    assert written.read_bytes() == text(inspections.inspection()).encode()


def test_reading_gives_back_what_was_written(tmp_path: Path) -> None:
    inspection = inspections.inspection()
    path = write(inspection, tmp_path)
    assert read(tmp_path) == inspection
    assert read(path) == inspection


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="design_surface"):
        build(
            inspections.design(),
            inspections.survey(),
            inspections.registration(),
            replace(inspections.deviation(), coverage=float("nan")),
            inspections.judgement(verdict=Verdict.UNDECIDED),
            surroundings=inspections.surroundings(),
        )


def test_negative_zero_is_zero() -> None:
    design = inspections.design()
    sunk = replace(design, storeys=(replace(design.storeys[0], elevation_m=-0.00001), design.storeys[1]))
    assert repr(design_part(sunk).storeys[0].elevation_m) == "0.0"


def test_a_file_name_that_is_no_text_is_escaped() -> None:
    design = inspections.design()
    odd = replace(design, files=(replace(design.files[0], path="h\udce4us.ifc"),))
    assert design_part(odd).path == r"h\udce4us.ifc"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"schema": "plumbline.inspection/2"}', b"\xff\xfe"])
def test_reading_refuses_what_is_no_document(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "inspection.json").write_bytes(content)
    with pytest.raises(EvidenceError, match=r"inspection\.json"):
        read(tmp_path)


def test_reading_an_empty_folder_says_what_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"holds no inspection\.json: give the folder"):
        read(tmp_path)


def test_the_document_follows_the_published_schema(root: Path) -> None:
    published = json.loads((root / "docs/reference/inspection.schema.json").read_bytes())
    check = jsonschema.Draft202012Validator(published)
    for verdict in Verdict:
        whole = document(inspections.inspection(verdict))
        assert list(check.iter_errors(whole)) == []
        for name in sorted(whole.keys() & set(published["required"])):
            assert not check.is_valid({key: value for key, value in whole.items() if key != name}), name
    assert not check.is_valid({**whole, "verdict": "guilty"})
    assert not check.is_valid({**whole, "findings": [{"id": "F-001"}]})


@pytest.mark.parametrize(
    ("name", "current"),
    [
        (reference.SCHEMA_FILE, reference.schema_text),
        (reference.SETTINGS_FILE, reference.settings_text),
        (projects.PROJECT_FILE, projects.project_text),
        (projects.SUPERVISION_FILE, projects.supervision_text),
    ],
)
def test_the_published_reference_is_up_to_date(name: str, current, root: Path) -> None:
    published = (root / "docs/reference" / name).read_text(encoding="utf-8")
    assert published == current(), "run: python -m pipelines.reference docs/reference"
