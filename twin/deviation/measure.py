"""The survey against the approved surface: point by point, then element by element."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.arrays import Flags, Floats, Floats32, Ints, Longs
from twin.design.model import Design, Element, Role, Surface
from twin.design.proximity import Proximity
from twin.deviation.coverage import Looks, pierced, seen
from twin.deviation.facades import outer_coverage, outer_sides
from twin.deviation.faces import FaceOffsets, displaced_faces
from twin.deviation.margins import inner_areas
from twin.deviation.medians import medians
from twin.deviation.model import Deviation, ElementResult, ElementStatus
from twin.deviation.near import Near
from twin.deviation.room import given_up, room_for
from twin.deviation.samples import SurfaceSamples, exposed_samples
from twin.deviation.settings import DeviationSettings
from twin.deviation.sweep import Swept, sweep
from twin.frames import move
from twin.registration.model import Registration
from twin.survey.model import Cloud

_BLOCK = 1 << 20
_REACH_SPACINGS = 6.0  # of thinned points: a neighbourhood of twelve fits well within
# Rays pass through glass and between bars: a ray behind one of these does not show that it is missing.
_SEEN_THROUGH = ("IfcWindow", "IfcDoor", "IfcCurtainWall", "IfcPlate", "IfcRailing", "IfcMember")


def measure(
    design: Design,
    cloud: Cloud,
    registration: Registration,
    settings: DeviationSettings,
    due_below_m: float | None = None,
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
    due_below_m : float, optional
        Elements that stand wholly above this level (design frame) are not due yet.
    on_progress : callable, optional
        Called with points done and points in all.
    scratch : Path, optional
        Folder for what is found of every point, eight bytes each, which is then mapped from disk; it must outlive the
        result.
    """
    settings = settings.widened(registration.residual_rms_m)
    pose, surface = registration.design_from_survey, design.surface
    room = room_for(len(surface.triangles))
    samples, sides = _sampled(design, settings)
    spacing = _spacing(samples, settings)
    swept = sweep(surface, cloud, pose, settings, spacing, on_progress, scratch, room)
    distance, triangle, rays = swept.distance, swept.triangle, swept.passage
    near = Near(cloud.points, pose, distance)
    looks, owner = _looks(swept, near, cloud, surface, spacing)
    at_place, occupied = seen(samples, looks, owner, settings)
    views = _Views(samples, at_place, pierced(samples, rays, settings) & ~occupied)
    offsets = displaced_faces(surface, samples, near, triangle, settings)
    element = _elements(triangle, surface)
    results = _element_results(design, registration, views, offsets, element, distance, due_below_m, settings)
    facades, roof = outer_coverage(samples, sides, views.seen)
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


def _sampled(design: Design, settings: DeviationSettings) -> tuple[SurfaceSamples, Longs]:
    """Exposed samples of the approved surface, and the outer side of which each is part.

    Done before the survey is swept: what answers along rays is forgotten then, and not in memory beside the bricks.
    """
    proximity = Proximity(design.surface)
    samples = exposed_samples(
        design, proximity, settings.sample_spacing_m, settings.most_samples, settings.exposure_step_m
    )
    return samples, outer_sides(samples, proximity, design.georeference.north_deg)


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


class _Views:
    """The samples with what was seen of each."""

    def __init__(self, samples: SurfaceSamples, seen_at_place: Flags, passed_through: Flags) -> None:
        self.samples = samples
        self.seen = seen_at_place
        self.pierced = passed_through & ~seen_at_place


def _share(flags: Flags) -> float:
    return float(flags.mean()) if len(flags) else 0.0


def _storey_coverage(design: Design, views: _Views) -> Floats:
    storey = np.array([-1 if e.storey is None else e.storey for e in design.elements], dtype=np.int64)
    owner = storey[views.samples.element] if len(views.samples) else np.zeros(0, dtype=np.int64)
    return np.array(
        [_share(views.seen[owner == s]) if (owner == s).any() else np.nan for s in range(len(design.storeys))]
    )


def _element_results(
    design: Design,
    registration: Registration,
    views: _Views,
    offsets: FaceOffsets,
    element: Ints,
    distance: Floats32,
    due_below_m: float | None,
    settings: DeviationSettings,
) -> tuple[ElementResult, ...]:
    count = len(design.elements)
    owner = views.samples.element
    area = np.bincount(owner, weights=views.samples.area_m2, minlength=count)
    area_seen = np.bincount(owner, weights=views.samples.area_m2 * views.seen, minlength=count)
    area_pierced = np.bincount(owner, weights=views.samples.area_m2 * views.pierced, minlength=count)
    little = (area_seen > 0.0) & (area_seen < settings.doubtful_coverage * area)
    inner, inner_seen = inner_areas(views.samples, views.seen, count, little)
    points = np.zeros(count + 1, dtype=np.int64)
    for start in range(0, len(element), _BLOCK):
        points += np.bincount(element[start : start + _BLOCK] + 1, minlength=count + 1)
    median = medians(distance, element, count, settings.tolerance_m)
    spread = medians(distance, element, count, settings.tolerance_m, median)
    results = []
    for item in design.elements:
        faces = np.flatnonzero(offsets.element == item.index)
        exposed = max(area[item.index], 1e-9)
        coverage, through = float(area_seen[item.index] / exposed), float(area_pierced[item.index] / exposed)
        moved = float(offsets.area_m2[faces].sum())
        if through >= settings.least_pierced and moved < settings.least_moved_share * exposed:
            moved = 0.0
        of_it = area_seen[item.index], exposed
        if little[item.index] and inner[item.index] > 0.0:
            of_it = inner_seen[item.index], inner[item.index]
        enough = of_it[0] >= settings.least_coverage * of_it[1] or of_it[0] >= settings.least_area_m2
        places = _Places(coverage, through, bool(enough), bool(moved > area_seen[item.index]))
        status = _status(item, places, due_below_m, settings)
        seen_points = _Points(int(points[item.index + 1]), float(median[item.index]), float(spread[item.index]))
        results.append(_result(item, status, coverage, seen_points, offsets, faces, registration, settings))
    return tuple(results)


@dataclass(frozen=True, slots=True)
class _Places:
    """Of an element's exposed surface: the shares seen at its place and pierced by rays, whether enough was seen to
    call it built, and whether more of it was seen elsewhere.
    """

    coverage: float
    through: float
    enough: bool
    moved: bool


def _status(item: Element, places: _Places, due_below_m: float | None, settings: DeviationSettings) -> ElementStatus:
    if places.moved and item.role is Role.BUILDING:
        return ElementStatus.DISPLACED
    solid = item.role is Role.BUILDING and item.ifc_class not in _SEEN_THROUGH
    absent = solid and places.through >= settings.least_pierced and places.through > places.coverage
    if places.enough and not absent:
        return ElementStatus.AS_DESIGNED
    if due_below_m is not None and item.box[2] >= due_below_m - settings.tolerance_m:
        return ElementStatus.NOT_DUE
    return ElementStatus.MISSING if absent else ElementStatus.NOT_OBSERVED


@dataclass(frozen=True, slots=True)
class _Points:
    """Points of one element: their number, and median and median distance from it of those within the tolerance."""

    count: int
    median_m: float
    off_median_m: float


def _result(
    item: Element,
    status: ElementStatus,
    coverage: float,
    points: _Points,
    offsets: FaceOffsets,
    faces: Longs,
    registration: Registration,
    settings: DeviationSettings,
) -> ElementResult:
    median: float | None = None
    vector: tuple[float, float, float] | None = None
    spread = 0.0
    if status is ElementStatus.DISPLACED:
        widest = faces[np.argmax(offsets.area_m2[faces])]
        median, spread = float(offsets.offset_m[widest]), float(offsets.spread_m[widest])
        solved = np.linalg.lstsq(offsets.normal[faces], offsets.offset_m[faces], rcond=None)[0]
        vector = (float(solved[0]), float(solved[1]), float(solved[2]))
    elif status is ElementStatus.AS_DESIGNED and np.isfinite(points.median_m):
        median, spread = points.median_m, 1.4826 * points.off_median_m
    uncertainty = None if median is None else _expanded(item, spread, points.count, registration, settings)
    vacated = status is ElementStatus.DISPLACED and bool((offsets.offset_m[faces] < 0.0).any())
    return ElementResult(item.index, status, median, uncertainty, coverage, points.count, vector, vacated)


def _expanded(
    item: Element, spread: float, count: int, registration: Registration, settings: DeviationSettings
) -> float:
    """Expanded uncertainty (k = 2, GUM) of an element's offset: noise of its points, the instrument's share that does
    not average out, what parts the set-ups, and the pose's uncertainty at the element's place.
    """
    centre = 0.5 * (np.array(item.box[:3]) + np.array(item.box[3:]))
    arm = centre - registration.centre
    lever = np.hstack([np.eye(3), -_cross(arm)])
    pose = float(np.linalg.eigvalsh(lever @ registration.covariance @ lever.T)[-1])
    apart = float(registration.set_up_sigma_m.max())
    return float(2.0 * np.sqrt(spread**2 / max(count, 1) + settings.range_noise_m**2 + apart**2 + max(pose, 0.0)))


def _cross(v: Floats) -> Floats:
    return np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])
