"""From a survey whose frame says nothing to a pose that no other one rivals, or to the list of those that do."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.arrays import Flags, Floats, Matrix4
from twin.errors import NoOverlap
from twin.frames import translation, yaw
from twin.registration.anywhere import places, symmetries
from twin.registration.coarse import Candidate
from twin.registration.contest import COMPARED, KERNEL_M, QUICK, UPRIGHT, Arena
from twin.registration.datum import lifted
from twin.registration.drawing import NOISE_KERNELS, Problem, at_least
from twin.registration.fine import Stage, match
from twin.registration.height import first_height
from twin.registration.lines import settled
from twin.registration.model import Rival
from twin.registration.quest import Quest
from twin.registration.rivals import moved_m
from twin.registration.solve import Solution, solved
from twin.registration.support import paired_z
from twin.registration.target import Target
from twin.survey.model import Cloud

_CANDIDATES = 16
_HOPEFUL = 0.4
"""Share of the best first score below which a place was never the best after adjustment."""
_BASIN_M = 0.5
_BASIN_DEG = 1.5
"""What a quick adjustment leaves to the fine one."""
_WORTH = 0.5
"""A pose with less than this share of the best one's support needs no closer look."""
_LISTED = 0.8
_CLEAR = 3.0
"""Standard deviations by which one pose must explain the survey better than another to stand without it."""
_MORE = 1.2
"""A storey too many explains the roof a storey higher, never a fifth more than all of the rest."""
_SAME_M = 0.3
_ROUNDS = 3
_NOISES = 3.0
_UPRIGHT = 0.5
_TURNED_DEG = 5.0
_SLIPS = 6
_LEAST_SLIP_M = 1.0
_STOREY_M = 3.0
_LACKING = 0.8
"""A height that explains less than this share of the lowest storey has no design for some of it."""
_HEIGHT_M = 0.25
"""Two looks at the height, in steps of 0.1 m and of 2.5 cm, differ by less, or the survey has two heights."""
_LOWEST = 5.0
"""Percentile of the heights at which a pose is supported that counts as its lowest."""


@dataclass(frozen=True, eq=False)
class Found:
    """What a search from any pose came to.

    Attributes
    ----------
    start : (4, 4) float
        Where the fine registration began.
    solution : Solution
        About the best pose.
    rivals : tuple of Rival
        Poses elsewhere that explain at least four fifths as much.
    undecided : tuple of Rival
        Those of them that are not worse by three standard deviations, or explain a fifth more.
    explained : float
        Share of the walls which the survey shows inside the design's box that lie on the design.
    """

    start: Matrix4
    solution: Solution
    rivals: tuple[Rival, ...]
    undecided: tuple[Rival, ...]
    explained: float


@dataclass(frozen=True, eq=False)
class _Contest:
    """Rivals of a pose; `better` explains the survey clearly better than it, at its right height if `on_height`."""

    rivals: tuple[Rival, ...]
    undecided: tuple[Rival, ...]
    better: Matrix4 | None
    on_height: bool = False


def searched(quest: Quest, cloud: Cloud) -> Found:
    """The best pose anywhere, and its rivals.

    Raises
    ------
    NoOverlap
        Nothing of the survey looks like the design.
    """
    spots = places(quest.target, quest.ground, quest.arena.features, quest.upright, _CANDIDATES)
    field = _ranked(quest.arena, spots)
    if not field:
        raise NoOverlap("no pose lays the survey on the design", "give a coarse pose with --pose")
    hopeful = [one.pose for one in field if one.score > _WORTH * field[0].score]
    start = _on_its_height(quest, field[0].pose)
    solution, contest = _bout(quest, cloud, start, hopeful)
    for _ in range(_ROUNDS - 1):
        if contest.better is None:
            break
        start = contest.better if contest.on_height else _on_its_height(quest, contest.better)
        solution, contest = _bout(quest, cloud, start, hopeful)
    other = _other_height(quest.target, start, solution)
    if contest.better is not None:  # each of two poses beats the other where it is the one adjusted
        other = (*other, Rival(contest.better, 1.0, _kind(contest.better, solution.pose)))
    return Found(start, solution, (*contest.rivals, *other), (*contest.undecided, *other), _explained(quest, solution))


def _bout(quest: Quest, cloud: Cloud, start: Matrix4, field: list[Matrix4]) -> tuple[Solution, _Contest]:
    """The fine pose about a start, and how it stands against all others."""
    settings = quest.settings
    narrow = replace(settings, basin_m=min(_BASIN_M, settings.basin_m), basin_deg=min(_BASIN_DEG, settings.basin_deg))
    solution = solved(quest.design, quest.target, cloud, start, narrow, quest.seed)
    return solution, _contest(quest, solution, field)


def _other_height(target: Target, start: Matrix4, solution: Solution) -> tuple[Rival, ...]:
    """The height that the lowest storeys gave at first, where the fit left it."""
    place = np.array([*target.pivot, 1.0])
    rise = float((start @ np.linalg.inv(solution.pose) @ place)[2] - place[2])
    return (Rival(lifted(solution.pose, rise), 1.0, "parallel layer"),) if abs(rise) > _HEIGHT_M else ()


def _ranked(arena: Arena, spots: list[Candidate]) -> list[Candidate]:
    """The spots after a quick adjustment, each with what it explains of the survey; the same pose only once."""
    trials = []
    for spot in (one for one in spots if one.score > _HOPEFUL * spots[0].score):
        pose = arena.adjusted(spot.pose, QUICK)
        trials.append(Candidate(pose, float(arena.support(pose, QUICK[-1].kernel_m).sum())))
    trials.sort(key=lambda trial: -trial.score)
    kept: list[Candidate] = []
    for trial in trials:
        if trial.score > 0.0 and all(moved_m(arena.target, trial.pose, one.pose) > _SAME_M for one in kept):
            kept.append(trial)
    return kept


def _on_its_height(quest: Quest, pose: Matrix4) -> Matrix4:
    """The pose at the height on which the lowest storeys agree, anywhere from one end of the design to the other."""
    reach = float(np.ptp(quest.target.box[:, 2]))
    wide = replace(quest.settings, basin_m=max(reach, quest.settings.basin_m))
    problem = Problem(quest.target, pose, wide, np.random.default_rng(quest.seed))
    return first_height(problem, quest.features, pose)


def _contest(quest: Quest, solution: Solution, field: list[Matrix4]) -> _Contest:
    """The solution against every other pose worth a look, in pairs."""
    arena, target = quest.arena, quest.target
    kernel = max(KERNEL_M, NOISE_KERNELS * solution.noise_m)
    stages = at_least(COMPARED, kernel)
    own = arena.adjusted(solution.pose, stages, UPRIGHT)
    best = arena.support(own, kernel)
    total = max(float(best.sum()), 1e-12)
    seen, rivals, undecided = [own], [], []
    for other, is_slip in _others(quest, own, field):
        pose = _adjusted_rival(quest, other, is_slip, stages, total)
        if pose is None or any(moved_m(target, pose, known) < _SAME_M for known in seen):
            continue
        seen.append(pose)
        support = arena.support(pose, kernel)
        lead = paired_z(best, support)
        if is_slip:
            lead = _lead_of_heights(arena, best, support)
        if lead < -_CLEAR:
            return _Contest((), (), pose, is_slip)
        ratio = float(support.sum()) / total
        if ratio > _LISTED or lead < _CLEAR:
            rivals.append(Rival(pose, ratio, _kind(pose, own)))
        if lead < _CLEAR or ratio > _MORE:
            undecided.append(rivals[-1])
    return _Contest(tuple(rivals), tuple(undecided), None)


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
    """The pose adjusted in plan as its rival was; None where it explains too little to be one."""
    arena = quest.arena
    moved = pose if is_slip else settled(quest.ground.lines, arena.features, pose)
    moved = arena.adjusted(moved, (QUICK[0],), UPRIGHT)
    if float(arena.support(moved, 2.0 * stages[-1].kernel_m).sum()) < _WORTH * total:
        return None
    return arena.adjusted(moved, stages, UPRIGHT)


def _lead_of_heights(arena: Arena, best: Floats, support: Floats) -> float:
    """By how many standard deviations one height explains the survey better than another a storey off.

    The lowest storey decides where only one of them has a design for it: what is built wrongly above moves nothing in
    it. Else all that was seen does.
    """
    lowest = _lowest_storey(arena, best + support)
    held, other = float(best[lowest].sum()), float(support[lowest].sum())
    lead = paired_z(best[lowest], support[lowest])
    decides = abs(lead) >= _CLEAR and min(held, other) < _LACKING * max(held, other)
    return lead if decides else paired_z(best, support)


def _lowest_storey(arena: Arena, support: Floats) -> Flags:
    """(c,) cells of the lowest storey that a pose explains: what is built wrongly above it moves nothing in it."""
    height = arena.group.height
    held = support > 0.5 * arena.group.importance
    if not held.any():
        return np.ones(len(height), dtype=np.bool_)
    return np.asarray(height < float(np.percentile(height[held], _LOWEST)) + _STOREY_M)


def _explained(quest: Quest, solution: Solution) -> float:
    """Share of the walls inside the design's box that lie on its faces; of all surfaces where walls are few.

    What stands above the height up to which survey and design agree is built otherwise, and says nothing.
    """
    arena, box = quest.arena, quest.target.box
    features = arena.features.take(arena.near(solution.pose))
    found = match(quest.target, features, solution.pose, max(KERNEL_M, _NOISES * solution.noise_m))
    inside = np.all((found.points > box[0] - KERNEL_M) & (found.points < box[1] + KERNEL_M), axis=1)
    inside &= found.points[:, 2] < solution.datum.top_m
    walls = inside & (np.abs(features.placed(solution.pose)[1][:, 2]) < _UPRIGHT)
    judged = walls if int(walls.sum()) >= quest.settings.least_matched else inside
    return float(found.valid[judged].mean()) if judged.any() else 0.0


def _kind(pose: Matrix4, own: Matrix4) -> str:
    """How a rival differs: by its turn in plan, else by its height, else by its place."""
    relative = pose @ np.linalg.inv(own)
    angle = abs(float(np.degrees(np.arctan2(relative[1, 0], relative[0, 0]))))
    if angle > 180.0 - _TURNED_DEG:
        return "half turn"
    if abs(angle - 90.0) < _TURNED_DEG:
        return "quarter turn"
    is_slip = angle < _TURNED_DEG and abs(relative[2, 3]) > _LEAST_SLIP_M
    return "storey slip" if is_slip else "symmetry"
