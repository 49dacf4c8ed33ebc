"""Floors that a design names without modelling them."""

from __future__ import annotations

import numpy as np

from twin.design.model import Design, Surface


def bare_levels(design: Design, surface: Surface) -> Surface:
    """Level planes over the plan of the building where the design names a floor and models no slab.

    Parameters
    ----------
    design : Design
    surface : Surface
        Of the building elements; its convex outline bounds the planes.

    Returns
    -------
    planes : Surface
        Without triangles where every floor has a slab. `element` is -1.
    """
    from scipy.spatial import ConvexHull

    bare = [s.elevation_m for s in design.storeys if s.is_floor and s.floor_area_m2 == 0.0]
    if not bare:
        return Surface(np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int32), np.zeros(0, dtype=np.int32))
    plan = surface.vertices[np.unique(surface.triangles)][:, :2]
    ring = plan[ConvexHull(plan).vertices]
    size = len(ring)
    fan = np.column_stack([np.zeros(size - 2), np.arange(1, size - 1), np.arange(2, size)]).astype(np.int32)
    vertices = np.vstack([np.column_stack([ring, np.full(size, z)]) for z in bare])
    triangles = np.vstack([fan + k * size for k in range(len(bare))]).astype(np.int32)
    return Surface(vertices, triangles, np.full(len(triangles), -1, dtype=np.int32))
