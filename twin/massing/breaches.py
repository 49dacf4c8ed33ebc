"""Holes in walls that stand: nothing is seen of the wall there, and rays went in at one face and out at the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Longs, rows_by
from twin.design.faces import Faces
from twin.design.model import Design
from twin.design.openings import FILLS, axes
from twin.deviation.model import Deviation, ElementStatus
from twin.massing.flush import FLUSH_M, Grid
from twin.massing.settings import MassingSettings

_UPRIGHT = 0.2
_BEYOND_M = 0.1
"""A ray that ends or starts no farther than this from a wall does not show that it went through."""
_CELL_M = 0.2
_LEAST_RAYS = 5
"""Through a hole: single rays may be stray."""
_SPREAD, _SPREAD_OF_ONE = 0.2, 0.5
"""Share of a hole, each way, over which rays must have gone through: where the other face has the same hole, and where
that was not seen. Behind a cupboard a wall is not seen either.
"""
_SAME = 0.5
"""Share of a hole that must be empty in the other face as well, and of that face that must have been seen about it."""
_DOUBT_M2 = 0.01
"""Of a face, through which rays seem to have passed, from which it is looked at ray by ray."""


@dataclass(frozen=True, eq=False)
class Breach:
    """A hole in a wall.

    Attributes
    ----------
    element : int
        The wall.
    normal : (3,)
        Of the face through which it is described, outward.
    plane_m, depth_m : float
        The face's distance from the origin along the normal; the thickness of the wall.
    outline : (4, 2) m
        Along the face, level, and up, from where the wall was seen last.
    spacing_m : float
        How far apart points lie on the wall: so far its edges may lie farther in.
    rays : int
        That went through.
    """

    element: int
    normal: Floats
    plane_m: float
    depth_m: float
    outline: Floats
    spacing_m: float
    rays: int

    @property
    def area_m2(self) -> float:
        """Of the outline."""
        return float(np.prod(np.ptp(self.outline, axis=0)))


def breaches_of(
    design: Design, deviation: Deviation, points: Floats, origins: Floats, settings: MassingSettings
) -> tuple[Breach, ...]:
    """Holes that rays went through in walls that stand otherwise at their place.

    Rays show a hole where they cross both faces of the wall where both were to be solid. What reaches the upper edge
    or the ends of a wall is none: the wall may not be whole yet.

    Parameters
    ----------
    design : Design
    deviation : Deviation
    points, origins : (n, 3) m, design frame
        What the rays hit, and where they were sent from; NaN where unknown.
    settings : MassingSettings
    """
    told = np.isfinite(origins).all(axis=1)
    points, origins = points[told], origins[told]
    if not len(points):
        return ()
    faces, found, grid = Faces(design.surface), list[Breach](), Grid(points)
    for face, mine in _doubtful(design, deviation, faces):
        if any(breach.element == faces.element[face] for breach in found):
            continue  # told from its other face
        wall = _Wall(faces, face, deviation.samples.points[mine])
        near = points[grid.about(deviation.samples.points[mine])]
        height = near @ wall.normal - wall.plane_m
        front, behind = (near[np.abs(height + deep) <= FLUSH_M] @ wall.axes for deep in (0.0, wall.depth_m))
        found += _holes(wall, front, behind, (points, origins), settings)
    return tuple(found)


def _doubtful(design: Design, deviation: Deviation, faces: Faces) -> Iterator[tuple[int, Longs]]:
    """Upright faces with a back, of elements that stand, through which rays seem to have passed: their numbers, and the
    rows of their samples.
    """
    samples = deviation.samples
    if not len(samples):
        return
    stands = np.zeros(len(design.elements), dtype=bool)
    for result in deviation.elements:
        is_wall = not design.elements[result.element].ifc_class.startswith(FILLS)
        stands[result.element] = is_wall and result.status is ElementStatus.AS_DESIGNED
    of_sample = faces.of_triangle[samples.triangle]
    pierced = np.bincount(of_sample, weights=samples.area_m2 * deviation.sample_pierced, minlength=len(faces))
    mine = rows_by(of_sample, len(faces))
    upright = np.abs(faces.normal[:, 2]) < _UPRIGHT
    for face in np.flatnonzero((pierced >= _DOUBT_M2) & stands[faces.element] & upright):
        if np.isfinite(faces.thickness(int(face))):
            yield int(face), mine[face]


class _Wall:
    """One face of a wall, with samples of where it is solid, (s, 3) m."""

    def __init__(self, faces: Faces, face: int, solid: Floats) -> None:
        from scipy import ndimage

        self.element = int(faces.element[face])
        self.normal, self.plane_m = faces.normal[face], float(faces.plane_m[face])
        self.depth_m = faces.thickness(face)
        self.axes = np.column_stack(axes(self.normal))
        at = solid @ self.axes
        self._low = np.floor(at.min(axis=0) / _CELL_M) * _CELL_M
        solid = np.zeros(tuple(int(most) + 1 for most in self._cells(at).max(axis=0)), dtype=bool)
        solid[tuple(self._cells(at).T)] = True
        self.solid = np.asarray(ndimage.binary_closing(np.pad(solid, 1))[1:-1, 1:-1])  # samples lie as wide as cells

    def counts(self, at: Floats) -> Longs:
        """How many of some places, (n, 2) m, lie in each cell of the face."""
        cells = self._cells(at)
        inside = ((cells >= 0) & (cells < np.array(self.solid.shape))).all(axis=1)
        counts: Longs = np.zeros(self.solid.shape, dtype=np.int64)
        np.add.at(counts, tuple(cells[inside].T), 1)
        return counts

    def span(self, region: Flags) -> Floats:
        """(2, 2) m: the first and last corner of a region of cells."""
        held = np.argwhere(region)
        return np.asarray(self._low + _CELL_M * np.array([held.min(axis=0), held.max(axis=0) + 1]))

    def _cells(self, at: Floats) -> Longs:
        return np.asarray(np.floor((at - self._low) / _CELL_M).astype(np.int64))


def _holes(
    wall: _Wall, front: Floats, behind: Floats, rays: tuple[Floats, Floats], settings: MassingSettings
) -> list[Breach]:
    """Holes in a wall of which points, (n, 2) m each, were seen on its front and on its back, and through which some of
    the rays went, given by ends and origins, (r, 3) m.
    """
    found, through = [], None
    for region in _empty(wall, front):
        low, high = _widened(wall.span(region), front)
        if np.prod(high - low) < settings.least_opening_m2 or (high - low).min() < settings.least_opening_m:
            continue
        through = _through(*rays, wall) @ wall.axes if through is None else through
        mine = through[((through >= low) & (through <= high)).all(axis=1)]
        spread = _SPREAD if _is_empty_behind(wall, region, behind) else _SPREAD_OF_ONE
        if len(mine) >= _LEAST_RAYS and (np.ptp(mine, axis=0) >= spread * (high - low)).all():
            outline = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
            apart = _spacing(wall.counts(front))
            found.append(Breach(wall.element, wall.normal, wall.plane_m, wall.depth_m, outline, apart, len(mine)))
    return found


def _empty(wall: _Wall, seen: Floats) -> Iterator[Flags]:
    """Connected parts of a face, off its ends and its upper edge, in which it was not seen."""
    from scipy import ndimage

    hollow = wall.solid & (wall.counts(seen) == 0)
    label, count = ndimage.label(ndimage.binary_opening(hollow, structure=np.ones((2, 2), dtype=bool)))
    for number in range(1, count + 1):
        region = label == number
        if _is_inner(region, wall.solid):
            yield region


def _is_empty_behind(wall: _Wall, region: Flags, behind: Floats) -> bool:
    """Whether the other face has the same hole: none of it was seen there, and most of the face about it was."""
    from scipy import ndimage

    held = wall.counts(behind) > 0
    about = ndimage.binary_dilation(region, iterations=2) & ~ndimage.binary_dilation(region) & wall.solid
    return bool(held[region].mean() <= 1.0 - _SAME and about.any() and held[about].mean() >= _SAME)


def _spacing(counts: Longs) -> float:
    """How far apart points lie on a face that shows so many in each cell, m."""
    return _CELL_M * float(np.sqrt(np.count_nonzero(counts) / max(counts.sum(), 1)))


def _widened(span: Floats, at: Floats) -> tuple[Floats, Floats]:
    """First and last corner of the empty rectangle about the middle of a span, up to the points beside, over and under
    it; no farther than a cell beyond the span.
    """
    middle = span.mean(axis=0)
    low, high = span[0] - _CELL_M, span[1] + _CELL_M
    for axis in (0, 1):
        other = 1 - axis
        inner = np.abs(at[:, other] - middle[other]) <= 0.4 * (span[1] - span[0])[other]
        beside = at[inner, axis]
        low[axis] = max(low[axis], beside[beside < middle[axis]].max(initial=-np.inf))
        high[axis] = min(high[axis], beside[beside > middle[axis]].min(initial=np.inf))
    return low, high


def _through(points: Floats, origins: Floats, wall: _Wall) -> Floats:
    """(m, 3) m: where rays that went through a wall, either way, were in the middle of it."""
    end, start = points @ wall.normal - wall.plane_m, origins @ wall.normal - wall.plane_m
    out, back = _BEYOND_M, -wall.depth_m - _BEYOND_M
    crosses = ((start > out) & (end < back)) | ((start < back) & (end > out))
    share = (start[crosses] + 0.5 * wall.depth_m) / (start[crosses] - end[crosses])
    return np.asarray(origins[crosses] + share[:, None] * (points[crosses] - origins[crosses]))


def _is_inner(region: Flags, solid: Flags) -> bool:
    """Whether a region keeps off the ends and the upper edge of a face: solid cells lie about it, but for below."""
    columns, rows = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
    before, after, above = columns[0] - 1, columns[-1] + 1, rows[-1] + 1
    if before < 0 or after >= solid.shape[0] or above >= solid.shape[1]:
        return False
    sides = solid[[before, after]][:, rows[0] : rows[-1] + 1]
    return bool(sides.any(axis=1).all() and solid[columns[0] : columns[-1] + 1, above].any())
