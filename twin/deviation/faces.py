"""Where the survey found each planar face of the approved elements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Ints, Longs
from twin.design.faces import Faces
from twin.deviation.coverage import FACING, Looks
from twin.deviation.layers import Layer, behind, layer_in
from twin.deviation.samples import SurfaceSamples
from twin.deviation.settings import DeviationSettings

_BESIDE_M = 0.1
"""A point whose nearest place on a face lies farther to the side than this does not lie before it."""
_BLOCK = 1 << 18


@dataclass(frozen=True, eq=False)
class FacesFound:
    """Faces of which enough was seen, at their approved place or off it, in order of their numbers.

    Attributes
    ----------
    face : (f,) int64
        Number of each.
    element : (f,) int32
    normal : (f, 3)
    offset_m : (f,) float
        Along the outward normal.
    spread_m : (f,) float
        Robust standard deviation of the points about it.
    area_m2 : (f,) float
        Area seen at the offset, no larger than what could be seen of the face.
    is_off : (f,) bool
        Whether the offset is more than workmanship and noise.
    thick_m : (f,) float
        From each to the back of its part; infinite where it has none.
    is_backed : (f,) bool
        Whether the back was found as well.
    """

    face: Longs
    element: Ints
    normal: Floats
    offset_m: Floats
    spread_m: Floats
    area_m2: Floats
    is_off: Flags
    thick_m: Floats
    is_backed: Flags


def found_faces(
    faces: Faces, samples: SurfaceSamples, looks: Looks, triangle: Ints, distance: Floats, settings: DeviationSettings
) -> FacesFound:
    """Where the survey shows each face, parallel to its approved place.

    A point belongs to the face that looks to where it was seen from: a wall that moved by its own thickness shows its
    one side where the other was approved. Where nobody says from where points were seen, the outer one of two layers
    hides the inner from in front of it, so that the inner one is the back.

    Parameters
    ----------
    faces : Faces
    samples : SurfaceSamples
        Exposed ones; their area is what a face could show.
    looks : Looks
        Of the points drawn from the survey.
    triangle, distance : (n,)
        Of each of them: the nearest approved triangle, and the distance from it, m.
    settings : DeviationSettings
    """
    of_sample = faces.of_triangle[samples.triangle]
    exposed = np.bincount(of_sample, weights=samples.area_m2, minlength=len(faces)).astype(np.float64)
    face, height, is_sided = _assigned(faces, looks, triangle, distance, settings.band_m)
    found: dict[int, Layer] = {}
    unsided: list[tuple[int, Longs]] = []
    for number, rows in _groups(face):
        layer = _layer(faces, number, rows, looks, height, exposed, settings)
        if layer is not None:
            found[number] = layer
        if not is_sided[rows].any():
            unsided.append((number, rows))
    for number, rows in unsided:
        _part_layers(faces, number, rows, looks, height, exposed, settings, found)
    return _table(faces, found, exposed, settings)


def _assigned(
    faces: Faces, looks: Looks, triangle: Ints, distance: Floats, band_m: float
) -> tuple[Longs, Floats, Flags]:
    """Face that each point shows, -1 for none; its height over the face, m; and whether it is known from which side
    the point was seen.
    """
    points = looks.tree.data
    face = faces.of_triangle[triangle].copy()
    height, is_sided = np.empty(len(face)), np.empty(len(face), dtype=bool)
    for start in range(0, len(face), _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, len(face)))
        mine = face[rows]
        height[rows] = np.einsum("ij,ij->i", points[rows], faces.normal[mine]) - faces.plane_m[mine]
        cosine, is_sided[rows] = looks.sided(rows, faces.normal[mine])
        beside = np.sqrt(np.maximum(distance[rows] ** 2 - height[rows] ** 2, 0.0)) > _BESIDE_M
        face[rows[(np.abs(cosine) < FACING) | beside]] = -1
        _turn(faces, points, rows[(cosine <= -FACING) & ~beside], face, height, band_m)
    return face, height, is_sided


def _turn(faces: Faces, points: Floats, rows: Longs, face: Longs, height: Floats, band_m: float) -> None:
    """Gives points that were seen from behind a face to the back of the same element."""
    wrong = face[rows].copy()
    face[rows] = -1
    for number, among in _groups(wrong):
        backs = faces.backs(number)
        if not len(backs):
            continue
        of_them = rows[among]
        heights = points[of_them] @ faces.normal[backs].T - faces.plane_m[backs]
        nearest = np.abs(heights).argmin(axis=1)
        least = np.take_along_axis(heights, nearest[:, None], axis=1)[:, 0]
        near = np.abs(least) <= band_m
        face[of_them[near]], height[of_them[near]] = backs[nearest[near]], least[near]


def _groups(keys: Longs) -> Iterator[tuple[int, Longs]]:
    """Each key that is not negative, and the rows that have it."""
    rows = np.argsort(keys, kind="stable")
    rows = rows[np.searchsorted(keys[rows], 0) :]
    starts = np.flatnonzero(np.diff(keys[rows], prepend=-1))
    for part in np.split(rows, starts[1:]) if len(rows) else []:
        yield int(keys[part[0]]), part


def _layer(
    faces: Faces, number: int, rows: Longs, looks: Looks, height: Floats, exposed: Floats, settings: DeviationSettings
) -> Layer | None:
    """The layer that most of a face's points lie in, where it is parallel to the face and large enough."""
    layer = layer_in(looks.tree.data[rows], height[rows], faces.normal[number], settings)
    room = exposed[number]
    return layer if layer is not None and layer.area_m2 >= settings.least_face_share * room > 0.0 else None


def _part_layers(
    faces: Faces,
    number: int,
    rows: Longs,
    looks: Looks,
    height: Floats,
    exposed: Floats,
    settings: DeviationSettings,
    found: dict[int, Layer],
) -> None:
    """Where points of unknown side lie in two layers as far apart as the part is thick, gives the inner one to the
    back, if nothing else was found of that.
    """
    for back in faces.backs(number):
        thick = float(faces.plane_m[number] + faces.plane_m[back])
        if back in found or number not in found or not 0.0 < thick <= settings.band_m:
            continue
        pair = behind(looks.tree.data[rows], height[rows], faces.normal[number], thick, settings)
        rooms = settings.least_face_share * exposed[[number, back]]
        if pair is not None and (np.array([layer.area_m2 for layer in pair]) >= rooms).all():
            found[number], found[int(back)] = pair


def _table(faces: Faces, found: dict[int, Layer], exposed: Floats, settings: DeviationSettings) -> FacesFound:
    face = np.array(sorted(found), dtype=np.int64)
    layers = [found[int(number)] for number in face]
    offset = np.array([layer.offset_m for layer in layers])
    return FacesFound(
        face,
        faces.element[face],
        faces.normal[face].reshape(-1, 3),
        offset,
        np.array([layer.spread_m for layer in layers]),
        np.minimum(np.array([layer.area_m2 for layer in layers]), exposed[face]),
        np.abs(offset) >= settings.least_offset_m,
        np.array([faces.thickness(int(number)) for number in face]),
        np.array([any(int(back) in found for back in faces.backs(int(number))) for number in face], dtype=bool),
    )
