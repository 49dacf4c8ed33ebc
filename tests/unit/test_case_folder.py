"""The case folder appears whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support import inspections

from twin.errors import EvidenceError
from twin.evidence import case, inspection
from twin.evidence.case import FolderError, check_replaceable, is_case, new_case, write_whole
from twin.evidence.journal import journal
from twin.evidence.leftovers import restore
from twin.evidence.swap import swapped


def whole(folder: Path) -> None:
    with new_case(folder) as partial:
        inspection.write(inspections.inspection(), partial)
        (partial / "pictures").mkdir()
        (partial / "pictures" / "a.png").write_bytes(b"png")


def left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_case_appears_with_all_its_files_and_nothing_beside(tmp_path: Path) -> None:
    whole(tmp_path / "deep" / "case")
    assert left(tmp_path / "deep") == ["case", "case/inspection.json", "case/pictures", "case/pictures/a.png"]
    assert is_case(tmp_path / "deep" / "case")
    assert (tmp_path / "deep" / "case").stat().st_mode & 0o777 == 0o755


def test_nothing_is_there_before_the_end(tmp_path: Path) -> None:
    target = tmp_path / "case"
    with new_case(target) as partial:
        inspection.write(inspections.inspection(), partial)
        assert not target.exists()
        assert partial.name.startswith(".")
        assert partial.parent == tmp_path
    assert is_case(target)


def _broken_off(folder: Path, error: BaseException) -> None:
    with new_case(folder) as partial:
        (partial / "half").touch()
        raise error


@pytest.mark.parametrize("error", [ValueError("bug"), KeyboardInterrupt(), EvidenceError("no")])
def test_a_failed_run_leaves_nothing_and_keeps_the_earlier_case(error: BaseException, tmp_path: Path) -> None:
    whole(tmp_path / "case")
    (tmp_path / "case" / "mark").touch()
    with pytest.raises(type(error)):
        _broken_off(tmp_path / "case", error)
    assert [path.name for path in tmp_path.iterdir()] == ["case"]
    assert (tmp_path / "case" / "mark").exists()


def test_an_earlier_case_is_replaced_whole(tmp_path: Path) -> None:
    whole(tmp_path / "case")
    (tmp_path / "case" / "stale").touch()
    whole(tmp_path / "case")
    assert left(tmp_path) == ["case", "case/inspection.json", "case/pictures", "case/pictures/a.png"]


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    whole(tmp_path / "case")
    assert is_case(tmp_path / "case")


def test_a_strangers_folder_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("keep")
    with pytest.raises(FolderError, match="holds files that are no case"), new_case(tmp_path / "letters"):
        pytest.fail("must not come here")
    assert (tmp_path / "letters" / "dear.txt").read_text() == "keep"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": "other/1"}', "\x00"])
def test_a_document_of_another_program_is_no_case(content: str, tmp_path: Path) -> None:
    (tmp_path / "inspection.json").write_text(content)
    assert not is_case(tmp_path)
    with pytest.raises(FolderError):
        check_replaceable(tmp_path)


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "case").write_text("a file")
    with pytest.raises(FolderError, match="is a file"), new_case(tmp_path / "case"):
        pytest.fail("must not come here")
    with pytest.raises(FolderError, match="cannot be"), new_case(tmp_path / "case" / "below"):
        pytest.fail("must not come here")


def test_a_folder_that_fills_while_we_work_is_not_overwritten(tmp_path: Path) -> None:
    def race() -> None:
        with new_case(tmp_path / "case") as partial:
            inspection.write(inspections.inspection(), partial)
            (tmp_path / "case").mkdir()
            (tmp_path / "case" / "theirs").touch()

    with pytest.raises(FolderError, match="no case"):
        race()
    assert left(tmp_path) == ["case", "case/theirs"]


def test_a_link_keeps_pointing_where_it_did(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "case").symlink_to(tmp_path / "disk")
    whole(tmp_path / "case")
    assert (tmp_path / "case").is_symlink()
    assert is_case(tmp_path / "disk")


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match=r"No space left on device\): free some space"), new_case(tmp_path / "case"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert left(tmp_path) == []


def test_a_file_that_cannot_be_written_is_our_failure_and_one_elsewhere_is_not(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="cannot be written"), new_case(tmp_path / "case") as partial:
        (partial / "missing" / "a.png").write_bytes(b"")
    with pytest.raises(FileNotFoundError), new_case(tmp_path / "case"):
        (tmp_path / "elsewhere").read_bytes()


def test_a_mounted_folder_is_filled_from_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "volume"
    target.mkdir()
    monkeypatch.setattr(case.Path, "is_mount", lambda self: self == target)
    for _ in range(2):
        with new_case(target) as partial:
            assert partial.parent == target
            inspection.write(inspections.inspection(), partial)
            (partial / "pictures").mkdir()
        assert left(target) == ["inspection.json", "pictures"]
        (target / "stale").touch()


def test_a_killed_run_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from twin.evidence.case import new_case\n"
        "with new_case(Path(sys.argv[1])) as partial:\n"
        "    (partial / 'inspection.json').write_text('{\"schema\": \"plumbline.inspection/1\"}')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path / "case")], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert not (tmp_path / "case").exists()
    assert all(path.name.startswith(".") and path.suffix == ".partial" for path in tmp_path.iterdir())
    whole(tmp_path / "case")
    assert is_case(tmp_path / "case")
    assert [path.name for path in tmp_path.iterdir()] == ["case"]


KILLED = """
import os, signal, sys
from pathlib import Path
from twin.evidence import case

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

real, renames = Path.rename, []

def rename(self, other):
    renames.append(self)
    if len(renames) > int(sys.argv[2]):
        kill()
    return real(self, other)

if sys.argv[2] == "swap":
    swapped = case.swapped
    case.swapped = lambda *both: kill() if swapped(*both) else None
else:
    case.swapped = lambda *_: False
    Path.rename = rename
with case.new_case(Path(sys.argv[1])) as partial:
    (partial / "inspection.json").write_text('{"schema": "plumbline.inspection/1", "made": "later"}')
"""


@pytest.mark.skipif(sys.platform != "linux", reason="renames of other systems")
@pytest.mark.parametrize(
    ("renames", "at_once", "then"),
    [("swap", "later", "later"), ("0", "earlier", "earlier"), ("1", None, "earlier"), ("2", "later", "later")],
)
def test_a_run_killed_while_it_replaces_a_case_loses_neither(
    renames: str, at_once: str | None, then: str, tmp_path: Path
) -> None:
    """Between whichever two renames: a whole case stands there, at the latest when the next run begins."""
    target = tmp_path / "case"
    whole(target)
    (target / "mark").write_text("earlier")
    others = [tmp_path / name for name in (".case.b.x.replaced", ".other.x.replaced", "case.replaced")]
    for other in others:
        other.mkdir()

    def made() -> str | None:
        if not is_case(target):
            return None
        return "earlier" if (target / "mark").exists() else "later"

    ended = subprocess.run([sys.executable, "-c", KILLED, str(target), renames], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert made() == at_once
    with pytest.raises(ValueError, match="bug"):
        _broken_off(target, ValueError("bug"))
    assert made() == then
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["case", *(other.name for other in others)])


def test_a_case_that_steps_aside_just_now_is_left_to_who_moved_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run begins while the earlier case stands aside."""
    target = tmp_path / "case"
    whole(target)
    (target / "mark").touch()
    rename, renamed = Path.rename, list[Path]()

    def renaming(self: Path, other: Path) -> Path:
        renamed.append(self)
        if len(renamed) == 2:
            restore(target)
            assert not target.exists()
        return rename(self, other)

    monkeypatch.setattr(case, "swapped", lambda *_: False)
    monkeypatch.setattr(Path, "rename", renaming)
    whole(target)
    assert len(renamed) == 3
    assert left(tmp_path) == ["case", "case/inspection.json", "case/pictures", "case/pictures/a.png"]


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has it")
def test_folders_change_places_at_once_or_nothing_happens(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"of-{name}").touch()
    assert swapped(tmp_path / "a", tmp_path / "b")
    assert left(tmp_path) == ["a", "a/of-b", "b", "b/of-a"]
    assert not swapped(tmp_path / "a", tmp_path / "none")
    assert left(tmp_path) == ["a", "a/of-b", "b", "b/of-a"]


def test_a_run_that_still_works_is_not_swept_away(tmp_path: Path) -> None:
    with new_case(tmp_path / "case") as slow:
        whole(tmp_path / "case")
        (slow / "still").touch()
        inspection.write(inspections.inspection(), slow)
    assert left(tmp_path) == ["case", "case/inspection.json", "case/still"]


def test_single_files_appear_whole(tmp_path: Path) -> None:
    write_whole(tmp_path / "new" / "pose.json", "许可\n")
    assert (tmp_path / "new" / "pose.json").read_bytes() == "许可\n".encode()
    assert left(tmp_path) == ["new", "new/pose.json"]
    with pytest.raises(FolderError, match="cannot be written"):
        write_whole(tmp_path / "new" / "pose.json" / "below.json", "")


def test_the_log_is_one_object_a_line_with_the_time_that_is_given(tmp_path: Path) -> None:
    times = iter(["2025-05-01T08:00:00Z", "2025-05-01T08:00:01Z"])
    with journal(tmp_path / "log.jsonl", lambda: next(times)) as log:
        log.info("started", design=Path("许可.ifc"))
        log.warning("odd", note="a\nb")
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert lines == [
        {"time": "2025-05-01T08:00:00Z", "level": "info", "event": "started", "design": "许可.ifc"},
        {"time": "2025-05-01T08:00:01Z", "level": "warning", "event": "odd", "note": "a\nb"},
    ]
