"""Yaw: the turns that lay the directions of a survey's walls on those of the design's."""

from __future__ import annotations

import numpy as np

from twin.arrays import Floats

_BINS = 360
"""Half a degree each: a direction and its opposite are one, since few surveys say from where a wall was seen."""
_SMOOTH_BINS = 3.0
"""1.5 degrees: what unevenness and a remaining lean do to normals of a decimetre."""
_PEAKS = 12
_PROMINENT = 0.15
"""A peak with less than this share of the highest one's rise above chance is none."""
_FLAT = 2.0
"""Round buildings: where a design meets itself in no turn twice as much as by chance, directions decide nothing."""
_SCAN_DEG = 3.0
"""Then all turns are tried in steps that shift the rim of a large tower by less than a wall's thickness."""


def yaws(survey: tuple[Floats, Floats], design: tuple[Floats, Floats]) -> Floats:
    """(k,) rad, ascending in rank: turns about the vertical from the survey to the design worth trying.

    Parameters
    ----------
    survey, design : ((n, 2), (n,))
        Horizontal components of unit normals, and the weight of each.
    """
    first, second = _histogram(*survey), _histogram(*design)
    chance = float(first.sum() * second.sum()) / _BINS
    if chance <= 0.0 or float((second**2).sum()) * _BINS < _FLAT * float(second.sum()) ** 2:
        return _all_round()
    spectrum = np.conj(np.fft.rfft(first)) * np.fft.rfft(second)
    likeness = np.fft.irfft(spectrum, _BINS) / chance
    floor = 1.0 + _PROMINENT * (float(likeness.max()) - 1.0)
    left, right = np.roll(likeness, 1), np.roll(likeness, -1)
    peaks = np.flatnonzero((likeness >= left) & (likeness > right) & (likeness > floor))
    peaks = peaks[np.argsort(-likeness[peaks], kind="stable")][:_PEAKS]
    bend = left[peaks] - 2.0 * likeness[peaks] + right[peaks]
    turns = (peaks + 0.5 * (left[peaks] - right[peaks]) / bend) * np.pi / _BINS
    return np.stack([turns, turns + np.pi], axis=1).reshape(-1)


def _all_round() -> Floats:
    turns: Floats = np.radians(np.arange(0.0, 360.0, _SCAN_DEG))
    return turns


def _histogram(normals: Floats, weight: Floats) -> Floats:
    """(bins,) smoothed weight by direction modulo 180 degrees."""
    from scipy.ndimage import gaussian_filter1d

    place = (np.arctan2(normals[:, 1], normals[:, 0]) % np.pi) / np.pi * _BINS
    below = np.floor(place)
    part = place - below  # shared between two bins: walls at whole degrees must not fall to one side
    low = below.astype(np.int64) % _BINS
    count = np.bincount(low, weights=weight * (1.0 - part), minlength=_BINS)
    count += np.bincount((low + 1) % _BINS, weights=weight * part, minlength=_BINS)
    return np.asarray(gaussian_filter1d(count, _SMOOTH_BINS, mode="wrap"))
