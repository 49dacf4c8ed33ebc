"""Which way is up, where the instrument does not say: the axes about which a building's surfaces are ordered."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from twin.arrays import Floats, Matrix4
from twin.registration.features import Features
from twin.registration.fit.attitude import uprighted

_DIRECTIONS = 3_000
"""About four degrees apart on half a sphere: narrower than the gate by which a surface counts as level or plumb."""
_GATE_DEG = 6.0
_APART_DEG = 20.0
_AXES = 4
_POINTS = 6_000
_HOPEFUL = 0.6
"""An axis about which fewer surfaces are level or plumb than this share of the best axis's is no vertical."""
_LEAST_LEVEL = 0.02
_PLUMB = 0.75
"""A survey whose own vertical reaches this share of the best axis's order stands upright, as instruments do."""


def order_about(axes: Floats, normals: Floats) -> Floats:
    """(a,) share of the surfaces that are level or plumb about each of the axes, (a, 3) unit."""
    cosine = np.abs(axes @ normals.T)
    level = cosine > np.cos(np.radians(_GATE_DEG))
    plumb = cosine < np.sin(np.radians(_GATE_DEG))
    share = level.mean(axis=1)
    order: Floats = np.where(share > _LEAST_LEVEL, share, 0.0) + plumb.mean(axis=1)
    return order


def is_plumb(features: Features) -> bool:
    """Whether the survey's own vertical may be the true one."""
    normals = _some_normals(features)
    best = order_about(_half_sphere(), normals).max()
    return bool(order_about(_tilted(), normals).max() >= _PLUMB * best)


def attitudes(features: Features) -> list[Matrix4]:
    """Rotations of the survey, each of which may make it stand upright; not its own attitude, best order first.

    Parameters
    ----------
    features : Features
        Planar ones, survey frame.

    Notes
    -----
    Buildings have floors, square to them walls: about the vertical, most surfaces are level or plumb. So they are about
    the axes of a house with right angles, too; those are returned as well, with both signs, for a search to tell apart.
    """
    normals = _some_normals(features)
    axes = _half_sphere()
    order = order_about(axes, normals)
    found: list[Floats] = []
    for k in np.argsort(-order, kind="stable"):
        if order[k] < _HOPEFUL * order.max() or len(found) == _AXES:
            break
        if all(abs(float(axes[k] @ other)) < np.cos(np.radians(_APART_DEG)) for other in found):
            found.append(axes[k])
    signed = [sign * axis for axis in found for sign in (1.0, -1.0)]
    turned = [_raising(up) for up in signed if up[2] < np.cos(np.radians(_APART_DEG))]
    return [uprighted(features, rotation, np.zeros(3)) for rotation in turned]


def _some_normals(features: Features) -> Floats:
    planar = features.only_planar()
    return planar.normals[:: max(1, len(planar.normals) // _POINTS)]


def _half_sphere() -> Floats:
    """(d, 3) unit: even directions with z at or above 0, by the golden angle."""
    rank = np.arange(_DIRECTIONS) + 0.5
    height = rank / _DIRECTIONS
    angle = np.pi * (1.0 + np.sqrt(5.0)) * rank
    flat = np.sqrt(1.0 - height**2)
    return np.column_stack([flat * np.cos(angle), flat * np.sin(angle), height])


def _tilted() -> Floats:
    """(d, 3) unit: directions that an instrument may take for the vertical."""
    axes = _half_sphere()
    near: Floats = axes[axes[:, 2] > np.cos(np.radians(8.0))]
    return near


def _raising(up: Floats) -> Matrix4:
    """The rotation that turns a direction upward, by the shortest way."""
    rotation = np.eye(4)
    axis = np.cross(up, [0.0, 0.0, 1.0])
    sine = float(np.linalg.norm(axis))
    if sine < 1e-9:
        rotation[:3, :3] = np.eye(3) if up[2] > 0.0 else np.diag([1.0, -1.0, -1.0])
        return rotation
    angle = float(np.arctan2(sine, up[2]))
    rotation[:3, :3] = Rotation.from_rotvec(axis / sine * angle).as_matrix()
    return rotation
