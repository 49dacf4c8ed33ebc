"""Simulated and real sites, concluded without writing evidence; they lie beside the checkout where they are at all."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twin.arrays import Matrix4
from twin.conformity import Judgement, judge
from twin.conformity.settings import ConformitySettings
from twin.design import read_design
from twin.design.model import Design
from twin.deviation import Deviation, DeviationSettings, measure
from twin.massing import Massing, MassingSettings, survey_massing
from twin.registration import RegistrationSettings, file_pose, register
from twin.registration.model import Registration
from twin.survey import decode, open_survey, with_stations

_SHARED = Path(__file__).resolve().parents[3] / "shared"


def sites_folder() -> Path:
    """Folder of the simulated sites; skips the test where it is absent."""
    return _present(Path(os.environ.get("PLUMBLINE_SITES", _SHARED / "sites")))


def data_folder() -> Path:
    """Folder of the real models and clouds; skips the test where it is absent."""
    return _present(Path(os.environ.get("PLUMBLINE_DATA", _SHARED / "data")))


def _present(folder: Path) -> Path:
    if not folder.is_dir():
        pytest.skip(f"the shared folder {folder.name}/ is absent")
    return folder


@dataclass(frozen=True, eq=False)
class Concluded:
    """Everything an inspection concludes about a site, with its truth (empty where nobody knows it)."""

    truth: dict[str, Any]
    design: Design
    registration: Registration
    design_from_file: Matrix4
    deviation: Deviation
    massing: Massing
    judgement: Judgement


def concluded(site: str, scratch: Path) -> Concluded:
    """A simulated site by its name."""
    folder = sites_folder() / site
    truth = json.loads((folder / "truth.json").read_text())
    return _conclude(data_folder() / "models" / truth["ifc"], folder / truth["survey"], scratch, truth)


def tower(design: str, scratch: Path) -> Concluded:
    """The real tower under construction against one of its designs, from a coarse pose found by hand."""
    folder = data_folder() / "strijp-s1"
    cos, sin = np.cos(np.radians(47.1)), np.sin(np.radians(47.1))
    coarse = np.array([[cos, -sin, 0.0, 2.56], [sin, cos, 0.0, 24.72], [0.0, 0.0, 1.0, 5.54], [0.0, 0.0, 0.0, 1.0]])
    return _conclude(folder / design, folder / "survey_photogrammetry.pcd", scratch, {}, coarse)


def _conclude(
    ifc: Path, survey: Path, scratch: Path, truth: dict[str, Any], coarse: Matrix4 | None = None
) -> Concluded:
    design = read_design([ifc])
    cloud = with_stations(decode(open_survey([survey]), scratch))
    scale = RegistrationSettings(scale="free") if coarse is not None else RegistrationSettings()
    registration = register(design, cloud, given=coarse, settings=scale)
    deviation = measure(design, cloud, registration, DeviationSettings())
    massing = survey_massing(design, cloud, registration, deviation, MassingSettings())
    judgement = judge(design, None, registration, deviation, massing, ConformitySettings())
    pose = file_pose(registration.design_from_survey, cloud.origin, cloud.facts[0].unit_m)
    return Concluded(truth, design, registration, pose, deviation, massing, judgement)
