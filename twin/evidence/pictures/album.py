"""The whole set of pictures of a case: renders and drawings side by side in time, saved one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from twin.conformity.model import Change
from twin.errors import EvidenceError
from twin.evidence.pictures.darkroom import Darkroom
from twin.evidence.pictures.facades import facade_page, facades_of
from twin.evidence.pictures.page import Page, developed, save
from twin.evidence.pictures.perspectives import Prospect, meshes, prospects, shots
from twin.evidence.pictures.plans import plan_names, plan_page, storey_page, storeys_concerned
from twin.evidence.pictures.sections import section_page, whole_section_page
from twin.evidence.pictures.subject import Subject, subject_of
from twin.evidence.pictures.views import perspective_page
from twin.evidence.pictures.words import words
from twin.evidence.scene import Scene

Order = tuple[str, str, Callable[[], Page]]
"""Finding id (or nothing), file name without its ending, and what draws the sheet."""


def write_all(
    scene: Scene, folder: Path, language: str, on_progress: Callable[[int, int], None] | None
) -> dict[str, list[str]]:
    """See `twin.evidence.pictures.write_pictures`."""
    names: dict[str, list[str]] = {"": [], **{finding.id: [] for finding in scene.findings}}
    scene = _without_objects(scene)
    subject = subject_of(scene, words(language))
    target = folder / "pictures"
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EvidenceError(f"{target}: the folder of pictures cannot be made ({error})") from error
    views = prospects(subject)
    with Darkroom(meshes(subject, views), shots(subject, views)) as darkroom, ThreadPoolExecutor(1) as clerk:
        orders: list[Order] = [*_drawings(subject)]
        for view in views:
            finding = "" if view.finding is None else scene.findings[view.finding].id
            orders.append((finding, view.name, partial(_developed, subject, view, darkroom)))
        filed = []
        for done, (finding, name, draw) in enumerate(orders, start=1):
            filed.append(clerk.submit(save, developed(draw()), target / f"{name}.png"))  # packed beside the next one
            names[finding].append(f"pictures/{name}.png")
            if on_progress is not None:
                on_progress(done, len(orders))
        for file in filed:
            file.result()
    return {finding: sorted(files, key=_rank) for finding, files in names.items()}


def _without_objects(scene: Scene) -> Scene:
    """The scene with vehicles, trees and the like as points only: drawn as bodies they would hide what matters."""
    keep = [number for number, finding in enumerate(scene.findings) if finding.change is not Change.OBJECT]
    number = np.full(len(scene.findings) + 1, -1, dtype=np.int32)
    number[keep] = np.arange(len(keep), dtype=np.int32)
    findings = tuple(scene.findings[place] for place in keep)
    return replace(scene, findings=findings, point_finding=number[scene.point_finding])


def _developed(subject: Subject, view: Prospect, darkroom: Darkroom) -> Page:
    return perspective_page(subject, view, darkroom.picture(view.name))


def _drawings(subject: Subject) -> Iterator[Order]:
    for number, finding in enumerate(subject.scene.findings):
        yield finding.id, f"{finding.id}-section", partial(section_page, subject, number)
        yield finding.id, f"{finding.id}-plan", partial(plan_page, subject, number)
    yield "", "section", partial(whole_section_page, subject)
    floors = storeys_concerned(subject)
    for (storey, level), name in zip(floors, plan_names(floors), strict=True):
        yield "", name, partial(storey_page, subject, storey, level)
    for facade in facades_of(subject):
        yield "", facade.name, partial(facade_page, subject, facade)


def _rank(name: str) -> tuple[int, str]:
    """Overviews and close views first: they say most."""
    first = ("overview.", "overview", "-close", "section", "plan", "deviation")
    return next((place for place, part in enumerate(first) if part in name), len(first)), name
