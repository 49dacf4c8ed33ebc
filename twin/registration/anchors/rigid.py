"""The rotation, shift and scale that carries points onto their partners with the least squares."""

from __future__ import annotations

import numpy as np

from twin.arrays import Floats, Matrix4
from twin.errors import Underconstrained

_FLAT = 1e-9
"""Share of the largest singular value below which points lie on a line."""


def fitted(source: Floats, target: Floats, weight: Floats | None = None, free_scale: bool = False) -> Matrix4:
    """Best similarity (or rigid) transform.

    Parameters
    ----------
    source : (n, 3) m, source frame
    target : (n, 3) m, target frame
        Partners, row by row.
    weight : (n,) float or None
    free_scale : bool
        Whether one scale factor is solved too.

    Returns
    -------
    target_from_source : (4, 4) float
        Never a reflection.

    Raises
    ------
    Underconstrained
        Fewer than three points, or all on one line.

    Notes
    -----
    Umeyama, IEEE PAMI 13 (1991) 376. The translation is computed last, from the rotation *after* a reflection has
    been put right; computed before, it is wrong whenever noise makes a flat set of points look mirrored.
    """
    share = np.ones(len(source)) if weight is None else np.asarray(weight, dtype=np.float64)
    if len(source) < 3 or len(source) != len(target) or not float(share.sum()) > 0.0:
        raise Underconstrained(f"{len(source)} points fix no pose", "give at least three points that form a triangle")
    share = share / share.sum()
    source_mean, target_mean = share @ source, share @ target
    source_arm, target_arm = source - source_mean, target - target_mean
    spread = np.linalg.svd(source_arm * np.sqrt(share)[:, None], compute_uv=False)
    if spread[1] <= _FLAT * max(float(spread[0]), 1e-300):
        raise Underconstrained("all points lie on one line", "add a point well beside that line")
    covariance = np.einsum("ni,n,nj->ij", target_arm, share, source_arm)
    left, values, right = np.linalg.svd(covariance)
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(left) * np.linalg.det(right))])
    rotation = left @ np.diag(signs) @ right
    scale = float((values * signs).sum() / (spread**2).sum()) if free_scale else 1.0
    matrix = np.eye(4)
    matrix[:3, :3] = scale * rotation
    matrix[:3, 3] = target_mean - scale * rotation @ source_mean
    return matrix
