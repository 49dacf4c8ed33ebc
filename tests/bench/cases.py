"""What is measured: each case with its inputs, what the command line gets besides them, and what is known of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .truth import Box, Edit, Truth, read_truth

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = "sample"
TURN_DEG = 2.0
SHIFT_M = (1 / 3, 1 / 3, 1 / 6)
"""How far the coarse poses of surveys in an unknown place are off: 2 degrees about the vertical, 0.5 m."""

_DUPLEX, _FZK = "models/Duplex_A_20110907.ifc", "models/AC20-FZK-Haus.ifc"
_SITES = {
    "s01-duplex-as-designed": (_DUPLEX, "survey.e57"),
    "s02-duplex-extra-storey": (_DUPLEX, "survey.e57"),
    "s03-duplex-roof-room": (_DUPLEX, "survey.laz"),
    "s04-fzk-extra-storey": (_FZK, "survey.laz"),
    "s05-fzk-extension": (_FZK, "survey.laz"),
    "s06-duplex-storey-height": (_DUPLEX, "survey.e57"),
    "s07-fzk-under-way": (_FZK, "survey.laz"),
}
_TOWER = "strijp-s1"
_TOWER_YAW_DEG, _TOWER_SHIFT_M = 47.1, (2.56, 24.72, 5.54)
_ADDED_FLOORS = Edit("extra_storey", Box((9.67, 9.67, 7.73), (32.21, 55.71, 14.1)), None, approximate=True)
"""What stands above the two approved storeys: the facade's extent in plan, from the approved top to the slab on
which the works stood that day, as the whole tower's design has both. Nobody surveyed it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One inspection to measure.

    Attributes
    ----------
    coarse : "truth", "hand" or ""
        Whence a coarse pose comes: from the truth, disturbed; from an alignment by hand; or none is given.
    stated : tuple of Edit
        What is known without a truth file.
    """

    name: str
    design: Path
    surveys: tuple[Path, ...]
    truth_file: Path | None = None
    coarse: str = ""
    options: tuple[str, ...] = ()
    stated: tuple[Edit, ...] = ()

    @property
    def missing(self) -> Path | None:
        """The first input that is not there; the sample site is written by the run itself."""
        if self.name == SAMPLE:
            return None
        return next((path for path in (self.design, *self.surveys) if not path.is_file()), None)

    def truth(self) -> Truth:
        """What was built otherwise, and the pose where it is known."""
        return read_truth(self.truth_file) if self.truth_file else Truth(self.stated, None, None)


def all_cases(scratch: Path) -> tuple[Case, ...]:
    """Every case; the sample site goes to a folder inside `scratch`."""
    return (_sample(scratch), *_sites(_shared("PLUMBLINE_SITES", "sites"), _data()), *_towers(_data()))


def chosen(cases: tuple[Case, ...], names: list[str]) -> tuple[Case, ...]:
    """Cases whose names begin with one of `names`; all of them where none is named.

    Raises
    ------
    ValueError
        A name fits no case.
    """
    for name in names:
        if not any(case.name.startswith(name) for case in cases):
            raise ValueError(f"no case is called {name}: choose from {', '.join(case.name for case in cases)}")
    return tuple(case for case in cases if not names or case.name.startswith(tuple(names)))


def coarse_pose(case: Case, centre: np.ndarray) -> list[list[float]] | None:
    """The pose that the case is given, survey file to design, row by row.

    Parameters
    ----------
    centre : (3,) m, design frame
        About which the true pose is turned.
    """
    if case.coarse == "hand":
        return _rows(_upright(_TOWER_YAW_DEG, np.array(_TOWER_SHIFT_M)))
    if case.coarse == "truth":
        true = case.truth().design_from_survey
        assert true is not None
        turn = _upright(TURN_DEG, np.zeros(3))
        turn[:3, 3] = centre - turn[:3, :3] @ centre + np.array(SHIFT_M)
        return _rows(turn @ true)
    return None


def _rows(matrix: np.ndarray) -> list[list[float]]:
    return [[float(entry) for entry in row] for row in matrix]


def _upright(yaw_deg: float, shift: np.ndarray) -> np.ndarray:
    cosine, sine = np.cos(np.radians(yaw_deg)), np.sin(np.radians(yaw_deg))
    pose = np.eye(4)
    pose[:2, :2] = [[cosine, -sine], [sine, cosine]]
    pose[:3, 3] = shift
    return pose


def _sample(scratch: Path) -> Case:
    site = scratch / SAMPLE / "site"
    return Case(
        SAMPLE, site / "approved.ifc", (site / "survey_laser.e57", site / "survey_drone.laz"), site / "truth.json"
    )


def _sites(sites: Path, data: Path) -> Iterator[Case]:
    for name, (model, cloud) in _SITES.items():
        coarse = "truth" if name.startswith(("s03", "s04")) else ""
        yield Case(name, data / model, (sites / name / cloud,), sites / name / "truth.json", coarse)


def _towers(data: Path) -> Iterator[Case]:
    folder = data / _TOWER
    survey = (folder / "survey_photogrammetry.pcd",)
    free = ("--scale", "free")
    yield Case("strijp-whole", folder / "design_facade.ifczip", survey, None, "hand", free)
    yield Case(
        "strijp-two-storeys",
        folder / "design_facade_two_storeys.ifczip",
        survey,
        None,
        "hand",
        free,
        (_ADDED_FLOORS,),
    )


def _data() -> Path:
    return _shared("PLUMBLINE_DATA", "data")


def _shared(variable: str, name: str) -> Path:
    return Path(os.environ.get(variable) or ROOT.parent / "shared" / name)
