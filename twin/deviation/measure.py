"""The survey against the approved surface: point by point, then element by element."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from twin.arrays import Flags, Floats, Floats32, Ints, Longs, Matrix4, Shorts
from twin.design.model import Design, Element, Role
from twin.design.proximity import Proximity
from twin.deviation.carving import Passage, carve
from twin.deviation.coverage import Looks, pierced, seen
from twin.deviation.distance import signed_distances
from twin.deviation.facades import outer_coverage
from twin.deviation.faces import FaceOffsets, displaced_faces
from twin.deviation.model import Deviation, ElementResult, ElementStatus
from twin.deviation.samples import SurfaceSamples, exposed_samples
from twin.deviation.settings import DeviationSettings
from twin.frames import move
from twin.registration.model import Registration
from twin.survey.model import Cloud
from twin.survey.surfaces import normals
from twin.survey.thinning import thin

# Rays pass through glass and between bars: a ray behind one of these does not show that it is missing.
_SEEN_THROUGH = ("IfcWindow", "IfcDoor", "IfcCurtainWall", "IfcPlate", "IfcRailing", "IfcMember")


def measure(
    design: Design,
    cloud: Cloud,
    registration: Registration,
    settings: DeviationSettings,
    due_below_m: float | None = None,
    on_progress: Callable[[int, int], None] | None = None,
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
    """
    settings = settings.widened(registration.residual_rms_m)
    pose = registration.design_from_survey
    proximity = Proximity(design.surface)
    distances = signed_distances(design.surface, cloud.points, pose, settings.band_m, on_progress)
    near = np.flatnonzero(distances.triangle >= 0)
    points = move(pose, np.asarray(cloud.points[near]))
    samples = exposed_samples(
        design, proximity, settings.sample_spacing_m, settings.most_samples, settings.exposure_step_m
    )
    owner = design.surface.element[distances.triangle[near]]
    spacing = settings.thinned_share * settings.sample_spacing_m
    thinned = thin(points, spacing)
    looked = Looks(*_directions(points[thinned], np.asarray(cloud.scan)[near[thinned]], cloud, pose, 6.0 * spacing))
    passage = _passage(design, cloud, registration, settings)
    at_place, occupied = seen(samples, points[thinned], looked, owner[thinned], settings)
    views = _Views(samples, at_place, pierced(samples, passage, settings) & ~occupied)
    offsets = displaced_faces(
        design.surface, samples, points, distances.distance[near], distances.triangle[near], settings
    )
    element = np.where(distances.triangle >= 0, design.surface.element[distances.triangle], -1).astype(np.int32)
    results = _element_results(design, registration, views, offsets, element, distances.distance, due_below_m, settings)
    facades, roof = outer_coverage(samples, views.seen, proximity, design.georeference.north_deg)
    return Deviation(
        distances.distance,
        element,
        results,
        _share(views.seen),
        _storey_coverage(design, views),
        samples,
        views.seen,
        occupied,
        views.pierced,
        passage,
        facades,
        roof,
        settings.tolerance_m,
    )


def _directions(points: Floats, scan: Shorts, cloud: Cloud, pose: Matrix4, radius_m: float) -> tuple[Floats, Flags]:
    """(n, 3) normals of points, and whether their sign is known because the station is."""
    if not len(cloud.stations):
        return normals(points, radius_m, neighbours=12).normals, np.zeros(len(points), dtype=bool)
    stations = move(pose, cloud.stations)
    known = np.asarray(np.isfinite(stations).all(axis=1))[scan]
    return normals(points, radius_m, stations, scan, neighbours=12).normals, np.asarray(known)


class _Views:
    """The samples with what was seen of each."""

    def __init__(self, samples: SurfaceSamples, seen_at_place: Flags, passed_through: Flags) -> None:
        self.samples = samples
        self.seen = seen_at_place
        self.pierced = passed_through & ~seen_at_place


def _passage(design: Design, cloud: Cloud, registration: Registration, settings: DeviationSettings) -> Passage:
    """Rays through a box about the design; of rays that end in the same small cell one speaks for all."""
    pose = registration.design_from_survey
    margin = 2.0
    box = np.array([design.surface.vertices.min(axis=0) - margin, design.surface.vertices.max(axis=0) + margin])
    if not np.isfinite(cloud.stations).all(axis=1).any():
        return carve(
            np.full((1, 3), np.nan), np.zeros((0, 3)), np.zeros(0, dtype=np.int64), box, settings.carve_voxel_m
        )
    rows: list[Floats] = []
    scans: list[Ints] = []
    for scan in np.flatnonzero(np.isfinite(cloud.stations).all(axis=1)):
        members = np.flatnonzero(np.asarray(cloud.scan) == scan)
        part = np.asarray(cloud.points[members])
        rows.append(part[thin(part, 0.5 * settings.carve_voxel_m)])
        scans.append(np.full(len(rows[-1]), scan, dtype=np.int32))
    ends = move(pose, np.vstack(rows))
    return carve(move(pose, cloud.stations), ends, np.concatenate(scans).astype(np.int64), box, settings.carve_voxel_m)


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
    placed = np.flatnonzero(element >= 0)
    placed = placed[np.argsort(element[placed], kind="stable")]
    bounds = np.searchsorted(element[placed], np.arange(count + 1))
    results = []
    for item in design.elements:
        rows = placed[bounds[item.index] : bounds[item.index + 1]]
        faces = np.flatnonzero(offsets.element == item.index)
        exposed = max(area[item.index], 1e-9)
        coverage, through = float(area_seen[item.index] / exposed), float(area_pierced[item.index] / exposed)
        moved = float(offsets.area_m2[faces].sum())
        status = _status(item, coverage, area_seen[item.index], through, moved, due_below_m, settings)
        results.append(_result(item, status, coverage, distance[rows], offsets, faces, registration, settings))
    return tuple(results)


def _status(
    item: Element,
    coverage: float,
    area_seen: float,
    through: float,
    moved_area: float,
    due_below_m: float | None,
    settings: DeviationSettings,
) -> ElementStatus:
    enough = coverage >= settings.least_coverage or area_seen >= settings.least_area_m2
    if moved_area > area_seen and item.role is Role.BUILDING:
        return ElementStatus.DISPLACED
    solid = item.role is Role.BUILDING and item.ifc_class not in _SEEN_THROUGH
    absent = solid and through >= settings.least_pierced and through > coverage
    if enough and not absent:
        return ElementStatus.AS_DESIGNED
    if due_below_m is not None and item.box[2] >= due_below_m - settings.tolerance_m:
        return ElementStatus.NOT_DUE
    return ElementStatus.MISSING if absent else ElementStatus.NOT_OBSERVED


def _result(
    item: Element,
    status: ElementStatus,
    coverage: float,
    distance: Floats32,
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
    elif status is ElementStatus.AS_DESIGNED:
        close = distance[np.abs(distance) <= settings.tolerance_m]
        if len(close):
            median = float(np.median(close))
            spread = 1.4826 * float(np.median(np.abs(close - median)))
    uncertainty = None if median is None else _expanded(item, spread, len(distance), registration, settings)
    return ElementResult(item.index, status, median, uncertainty, coverage, len(distance), vector)


def _expanded(
    item: Element, spread: float, count: int, registration: Registration, settings: DeviationSettings
) -> float:
    """Expanded uncertainty (k = 2, GUM) of an element's offset: noise of its points, the instrument's share that does
    not average out, and the pose's uncertainty at the element's place.
    """
    centre = 0.5 * (np.array(item.box[:3]) + np.array(item.box[3:]))
    arm = centre - registration.centre
    lever = np.hstack([np.eye(3), -_cross(arm)])
    pose = float(np.linalg.eigvalsh(lever @ registration.covariance @ lever.T)[-1])
    return float(2.0 * np.sqrt(spread**2 / max(count, 1) + settings.range_noise_m**2 + max(pose, 0.0)))


def _cross(v: Floats) -> Floats:
    return np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])
