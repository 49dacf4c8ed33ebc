"""What tests ask of the viewer in a browser, but for what a reader would press."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from support.browser import Browser

OFFSET = (512_000.0, 3_456_000.0, 20.0)
"""Of the small building: map coordinates cost no digit."""


def pixels(viewer: Browser) -> np.ndarray:  # type: ignore[type-arg]
    """The drawing, (h, w, 3), without the panels beside it."""
    return np.asarray(Image.open(io.BytesIO(viewer.picture())).convert("RGB"), dtype=int)[110:560, 330:880]


def red_share(viewer: Browser) -> float:
    """Share of the drawing in the colour of additions."""
    red, green, blue = np.moveaxis(pixels(viewer), 2, 0)
    return float(np.mean((red > 150) & (green < 90) & (blue < 90)))


def click_place(viewer: Browser, place: tuple[float, float, float], off: tuple[float, float] = (0.0, 0.0)) -> None:
    """Clicks where a place of the design frame lies in the picture."""
    moved = [a + b for a, b in zip(place, OFFSET, strict=True)]
    at = viewer.evaluate(f"plumbline.screen({moved})")
    left, top = viewer.evaluate(
        "(() => { const b = document.querySelector('canvas').getBoundingClientRect(); return [b.x, b.y]; })()"
    )
    viewer.click(left + at["x"] + off[0], top + at["y"] + off[1])
