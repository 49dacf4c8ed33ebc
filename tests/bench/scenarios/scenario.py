"""One scenario: a building, a change, a site and a survey, all drawn by one seed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from support.observing import Case, Placing, observed, placing, stations_of
from support.worlds import World, with_clutter

from .buildings import building
from .edits import EDITS, Edited

CLEAN = 3
"""So many scenarios are honest for every eight that are not: a third and more of what is surveyed deserves silence."""
SURVEYS = ("all", "tripods", "outside", "drone")
SEEN_BY = {
    "none": SURVEYS,
    "extra storey": SURVEYS,
    "storey squeezed in": ("all", "tripods"),
    "storey height": ("all", "tripods", "drone"),
    "rooftop addition": ("all", "drone"),
    "lateral extension": SURVEYS,
    "balcony enclosed": ("all", "tripods", "outside"),
    "void infill": ("all", "tripods"),
    "mezzanine": ("all", "tripods"),
}
"""Surveys that show a change; by others it must stay undecided, and may not be called consistent."""


@dataclass(frozen=True, eq=False)
class Scenario:
    """What is inspected and what is true of it."""

    seed: int
    change: str
    edited: Edited
    survey: str
    noise_m: float
    density: float
    cluttered: bool
    at: Placing

    @property
    def shown(self) -> bool:
        """Whether the survey shows what was changed."""
        return self.change != "none" and self.survey in SEEN_BY[self.change]


def scenario(seed: int) -> Scenario:
    """The scenario of a seed; even seeds are for tuning, odd ones are held out."""
    random = np.random.default_rng(seed)
    house = building(random)
    change = str(random.choice(["none"] * CLEAN + [name for name in EDITS if name != "none"]))
    edited = EDITS[change](house, random)
    # The container of a cluttered site stands where the extension would.
    cluttered = bool(random.random() < 0.5) and change not in ("lateral extension", "void infill")
    if cluttered:
        edited = replace(edited, world=with_clutter(edited.world))
    survey = str(random.choice(SURVEYS))
    noise = float(random.choice([0.01, 0.02, 0.03] if survey == "drone" else [0.002, 0.005, 0.012]))
    offset = (float(random.uniform(-50.0, 50.0)), 20.0, float(random.choice([0.0, 35.0])))
    at = placing(float(random.choice([0.0, 0.0, 33.0, 71.5])), offset, float(random.uniform(-5.0, 5.0)))
    density = float(random.choice([30.0, 60.0, 120.0]))
    return Scenario(seed, change, edited, survey, noise, density, cluttered, at)


def case_of(one: Scenario) -> Case:
    """What the programme gets: a drone's cloud names no stations."""
    used = _used(one.edited.world, one.survey)
    case = observed(one.edited.world, one.at, one.seed, density=one.density, noise_m=one.noise_m, keep=used)
    case = replace(case, registration=replace(case.registration, residual_rms_m=one.noise_m))
    if one.survey != "drone":
        return case
    unknown = np.full_like(case.cloud.stations, np.nan)
    return replace(case, cloud=replace(case.cloud, stations=unknown))


def _used(world: World, survey: str) -> np.ndarray:  # type: ignore[type-arg]
    """Which stations are used: eight tripods outside come first, then four places of a drone, then those inside."""
    used = np.zeros(len(stations_of(world)), dtype=bool)
    for name, part in (("outside", slice(0, 8)), ("drone", slice(8, 12)), ("tripods", slice(12, None))):
        used[part] = survey in (name, "all") or (survey == "tripods" and name == "outside")
    return used
