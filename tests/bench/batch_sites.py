"""Projects for the benchmark of batches: buildings of many shapes, three inspections each, a third built otherwise."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.ifc_models import ModelWriter  # noqa: E402 - after the path to the tests' support
from support.shape_catalogue import HELD_OUT, TUNED  # noqa: E402
from support.shape_edits import EDITS, ShapeEdit  # noqa: E402
from support.shape_surveys import Look, surveyed  # noqa: E402
from support.shapes import Body, Shape  # noqa: E402
from support.survey_files import write_las  # noqa: E402

from twin.arrays import Floats  # noqa: E402
from twin.conformity.milestone import Milestone  # noqa: E402
from twin.frames import inverse, move, translation, yaw  # noqa: E402
from twin.supervision.records import InspectionRecord, MilestoneDue, Project, document  # noqa: E402

CHANGES = ("extra storey", "storey raised", "lean-to", "room on the roof")
MILESTONES = (Milestone.STRUCTURE, Milestone.TOPPING_OUT, Milestone.COMPLETION)
DAYS = (date(2026, 3, 2), date(2026, 5, 4), date(2026, 8, 3))
_SEEDS = 4
"""Windows of a shape are drawn anew so many times; beyond that only the survey's noise differs."""
_LOOK = Look("inside", density=8.0, told=True)


def write_sites(folder: Path, count: int) -> None:
    """Project folders ``projects/p0001`` and so on."""
    with ProcessPoolExecutor() as pool:
        list(pool.map(_write_project, [folder] * count, range(count), chunksize=8))


def is_changed(number: int) -> bool:
    """Whether a project was built otherwise than approved, from its second inspection on."""
    return number % 3 == 2


def folder_of(root: Path, number: int) -> Path:
    """Of a project."""
    return root / "projects" / f"p{number:04d}"


def _write_project(root: Path, number: int) -> None:
    shapes = (*TUNED, *HELD_OUT)
    shape, seed = number % len(shapes), number // len(shapes) % _SEEDS
    folder = folder_of(root, number)
    folder.mkdir(parents=True)
    honest = _edit(shape, seed, "as approved")
    _write_model(folder / "design.ifc", honest.approved, honest.shape)
    changed = _change(shape, seed, number) if is_changed(number) else "as approved"
    records = []
    for k, (milestone, day) in enumerate(zip(MILESTONES, DAYS, strict=True)):
        random = np.random.default_rng([number, k])
        points, source = _seen(shape, seed, "as approved" if k == 0 else changed)
        frame = translation(random.uniform(-0.5, 0.5, 3)) @ yaw(float(np.radians(random.uniform(-2.0, 2.0))))
        noisy = points + random.normal(0.0, 0.003, points.shape)
        name = f"{milestone.code.lower()}.laz"
        write_las(folder / name, move(inverse(frame), noisy), source=source)
        pose = f"{milestone.code.lower()}.json"
        (folder / pose).write_text(json.dumps({"design_from_survey": frame.tolist()}), encoding="utf-8")
        records.append(InspectionRecord(milestone=milestone, date=day, surveys=(name,), pose=pose))
    due = tuple(MilestoneDue(milestone=each.milestone, due=each.date) for each in records)
    project = Project(
        folder=folder, number=f"P{number:04d}", name=f"Project {number}", design=("design.ifc",), milestones=due,
        inspections=tuple(records),
    )  # fmt: skip
    (folder / "project.toml").write_text(document(project), encoding="utf-8")


@lru_cache(maxsize=64)
def _edit(shape: int, seed: int, change: str) -> ShapeEdit:
    base: Shape = (*TUNED, *HELD_OUT)[shape]
    edit = EDITS[change](replace(base, seed=base.seed + 100 * seed))
    assert edit is not None
    return edit


def _change(shape: int, seed: int, number: int) -> str:
    """One of the changes that the shape can bear and that leave the approved design as it is."""
    base: Shape = (*TUNED, *HELD_OUT)[shape]
    able = [name for name in CHANGES if EDITS[name](replace(base, seed=base.seed + 100 * seed)) is not None]
    return able[number // 3 % len(able)]


@lru_cache(maxsize=64)
def _seen(shape: int, seed: int, change: str) -> tuple[Floats, Floats]:
    """What instruments see, without noise, and the number of the set-up."""
    edit = _edit(shape, seed, change)
    points, scan, _ = surveyed(edit.scanned or edit.shape, edit.built, replace(_LOOK, noise_m=0.0))
    return points, scan + 1


def _write_model(path: Path, parts: Sequence[Body], shape: Shape) -> None:
    """Pieces of one name are one element."""
    model = ModelWriter()
    storeys = [model.storey(f"Storey {n}", level) for n, level in enumerate(shape.levels)]
    for name, pieces in groupby(sorted(parts, key=lambda part: part.name), key=lambda part: part.name):
        bodies = list(pieces)
        items = [model.faces(body.vertices.tolist(), body.triangles.tolist()) for body in bodies]
        storey = storeys[min(bodies[0].storey, len(storeys) - 1)]
        model.element(bodies[0].ifc_class, name, items, storey, kind="Brep")
    model.write(path)
