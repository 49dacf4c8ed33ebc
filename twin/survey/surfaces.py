"""Normals and curvature of a cloud's surfaces, by the nearest neighbours of each point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, Longs, Shorts, frozen

_BLOCK = 100_000
_FEWEST = 4
"""Three points define a plane and leave nothing to judge it by."""


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

    count = len(points)
    if count == 0:
        return Surfaces(frozen(np.zeros((0, 3))), frozen(np.zeros(0)))
    tree = KDTree(points)
    directions, curvature = np.full((count, 3), np.nan), np.full(count, np.nan)
    for start in range(0, count, _BLOCK):
        block = np.asarray(points[start : start + _BLOCK])
        _, near = tree.query(block, min(neighbours, count), distance_upper_bound=radius_m, workers=workers)
        normal, flatness = _planes(tree.data, near.reshape(len(block), -1), block)
        directions[start : start + _BLOCK], curvature[start : start + _BLOCK] = normal, flatness
    towards = None if stations is None or scan is None else stations[scan] - points
    return Surfaces(frozen(_oriented(directions, towards)), frozen(curvature))


def _planes(points: Floats, near: Longs, block: Floats) -> tuple[Floats, Floats]:
    """Direction of least variance of each neighbourhood, and its share of the variance."""
    found = near < len(points)
    offsets = points[np.where(found, near, 0)] - block[:, None, :]
    offsets[~found] = 0.0
    count = found.sum(axis=1)
    offsets -= (offsets.sum(axis=1) / count[:, None])[:, None, :]
    offsets[~found] = 0.0
    values, vectors = np.linalg.eigh(np.einsum("nki,nkj->nij", offsets, offsets))
    with np.errstate(invalid="ignore", divide="ignore"):
        flatness = np.clip(values[:, 0], 0.0, None) / values.sum(axis=1)
    normal = vectors[:, :, 0].copy()
    unknown = (count < _FEWEST) | ~np.isfinite(flatness)
    normal[unknown], flatness[unknown] = np.nan, np.nan
    return normal, flatness


def _oriented(directions: Floats, towards: Floats | None) -> Floats:
    largest = np.take_along_axis(directions, np.abs(np.nan_to_num(directions)).argmax(axis=1)[:, None], axis=1)[:, 0]
    side = largest
    if towards is not None:
        seen = np.einsum("ni,ni->n", directions, towards)
        side = np.where(np.isfinite(seen) & (seen != 0.0), seen, largest)
    return np.where((side < 0.0)[:, None], -directions, directions)
