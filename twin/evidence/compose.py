"""From results to what can be seen: the class of every point, and the scene."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.arrays import Bytes, Floats, Ints, Longs
from twin.conformity.model import Change, Judgement
from twin.design.model import Design, Role
from twin.deviation.model import Deviation
from twin.evidence.scene import PointClass, Scene
from twin.evidence.settings import EvidenceSettings
from twin.frames import move
from twin.massing.model import Massing
from twin.registration.model import Registration
from twin.survey.columns import column
from twin.survey.model import Cloud
from twin.survey.thinning import thin

_BLOCK = 2_000_000
_MOST_KEPT = 8_000_000  # thinned points of several blocks, which are then thinned together: 100 bytes each
_NEAR_M = 0.3  # an unexplained point shows what the nearest thinned point shows, within a few spacings


@dataclass(frozen=True, eq=False)
class Labels:
    """What every point of the cloud shows.

    Attributes
    ----------
    point_class : (n,) uint8
        `PointClass`.
    finding : (n,) int32
        Index into the findings, -1 where none.
    """

    point_class: Bytes
    finding: Ints


def label_points(
    design: Design,
    cloud: Cloud,
    registration: Registration,
    deviation: Deviation,
    massing: Massing,
    judgement: Judgement,
    scratch: Path | None = None,
) -> Labels:
    """Class and finding of every point: by its element where one explains it, else by the nearest thinned point.

    Parameters
    ----------
    design, cloud, registration, deviation, massing, judgement
    scratch : Path, optional
        Folder for the answers, five bytes a point, which are then mapped from disk; it must outlive them.
    """
    count = len(cloud.points)
    classes = column(scratch, "class.u8", np.dtype(np.uint8), count)
    finding = column(scratch, "finding.i32", np.dtype(np.int32), count)
    roles = np.array([_ROLE_CLASS[element.role] for element in design.elements], dtype=np.uint8)
    seeds = _seeds(massing, judgement, cloud, registration)
    for start in range(0, count, _BLOCK):
        part = slice(start, min(start + _BLOCK, count))
        classes[part], finding[part] = PointClass.UNEXPLAINED, -1
        distance = np.abs(deviation.distance[part])
        explained = distance <= massing.explained_m
        classes[part][explained] = roles[deviation.element[part][explained]]
        off = explained & (distance > deviation.tolerance_m) & (classes[part] == PointClass.AS_DESIGNED)
        classes[part][off] = PointClass.DEVIATING
        seeds.spread(cloud, registration, start + np.flatnonzero(~explained), classes, finding)
    return Labels(classes, finding)


_ROLE_CLASS = {
    Role.BUILDING: PointClass.AS_DESIGNED,
    Role.MOVABLE: PointClass.MOVABLE,
    Role.GROUND: PointClass.GROUND,
}
_CHANGE_CLASS = {
    Change.ADDED: PointClass.ADDED,
    Change.MOVED: PointClass.DEVIATING,
    Change.REMOVED: PointClass.DEVIATING,
    Change.OBJECT: PointClass.OBJECT,
}


class _Seeds:
    """Thinned points whose class is known, and what they say of points beside them."""

    def __init__(self, places: Floats, kinds: Bytes, owner: Ints) -> None:
        from scipy.spatial import cKDTree

        self._tree, self._kinds, self._owner = cKDTree(places) if len(places) else None, kinds, owner

    def spread(self, cloud: Cloud, registration: Registration, rows: Longs, classes: Bytes, finding: Ints) -> None:
        """Writes the class and finding of the nearest seed of some points into `classes` and `finding`."""
        if self._tree is None or not len(rows):
            return
        points = move(registration.design_from_survey, np.asarray(cloud.points[rows]))
        gap, index = self._tree.query(points, distance_upper_bound=_NEAR_M, workers=-1)
        found = np.isfinite(gap)
        classes[rows[found]] = self._kinds[index[found]]
        finding[rows[found]] = self._owner[index[found]]


def _seeds(massing: Massing, judgement: Judgement, cloud: Cloud, registration: Registration) -> _Seeds:
    """Ground, objects, and on top of them the findings."""
    parts = [(massing.ground_points, PointClass.GROUND, -1)]
    parts += [(thing.points, PointClass.OBJECT, -1) for thing in massing.objects]
    parts += [(f.points, _CHANGE_CLASS[f.change], row) for row, f in enumerate(judgement.findings)]
    rows = np.concatenate([part[0] for part in parts])
    kinds = np.concatenate([np.full(len(part[0]), part[1], dtype=np.uint8) for part in parts])
    owner = np.concatenate([np.full(len(part[0]), part[2], dtype=np.int32) for part in parts])
    # Of several entries the last one counts: a finding over an object over the ground.
    unique, place = np.unique(rows[::-1], return_index=True)
    places = move(registration.design_from_survey, np.asarray(cloud.points[unique]))
    return _Seeds(places, kinds[::-1][place], owner[::-1][place])


def compose_scene(
    design: Design,
    cloud: Cloud,
    registration: Registration,
    deviation: Deviation,
    judgement: Judgement,
    labels: Labels,
    *,
    case: str,
    digest: str,
    settings: EvidenceSettings,
) -> Scene:
    """Everything visible of a case, the survey thinned for sight.

    Parameters
    ----------
    case : str
        Name shown in captions.
    digest : str
        SHA-256 of the inputs.
    settings : EvidenceSettings
    """
    rows = _visible_rows(design, cloud, registration, labels, settings)
    stations, station = _stations(cloud, rows)
    dates = sorted(facts.captured_on for facts in cloud.facts if facts.captured_on)
    georeference = design.georeference
    return Scene(
        case=case,
        captured_on=dates[0] if dates else None,
        digest=digest,
        design=design,
        element_results=deviation.elements,
        storeys=judgement.storeys,
        findings=judgement.findings,
        verdict=judgement.verdict,
        points=move(registration.design_from_survey, np.asarray(cloud.points[rows])),
        point_deviation=deviation.distance[rows],
        point_class=labels.point_class[rows],
        point_rgb=None if cloud.rgb is None else np.asarray(cloud.rgb[rows]),
        point_finding=labels.finding[rows],
        point_station=station,
        stations=move(registration.design_from_survey, stations),
        north_deg=georeference.north_deg,
        map_from_design=georeference.map_from_design,
        crs=georeference.crs,
        tolerance_m=deviation.tolerance_m,
    )


def _stations(cloud: Cloud, rows: Longs) -> tuple[Floats, Ints]:
    """Known stations, (s, 3) m, survey frame, and which of them each row was seen from; -1 where that is not known."""
    if not len(cloud.stations):
        return np.zeros((0, 3)), np.full(len(rows), -1, dtype=np.int32)
    known = np.asarray(np.isfinite(cloud.stations).all(axis=1))
    number = np.where(known, np.cumsum(known) - 1, -1).astype(np.int32)
    return cloud.stations[known], number[np.asarray(cloud.scan[rows])]


def _visible_rows(
    design: Design, cloud: Cloud, registration: Registration, labels: Labels, settings: EvidenceSettings
) -> Longs:
    """Thinned rows about the design, and every row that shows an addition."""
    low = design.surface.vertices.min(axis=0) - settings.sight_margin_m
    high = design.surface.vertices.max(axis=0) + settings.sight_margin_m
    voxel = settings.sight_voxel_m
    points, rows = np.zeros((0, 3)), np.zeros(0, dtype=np.int64)
    for start in range(0, len(cloud.points), _BLOCK):
        moved = move(registration.design_from_survey, np.asarray(cloud.points[start : start + _BLOCK]))
        inside = np.flatnonzero(((moved > low) & (moved < high)).all(axis=1))
        some = inside[thin(moved[inside], voxel)]
        points, rows = np.vstack([points, moved[some]]), np.concatenate([rows, start + some])
        if len(rows) > _MOST_KEPT:
            some = thin(points, voxel)
            points, rows = points[some], rows[some]
    while len(rows) > settings.sight_points:
        voxel *= 1.15 * float(np.sqrt(len(rows) / settings.sight_points))
        some = thin(points, voxel)
        rows, points = rows[some], points[some]
    return np.union1d(rows, _added(labels, settings.sight_points))


def _added(labels: Labels, most: int) -> Longs:
    """Rows that show an addition, every so many-th where there are very many."""
    blocks = range(0, len(labels.point_class), _BLOCK)
    count = sum(int((labels.point_class[s : s + _BLOCK] == PointClass.ADDED).sum()) for s in blocks)
    step, done, found = max(count // most, 1), 0, [np.zeros(0, dtype=np.int64)]
    for start in blocks:
        rows = start + np.flatnonzero(labels.point_class[start : start + _BLOCK] == PointClass.ADDED)
        found.append(rows[-done % step :: step])
        done += len(rows)
    return np.concatenate(found)
