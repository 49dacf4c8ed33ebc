"""A plan is checked as a whole: every fault is told, and nothing runs before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.batches import case, write_plan

from cli.main import run
from pipelines.batch.faults import PlanError
from pipelines.batch.model import Plan
from pipelines.batch.plan import read_plan
from pipelines.batch.rows import Written
from pipelines.choices import Language, LengthUnit, Output, RegistrationChoice
from twin.conformity.milestone import Milestone

PROJECT = """schema = "plumbline.project/1"
number = "2026/7"
name = "House"
design = ["design.ifc"]
permit = "permit.toml"
[[milestones]]
milestone = "M5"
due = 2026-05-01
built_to = "Roof"
[[inspections]]
milestone = "M4"
date = 2026-03-01
surveys = ["m4.laz"]
unit = "mm"
built_to = "Level 2"
[[inspections]]
milestone = "M5"
date = 2026-05-02
surveys = ["m5.laz"]
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with all the files that the plans of these tests name; none is opened."""
    for name in ("house/design.ifc", "house/survey.laz", "house/pose.json", "house/b.laz", "house/a.laz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def project(site: Path, name: str, text: str = PROJECT) -> Path:
    folder = site / "projects" / name
    folder.mkdir(parents=True)
    for file in ("design.ifc", "permit.toml", "m4.laz", "m5.laz"):
        (folder / file).touch()
    (folder / "project.toml").write_text(text, encoding="utf-8")
    return folder


def faults(path: Path) -> list[str]:
    with pytest.raises(PlanError) as caught:
        read_plan(path)
    return [line.removeprefix(f"{path}: ") for line in caught.value.faults]


def test_a_plan_says_all_that_a_case_needs(site: Path) -> None:
    head = 'name = "Spring"\nlang = "zh"\n[limits]\nworkers = 3\nminutes = 5\n[defaults]\nmilestone = "M5"\nunit = "ft"'
    plan = read_plan(write_plan(site, case("b", unit="mm", built_to=6.2), case("a", outputs=["viewer"]), head=head))
    assert (plan.name, plan.base, plan.results) == ("Spring", site, site / "results")
    assert (plan.limits.workers, plan.limits.minutes, plan.limits.retries) == (3, 5.0, 1)
    first, second = plan.cases
    assert (first.name, first.outputs, first.unit) == ("a", (Output.VIEWER,), LengthUnit.FOOT)
    assert (second.name, second.folder, second.built_to) == ("b", "results/cases/b", "6.2")
    assert (second.unit, second.milestone, second.lang) == (
        LengthUnit.MILLIMETRE,
        Milestone.TOPPING_OUT,
        Language.CHINESE,
    )
    assert second.outputs == tuple(Output)
    assert (second.design, second.surveys) == (("house/design.ifc",), ("house/survey.laz",))


def test_patterns_stand_for_files_in_order_and_files_may_be_named_like_patterns(site: Path) -> None:
    (site / "house" / "x[1].laz").touch()
    plan = read_plan(write_plan(site, case("a", surveys=["house/?.laz", "house/x[1].laz", str(site / "house/surv*")])))
    assert plan.cases[0].surveys == ("house/a.laz", "house/b.laz", "house/x[1].laz", str(site / "house/survey.laz"))


def test_lines_of_a_table_are_cases(site: Path) -> None:
    (site / "cases.csv").write_text(
        "name,design,surveys,registration,outputs\n"
        "a,house/design.ifc,house/a.laz; house/b.laz,best-fit,\n\nb,house/design.ifc,house/?.laz,,viewer;solids\n"
    )
    plan = read_plan(write_plan(site, head='[[tables]]\nfile = "cases.csv"'))
    assert [each.surveys for each in plan.cases] == [("house/a.laz", "house/b.laz")] * 2
    assert [each.registration for each in plan.cases] == [RegistrationChoice.BEST_FIT, RegistrationChoice.AUTO]
    assert [each.outputs for each in plan.cases] == [tuple(Output), (Output.VIEWER, Output.SOLIDS)]


def test_every_inspection_in_the_records_of_projects_is_a_case(site: Path) -> None:
    project(site, "seven")
    (site / "projects" / "no record").mkdir()
    defaults = '[defaults]\noutputs = ["viewer"]\nmilestone = "M8"\nunit = "ft"\n'
    plan = read_plan(write_plan(site, head=f'{defaults}[[projects]]\nfolders = ["projects/*"]'))
    first, second = plan.cases
    assert [each.name for each in plan.cases] == ["2026-7-M4-2026-03-01", "2026-7-M5-2026-05-02"]
    assert first.folder == "projects/seven/inspections/M4-2026-03-01"
    assert (first.project, first.permit, first.surveys) == (
        "2026/7", "projects/seven/permit.toml", ("projects/seven/m4.laz",),
    )  # fmt: skip
    assert (first.unit, first.built_to, first.milestone) == (LengthUnit.MILLIMETRE, "Level 2", Milestone.STRUCTURE)
    assert (second.unit, second.built_to, second.outputs) == (None, "Roof", (Output.VIEWER,))


def test_projects_may_be_inspected_at_some_milestones_only(site: Path) -> None:
    project(site, "seven")
    entry = '[[projects]]\nfolders = "projects/*"\nmilestones = '
    assert [each.name for each in read_plan(write_plan(site, head=f'{entry}["M5"]')).cases] == ["2026-7-M5-2026-05-02"]
    (said,) = faults(write_plan(site, head=f'{entry}["M2"]'))
    assert said == "projects 1: no inspection is listed in these records: add them, or name other milestones"


def test_all_faults_are_told_at_once(site: Path) -> None:
    (site / "rules.toml").write_text("[deviation]\ntolerance_m = 99\n")
    (site / "cases.csv").write_text("name,design,surveys,colour\nx,house/design.ifc,none.laz,\ny,,house/a.laz,\n")
    project(site, "bad", PROJECT.replace('name = "House"', "name = 3"))
    (site / "full").mkdir()
    (site / "full" / "letter.txt").touch()
    head = (
        '[limits]\nminutes = -1\nworker = 2\n[defaults]\nunits = "mm"\n'
        '[[tables]]\nfile = "cases.csv"\n[[tables]]\nfile = "none.csv"\n'
        '[[projects]]\nfolders = ["projects/*", "elsewhere/*"]\n'
    )
    cases = (
        case("one", permit="permit.toml", milestone="M17", unit="yard", design="*.ifc"),
        case("two", registration="control", settings="rules.toml", crs="EPSG:0"),
        case("Two", folder="full"),
        case("../out", surveys=[]),
        case("in", folder="results/cases/two/in"),
        "[[cases]]\n",
    )
    said = faults(write_plan(site, *cases, head=head))
    wanted = [
        "limits: minutes: input should be greater than 0",
        "limits: worker: there is no such key: is workers meant?",
        "defaults: units: there is no such key: is unit meant?",
        "cases 1 (one): permit: there is no file permit.toml",
        "cases 1 (one): milestone: there is no milestone 'M17'",
        "cases 1 (one): unit: input should be 'm', 'mm' or 'ft'",
        "cases 1 (one): design: nothing matches '*.ifc': correct the pattern",
        "cases 2 (two): registration: rests on a control, and none is named",
        "cases 2 (two): settings: rules.toml: deviation.tolerance_m",
        "cases 2 (two): crs: coordinate system 'EPSG:0' is not known",
        "cases 3 (Two): name: Two stands twice",
        "cases 3 (Two): folder: full: holds files that are no case",
        "cases 4 (../out): name: is no name for a file",
        "cases 4 (../out): surveys: tuple should have at least 1 item",
        "cases 5 (in): folder: lies inside that of two",
        "cases 6: name: is missing",
        "cases 6: design: is missing",
        "cases 6: surveys: is missing",
        "tables 2: file: there is no file none.csv",
        "projects 1: folders: no folder 'elsewhere/*' holds a project.toml",
    ]
    for start in wanted:
        assert [line for line in said if line.startswith(start)], (start, said)
    elsewhere = [line for line in said if line.startswith(("cases.csv", "projects/bad"))]
    assert elsewhere == [
        "cases.csv: line 1: colour: there is no such column: the columns are " + ", ".join(Written.model_fields),
        "cases.csv: line 2: surveys: there is no file none.laz: correct its name",
        "cases.csv: line 3: design: is missing: see docs/reference/plan.md",
        "projects/bad/project.toml: name: Input should be a valid string: see docs/reference/project.md for keys and"
        " units",
    ]
    assert len(said) == len(set(said)) == len(wanted) + len(elsewhere)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("schema = ", "not valid TOML"),
        ('schema = "plumbline.project/1"', "is no plan of this kind"),
        ('schema = "plumbline.plan/1"', "asks for no inspection"),
        ('schema = "plumbline.plan/1"\ncases = [3]', "cases 1: is no table"),
        ('schema = "plumbline.plan/1"\nlimits = 3', "limits: input should be a valid dictionary"),
        ("\xff", "not UTF-8"),
    ],
)
def test_what_is_no_plan_is_told_in_a_line(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_bytes(text.encode("latin-1"))
    lines = faults(path)
    assert any(said in line for line in lines), lines


def test_the_command_prints_each_fault_on_a_line_and_runs_nothing(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_plan(site, case("a", permit="none.toml"), case("b", surveys="none.laz"))
    assert run(["batch", str(path)]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split(": ")[2:5] for line in err.splitlines()] == [
        [str(path), "cases 1 (a)", "permit"],
        [str(path), "cases 2 (b)", "surveys"],
    ]
    assert not (site / "results").exists()
    assert run(["batch", str(site / "none.toml")]) == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_names_of_cases_are_names_of_files(site: Path) -> None:
    project(site, "a", PROJECT.replace("2026/7", "../../x"))
    plan: Plan = read_plan(write_plan(site, head='[[projects]]\nfolders = ["projects/*"]'))
    assert plan.cases[0].name == "-.-..-x-M4-2026-03-01"


def test_where_a_case_could_outlive_its_batch_none_starts(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_plan(site, case("a"))
    monkeypatch.setattr("sys.platform", "darwin")
    assert run(["batch", str(path)]) == 3
    assert "a batch needs Linux" in capsys.readouterr().err


def test_a_file_whose_name_is_no_text_is_a_fault(site: Path) -> None:
    (site / os.fsdecode(b"house/\xff.laz")).touch()
    (said,) = faults(write_plan(site, case("a", surveys="house/*.laz")))
    assert said == "cases 1 (a): surveys: 'house/\\udcff.laz': its name is no text: rename it"
