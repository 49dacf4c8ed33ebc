"""Digests are kept from batch to batch, and never outlive the bytes they were made of."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from pipelines.batch.attempt import Ended
from pipelines.batch.digests import Digests, digests_in
from pipelines.batch.model import Case, Limits, Plan
from pipelines.batch.outcome import Outcome
from pipelines.batch.receipts import Receipt, Status
from pipelines.batch.running import run_batch
from pipelines.batch.supervise import Stopped, Task, supervise
from pipelines.choices import Language
from twin import digest

ONCE = digest.of_file


@pytest.fixture
def cloud(tmp_path: Path) -> Path:
    path = tmp_path / "点云.laz"
    path.write_bytes(b"one")
    return path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are read to know their digest."""
    names: list[str] = []

    def counted(path: Path, *more: Callable[[], object]) -> str:
        names.append(path.name)
        return ONCE(path, *more)

    monkeypatch.setattr("twin.digest.of_file", counted)
    return names


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all files had been changed long ago."""
    monkeypatch.setattr("pipelines.batch.digests._SETTLED_NS", -(10**18))


def kept(results: Path, *files: Path) -> Digests:
    digests = Digests(results)
    for file in files:
        digests.of(file)
    digests.keep(at_once=True)
    return digests


@pytest.mark.usefixtures("settled")
def test_a_file_that_stays_as_it_is_is_read_once(cloud: Path, tmp_path: Path, read: list[str]) -> None:
    digests = kept(tmp_path / "results", cloud)
    assert digests.of(cloud) == ONCE(cloud) == Digests(tmp_path / "results").of(cloud)
    assert read == [cloud.name]


def write_in_place(path: Path) -> None:
    times = path.stat()
    path.write_bytes(b"two")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def replace_by_another(path: Path) -> None:
    times = path.stat()
    other = path.with_name("other")
    other.write_bytes(b"two")
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    other.replace(path)


def append(path: Path) -> None:
    path.write_bytes(b"one and two")


def point_elsewhere(path: Path) -> None:
    path.rename(path.with_name("first"))
    path.with_name("second").write_bytes(b"two")
    path.symlink_to(path.with_name("second"))


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("change", [write_in_place, replace_by_another, append, point_elsewhere])
def test_a_changed_file_has_another_digest(change: Callable[[Path], None], cloud: Path, tmp_path: Path) -> None:
    digests = kept(tmp_path / "results", cloud)
    before = digests.of(cloud)
    change(cloud)
    assert digests.of(cloud) == Digests(tmp_path / "results").of(cloud) == ONCE(cloud)
    assert digests.of(cloud) != before


def test_what_changed_just_before_it_was_read_is_read_again(
    cloud: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two changes within one tick of the file system's clock look like one."""
    facts = cloud.stat()
    tick = (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
    monkeypatch.setattr("pipelines.batch.digests._version", lambda _: tick)
    digests = kept(tmp_path / "results", cloud)
    cloud.write_bytes(b"two")
    assert digests.of(cloud) == Digests(tmp_path / "results").of(cloud) == ONCE(cloud)
    now = facts.st_mtime_ns + 2_100_000_000
    monkeypatch.setattr("pipelines.batch.digests.time.time_ns", lambda: now)
    digests.of(cloud)
    cloud.write_bytes(b"one")
    assert digests.of(cloud) != ONCE(cloud)  # nobody could tell: that is what the two seconds are for


@pytest.mark.usefixtures("settled")
def test_what_changes_while_it_is_read_is_not_kept(cloud: Path, tmp_path: Path) -> None:
    digests = Digests(tmp_path / "results")
    digests.of(cloud, lambda: append(cloud))
    assert digests.of(cloud) == ONCE(cloud)


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda _: "",
        lambda _: "[]",
        lambda _: '{"schema": "plumbline.digests/2", "files": {}}',
        lambda text: text.replace('"sha256": "', '"sha256": "?'),
        lambda text: text.replace('"version": [', '"version": ["x", '),
    ],
)
def test_a_damaged_file_is_made_again(
    spoil: Callable[[str], str], cloud: Path, tmp_path: Path, read: list[str]
) -> None:
    path = tmp_path / "results" / "digests.json"
    kept(tmp_path / "results", cloud)
    whole = path.read_text(encoding="utf-8")
    path.write_text(spoil(whole), encoding="utf-8")
    assert kept(tmp_path / "results", cloud).of(cloud) == ONCE(cloud)
    assert path.read_text(encoding="utf-8") == whole
    assert read == [cloud.name, cloud.name]


@pytest.mark.usefixtures("settled")
def test_supervisors_of_several_processes_keep_what_others_found(cloud: Path, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"other")
    first, second = Digests(tmp_path / "results"), Digests(tmp_path / "results")
    first.of(cloud)
    second.of(tmp_path / "other")
    first.keep()
    second.keep()
    files = json.loads((tmp_path / "results" / "digests.json").read_text(encoding="utf-8"))["files"]
    assert list(files) == sorted([str(cloud), str(tmp_path / "other")])


@pytest.mark.usefixtures("settled")
def test_names_that_are_no_text_and_folders_that_cannot_be_written_cost_nothing(cloud: Path, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"odd-\xff")
    odd.write_bytes(b"odd")
    digests = kept(tmp_path / "results", odd, cloud)
    assert digests.of(odd) == ONCE(odd)
    assert list(json.loads((tmp_path / "results" / "digests.json").read_text("utf-8"))["files"]) == [str(cloud)]
    assert kept(cloud, cloud).of(cloud) == ONCE(cloud)


class _Quiet:
    def heard(self, name: str, stage: str) -> None:
        pass

    def finished(self, receipt: Receipt, done: int, total: int) -> None:
        pass


@pytest.mark.usefixtures("settled")
def test_a_batch_that_goes_on_reads_no_input_again(
    cloud: Path, tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = Ended(Outcome(status=Status.FAILED, reason="no overlap", exit_code=4), 1.0, 1.0, 1.0)
    monkeypatch.setattr("pipelines.batch.supervise.attempted", lambda *_: refused)
    (tmp_path / "d.ifc").write_text("design")
    cases = tuple(Case(name=n, folder=f"results/cases/{n}", design=("d.ifc",), surveys=(cloud.name,)) for n in "abc")
    plan = Plan(
        path=tmp_path / "plan.toml", base=tmp_path, results=tmp_path / "results", name="Spring",
        lang=Language.ENGLISH, limits=Limits(workers=1, retries=0), cases=cases,
    )  # fmt: skip
    first = run_batch(plan, _Quiet())
    assert sorted(read) == sorted(["d.ifc", cloud.name])
    digests_in.cache_clear()  # another process
    assert run_batch(plan, _Quiet(), resume=True).receipts == first.receipts
    assert sorted(read) == sorted(["d.ifc", cloud.name])
    append(cloud)
    assert run_batch(plan, _Quiet(), resume=True).receipts != first.receipts


def test_a_batch_that_is_stopped_does_not_read_a_cloud_to_its_end(
    cloud: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []

    class Impatient(_Quiet):
        def stopped(self) -> bool:
            looks.append(1)
            return len(looks) > 5

    monkeypatch.setattr("pipelines.batch.supervise.attempted", lambda *_: pytest.fail("is not to be tried"))
    monkeypatch.setattr("twin.digest._BLOCK_BYTES", 1)
    cloud.write_bytes(b"x" * 1000)
    case = Case(name="a", folder="case", design=(cloud.name,), surveys=(cloud.name,))
    task = Task(
        case=case, base=tmp_path, results=tmp_path / "r", limits=Limits(), threads=1, version=version("plumbline")
    )
    with pytest.raises(Stopped):
        supervise(task, Impatient())
    assert len(looks) == 6
