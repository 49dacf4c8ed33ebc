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
    seen_cell_m : float
        Edge of the cells in which it is noted what was seen, so that a later inspection can tell what is gone from
        what nobody looked at: half of the smallest room that matters holds several.
    seen_margin_m : float
        How far about and above the design it is noted: as far as additions are usually built.
    """

    sight_points: int = 400_000
    sight_voxel_m: float = 0.05
    sight_margin_m: float = 30.0
    seen_cell_m: float = 0.4
    seen_margin_m: float = 12.0
