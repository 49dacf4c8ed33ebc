"""Planar faces of the approved elements, and where the survey found each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Floats32, Ints, Longs, distinct, numbered
from twin.design.model import Surface
from twin.deviation.draws import lots
from twin.deviation.near import Near
from twin.deviation.samples import SurfaceSamples
from twin.deviation.settings import DeviationSettings

_WINDOW = 0.4  # of the tolerance, which is several standard deviations of the noise
_PARALLEL = 0.97  # within 14 degrees
_MOST_POINTS = 5_000_000  # that are looked at: 40 bytes each
_CELL_M = 0.25  # points of one face are counted once per cell of this edge, so that density does not vote


@dataclass(frozen=True, eq=False)
class FaceOffsets:
    """Faces whose points lie off the approved place, all at one offset.

    Attributes
    ----------
    element : (f,) int32
    normal : (f, 3)
    offset_m : (f,) float
        Along the outward normal.
    spread_m : (f,) float
        Robust standard deviation of the points about it.
    area_m2 : (f,) float
        Area seen at the offset.
    """

    element: Ints
    normal: Floats
    offset_m: Floats
    spread_m: Floats
    area_m2: Floats


def face_of_triangle(surface: Surface) -> Longs:
    """(t,) face number of each triangle: same element, same direction, same plane."""
    normals = surface.normals()
    offset = np.einsum("ij,ij->i", normals, surface.corners()[:, 0])
    steps = np.round(np.column_stack([normals, offset]) * 50.0).astype(np.int64)
    return numbered((surface.element, *steps.T))


def displaced_faces(
    surface: Surface, samples: SurfaceSamples, near: Near, triangle: Ints, settings: DeviationSettings
) -> FaceOffsets:
    """Faces that the survey shows parallel to their approved place but off it.

    Parameters
    ----------
    surface : Surface
    samples : SurfaceSamples
        Exposed ones; their area is what a face could show.
    near : Near
        Points within the band.
    triangle : (n,) int32
        Of every point of the cloud, -1 beyond the band.
    settings : DeviationSettings
    """
    faces = face_of_triangle(surface)
    count = int(faces.max()) + 1 if len(faces) else 0
    exposed = np.bincount(faces[samples.triangle], weights=samples.area_m2, minlength=count)
    rows = _off_rows(near, triangle, faces, count, settings.tolerance_m)
    points, distance, triangle = near.at(rows), near.distance[rows], triangle[rows]
    face = faces[triangle]
    rows = np.argsort(face, kind="stable")
    starts = np.flatnonzero(np.diff(face[rows], prepend=-1))
    normals = surface.normals()
    kept: list[tuple[int, Floats, float, float, float]] = []
    for part in np.split(rows, starts[1:]) if len(rows) else []:
        same = _densest(distance[part], _WINDOW * settings.tolerance_m)
        offset = float(np.median(distance[part[same]]))
        spread = 1.4826 * float(np.median(np.abs(distance[part[same]] - offset)))
        area = _CELL_M**2 * len(distinct(np.floor(points[part[same]] / _CELL_M).astype(np.int64)))
        room = exposed[face[part[0]]]
        parallel = spread <= settings.spread_share * abs(offset) and _is_parallel(
            points[part[same]], normals[triangle[part[0]]], offset
        )
        if parallel and area >= settings.least_face_share * room > 0.0:
            first = int(triangle[part[0]])
            kept.append((int(surface.element[first]), normals[first], offset, spread, min(area, room)))
    return FaceOffsets(
        np.array([k[0] for k in kept], dtype=np.int32),
        np.array([k[1] for k in kept]).reshape(-1, 3),
        np.array([k[2] for k in kept]),
        np.array([k[3] for k in kept]),
        np.array([k[4] for k in kept]),
    )


def _off_rows(near: Near, triangle: Ints, faces: Longs, count: int, tolerance_m: float) -> Longs:
    """Rows of points off the tolerance on faces that have more points off it than within.

    Of very many a part, picked by their coordinates, stands for all.
    """
    tally = np.zeros((2, count), dtype=np.int64)
    for rows in near.row_blocks():
        off = np.abs(near.distance[rows]) > tolerance_m
        face = faces[triangle[rows]]
        for side in (0, 1):
            tally[side] += np.bincount(face[off == bool(side)], minlength=count)
    busy = tally[1] > tally[0]
    share = _MOST_POINTS / max(int(tally[1][busy].sum()), 1)
    found = [np.zeros(0, dtype=np.int64)]
    for rows in near.row_blocks():
        mine = rows[(np.abs(near.distance[rows]) > tolerance_m) & busy[faces[triangle[rows]]]]
        found.append(mine if share >= 1.0 else mine[lots(near.points_survey[mine]) < share * 2.0**63])
    return np.concatenate(found)


def _densest(values: Floats32, width: float) -> Flags:
    """Which values lie in the window of this width that holds most of them.

    A wall that moved by more than its thickness shows both its faces beside the one approved face.
    """
    ordered = np.sort(values)
    ends = np.searchsorted(ordered, ordered + width, side="right")
    start = int(np.argmax(ends - np.arange(len(ordered))))
    return np.asarray((values >= ordered[start]) & (values <= ordered[start] + width))


def _is_parallel(points: Floats, normal: Floats, offset: float) -> bool:
    """Whether points spread as a surface parallel to a face: broad in two directions, thin along the normal."""
    centred = points - points.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(points))
    broad = bool(values[1] > max(offset**2 / 12.0, 4.0 * values[0]))
    return broad and abs(float(vectors[:, 0] @ normal)) > _PARALLEL
