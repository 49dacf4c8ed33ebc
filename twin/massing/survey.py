"""What stands there: ground, moved parts, additions, objects, levels."""

from __future__ import annotations

import numpy as np

from twin.arrays import Flags, Floats, Floats32, Longs
from twin.design.model import Design, Role
from twin.design.proximity import Proximity
from twin.deviation.model import Deviation
from twin.frames import move
from twin.massing.additions import volumes_of
from twin.massing.breaches import breaches_of
from twin.massing.closures import closures_of
from twin.massing.columns import Columns, columns_of, raster_about, roof_of
from twin.massing.enclosure import closed, enclosed, grown
from twin.massing.ends import with_measured_ends
from twin.massing.floors import built_floors
from twin.massing.ground import Ground
from twin.massing.levels import measured_levels
from twin.massing.model import Addition, Lift, Massing
from twin.massing.moved import moved_part
from twin.massing.objects import objects_of
from twin.massing.outlines import Faces, polygon_of
from twin.massing.patches import Shapes, shapes_of
from twin.massing.rhythm import rhythm_of
from twin.massing.settings import MassingSettings
from twin.massing.sight import Flat
from twin.massing.site import Site
from twin.massing.slabs import slabs_of
from twin.massing.structure import Unexplained, sort_out, thinned_rows
from twin.registration.model import Registration
from twin.survey.extent import rows_within
from twin.survey.model import Cloud
from twin.survey.thinning import thin

_BLOCK = 2_000_000
_MOST_KEPT = 8_000_000  # thinned points of several blocks, which are then thinned together: 100 bytes each
_INSTRUMENT_M = 0.002  # standard uncertainty of a laser distance that no averaging removes
_COLUMN_M = 0.3  # width of a column in which points lie over each other: a few spacings
_UPRIGHT = 0.2  # largest rise of a face's normal
_LEVEL = 0.7  # least rise of the normal of a floor, a ceiling or a roof that is not steep


def survey_massing(
    design: Design, cloud: Cloud, registration: Registration, deviation: Deviation, settings: MassingSettings
) -> Massing:
    """Find everything that stands there and is not explained by the approved building at its place.

    Parameters
    ----------
    design : Design
    cloud : Cloud
    registration : Registration
    deviation : Deviation
        Of the same cloud under the same registration.
    settings : MassingSettings
    """
    settings = settings.widened(registration.residual_rms_m)
    points, rows, explained = _around(design, cloud, registration, deviation, settings)
    views = _views(points, rows, cloud, registration)
    ground, ground_rows, unexplained = sort_out(points[~explained], rows[~explained], views[~explained], settings)
    columns = columns_of(design, settings.column_m, settings.reach_m)
    outline = closed(columns.solid(-np.inf, np.inf), round(settings.gap_m / columns.raster.cell_m))
    is_shell = all(storey.floor_area_m2 == 0.0 for storey in design.storeys)
    site = Site(columns, _faces(deviation), roof_of(columns, outline), ground, _spread(deviation), is_shell)
    pose_z = np.sqrt(max(registration.covariance[2, 2], 0.0))
    system = float(np.linalg.norm([_INSTRUMENT_M, pose_z, registration.set_up_sigma_m[2]]))
    flat = _flat(design, points, rows, views, explained, unexplained, settings)
    lift, rest = moved_part(design, deviation, flat, unexplained, site, system, settings)
    additions, rest = _additions(rest, site, settings)
    pose = registration.design_from_survey
    additions = with_measured_ends(additions, cloud, deviation, pose, settings.explained_m)
    levels = measured_levels(design, deviation, points[explained], settings.explained_m, system)
    floors = () if is_shell else built_floors(flat, columns, site.spread_m, system)
    objects = objects_of(rest.points, rest.rows, columns, ground, rest.spacing_m, np.ones(len(rest.points), dtype=bool))
    building = np.isin(deviation.element[rows], design.roles()[Role.BUILDING]) & explained
    footprint = _footprint(design, columns, settings)
    return Massing(
        lift,
        tuple(additions),
        objects,
        levels,
        ground,
        float(footprint.sum()) * columns.raster.cell_m**2,
        _top(points[building], lift, unexplained, additions),
        _ground_level(ground, footprint, columns),
        ground_rows,
        rows[explained],
        settings.explained_m,
        floors,
        closures_of(design, points, rows, views, settings),
        breaches_of(design, deviation, points, _origins(rows, cloud, registration), settings),
        rhythm_of(deviation.samples, points, columns, settings),
        polygon_of(footprint, columns.raster),
    )


def _around(
    design: Design, cloud: Cloud, registration: Registration, deviation: Deviation, settings: MassingSettings
) -> tuple[Floats, Longs, Flags]:
    """Thinned points within reach of the design, their rows in the cloud, and which of them the design explains.

    Explained and unexplained points are thinned apart: what needs recognising keeps its detail however much ground
    and facade there is.
    """
    margin = np.array([settings.reach_m, settings.reach_m, settings.lift_up_m])
    vertices = design.surface.vertices
    reach = np.array([vertices.min(axis=0) - margin, vertices.max(axis=0) + 2.0 * margin])
    points, rows = np.zeros((0, 3)), np.zeros(0, dtype=np.int64)
    for start in range(0, len(cloud.points), _BLOCK):
        block = np.asarray(cloud.points[start : start + _BLOCK])
        inside = rows_within(block, registration.design_from_survey, reach)
        moved = move(registration.design_from_survey, block[inside])
        some = thin(moved, settings.thinning_m)
        points, rows = np.vstack([points, moved[some]]), np.concatenate([rows, start + inside[some]])
        if len(points) > _MOST_KEPT:
            some = _thinned_apart(points, _explained(rows, deviation, settings), settings.thinning_m)
            points, rows = points[some], rows[some]
    explained = _explained(rows, deviation, settings)
    members = [np.flatnonzero(flags) for flags in (explained, ~explained)]
    some = np.sort(np.concatenate([m[thinned_rows(points[m], settings)] for m in members if len(m)]))
    return points[some], rows[some], explained[some]


def _faces(deviation: Deviation) -> Faces:
    """The exposed upright faces of the approved building."""
    samples = deviation.samples
    upright = np.abs(samples.normals[:, 2]) < _UPRIGHT
    return Faces(samples.points[upright], samples.normals[upright])


def _explained(rows: Longs, deviation: Deviation, settings: MassingSettings) -> Flags:
    """(n,) bool: whether the points in these rows lie on the design."""
    distance = np.abs(np.nan_to_num(deviation.distance[rows], nan=np.inf))
    return np.asarray(distance <= settings.explained_m)


def _thinned_apart(points: Floats, explained: Flags, cell_m: float) -> Longs:
    """Rows of explained and of unexplained points, each thinned for itself."""
    members = [np.flatnonzero(flags) for flags in (explained, ~explained)]
    return np.sort(np.concatenate([rows[thin(points[rows], cell_m)] for rows in members]))


def _spread(deviation: Deviation) -> float:
    """Spread of the survey about an undisturbed surface: robust standard deviation of what is explained."""
    blocks = range(0, len(deviation.distance), _BLOCK)
    count = sum(len(_close(deviation, start)) for start in blocks)
    if not count:
        return deviation.tolerance_m
    step, done, parts = max(count // 1_000_000, 1), 0, []
    for start in blocks:
        close = _close(deviation, start)
        parts.append(close[-done % step :: step])
        done += len(close)
    part = np.concatenate(parts)
    return float(max(1.4826 * np.median(np.abs(part - np.median(part))), 0.001))


def _close(deviation: Deviation, start: int) -> Floats32:
    """(m,) m: distances within the tolerance in one block of points."""
    distance = np.asarray(deviation.distance[start : start + _BLOCK])
    return distance[np.abs(distance) < deviation.tolerance_m]


def _views(points: Floats, rows: Longs, cloud: Cloud, registration: Registration) -> Floats:
    """(n, 3) unit vectors from each point to the station that saw it; NaN where the station is unknown."""
    way = _origins(rows, cloud, registration) - points
    return np.asarray(way / np.linalg.norm(way, axis=1, keepdims=True))


def _origins(rows: Longs, cloud: Cloud, registration: Registration) -> Floats:
    """(n, 3) m, design frame: the station that saw each of some rows; NaN where it is unknown."""
    if not len(cloud.stations):
        return np.full((len(rows), 3), np.nan)
    return move(registration.design_from_survey, cloud.stations)[np.asarray(cloud.scan)[rows]]


def _flat(
    design: Design,
    points: Floats,
    rows: Longs,
    views: Floats,
    explained: Flags,
    unexplained: Unexplained,
    settings: MassingSettings,
) -> Flat:
    """All flat surface points about the building, with normals towards the station where it is known.

    The shapes of what is unexplained are known already; the rest, ground included, is looked at here.
    """
    known_rows = np.searchsorted(rows, unexplained.rows)
    left = np.ones(len(points), dtype=bool)
    left[known_rows] = False
    rest = shapes_of(points[left], views[left], settings)
    shapes = Shapes(np.zeros((len(points), 3)), np.zeros(len(points), dtype=bool), np.zeros(len(points)))
    for part, place in ((rest, left), (unexplained.shapes, known_rows)):
        shapes.normals[place], shapes.flat[place], shapes.spacing[place] = part.normals, part.flat, part.spacing
    keep = np.flatnonzero(shapes.flat)
    normals = shapes.normals[keep]
    by_station = np.asarray(np.isfinite(views[keep]).all(axis=1))
    views = np.where(np.isfinite(views), views, _from_above(points))[keep]
    known = np.asarray(np.isfinite(views).all(axis=1))
    away = known & (np.einsum("ij,ij->i", normals, views) < 0.0)
    finite = shapes.spacing[keep]
    spacing = float(np.percentile(finite, 75.0)) if len(finite) else settings.thinning_m
    towards = np.where(away[:, None], -normals, normals)
    behind = _behind(design, points[keep], towards, explained[keep] & known)
    return Flat(points[keep], towards, known, explained[keep], spacing, rows[keep], by_station, behind)


def _behind(design: Design, points: Floats, normals: Floats, asked: Flags) -> Flags:
    """(n,) bool: level surfaces, of those asked, that look the other way than the approved face on which they lie.

    A roof that came down by the thickness of its slab lies where the approved ceiling does, and is none.
    """
    rows = np.flatnonzero(asked & (np.abs(normals[:, 2]) > _LEVEL))
    behind = np.zeros(len(points), dtype=bool)
    if len(rows):
        face = Proximity(design.surface).nearest(points[rows]).triangle
        behind[rows] = np.einsum("ij,ij->i", design.surface.normals()[face], normals[rows]) < -_LEVEL
    return behind


def _from_above(points: Floats) -> Floats:
    """(n, 3): straight up for points with none above them, NaN for the rest.

    Where the station is unknown, the topmost surface of a column is taken for one that was seen from above.
    """
    raster = raster_about(points, _COLUMN_M, 0.0)
    cell = np.clip(raster.cells(points)[0], 0, np.array(raster.shape) - 1)
    highest = np.full(raster.shape, -np.inf)
    np.maximum.at(highest, (cell[:, 0], cell[:, 1]), points[:, 2])
    topmost = points[:, 2] >= highest[cell[:, 0], cell[:, 1]] - _COLUMN_M
    return np.where(topmost[:, None], np.array([0.0, 0.0, 1.0]), np.nan)


def _additions(structure: Unexplained, site: Site, settings: MassingSettings) -> tuple[list[Addition], Unexplained]:
    """Slabs inside the approved building first: a volume must not swallow them; then volumes."""
    slabs = slabs_of(structure, site, settings)
    taken = np.isin(structure.rows, np.concatenate([s.points for s in slabs])) if slabs else np.zeros(0, dtype=bool)
    rest = structure.where(~taken) if slabs else structure
    volumes = volumes_of(rest, site, settings)
    if volumes:
        rest = rest.where(~np.isin(rest.rows, np.concatenate([v.points for v in volumes])))
    return [*volumes, *slabs], rest


def _footprint(design: Design, columns: Columns, settings: MassingSettings) -> Flags:
    """Cells inside the approved ground storey; facades with gaps are closed at any height instead of at all."""
    low, high = _ground_storey(design)
    inside = enclosed(columns, low, high, settings.gap_m, settings.opening_m)
    about = closed(columns.solid(low, high), round(settings.gap_m / columns.raster.cell_m))
    return inside if inside.sum() > 0.5 * about.sum() else about


def _ground_storey(design: Design) -> tuple[float, float]:
    """Band of the lowest storey at or above zero in which the footprint is taken."""
    floors = sorted(s.elevation_m for s in design.storeys if s.is_floor)
    base = next((f for f in floors if f >= -0.6), floors[0] if floors else float(design.surface.vertices[:, 2].min()))
    return base + 0.8, base + 2.0


def _top(points: Floats, lift: Lift | None, unexplained: Unexplained, additions: list[Addition]) -> float | None:
    """Highest level of building: approved parts as found, moved parts, additions."""
    tops = [float(np.percentile(points[:, 2], 99.99))] if len(points) else []
    tops += [a.top_m for a in additions if a.surroundings.over_building > 0.5]
    if lift is not None and len(lift.points):
        mine = np.isin(unexplained.rows, lift.points)
        tops.append(float(np.percentile(unexplained.points[mine, 2], 99.9)))
    return max(tops) if tops else None


def _ground_level(ground: Ground, footprint: Flags, columns: Columns) -> float | None:
    """Median level of the ground seen within five metres of the footprint."""
    near = grown(footprint, round(5.0 / columns.raster.cell_m)) & ~grown(footprint, round(0.5 / columns.raster.cell_m))
    centres = columns.raster.centres().reshape(*footprint.shape, 2)[near]
    cell, inside = ground.raster.cells(centres)
    cell = cell[inside]
    seen = ground.seen[tuple(cell.T)]
    levels = ground.level_m[tuple(cell[seen].T)]
    return float(np.median(levels)) if len(levels) else None
