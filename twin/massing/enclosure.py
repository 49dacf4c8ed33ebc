"""What is enclosed in plan: by the approved building, and by it together with what was built besides."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from twin.arrays import Flags
from twin.massing.columns import Columns

_BANDS = 3
_CEILING_M = 0.10
"""Ceilings within this of each other are one."""
_LEAST_CEILING = 0.03
"""Share of the covered plan from which a ceiling is asked for its lintels."""
_LINTEL_M, _FREE_M = 0.20, 0.04
"""Between these below a ceiling walls must go on; the lower one leaves out what only hangs from it."""


def closed(mask: Flags, cells: int) -> Flags:
    """`mask` with gaps of up to `cells` bridged and everything that it surrounds filled.

    The mask is grown by half a gap, filled, and shrunk again: filling before shrinking keeps rings of single points
    whole.
    """
    reach = max(-(-cells // 2), 1)
    padded = np.pad(mask, reach + 1)
    filled = _shrunk(_filled(_grown(padded, reach)), reach) | padded
    return np.asarray(filled[reach + 1 : -reach - 1, reach + 1 : -reach - 1])


def _filled(mask: Flags) -> Flags:
    """`mask`, the border of which is free, and all that it surrounds: whatever does not hang together with the border.

    Fifty times as fast as growing from the border cell by cell, which SciPy's own function does.
    """
    from scipy import ndimage

    label, _ = ndimage.label(~mask)
    return np.asarray(label != label[0, 0])


def enclosed(columns: Columns, low_m: float, high_m: float, gap_m: float, opening_m: float) -> Flags:
    """Cells that the approved building encloses at every height between two levels.

    A parapet encloses a roof below and not above, a ring of beams above and not below: neither makes a room. Windows
    and doors without anything in them do not open one, either, where walls go on over them up to the ceiling: a
    balcony is open up to the slab above it.

    Parameters
    ----------
    columns : Columns
    low_m, high_m : float, m
    gap_m : float
        Gaps in walls that are bridged at any height.
    opening_m : float
        Gaps that are bridged under a lintel.
    """
    cells, wider = (round(width / columns.raster.cell_m) for width in (gap_m, opening_m))
    inside = np.ones(columns.raster.shape, dtype=bool)
    rooms = np.ones(columns.raster.shape, dtype=bool)
    for low, high in _bands(low_m, high_m):
        standing = columns.solid(low, high)
        inside &= closed(standing, cells)
        rooms &= closed(standing, wider)
    return np.asarray(inside | (rooms & _under_lintels(columns, 0.5 * (low_m + high_m), cells)))


def _under_lintels(columns: Columns, level_m: float, cells: int) -> Flags:
    """Cells that walls enclose close below the ceiling over them; one ceiling after the other."""
    ceiling = columns.bottom_above(level_m)
    covered = np.isfinite(ceiling)
    steps, counts = np.unique(np.round(ceiling[covered] / _CEILING_M), return_counts=True)
    found = np.zeros(columns.raster.shape, dtype=bool)
    for step in steps[counts >= _LEAST_CEILING * covered.sum()]:
        under = covered & (np.abs(ceiling - step * _CEILING_M) <= _CEILING_M)
        height = float(np.median(ceiling[under]))
        lintels = columns.solid(height - _LINTEL_M, height - _FREE_M)
        found |= closed(lintels, cells) & (under | lintels)
    return found


def upright(columns: Columns, low_m: float, high_m: float) -> Flags:
    """Cells in which approved structure stands at every height between two levels: walls, columns, windows."""
    standing = np.ones(columns.raster.shape, dtype=bool)
    for low, high in _bands(low_m, high_m):
        standing &= columns.solid(low, high)
    return standing


def newly_enclosed(built: Flags, approved: Flags, gap_cells: int) -> Flags:
    """Cells that are enclosed only since `built` stands.

    Parameters
    ----------
    built : (columns, rows) bool
        Walls that were built besides, in plan.
    approved : (columns, rows) bool
        Approved upright structure beside them.
    gap_cells : int
        Gaps of this width do not open an enclosure.
    """
    return np.asarray(closed(built | approved, gap_cells) & ~closed(approved, gap_cells))


def _bands(low_m: float, high_m: float) -> list[tuple[float, float]]:
    borders = np.linspace(low_m, high_m, _BANDS + 1)
    return [(float(low), float(high)) for low, high in pairwise(borders)]


def without_strips(mask: Flags, cells: int) -> Flags:
    """`mask` without parts narrower than `cells`."""
    reach = max((cells - 1) // 2, 1)
    padded = np.pad(mask, reach + 1)
    opened = _grown(_shrunk(padded, reach), reach) & padded
    return np.asarray(opened[reach + 1 : -reach - 1, reach + 1 : -reach - 1])


def grown(mask: Flags, cells: int) -> Flags:
    """`mask` and all cells within `cells` of it."""
    return _grown(np.pad(mask, cells), cells)[cells:-cells, cells:-cells] if cells > 0 else mask


def _grown(mask: Flags, reach: int) -> Flags:
    from scipy import ndimage

    return np.asarray(ndimage.maximum_filter(mask, size=2 * reach + 1, mode="constant", cval=0))


def _shrunk(mask: Flags, reach: int) -> Flags:
    from scipy import ndimage

    return np.asarray(ndimage.minimum_filter(mask, size=2 * reach + 1, mode="constant", cval=0))
