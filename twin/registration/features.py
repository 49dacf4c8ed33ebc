"""What of a cloud takes part in a registration: thinned points with normals, where they lie on planar surfaces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from twin.arrays import Flags, Floats, Longs, Matrix4
from twin.frames import move, scale_of, turn
from twin.registration.settings import RegistrationSettings
from twin.survey.extent import rows_within
from twin.survey.model import Cloud
from twin.survey.surfaces import normals_among
from twin.survey.thinning import thin

if TYPE_CHECKING:
    from scipy.spatial import KDTree

SPARSE_M = 0.2
"""Points farther apart than this show no walls from above, only where the building ends in plan."""
_PLANAR_CURVATURE = 0.02
_SPARSE_CURVATURE = 0.06
"""Share of the variance across the surface below which a neighbourhood counts as planar; neighbourhoods of a sparse
cloud reach over props, rails and stored material."""


_UPRIGHT = 0.5
"""Vertical component of the unit normal below which a surface is a wall: half of them all lean more than 30 degrees."""
_LEVEL_SHARE = 0.15
_REACH_M = 0.15
_REACH_SPACINGS = 3.0
"""Neighbours within 0.15 m, or within three spacings of a sparse cloud, make a normal."""
_FEWEST = 8


@dataclass(frozen=True, eq=False)
class Features:
    """Thinned points of a survey.

    Attributes
    ----------
    points : (n, 3) m, survey frame
    normals : (n, 3) unit, survey frame
    oriented : (n,) bool
        Whether the normal points to the side from which the surface was seen.
    planar : (n,) bool
        Whether the neighbourhood is plane, so that the normal means something.
    spacing_m : float
        Median distance of a thinned point to its nearest neighbour.
    stations : (n, 3) m, survey frame
        From where each point was seen; NaN where unknown.
    own_spacing_m : float
        The same of the survey itself, before points were left out to bound their number: a large building is thinned
        more, and not seen less.
    """

    points: Floats
    normals: Floats
    oriented: Flags
    planar: Flags
    spacing_m: float
    stations: Floats
    own_spacing_m: float

    @property
    def is_sparse(self) -> bool:
        """Whether walls do not show and the outline stands in for them."""
        return self.own_spacing_m >= SPARSE_M

    @property
    def level_share(self) -> float:
        """Weight of a level point against a wall point when poses are compared: ground and floors look alike
        everywhere, walls do not; but walls that only stand in for what was not seen must not outvote floors.
        """
        return 1.0 if self.is_sparse else _LEVEL_SHARE

    @property
    def held(self) -> tuple[int, ...]:
        """Columns of an adjustment (height and both tilts) that its walls must not move: an outline is drawn upright
        and to the ground whatever the truth.
        """
        return (2, 3, 4) if self.is_sparse else ()

    def take(self, index: Longs | Flags) -> Features:
        """The chosen points."""
        return Features(
            self.points[index],
            self.normals[index],
            self.oriented[index],
            self.planar[index],
            self.spacing_m,
            self.stations[index],
            self.own_spacing_m,
        )

    def turned(self, rotation: Matrix4) -> Features:
        """The same survey in a frame turned by a (4, 4) rotation."""
        stations = move(rotation, self.stations)
        return replace(
            self, points=move(rotation, self.points), normals=turn(rotation, self.normals), stations=stations
        )

    def only_planar(self) -> Features:
        """The points on plane surfaces."""
        return self.take(self.planar)

    def upright(self, design_from_survey: Matrix4) -> Flags:
        """(n,) whether each lies on something that stands: a wall, a column, no floor and no roof."""
        return np.asarray(np.abs(turn(design_from_survey, self.normals)[:, 2]) < _UPRIGHT)

    def placed(self, design_from_survey: Matrix4) -> tuple[Floats, Floats]:
        """Points and normals in the design frame."""
        return move(design_from_survey, self.points), turn(design_from_survey, self.normals)


def inside(cloud: Cloud, design_from_survey: Matrix4, box: Floats, margin_m: float) -> Longs:
    """Indices of the cloud's points that lie in the box, (2, 3) m in the design frame, widened by the margin."""
    return rows_within(cloud.points, design_from_survey, box + margin_m * np.array([[-1.0], [1.0]]))


@dataclass(frozen=True, eq=False)
class Thinning:
    """Points of a cloud that stand for all: `index` (m,) int64; `kept`, the share of those a voxel apart that the bound
    of their number left.
    """

    index: Longs
    kept: float

    def of(self, rows: Longs) -> Thinning:
        """The same where the points that were thinned lie in these rows of a cloud."""
        return Thinning(rows[self.index], self.kept)


def thinned(points: Floats, voxel_m: float, most: int) -> Thinning:
    """At most about `most` points: the voxel grows until they suffice."""
    index = thin(points, voxel_m)
    rest = fewer(points[index], voxel_m, most)
    return rest.of(index)


def fewer(points: Floats, voxel_m: float, most: int) -> Thinning:
    """The same of points that are a voxel apart already."""
    index: Longs = np.arange(len(points))
    fine = max(len(index), 1)
    while len(index) > most:
        voxel_m *= float(max(1.1, np.sqrt(len(index) / most)))
        index = index[thin(points[index], voxel_m)]
    return Thinning(index, len(index) / fine)


def extract(cloud: Cloud, chosen: Thinning, among: Thinning | None = None) -> Features:
    """Features from the chosen points of the cloud.

    Parameters
    ----------
    cloud : Cloud
    chosen : Thinning
    among : Thinning or None
        The points, those chosen included, among which neighbours are sought; else the chosen ones.

    Returns
    -------
    features : Features
    """
    from scipy.spatial import KDTree

    index, among = chosen.index, chosen if among is None else among
    points = np.asarray(cloud.points[index], dtype=np.float64)
    scan = np.asarray(cloud.scan[index])
    none = np.zeros(len(points), dtype=np.bool_)
    stations = np.asarray(cloud.stations[scan], dtype=np.float64)
    if len(points) < _FEWEST:
        return Features(points, np.zeros_like(points), none, none, 0.0, stations, 0.0)
    tree = KDTree(np.asarray(cloud.points[among.index], dtype=np.float64))
    near = _spacing(tree)
    own = near * float(np.sqrt(among.kept))  # points lie on surfaces: twice as many lie closer by the root of two
    rows = np.arange(len(index)) if among is chosen else np.searchsorted(among.index, index)
    reach = max(_REACH_M, _REACH_SPACINGS * near)
    scans = np.asarray(cloud.scan[among.index])
    surfaces = normals_among(tree, rows, reach, cloud.stations, scans, workers=-1)
    known: Flags = np.asarray(np.isfinite(surfaces.normals).all(axis=1))
    oriented: Flags = np.asarray(np.isfinite(stations).all(axis=1) & known)
    planar = known & (np.nan_to_num(surfaces.curvature, nan=1.0) < _flatness(own))
    apart = near if among is chosen else spacing(points)
    normals = np.where(known[:, None], surfaces.normals, 0.0)
    return Features(points, normals, oriented, planar, apart, stations, own)


def _flatness(spacing_m: float) -> float:
    return _PLANAR_CURVATURE if spacing_m < SPARSE_M else _SPARSE_CURVATURE


def spacing(points: Floats) -> float:
    """Median distance in m to the nearest neighbour, of an even sample of the points."""
    from scipy.spatial import KDTree

    return _spacing(KDTree(points))


def _spacing(tree: KDTree) -> float:
    distance, _ = tree.query(tree.data[:: max(1, tree.n // 5000)], k=2, workers=-1)
    return float(np.median(distance[:, 1]))


def region(
    cloud: Cloud, design_from_survey: Matrix4, box: Floats, margin_m: float, settings: RegistrationSettings
) -> Thinning:
    """Thinned points of the cloud about the design."""
    near = inside(cloud, design_from_survey, box, margin_m)
    voxel = settings.voxel_m / scale_of(design_from_survey)
    return thinned(np.asarray(cloud.points[near]), voxel, settings.most_points).of(near)
