"""What was concluded of a scenario, against what is true."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from support.observing import Placing, inspected

from twin.arrays import Floats
from twin.conformity.model import Finding, FindingVerdict, Verdict
from twin.frames import move

from .scenario import Scenario, case_of

SHARED = 0.5
"""An accusation that shares less of its box than this with what was changed accuses what was built as approved."""


@dataclass(frozen=True, eq=False)
class Conclusion:
    """One scenario's outcome; `iou`, `base_m`, `top_m` of the best finding, None where there is none."""

    of: Scenario
    kind: str | None
    iou: float | None
    base_m: float | None
    top_m: float | None
    accused: tuple[str, ...]
    verdict: Verdict
    seconds: float

    @property
    def found(self) -> bool:
        """Whether the change was found with its kind."""
        return self.kind is not None and self.kind == self.of.edited.kind

    @property
    def silenced(self) -> bool:
        """Whether all was called consistent though something was changed: the worst that can be said."""
        return self.of.edited.kind is not None and self.verdict is Verdict.CONSISTENT


def conclude(one: Scenario) -> Conclusion:
    """Inspect a scenario from a known pose."""
    case = case_of(one)
    started = time.perf_counter()
    result = inspected(case)
    seconds = time.perf_counter() - started
    judged = [f for f in result.judgement.findings if f.verdict is not FindingVerdict.INFORMATION]
    truth = None if one.edited.box is None else box_in_design(one.edited.box, one.at)
    best = _best(judged, truth, one.edited.kind)
    accused = tuple(
        f"{f.kind}: {f.title}"
        for f in judged
        if f.verdict is FindingVerdict.INCONSISTENT and shared(f.box, truth) < SHARED
    )
    if best is None or truth is None:
        return Conclusion(one, None, None, None, None, accused, result.judgement.verdict, seconds)
    base, top = (float(v) for v in best.box[:, 2] - truth[:, 2])
    overlap = iou(best.box, truth)
    return Conclusion(one, str(best.kind), overlap, base, top, accused, result.judgement.verdict, seconds)


def box_in_design(box: Floats, at: Placing) -> Floats:
    """(2, 3) m, design frame: the upright box about a box of the world's frame."""
    corners = np.array([(x, y, z) for x in box[:, 0] for y in box[:, 1] for z in box[:, 2]])
    moved = move(at.design_from_world, corners)
    return np.array([moved.min(axis=0), moved.max(axis=0)])


def iou(one: Floats, other: Floats) -> float:
    """Intersection over union of two upright boxes."""
    common = _common(one, other)
    return common / (_volume(one) + _volume(other) - common)


def _best(judged: list[Finding], truth: Floats | None, kind: str | None) -> Finding | None:
    touching = [f for f in judged if truth is not None and _common(f.box, truth) > 0.0]
    return max(touching, key=lambda f: (str(f.kind) == kind, iou(f.box, truth)), default=None)


def shared(box: Floats, truth: Floats | None) -> float:
    """Share of a box that lies in another one."""
    return 0.0 if truth is None else _common(box, truth) / max(_volume(box), 1e-9)


def _common(one: Floats, other: Floats) -> float:
    return float(np.prod(np.maximum(np.minimum(one[1], other[1]) - np.maximum(one[0], other[0]), 0.0)))


def _volume(box: Floats) -> float:
    return float(np.prod(box[1] - box[0]))
