"""What was really built, and how far a result is from it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Corner = tuple[float, float, float]
EXTRA_STOREY = "extra_storey"
STOREY_HEIGHT = "storey_height"
UNBUILT = "unbuilt_above"
ACCUSING = "inconsistent"
SHARED = 0.5
"""A finding that shares less of its box than this with every edit accuses what was built as approved."""
_LEVEL_M = 0.05
"""Levels nearer to each other than this are one: a storey put in begins at the level that it lifts."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright box: lowest and highest corner in m, design frame."""

    lo: Corner
    hi: Corner

    @property
    def volume(self) -> float:
        """m3, 0 where the box is turned inside out."""
        return float(np.prod(np.maximum(np.subtract(self.hi, self.lo), 0.0)))

    def shared(self, other: Box) -> float:
        """m3 that both boxes hold."""
        lo, hi = np.maximum(self.lo, other.lo), np.minimum(self.hi, other.hi)
        return float(np.prod(np.maximum(hi - lo, 0.0)))


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing that was built otherwise; `approximate` where its box was concluded, not given."""

    kind: str
    box: Box
    volume_m3: float | None
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Truth:
    """What was built otherwise, and the pose; each where it is known.

    `lifted_above` is of a building that stands higher from a level on: level, lift and as-built top in m.
    """

    edits: tuple[Edit, ...]
    design_from_survey: np.ndarray | None
    lifted_above: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class Match:
    """One edit against the finding that fits it best; errors are measured minus true, in m."""

    edit: Edit
    kind: str | None
    verdict: str | None
    iou: float
    volume_error: float | None
    base_error_m: float | None
    top_error_m: float | None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How far one result is from the truth."""

    verdict: str
    matches: tuple[Match, ...]
    false_accusations: tuple[str, ...]
    storey_errors_m: tuple[tuple[str, float], ...]
    pose_error_mm: float | None
    pose_error_deg: float | None


def read_truth(path: Path) -> Truth:
    """A truth file of a simulated site or of the sample site."""
    content = json.loads(path.read_text(encoding="utf-8"))
    forward = content["design_to_survey"] if "design_to_survey" in content else content["survey_from_design"]
    edits, lifted = [], None
    for edit in content["edits"]:
        if edit["kind"] == STOREY_HEIGHT:
            lifted = (float(edit["z"]), float(edit["dz"]), float(content["height_top"]))
        elif edit["kind"] != UNBUILT:
            edits.append(Edit(edit["kind"], Box(tuple(edit["lo"]), tuple(edit["hi"])), edit["volume_m3"]))
    return Truth(tuple(edits), np.linalg.inv(np.array(forward)), lifted)


def edits_of(truth: Truth, upper: Box) -> tuple[Edit, ...]:
    """All edits with a box: what was lifted reaches from the level of the cut to the as-built top."""
    if truth.lifted_above is None:
        return truth.edits
    level, _, top = truth.lifted_above
    box = Box((*upper.lo[:2], level), (*upper.hi[:2], top))
    return (*truth.edits, Edit(STOREY_HEIGHT, box, None))


def iou(one: Box, other: Box) -> float:
    """Intersection over union of two upright boxes, 0 to 1."""
    shared = one.shared(other)
    union = one.volume + other.volume - shared
    return shared / union if union > 0.0 else 0.0


def compare(inspection: dict[str, Any], truth: Truth, building: Box, upper: Box) -> Accuracy:
    """How far a result is from the truth.

    Parameters
    ----------
    inspection : dict
        Content of ``inspection.json``.
    building : Box
        Extent of the approved building.
    upper : Box
        Extent of its part above the level from which all was lifted; unused where nothing was.
    """
    edits = edits_of(truth, upper)
    judged = [finding for finding in inspection["findings"] if finding["verdict"] != "information"]
    millimetres, degrees = _pose_error(inspection["registration"]["design_from_survey"], truth, building)
    return Accuracy(
        inspection["verdict"],
        tuple(_match(edit, judged) for edit in edits),
        tuple(_accusations(judged, edits)),
        tuple(_storey_errors(inspection["storeys"], truth)),
        millimetres,
        degrees,
    )


def box_of(finding: dict[str, Any]) -> Box:
    """The box of a finding."""
    return Box(tuple(finding["box"]["min"]), tuple(finding["box"]["max"]))


def _match(edit: Edit, judged: list[dict[str, Any]]) -> Match:
    """The finding of the same kind with the best box, else the best box of any kind."""
    touching = [finding for finding in judged if edit.box.shared(box_of(finding)) > 0.0]
    if not touching:
        return Match(edit, None, None, 0.0, None, None, None)
    best = max(touching, key=lambda finding: (finding["kind"] == edit.kind, iou(edit.box, box_of(finding))))
    box = box_of(best)
    true, found = edit.volume_m3, best["volume_m3"]
    volume = None if not true or found is None else found / true - 1.0
    base = box.lo[2] - edit.box.lo[2]
    return Match(edit, best["kind"], best["verdict"], iou(edit.box, box), volume, base, box.hi[2] - edit.box.hi[2])


def _accusations(judged: list[dict[str, Any]], edits: tuple[Edit, ...]) -> Iterable[str]:
    for finding in judged:
        box = box_of(finding)
        share = max((box.shared(edit.box) for edit in edits), default=0.0) / max(box.volume, 1e-9)
        if finding["verdict"] == ACCUSING and share < SHARED:
            yield f"{finding['title']} ({finding['id']})"


def _storey_errors(storeys: list[dict[str, Any]], truth: Truth) -> Iterable[tuple[str, float]]:
    """Measured minus true level of each approved storey that was measured."""
    for storey in storeys:
        design, measured = storey["design_elevation_m"], storey["measured_elevation_m"]
        if design is not None and measured is not None:
            yield storey["name"], measured - design - _lift(design, truth)


def _lift(level: float, truth: Truth) -> float:
    """How much higher than approved a level was built: a storey put in lifts all from its base on."""
    put_in = [edit.box for edit in truth.edits if edit.kind == EXTRA_STOREY]
    lift = sum(box.hi[2] - box.lo[2] for box in put_in if level > box.lo[2] - _LEVEL_M)
    if truth.lifted_above is not None and level > truth.lifted_above[0]:
        lift += truth.lifted_above[1]
    return lift


def _pose_error(found: list[list[float]], truth: Truth, building: Box) -> tuple[float | None, float | None]:
    """Of the building's centre in mm, and of the attitude in degrees."""
    if truth.design_from_survey is None:
        return None, None
    return pose_difference(np.array(found), truth.design_from_survey, building)


def pose_difference(one: np.ndarray, other: np.ndarray, building: Box) -> tuple[float, float]:
    """How far two poses put the building's centre apart in mm, and the angle between them in degrees."""
    error = one @ np.linalg.inv(other)
    centre = np.add(building.lo, building.hi) / 2.0
    moved = error[:3, :3] @ centre + error[:3, 3]
    rotation = error[:3, :3] / np.cbrt(np.linalg.det(error[:3, :3]))
    skew = rotation - rotation.T
    sine = np.linalg.norm([skew[2, 1], skew[0, 2], skew[1, 0]]) / 2.0
    angle = np.degrees(np.arctan2(sine, (np.trace(rotation) - 1.0) / 2.0))
    return float(1000.0 * np.linalg.norm(moved - centre)), float(angle)
