"""Which samples of the approved surface the survey saw at their place, and which a ray passed through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Ints
from twin.deviation.carving import Passage
from twin.deviation.samples import SurfaceSamples
from twin.deviation.settings import DeviationSettings

_NEIGHBOURS = 8
_FOR_SPACING = 4
_FACING = 0.7  # within 45 degrees
_REACH = 1.5  # a gap of one and a half local spacings still lies between neighbouring points


@dataclass(frozen=True, eq=False)
class Looks:
    """How points were seen.

    Attributes
    ----------
    normals : (n, 3)
        Of the neighbourhood; where that is too sparse to tell, of the approved face on which the point lies.
    oriented : (n,) bool
        Whether a normal points to the known station; else its sign says nothing.
    """

    normals: Floats
    oriented: Flags


def seen(
    samples: SurfaceSamples, points: Floats, looks: Looks, element: Ints, settings: DeviationSettings
) -> tuple[Flags, Flags]:
    """Whether points lie on each sample's own plane, no farther off than the points lie from each other there.

    Parameters
    ----------
    samples : SurfaceSamples
    points : (n, 3) m, design frame
        Survey points near the approved surface, thinned.
    looks : Looks
        Of these points: a wall that meets a ceiling does not show the ceiling, nor its own top an underside.
    element : (n,) int32
        To which each point belongs: the edge of a slab does not show the wall that is absent under it.
    settings : DeviationSettings

    Returns
    -------
    seen : (s,) bool
        By points of the sample's own element.
    occupied : (s,) bool
        By points of any element.
    """
    from scipy.spatial import cKDTree

    if len(points) < _NEIGHBOURS or not len(samples):
        return np.zeros(len(samples), dtype=bool), np.zeros(len(samples), dtype=bool)
    tree = cKDTree(points)
    spacing = tree.query(points, k=_FOR_SPACING, workers=-1)[0][:, -1]
    gap, index = tree.query(samples.points, k=_NEIGHBOURS, distance_upper_bound=settings.largest_gap_m, workers=-1)
    found = np.isfinite(gap)
    index = np.where(found, index, 0)
    way = points[index] - samples.points[:, None, :]
    height = np.abs(np.einsum("skj,sj->sk", way, samples.normals))
    reach = np.clip(_REACH * spacing[index], settings.sample_spacing_m, settings.largest_gap_m)
    cosine = np.einsum("skj,sj->sk", looks.normals[index], samples.normals)
    facing = np.where(looks.oriented[index], cosine, np.abs(cosine)) >= _FACING
    here = found & facing & (height <= settings.tolerance_m) & (gap <= reach)
    own = element[index] == samples.element[:, None]
    return np.asarray((here & own).any(axis=1)), np.asarray(here.any(axis=1))


def pierced(samples: SurfaceSamples, passage: Passage, settings: DeviationSettings) -> Flags:
    """Whether rays crossed the place just inside each sample, where an element should have stopped them.

    Returns
    -------
    (s,) bool
    """
    inside = samples.points - 0.5 * passage.voxel_m * samples.normals
    return np.asarray(passage.crossed(inside) >= settings.least_rays)
