"""Batches: ``python -m tests.bench.batch --projects 500 [--kills 20] [--dask] [--write]``."""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from . import machine
from .batch_poison import POISONS
from .batch_sites import ROOT, folder_of, is_changed, write_sites
from .running import Run, run
from .tables import table

sys.path.insert(0, str(ROOT / "tests"))
from support.batches import cluster, contents

DOCUMENT = ROOT / "docs" / "benchmarks-batch.md"
PLUMBLINE = (sys.executable, "-m", "cli", "batch")
MINUTES, MEMORY_GB = 2.0, 4.0
_INTRO = """\
# Batches

Written by `python -m tests.bench.batch --write`; run by hand. Projects with a design each, of the shapes on which
[registration](benchmarks-registration.md) is tried, and three inspections at M4, M5 and M8: tripods inside and out,
set-ups by number, half a metre and two degrees off the design, with their pose beside them. A third is built otherwise
from M5 on. Poisoned projects have files that cannot be used. The real command runs on them; figures are those of its
own tables and of its process seen from outside."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One run of the command, and what it left."""

    folder: Path
    run: Run

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Of the summary."""
        cases: list[dict[str, Any]] = json.loads((self.folder / "results" / "summary.json").read_text())["cases"]
        return cases

    @property
    def costs(self) -> list[dict[str, str]]:
        """Attempts, seconds and memory of each case."""
        with (self.folder / "results" / "costs.csv").open(newline="", encoding="utf-8-sig") as stream:
            return list(csv.DictReader(stream))


def prepared(folder: Path, projects: int, poisons: int, outputs: Sequence[str]) -> dict[str, str]:
    """Writes the sites and the plan; which projects are poisoned, and how."""
    write_sites(folder, projects)
    step = max(projects // max(poisons, 1), 1)
    spoiled = dict(zip((number * step for number in range(poisons)), POISONS, strict=False))
    for number, name in spoiled.items():
        POISONS[name](folder_of(folder, number))
    listed = json.dumps(list(outputs))
    (folder / "plan.toml").write_text(
        f'schema = "plumbline.plan/1"\n[limits]\nminutes = {MINUTES}\nmemory_gb = {MEMORY_GB}\n'
        f'[defaults]\noutputs = {listed}\n[[projects]]\nfolders = ["projects/*"]\n'
    )
    return {f"P{number:04d}": name for number, name in spoiled.items()}


def batch(folder: Path, *options: str) -> Batch:
    """Runs the command to its end."""
    return Batch(folder, run((*PLUMBLINE, str(folder / "plan.toml"), "--quiet", *options), folder, _cache(folder)))


def _cache(folder: Path) -> Path:
    """One for all copies of the sites, so that none is faster than another."""
    return folder.parent / "cache"


def _copy(folder: Path, name: str) -> Path:
    """The sites as they were before anything ran."""
    target = folder.parent / name
    shutil.copytree(
        folder, target, symlinks=True, ignore=shutil.ignore_patterns("results", "inspections", "std*", "*.pipe"),
        copy_function=_copied,
    )  # fmt: skip
    return target


def _fewer(folder: Path, count: int) -> Path:
    """A copy with the first so many projects."""
    target = _copy(folder, "few")
    for path in sorted((target / "projects").iterdir())[count:]:
        shutil.rmtree(path)
    return target


def _copied(source: str, target: str) -> None:
    if Path(source).is_fifo():
        os.mkfifo(target)
    else:
        shutil.copy2(source, target, follow_symlinks=False)


def speed(done: Batch, workers: int) -> str:
    """Cases an hour, what the batch adds to each, and memory."""
    ran = [row for row in done.costs if float(row["seconds"] or 0) > 0]
    whole = [float(row["seconds"]) for row, case in zip(done.costs, done.rows, strict=True) if case["status"] == "done"]
    peaks = [float(row["peak_rss_mb"]) for row in ran]
    idle = done.run.wall_s * workers - sum(float(row["seconds"]) for row in ran)
    rows = [
        ("cases", str(len(done.rows))),
        ("with a result", str(len(whole))),
        ("wall time, min", f"{done.run.wall_s / 60:.1f}"),
        ("cases an hour", f"{len(done.rows) / done.run.wall_s * 3600:.0f}"),
        ("seconds of a case with a result, median, longest", f"{median(whole):.1f}, {max(whole):.1f}"),
        (f"seconds added to a case by the batch ({workers} at a time, start and summary of the batch included)",
         f"{idle / len(done.rows):.2f}"),
        ("peak memory of a case, median, highest, MB", f"{median(peaks):.0f}, {max(peaks):.0f}"),
    ]  # fmt: skip
    return table(("all", "figure"), rows)


def outcomes(done: Batch, poisoned: dict[str, str]) -> str:
    """What became of honest, changed and poisoned projects."""
    rows = []
    for name, chosen in (
        ("as approved", lambda number, project: not is_changed(number) and project not in poisoned),
        ("built otherwise, from M5 on", lambda number, project: is_changed(number) and project not in poisoned),
    ):
        mine = [row for row in done.rows if chosen(int(row["project"][1:]), row["project"])]
        count = Counter(row["verdict"] or row["status"] for row in mine)
        rows.append((name, str(len(mine)), ", ".join(f"{count[each]} {each}" for each in sorted(count)) or "-"))
    return table(("projects", "cases", "came to"), rows)


def poisons(done: Batch, poisoned: dict[str, str]) -> str:
    """What was said of each poison; other inspections of the same project may be sound."""
    rows = []
    for project, name in poisoned.items():
        bad = [row for row in done.rows if row["project"] == project and row["status"] != "done"]
        said = bad[0]["reason"].replace("|", "\\|") if bad else "a result all the same"
        rows.append((name, f"{len(bad)} of 3", bad[0]["status"] if bad else "-", said))
    return table(("poison", "cases without a result", "status", "said"), rows)


def unequal(folder: Path, other: Path) -> list[str]:
    """Names of cases and tables that differ; seconds and memory aside."""
    names = [
        name for name in ("summary.json", "summary.csv", "summary.parquet", "summary.html")
        if (folder / "results" / name).read_bytes() != (other / "results" / name).read_bytes()
    ]  # fmt: skip
    left = {path.relative_to(where) for where in (folder, other) for path in where.glob("projects/*/inspections/*")}
    for each in sorted(left):
        both = [_said(where / each) for where in (folder, other)]
        if None in both or both[0] != both[1]:
            names.append(str(each))
    return names


def _said(path: Path) -> dict[str, Any] | None:
    """What a case folder holds, or what the file beside says of why there is none; None where nothing lies there."""
    if path.is_dir():
        return contents(path)
    if not path.is_file():
        return None
    failure: dict[str, Any] = json.loads(path.read_bytes())
    return {key: value for key, value in failure.items() if key != "day"}


def _made(folder: Path) -> list[Path]:
    """Case folders that are there."""
    return [path for path in folder.glob("projects/*/inspections/[!.]*") if path.is_dir()]


def killed(folder: Path, times: int, span_s: float) -> tuple[int, int, int]:
    """Kills the batch so many times at random moments, then lets it end; how often it was killed at work, cases made
    twice, and processes that outlived it.
    """
    chance, seen, twice, orphans, kills = random.Random(11), {}, 0, 0, 0
    environment = {**os.environ, "XDG_CACHE_HOME": str(_cache(folder))}
    command = [*PLUMBLINE, str(folder / "plan.toml"), "--quiet", "--resume"]
    for _ in range(times):
        process = psutil.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.0, span_s))
        children: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):  # it came to its end before
            children = process.children(recursive=True)
            process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
        orphans += len(psutil.wait_procs(children, timeout=5)[1])
        twice += _made_twice(folder, seen)
    batch(folder, "--resume")
    return kills, twice + _made_twice(folder, seen), orphans


def _made_twice(folder: Path, seen: dict[Path, int]) -> int:
    """Cases that were there and were made anew."""
    count = 0
    for path in _made(folder):
        now = path.stat().st_ino
        count += seen.setdefault(path, now) != now
        seen[path] = now
    return count


def on_dask(folder: Path) -> tuple[str, int]:
    """One and two workers, then three of which one is killed in the middle; a table, and how many results differ."""
    rows, wrong = [], 0
    for workers, kill in ((1, False), (2, False), (3, True)):
        site = _copy(folder, f"dask-{workers}")
        with cluster(workers, site, _cache(folder)) as (address, crew):
            started = time.perf_counter()
            process = psutil.Popen(
                [*PLUMBLINE, str(site / "plan.toml"), "--quiet", "--scheduler", address],
                cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            if kill:
                while not (made := _made(site)) and process.poll() is None:
                    time.sleep(0.1)
                assert made
                crew[0].kill()
            code = process.wait()
            wall = time.perf_counter() - started
        cases = len(Batch(site, Run(code, wall, 0, 0, "", "")).rows)
        name = f"{workers}, one killed" if kill else str(workers)
        differ = len(unequal(site, folder))
        wrong += differ
        rows.append((name, f"{wall / 60:.1f}", f"{cases / wall * 3600:.0f}", str(differ)))
    return table(("workers", "wall min", "cases an hour", "results that differ"), rows), wrong


def main(arguments: list[str]) -> int:
    """Runs and reports; 1 where results differ, a case was made twice, or a process outlived its batch."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.batch", description=__doc__)
    parser.add_argument("--projects", type=int, default=6)
    parser.add_argument("--poisons", type=int, default=None, help="projects that are poisoned; a third, at most 20")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--outputs", default="", help="of each inspection beside its document, parted by commas")
    parser.add_argument("--kills", type=int, default=0, help="kill the batch so many times, then compare")
    parser.add_argument("--dask", action="store_true", help="one, two and three workers of a cluster")
    parser.add_argument("--few", type=int, default=None, help="kills and cluster on the first so many projects only")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks-batch.md")
    options = parser.parse_args(arguments)
    count = min(options.projects // 3, len(POISONS)) if options.poisons is None else options.poisons
    load = machine.load()
    with TemporaryDirectory(prefix="plumbline-bench-") as scratch:
        folder = Path(scratch) / "site"
        folder.mkdir()
        poisoned = prepared(folder, options.projects, count, [each for each in options.outputs.split(",") if each])
        workers = ("--workers", str(options.workers))
        done = batch(folder, *workers)
        assert done.run.code == 0, done.run.complaint
        about = f"{machine.description()}. Load before the run: {load:.1f}. {options.projects} projects."
        about += f" Outputs beside the document: {options.outputs or 'none'}."
        parts = [_INTRO, about, speed(done, options.workers), outcomes(done, poisoned), poisons(done, poisoned)]
        wrong = 0
        if options.few is not None and (options.kills or options.dask):
            folder = _fewer(folder, options.few)
            done = batch(folder, *workers)
            parts.append(f"What follows ran on the first {options.few} projects, {len(done.rows)} cases.")
        if options.kills:
            text, bad = _kills(_copy(folder, "killed"), folder, options.kills, done)
            parts.append(text)
            wrong += bad
        if options.dask:
            text, bad = on_dask(folder)
            parts.append(text)
            wrong += bad
    text = "\n\n".join(parts) + "\n"
    if options.write:
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(text)
    return int(wrong > 0)


def _kills(site: Path, reference: Path, times: int, done: Batch) -> tuple[str, int]:
    kills, twice, orphans = killed(site, times, min(2.0 / times, 0.8) * done.run.wall_s)
    differ = unequal(site, reference)
    rows = [
        ("killed by `kill -9` at work", f"{kills} of {times}"),
        ("results that differ from those of the batch that ran through", str(len(differ))),
        ("cases made twice", str(twice)),
        ("processes that outlived the batch", str(orphans)),
    ]
    return table(("then gone on with `--resume`", "count"), rows), len(differ) + twice + orphans


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
