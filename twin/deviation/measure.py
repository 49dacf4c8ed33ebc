"""The survey against the approved surface: point by point, then element by element."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from twin.arrays import Flags, Floats, Ints, Longs
from twin.design.expected import Expected
from twin.design.faces import Faces
from twin.design.model import Design, Surface
from twin.design.proximity import Proximity
from twin.deviation.bared import Hidden, bared, hidden_faces
from twin.deviation.coverage import Looks, pierced, seen
from twin.deviation.elements import Views, element_results
from twin.deviation.facades import outer_coverage, outer_sides
from twin.deviation.faces import found_faces
from twin.deviation.model import Deviation, ElementResult, ElementStatus
from twin.deviation.near import Near
from twin.deviation.room import given_up, room_for
from twin.deviation.samples import SurfaceSamples, exposed, surface_samples
from twin.deviation.settings import DeviationSettings
from twin.deviation.sweep import Swept, sweep
from twin.deviation.through import went_through
from twin.frames import move
from twin.registration.model import Registration
from twin.survey.model import Cloud

_EVERYTHING = Expected()
_BLOCK = 1 << 20
_REACH_SPACINGS = 6.0  # of thinned points: a neighbourhood of twelve fits well within


def measure(
    design: Design,
    cloud: Cloud,
    registration: Registration,
    settings: DeviationSettings,
    expected: Expected = _EVERYTHING,
    on_progress: Callable[[int, int], None] | None = None,
    scratch: Path | None = None,
) -> Deviation:
    """Compare every point with the approved surface and every approved element with the points.

    Parameters
    ----------
    design : Design
    cloud : Cloud
    registration : Registration
    settings : DeviationSettings
    expected : Expected, optional
        What is to stand: an absent element that is not due yet is not missing.
    on_progress : callable, optional
        Called with points done and points in all.
    scratch : Path, optional
        Folder for what is found of every point, eight bytes each, which is then mapped from disk; it must outlive the
        result.
    """
    settings = settings.widened(registration.residual_rms_m)
    pose, surface = registration.design_from_survey, design.surface
    room = room_for(len(surface.triangles))
    samples, sides, hidden = _sampled(design, settings)
    spacing = _spacing(samples, settings)
    swept = sweep(surface, cloud, pose, settings, spacing, on_progress, scratch, room)
    distance, triangle, rays = swept.distance, swept.triangle, swept.passage
    near = Near(cloud.points, pose, distance)
    looks, owner = _looks(swept, near, cloud, surface, spacing)
    at_place, occupied = seen(samples, looks, owner, settings)
    faces, drawn = Faces(surface), swept.drawn
    found = found_faces(faces, samples, looks, triangle[drawn], distance[drawn].astype(np.float64), settings)
    element = _elements(triangle, surface)
    crossed = pierced(samples, rays, settings) & ~occupied
    through = went_through(surface, samples, crossed, ~occupied, swept.followed, settings)
    views = Views(samples, faces.of_triangle[samples.triangle], at_place, through)
    bare = bared(hidden, looks.tree, registration.residual_rms_m, len(design.elements))
    results = element_results(design, registration, views, found, bare, element, distance, expected, settings)
    due = _due(samples, results, expected)
    facades, roof = outer_coverage(samples, np.where(due, sides, -1), views.seen)
    return Deviation(
        distance,
        element,
        results,
        _share(views.seen),
        _storey_coverage(design, views),
        samples,
        views.seen,
        occupied,
        views.pierced,
        rays,
        facades,
        roof,
        settings.tolerance_m,
        given_up(room, rays.voxel_m, settings.carve_voxel_m),
    )


def _sampled(design: Design, settings: DeviationSettings) -> tuple[SurfaceSamples, Longs, Hidden]:
    """Exposed samples of the approved surface, the outer side of which each is part, and what is hidden.

    Done before the survey is swept: what answers along rays is forgotten then, and not in memory beside the bricks.
    """
    proximity = Proximity(design.surface)
    every = surface_samples(design, settings.sample_spacing_m, settings.most_samples)
    in_sight = exposed(every, proximity, settings.exposure_step_m)
    samples, hidden = every.pick(in_sight), hidden_faces(design, proximity, every, in_sight)
    return samples, outer_sides(samples, proximity, design.georeference.north_deg), hidden


def _due(samples: SurfaceSamples, results: tuple[ElementResult, ...], expected: Expected) -> Flags:
    """(s,) bool: samples of what is to stand; what is not due yet is no part of a facade that was not seen."""
    is_due = np.array([result.status is not ElementStatus.NOT_DUE for result in results], dtype=np.bool_)
    below = np.inf if expected.below_m is None else expected.below_m
    return np.asarray(is_due[samples.element] & (samples.points[:, 2] < below), dtype=np.bool_)


def _spacing(samples: SurfaceSamples, settings: DeviationSettings) -> float:
    """How far apart points may lie of which coverage is counted, m.

    No closer than samples lie: where a large design is sampled more coarsely, fewer points tell as much.
    """
    apart = max(settings.sample_spacing_m, float(np.sqrt(samples.area_m2[0])) if len(samples) else 0.0)
    return settings.thinned_share * apart


def _looks(swept: Swept, near: Near, cloud: Cloud, surface: Surface, spacing_m: float) -> tuple[Looks, Ints]:
    """The drawn points within the band, and the element of each."""
    rows = swept.drawn
    stations = move(near.design_from_survey, cloud.stations) if len(cloud.stations) else np.zeros((0, 3))
    triangle = swept.triangle[rows]
    on_face = surface.normals()[triangle]
    looks = Looks(near.at(rows), on_face, _REACH_SPACINGS * spacing_m, stations, np.asarray(cloud.scan[rows]))
    return looks, surface.element[triangle]


def _elements(triangle: Ints, surface: Surface) -> Ints:
    """(n,) element of each point, in the place of its triangle; -1 where it has none."""
    for start in range(0, len(triangle), _BLOCK):
        part = triangle[start : start + _BLOCK]
        part[:] = np.where(part >= 0, surface.element[part], -1)
    return triangle


def _share(flags: Flags) -> float:
    return float(flags.mean()) if len(flags) else 0.0


def _storey_coverage(design: Design, views: Views) -> Floats:
    storey = np.array([-1 if e.storey is None else e.storey for e in design.elements], dtype=np.int64)
    owner = storey[views.samples.element] if len(views.samples) else np.zeros(0, dtype=np.int64)
    return np.array(
        [_share(views.seen[owner == s]) if (owner == s).any() else np.nan for s in range(len(design.storeys))]
    )
