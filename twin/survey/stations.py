"""Where the instrument stood, told by how densely its points lie.

An instrument that turns by even steps sends the same number of rays into every solid angle, or by azimuth and elevation
into every step of both. On a surface at distance r, at elevation e and under the angle of incidence i, its points lie

    cos i / r^2 / cos^b e

to the square metre, but for one factor: b is 1 for steps of azimuth and elevation, 0 for even solid angles. With h, the
height of the instrument above the plane of the surface, cos i is h / r. Thousands of flat patches, each with its
density, leave five unknowns: three coordinates, the factor, and b. No order of the points is asked, nor a design.

What was thinned to even spacing, seen from many places or from a vehicle, or drawn evenly on surfaces, does not follow
that law, and no station is told: a false one would make false evidence of free space.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares
from scipy.spatial import KDTree

from twin.arrays import Flags, Floats, Longs

MOST_POINTS = 200_000
"""Of a scan: with more the station moves by less than a centimetre."""
_PATCHES, _FIRST_PATCHES, _COARSE_PATCHES = 6_000, 1_500, 300
_NEIGHBOURS = 64
"""Points of a patch: where points fall by chance they count its density to an eighth."""
_FEWEST = 1_000
"""Patches. A scan that leaves fewer shows little but leaves and edges."""
_FLAT, _NARROW = 0.03, 0.03
"""Greatest variance across a patch, and least across its length, of that along it."""
_OFF_CENTRE = 0.25
"""Of its radius: where the middle of a patch lies farther from the point it was gathered about, a surface ends."""
_NEAREST_M = 0.05
_LEVEL = 1e-3
_STEP, _FINEST_M, _WIDEST_M = 0.4, 0.3, 1.5
"""Of the places that are tried first, in the distance of half of the patches from their middle; heights half of it."""
_BEYOND_M = 3.0
"""How far outside of what it saw an instrument may stand; those on scaffolds and in streets look along surfaces."""
_MOST_PLACES = 40_000
_STARTS, _HEIGHTS = 8, 5
_FIRST_STARTS = 3
_AHEAD, _HOPELESS = 1.2, 1.3
"""What a quarter of the patches may misjudge the spread by, and what the starts that are left may better it by."""
_RUN_AWAY = 2.0
"""Of how far an instrument may stand: even spacing is explained best from infinitely far."""
_APART_M = 0.3
_KERNEL = 0.1
_ROUNDS = 3
_CUT = 3.0
_MOST_SPREAD = 0.2
"""Standard deviation of the logarithm of density about the law: chance in counting leaves half of it."""
_LEAST_KEPT = 0.6
"""Of the patches must follow the law within three standard deviations; leaves, glass and edges do not."""
_LEAST_TOLD = 2.5
"""How many times more the logarithm of density varies than it varies about the law: even spacing tells nothing."""
_RIVAL = 1.3
"""Another place that explains the densities with less than so many times the spread leaves the station untold."""
_LAW_M = 0.02
"""What lies in the law itself: patches are no points, and rows of points are farther apart than points of a row."""
_MOST_SIGMA_M = 0.1
"""About a cell of the grid in which passage is noted."""
_WITHIN, _BEFORE_M = 0.8, 0.1
"""A ray is blocked by a patch that it meets within so much of its radius, and so far before its end."""
_ASKED, _RAYS = 1_000, 100
_MOST_BLOCKED = 0.005
"""Of the rays: a few pass beside an edge. The image of the station in a floor or ceiling blocks far more."""


@dataclass(frozen=True)
class Station:
    """A position and its standard uncertainty, the worst axis, m."""

    position: Floats
    sigma_m: float


@dataclass(frozen=True, eq=False)
class _Patches:
    """Flat patches: middles (n, 3) m, unit normals (n, 3), half their width (n,) m, natural logarithms of points per m2
    (n,).
    """

    middles: Floats
    normals: Floats
    reach: Floats
    density: Floats

    def some(self, chosen: Longs) -> _Patches:
        """The patches in these rows."""
        return _Patches(self.middles[chosen], self.normals[chosen], self.reach[chosen], self.density[chosen])


@dataclass(frozen=True, eq=False)
class _Fit:
    """Coordinates, logarithm of the factor, exponent b; spread about the law; which patches follow it."""

    values: Floats
    spread: float
    kept: Flags
    sigma_m: float


def station_of(points: Floats, seed: int = 0) -> Station | None:
    """Where one scan was taken from, or None where its points do not tell.

    Parameters
    ----------
    points : (n, 3) m
        Of one scan, z up, all or a random part: evenly thinned they tell nothing.
    seed : int
        Chooses the patches.
    """
    lots = np.random.default_rng(seed)
    if len(points) > MOST_POINTS:
        points = points[np.sort(lots.choice(len(points), MOST_POINTS, replace=False))]
    patches = _patches(points, lots)
    count = len(patches.density)
    if count < _FEWEST:
        return None
    order = lots.permutation(count)
    first = patches.some(np.sort(order[:_FIRST_PATCHES]))
    starts = _starts(patches.some(order[:_COARSE_PATCHES]))
    fits = [_fit(first, start) for start in starts[:_FIRST_STARTS]]
    if _is_hopeless(fits, first, _HOPELESS):
        return None
    fits += [_fit(first, start) for start in starts[_FIRST_STARTS:]]
    if _is_hopeless(fits, first, 1.0):
        return None
    fits += [_fit(first, start) for start in _above_each_other(min(fits, key=_spread), first)]
    fits = [_fit(patches, fit.values) for fit in _nearly_as_good(fits)]
    fits = [fit for fit in _nearly_as_good(fits) if _blocked(fit, patches, order) <= _MOST_BLOCKED]
    if len(fits) != 1:
        return None
    best = fits[0]
    overlap = max(1.0, count * _NEIGHBOURS / len(points))
    sigma = float(np.hypot(best.sigma_m * np.sqrt(overlap), _LAW_M))
    if sigma > _MOST_SIGMA_M or not _is_told(best, patches):
        return None
    return Station(best.values[:3], sigma)


def _patches(points: Floats, lots: np.random.Generator) -> _Patches:
    """Flat patches about some of the points, away from where surfaces end."""
    if len(points) <= _NEIGHBOURS:
        return _Patches(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0), np.zeros(0))
    asked = points[np.sort(lots.choice(len(points), min(_PATCHES, len(points)), replace=False))]
    gap, near = KDTree(points).query(asked, _NEIGHBOURS, workers=-1)
    about = points[near]
    middle = about.mean(axis=1)
    about = about - middle[:, None]
    variance, axes = np.linalg.eigh(np.einsum("nki,nkj->nij", about, about) / _NEIGHBOURS)
    flat = (variance[:, 0] < _FLAT * variance[:, 1]) & (variance[:, 1] > _NARROW * variance[:, 2])
    whole = np.linalg.norm(middle - asked, axis=1) < _OFF_CENTRE * gap[:, -1]
    kept = np.flatnonzero(flat & whole)
    half = 2.0 * np.sqrt(variance[kept, 1:])  # an even disc varies along each axis by a quarter of its radius squared
    density = np.log(_NEIGHBOURS / (np.pi * half.prod(axis=1)))
    return _Patches(middle[kept], axes[kept, :, 0], half[:, 0], density)


def _law(places: Floats, patches: _Patches, exponent: float) -> Floats:
    """(..., n) logarithm of the density that an instrument at each place, (..., 3), leaves, but for the factor."""
    way = places[..., None, :] - patches.middles
    distance = np.maximum(np.linalg.norm(way, axis=-1), _NEAREST_M)
    height = np.maximum(np.abs(np.einsum("...i,...i->...", way, patches.normals)), _LEVEL)
    level = np.maximum(1.0 - (way[..., 2] / distance) ** 2, _LEVEL)
    law: Floats = np.log(height) - 3.0 * np.log(distance) - 0.5 * exponent * np.log(level)
    return law


def _slopes(values: Floats, patches: _Patches) -> Floats:
    """(n, 5) of what `_fit` leaves over, by each of its values."""
    way = values[:3] - patches.middles
    squared = np.maximum(np.einsum("ni,ni->n", way, way), _NEAREST_M**2)
    flat = np.maximum(way[:, 0] ** 2 + way[:, 1] ** 2, _LEVEL * squared)
    height = np.einsum("ni,ni->n", way, patches.normals)
    height = np.where(np.abs(height) < _LEVEL, np.copysign(_LEVEL, height), height)
    outward = way / squared[:, None]
    slopes = np.empty((len(way), 5))
    slopes[:, :3] = patches.normals / height[:, None] - 3.0 * outward
    level = -2.0 * outward
    level[:, :2] += 2.0 * way[:, :2] / flat[:, None]
    slopes[:, :3] -= 0.5 * values[4] * level
    slopes[:, 3] = 1.0
    slopes[:, 4] = -0.5 * np.log(flat / squared)
    return -slopes


def _starts(patches: _Patches) -> list[Floats]:
    """(5,) values to begin with: the best places of a grid, no two of them near each other."""
    low, high = np.quantile(patches.middles, (0.01, 0.99), axis=0)
    low, high = low - _BEYOND_M, high + _BEYOND_M
    far = np.median(np.linalg.norm(patches.middles - np.median(patches.middles, axis=0), axis=1))
    step = float(np.clip(_STEP * far, _FINEST_M, _WIDEST_M)) * np.array([1.0, 1.0, 0.5])
    step = step * max(1.0, (np.prod((high - low) / step) / _MOST_PLACES) ** (1.0 / 3.0))
    axes = [np.arange(low[axis], high[axis] + step[axis], step[axis]) for axis in range(3)]
    places = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    spread, factor = np.empty(len(places)), np.empty(len(places))
    for start in range(0, len(places), 1_000):
        part = slice(start, start + 1_000)
        left = patches.density - _law(places[part], patches, 1.0)
        factor[part] = np.median(left, axis=1)
        spread[part] = np.median(np.abs(left - factor[part, None]), axis=1)
    chosen: list[int] = []
    for one in np.argsort(spread, kind="stable"):
        if all(np.linalg.norm(places[one] - places[other]) > 1.1 * step.max() for other in chosen):
            chosen.append(int(one))
        if len(chosen) == _STARTS:
            break
    return [np.array([*places[one], factor[one], 1.0]) for one in chosen]


def _above_each_other(fit: _Fit, patches: _Patches) -> list[Floats]:
    """Values to begin with over and under a place that was found: floor and ceiling mirror the instrument."""
    low, high = np.quantile(patches.middles[:, 2], (0.01, 0.99))
    heights = np.linspace(low, high, _HEIGHTS + 2)[1:-1]
    return [np.array([*fit.values[:2], height, *fit.values[3:]]) for height in heights]


def _fit(patches: _Patches, start: Floats) -> _Fit:
    """The law, robustly: what strays by more than some standard deviations is left out, and the rest fitted again."""
    values, kept = start, np.ones(len(patches.density), dtype=np.bool_)
    low, high = (-np.inf,) * 4 + (-0.2,), (np.inf,) * 4 + (1.2,)
    for _ in range(_ROUNDS):
        part = patches.some(np.flatnonzero(kept))
        found = least_squares(
            lambda v, part=part: part.density - _law(v[:3], part, v[4]) - v[3],
            np.clip(values, np.add(low, 1e-6), np.subtract(high, 1e-6)),
            jac=lambda v, part=part: _slopes(v, part),
            bounds=(low, high),
            loss="soft_l1",
            f_scale=_KERNEL,
            x_scale=(1.0, 1.0, 1.0, 0.3, 0.3),
            max_nfev=200,
        )
        values = found.x
        left = np.abs(patches.density - _law(values[:3], patches, values[4]) - values[3])
        spread = max(1.4826 * float(np.median(left)), 1e-6)
        kept = np.asarray(left <= _CUT * spread)
    moments = found.jac.T @ found.jac
    variance = np.diag(np.linalg.pinv(moments)) * spread**2
    return _Fit(values, spread, kept, float(np.sqrt(variance[:3].max())))


def _spread(fit: _Fit) -> float:
    return fit.spread


def _nearly_as_good(fits: list[_Fit]) -> list[_Fit]:
    """The best fit, and one for each other place that explains the densities nearly as well."""
    chosen: list[_Fit] = []
    for fit in sorted(fits, key=_spread):
        apart = [float(np.linalg.norm(fit.values[:3] - other.values[:3])) for other in chosen]
        if min(apart, default=np.inf) > _APART_M and (not chosen or fit.spread < _RIVAL * chosen[0].spread):
            chosen.append(fit)
    return chosen


def _is_hopeless(fits: list[_Fit], patches: _Patches, by: float) -> bool:
    """Whether the law explains so little, by a factor more than `_AHEAD`, that no other start need be tried."""
    best = min(fits, key=_spread).spread / (_AHEAD * by)
    if best > _MOST_SPREAD or _varies(patches) < _LEAST_TOLD * best:
        return True
    middle, farthest = _reach(patches)
    return all(float(np.linalg.norm(fit.values[:3] - middle)) > _RUN_AWAY * farthest for fit in fits)


def _varies(patches: _Patches) -> float:
    return 1.4826 * float(np.median(np.abs(patches.density - np.median(patches.density))))


def _reach(patches: _Patches) -> tuple[Floats, float]:
    """The middle of the patches, (3,) m, and how far from it an instrument may stand, m."""
    middle = np.median(patches.middles, axis=0)
    return middle, float(np.quantile(np.linalg.norm(patches.middles - middle, axis=1), 0.99)) + _BEYOND_M


def _is_told(fit: _Fit, patches: _Patches) -> bool:
    """Whether the densities follow the law, and vary enough to say so."""
    middle, farthest = _reach(patches)
    return (
        fit.spread <= _MOST_SPREAD
        and float(fit.kept.mean()) >= _LEAST_KEPT
        and _varies(patches) >= _LEAST_TOLD * fit.spread
        and float(np.linalg.norm(fit.values[:3] - middle)) <= farthest
    )


def _blocked(fit: _Fit, patches: _Patches, order: Longs) -> float:
    """Share of the patches that others hide from the place; only of those that follow the law, which glass does not."""
    place, patches = fit.values[:3], patches.some(order[fit.kept[order]])
    count = min(_ASKED, len(patches.middles))
    way = patches.middles[:count] - place
    length = np.linalg.norm(way, axis=1)
    ray, patch = _near_rays(way / length[:, None], patches, place)
    from_place = np.einsum("ni,ni->n", patches.normals[patch], place - patches.middles[patch])
    beyond = from_place + np.einsum("ni,ni->n", patches.normals[patch], way[ray])
    crosses = (from_place * beyond < 0.0) & (np.abs(beyond) > _BEFORE_M) & (np.abs(from_place) > _BEFORE_M)
    ray, patch, share = ray[crosses], patch[crosses], (from_place / (from_place - beyond))[crosses]
    meets = place + share[:, None] * way[ray]
    beside = np.linalg.norm(meets - patches.middles[patch], axis=1)
    hidden = np.zeros(count, dtype=np.bool_)
    hidden[ray[beside < _WITHIN * patches.reach[patch]]] = True
    return float(hidden.mean())


def _near_rays(ways: Floats, patches: _Patches, place: Floats) -> tuple[Longs, Longs]:
    """Pairs of a ray, by its unit way from the place, and a patch the middle of which lies near enough to its line."""
    to_middle = patches.middles - place
    squared = np.einsum("ni,ni->n", to_middle, to_middle)
    reach = (_WITHIN * patches.reach) ** 2
    rays, near = [], []
    for start in range(0, len(ways), _RAYS):
        along = ways[start : start + _RAYS] @ to_middle.T
        ray, patch = np.nonzero((squared - along**2 < reach) & (along > 0.0))
        rays.append(start + ray)
        near.append(patch)
    return np.concatenate(rays), np.concatenate(near)
