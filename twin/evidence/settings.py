"""Parameters of what is shown, each with its unit and its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EvidenceSettings:
    """How much of the survey pictures and viewer carry; `deviation.laz` always carries all of it.

    Attributes
    ----------
    sight_points : int
        Points in pictures and viewer at most, those that show a finding apart: what a browser turns smoothly.
    sight_voxel_m : float
        Points are thinned at least to this spacing: finer than a screen shows of a whole building.
    sight_margin_m : float
        How far around the design points are shown.
    """

    sight_points: int = 400_000
    sight_voxel_m: float = 0.05
    sight_margin_m: float = 30.0
