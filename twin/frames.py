"""Transforms between frames. The name of each says both: ``design_from_survey @ survey_from_station``.

The *design frame* is the IFC project's coordinates in metres. The *survey frame* is the survey's file coordinates in
metres, less the survey's local origin.
"""

from __future__ import annotations

import numpy as np

from twin.arrays import Floats, Matrix4
from twin.errors import FrameError


def identity() -> Matrix4:
    """(4, 4) identity."""
    return np.eye(4)


def translation(offset: Floats) -> Matrix4:
    """(4, 4) translation by `offset`, (3,) m."""
    matrix = np.eye(4)
    matrix[:3, 3] = offset
    return matrix


def scaling(factor: float) -> Matrix4:
    """(4, 4) uniform scaling by `factor`."""
    return np.diag([factor, factor, factor, 1.0])


def yaw(angle_rad: float) -> Matrix4:
    """(4, 4) rotation by `angle_rad` about the vertical axis, anticlockwise seen from above."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    matrix = np.eye(4)
    matrix[:2, :2] = [[cos, -sin], [sin, cos]]
    return matrix


def move(target_from_source: Matrix4, points_source: Floats) -> Floats:
    """Points of the source frame, in the target frame.

    Parameters
    ----------
    target_from_source : (4, 4) float
    points_source : (n, 3) m, source frame

    Returns
    -------
    points_target : (n, 3) m, target frame
    """
    points = np.asarray(points_source @ target_from_source[:3, :3].T, dtype=np.float64)
    points += target_from_source[:3, 3]
    return points


def turn(target_from_source: Matrix4, directions_source: Floats) -> Floats:
    """Directions of the source frame, in the target frame, of unit length where they had it."""
    return np.asarray(directions_source @ (target_from_source[:3, :3] / scale_of(target_from_source)).T)


def inverse(target_from_source: Matrix4) -> Matrix4:
    """The transform the other way round; `FrameError` where there is none."""
    try:
        return np.asarray(np.linalg.inv(target_from_source), dtype=np.float64)
    except np.linalg.LinAlgError as error:
        raise FrameError("the transform cannot be inverted", "give a 4 x 4 matrix of full rank") from error


def scale_of(target_from_source: Matrix4) -> float:
    """The uniform scale of a similarity transform."""
    return float(np.cbrt(np.linalg.det(target_from_source[:3, :3])))


def angle_between_deg(first: Matrix4, second: Matrix4) -> float:
    """Angle of the rotation that leads from the one transform's axes to the other's."""
    relative = (first[:3, :3] / scale_of(first)).T @ (second[:3, :3] / scale_of(second))
    sine = np.linalg.norm(
        [relative[2, 1] - relative[1, 2], relative[0, 2] - relative[2, 0], relative[1, 0] - relative[0, 1]]
    )
    return float(np.degrees(np.arctan2(sine, np.trace(relative) - 1.0)))


def checked_similarity(matrix: Floats, source: str) -> Matrix4:
    """`matrix` where it is a similarity transform (rotation, uniform scale, translation).

    Parameters
    ----------
    matrix : (4, 4) float
    source : str
        Named in the error.

    Raises
    ------
    FrameError
        Wrong shape, not finite, mirrored, sheared, or with a last row other than 0 0 0 1.
    """
    hint = "give a row-major 4 x 4 matrix of rotation, one scale and translation"
    if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
        raise FrameError(f"{source}: not a finite 4 x 4 matrix", hint)
    if not np.allclose(matrix[3], [0.0, 0.0, 0.0, 1.0], atol=1e-9):
        raise FrameError(f"{source}: the last row is not 0 0 0 1", hint)
    if np.linalg.det(matrix[:3, :3]) <= 0.0:
        raise FrameError(f"{source}: the matrix mirrors or flattens space", hint)
    scale = scale_of(matrix)
    if not np.allclose(matrix[:3, :3] @ matrix[:3, :3].T, scale**2 * np.eye(3), atol=1e-5 * scale**2):
        raise FrameError(f"{source}: the matrix shears space", hint)
    return matrix
