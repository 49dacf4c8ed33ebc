"""Finds the neighbourhood of the pose: correlation of planar points with the design over yaw, shift and scale.

The design becomes three fields, one for each axis that a surface may face; a field holds at each cell how well a
point there would lie on such a surface. A pose's score is the sum over the points; shifting by whole cells costs one
look-up a point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from twin.arrays import Floats, Floats32, Longs, Matrix4
from twin.design.model import Surface
from twin.frames import scaling, translation, yaw
from twin.registration.features import Features
from twin.registration.target import Target

_CELLS = 1_500_000
"""Cells of a field: a house at 0.15 m, a tower at 0.4 m."""
_CELL_M = 0.15
_WIDER = 1.5
"""With free scale a survey is placed by one of its ends, and is off by as much again at the other."""
_KERNEL = 2
"""Cells at which a point scores a quarter; beyond twice as many it scores nothing."""
_FACING = 0.6
"""A surface enters the field of each axis along which its unit normal has this component; oblique ones enter two."""


@dataclass(frozen=True, eq=False)
class Fields:
    """Score of a point by place and by the axis along which its normal points mostly.

    Attributes
    ----------
    score : (3, x, y, z) float32, 0..1
    low : (3,) m, design frame
        Corner of the first cell.
    cell_m : float
    margin : int
        Cells about the building by which points may be shifted.
    """

    score: Floats32
    low: Floats
    cell_m: float
    margin: int


def surface_samples(surface: Surface, step_m: float) -> tuple[Floats, Longs]:
    """Points spread evenly over the triangles, about one for each `step_m` squared, and the triangle of each.

    Returns
    -------
    points : (m, 3) m, design frame
    triangle : (m,) int64
    """
    count = np.ceil(surface.areas() / step_m**2).astype(np.int64)
    triangle = np.repeat(np.arange(len(count)), count)
    points = np.empty((len(triangle), 3))
    _spread(surface.corners(), triangle, points)
    return points, triangle


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _spread(corners: Floats, triangle: Longs, points: Floats) -> None:  # pragma: no cover - compiled
    """Writes a point on each of the triangles, evenly where one is named several times in a row.

    Notes
    -----
    The R2 sequence of Roberts (2018): the powers of the inverse plastic number, whose multiples leave no gap.
    """
    for n in range(len(triangle)):
        u, v = (0.5 + n * 0.7548776662466927) % 1.0, (0.5 + n * 0.5698402909980532) % 1.0
        if u + v > 1.0:
            u, v = 1.0 - u, 1.0 - v
        t = triangle[n]
        for axis in range(3):
            a = corners[t, 0, axis]
            points[n, axis] = a + u * (corners[t, 1, axis] - a) + v * (corners[t, 2, axis] - a)


def fields(target: Target, basin_m: float) -> Fields:
    """The three fields of a target, wide enough for shifts of `basin_m`."""
    extent = np.ptp(target.box, axis=0) + 4.0 * basin_m
    cell = max(_CELL_M, float(np.cbrt(extent.prod() / _CELLS)))
    margin = int(np.ceil(basin_m / cell)) + 4
    low = target.box[0] - (margin + 4) * cell
    shape = np.ceil(np.ptp(target.box, axis=0) / cell).astype(int) + 2 * (margin + 4)
    points, triangle = surface_samples(target.surface, 0.5 * cell)
    index = np.floor((points - low) / cell).astype(np.int64)
    score = np.zeros((3, *shape), dtype=np.float32)
    for axis in range(3):
        facing = np.abs(target.normals[triangle, axis]) > _FACING
        square = _squares(index[facing], shape)
        score[axis] = np.where(square < (2 * _KERNEL) ** 2, (_KERNEL**2 / (_KERNEL**2 + square)) ** 2, 0.0)
    return Fields(score, low, cell, margin)


def _squares(index: Longs, shape: Longs) -> Floats32:
    """Squared distance in cells from each cell to the nearest of some, where it is below that at which scores end.

    Notes
    -----
    Exact, axis by axis, after Saito and Toriwaki (Pattern Recognition 27, 1994), with a window as wide as is asked.
    """
    far = np.float32((2 * _KERNEL) ** 2)
    square: Floats32 = np.full(shape, far, dtype=np.float32)
    square[tuple(index.T)] = 0.0
    for axis in range(3):
        before = np.moveaxis(square.copy(), axis, 0)
        after = np.moveaxis(square, axis, 0)
        for way in range(1, 2 * _KERNEL):
            np.minimum(after[way:], before[:-way] + np.float32(way**2), out=after[way:])
            np.minimum(after[:-way], before[way:] + np.float32(way**2), out=after[:-way])
    return square


@dataclass(frozen=True, eq=False)
class Candidate:
    """A pose and its score."""

    pose: Matrix4
    score: float


def search(
    target: Target,
    features: Features,
    start: Matrix4,
    basin_m: float,
    basin_deg: float,
    growths: tuple[float, ...] = (1.0,),
    most: int = 12,
) -> list[Candidate]:
    """The best distinct poses about `start`, best first.

    Parameters
    ----------
    basin_m, basin_deg : float
        Largest shift along each axis and largest turn about the vertical.
    growths : tuple of float
        Scale factors to try, about the design's pivot.
    """
    wide_m = basin_m * (_WIDER if len(growths) > 1 else 1.0)
    ground = fields(target, wide_m)
    stride = max(1, round(0.35 / ground.cell_m))
    step_deg = float(np.clip(np.degrees(0.5 / max(target.radius, 1.0)), 0.5, 1.25))
    turns = np.linspace(-basin_deg, basin_deg, 2 * int(np.ceil(basin_deg / step_deg)) + 1)
    steps, rises = (_steps(reach, ground.cell_m, stride) for reach in (wide_m, basin_m))
    found: list[Candidate] = []
    for growth in growths:
        for turn in turns:
            about = _about(target.pivot, yaw(float(np.radians(turn))) @ scaling(growth))
            found += _best_shifts(ground, features, about @ start, steps, rises, most)
    return distinct(found, 0.6 * stride * ground.cell_m + 0.05, target, most)


def _about(centre: Floats, change: Matrix4) -> Matrix4:
    moved: Matrix4 = translation(centre) @ change @ translation(-centre)
    return moved


def _steps(reach_m: float, cell_m: float, stride: int) -> Longs:
    """Shifts in cells from minus to plus the reach."""
    count = round(reach_m / cell_m / stride)
    return np.arange(-count, count + 1, dtype=np.int64) * stride


def _best_shifts(
    ground: Fields, features: Features, pose: Matrix4, steps: Longs, rises: Longs, most: int
) -> list[Candidate]:
    """Scores of one yaw over the whole grid of shifts; the best local ones."""
    points, normals = features.placed(pose)
    base = np.floor((points - ground.low) / ground.cell_m).astype(np.int64)
    axis = np.abs(normals).argmax(axis=1)
    shape = np.array(ground.score.shape[1:])
    room = ground.margin
    kept = np.all((base >= room) & (base < shape - room), axis=1)
    base, axis = base[kept], axis[kept]
    strides = np.array([shape[1] * shape[2], shape[2], 1])
    flat = axis * int(shape.prod()) + base @ strides
    table = ground.score.reshape(-1)
    wall, level = flat[axis < 2], flat[axis == 2]
    grid = np.zeros((len(steps), len(steps), len(rises)))
    for i, dx in enumerate(steps):
        for j, dy in enumerate(steps):
            for k, dz in enumerate(rises):
                offset = int(dx * strides[0] + dy * strides[1] + dz)
                upright = float(table[wall + offset].sum(dtype=np.float64))
                grid[i, j, k] = upright + features.level_share * float(table[level + offset].sum(dtype=np.float64))
    best = np.argsort(-grid, axis=None, kind="stable")[:most]
    places = np.column_stack(np.unravel_index(best, grid.shape))
    shifts = np.column_stack([steps[places[:, 0]], steps[places[:, 1]], rises[places[:, 2]]]) * ground.cell_m
    return [Candidate(translation(s) @ pose, float(grid[tuple(p)])) for s, p in zip(shifts, places, strict=True)]


def distinct(found: list[Candidate], apart_m: float, target: Target, most: int) -> list[Candidate]:
    """The best of each group of poses that part the design's plan by less than `apart_m`; height is decided later."""
    low, high = target.box
    box = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
    kept: list[Candidate] = []
    for one in sorted(found, key=lambda c: -c.score):
        if all(_parted(one.pose, other.pose, box) > apart_m for other in kept):
            kept.append(one)
        if len(kept) == most:
            break
    return kept


def _parted(first: Matrix4, second: Matrix4, box_design: Floats) -> float:
    """Root mean square distance in plan, m, by which two poses place the corners of the design's box apart."""
    relative = second @ np.linalg.inv(first)
    gap = box_design @ (relative[:3, :3] - np.eye(3)).T + relative[:3, 3]
    return float(np.sqrt((gap[:, :2] ** 2).sum(axis=1).mean()))
