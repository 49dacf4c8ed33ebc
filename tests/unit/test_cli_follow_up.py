"""``plumbline follow-up`` on finished cases: what it writes, and what it refuses in one line."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from support import inspections

from cli.main import run
from twin.evidence.inspection import Inspection, write

ROWS = [
    ("0Aslab", "IfcSlab", "EG", "as_designed"),
    ("0Awall", "IfcWall", "EG", "not_observed"),
]


def case(folder: Path, document: Inspection, rows: list[tuple[str, str, str, str]] = ROWS) -> Path:
    folder.mkdir()
    write(document, folder)
    pl.DataFrame(rows, schema=["global_id", "ifc_class", "storey", "status"], orient="row").write_parquet(
        folder / "elements.parquet"
    )
    return folder


@pytest.fixture
def cases(tmp_path: Path) -> tuple[Path, Path]:
    document = inspections.inspection()
    gone = document.model_copy(update={"findings": ()})
    return case(tmp_path / "M4", document), case(tmp_path / "M6", gone)


def test_what_is_not_found_again_stays_open_where_nobody_kept_what_was_seen(
    cases: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    earlier, later = cases
    assert run(["follow-up", str(earlier), str(later)]) == 0
    out = capsys.readouterr().out
    assert "no longer observed: open" in out
    assert "EG: stands 1 of 2 (before 1, not observed 1)" in out
    ledger = json.loads((later / "follow_up.json").read_text("utf-8"))
    assert ledger["schema"] == "plumbline.follow-up/1"
    assert {entry["standing"] for entry in ledger["tracked"]} == {"no_longer_observed"}
    assert not (earlier / "follow_up.json").exists()


def test_the_same_cases_give_the_same_bytes_and_a_chain_keeps_guids(cases: tuple[Path, Path]) -> None:
    earlier, later = cases
    assert run(["follow-up", str(earlier), str(later)]) == 0
    first = (later / "follow_up.json").read_bytes()
    assert run(["follow-up", str(earlier), str(later)]) == 0
    assert (later / "follow_up.json").read_bytes() == first
    back = case(later.parent / "M9", inspections.inspection())
    assert run(["follow-up", str(later), str(back), "--lang", "zh"]) == 0
    ledgers = [json.loads(path.read_bytes()) for path in (later / "follow_up.json", back / "follow_up.json")]
    guids = [[entry["guid"] for entry in ledger["tracked"]] for ledger in ledgers]
    assert guids[0] == guids[1]
    assert {entry["standing"] for entry in ledgers[1]["tracked"]} == {"persists"}
    assert [step["inspection"] for step in ledgers[1]["tracked"][0]["history"]] == ["M4", "M6", "M9"]


def test_progress_is_told_from_below(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names, document = ["EG", "1.OG", "2.OG"], inspections.inspection()
    ground = next(level for level in document.storeys if level.name == "EG")
    storeys = tuple(ground.model_copy(update={"name": name}) for name in names)
    document = document.model_copy(update={"storeys": storeys})
    rows = [(f"0A{name}", "IfcSlab", name, "as_designed") for name in reversed(names)]
    earlier, later = (case(tmp_path / name, document, rows) for name in ("M4", "M6"))
    assert run(["follow-up", str(earlier), str(later)]) == 0
    told = [line.split(": stands")[0] for line in capsys.readouterr().out.splitlines() if ": stands" in line]
    assert told == names


def test_json_is_the_ledger_and_nothing_else(cases: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    earlier, later = cases
    assert run(["follow-up", str(earlier), str(later), "--json", "-o", str(later.parent / "ledger.json")]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((later.parent / "ledger.json").read_bytes())
    assert not (later / "follow_up.json").exists()


def test_settings_are_those_of_the_portfolio_unless_a_file_is_named_and_stand_in_the_ledger(
    cases: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    earlier, later = cases

    def slack(*options: str) -> float:
        assert run(["follow-up", str(earlier), str(later), "--json", *options]) == 0
        found: float = json.loads(capsys.readouterr().out)["settings"]["slack_m"]
        return found

    assert slack() == 0.3
    (later.parent / "supervision.toml").write_text("[follow_up]\nslack_m = 0.2\n")
    (later.parent / "other.toml").write_text("[follow_up]\nslack_m = 0.1\n")
    assert slack() == 0.2
    assert slack("--settings", str(later.parent / "other.toml")) == 0.1
    assert run(["follow-up", str(earlier), str(later), "--settings", str(later.parent / "none.toml")]) == 3
    assert "none.toml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flaw", "code", "said"),
    [
        ("same", 3, "both cases are the same"),
        ("unfinished", 5, "holds no inspection.json"),
        ("damaged", 5, "follow_up.json"),
        ("cut table", 5, "elements.parquet"),
        ("no cells", 5, "seen.npz"),
        ("another building", 3, "share no element"),
    ],
)
def test_what_cannot_be_followed_is_one_line_and_leaves_nothing(
    flaw: str, code: int, said: str, cases: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    earlier, later = cases
    if flaw == "same":
        later = earlier
    elif flaw == "unfinished":
        (later / "inspection.json").unlink()
    elif flaw == "damaged":
        (earlier / "follow_up.json").write_text('{"schema": "plumbline.follow-up/1"}')
    elif flaw == "cut table":
        (later / "elements.parquet").write_bytes((later / "elements.parquet").read_bytes()[:100])
    elif flaw == "no cells":
        (later / "seen.npz").write_bytes(b"PK\x03\x04")
    else:
        later = case(later.parent / "other", inspections.inspection(), [("9Zslab", "IfcSlab", "EG", "missing")])
    assert run(["follow-up", str(earlier), str(later)]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1
    assert not (later / "follow_up.json").exists()


def test_another_version_of_the_design_is_noted(cases: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    earlier, later = cases
    document = inspections.inspection()
    changed = document.model_copy(update={"design": document.design.model_copy(update={"sha256": "cd" * 32})})
    revised = case(later.parent / "revised", changed)
    assert run(["follow-up", str(earlier), str(revised)]) == 0
    assert "different versions of the design" in capsys.readouterr().out
