"""Poses compared in pairs on one and the same part of a survey."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Longs, Matrix4
from twin.frames import move
from twin.registration.features import Features, thinned
from twin.registration.fit.fine import TILTS, Stage, adjusted, match
from twin.registration.fit.support import Cells, cells, fit_quality, paired_z
from twin.registration.target import Target

_SPACING_M = 0.25
"""Enough for sixteen points on a square metre of wall."""
_MOST_POINTS = 60_000
_ADJUSTED_POINTS = 3_000
_MARGIN_M = 1.0
QUICK = (Stage(0.3, 4, TILTS), Stage(0.15, 4, TILTS), Stage(0.07, 4))
COMPARED = (Stage(0.1, 4), Stage(0.05, 4))
UPRIGHT = (2, 3, 4)
"""Height and both tilts: poses that differ in plan share them, and what stands too high must not pull a rival's."""
AGAINST = 0.5
"""Weight of a wall inside the design's box that lies on none of its faces, where sizes are compared."""
_BEFORE_M = 0.5
"""A ray that meets the design closer than this to its end may have met the very wall that it shows."""
KERNEL_M = 0.05
"""How closely a pose must fit where poses are compared."""


@dataclass(frozen=True, eq=False)
class Arena:
    """The whole survey, thinned, in cells that do not depend on the pose: all poses share one denominator.

    Attributes
    ----------
    features : Features
        Planar ones.
    group : Cells
        Of the upright survey.
    """

    target: Target
    features: Features
    group: Cells

    def near(self, pose: Matrix4) -> Flags:
        """(n,) features that a pose puts into the design's box or beside it."""
        return self.target.holds(move(pose, self.features.points), _MARGIN_M)

    def walls(self, pose: Matrix4, kernel_m: float) -> tuple[Longs, Flags]:
        """Rows of the features that are walls inside the design's box, and whether each lies on its faces."""
        near = np.flatnonzero(self.near(pose))
        if len(near) == 0:
            return near, np.zeros(0, dtype=np.bool_)
        some = self.features.take(near)
        found = match(self.target, some, pose, kernel_m)
        standing = self.target.holds(found.points) & some.upright(pose)
        return near[standing], found.valid[standing]

    def support(self, pose: Matrix4, kernel_m: float) -> Floats:
        """(c,) of each cell for a pose."""
        quality = np.zeros(len(self.features.points))
        near = np.flatnonzero(self.near(pose))
        if len(near):
            quality[near] = fit_quality(self.target, self.features.take(near), pose, kernel_m)
        return self.group.totals(quality) * self.group.importance

    def lead(self, pose: Matrix4, other: Matrix4) -> tuple[float, float]:
        """By how many standard deviations one pose explains the survey better than another, each adjusted; and the
        other's share of its support.
        """
        own, rival = (self.support(self.adjusted(one, COMPARED), KERNEL_M) for one in (pose, other))
        return paired_z(own, rival), float(rival.sum()) / max(float(own.sum()), 1e-12)

    def unexplained(self, pose: Matrix4, kernel_m: float) -> Floats:
        """(c,) share of each cell's points that are walls inside the design's box and lie on none of its faces."""
        rows, lies = self.walls(pose, 3.0 * kernel_m)
        value = np.zeros(len(self.features.points))
        value[rows] = ~lies
        return self.group.totals(value)

    def lead_of_size(self, pose: Matrix4, other: Matrix4) -> tuple[float, float]:
        """As `lead`, where the two differ in size: walls in the box that do not fit count half against, since a survey
        that shrinks crowds more of them into it, and more fit by chance.
        """
        poses = [self.adjusted(one, COMPARED) for one in (pose, other)]
        own, rival = (self.support(one, KERNEL_M) for one in poses)
        against, rival_against = (AGAINST * self.unexplained(one, KERNEL_M) for one in poses)
        return paired_z(own - against, rival - rival_against), float(rival.sum()) / max(float(own.sum()), 1e-12)

    def passed(self, pose: Matrix4) -> Floats:
        """(c,) share of each cell's points that were seen through what the design has at this pose: none can be."""
        told = np.flatnonzero(np.isfinite(self.features.stations).all(axis=1))
        through = np.zeros(len(self.features.points))
        if len(told):
            origin, end = (move(pose, places[told]) for places in (self.features.stations, self.features.points))
            way = end - origin
            short = 1.0 - _BEFORE_M / np.maximum(np.linalg.norm(way, axis=1), 2.0 * _BEFORE_M)
            through[told] = self.target.opaque.hits(origin, way) < short
        return self.group.totals(through)

    def adjusted(self, pose: Matrix4, stages: tuple[Stage, ...], held: tuple[int, ...] = ()) -> Matrix4:
        """The pose after an adjustment to what lies about the design; `held` as of `fine.adjusted`."""
        near = np.flatnonzero(self.near(pose))
        few = self.features.take(near[:: max(1, len(near) // _ADJUSTED_POINTS)])
        return adjusted(self.target, few, pose, stages, 1.0, held=held)


def arena_of(target: Target, planar: Features, upright: Matrix4) -> Arena:
    """The arena of a survey's planar features."""
    some = planar.take(thinned(planar.points, _SPACING_M, _MOST_POINTS).index)
    return Arena(target, some, cells(some, upright))
