"""Finds the neighbourhood of the pose: correlation of planar points with the design over yaw, shift and scale.

The design becomes three fields, one for each axis that a surface may face; a field holds at each cell how well a
point there would lie on such a surface. A pose's score is the sum over the points; shifting by whole cells costs one
look-up a point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
    rank = np.arange(len(triangle), dtype=np.float64)
    u, v = np.modf(0.5 + rank * 0.7548776662466927)[0], np.modf(0.5 + rank * 0.5698402909980532)[0]
    flip = u + v > 1.0
    u, v = np.where(flip, 1.0 - u, u), np.where(flip, 1.0 - v, v)
    a, b, c = (surface.vertices[surface.triangles[triangle, k]] for k in range(3))
    points: Floats = a + u[:, None] * (b - a) + v[:, None] * (c - a)
    return points, triangle


def fields(target: Target, basin_m: float) -> Fields:
    """The three fields of a target, wide enough for shifts of `basin_m`."""
    from scipy.ndimage import distance_transform_edt

    extent = np.ptp(target.box, axis=0) + 4.0 * basin_m
    cell = max(_CELL_M, float(np.cbrt(extent.prod() / _CELLS)))
    margin = int(np.ceil(basin_m / cell)) + 4
    low = target.box[0] - (margin + 4) * cell
    shape = np.ceil(np.ptp(target.box, axis=0) / cell).astype(int) + 2 * (margin + 4)
    points, triangle = surface_samples(target.surface, 0.5 * cell)
    index = np.floor((points - low) / cell).astype(np.int64)
    score = np.zeros((3, *shape), dtype=np.float32)
    kernel = 2.0 * cell
    for axis in range(3):
        facing = np.abs(target.normals[triangle, axis]) > _FACING
        if not facing.any():
            continue
        empty = np.ones(shape, dtype=np.bool_)
        empty[tuple(index[facing].T)] = False
        distance = distance_transform_edt(empty) * cell
        score[axis] = np.where(distance < 2.0 * kernel, (kernel**2 / (kernel**2 + distance**2)) ** 2, 0.0)
    return Fields(score, low, cell, margin)


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
