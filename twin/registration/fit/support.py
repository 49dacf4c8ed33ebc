"""How well a pose is supported, in cells of the survey, so that dense and sparse places count alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Longs, Matrix4
from twin.frames import translation
from twin.registration.features import Features
from twin.registration.fit.fine import match
from twin.registration.target import Target

CLEAR = 3.0
"""Standard deviations by which one pose must explain a survey better than another to stand without it."""
CELL_M = 1.0
"""Edge of a cell: about as far as errors of one surface hang together."""
_UPRIGHT = 0.7
_FULL = 0.3
"""A cell with less than this share of a full cell's points counts for less."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Membership of features in cells of the survey, walls apart from floors.

    Attributes
    ----------
    index : (n,) int64
        Cell of each feature.
    weight : (c,) float
        Of one feature in each cell: a cell's points together weigh at most 1.
    height : (c,) m, design frame
        Mean height of the cell's points at the pose for which the cells were made.
    horizontal : (c,) bool
    level_share : float
        See `Features`.
    """

    index: Longs
    weight: Floats
    height: Floats
    horizontal: Flags
    level_share: float

    def totals(self, value: Floats) -> Floats:
        """(c,) weighted sum of a value of each feature, in each cell."""
        summed: Floats = np.bincount(self.index, weights=value, minlength=len(self.weight)) * self.weight
        return summed

    @property
    def importance(self) -> Floats:
        """(c,) weight of a cell in ranking poses: floors look like ground, walls do not."""
        return np.where(self.horizontal, self.level_share, 1.0)


def cells(features: Features, pose: Matrix4, cell_m: float = CELL_M) -> Cells:
    """Cells of planar features at a pose."""
    points, normals = features.placed(pose)
    flat = np.abs(normals[:, 2]) > _UPRIGHT
    key = np.column_stack([np.floor(points / cell_m), flat]).astype(np.int64)
    _, index, count = np.unique(key, axis=0, return_inverse=True, return_counts=True)
    index = index.reshape(-1).astype(np.int64)
    full = float(np.percentile(count, 90)) if len(count) else 1.0
    height = np.bincount(index, weights=points[:, 2]) / count
    horizontal = np.bincount(index, weights=flat) > 0.5 * count
    return Cells(index, 1.0 / np.maximum(count, _FULL * full), height, horizontal, features.level_share)


def fit_quality(target: Target, features: Features, pose: Matrix4, kernel_m: float) -> Floats:
    """(n,) 0..1 for each feature: how well it lies on the design at this pose."""
    found = match(target, features, pose, 3.0 * kernel_m)
    square = kernel_m**2
    quality: Floats = np.where(found.valid, (square / (square + found.residual**2)) ** 2, 0.0)
    return quality


def ranked(target: Target, features: Features, group: Cells, pose: Matrix4, kernel_m: float) -> Floats:
    """(c,) support of each cell for a pose, weighted for ranking."""
    return group.totals(fit_quality(target, features, pose, kernel_m)) * group.importance


def vertical_curves(
    target: Target, features: Features, group: Cells, pose: Matrix4, offsets_m: Floats, kernel_m: float
) -> Floats:
    """(c, k) support of each cell with the survey lifted by each offset."""
    columns = [
        group.totals(fit_quality(target, features, translation(np.array([0.0, 0.0, dz])) @ pose, kernel_m))
        for dz in offsets_m
    ]
    return np.column_stack(columns)


def paired_z(first: Floats, second: Floats) -> float:
    """How clearly the first of two poses explains the cells better, in standard deviations of the difference.

    Notes
    -----
    z = sum d / sqrt(sum d^2) over cells: cells that both explain alike say nothing, however many they are.
    """
    gap = first - second
    spread = float(np.sqrt((gap**2).sum()))
    return float(gap.sum()) / spread if spread > 0.0 else 0.0
