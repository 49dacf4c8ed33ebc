"""Which samples of the approved surface the survey saw at their place, and which a ray passed through."""

from __future__ import annotations

import numpy as np

from twin.arrays import Flags, Floats, Ints, Longs, Shorts
from twin.deviation.carving import Passage
from twin.deviation.samples import SurfaceSamples
from twin.deviation.settings import DeviationSettings
from twin.survey.surfaces import normals_among

_BLOCK = 1 << 18
_NEIGHBOURS = 8
_FOR_SPACING = 4
_FOR_NORMALS = 12
FACING = 0.7
"""Cosine from which a surface counts as facing a way: within 45 degrees."""
_REACH = 1.5  # a gap of one and a half local spacings still lies between neighbouring points


class Looks:
    """How surfaces at some points incline and how far apart points lie there, worked out where it is asked.

    Parameters
    ----------
    points : (n, 3) m, design frame
        Thinned.
    on_face : (n, 3)
        Normal of the approved face on which each lies. A point too lonely to have a normal of its own shows this face,
        or the back of it if it was seen from behind: the top of a parapet is not seen by its side.
    radius_m : float
        Reach of a neighbourhood.
    stations : (s, 3) m, design frame
        Where the points were seen from; NaN where unknown.
    scan : (n,) int
        Index into them, of each point.
    """

    def __init__(self, points: Floats, on_face: Floats, radius_m: float, stations: Floats, scan: Shorts) -> None:
        from scipy.spatial import KDTree

        self.tree = KDTree(points, balanced_tree=False)
        self._radius_m, self._stations, self._scan = radius_m, stations, scan
        self._normals = np.full((len(points), 3), np.nan)
        self._on_face = on_face
        self._known = np.zeros(len(points), dtype=bool)

    def cosine(self, rows: Longs, directions: Floats) -> Floats:
        """(m,): of the angle between the surface at some points and a direction each.

        Without its sign where the station is unknown.
        """
        return self.sided(rows, directions)[0]

    def sided(self, rows: Longs, directions: Floats) -> tuple[Floats, Flags]:
        """The same, and whether the station of each is known, so that the cosine has its sign: (m,) each.

        Nothing is seen from behind: a direction that leads away from the station has a negative sign, whatever a
        neighbourhood in a corner looks like.
        """
        fresh = np.unique(rows[~self._known[rows]])
        found = normals_among(self.tree, fresh, self._radius_m, neighbours=_FOR_NORMALS, workers=-1)
        self._normals[fresh], self._known[fresh] = found.normals, True
        normals = self._normals[rows]
        lonely = np.asarray(np.isnan(normals).any(axis=1))
        cosine = np.abs(np.einsum("ij,ij->i", np.where(lonely[:, None], self._on_face[rows], normals), directions))
        towards = np.einsum("ij,ij->i", self._towards(rows), directions)
        return np.where(towards < 0.0, -cosine, cosine), np.asarray(np.isfinite(towards))

    def _towards(self, rows: Longs) -> Floats:
        """(m, 3) m: from some points to where each was seen from; NaN where unknown."""
        if not len(self._stations):
            return np.full((len(rows), 3), np.nan)
        return np.asarray(self._stations[self._scan[rows]] - self.tree.data[rows])

    def spacing(self, rows: Longs) -> Floats:
        """(m,) m: how far points lie from each other at some of them."""
        asked, back = np.unique(rows, return_inverse=True)
        spacing: Floats = self.tree.query(self.tree.data[asked], k=_FOR_SPACING, workers=-1)[0][:, -1]
        return spacing[back.reshape(-1)]


def seen(samples: SurfaceSamples, looks: Looks, element: Ints, settings: DeviationSettings) -> tuple[Flags, Flags]:
    """Whether points lie on each sample's own plane, no farther off than the points lie from each other there.

    Parameters
    ----------
    samples : SurfaceSamples
    looks : Looks
        Of survey points near the approved surface, thinned: a wall that meets a ceiling does not show the ceiling,
        nor its own top an underside.
    element : (n,) int32
        To which each of them belongs: the edge of a slab does not show the wall that is absent under it.
    settings : DeviationSettings

    Returns
    -------
    seen : (s,) bool
        By points of the sample's own element.
    occupied : (s,) bool
        By points of any element.
    """
    at_place, occupied = np.zeros(len(samples), dtype=bool), np.zeros(len(samples), dtype=bool)
    if looks.tree.n < _NEIGHBOURS or not len(samples):
        return at_place, occupied
    far = settings.largest_gap_m
    for start in range(0, len(samples), _BLOCK):
        part = np.arange(start, min(start + _BLOCK, len(samples)))
        # Where the nearest lies close and shows a sample, the others need not be sought.
        for count, reach in ((1, min(settings.sample_spacing_m, far)), (_NEIGHBOURS, far)):
            _look(samples, part[~at_place[part]], looks, element, settings, count, reach, at_place, occupied)
    return at_place, occupied


def _look(
    samples: SurfaceSamples,
    rows: Longs,
    looks: Looks,
    element: Ints,
    settings: DeviationSettings,
    count: int,
    reach_m: float,
    at_place: Flags,
    occupied: Flags,
) -> None:
    """Writes what the nearest points show of some samples, one neighbour after the other."""
    gap, index = looks.tree.query(
        samples.points[rows], k=[*range(1, count + 1)], distance_upper_bound=reach_m, workers=-1
    )
    for rank in range(count):
        left = np.flatnonzero(np.isfinite(gap[:, rank]) & ~at_place[rows])
        shown = left[_shows(samples, rows[left], looks, index[left, rank], gap[left, rank], settings)]
        occupied[rows[shown]] = True
        at_place[rows[shown]] |= element[index[shown, rank]] == samples.element[rows[shown]]


def _shows(
    samples: SurfaceSamples, rows: Longs, looks: Looks, index: Longs, gap: Floats, settings: DeviationSettings
) -> Flags:
    """Whether each of some points shows the sample beside it."""
    normals = samples.normals[rows]
    way = looks.tree.data[index] - samples.points[rows]
    shows = np.abs(np.einsum("ij,ij->i", way, normals)) <= settings.tolerance_m
    wide = np.flatnonzero(shows & (gap > settings.sample_spacing_m))
    shows[wide] = gap[wide] <= np.minimum(_REACH * looks.spacing(index[wide]), settings.largest_gap_m)
    near = np.flatnonzero(shows)
    cosine = looks.cosine(index[near], normals[near])
    shows[near] = cosine >= FACING
    return np.asarray(shows)


def pierced(samples: SurfaceSamples, passage: Passage, settings: DeviationSettings) -> Flags:
    """Whether rays crossed the place just inside each sample, where an element should have stopped them.

    Returns
    -------
    (s,) bool
    """
    inside = samples.points - 0.5 * passage.voxel_m * samples.normals
    return np.asarray(passage.crossed(inside) >= settings.least_rays)
