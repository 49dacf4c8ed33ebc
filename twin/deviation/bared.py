"""What only an element that is not there leaves open to sight: the floor under a wall, what a lining leans against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.arrays import Flags, Floats, Longs
from twin.design.model import Design
from twin.design.proximity import Proximity
from twin.deviation.coverage import FACING
from twin.deviation.samples import SurfaceSamples

if TYPE_CHECKING:
    from scipy.spatial import KDTree

_STANDING = ("IfcWall", "IfcColumn")
"""Classes that touch what they stand on and lean against over the whole of a face; what is hung leaves gaps."""
_INSIDE_M = 0.05
"""So far into the element, or to its middle where it is thinner, it is looked where its sides are."""
_OUTSIDE_M = 0.025
"""And so far outside, within what hides the face: beside a partition that meets it a column is in sight."""
_FARTHEST_M = 0.2
"""No point farther from a place along the face speaks for it."""
_NEIGHBOURS = 8
"""Points that are asked about each place: those on the hidden face are nearest to it, but for stray ones."""
_LIFT_M = 0.002
_TURNS = np.arange(8) * (np.pi / 4.0)
_EDGE_M = 0.02
_NOISES = 3.0
"""A point counts on a hidden face from so many standard deviations of the noise, and two centimetres at least, inside
its outline and behind the far side of the element: nearer it may lie before them."""
_LEVEL_M = 0.03
"""How far a point may lie before or behind the hidden face: joints, and noise."""
_LEAST_M2, _LEAST_UPRIGHT_M2 = 0.1, 0.5
"""Of a hidden foot or head; and of a side or an end, where a wall may be shorter than approved."""
_LEAST_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class Hidden:
    """Faces of standing elements that lie against others: no point can be seen there while these stand.

    Attributes
    ----------
    samples : SurfaceSamples
    room_m : (n,) m
        How far inside the outline of its face, and of what hides it, each sample lies.
    depth_m : (n,) m
        How far behind the opposite side of its element.
    """

    samples: SurfaceSamples
    room_m: Floats
    depth_m: Floats


def hidden_faces(design: Design, proximity: Proximity, samples: SurfaceSamples, exposed: Flags) -> Hidden:
    """Of samples of the whole surface those of standing elements that are not `exposed`, (n,) bool."""
    standing = np.array([element.ifc_class.startswith(_STANDING) for element in design.elements], dtype=np.bool_)
    chosen = samples.pick(~exposed & standing[samples.element])
    normals = chosen.normals
    depth = proximity.hits(chosen.points - _LIFT_M * normals, -normals) + _LIFT_M
    inner = chosen.points - np.minimum(_INSIDE_M, 0.5 * np.where(np.isfinite(depth), depth, 0.0))[:, None] * normals
    along = np.cross(normals, np.where(np.abs(normals[:, 2:]) > FACING, [[1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0]]))
    along /= np.maximum(np.linalg.norm(along, axis=1), 1e-9)[:, None]
    across, room = np.cross(normals, along), np.full(len(chosen), np.inf)
    outer = chosen.points + _OUTSIDE_M * normals
    for turn in _TURNS:
        way = np.cos(turn) * along + np.sin(turn) * across
        room = np.minimum(room, np.minimum(proximity.hits(inner, way), proximity.hits(outer, way)))
    return Hidden(chosen, room, depth)


def side_of(normals: Floats) -> Longs:
    """(n,) from 0 to 5: the way to which faces with these normals, (n, 3), look, axis by axis, its minus first."""
    axis = np.abs(normals).argmax(axis=1)
    side: Longs = 2 * axis + (np.take_along_axis(normals, axis[:, None], axis=1)[:, 0] > 0.0)
    return side


def bared(hidden: Hidden, tree: KDTree, noise_m: float, count: int) -> Flags:
    """(count, 6) whether what each element would hide was seen, by `side_of`: then it does not stand there.

    Parameters
    ----------
    hidden : Hidden
    tree : KDTree
        Of points of the survey about the approved surface, design frame.
    noise_m : float
        Standard deviation of the points about the design.
    count : int
        Of elements.

    Notes
    -----
    Needs no station: a point on the floor in the middle of where a wall should stand could be seen from nowhere if it
    stood. Foot, head, sides and ends count each for itself, as others may be out of sight.
    """
    margin = max(_EDGE_M, _NOISES * noise_m)
    reach = np.minimum(hidden.room_m, _FARTHEST_M) - margin
    asked = np.flatnonzero((reach > 0.0) & (hidden.depth_m > _LEVEL_M + margin))
    bare = np.zeros((count, 6), dtype=np.bool_)
    if not len(asked) or tree.n == 0:
        return bare
    part = hidden.samples.pick(asked)
    seen, side = _seen(part.points, part.normals, tree, reach[asked]), side_of(part.normals)
    for one in range(6):
        weight = part.area_m2 * (side == one)
        whole = np.bincount(part.element, weights=weight, minlength=count)
        open_ = np.bincount(part.element, weights=weight * seen, minlength=count)
        least = _LEAST_M2 if one // 2 == 2 else _LEAST_UPRIGHT_M2
        bare[:, one] = (whole >= least) & (open_ >= _LEAST_SHARE * whole)
    return bare


def _seen(places: Floats, normals: Floats, tree: KDTree, reach_m: Floats) -> Flags:
    """(n,) whether one of the nearest points lies on the face of each place, and no farther along it than its reach."""
    neighbours = min(_NEIGHBOURS, tree.n)
    gap, found = tree.query(places, neighbours, distance_upper_bound=float(np.hypot(_FARTHEST_M, _LEVEL_M)), workers=-1)
    gap, found = gap.reshape(len(places), -1), found.reshape(len(places), -1)
    way = tree.data[np.minimum(found, tree.n - 1)] - places[:, None]
    before = np.einsum("nki,ni->nk", way, normals)
    beside = np.sqrt(np.maximum(np.einsum("nki,nki->nk", way, way) - before**2, 0.0))
    fits = np.isfinite(gap) & (np.abs(before) <= _LEVEL_M) & (beside <= reach_m[:, None])
    return np.asarray(fits.any(axis=1))
