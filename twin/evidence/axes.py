"""Where findings lie by the axes of the grid, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from twin.arrays import Floats
from twin.conformity.model import Finding
from twin.design.bays import Bay, bays_of
from twin.design.model import GridAxis

_MOST_TAG = 24
"""Characters of a tag that are said: bubbles hold two or three."""

_PHRASES = {
    "en": {
        "outside": "up to {by} m beyond {axis}",
        "over": "{range}, {by} m beyond {axis}",
        "both": "{range}, {before} m beyond {start} and {after} m beyond {end}",
    },
    "zh": {
        "outside": "{axis} 轴外 {by} m 以内",
        "over": "{range}，超出 {axis} 轴 {by} m",
        "both": "{range}，超出 {start} 轴 {before} m、{end} 轴 {after} m",
    },
}


def bays_of_finding(axes: Sequence[GridAxis], finding: Finding) -> tuple[Bay, ...]:
    """Where a finding lies by the axes of the design; none where the design has no grid."""
    return bays_of(axes, _corners(finding)) if axes else ()


def _corners(finding: Finding) -> Floats:
    """(n, 2) m, design frame: what encloses the finding in plan, as closely as is known."""
    if finding.body is not None and len(finding.body.vertices):
        return finding.body.vertices[:, :2]
    if len(finding.outline):
        return np.asarray(finding.outline, dtype=np.float64)
    (x0, y0, _), (x1, y1, _) = finding.box
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])


def axes_text(bays: Sequence[Bay], language: str) -> str:
    """``B–C / 2–4``, and how far beyond the last axis it reaches; empty where nothing is known."""
    return " / ".join(_said(bay, _PHRASES[language]) for bay in bays)


def _said(bay: Bay, say: dict[str, str]) -> str:
    start, end = _short(bay.start), _short(bay.end)
    if bay.start == bay.end:
        by = max(bay.before_m, bay.after_m)
        return say["outside"].format(axis=start, by=f"{by:.1f}") if by > 0.0 else start
    named = f"{start}–{end}"
    if bay.before_m > 0.0 and bay.after_m > 0.0:
        before, after = f"{bay.before_m:.1f}", f"{bay.after_m:.1f}"
        return say["both"].format(range=named, start=start, end=end, before=before, after=after)
    if bay.before_m > 0.0:
        return say["over"].format(range=named, axis=start, by=f"{bay.before_m:.1f}")
    if bay.after_m > 0.0:
        return say["over"].format(range=named, axis=end, by=f"{bay.after_m:.1f}")
    return named


def _short(tag: str) -> str:
    return tag if len(tag) <= _MOST_TAG else tag[: _MOST_TAG - 1] + "…"
