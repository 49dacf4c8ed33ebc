"""Rays that went through an element, and rays that went by."""

from __future__ import annotations

import numpy as np
import pytest
from support.shapes import block

from twin.arrays import Floats
from twin.design.model import Surface
from twin.deviation.rays import Followed
from twin.deviation.samples import SurfaceSamples
from twin.deviation.settings import DeviationSettings
from twin.deviation.through import went_through
from twin.survey.model import Cloud, Scan

SETTINGS = DeviationSettings()
THICK_M = 0.12
WALL = block("partition", (0.0, 0.0, 0.0), (THICK_M, 3.0, 0.5))
STATION = np.array([-4.0, 1.5, 0.25])


def _samples() -> SurfaceSamples:
    """Even samples of both faces of the wall."""
    y, z = (v.ravel() for v in np.meshgrid(np.arange(0.1, 3.0, 0.15), np.arange(0.1, 0.5, 0.15)))
    faces = [(0.0, -1.0), (THICK_M, 1.0)]
    points = np.vstack([np.column_stack([np.full(len(y), x), y, z]) for x, _ in faces])
    normals = np.repeat([[way, 0.0, 0.0] for _, way in faces], len(y), axis=0)
    element = np.zeros(len(points), dtype=np.int32)
    return SurfaceSamples(points, normals, element, element, np.full(len(points), 0.0225))


def _went(ends: Floats, triangles: slice = slice(None), station: Floats = STATION) -> float:
    """Share of the samples that rays to these ends are said to have gone through."""
    surface = Surface(WALL.vertices, WALL.triangles[triangles], np.zeros(len(WALL.triangles[triangles]), np.int32))
    scans = (Scan("one", None, len(ends)),)
    cloud = Cloud(ends, np.zeros(len(ends), np.int16), None, scans, station[None], np.zeros(3), ())
    followed = Followed(cloud, np.eye(4), ((0, np.arange(len(ends))),))
    samples = _samples()
    all_ = np.ones(len(samples), dtype=bool)
    return float(went_through(surface, samples, all_, all_, followed, SETTINGS).mean())


def _ends(x: float, step: float = 0.05) -> Floats:
    y, z = (v.ravel() for v in np.meshgrid(np.arange(-3.0, 6.0, step), np.arange(-0.2, 0.9, step)))
    return np.column_stack([np.full(len(y), x), y, z])


def test_rays_that_end_far_behind_a_wall_went_through_it() -> None:
    assert _went(_ends(2.0)) > 0.95


@pytest.mark.parametrize("off", [0.0, 0.06, THICK_M, THICK_M + 0.03])
def test_rays_that_end_on_a_wall_or_within_the_tolerance_of_it_did_not(off: float) -> None:
    assert _went(_ends(off)) == 0.0


def test_rays_beside_a_wall_cross_the_same_cells_and_did_not_go_through() -> None:
    along = np.linspace(0.0, 3.0, 400)
    ends = np.column_stack([np.full(400, -0.02), along + 3.0, np.full(400, 0.25)])
    assert _went(ends, station=np.array([-0.03, -4.0, 0.25])) == 0.0


def test_rays_through_one_end_say_nothing_of_the_other() -> None:
    ends = _ends(2.0)
    some = ends[np.abs(STATION[1] + (ends[:, 1] - STATION[1]) * 4.0 / 6.0 - 0.5) < 0.5]
    assert 0.2 < _went(some) < 0.55


def test_one_ray_is_too_few() -> None:
    assert _went(np.array([[2.0, 1.5, 0.25]])) == 0.0
    assert _went(np.array([[2.0, 1.5, 0.25], [2.0, 1.52, 0.25]])) > 0.0


@pytest.mark.parametrize(("off", "is_through"), [(0.1, False), (0.3, True)])
def test_through_a_face_without_an_inside_rays_must_end_a_cell_behind(off: float, is_through: bool) -> None:
    west = slice(10, 12)
    assert np.ptp(WALL.vertices[WALL.triangles[west]][..., 0]) == 0.0
    assert (_went(_ends(off), west) > 0.4) is is_through
