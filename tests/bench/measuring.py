"""Measures one case: a bare decode of its survey, the inspection, and how far the result is from the truth."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .cases import SAMPLE, Case, coarse_pose
from .running import DECODE, EXTENT, PLUMBLINE, Run, run, warmed
from .truth import Accuracy, Box, compare

TIMES = ("seconds", "peak_rss_mb")
"""What may differ between equal runs: these two of each stage."""


class RunFailed(Exception):
    """A process that a case needs did not end well."""


@dataclass(frozen=True, slots=True)
class Again:
    """A second run of a case: seconds of "read design" first and then, and whether the results are equal.

    `differing` names the files of the case folder whose bytes differ, apart from `inspection.json`.
    """

    first_s: float
    second_s: float
    first_wall_s: float
    second_wall_s: float
    identical: bool
    differing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """One case with all its figures."""

    case: Case
    points: int
    decode: Run
    inspection: Run
    document: dict[str, Any]
    accuracy: Accuracy
    building: Box
    again: Again | None = None

    @property
    def stages(self) -> dict[str, float]:
        """Seconds of each stage; `other` is what no stage claims: start, judgement, writing the sample site."""
        named = {stage["name"]: float(stage["seconds"]) for stage in self.document["stages"]}
        return {**named, "other": max(self.inspection.wall_s - sum(named.values()), 0.0)}


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A case that was not measured, or failed, and why."""

    case: Case
    why: str
    failed: bool = False


def measure(case: Case, scratch: Path, cache: Path, repeat: bool) -> Measured | Unmeasured:
    """Measure one case, with no design kept from an earlier run.

    Parameters
    ----------
    scratch : Path
        For the case folder and whatever else is written.
    cache : Path
        Cache folder of all measured processes.
    repeat : bool
        Whether the case runs a second time, to see what the cache saves and whether the result is the same.
    """
    if case.missing is not None:
        return Unmeasured(case, f"{case.missing.parent.name}/{case.missing.name} is not there")
    try:
        return _measured(case, scratch, cache, repeat)
    except RunFailed as failure:
        return Unmeasured(case, str(failure), failed=True)


def _measured(case: Case, scratch: Path, cache: Path, repeat: bool) -> Measured:
    folder = scratch / case.name
    folder.mkdir(parents=True)
    if case.name == SAMPLE:
        _good(run((*PLUMBLINE[:1], "-m", "samples", str(folder / "site")), scratch, cache))
    building = _extent(case, None, scratch, cache)
    command = _command(case, folder, building)
    warmed((case.design, *case.surveys))
    decoded = _decoded(case, scratch, cache)
    shutil.rmtree(cache / "plumbline" / "designs", ignore_errors=True)
    inspected = _good(run(command, scratch, cache))
    document = _document(folder)
    again = _again(command, folder, inspected, scratch, cache) if repeat else None
    accuracy = compare(document, case.truth(), building, _upper(case, building, scratch, cache))
    points = int(document["survey"]["points"])
    return Measured(case, points, decoded, inspected, document, accuracy, building, again)


def _command(case: Case, folder: Path, building: Box) -> tuple[str, ...]:
    if case.name == SAMPLE:
        return (*PLUMBLINE, "demo", "--quiet", "-o", str(folder))
    options = list(case.options)
    pose = coarse_pose(case, np.add(building.lo, building.hi) / 2.0)
    if pose is not None:
        file = folder / "pose.json"
        file.write_text(json.dumps({"design_from_survey": pose}), encoding="utf-8")
        options += ["--pose", str(file)]
    inputs = [str(path) for path in (case.design, *case.surveys)]
    return (*PLUMBLINE, "inspect", *inputs, *options, "--quiet", "-o", str(folder / "case"))


def _decoded(case: Case, scratch: Path, cache: Path) -> Run:
    columns = scratch / "columns"
    decoded = run((*DECODE, str(columns), *map(str, case.surveys)), scratch, cache)
    shutil.rmtree(columns, ignore_errors=True)
    return _good(decoded)


def _extent(case: Case, level: float | None, scratch: Path, cache: Path) -> Box:
    arguments = (str(case.design),) if level is None else (str(case.design), str(level))
    lo, hi = json.loads(_good(run((*EXTENT, *arguments), scratch, cache)).output)
    return Box(tuple(lo), tuple(hi))


def _upper(case: Case, building: Box, scratch: Path, cache: Path) -> Box:
    """Extent of what was lifted, where something was; else of the building."""
    lifted = case.truth().lifted_above
    return building if lifted is None else _extent(case, lifted[0], scratch, cache)


def _again(command: Sequence[str], folder: Path, first: Run, scratch: Path, cache: Path) -> Again:
    """The same command once more; the first result is moved aside."""
    earlier, case = folder / "earlier", folder / "case"
    case.rename(earlier)
    second = _good(run(command, scratch, cache))
    one, two = json.loads((earlier / "inspection.json").read_text()), _document(folder)
    differing = (
        path.relative_to(case).as_posix()
        for path in sorted(case.rglob("*"))
        if path.is_file() and path.read_bytes() != (earlier / path.relative_to(case)).read_bytes()
    )
    return Again(
        _seconds(one, "read design"),
        _seconds(two, "read design"),
        first.wall_s,
        second.wall_s,
        without_times(one) == without_times(two),
        tuple(name for name in differing if name != "inspection.json"),
    )


def without_times(document: dict[str, Any]) -> str:
    """The text of an inspection without what each stage cost."""
    stages = [{key: value for key, value in stage.items() if key not in TIMES} for stage in document["stages"]]
    return json.dumps({**document, "stages": stages})


def _seconds(document: dict[str, Any], stage: str) -> float:
    return next(float(part["seconds"]) for part in document["stages"] if part["name"] == stage)


def _document(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "case" / "inspection.json").read_text(encoding="utf-8"))
    return content


def _good(ended: Run) -> Run:
    """The run itself, where it ended well.

    Raises
    ------
    RunFailed
        With the last line of its complaint, in which no folder of this machine is named.
    """
    if ended.code == 0:
        return ended
    lines = ended.complaint.strip().splitlines() or ["no message"]
    words = (Path(word).name if "/" in word else word for word in lines[-1].split())
    raise RunFailed(f"ended with {ended.code}: {' '.join(words)}")
