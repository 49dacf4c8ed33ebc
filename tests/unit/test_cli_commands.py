"""The command line: results on stdout, the rest on stderr, and the right exit code."""

from __future__ import annotations

import json
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import inspections

from cli.main import run
from pipelines.choices import Language, LengthUnit, RegistrationChoice, Scale
from pipelines.job import CaseResult, InspectionJob
from pipelines.progress import Progress
from twin.conformity.milestone import Milestone
from twin.conformity.model import Verdict
from twin.errors import DesignError, EvidenceError, NoOverlap
from twin.evidence.case import FolderError
from twin.registration.model import Status

Flow = Callable[..., list[InspectionJob]]


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers of parallel test runs state a width of 80 columns, as no pipe does."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def flow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Flow:
    """Replaces the pipeline by one that gives a known result, and keeps the jobs it was given."""
    monkeypatch.chdir(tmp_path)

    def install(verdict: Verdict = Verdict.INCONSISTENT, error: BaseException | None = None) -> list[InspectionJob]:
        jobs: list[InspectionJob] = []

        def inspect(job: InspectionJob, progress: Progress) -> CaseResult:
            jobs.append(job)
            progress.started("register", 10)
            progress.advanced("register", 10)
            progress.finished("register")
            progress.noted("the model's unit is odd")
            if error is not None:
                raise error
            return CaseResult(inspections.inspection(verdict), job.folder)

        def register_only(job: InspectionJob, progress: Progress) -> tuple[Any, dict[str, Any]]:
            inspect(job, progress)
            found = types.SimpleNamespace(status=Status.REFUSED if verdict is Verdict.UNDECIDED else Status.ACCEPTED)
            return found, {"schema": "plumbline.pose/1", "status": str(found.status)}

        module = types.ModuleType("pipelines.inspection")
        module.inspect = inspect  # type: ignore[attr-defined]
        module.register_only = register_only  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "pipelines.inspection", module)
        return jobs

    return install


def test_inspect_prints_findings_and_where_they_are(flow: Flow, capsys: pytest.CaptureFixture[str]) -> None:
    flow()
    assert run(["inspect", "house.ifc", "site.e57"]) == 0
    out, err = capsys.readouterr()
    assert "F-001" in out
    assert "extra storey" in out
    assert "inconsistent with the permit (suspected)" in out
    assert "36.0" in out
    assert "12.0 ± 0.2" in out
    assert "3.00 ± 0.01" in out
    assert "house--site/inspection.json" in out
    assert err == "plumbline: the model's unit is odd\n"


def test_every_option_reaches_the_job(flow: Flow, tmp_path: Path) -> None:
    jobs = flow()
    Path("settings.toml").write_text("[deviation]\nband_m = 0.4\n")
    arguments = (
        "inspect house.ifc a.laz b.laz --design roof.ifczip -o out --permit permit.toml --milestone M5 "
        "--built-to 2.OG --pose pose.json --registration given --unit mm --scale free --settings settings.toml "
        "--lang zh --quiet"
    )
    assert run(arguments.split()) == 0
    job = jobs[0]
    assert job.design == (Path("house.ifc"), Path("roof.ifczip"))
    assert job.survey == (Path("a.laz"), Path("b.laz"))
    assert (job.folder, job.permit, job.pose) == (Path("out"), Path("permit.toml"), Path("pose.json"))
    assert (job.milestone, job.built_to) == (Milestone.TOPPING_OUT, "2.OG")
    assert (job.registration, job.unit, job.scale) == (RegistrationChoice.GIVEN, LengthUnit.MILLIMETRE, Scale.FREE)
    assert (job.lang, job.settings.deviation.band_m) == (Language.CHINESE, 0.4)


def test_every_option_has_a_default(flow: Flow) -> None:
    jobs = flow()
    assert run(["inspect", "house.ifc", "site.e57"]) == 0
    assert jobs == [InspectionJob((Path("house.ifc"),), (Path("site.e57"),), Path("house--site"))]


def test_designs_may_all_be_named_by_option(flow: Flow) -> None:
    jobs = flow()
    assert run(["inspect", "--design", "a.ifc", "--design", "b.ifc", "site.e57"]) == 0
    assert jobs[0].design == (Path("a.ifc"), Path("b.ifc"))
    assert jobs[0].survey == (Path("site.e57"),)


def test_json_is_the_whole_document_and_nothing_else(flow: Flow, capsys: pytest.CaptureFixture[str]) -> None:
    flow()
    assert run(["inspect", "house.ifc", "site.e57", "--json", "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["findings"][0]["id"] == "F-001"
    assert err == ""


@pytest.mark.parametrize(
    ("verdict", "code"),
    [(Verdict.CONSISTENT, 0), (Verdict.INCONSISTENT, 1), (Verdict.BORDERLINE, 6), (Verdict.UNDECIDED, 6)],
)
def test_the_verdict_becomes_an_exit_code_only_when_asked(verdict: Verdict, code: int, flow: Flow) -> None:
    flow(verdict)
    assert run(["inspect", "house.ifc", "site.e57"]) == 0
    assert run(["inspect", "house.ifc", "site.e57", "--exit-code"]) == code


def test_without_findings_it_says_so(flow: Flow, capsys: pytest.CaptureFixture[str]) -> None:
    flow(Verdict.CONSISTENT)
    run(["inspect", "house.ifc", "site.e57"])
    assert "Nothing that was observed differs" in capsys.readouterr().out


def test_chinese_never_says_illegal(flow: Flow, capsys: pytest.CaptureFixture[str]) -> None:
    flow()
    assert run(["inspect", "house.ifc", "site.e57", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "与许可不一致（疑似）" in out
    assert "加层" in out
    assert "违法" not in out


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (DesignError("house.ifc: cut off", "export it again"), 3, "house.ifc: cut off: export it again"),
        (NoOverlap("nothing lies on each other", "give a pose"), 4, "nothing lies on each other: give a pose"),
        (FolderError("out: cannot be written"), 3, "out: cannot be written"),
        (EvidenceError("case: malformed"), 5, "case: malformed"),
        (DesignError("two\nlines\x1b[31m"), 3, "two lines [31m"),
    ],
)
def test_errors_are_one_line_and_a_code(
    error: Exception, code: int, said: str, flow: Flow, capsys: pytest.CaptureFixture[str]
) -> None:
    flow(error=error)
    assert run(["inspect", "house.ifc", "site.e57", "--quiet"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"plumbline: error: {said}\n"


def test_a_bug_is_apologised_for_and_logged(
    flow: Flow, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    flow(error=ZeroDivisionError("secret"))
    assert run(["inspect", "house.ifc", "site.e57", "--quiet"]) == 70
    err = capsys.readouterr().err
    assert err.startswith("plumbline: error: sorry, this is a bug (ZeroDivisionError); the details are in ")
    assert err.count("\n") == 1
    log = Path(err.rsplit(" ", 1)[1].strip())
    assert "ZeroDivisionError: secret" in log.read_text()
    assert "Traceback" in log.read_text()


def test_an_interrupt_ends_quietly(flow: Flow, capsys: pytest.CaptureFixture[str]) -> None:
    flow(error=KeyboardInterrupt())
    assert run(["inspect", "house.ifc", "site.e57", "--quiet"]) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "arguments",
    [
        "inspect",
        "inspect house.ifc",
        "inspect house.ifc roof.ifc",
        "inspect house.ifc site.e57 --registration magic",
        "inspect house.ifc site.e57 --unit yard",
        "inspect house.ifc site.e57 --lang fr",
        "inspect house.ifc site.e57 --rules x",
        "register house.ifc",
        "nothing",
        "batch",
    ],
)
def test_wrong_usage_is_two(arguments: str, flow: Flow, capsys: pytest.CaptureFixture[str]) -> None:
    jobs = flow()
    assert run(arguments.split()) == 2
    out, err = capsys.readouterr()
    assert (out, jobs) == ("", [])
    assert err != ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [("--milestone later", "there is no milestone 'later'"), ("--settings none.toml", "none.toml: cannot be read")],
)
def test_values_that_cannot_be_used_are_bad_input(
    arguments: str, said: str, flow: Flow, capsys: pytest.CaptureFixture[str]
) -> None:
    flow()
    assert run(["inspect", "house.ifc", "site.e57", *arguments.split()]) == 3
    assert said in capsys.readouterr().err


def test_register_writes_the_pose(flow: Flow, capsys: pytest.CaptureFixture[str]) -> None:
    flow(Verdict.CONSISTENT)
    assert run(["register", "house.ifc", "site.e57", "-o", "poses/pose.json"]) == 0
    assert json.loads(Path("poses/pose.json").read_text()) == {"schema": "plumbline.pose/1", "status": "accepted"}
    assert capsys.readouterr().out == "poses/pose.json\n"
    assert run(["register", "house.ifc", "site.e57", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "accepted"


def test_a_refused_pose_is_written_and_told(flow: Flow) -> None:
    flow(Verdict.UNDECIDED)
    assert run(["register", "house.ifc", "site.e57", "-o", "pose.json"]) == 4
    assert json.loads(Path("pose.json").read_text())["status"] == "refused"


def test_view_opens_the_viewer_or_prints_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from twin.evidence.inspection import write

    write(inspections.inspection(), tmp_path)
    assert run(["view", str(tmp_path)]) == 5
    assert "holds no viewer.html" in capsys.readouterr().err
    (tmp_path / "viewer.html").touch()
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda page: opened.append(page) or True)
    monkeypatch.setenv("DISPLAY", ":0")
    assert run(["view", str(tmp_path)]) == 0
    assert opened == [(tmp_path / "viewer.html").as_uri()]
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert run(["view", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert len(opened) == 1
    assert out.splitlines()[-1] == str(tmp_path / "viewer.html")
    assert "no browser" in err


def test_view_refuses_what_is_no_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["view", str(tmp_path)]) == 5
    assert "holds no inspection.json" in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("plumbline ")


def test_help_loads_nothing_that_only_the_work_needs() -> None:
    """What makes it answer at once; how fast it does is in the benchmarks."""
    asked = "import sys; from cli.main import run; run(['--help']); print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True)
    assert "inspect" in done.stdout
    modules = set(done.stdout.splitlines()[-1].split())
    loaded = {name.split(".")[0] for name in modules}
    assert {"cli", "typer", "sys"} <= loaded
    assert not loaded & {
        "numpy",
        "numba",
        "scipy",
        "open3d",
        "pyvista",
        "ifcopenshell",
        "pydantic",
        "matplotlib",
    }
    words = {"twin", "twin.supervision", "twin.supervision.states"}  # choices that the help lists
    assert {name for name in modules if name.split(".")[0] == "twin"} <= words


@pytest.mark.parametrize(
    "command",
    ["demo", "inspect", "register", "batch", "follow-up", "portfolio", "info", "view", "doctor", "project"],
)
def test_help_of_each_command_loads_nothing_heavy(command: str) -> None:
    program = (
        "import sys; from cli.main import run; code = run(sys.argv[1:]); "
        "heavy = {'numpy', 'open3d', 'pyvista', 'sklearn', 'ifcopenshell', 'scipy', 'numba'} & sys.modules.keys(); "
        "sys.exit(code or len(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", program, command, "--help"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert command.encode() in done.stdout
