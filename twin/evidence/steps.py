"""Deviations as sixteen bits: what the page and its tiles store of each point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.arrays import Floats32

DEVIATION_STEP_M = 0.0001
_MIDDLE, _MOST = 32_768, 65_535
_BEYOND = 0
"""Stands for a deviation beyond the band."""


def deviation_steps(deviation: Floats32) -> NDArray[np.uint16]:
    """(n,) deviations in 0.1 mm + 32768, 0 where they are NaN."""
    steps = np.rint(np.nan_to_num(deviation.astype(np.float64)) / DEVIATION_STEP_M) + _MIDDLE
    steps = steps.clip(1, _MOST)
    steps[~np.isfinite(deviation)] = _BEYOND
    return steps.astype(np.uint16)
