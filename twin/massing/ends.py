"""Where the walls of an addition begin and end: measured again with every point of the survey."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.arrays import Floats, Matrix4
from twin.deviation.model import Deviation
from twin.frames import move
from twin.massing.model import Addition, Bound
from twin.survey.model import Cloud

_BLOCK = 2_000_000
_STRIP_M = 0.03  # half the width of the strip about a wall face: plaster, and an outline that is a little off
_CORNER_M = 0.1  # at corners two faces and what stands beside them mix
_PLATEAU_M = (0.1, 0.6)  # distance from an end at which a face is sampled as it is everywhere
_WINDOW = 10.0  # points in half a window: an end is known to about three of their spacings
_LEAST_POINTS = 100
_FOOT_M = 0.15  # ground is as uneven as this along a wall; what ends higher was hidden below
_REACH_M = 0.5


@dataclass(frozen=True, slots=True)
class End:
    """Level at which a face ends, and its standard uncertainty, m."""

    level_m: float
    sigma_m: float


def with_measured_ends(
    additions: list[Addition], cloud: Cloud, deviation: Deviation, design_from_survey: Matrix4, explained_m: float
) -> list[Addition]:
    """The additions with top and base where their walls end, if nothing else bounds them there.

    A wall that was seen down to near the ground ends where it ends, and not where the ground was seen beside it.

    Parameters
    ----------
    additions : list of Addition
    cloud : Cloud
    deviation : Deviation
        Of the same cloud: what it explains shows no addition.
    design_from_survey : (4, 4) float
    explained_m : float
        Points within this of an approved surface are explained by it.
    """
    wanted = [row for row, a in enumerate(additions) if a.ends_at is Bound.WALLS or a.begins_at is Bound.GROUND]
    faces = _faces([additions[row] for row in wanted], cloud, deviation, design_from_survey, explained_m)
    measured = list(additions)
    for row, (on_face, beside) in zip(wanted, faces, strict=True):
        measured[row] = _bounded(additions[row], on_face, beside, 0.5 * deviation.tolerance_m)
    return measured


def _bounded(addition: Addition, on_face: Floats, beside: Floats, usual_m: float) -> Addition:
    top, base, expanded = addition.top_m, addition.base_m, dict(addition.expanded)
    parapet = (0.5 * addition.parapet_m) ** 2  # no end of a wall tells whether it is one
    variance = (0.5 * expanded["height_m"]) ** 2 - parapet
    if addition.ends_at is Bound.WALLS and (end := upper_end(on_face, beside)) is not None:
        top, variance = end.level_m, end.sigma_m**2 + 0.5 * variance
    if addition.begins_at is Bound.GROUND and (foot := upper_end(-on_face, -beside)) is not None:
        level = -foot.level_m
        if abs(level - base) <= _FOOT_M:
            base, variance = level, variance + foot.sigma_m**2
        else:
            variance += usual_m**2
    if top <= base:
        return addition
    height = top - base
    expanded["height_m"] = 2.0 * float(np.sqrt(variance + parapet))
    expanded["volume_m3"] = float(np.hypot(expanded["area_m2"] * height, expanded["height_m"] * addition.area_m2))
    return replace(addition, base_m=base, top_m=top, volume_m3=addition.area_m2 * height, expanded=expanded)


def upper_end(on_face: Floats, beside: Floats) -> End | None:
    """The level at which points on a face cease.

    A face is sampled evenly up to its end, and not above. In a window that is centred on the end lie half as many
    points as in one below it; the highest such level is the end, whatever single points stray over it.

    Parameters
    ----------
    on_face : (n,) m
        Levels of points within a strip about the face.
    beside : (m,) m
        Levels of points in a strip as wide beside it: what lies there, ground or eaves, lies on the face's strip too.

    Returns
    -------
    End or None
        None where too few points lie on the face.
    """
    if len(on_face) < _LEAST_POINTS:
        return None
    heights, others = np.sort(on_face), np.sort(beside)
    about = float(np.percentile(heights, 98.0))
    near, far = about - _PLATEAU_M[0], about - _PLATEAU_M[1]
    density = (_between(heights, far, near) - _between(others, far, near)) / (near - far)
    if density * (_PLATEAU_M[1] - _PLATEAU_M[0]) < _WINDOW:
        return None
    half = _WINDOW / density
    inside = _between(heights, heights - half, heights + half) - _between(others, heights - half, heights + half)
    full = np.flatnonzero(inside >= _WINDOW)
    return End(float(heights[full[-1]]), float(np.sqrt(_WINDOW) / density)) if len(full) else None


def _between(ordered: Floats, low: Floats | float, high: Floats | float) -> Floats:
    count = np.searchsorted(ordered, high, side="right") - np.searchsorted(ordered, low, side="left")
    return np.asarray(count, dtype=np.float64)


def _faces(
    additions: list[Addition], cloud: Cloud, deviation: Deviation, pose: Matrix4, explained_m: float
) -> list[tuple[Floats, Floats]]:
    """Of each addition, levels of the unexplained points on the strips about its edges, and on those just outside."""
    if not additions:
        return []
    found: list[list[tuple[Floats, Floats]]] = [[] for _ in additions]
    for start in range(0, len(cloud.points), _BLOCK):
        distance = deviation.distance[start : start + _BLOCK]
        free = ~(np.abs(distance) <= explained_m)
        points = move(pose, np.asarray(cloud.points[start : start + _BLOCK])[free])
        for number, addition in enumerate(additions):
            found[number].append(_on_strips(addition, points))
    return [(np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])) for parts in found]


def _on_strips(addition: Addition, points: Floats) -> tuple[Floats, Floats]:
    low, high = addition.outline.min(axis=0) - _REACH_M, addition.outline.max(axis=0) + _REACH_M
    inside = ((points[:, :2] > low) & (points[:, :2] < high)).all(axis=1)
    inside &= (points[:, 2] > addition.base_m - _REACH_M) & (points[:, 2] < addition.top_m + _REACH_M)
    near = points[inside]
    on_face, beside = np.zeros(len(near), dtype=bool), np.zeros(len(near), dtype=bool)
    for start, end in zip(addition.outline, np.roll(addition.outline, -1, axis=0), strict=True):
        along, off = _run_and_offset(near, start, end)
        length = float(np.linalg.norm(end - start))
        mine = (along > _CORNER_M) & (along < length - _CORNER_M)
        on_face |= mine & (np.abs(off) <= _STRIP_M)
        beside |= mine & (off > _STRIP_M) & (off <= 3.0 * _STRIP_M)
    return near[on_face, 2], near[beside & ~on_face, 2]


def _run_and_offset(points: Floats, start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """(n,) m: how far along an edge each point lies, and how far outside it."""
    along = (end - start) / max(float(np.linalg.norm(end - start)), 1e-9)
    way = points[:, :2] - start
    return way @ along, way @ np.array([along[1], -along[0]])
