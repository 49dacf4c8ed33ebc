"""Normals of faces, edges and corners by which the side of a point is told right also where faces meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from twin.arrays import Floats, Ints, Longs
from twin.design.model import Surface

_WELD_M = 1e-5  # corners of one element nearer than this are one: far below any drawing, far above rounding
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Pseudonormals:
    """Outward directions of every part of the surface, of any length.

    Attributes
    ----------
    edge_id : (t, 3) int32
        Number of the edge opposite to each corner.
    corner_id : (t, 3) int32
    edge : (e, 3)
        By these numbers; zero where faces that look in opposite directions cancel.
    corner : (c, 3)

    Notes
    -----
    Angle-weighted pseudonormals after Baerentzen and Aanaes (2005, IEEE TVCG 11, 243-253): the sign of a point's way
    from its foot along them is right for every closed surface.
    """

    edge_id: Ints
    corner_id: Ints
    edge: Floats
    corner: Floats


def pseudonormals(surface: Surface) -> Pseudonormals:
    """Pseudonormals of a surface; faces of different elements do not share edges."""
    corner_id, edge_id = _shared_parts(surface)
    edge, corner = (np.zeros((int(number.max(initial=-1)) + 1, 3)) for number in (edge_id, corner_id))
    _add(np.array(surface.vertices), np.array(surface.triangles), edge_id, corner_id, edge, corner)
    return Pseudonormals(edge_id, corner_id, edge, corner)


def _shared_parts(surface: Surface) -> tuple[Ints, Ints]:
    """(t, 3) numbers of the welded corner, and of the edge opposite to it, by first appearance."""
    vertices, triangles, element = (np.array(a) for a in (surface.vertices, surface.triangles, surface.element))
    corner = _corners(vertices, triangles, element, vertices.min(axis=0))
    return corner, _edges(corner)


@njit(error_model="numpy")  # type: ignore[untyped-decorator]
def _seats(count: int) -> NDArray[np.int32]:
    """A hash table for so many entries at most, half of it empty at least; -1 in each seat."""
    size = 16
    while size < 2 * count:
        size *= 2
    return np.full(size, -1, dtype=np.int32)


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _corners(vertices: Floats, triangles: Ints, element: Ints, low: Floats) -> Ints:
    """Numbers of corners: those of one element that round to the same place have the same."""
    seats, number = _seats(triangles.size), np.empty(triangles.shape, dtype=np.int32)
    known, count, key = np.empty((triangles.size, 4), dtype=np.int64), 0, np.empty(4, dtype=np.int64)
    for row in range(len(triangles)):
        for k in range(3):
            key[0] = element[row]
            for axis in range(3):
                key[axis + 1] = np.int64(np.rint((vertices[triangles[row, k], axis] - low[axis]) / _WELD_M))
            number[row, k] = _numbered(seats, known, count, key)
            count = max(count, number[row, k] + 1)
    return number


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _edges(corner: Ints) -> Ints:
    """Numbers of the edges opposite to each corner, whichever way they are walked."""
    seats, number = _seats(corner.size), np.empty(corner.shape, dtype=np.int32)
    known, count, key = np.empty((corner.size, 2), dtype=np.int64), 0, np.empty(2, dtype=np.int64)
    for row in range(len(corner)):
        for k in range(3):
            one, other = corner[row, (k + 1) % 3], corner[row, (k + 2) % 3]
            key[0], key[1] = min(one, other), max(one, other)
            number[row, k] = _numbered(seats, known, count, key)
            count = max(count, number[row, k] + 1)
    return number


@njit(inline="always")  # type: ignore[untyped-decorator]
def _numbered(seats: Ints, known: Longs, count: int, key: Longs) -> int:
    """The number of a key among the `count` that are known; the next one, with its seat taken, if it is new."""
    mask, mixed = np.uint64(len(seats) - 1), np.uint64(0)
    for part in range(len(key)):
        mixed = (mixed ^ np.uint64(key[part])) * _MIX
        mixed ^= mixed >> np.uint64(29)
    seat = mixed & mask
    while seats[seat] >= 0:
        alike = True
        for part in range(len(key)):
            alike = alike and known[seats[seat], part] == key[part]
        if alike:
            return int(seats[seat])
        seat = (seat + np.uint64(1)) & mask
    seats[seat], known[count] = count, key
    return count


@njit(cache=True, error_model="numpy")  # type: ignore[untyped-decorator]
def _add(vertices: Floats, triangles: Ints, edge_id: Ints, corner_id: Ints, edge: Floats, corner: Floats) -> None:
    """Adds the normal of each face to its edges, and to its corners by the angle there."""
    sides, normal = np.empty((3, 3)), np.empty(3)
    for row in range(len(triangles)):
        for k in range(3):  # from corner k to the next
            for axis in range(3):
                ends = vertices[triangles[row, (k + 1) % 3], axis], vertices[triangles[row, k], axis]
                sides[k, axis] = ends[0] - ends[1]
        for axis in range(3):
            p, q = (axis + 1) % 3, (axis + 2) % 3
            normal[axis] = sides[0, p] * sides[1, q] - sides[0, q] * sides[1, p]
        length = np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2)
        if length == 0.0:
            continue
        for k in range(3):
            before = (k + 2) % 3
            cosine = sides[k, 0] * sides[before, 0] + sides[k, 1] * sides[before, 1] + sides[k, 2] * sides[before, 2]
            angle = np.arctan2(length, -cosine)
            for axis in range(3):
                edge[edge_id[row, k], axis] += normal[axis] / length
                corner[corner_id[row, k], axis] += angle * normal[axis] / length
