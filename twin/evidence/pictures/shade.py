"""Soft contact shadows computed from a picture's depths: corners and recesses darken, open surfaces stay."""

from __future__ import annotations

import numpy as np

from twin.arrays import Bytes, Floats, Floats32

_REACH_PX = (5, 12, 26, 52)
"""Distances, in pixels of the full picture, at which neighbours may shade a point."""

_DIRECTIONS = ((1, 0), (0, 1), (0.7071, 0.7071), (0.7071, -0.7071))
_STRENGTH = 0.45


def contact_shadows(picture: Bytes, depth: Floats, view_angle_deg: float) -> Bytes:
    """`picture` with contact shadows.

    Parameters
    ----------
    picture : (h, w, 3) uint8
    depth : (h / 2, w / 2) m
        Of every second pixel, along the line of sight; infinite where nothing is.
    view_angle_deg : float
        Vertical.

    Notes
    -----
    On a plane the inverse depth is linear across a picture, so the mean of two opposite neighbours equals the middle.
    Where the mean is nearer, the surface is hollow there; how much nearer, against the neighbours' distance in space,
    tells how much light is kept off. Things far in front are left out: they cast no contact shadow.
    """
    from PIL import Image
    from scipy.ndimage import gaussian_filter

    near = np.where(np.isfinite(depth), 1.0 / np.maximum(depth, 1e-3), 0.0).astype(np.float32)
    there = near > 0.0
    size_m = 2.0 * np.tan(np.radians(view_angle_deg) / 2.0) / picture.shape[0]  # of a pixel at 1 m
    hollow = np.zeros_like(near)
    for reach in _REACH_PX:
        span = np.float32(reach * size_m)
        for across, along in _DIRECTIONS:
            shift = (round(along * reach / 2.0), round(across * reach / 2.0))
            mean = 0.5 * (_moved(near, shift) + _moved(near, (-shift[0], -shift[1])))
            ahead = (mean - near) / np.where(there, near, 1.0) / span
            shadow = np.clip(ahead, 0.0, 1.0) * np.clip((4.0 - ahead) / 2.0, 0.0, 1.0)
            hollow += np.where(np.isfinite(mean), shadow, 0.0)
    light = 1.0 - _STRENGTH * np.clip(hollow / 6.0, 0.0, 1.0)
    light = np.where(there, gaussian_filter(light, 1.2), 1.0)
    height, width = picture.shape[:2]
    whole = np.asarray(Image.fromarray(light.astype(np.float32)).resize((width, height), Image.Resampling.BILINEAR))
    shaded: Bytes = np.rint(picture * whole[..., None]).astype(np.uint8)
    return shaded


def _moved(values: Floats32, shift: tuple[int, int]) -> Floats32:
    """`values` moved by (rows, columns); NaN where the border was."""
    height, width = values.shape
    moved = np.full_like(values, np.nan)
    into, out = zip(*(_overlap(size, step) for size, step in zip((height, width), shift, strict=True)), strict=True)
    moved[into] = values[out]
    return moved


def _overlap(size: int, step: int) -> tuple[slice, slice]:
    """Where an axis of `size` and the same axis moved by `step` lie on each other."""
    return slice(max(-step, 0), size - max(step, 0)), slice(max(step, 0), size - max(-step, 0))
