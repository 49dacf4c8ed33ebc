"""Whether walls that stood would have been seen: an instrument on the ground never sees the air above a roof.

A beam into the sky returns nothing, so the space of a storey that was taken down is never crossed by a ray. But where
the instrument looked in a direction, with a clear way to the wall that stood there, the wall would have returned the
beam.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from twin.arrays import Flags, Floats, Longs
from twin.evidence.schema import FindingPart
from twin.evidence.seen import SeenSpace, Sight, directions
from twin.supervision.following.matching import outline_of

_STEP_M = 0.5
"""Between places on a wall, and between those along a way: about a cell."""
_CLEAR_OF_ENDS_CELLS = 2.0
"""Cells at both ends of a way that are not asked: the instrument's own place, and the wall."""
_FACING = 0.1
"""Least cosine between a way and the wall's face: flatter, a beam need not return."""
_NEIGHBOURS = 1
"""Directions about one in which a hit shows that the instrument looked there: two to four degrees."""


def unwalled(space: SeenSpace, finding: FindingPart) -> float:
    """Share (0..1) of a body's outline along which its walls would have been seen, and were not.

    Parameters
    ----------
    space : SeenSpace
        What the later survey saw, and from where.
    finding : FindingPart
        The body as it stood.
    """
    places, outward, column = _on_walls(finding)
    if not len(places) or not len(space.stations):
        return 0.0
    standing = _is_anything_at(space, places)
    missed = np.zeros(len(places), dtype=bool)
    for station, looked in zip(space.stations, space.looked, strict=True):
        ways = places - station
        length = np.linalg.norm(ways, axis=1)
        faces = np.einsum("ij,ij->i", ways, outward) < -_FACING * length
        rows = np.flatnonzero(faces & ~standing & ~missed & (length > 1e-6))
        rows = rows[_near_a_hit(looked, ways[rows])]
        missed[rows[_has_clear_way(space, station, places[rows])]] = True
    columns = int(column.max()) + 1
    empty = np.bincount(column[missed], minlength=columns) > 0
    held = np.bincount(column[standing], minlength=columns) > 0
    return float(np.mean(empty & ~held))


def _on_walls(finding: FindingPart) -> tuple[Floats, Floats, Longs]:
    """Places on the outline's walls, (n, 3) m, design frame, their outward normals, and which place along the outline
    each has.
    """
    import shapely
    from shapely.geometry.polygon import orient

    ring = np.array(orient(shapely.Polygon(outline_of(finding))).exterior.coords)
    low, high = finding.box.min[2], finding.box.max[2]
    levels = np.arange(low + 0.5 * _STEP_M, high, _STEP_M) if high - low > _STEP_M else np.array([0.5 * (low + high)])
    feet, normals = [], []
    for start, end in pairwise(ring):
        along = end - start
        length = float(np.hypot(*along))
        count = max(round(length / _STEP_M), 1)
        share = (np.arange(count) + 0.5) / count
        feet.append(start + share[:, None] * along)
        normals.append(np.tile([along[1] / max(length, 1e-9), -along[0] / max(length, 1e-9)], (count, 1)))
    foot, normal = np.vstack(feet), np.vstack(normals)
    column = np.repeat(np.arange(len(foot)), len(levels))
    places = np.column_stack([foot[column], np.tile(levels, len(foot))])
    return places, np.column_stack([normal[column], np.zeros(len(column))]), column


def _is_anything_at(space: SeenSpace, places: Floats) -> Flags:
    """Where points lie that nothing approved explains, in the cell of a place or beside it."""
    found = np.zeros(len(places), dtype=bool)
    for step in np.stack(np.meshgrid(*[(-1, 0, 1)] * 3), axis=-1).reshape(-1, 3):
        found |= space.at(places + step * space.cell_m) == Sight.OTHER
    return found


def _near_a_hit(looked: Flags, ways: Floats) -> Flags:
    from scipy.ndimage import binary_dilation

    wide = np.pad(looked, ((0, 0), (_NEIGHBOURS, _NEIGHBOURS)), mode="wrap")  # azimuth goes round
    about = binary_dilation(wide, np.ones((2 * _NEIGHBOURS + 1,) * 2))[:, _NEIGHBOURS:-_NEIGHBOURS]
    return np.asarray(about[directions(ways)], dtype=bool)


def _has_clear_way(space: SeenSpace, station: Floats, places: Floats) -> Flags:
    """Whether nothing that was seen lies between a station and each place."""
    if not len(places):
        return np.zeros(0, dtype=bool)
    ways = places - station
    length = np.linalg.norm(ways, axis=1)
    ends = _CLEAR_OF_ENDS_CELLS * space.cell_m
    steps = max(int(np.ceil(float(length.max()) / (0.5 * space.cell_m))), 2)
    clear = np.ones(len(places), dtype=bool)
    for share in np.linspace(0.0, 1.0, steps):
        asked = (share * length > ends) & ((1.0 - share) * length > ends)
        blocked = np.isin(space.at(station + share * ways), (Sight.APPROVED, Sight.OTHER))
        clear &= ~(asked & blocked)
    return clear
