"""Plumb: how far a survey leans, by its own walls and floors."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from twin.arrays import Floats, Matrix4
from twin.frames import translation
from twin.registration.features import Features

_FLOOR_SHARE = 0.1
"""Weight of a level point against a wall point: ground slopes, walls do not."""
_LEAST_DEG = 0.3
"""Smaller leans are left to the adjustment."""
_GATES_DEG = (8.0, 4.0, 2.0)


def uprighted(features: Features, pose: Matrix4, centre: Floats) -> Matrix4:
    """The pose turned about `centre`, (3,) m in the design frame, so that walls stand plumb.

    Notes
    -----
    The up direction is the leading eigenvector of ``0.1 sum h h' - sum v v'`` over normals h near it and v near square
    to it, in three rounds with narrowing gates.
    """
    _, normals = features.only_planar().placed(pose)
    up = np.array([0.0, 0.0, 1.0])
    for gate in _GATES_DEG:
        along = normals @ up
        floor = np.abs(along) > np.cos(np.radians(gate))
        wall = np.abs(along) < np.sin(np.radians(gate))
        if int(wall.sum()) + int(floor.sum()) < 100:
            return pose
        matrix = _FLOOR_SHARE * _moments(normals[floor]) - _moments(normals[wall])
        vector = np.linalg.eigh(matrix)[1][:, -1]
        up = vector * np.sign(vector[2])
    axis = np.cross(up, [0.0, 0.0, 1.0])
    sine = float(np.linalg.norm(axis))
    if sine < np.sin(np.radians(_LEAST_DEG)) or sine > np.sin(np.radians(_GATES_DEG[0])):
        return pose
    turn = np.eye(4)
    turn[:3, :3] = Rotation.from_rotvec(axis / sine * np.arcsin(sine)).as_matrix()
    plumb: Matrix4 = translation(centre) @ turn @ translation(-centre) @ pose
    return plumb


def _moments(normals: Floats) -> Floats:
    moments: Floats = np.einsum("ni,nj->ij", normals, normals)
    return moments
