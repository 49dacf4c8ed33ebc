"""Which elements rays really went through: cells are thicker than most walls, and rays beside a wall cross them too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Longs
from twin.design.model import Surface
from twin.deviation.rays import Followed
from twin.deviation.samples import SurfaceSamples
from twin.deviation.settings import DeviationSettings

_APART_M = 1e4
"""Between elements, in a fourth coordinate: no ray through one speaks for another."""
_SEEMS = 0.5
"""Of the share that makes an element missing, in cells: how these lie to a part decides the rest."""
_ABOUT = 1.5
"""Of the cell, or of what a sample stands for: so near it rays speak for a sample."""
_LEAST_RAYS = 2
"""About a sample: one may be stray. A cell takes more, as rays beside an element cross it too."""
_MOST_STEPS, _PLACES_A_RAY = 16, 4
_MOST_PLACES = 2_000_000
"""Of passage that are kept; more are thinned by chance, since three rays about a sample are enough."""


@dataclass(frozen=True, eq=False)
class _Passed:
    """Places on rays within elements that they went through, (n, 3) m, design frame; which element, and which ray."""

    places: Floats
    element: Longs
    ray: Longs

    @staticmethod
    def together(parts: list[_Passed]) -> _Passed:
        """All of several parts, with rays numbered through."""
        if not parts:
            return _Passed(np.zeros((0, 3)), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
        starts = np.cumsum([0, *(part.ray.max(initial=-1) + 1 for part in parts[:-1])])
        rays = [part.ray + start for part, start in zip(parts, starts, strict=True)]
        return _Passed(
            np.vstack([p.places for p in parts]), np.concatenate([p.element for p in parts]), np.concatenate(rays)
        )


def went_through(
    surface: Surface,
    samples: SurfaceSamples,
    pierced: Flags,
    free: Flags,
    followed: Followed,
    settings: DeviationSettings,
) -> Flags:
    """Which samples are pierced, looked at again where an element seems so: rays went through it about there.

    Parameters
    ----------
    surface : Surface
    samples : SurfaceSamples
    pierced : (s,) bool
        Whether rays crossed the cell just inside each; asked again is where that holds for enough of an element.
    free : (s,) bool
        Where no point lies.
    followed : Followed
        The rays that were noted in those cells.
    settings : DeviationSettings

    Returns
    -------
    (s,) bool
        Other than `pierced` only in elements that would count as passed through.

    Notes
    -----
    A ray goes through a closed element where it leaves it again and ends farther on by the tolerance; what stands
    there in another place would have stopped it. Through one without an inside it goes where it ends a cell farther on.
    """
    candidates = _candidates(samples, pierced, _SEEMS * settings.least_pierced)
    asked = free & candidates[samples.element]
    if not asked.any():
        return pierced
    passed = _passed(surface, candidates, followed, settings)
    reach = _ABOUT * max(settings.carve_voxel_m, float(np.sqrt(samples.area_m2[0])))
    confirmed = pierced.copy()
    rows = np.flatnonzero(asked)
    confirmed[rows] = _is_near(samples.pick(rows), passed, reach, _LEAST_RAYS)
    return confirmed


def _candidates(samples: SurfaceSamples, pierced: Flags, least_share: float) -> Flags:
    """(e,) bool: elements of which so large a share of the samples seems pierced."""
    count = int(samples.element.max(initial=-1)) + 1
    whole = np.bincount(samples.element, minlength=count)
    share = np.bincount(samples.element, weights=pierced, minlength=count) / np.maximum(whole, 1)
    return np.asarray((whole > 0) & (share >= least_share))


def _passed(surface: Surface, candidates: Flags, followed: Followed, settings: DeviationSettings) -> _Passed:
    """Where rays went through the candidates."""
    solids = _Solids(surface, candidates, settings)
    passed = _Passed.together([solids.passed(station, ends) for station, ends in followed])
    if len(passed.places) <= _MOST_PLACES:
        return passed
    some = np.random.default_rng(0).choice(len(passed.places), _MOST_PLACES, replace=False)
    return _Passed(passed.places[some], passed.element[some], passed.ray[some])


class _Solids:
    """Some elements of the design, that rays are cast at."""

    def __init__(self, surface: Surface, candidates: Flags, settings: DeviationSettings) -> None:
        import open3d as o3d

        self._tensor = o3d.core.Tensor
        known = surface.element < len(candidates)
        chosen = np.flatnonzero(known & candidates[np.minimum(surface.element, len(candidates) - 1)])
        self._element = surface.element[chosen].astype(np.int64)
        self._origin = surface.vertices.mean(axis=0)
        corners = surface.corners()[chosen] - self._origin
        self._scene = o3d.t.geometry.RaycastingScene()
        index = np.arange(3 * len(chosen), dtype=np.uint32).reshape(-1, 3)
        self._scene.add_triangles(self._tensor(corners.astype(np.float32).reshape(-1, 3)), self._tensor(index))
        self._normal = surface.normals()[chosen]
        self._step_m = settings.carve_voxel_m
        self._closed = _closed(surface, chosen)
        self._behind_m = np.where(self._closed, settings.tolerance_m, settings.carve_voxel_m)

    def passed(self, station: Floats, ends: Floats) -> _Passed:
        """Places on rays from a station, (3,) m, to their ends, (n, 3) m, within what they went through."""
        rays = np.hstack([np.broadcast_to(station - self._origin, ends.shape), ends - station]).astype(np.float32)
        met = np.flatnonzero(self._scene.cast_rays(self._tensor(rays))["t_hit"].numpy() < 1.0)
        if not len(met):
            return _Passed.together([])
        hits = self._scene.list_intersections(self._tensor(rays[met]))
        ray, triangle = (hits[name].numpy().astype(np.int64) for name in ("ray_ids", "primitive_ids"))
        share, way = hits["t_hit"].numpy().astype(np.float64), ends[met] - station
        element = self._element[triangle]
        key = ray * (int(self._element.max(initial=0)) + 1) + element
        order = np.lexsort((share, key))
        last = np.flatnonzero(np.diff(key[order], append=-1) != 0)
        first = np.concatenate([[0], last[:-1] + 1]) if len(last) else last
        leaves = order[last]
        outward = np.einsum("ij,ij->i", self._normal[triangle[leaves]], way[ray[leaves]])
        through = (1.0 - share[leaves]) * np.abs(outward) >= self._behind_m[triangle[leaves]]
        through &= (outward > 0.0) | ~self._closed[triangle[leaves]]  # or the ray ended inside
        enters, leaves = order[first][through], leaves[through]
        inside = (share[leaves] - share[enters]) * np.linalg.norm(way[ray[leaves]], axis=1)
        count = np.minimum(np.ceil(inside / self._step_m).astype(np.int64), _MOST_STEPS) + 1
        one = np.repeat(np.arange(len(leaves)), count)
        step = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
        at = share[enters][one] + step / np.maximum(count[one] - 1, 1) * (share[leaves] - share[enters])[one]
        return _Passed(station + at[:, None] * way[ray[leaves]][one], element[leaves][one], ray[leaves][one])


def _closed(surface: Surface, chosen: Longs) -> Flags:
    """(t,) bool: whether each of some triangles belongs to an element without open edges."""
    import trimesh

    closed = np.zeros(len(chosen), dtype=np.bool_)
    for element in np.unique(surface.element[chosen]):
        mine = np.flatnonzero(surface.element[chosen] == element)
        closed[mine] = trimesh.Trimesh(surface.vertices, surface.triangles[chosen[mine]], process=True).is_watertight
    return closed


def _is_near(samples: SurfaceSamples, passed: _Passed, reach_m: float, least: int) -> Flags:
    """(n,) whether so many rays went through the element of each sample within reach of it."""
    from scipy.spatial import KDTree

    if len(passed.places) < least:
        return np.zeros(len(samples), dtype=np.bool_)
    tree = KDTree(np.column_stack([passed.places, _APART_M * passed.element]))
    asked = np.column_stack([samples.points, _APART_M * samples.element])
    wanted = min(_PLACES_A_RAY * least, len(passed.places))
    _, found = tree.query(asked, wanted, distance_upper_bound=reach_m, workers=-1)
    ray = np.sort(np.append(passed.ray, -1)[found.reshape(len(asked), -1)], axis=1)
    distinct = (np.diff(ray, axis=1, prepend=-1) != 0).sum(axis=1)
    return np.asarray(distinct >= least)
