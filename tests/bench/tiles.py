"""Designs of any size: the sample building side by side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.arrays import Floats
from twin.design.model import Design, Surface
from twin.registration.model import Mode, Registration, Status

NOISE_M = 0.003
_APART = 1.2


def tiled(design: Design, count: int) -> Design:
    """So many copies of a design in a square, each with elements of its own."""
    surface, many = design.surface, np.arange(count)
    offsets = places_of(surface, count)
    vertices = (surface.vertices + offsets[:, None]).reshape(-1, 3)
    triangles = (surface.triangles + (many * len(surface.vertices))[:, None, None]).reshape(-1, 3)
    element = (surface.element + (many * len(design.elements))[:, None]).reshape(-1)
    elements = tuple(
        replace(e, index=e.index + tile * len(design.elements), box=_moved(e.box, offset))
        for tile, offset in enumerate(offsets)
        for e in design.elements
    )
    return replace(
        design, elements=elements, surface=Surface(vertices, triangles.astype(np.int32), element.astype(np.int32))
    )


def places_of(surface: Surface, count: int) -> Floats:
    """(count, 3) m: where the copies stand."""
    many, size = np.arange(count), surface.vertices.max(axis=0) - surface.vertices.min(axis=0)
    side = int(np.ceil(np.sqrt(count)))
    return np.asarray(np.column_stack([many % side, many // side, np.zeros(count)]) * size * _APART)


def _moved(box: tuple[float, ...], offset: Floats) -> tuple[float, float, float, float, float, float]:
    x, y, z = (float(v) for v in offset)
    return box[0] + x, box[1] + y, box[2] + z, box[3] + x, box[4] + y, box[5] + z


def placed(origin: Floats, centre: Floats) -> Registration:
    """The pose of a survey whose file axes are the design frame."""
    pose = np.eye(4)
    pose[:3, 3] = origin
    covariance = np.diag([1e-6] * 3 + [1e-10] * 3)
    return Registration(
        Status.ACCEPTED, Mode.GIVEN, pose, 1.0, NOISE_M, 1.0, covariance, centre, (), may_judge_position=True
    )
