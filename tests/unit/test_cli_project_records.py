"""``plumbline project init`` and ``import``: records from options, tables and permits."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest
from support import portfolios
from support.commands import told

from cli.main import run
from twin.conformity.milestone import Milestone
from twin.supervision.records import read_project


def test_init_writes_a_record_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "models").mkdir()
    for name in ("models/a.ifc", "permit.toml"):
        (tmp_path / name).touch()
    folder = tmp_path / "p"
    arguments = ["init", str(folder), "--number", "P-1", "--name", "House", "--design", str(tmp_path / "models/a.ifc")]
    arguments += ["--permit", str(tmp_path / "permit.toml"), "--district", "North", "--started-on", "2026-01-05"]
    assert told(arguments, capsys) == f"{folder / 'project.toml'}\n"
    project = read_project(folder)
    assert (project.number, project.name, project.district) == ("P-1", "House", "North")
    assert project.started_on == date(2026, 1, 5)
    before = (folder / "project.toml").read_bytes()
    assert "is there already" in told(arguments, capsys, 3)
    assert (folder / "project.toml").read_bytes() == before


def test_a_record_names_its_files_from_its_own_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.ifc").touch()
    told(["init", "deep/p", "--number", "1", "--name", "n", "--design", "a.ifc"], capsys)
    assert read_project(Path("deep/p")).design == ("../../a.ifc",)
    told(["init", "q", "--number", "2", "--name", "n", "--design", str(tmp_path / "a.ifc")], capsys)
    assert read_project(Path("q")).design == ("../a.ifc",)


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (["--number", "P", "--name", "n", "--design", "none.ifc"], "there is no file"),
        (["--number", "", "--name", "n", "--design", "a.ifc"], "number"),
        (["--number", "P", "--name", "n", "--design", "a.ifc", "--permit", "none.toml"], "there is no file"),
    ],
)
def test_a_wrong_record_is_not_written(
    extra: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.ifc").touch()
    err = told(["init", "p", *extra], capsys, 3)
    assert said in err
    assert err.count("\n") == 1
    assert not Path("p").exists()


TABLE = (
    "number,name,design,permit,district,started_on,easting,northing,crs,"
    "use,storey_height_m,change_orders,skipped_checks,responsible,role,M2,M5\n"
    "P/1,House,models/a.ifc;models/b.ifc,permit.toml,North,2026-01-05,500000,3350000,EPSG:4549,"
    "mixed,4.8,2,M3; M4,Builder,permit holder,2026-02-04,2026-05-05\n"
    "P-2,Tower,models/a.ifc,,,,,,,,,,,,,,\n"
)


def sources(folder: Path, table: str = TABLE) -> Path:
    (folder / "models").mkdir(exist_ok=True)
    for name in ("models/a.ifc", "models/b.ifc", "permit.toml"):
        (folder / name).touch()
    path = folder / "projects.csv"
    path.write_text("\ufeff" + table, encoding="utf-8")
    return path


def test_a_table_gives_a_record_for_each_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = told(["import", str(sources(tmp_path)), "-o", str(tmp_path / "root")], capsys)
    assert out == f"P/1: {tmp_path / 'root' / 'P-1'}\nP-2: {tmp_path / 'root' / 'P-2'}\n"
    project = read_project(tmp_path / "root" / "P-1")
    assert project.number == "P/1"
    assert all(
        (project.folder / name).samefile(tmp_path / "models" / f"{letter}.ifc")
        for name, letter in zip(project.design, "ab", strict=True)
    )
    assert project.permit is not None
    assert (project.folder / project.permit).samefile(tmp_path / "permit.toml")
    assert project.place is not None
    assert (project.place.easting, project.place.northing, project.place.crs) == (500_000.0, 3_350_000.0, "EPSG:4549")
    assert (project.risk.use, project.risk.storey_height_m, project.risk.change_orders) == ("mixed", 4.8, 2)
    assert project.risk.skipped_checks == (Milestone.GROUND_STOREY, Milestone.STRUCTURE)
    assert [(at.milestone.code, at.due) for at in project.milestones] == [
        ("M2", date(2026, 2, 4)), ("M5", date(2026, 5, 5)),
    ]  # fmt: skip
    assert [(party.name, party.role) for party in project.responsible] == [("Builder", "permit holder")]
    bare = read_project(tmp_path / "root" / "P-2")
    assert (bare.place, bare.milestones, bare.responsible, bare.district) == (None, (), (), None)


def test_projects_that_are_there_are_left_alone_and_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "root"
    portfolios.write(root / "elsewhere", "P/1")
    before = (root / "elsewhere" / "project.toml").read_bytes()
    assert run(["project", "import", str(sources(tmp_path)), "-o", str(root)]) == 0
    out, err = capsys.readouterr()
    assert out == f"P-2: {root / 'P-2'}\n"
    assert err == f"plumbline: P/1 is there already and was left alone: {root / 'elsewhere'}\n"
    assert (root / "elsewhere" / "project.toml").read_bytes() == before


def test_all_faults_are_listed_at_once_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = """number,name,design,colour,started_on,easting,change_orders,counted_share,M5
P-1,One,models/a.ifc,red,2026-01-05,,,,
P-1,Two,models/a.ifc,,,,,,
P-3,Three,models/none.ifc,,,,,,
P-4,Four,models/a.ifc,,05/01/2026,,,,
P-5,,models/a.ifc,,,,,,
P-6,Six,models/a.ifc,,,12,,,
P-7,Seven,models/a.ifc,,,,few,,
P-8,Eight,models/a.ifc,,,,,-1,
P-9,Nine,models/a.ifc,,,,,,soon
P/3,Ten,models/a.ifc,,,,,,
P-3.,Eleven,models/a.ifc,,,,,,
"""
    (tmp_path / "bad.toml").write_text("[permit]\n")
    arguments = ["import", str(sources(tmp_path, table)), str(tmp_path / "bad.toml"), "-o", str(tmp_path / "root")]
    err = told(arguments, capsys, 3)
    expected = [
        "there is no column colour", "line 3: number P-1 stands in line 2 too", "line 4: there is no file",
        "line 5: started_on is no day", "line 6: name", "line 7: northing is not a number",
        "line 8: change_orders is not a whole number", "line 9: risk.counted_share", "line 10: m5 is no day",
        "line 12: P-3. and P/3 would share the folder", "bad.toml",
    ]  # fmt: skip
    lines = err.splitlines()
    assert len(lines) == len(expected)
    for line, said in zip(lines, expected, strict=True):
        assert line.startswith("plumbline: error: ")
        assert said in line
    assert not (tmp_path / "root").exists()


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_a_table_in_another_encoding_is_told_so_with_its_line(
    encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = sources(tmp_path, "number,name,design\nP-1,One,models/a.ifc\nP-2,第二栋,models/a.ifc\n")
    table.write_bytes(table.read_text(encoding="utf-8-sig").encode(encoding))
    err = told(["import", str(table), "-o", str(tmp_path / "root")], capsys, 3)
    assert f"{table}, line {3 if encoding == 'gbk' else 1}: is not UTF-8 text" in err
    assert "CSV UTF-8" in err


def test_a_share_in_per_cent_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = "number,name,design,counted_share\nP-1,One,models/a.ifc,{}\n"
    err = told(["import", str(sources(tmp_path, row.format(98))), "-o", str(tmp_path / "root")], capsys, 3)
    assert "line 2: risk.counted_share: 98 is no share: 1 is the whole, so that 98 % is 0.98" in err
    assert not (tmp_path / "root").exists()
    told(["import", str(sources(tmp_path, row.format(2.0))), "-o", str(tmp_path / "root")], capsys)
    assert read_project(tmp_path / "root" / "P-1").risk.counted_share == 2.0


PERMIT = """[permit]
number = "建字第330100202500001号"
holder = "Holder of the permit"
project = "House"
location = "Where it is"

[[buildings]]
name = "1#"
use = "office"
storey_heights_m = [4.8, 3.6]
"""


def test_a_permit_gives_a_record_with_the_model_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = sources(tmp_path).with_name("permit.toml")
    path.write_text(PERMIT, encoding="utf-8")
    assert "no model lies beside it" in told(["import", str(path), "-o", str(tmp_path / "root")], capsys, 3)
    (tmp_path / "right.ifc").write_text("right")
    (tmp_path / "wrong.ifc").write_text("wrong")
    sha256 = hashlib.sha256(b"right").hexdigest()
    path.write_text(f'{PERMIT}\n[drawings]\nifc_sha256 = "{sha256}"\n', encoding="utf-8")
    told(["import", str(path), "-o", str(tmp_path / "root")], capsys)
    project = read_project(tmp_path / "root" / "建字第330100202500001号")
    assert [(project.folder / name).resolve().name for name in project.design] == ["right.ifc"]
    assert (project.number, project.name, project.location) == ("建字第330100202500001号", "House", "Where it is")
    assert project.responsible[0].name == "Holder of the permit"
    assert (project.risk.use, project.risk.storey_height_m) == ("office", 4.8)
    path.write_text(f'{PERMIT}\n[drawings]\nifc_sha256 = "{"0" * 64}"\n', encoding="utf-8")
    assert "no model beside it has" in told(["import", str(path), "-o", str(tmp_path / "other")], capsys, 3)
