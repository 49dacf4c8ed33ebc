"""Survey marks on the ground against a survey that lies on the map: an independent check of its heights."""

from __future__ import annotations

import numpy as np

from twin.arrays import Floats, Matrix4
from twin.frames import inverse, move
from twin.phrases import phrase
from twin.registration.anchors.control import ControlPoints
from twin.survey.model import Cloud

_BESIDE_M, _OVER_M = 0.2, 0.5
"""Points so near a mark, in plan and in height, show the ground on which it lies."""
_LEAST_POINTS = 5
_BLOCK = 1 << 20


def mark_notes(points: ControlPoints, cloud: Cloud, design_from_survey: Matrix4, map_from_design: Matrix4) -> list[str]:
    """What the marks say of a survey's heights: one readable line.

    Parameters
    ----------
    points : ControlPoints
        On the map; where the cloud shows them nobody said, so that their place in plan checks nothing.
    cloud : Cloud
    design_from_survey, map_from_design : (4, 4) float
    """
    places = move(inverse(map_from_design @ design_from_survey), points.on_map)
    offsets = _offsets(places, cloud)
    found = np.flatnonzero(np.isfinite(offsets))
    if not len(found):
        return [phrase("the survey shows no ground at any mark: its heights were not checked")]
    millimetres = 1000.0 * offsets[found]
    worst = int(np.abs(millimetres).argmax())
    return [
        phrase(
            "heights at {found} of {marks} marks, ground less mark: mean {mean:+.1f} mm, worst {worst} {size:+.1f} mm;"
            " without x, y, z they check nothing in plan",
            found=len(found),
            marks=len(points.names),
            mean=millimetres.mean(),
            worst=points.names[found[worst]],
            size=millimetres[worst],
        )
    ]


def _offsets(places: Floats, cloud: Cloud) -> Floats:
    """(n,) m: median height of the points about each mark over it; NaN where too few lie there."""
    heights: list[list[Floats]] = [[] for _ in places]
    for start in range(0, len(cloud.points), _BLOCK):
        block = np.asarray(cloud.points[start : start + _BLOCK])
        for row, place in enumerate(places):
            near = (np.abs(block - place) <= (_BESIDE_M, _BESIDE_M, _OVER_M)).all(axis=1)
            heights[row].append(block[near, 2] - place[2])
    joined = [np.concatenate(parts) if parts else np.zeros(0) for parts in heights]
    return np.array([float(np.median(one)) if len(one) >= _LEAST_POINTS else np.nan for one in joined])
