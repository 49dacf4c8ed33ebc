"""What a file holds, told in the terminal."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from support.survey_files import cloud, write_las

from cli.main import run


@pytest.fixture
def probes(root: Path) -> Path:
    return root / "pipelines" / "probes"


def facts(path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, str]:
    assert run(["info", str(path), "--json", "--quiet", *options]) == 0
    told: dict[str, str] = json.loads(capsys.readouterr().out)["facts"]
    return told


def test_a_model_is_told_by_elements_storeys_and_place(probes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = facts(probes / "slab.ifc", capsys)
    assert told["schema"] == "IFC4"
    assert told["length unit"] == "1 m"
    assert told["elements"] == "1 (1 building)"
    assert told["classes"] == "1 IfcSlab"
    assert told["triangles"] == "12"
    assert told["extent"] == "4.00 x 3.00 x 0.20 m"
    assert " m, " in told["storey Ground"]
    assert told["coordinate system"] == "not stated"


def test_a_zipped_model_without_its_ending_is_recognised(
    probes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "model.ifczip", "w") as archive:
        archive.write(probes / "slab.ifc", "slab.ifc")
    assert facts(tmp_path / "model.ifczip", capsys)["triangles"] == "12"


def test_a_cloud_is_told_by_points_unit_and_extent(probes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = facts(probes / "points.laz", capsys)
    assert told["points"] == "5"
    assert told["extent"] == "4.00 x 3.00 x 0.00 m"
    assert told["lowest corner"] == "0.000, 0.000, 0.000 m"
    assert told["unit"] == "m"
    assert facts(probes / "points.laz", capsys, "--unit", "ft")["extent"] == "1.22 x 0.91 x 0.00 m"


def test_the_text_lists_facts_and_what_is_odd(probes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["info", str(probes / "points.e57")]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == str(probes / "points.e57")
    assert "  format " in out
    assert "odd" in out
    assert err == ""


def test_set_ups_that_a_file_numbers_are_listed_by_the_names_that_stations_go_by(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_las(tmp_path / "site.las", cloud(40), source=np.repeat([3, 8], 20))
    assert run(["info", str(path)]) == 0
    out = capsys.readouterr().out
    assert "scans" in out
    assert "scan site 3" in out
    assert "scan site 8" in out
    assert out.count("20 points, position unknown") == 2
