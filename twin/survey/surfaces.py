"""Normals and curvature of a cloud's surfaces, by the nearest neighbours of each point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.arrays import Floats, Longs, Shorts, frozen

_BLOCK = 100_000


@dataclass(frozen=True, eq=False)
class Surfaces:
    """What the neighbourhood of each point looks like.

    Attributes
    ----------
    normals : (n, 3) unit vectors, frame of the points
        NaN where too few neighbours lie within reach.
    curvature : (n,) float, 0..1/3
        Variance across the surface over all variance: 0 on a plane, 1/3 in a volume; NaN with the normal.
    """

    normals: Floats
    curvature: Floats


def normals(
    points: Floats,
    radius_m: float,
    stations: Floats | None = None,
    scan: Shorts | None = None,
    neighbours: int = 24,
    workers: int = 1,
) -> Surfaces:
    """Unit normals and curvature by principal components.

    A normal points to the instrument that saw the point, the side where the air was. Where no station is known its
    largest component is positive, which is a convention and no measurement.

    Parameters
    ----------
    points : (n, 3) m, any frame
        Thinned before, so that neighbours reach beyond noise.
    radius_m : float
        Neighbours farther away do not count: about three voxels of the thinning.
    stations : (s, 3) m, frame of the points, or None
        NaN where unknown.
    scan : (n,) int16 or None
        Index into `stations` of each point.
    neighbours : int
        The point itself included; more smooth noise, fewer keep edges.
    workers : int
        Processor cores for the search; changes no result.
    """
    from scipy.spatial import KDTree

    if not len(points):
        return Surfaces(frozen(np.zeros((0, 3))), frozen(np.zeros(0)))
    return normals_among(KDTree(points), np.arange(len(points)), radius_m, stations, scan, neighbours, workers)


def normals_among(
    tree: Any,
    rows: Longs,
    radius_m: float,
    stations: Floats | None = None,
    scan: Shorts | None = None,
    neighbours: int = 24,
    workers: int = 1,
) -> Surfaces:
    """The same for some of the points that a search tree holds.

    Parameters
    ----------
    tree : scipy.spatial.KDTree
        Over all points.
    rows : (m,) int
        Of the points whose surfaces are wanted.
    """
    from twin.survey.planes import planes

    points = tree.data
    directions, curvature = np.zeros((len(rows), 3)), np.zeros(len(rows))
    for start in range(0, len(rows), _BLOCK):
        part = slice(start, start + _BLOCK)
        places = points[rows[part]]
        _, near = tree.query(places, min(neighbours, len(points)), distance_upper_bound=radius_m, workers=workers)
        planes(points, near.reshape(len(places), -1), directions[part], curvature[part])
    towards = None if stations is None or scan is None else stations[scan[rows]] - points[rows]
    return Surfaces(frozen(_oriented(directions, towards)), frozen(curvature))


def _oriented(directions: Floats, towards: Floats | None) -> Floats:
    largest = np.take_along_axis(directions, np.abs(np.nan_to_num(directions)).argmax(axis=1)[:, None], axis=1)[:, 0]
    side = largest
    if towards is not None:
        seen = np.einsum("ni,ni->n", directions, towards)
        side = np.where(np.isfinite(seen) & (seen != 0.0), seen, largest)
    return np.where((side < 0.0)[:, None], -directions, directions)
