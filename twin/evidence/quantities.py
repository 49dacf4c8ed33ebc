"""How a measured size is written: the same in tables and on pictures."""

from __future__ import annotations

import math

_NOISE = 1e-9
"""What binary fractions add to decimal ones, before a number is rounded up."""


def quantity(value: float, uncertainty: float | None, digits: int, at_least: float | None = None) -> str:
    """``12.3 ± 0.4``; the value alone where no uncertainty is known; ``≥ 11.9`` where only a least is.

    The expanded uncertainty is rounded up (GUM 7.2.6), so that no measurement ever claims to have none, and a least
    down.
    """
    step = 10.0**digits
    if at_least is not None:
        return f"≥ {math.floor(at_least * step + _NOISE) / step:.{digits}f}"
    if not uncertainty:
        return f"{value:.{digits}f}"
    return f"{value:.{digits}f} ± {math.ceil(uncertainty * step - _NOISE) / step:.{digits}f}"
