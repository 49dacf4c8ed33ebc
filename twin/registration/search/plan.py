"""Place in plan: correlation of wall evidence, by direction, over all shifts at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.arrays import Floats, Longs

_CELL_M = 0.25
_MOST_CELLS = 1_200_000
"""Cells grow where a survey covers more than about a hectare and a half."""
_FULL_M2 = 0.5
"""So much wall over one cell counts fully; more says no more: towers must not outvote houses."""
_BLUR_CELLS = 0.8
_MARGIN_WIDTHS = 2.5
_BARE = 0.25
"""Least share of the design's own evidence that a part of a survey is taken to hold where the two are likened."""
_WIDE_CELLS = 6.0
"""Evidence counts against its surroundings: what is cluttered all over fits everything."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Walls seen from above.

    Attributes
    ----------
    places : (n, 2) m
    normals : (n, 2)
        Horizontal components of unit normals.
    area_m2 : float
        Surface for which each place stands.
    """

    places: Floats
    normals: Floats
    area_m2: float


@dataclass(frozen=True, eq=False)
class Plan:
    """The survey's evidence, ready for correlation: spectra of three channels on a raster.

    Attributes
    ----------
    spectra : (3, r, c) complex
    low : (2,) m
        Corner of the first cell.
    cell_m : float
    shape : (rows, columns)
    energy : (r, c)
        Sum of the squares of the three channels.
    """

    spectra: NDArray[np.complex128]
    low: Floats
    cell_m: float
    shape: tuple[int, int]
    energy: Floats


def plan_of(survey: Evidence, reach_m: float, cell_m: float = _CELL_M, most_cells: int = _MOST_CELLS) -> Plan:
    """The raster of a survey, with room for a design that is `reach_m` across beyond its ends."""
    from scipy.fft import next_fast_len, rfft2

    low, high = survey.places.min(axis=0), survey.places.max(axis=0)
    size = high - low + 2.0 * reach_m
    cell = max(cell_m, float(np.sqrt(size.prod() / most_cells)))
    shape = (next_fast_len(int(size[0] / cell) + 8, True), next_fast_len(int(size[1] / cell) + 8, True))
    low = low - reach_m
    channels = _channels(survey, low, cell, shape)
    return Plan(rfft2(channels, workers=1), low, cell, shape, (channels**2).sum(axis=0))


def best_shifts(plan: Plan, design: Evidence, most: int) -> list[tuple[Floats, float]]:
    """The shifts of the survey, (2,) m, that lay most of its walls on the design's, and how much they do.

    Parameters
    ----------
    design : Evidence
        Turned into the survey's directions, near its own zero.
    """
    low, channels = _drawn(plan, design)
    return _placed(plan, low, _correlation(plan, channels), most)


def best_likenesses(plan: Plan, design: Evidence, most: int) -> list[tuple[Floats, float]]:
    """The same with the cosine, -1..1, between the design and the part of the survey that it covers.

    A part that is barer than `_BARE` of the design is taken for that: a single wall is like a wall of any building.
    """
    low, channels = _drawn(plan, design)
    own = float((channels**2).sum())
    covered = np.maximum(_window_sums(plan.energy, *channels.shape[1:]), _BARE * own)
    return _placed(plan, low, _correlation(plan, channels) / np.sqrt(own * covered), most)


def _drawn(plan: Plan, design: Evidence) -> tuple[Floats, Floats]:
    """Corner, (2,) m, and channels of the design on a raster of its own, wide enough for what is blurred."""
    margin = np.ceil(_MARGIN_WIDTHS * _WIDE_CELLS)
    low = (np.floor(design.places.min(axis=0) / plan.cell_m) - margin) * plan.cell_m
    size = np.ceil((design.places.max(axis=0) - low) / plan.cell_m) + margin
    rows, columns = np.minimum(size.astype(np.int64), plan.shape).tolist()
    return low, _channels(design, low, plan.cell_m, (rows, columns))


def _correlation(plan: Plan, channels: Floats) -> Floats:
    from scipy.fft import irfft2, rfft2

    product = (np.conj(rfft2(channels, plan.shape, workers=1)) * plan.spectra).sum(axis=0)
    return np.asarray(irfft2(product, plan.shape, workers=1), dtype=np.float64)


def _window_sums(values: Floats, rows: int, columns: int) -> Floats:
    """(r, c) sum over the window that begins at each cell; it runs on from the other side."""
    ringed = np.pad(values, ((0, rows), (0, columns)), mode="wrap")
    total = np.pad(ringed.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    r, c = values.shape
    sums: Floats = total[rows : rows + r, columns : columns + c] - total[:r, columns : columns + c]
    sums -= total[rows : rows + r, :c] - total[:r, :c]
    return sums


def _placed(plan: Plan, low: Floats, score: Floats, most: int) -> list[tuple[Floats, float]]:
    found = []
    for row, column in _peaks(score, most):
        # cell (row, column) is where the design's first cell comes to lie in the survey's raster
        place = np.array([row, column]) * plan.cell_m + plan.low
        found.append((low - place, float(score[row, column])))
    return found


def _channels(evidence: Evidence, low: Floats, cell_m: float, shape: tuple[int, int]) -> Floats:
    """(3, r, c): cosine and sine of twice the direction, and amount, each cell saturated, less the surroundings."""
    from scipy.ndimage import gaussian_filter

    place = np.floor((evidence.places - low) / cell_m).astype(np.int64)
    flat: Longs = place[:, 0] * shape[1] + place[:, 1]
    x, y = evidence.normals.T
    size = shape[0] * shape[1]
    parts = [
        np.bincount(flat, weights=w, minlength=size).reshape(shape) * evidence.area_m2
        for w in (x * x - y * y, 2.0 * x * y, x * x + y * y)
    ]
    amount = parts[2]
    share = np.minimum(amount, _FULL_M2) / np.maximum(amount, 1e-9)
    blurred = [gaussian_filter(part * share, _BLUR_CELLS, mode="constant") for part in parts]
    blurred[2] = blurred[2] - gaussian_filter(blurred[2], _WIDE_CELLS, mode="constant")
    channels: Floats = np.stack(blurred)
    return channels


def _peaks(score: Floats, most: int) -> Longs:
    """(k, 2) local maxima, highest first."""
    from scipy.ndimage import maximum_filter

    top = np.argpartition(-score, 400, axis=None)[:400] if score.size > 400 else np.arange(score.size)
    tall = maximum_filter(score, 5, mode="wrap")
    rows, columns = np.unravel_index(top, score.shape)
    keep = score[rows, columns] >= tall[rows, columns]
    places = np.column_stack([rows[keep], columns[keep]])
    order = np.argsort(-score[places[:, 0], places[:, 1]], kind="stable")
    chosen: Longs = places[order][:most]
    return chosen
