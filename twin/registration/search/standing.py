"""A pose against every other that may be the true one, in pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Matrix4
from twin.frames import translation, yaw
from twin.phrases import phrase
from twin.registration.fit.datum import lifted
from twin.registration.fit.drawing import NOISE_KERNELS, at_least
from twin.registration.fit.fine import Stage
from twin.registration.fit.rivals import moved_m
from twin.registration.fit.solve import Solution
from twin.registration.fit.support import CLEAR, paired_z
from twin.registration.model import Rival
from twin.registration.search.anywhere import symmetries
from twin.registration.search.contest import COMPARED, KERNEL_M, QUICK, UPRIGHT, Arena
from twin.registration.search.lines import settled
from twin.registration.search.quest import Quest

WORTH = 0.5
"""A pose with less than this share of the best one's support needs no closer look."""
_LISTED = 0.8
_MORE = 1.2
"""A storey too many explains the roof a storey higher, never a fifth more than all of the rest."""
SAME_M = 0.3
"""Poses that put no part of the design farther apart are one: the fine registration tells wall faces apart."""
_PASSED = 0.5
"""Weight of a ray that passed through the design against a point that lies on it."""
_TURNED_DEG = 5.0
_SLIPS = 6
_LEAST_SLIP_M = 1.0
_STOREY_M = 3.0
_LACKING = 0.8
"""A height that explains less than this share of the lowest storey has no design for some of it."""
_LOWEST = 5.0
"""Percentile of the heights at which a pose is supported that counts as its lowest."""


@dataclass(frozen=True, eq=False)
class Standing:
    """Rivals of a pose; `better` explains the survey clearly better than it, at its right height if `on_height`."""

    rivals: tuple[Rival, ...]
    undecided: tuple[Rival, ...]
    better: Matrix4 | None
    on_height: bool = False


def contested(quest: Quest, solution: Solution, field: list[Matrix4]) -> Standing:
    """The solution against every other pose worth a look, in pairs."""
    arena = quest.arena
    kernel = max(KERNEL_M, NOISE_KERNELS * solution.noise_m)
    stages = at_least(COMPARED, kernel)
    own = arena.adjusted(solution.pose, stages, UPRIGHT)
    best, free = arena.support(own, kernel), arena.passed(own)
    total = max(float(best.sum()), 1e-12)
    rivals, undecided = [], []
    for pose, support, is_slip in _rivals(quest, own, field, stages, total):
        if is_slip:
            lead = _lead_of_heights(arena, best, support)
        else:
            lead = _lead_in_plan(best, support, free, arena.passed(pose))
        if lead < -CLEAR:
            return Standing((), (), pose, is_slip)
        ratio = float(support.sum()) / total
        if ratio > _LISTED or lead < CLEAR:
            rivals.append(Rival(pose, ratio, kind_of(pose, own)))
        if lead < CLEAR or ratio > _MORE:
            undecided.append(rivals[-1])
    return Standing(tuple(rivals), tuple(undecided), None)


def _rivals(
    quest: Quest, own: Matrix4, field: list[Matrix4], stages: tuple[Stage, ...], total: float
) -> list[tuple[Matrix4, Floats, bool]]:
    """Poses that may be the true one, the support of each, and whether it is a storey off.

    Of those at one and the same place the one that explains most: another may have been caught beside it.
    """
    arena, target, kept = quest.arena, quest.target, list[tuple[Matrix4, Floats, bool]]()
    for other, is_slip in _others(quest, own, field):
        pose = _adjusted_rival(quest, other, is_slip, stages, total)
        if pose is None or moved_m(target, pose, own) < SAME_M:
            continue
        support = arena.support(pose, stages[-1].kernel_m)
        same = [k for k, (known, _, _) in enumerate(kept) if moved_m(target, pose, known) < SAME_M]
        if not same:
            kept.append((pose, support, is_slip))
        elif support.sum() > kept[same[0]][1].sum():
            kept[same[0]] = (pose, support, is_slip)
    return kept


def _others(quest: Quest, own: Matrix4, field: list[Matrix4]) -> list[tuple[Matrix4, bool]]:
    """Poses elsewhere in plan, all at one height, and the pose itself by storeys up and down (marked)."""
    around = [*field, *(change @ own for change in symmetries(quest.target, quest.ground))]
    level = [_in_plan_of(quest, pose, own) for pose in around]
    floors = np.array([storey.elevation_m for storey in quest.design.storeys if storey.is_floor])
    apart = np.unique(np.round(np.abs(floors[:, None] - floors[None]), 2))
    slips = apart[apart > _LEAST_SLIP_M][:_SLIPS]
    raised = [lifted(own, float(lift)) for lift in np.concatenate([slips, -slips])]
    return [*((pose, False) for pose in level), *((pose, True) for pose in raised)]


def _in_plan_of(quest: Quest, pose: Matrix4, own: Matrix4) -> Matrix4:
    """`own` turned about the vertical and shifted in plan to where a pose puts the design's middle."""
    relative = pose @ np.linalg.inv(own)
    centre = quest.target.centre
    there = (relative @ np.array([*centre, 1.0]))[:3]
    turn = yaw(float(np.arctan2(relative[1, 0] - relative[0, 1], relative[0, 0] + relative[1, 1])))
    moved: Matrix4 = translation(np.array([*there[:2], centre[2]])) @ turn @ translation(-centre) @ own
    return moved


def _adjusted_rival(
    quest: Quest, pose: Matrix4, is_slip: bool, stages: tuple[Stage, ...], total: float
) -> Matrix4 | None:
    """The pose adjusted in plan as its rival was; None where it explains too little to be one.

    From where it is and from where most walls run along the design's: few walls, as a drone sees under eaves, and what
    stands before them may settle half a metre off.
    """
    arena = quest.arena
    starts = [pose] if is_slip else [pose, settled(quest.ground.lines, arena.features, pose)]
    tried = [arena.adjusted(start, (QUICK[0],), UPRIGHT) for start in starts]
    shares = [float(arena.support(one, 2.0 * stages[-1].kernel_m).sum()) / total for one in tried]
    if max(shares) < WORTH:
        return None
    return arena.adjusted(tried[int(np.argmax(shares))], stages, UPRIGHT)


def _lead_in_plan(best: Floats, support: Floats, free: Floats, rival_free: Floats) -> float:
    """By how many standard deviations one place explains the survey better than another.

    Rays that passed through what a place has standing there count against it, where that clears a doubt. They unseat no
    pose: through what is not yet built, rays pass at the true one.
    """
    lead = paired_z(best, support)
    seen_through = paired_z(best - _PASSED * free, support - _PASSED * rival_free)
    return max(lead, min(seen_through, CLEAR)) if lead > -CLEAR else lead


def _lead_of_heights(arena: Arena, best: Floats, support: Floats) -> float:
    """By how many standard deviations one height explains the survey better than another a storey off.

    The lowest storey decides where only one of them has a design for it: what is built wrongly above moves nothing in
    it. Else all that was seen does.
    """
    lowest = _lowest_storey(arena, best + support)
    held, other = float(best[lowest].sum()), float(support[lowest].sum())
    lead = paired_z(best[lowest], support[lowest])
    decides = abs(lead) >= CLEAR and min(held, other) < _LACKING * max(held, other)
    return lead if decides else paired_z(best, support)


def _lowest_storey(arena: Arena, support: Floats) -> Flags:
    """(c,) cells of the lowest storey that a pose explains: what is built wrongly above it moves nothing in it."""
    height = arena.group.height
    held = support > 0.5 * arena.group.importance
    if not held.any():
        return np.ones(len(height), dtype=np.bool_)
    return np.asarray(height < float(np.percentile(height[held], _LOWEST)) + _STOREY_M)


def kind_of(pose: Matrix4, own: Matrix4) -> str:
    """How a rival differs: by its turn in plan, else by its height, else by its place."""
    relative = pose @ np.linalg.inv(own)
    angle = abs(float(np.degrees(np.arctan2(relative[1, 0], relative[0, 0]))))
    if angle > 180.0 - _TURNED_DEG:
        return phrase("half turn")
    if abs(angle - 90.0) < _TURNED_DEG:
        return phrase("quarter turn")
    is_slip = angle < _TURNED_DEG and abs(relative[2, 3]) > _LEAST_SLIP_M
    return phrase("storey slip") if is_slip else phrase("symmetry")
