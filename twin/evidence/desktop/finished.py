"""A finished case, read back from the files that an inspection left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twin.arrays import Bytes, Floats, Floats32, Ints
from twin.errors import EvidenceError
from twin.evidence.exchange import MeasuredSurvey, open_measured
from twin.evidence.exchange.measured import AGAIN
from twin.evidence.inspection import read
from twin.evidence.schema import Inspection

MOST_POINTS = 4_000_000
"""What software rendering turns without stutter; of a larger survey as many are drawn by chance."""
_TO_DESIGN = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""Design x, y, z of glTF x, y, z, which is y-up."""


@dataclass(frozen=True, eq=False)
class Solid:
    """A part of `diff.glb`: vertices (v, 3) m, design frame less the origin, triangles (t, 3), colour and opacity."""

    name: str
    vertices: Floats
    triangles: Ints
    rgb: tuple[int, int, int]
    opacity: float

    @property
    def layer(self) -> str:
        """design, not_observed, additions, removals, moved or objects."""
        return self.name.split("/", 1)[0]


@dataclass(frozen=True, eq=False)
class FinishedCase:
    """What a window shows.

    Attributes
    ----------
    inspection : Inspection
    solids : tuple of Solid
    origin : (3,) m, design frame
    points : (n, 3) float32 m, design frame less the origin
    deviation : (n,) float32, m
        NaN beyond the band.
    point_class : (n,) uint8
    surveyed : int
        Points of the whole survey.
    """

    inspection: Inspection
    solids: tuple[Solid, ...]
    origin: Floats
    points: Floats32
    deviation: Floats32
    point_class: Bytes
    surveyed: int


def read_case(folder: Path, most_points: int = MOST_POINTS) -> FinishedCase:
    """The case in a folder.

    Raises
    ------
    EvidenceError
        A file is missing or cannot be read.
    """
    inspection = read(folder)
    folder = folder if folder.is_dir() else folder.parent
    solids, origin = _solids(folder / "diff.glb")
    survey = open_measured(folder / "deviation.laz")
    return FinishedCase(inspection, solids, origin, *_points(survey, origin, most_points), survey.count)


def _solids(path: Path) -> tuple[tuple[Solid, ...], Floats]:
    import trimesh

    if not path.is_file():
        raise EvidenceError(f"{path.parent}: holds no {path.name}", AGAIN)
    try:
        scene: Any = trimesh.load_scene(path, process=False)
        origin = np.array(scene.metadata["origin_m"], dtype=np.float64)
    except Exception as error:
        raise EvidenceError(f"{path}: cannot be read ({error})", AGAIN) from error
    found = []
    for name in sorted(scene.geometry):
        mesh = scene.geometry[name]
        *rgb, alpha = (int(channel) for channel in mesh.visual.material.main_color)
        vertices = np.asarray(mesh.vertices) @ _TO_DESIGN.T
        found.append(Solid(name, vertices, np.asarray(mesh.faces, np.int32), (rgb[0], rgb[1], rgb[2]), alpha / 255.0))
    return tuple(found), origin


def _points(survey: MeasuredSurvey, origin: Floats, most: int) -> tuple[Floats32, Floats32, Bytes]:
    """Points by chance, no more than about `most`, less the origin, with their deviations and classes."""
    lots, chance = np.random.default_rng(0), min(1.0, most / max(survey.count, 1))
    found: list[tuple[Floats32, Floats32, Bytes]] = [
        (np.zeros((0, 3), np.float32), np.zeros(0, np.float32), np.zeros(0, np.uint8))
    ]
    for part in survey.parts():
        some = np.flatnonzero(lots.random(len(part.places), dtype=np.float32) < chance)
        places = (part.places[some] - origin).astype(np.float32)
        found.append((places, part.deviation[some], part.kind[some]))
    points, deviation, kind = (np.concatenate(column) for column in zip(*found, strict=True))
    return points, deviation, kind
