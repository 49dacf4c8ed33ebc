"""From results to what can be seen: the class of every point, and the scene."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Bytes, Ints, Longs
from twin.conformity.model import Change, Judgement
from twin.design.model import Design, Role
from twin.deviation.model import Deviation
from twin.evidence.scene import PointClass, Scene
from twin.evidence.settings import EvidenceSettings
from twin.frames import move
from twin.massing.model import Massing
from twin.registration.model import Registration
from twin.survey.model import Cloud
from twin.survey.thinning import thin

_BLOCK = 2_000_000
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
) -> Labels:
    """Class and finding of every point: by its element where one explains it, else by the nearest thinned point."""
    count = len(cloud.points)
    classes = np.full(count, PointClass.UNEXPLAINED, dtype=np.uint8)
    finding = np.full(count, -1, dtype=np.int32)
    roles = np.array([_ROLE_CLASS[element.role] for element in design.elements], dtype=np.uint8)
    distance = np.abs(deviation.distance)
    explained = distance <= massing.explained_m
    classes[explained] = roles[deviation.element[explained]]
    off = explained & (distance > deviation.tolerance_m) & (classes == PointClass.AS_DESIGNED)
    classes[off] = PointClass.DEVIATING
    seeds, seed_class, seed_finding = _seeds(massing, judgement)
    if len(seeds):
        _spread(cloud, registration, np.flatnonzero(~explained), (seeds, seed_class, seed_finding), classes, finding)
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


def _seeds(massing: Massing, judgement: Judgement) -> tuple[Longs, Bytes, Ints]:
    """Thinned points whose class is known: ground, objects, and on top of them the findings."""
    parts = [(massing.ground_points, PointClass.GROUND, -1)]
    parts += [(thing.points, PointClass.OBJECT, -1) for thing in massing.objects]
    parts += [(f.points, _CHANGE_CLASS[f.change], row) for row, f in enumerate(judgement.findings)]
    rows = np.concatenate([part[0] for part in parts])
    kinds = np.concatenate([np.full(len(part[0]), part[1], dtype=np.uint8) for part in parts])
    owner = np.concatenate([np.full(len(part[0]), part[2], dtype=np.int32) for part in parts])
    # Of several entries the last one counts: a finding over an object over the ground.
    unique, place = np.unique(rows[::-1], return_index=True)
    return unique, kinds[::-1][place], owner[::-1][place]


def _spread(
    cloud: Cloud,
    registration: Registration,
    rows: Longs,
    seeds: tuple[Longs, Bytes, Ints],
    classes: Bytes,
    finding: Ints,
) -> None:
    """Writes the class and finding of the nearest seed into `classes` and `finding`, block by block."""
    from scipy.spatial import cKDTree

    tree = cKDTree(move(registration.design_from_survey, np.asarray(cloud.points[seeds[0]])))
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        points = move(registration.design_from_survey, np.asarray(cloud.points[part]))
        gap, index = tree.query(points, distance_upper_bound=_NEAR_M, workers=-1)
        found = np.isfinite(gap)
        classes[part[found]] = seeds[1][index[found]]
        finding[part[found]] = seeds[2][index[found]]


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
    stations = cloud.stations[np.isfinite(cloud.stations).all(axis=1)] if len(cloud.stations) else np.zeros((0, 3))
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
        stations=move(registration.design_from_survey, stations),
        north_deg=georeference.north_deg,
        map_from_design=georeference.map_from_design,
        crs=georeference.crs,
        tolerance_m=deviation.tolerance_m,
    )


def _visible_rows(
    design: Design, cloud: Cloud, registration: Registration, labels: Labels, settings: EvidenceSettings
) -> Longs:
    """Thinned rows about the design, and every row that shows an addition."""
    low = design.surface.vertices.min(axis=0) - settings.sight_margin_m
    high = design.surface.vertices.max(axis=0) + settings.sight_margin_m
    kept: list[Longs] = []
    for start in range(0, len(cloud.points), _BLOCK):
        points = move(registration.design_from_survey, np.asarray(cloud.points[start : start + _BLOCK]))
        inside = np.flatnonzero(((points > low) & (points < high)).all(axis=1))
        kept.append(start + inside[thin(points[inside], settings.sight_voxel_m)] if len(inside) else inside)
    rows = np.concatenate(kept)
    voxel = settings.sight_voxel_m
    points = move(registration.design_from_survey, np.asarray(cloud.points[rows]))
    while len(rows) > settings.sight_points:
        voxel *= 1.15 * float(np.sqrt(len(rows) / settings.sight_points))
        some = thin(points, voxel)
        rows, points = rows[some], points[some]
    shown = np.flatnonzero(labels.point_class == PointClass.ADDED)
    shown = shown[:: max(len(shown) // settings.sight_points, 1)]
    return np.union1d(rows, shown)
