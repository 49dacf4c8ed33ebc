"""From a survey whose frame says nothing to a pose that no other one rivals, or to the list of those that do."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from twin.arrays import Matrix4
from twin.errors import NoOverlap
from twin.phrases import phrase
from twin.registration.fit.coarse import Candidate
from twin.registration.fit.datum import lifted
from twin.registration.fit.drawing import Problem
from twin.registration.fit.fine import match
from twin.registration.fit.height import first_height
from twin.registration.fit.rivals import moved_m
from twin.registration.fit.solve import Solution, solved
from twin.registration.model import Rival
from twin.registration.search.anywhere import places
from twin.registration.search.contest import KERNEL_M, QUICK, Arena
from twin.registration.search.quest import Quest
from twin.registration.search.standing import SAME_M, WORTH, Standing, contested, kind_of
from twin.registration.target import Target
from twin.survey.model import Cloud

_CANDIDATES = 16
_HOPEFUL = 0.4
"""Share of the best first score below which a place was never the best after adjustment."""
_FIRST_SIGHT = 0.4
"""A field that lays less of the walls on the design needs no closer look: what is accepted explains 0.55."""
_BASIN_M = 0.5
_BASIN_DEG = 1.5
"""What a quick adjustment leaves to the fine one."""
_ROUNDS = 3
_NOISES = 3.0
_HEIGHT_M = 0.25
"""Two looks at the height, in steps of 0.1 m and of 2.5 cm, differ by less, or the survey has two heights."""


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


def searched(quest: Quest, cloud: Cloud, field: list[Candidate] | None = None) -> Found:
    """The best pose anywhere, and its rivals.

    Parameters
    ----------
    field : list of Candidate or None
        As `field_of` returns it, where that is known already.

    Raises
    ------
    NoOverlap
        Nothing of the survey looks like the design.
    """
    field = field_of(quest) if field is None else field
    if not field:
        raise NoOverlap(phrase("no pose lays the survey on the design"), "give a coarse pose with --pose")
    hopeful = [one.pose for one in field if one.score > WORTH * field[0].score]
    start = _on_its_height(quest, field[0].pose)
    solution, contest = _bout(quest, cloud, start, hopeful)
    for _ in range(_ROUNDS - 1):
        if contest.better is None:
            break
        start = contest.better if contest.on_height else _on_its_height(quest, contest.better)
        solution, contest = _bout(quest, cloud, start, hopeful)
    other = _other_height(quest.target, start, solution)
    if contest.better is not None:  # each of two poses beats the other where it is the one adjusted
        other = (*other, Rival(contest.better, 1.0, kind_of(contest.better, solution.pose)))
    return Found(start, solution, (*contest.rivals, *other), (*contest.undecided, *other), _explained(quest, solution))


def field_of(quest: Quest) -> list[Candidate]:
    """The poses anywhere that explain most after a quick adjustment, and how much, best first; untested."""
    return _ranked(quest.arena, places(quest.target, quest.ground, quest.arena.features, quest.upright, _CANDIDATES))


def hopeful(quest: Quest, field: list[Candidate]) -> bool:
    """Whether at first sight enough of the survey lies on the design to look closer."""
    return share_of(quest, field) >= _FIRST_SIGHT


def share_of(quest: Quest, field: list[Candidate]) -> float:
    """Share of the walls inside the design's box that lie on its faces, to 5 cm, at the best pose of a field; 0 where
    they are few or there is none.
    """
    if not field:
        return 0.0
    rows, lies = quest.arena.walls(field[0].pose, KERNEL_M)
    return float(lies.mean()) if len(rows) >= quest.settings.least_matched else 0.0


def _bout(quest: Quest, cloud: Cloud, start: Matrix4, field: list[Matrix4]) -> tuple[Solution, Standing]:
    """The fine pose about a start, and how it stands against all others."""
    settings = quest.settings
    narrow = replace(settings, basin_m=min(_BASIN_M, settings.basin_m), basin_deg=min(_BASIN_DEG, settings.basin_deg))
    solution = solved(quest.design, quest.target, cloud, start, narrow, quest.seed)
    return solution, contested(quest, solution, field)


def _other_height(target: Target, start: Matrix4, solution: Solution) -> tuple[Rival, ...]:
    """The height that the lowest storeys gave at first, where the fit left it."""
    place = np.array([*target.pivot, 1.0])
    rise = float((start @ np.linalg.inv(solution.pose) @ place)[2] - place[2])
    return (Rival(lifted(solution.pose, rise), 1.0, phrase("parallel layer")),) if abs(rise) > _HEIGHT_M else ()


def _ranked(arena: Arena, spots: list[Candidate]) -> list[Candidate]:
    """The spots after a quick adjustment, each with what it explains of the survey; the same pose only once."""
    trials = []
    for spot in (one for one in spots if one.score > _HOPEFUL * spots[0].score):
        pose = arena.adjusted(spot.pose, QUICK)
        trials.append(Candidate(pose, float(arena.support(pose, QUICK[-1].kernel_m).sum())))
    trials.sort(key=lambda trial: -trial.score)
    kept: list[Candidate] = []
    for trial in trials:
        if trial.score > 0.0 and all(moved_m(arena.target, trial.pose, one.pose) > SAME_M for one in kept):
            kept.append(trial)
    return kept


def _on_its_height(quest: Quest, pose: Matrix4) -> Matrix4:
    """The pose at the height on which the lowest storeys agree, anywhere from one end of the design to the other."""
    reach = float(np.ptp(quest.target.box[:, 2]))
    wide = replace(quest.settings, basin_m=max(reach, quest.settings.basin_m))
    problem = Problem(quest.target, pose, wide, np.random.default_rng(quest.seed))
    return first_height(problem, quest.features, pose)


def _explained(quest: Quest, solution: Solution) -> float:
    """Share of the walls inside the design's box that lie on its faces; of all surfaces where walls are few.

    What stands above the height up to which survey and design agree is built otherwise, and says nothing.
    """
    arena = quest.arena
    features = arena.features.take(arena.near(solution.pose))
    found = match(quest.target, features, solution.pose, max(KERNEL_M, _NOISES * solution.noise_m))
    inside = quest.target.holds(found.points, KERNEL_M) & (found.points[:, 2] < solution.datum.top_m)
    walls = inside & features.upright(solution.pose)
    judged = walls if int(walls.sum()) >= quest.settings.least_matched else inside
    return float(found.valid[judged].mean()) if judged.any() else 0.0
