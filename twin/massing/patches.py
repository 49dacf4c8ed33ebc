"""Flat pieces of structure among points that the design does not explain: walls, floors, roofs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Ints, Longs
from twin.massing.settings import MassingSettings
from twin.survey.thinning import thin

_UPRIGHT = 0.2  # |nz| below this is a wall (leaning by less than about 12 degrees)
_OPPOSITE = -0.2  # views that differ by more than about 100 degrees are of opposite faces
_SPACINGS = 2.3  # the sixteenth neighbour on a grid lies this many spacings off
_AREA_PER_POINT = 1.04  # a circle to the sixteenth neighbour, by the spacing's definition
_NEAREST = 4
_FILLED = 0.45  # a sheet has 1 inside and 0.5 at its edge; a pole 0.35 and less
_LEAST_SPACING_M = 1e-3  # of points that lie on each other
_COARSER = 2.0  # the second look must have wider neighbourhoods than the first
_BLOCK = 1 << 16
_MOST = 0.8
_ALIKE = 0.95  # mean square cosine to the main axis: normals within about 13 degrees of it
_LEVEL = 0.95  # |nz| above this is a floor (sloping by less than about 18 degrees)


@dataclass(frozen=True, eq=False)
class Shapes:
    """Local shape at each point.

    Attributes
    ----------
    normals : (n, 3)
        Unit, of either sign.
    flat : (n,) bool
        Whether the neighbourhood is a surface, and not a line or a cloud.
    spacing : (n,) m
        Distance of the neighbours.
    """

    normals: Floats
    flat: Flags
    spacing: Floats


@dataclass(frozen=True, eq=False)
class Patches:
    """Connected surfaces.

    Attributes
    ----------
    label : (n,) int32
        Patch of each point, -1 where none.
    area_m2 : (p,) float
    normal : (p, 3)
        Mean, of either sign.
    """

    label: Ints
    area_m2: Floats
    normal: Floats

    def upright(self) -> Flags:
        """(p,) bool: walls."""
        return np.asarray(np.abs(self.normal[:, 2]) < _UPRIGHT)

    def level(self) -> Flags:
        """(p,) bool: floors and flat roofs."""
        return np.asarray(np.abs(self.normal[:, 2]) > _LEVEL)

    def of_points(self, patches: Flags) -> Flags:
        """(n,) bool: points that belong to one of the patches where `patches`, (p,) bool."""
        return np.append(patches, False)[self.label]


def shapes_of(points: Floats, views: Floats, settings: MassingSettings) -> Shapes:
    """Principal axes of each point's neighbourhood.

    Two faces of a thin wall lie nearer to each other than to their own neighbours where a survey is sparse. They are
    seen from opposite sides, so that neighbours count only when they are seen from the same side. Where that is not
    known, a second look at a wider, coarser neighbourhood takes both faces for the one thin wall that they are.

    Parameters
    ----------
    points : (n, 3) m
    views : (n, 3)
        Unit vectors to the station that saw each point; NaN where unknown. Points with and without a known station
        come from different instruments, and are looked at apart.
    settings : MassingSettings

    Notes
    -----
    Curvature as the smallest eigenvalue over their sum (Pauly et al. 2002). Points without enough neighbours are not
    flat.
    """
    count = len(points)
    if count <= 2 * settings.neighbours:
        return Shapes(np.tile([0.0, 0.0, 1.0], (count, 1)), np.zeros(count, dtype=bool), np.full(count, np.inf))
    fine = _shapes_among(points, views, np.arange(count), np.arange(count), settings)
    coarse = thin(points, max(settings.coarse_m, _COARSER * float(np.median(fine.spacing))))
    asked = np.flatnonzero(~fine.flat)
    if len(coarse) <= 2 * settings.neighbours or not len(asked):
        return fine
    wide = _shapes_among(points, views, asked, coarse, settings)
    wide.flat[wide.flat] = _is_filled(points, points[asked[wide.flat]], wide.spacing[wide.flat])
    normals, flat = fine.normals.copy(), fine.flat.copy()
    normals[asked[wide.flat]] = wide.normals[wide.flat]
    flat[asked[wide.flat]] = True
    return Shapes(normals, flat, fine.spacing)


def _is_filled(points: Floats, asked: Floats, spacing: Floats) -> Flags:
    """(n,) bool: whether the wider neighbourhood of each asked point is a sheet, and not a lattice of poles and rails.

    A sheet is as dense over the wide neighbourhood as about the point itself; along a pole points are dense and
    elsewhere there are none.
    """
    from scipy.spatial import cKDTree

    if not len(asked):
        return np.zeros(0, dtype=bool)
    tree = cKDTree(points)
    near = np.maximum(tree.query(asked, k=_NEAREST + 1, workers=-1)[0][:, -1], _LEAST_SPACING_M)
    radius = _SPACINGS * spacing
    count = tree.query_ball_point(asked, radius, return_length=True, workers=-1)
    return np.asarray(count >= _FILLED * _NEAREST * (radius / near) ** 2)


def _shapes_among(points: Floats, views: Floats, asked: Longs, among: Longs, settings: MassingSettings) -> Shapes:
    """Shapes of the points `asked` with neighbours from the points `among`, on all cores."""
    from concurrent.futures import ThreadPoolExecutor

    from scipy.spatial import cKDTree

    from twin.massing.principal import shapes

    count, k = len(asked), 2 * settings.neighbours
    tree = cKDTree(points[among], balanced_tree=False)
    normals, flat, reach = np.empty((count, 3)), np.zeros(count, dtype=bool), np.empty(count)

    def look(start: int) -> None:
        """Writes the shapes of one block."""
        part = slice(start, min(start + _BLOCK, count))
        gap, index = tree.query(points[asked[part]], k=k)
        limits = settings.neighbours, _OPPOSITE, settings.flatness, settings.breadth
        near = among[index]
        shapes(points, views, asked[part], near, gap, *limits, normals[part], flat[part], reach[part])

    with ThreadPoolExecutor() as pool:
        list(pool.map(look, range(0, count, _BLOCK)))
    spacing = np.maximum(reach / _SPACINGS * np.sqrt(16.0 / settings.neighbours), _LEAST_SPACING_M)
    return Shapes(normals, flat, spacing)


def patches_of(points: Floats, shapes: Shapes, views: Floats, settings: MassingSettings) -> Patches:
    """Join flat neighbours that bend little into patches, and drop the small ones.

    Parameters
    ----------
    points : (n, 3) m
    shapes : Shapes
        Of these points.
    views : (n, 3)
        As for `shapes_of`.
    settings : MassingSettings
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    flat = np.flatnonzero(shapes.flat)
    none = Patches(np.full(len(points), -1, dtype=np.int32), np.zeros(0), np.zeros((0, 3)))
    if len(flat) < settings.neighbours:
        return none
    first, second = _smooth_pairs(points[flat], shapes.normals[flat], shapes.spacing[flat], views[flat], settings)
    graph = coo_matrix((np.ones(len(first), dtype=np.int8), (first, second)), shape=(len(flat), len(flat)))
    component = connected_components(graph, directed=False)[1]
    area = _areas(shapes.spacing[flat], component)
    many = np.bincount(component, minlength=len(area)) >= settings.neighbours
    coherent = _coherent(shapes.normals[flat], component)
    keep = np.flatnonzero((area >= settings.least_patch_m2) & many & coherent)
    number = np.full(len(area), -1, dtype=np.int32)
    number[keep] = np.arange(len(keep), dtype=np.int32)
    label = none.label
    label[flat] = number[component]
    normal = np.array([_mean_axis(shapes.normals[label == p]) for p in range(len(keep))]).reshape(-1, 3)
    return Patches(label, area[keep], normal)


def _smooth_pairs(
    points: Floats, normals: Floats, spacing: Floats, views: Floats, settings: MassingSettings
) -> tuple[Longs, Longs]:
    from scipy.spatial import cKDTree

    k = min(settings.neighbours, len(points))
    index = cKDTree(points).query(points, k=k, workers=-1)[1]
    first = np.repeat(np.arange(len(points)), k - 1)
    second = index[:, 1:].reshape(-1)
    way = points[second] - points[first]
    length = np.linalg.norm(way, axis=1)
    turn = np.abs(np.einsum("ij,ij->i", normals[first], normals[second]))
    rise = np.abs(np.einsum("ij,ij->i", normals[first], way))
    bend = np.radians(settings.bend_deg)
    near = length <= 4.0 * np.minimum(spacing[first], spacing[second])
    sides = [np.einsum("ij,ij->i", views[rows], normals[first]) for rows in (first, second)]
    same = (np.isnan(sides[0]) == np.isnan(sides[1])) & ~(sides[0] * sides[1] < 0.0)
    keep = near & same & (turn >= np.cos(bend)) & (rise <= np.maximum(np.sin(bend) * length, 0.25 * spacing[first]))
    return first[keep], second[keep]


def _areas(spacing: Floats, component: Ints) -> Floats:
    """Area of each component: every point stands for the square of its distance to its neighbours."""
    return np.asarray(_AREA_PER_POINT * np.bincount(component, weights=spacing**2))


def _coherent(normals: Floats, component: Ints) -> Flags:
    """Whether nearly all normals of a component stand upright, or level, or alike: crowns of trees do not."""
    count = int(component.max()) + 1
    size = np.bincount(component, minlength=count)
    rise = np.abs(normals[:, 2])
    level = np.bincount(component, weights=rise > _LEVEL - 0.05, minlength=count)
    upright = np.bincount(component, weights=rise < _UPRIGHT + 0.05, minlength=count)
    outer = np.einsum("ni,nj->nij", normals, normals).reshape(-1, 9)
    tensor = np.column_stack([np.bincount(component, weights=outer[:, c], minlength=count) for c in range(9)])
    alike = np.linalg.eigvalsh((tensor / size[:, None]).reshape(-1, 3, 3))[:, 2]
    most = _MOST * size
    return np.asarray((level >= most) | (upright >= most) | (alike >= _ALIKE))


def _mean_axis(normals: Floats) -> Floats:
    return np.asarray(np.linalg.eigh(normals.T @ normals)[1][:, 2])
