"""Planar faces of the approved elements."""

from __future__ import annotations

import numpy as np

from twin.arrays import Ints, Longs, numbered, rows_by
from twin.design.model import Surface

_OPPOSITE = -0.97
"""Cosine from which two faces are front and back of one part: within 14 degrees."""
_LEAST_M = 0.001
"""Thinner is no part but one face twice."""


class Faces:
    """The faces of a surface: triangles of one element in one plane.

    Attributes
    ----------
    of_triangle : (t,) int64
        Face of each triangle.
    element : (f,) int32
    normal : (f, 3)
        Outward.
    plane_m : (f,) float
        Distance of the plane from the origin, along the normal.
    """

    def __init__(self, surface: Surface) -> None:
        normals = surface.normals()
        offset = np.einsum("ij,ij->i", normals, surface.corners()[:, 0])
        steps = np.round(np.column_stack([normals, offset]) * 50.0).astype(np.int64)
        self.of_triangle: Longs = numbered((surface.element, *steps.T))
        _, first = np.unique(self.of_triangle, return_index=True)
        self.element: Ints = surface.element[first]
        self.normal, self.plane_m = normals[first], offset[first]
        self._of_element = rows_by(self.element, int(self.element.max(initial=-1)) + 1)

    def __len__(self) -> int:
        return len(self.element)

    def backs(self, face: int) -> Longs:
        """Faces of the same element that look the other way."""
        own = self._of_element[self.element[face]]
        return np.asarray(own[self.normal[own] @ self.normal[face] < _OPPOSITE])

    def thickness(self, face: int) -> float:
        """From a face to the nearest back of its part, m; infinite where it has none."""
        deep = self.plane_m[self.backs(face)] + self.plane_m[face]
        return float(deep[deep > _LEAST_M].min(initial=np.inf))
