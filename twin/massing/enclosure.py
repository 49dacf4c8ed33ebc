"""What is enclosed in plan: by the approved building, and by it together with what was built besides."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from twin.arrays import Flags
from twin.massing.columns import Columns

_BANDS = 3


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


def enclosed(columns: Columns, low_m: float, high_m: float, gap_m: float) -> Flags:
    """Cells that the approved building encloses at every height between two levels.

    A parapet encloses a roof below and not above, a ring of beams above and not below: neither makes a room.
    """
    cells = round(gap_m / columns.raster.cell_m)
    inside = np.ones(columns.raster.shape, dtype=bool)
    for low, high in _bands(low_m, high_m):
        inside &= closed(columns.solid(low, high), cells)
    return inside


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
