"""Planar faces of the approved elements, and where the survey found each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Floats32, Ints, Longs
from twin.design.model import Surface
from twin.deviation.samples import SurfaceSamples
from twin.deviation.settings import DeviationSettings

_WINDOW = 0.4  # of the tolerance, which is several standard deviations of the noise
_PARALLEL = 0.97  # within 14 degrees
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
    keys = np.column_stack([surface.element, np.round(normals * 50.0), np.round(offset * 50.0)]).astype(np.int64)
    return np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)


def displaced_faces(
    surface: Surface,
    samples: SurfaceSamples,
    points: Floats,
    distance: Floats32,
    triangle: Ints,
    settings: DeviationSettings,
) -> FaceOffsets:
    """Faces that the survey shows parallel to their approved place but off it.

    Parameters
    ----------
    surface : Surface
    samples : SurfaceSamples
        Exposed ones; their area is what a face could show.
    points : (n, 3) m, design frame
        Points within the band.
    distance, triangle : (n,)
        Of these points.
    settings : DeviationSettings
    """
    faces = face_of_triangle(surface)
    count = int(faces.max()) + 1 if len(faces) else 0
    exposed = np.bincount(faces[samples.triangle], weights=samples.area_m2, minlength=count)
    face = faces[triangle]
    off = np.abs(distance) > settings.tolerance_m
    busy = np.bincount(face[off], minlength=count) > np.bincount(face[~off], minlength=count)
    rows = np.flatnonzero(off & busy[face])
    rows = rows[np.argsort(face[rows], kind="stable")]
    starts = np.flatnonzero(np.diff(face[rows], prepend=-1))
    normals = surface.normals()
    kept: list[tuple[int, Floats, float, float, float]] = []
    for part in np.split(rows, starts[1:]) if len(rows) else []:
        same = _densest(distance[part], _WINDOW * settings.tolerance_m)
        offset = float(np.median(distance[part[same]]))
        spread = 1.4826 * float(np.median(np.abs(distance[part[same]] - offset)))
        area = _CELL_M**2 * len(np.unique(np.floor(points[part[same]] / _CELL_M).astype(np.int64), axis=0))
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
