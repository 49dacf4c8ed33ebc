"""One trial: a model, a change, a survey of what was built; inspected from any pose, against what is true."""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import platformdirs
from support.shape_surveys import Look, anywhere, cloud_of

from tests.bench.scenarios.conclusion import SHARED, iou, shared
from twin.arrays import Floats
from twin.conformity import Judgement, judge
from twin.conformity.milestone import Milestone
from twin.conformity.model import Finding, FindingVerdict, Verdict
from twin.conformity.settings import ConformitySettings
from twin.design import read_design
from twin.design.model import Design
from twin.deviation import DeviationSettings, measure
from twin.errors import RegistrationError
from twin.frames import inverse, move, translation, yaw
from twin.massing import MassingSettings, survey_massing
from twin.registration import register
from twin.registration.model import Status
from twin.survey import with_stations
from twin.survey.model import Cloud

from .edits import EDITS, LOWERED_M, RAISED_M, Edited
from .sight import Scene, stations, stepped, surveyed

LOOKS = {
    "inside": Look("inside", told=True),
    "inside, no stations": Look("inside"),
    "set-ups inside, no stations": Look("inside", stepped=True),
    "set-ups around, no stations": Look("around", stepped=True),
    "around, no stations": Look("around"),
    "drone, no stations": Look("drone", 0.012),
}
_INSIDE = ("inside", "inside, no stations", "set-ups inside, no stations")
SHOWN_BY = {
    "extra storey": tuple(LOOKS),
    "storey raised": tuple(LOOKS),
    "storey lowered": tuple(LOOKS),
    "room on the roof": ("drone, no stations",),
    "lean-to": tuple(LOOKS),
    "wall left out": _INSIDE,
    "wall moved": _INSIDE,
    "window closed": _INSIDE,
}
"""Surveys that show a change where they see its place."""
_COARSE = translation(np.array([0.3, -0.4, 0.15])) @ yaw(np.radians(2.0))
"""How far the pose is off that a person gives where the survey fits in several places."""
_FAR_M = 0.05
_STAGE = {"under way": None}
"""What the works are said to be; complete where nothing stands here."""
_MEASURED = ("extra storey", "room on the roof", "lean-to")
"""Changes that fill their box, so that its area, height and volume are the true ones."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: the model's file, what was changed, how it was surveyed."""

    model: str
    edit: str
    look: str

    def __str__(self) -> str:
        return f"{Path(self.model).stem}, {self.edit}, {self.look}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was concluded.

    Attributes
    ----------
    status : str
        Of the pose, or that it was wrong.
    found : bool or None
        The right kind in the right place, at least borderline; None where nothing was changed or shown.
    iou, volume, base_m, top_m : float or None
        Of the best finding's box against the true one: intersection over union, share too large, levels too high.
    held : tuple of (name, bool)
        Whether the true area, height and volume lie within what is stated of them.
    accused : tuple of str
    silenced : bool
        Something was changed and all was called consistent.
    seconds : float
    """

    of: Trial
    status: str
    found: bool | None = None
    iou: float | None = None
    volume: float | None = None
    base_m: float | None = None
    top_m: float | None = None
    held: tuple[tuple[str, bool], ...] = ()
    accused: tuple[str, ...] = ()
    silenced: bool = False
    seconds: float = 0.0


@lru_cache(maxsize=1)
def _design(path: str) -> Design:
    return read_design((Path(path),), platformdirs.user_cache_path("plumbline") / "designs")


def tried(trial: Trial) -> Outcome | None:
    """Inspects one trial; None where the model does not bear the change."""
    design = _design(trial.model)
    seed = zlib.crc32(str(trial).encode())
    edited = EDITS[trial.edit](design, np.random.default_rng(seed))
    if edited is None:
        return None
    cloud, survey_from_design = _observed(edited, replace(LOOKS[trial.look], seed=seed), seed)
    started = time.perf_counter()
    try:
        registration = register(design, cloud)
    except RegistrationError as error:
        return Outcome(trial, f"refused: {error}", seconds=time.perf_counter() - started)
    status = str(registration.status)
    if registration.status is Status.AMBIGUOUS:
        registration = register(design, cloud, given=_COARSE @ inverse(survey_from_design))
        status = f"ambiguous, then {registration.status}"
    off = move(registration.design_from_survey @ survey_from_design, edited.world.box) - edited.world.box
    if float(np.abs(off[:, :2]).max()) > _FAR_M or not _is_level(edited, off[:, 2]):
        return Outcome(trial, f"{status}, WRONG", seconds=time.perf_counter() - started)
    if registration.status is not Status.ACCEPTED:
        return Outcome(trial, status, seconds=time.perf_counter() - started)
    deviation = measure(design, cloud, registration, DeviationSettings())
    massing = survey_massing(design, cloud, registration, deviation, MassingSettings())
    judgement = judge(
        design,
        None,
        registration,
        deviation,
        massing,
        ConformitySettings(),
        _STAGE.get(trial.edit, Milestone.COMPLETION),
    )
    return replace(_concluded(trial, edited, judgement, time.perf_counter() - started), status=status)


def _is_level(edited: Edited, off_m: Floats) -> bool:
    """Whether heights are right; of a storey of another height nothing but a benchmark tells which end of it moved."""
    rise = {"storey_height": (0.0, RAISED_M, LOWERED_M)}.get(edited.kind or "", (0.0,))
    return min(float(np.abs(off_m + one).max()) for one in rise) < _FAR_M


def _observed(edited: Edited, look: Look, seed: int) -> tuple[Cloud, Floats]:
    """The survey in a frame of its own, and the pose of that."""
    bodies = (*edited.world.bodies, *edited.world.ground())
    scene = Scene(bodies)
    places = stations(edited.world, scene, look)
    points, scan = stepped(scene, places, look) if look.stepped else surveyed(bodies, scene, places, look)
    survey_from_design = anywhere(np.random.default_rng(seed), 0.0)
    cloud = cloud_of(points, scan, places, survey_from_design, look.told)
    return with_stations(cloud) if look.stepped else cloud, survey_from_design


def _concluded(trial: Trial, edited: Edited, judgement: Judgement, seconds: float) -> Outcome:
    judged = [f for f in judgement.findings if f.verdict is not FindingVerdict.INFORMATION]
    accused = tuple(
        f"{f.kind}: {f.title}"
        for f in judged
        if f.verdict is FindingVerdict.INCONSISTENT and all(shared(f.box, box) < SHARED for box in edited.boxes)
    )
    silenced = edited.kind is not None and judgement.verdict is Verdict.CONSISTENT
    outcome = Outcome(trial, "", accused=accused, silenced=silenced, seconds=seconds)
    if edited.kind is None or trial.look not in SHOWN_BY[trial.edit]:
        return outcome
    truth = edited.boxes[0]
    alike = [f for f in judged if str(f.kind) == edited.kind and iou(f.box, truth) > 0.0]
    best = max(alike, key=lambda f: iou(f.box, truth), default=None)
    if best is None:
        return replace(outcome, found=False)
    volumes = [float(np.prod(box[1] - box[0])) for box in (best.box, truth)]
    base, top = (float(v) for v in best.box[:, 2] - truth[:, 2])
    held = _held(best, truth) if trial.edit in _MEASURED else ()
    sizes = {"iou": iou(best.box, truth), "volume": volumes[0] / volumes[1] - 1.0, "base_m": base, "top_m": top}
    return replace(outcome, found=True, held=held, **sizes)


def _held(finding: Finding, truth: Floats) -> tuple[tuple[str, bool], ...]:
    """Whether the true sizes lie within what is stated, of those of which something is stated."""
    x, y, z = (float(v) for v in truth[1] - truth[0])
    true = {"area_m2": x * y, "height_m": z, "volume_m3": x * y * z}
    stated = {"area_m2": finding.area_m2, "height_m": finding.height_m, "volume_m3": finding.volume_m3}
    held = []
    for name, value in stated.items():
        unsure = finding.uncertainty.get(name)
        if value is not None and unsure is not None:
            held.append((name, bool(abs(value - true[name]) <= unsure)))
    return tuple(held)
