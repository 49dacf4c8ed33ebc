"""What the surfaces of the sample site look like, to the eye and to a scanner."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Material:
    """A surface.

    Attributes
    ----------
    rgb : (3,) 0..1
        Colour in daylight.
    reflectance : float
        Share of near-infrared light that it throws back, 0..1.
    transparency : float
        0 opaque, 1 clear; rays pass where it is above zero.
    texture : float
        Contrast of its grain, 0..1.
    """

    rgb: tuple[float, float, float]
    reflectance: float = 0.5
    transparency: float = 0.0
    texture: float = 0.04


PALETTE: dict[str, Material] = {
    "concrete": Material((0.74, 0.73, 0.70), 0.45, texture=0.07),
    "band": Material((0.90, 0.89, 0.85), 0.60),
    "plaster": Material((0.90, 0.84, 0.73), 0.62),
    "stone": Material((0.35, 0.33, 0.32), 0.28, texture=0.09),
    "terracotta": Material((0.66, 0.37, 0.26), 0.45, texture=0.08),
    "white render": Material((0.94, 0.93, 0.90), 0.75, texture=0.02),
    "gypsum": Material((0.92, 0.91, 0.88), 0.75, texture=0.02),
    "screed": Material((0.63, 0.62, 0.60), 0.40, texture=0.08),
    "membrane": Material((0.66, 0.67, 0.66), 0.30, texture=0.07),
    "anthracite": Material((0.19, 0.21, 0.23), 0.18),
    "glass": Material((0.52, 0.66, 0.74), 0.10, transparency=0.65, texture=0.0),
    "timber": Material((0.58, 0.40, 0.25), 0.50, texture=0.10),
    "steel": Material((0.60, 0.62, 0.64), 0.40),
    "zinc": Material((0.47, 0.50, 0.53), 0.38),
    "solar cell": Material((0.09, 0.12, 0.22), 0.10),
    "fabric": Material((0.25, 0.42, 0.48), 0.35, texture=0.08),
    "sandwich panel": Material((0.80, 0.82, 0.84), 0.60),
    "white profile": Material((0.95, 0.95, 0.94), 0.70),
    "fresh concrete": Material((0.60, 0.60, 0.58), 0.38, texture=0.10),
    "ground": Material((0.55, 0.50, 0.42), 0.35, texture=0.16),
    "grass": Material((0.36, 0.47, 0.24), 0.55, texture=0.18),
    "asphalt": Material((0.30, 0.30, 0.31), 0.14, texture=0.07),
    "paving": Material((0.66, 0.63, 0.58), 0.42, texture=0.09),
    "bark": Material((0.36, 0.28, 0.21), 0.35, texture=0.15),
    "leaf": Material((0.27, 0.42, 0.17), 0.55, texture=0.30),
    "crane yellow": Material((0.93, 0.72, 0.10), 0.55),
    "car red": Material((0.62, 0.10, 0.10), 0.30),
    "car grey": Material((0.48, 0.50, 0.53), 0.30),
    "car white": Material((0.92, 0.92, 0.92), 0.55),
    "car blue": Material((0.12, 0.22, 0.45), 0.22),
    "tyre": Material((0.08, 0.08, 0.08), 0.05),
    "vest": Material((0.95, 0.55, 0.10), 0.60),
    "workwear": Material((0.18, 0.22, 0.36), 0.30),
    "plank": Material((0.72, 0.58, 0.38), 0.50, texture=0.12),
    "brick": Material((0.62, 0.33, 0.24), 0.40, texture=0.14),
    "roof tile": Material((0.45, 0.25, 0.20), 0.32, texture=0.12),
    "rust": Material((0.42, 0.26, 0.17), 0.30, texture=0.14),
}
