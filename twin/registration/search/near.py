"""Whether the frame in which a survey came is nearly the design's: that, too, is evidence."""

from __future__ import annotations

import numpy as np

from twin.arrays import Matrix4
from twin.registration.fit.coarse import search
from twin.registration.fit.fine import match
from twin.registration.fit.quality import near_design
from twin.registration.fit.support import paired_z
from twin.registration.search.anywhere import symmetries
from twin.registration.search.contest import COMPARED, KERNEL_M, QUICK, UPRIGHT
from twin.registration.search.quest import Quest

_POINTS = 3_000
_TRIES = 3
_REACH_M = 0.15
_NEARLY = 0.6
"""Share of the walls about the design that lie on it: buildings with deviations reach 0.7, chance at most 0.55."""
_OUTDONE = 5.0
"""Standard deviations by which another pose must explain the survey better than one near its own frame: that the frame
fits at all is no chance."""


def nearly(quest: Quest, start: Matrix4) -> bool:
    """Whether some pose within the basin about `start` lays most of the walls on the design."""
    arena, settings = quest.arena, quest.settings
    near = arena.features.take(arena.near(start))
    if len(near.points) < settings.least_matched:
        return False
    few = near.take(np.arange(0, len(near.points), max(1, len(near.points) // _POINTS)))
    found = search(quest.target, few, start, settings.basin_m, settings.basin_deg, most=_TRIES)
    return any(_share(quest, arena.adjusted(one.pose, QUICK[:2])) > _NEARLY for one in found)


def _share(quest: Quest, pose: Matrix4) -> float:
    """Share of the walls within half a metre of the design that lie on it; of all surfaces where walls are few."""
    features = quest.arena.features.take(quest.arena.near(pose))
    found = match(quest.target, features, pose, _REACH_M)
    near = near_design(quest.target, features, found.points, 0.0)
    walls = near & features.upright(pose)
    judged = walls if int(walls.sum()) >= quest.settings.least_matched else near
    return float(found.valid[judged].mean()) if judged.any() else 0.0


def outdone(quest: Quest, pose: Matrix4) -> bool:
    """Whether the design turned or shifted onto itself explains the survey clearly better than it does at `pose`."""
    arena = quest.arena
    own = arena.support(arena.adjusted(pose, COMPARED, UPRIGHT), KERNEL_M)
    for change in symmetries(quest.target, quest.ground):
        other = arena.support(arena.adjusted(change @ pose, (QUICK[0], *COMPARED), UPRIGHT), KERNEL_M)
        if paired_z(own, other) < -_OUTDONE:
            return True
    return False
