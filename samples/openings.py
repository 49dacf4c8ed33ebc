"""Windows and doors: their sizes and their shapes, in a frame with x along the wall, y inwards and z up."""

from __future__ import annotations

from dataclasses import dataclass

from samples.solids import Part, Prism, box, rectangle

_REVEAL = 0.12
"""Depth of a window behind the outer face."""
_FRAME_DEPTH = 0.07
_FRAME = 0.065
"""Sight width of frames and mullions."""
_PANE = 0.024
_LEAF = 0.05


@dataclass(frozen=True, slots=True)
class Pattern:
    """A window or door: clear size, height of its sill over the floor, lights side by side, and what fills them."""

    width: float
    height: float
    sill: float
    lights: int
    infill: str = "glass"
    frame: str = "anthracite"
    reveal: float = _REVEAL
    transom: float | None = None


PATTERNS: dict[str, Pattern] = {
    "window, two lights": Pattern(1.80, 1.60, 0.90, 2),
    "window, one light": Pattern(1.20, 1.60, 0.90, 1, transom=1.15),
    "window, three lights": Pattern(2.60, 2.10, 0.50, 3, transom=0.50),
    "shop front": Pattern(2.60, 2.90, 0.25, 3, transom=2.20),
    "shop front, narrow": Pattern(1.10, 2.90, 0.25, 1, transom=2.20),
    "balcony door": Pattern(2.40, 2.40, 0.0, 2),
    "entrance door": Pattern(2.40, 2.90, 0.0, 2, transom=2.30),
    "flat door": Pattern(0.95, 2.10, 0.0, 1, "timber", "white render", reveal=0.0),
    "stair door": Pattern(1.10, 2.10, 0.0, 1, "zinc", "steel", reveal=0.08),
    "lift door": Pattern(1.10, 2.20, 0.0, 2, "steel", "steel", reveal=0.08),
    "roof door": Pattern(1.00, 2.05, 0.05, 1, "zinc", "anthracite", reveal=0.08),
}
"""The windows and doors of the building, by family."""


def shape(pattern: Pattern) -> tuple[Prism, ...]:
    """Frame, mullions, transom and what fills the lights; the opening's lower left corner is the origin."""
    width, height, front = pattern.width, pattern.height, pattern.reveal
    back = front + _FRAME_DEPTH
    bars = [
        (0.0, 0.0, _FRAME, height),
        (width - _FRAME, 0.0, width, height),
        (_FRAME, height - _FRAME, width - _FRAME, height),
    ]
    foot = _FRAME if pattern.infill == "glass" else 0.0
    if foot:
        bars.append((_FRAME, 0.0, width - _FRAME, foot))
    for i in range(1, pattern.lights):
        centre = width * i / pattern.lights
        bars.append((centre - _FRAME / 2, foot, centre + _FRAME / 2, height - _FRAME))
    if pattern.transom is not None:
        half = _FRAME / 2
        bars.append((_FRAME, pattern.transom - half, width - _FRAME, pattern.transom + half))
    frame = [box((x0, front, z0), (x1, back, z1), pattern.frame) for x0, z0, x1, z1 in bars]
    thickness = _PANE if pattern.infill == "glass" else _LEAF
    middle = (front + back) / 2
    infill = box(
        (_FRAME, middle - thickness / 2, foot),
        (width - _FRAME, middle + thickness / 2, height - _FRAME),
        pattern.infill,
    )
    return (*frame, infill)


def void_of(family: str, centre: float) -> tuple[tuple[float, float], ...]:
    """Outline, in x and z of the wall, of the opening whose middle is at x = `centre`."""
    pattern = PATTERNS[family]
    half = pattern.width / 2
    return rectangle(centre - half, pattern.sill, centre + half, pattern.sill + pattern.height)


def filling(wall: Part, void_key: str, family: str, centre: float) -> Part:
    """The window or door that stands in a void of a wall."""
    import numpy as np

    pattern = PATTERNS[family]
    yaw = np.radians(wall.yaw_deg)
    along = centre - pattern.width / 2
    origin = (
        round(wall.origin[0] + along * float(np.cos(yaw)), 6),
        round(wall.origin[1] + along * float(np.sin(yaw)), 6),
        round(wall.origin[2] + pattern.sill, 6),
    )
    return Part(
        key=f"{void_key}/filling",
        family=family,
        name=f"{family} {void_key.split('/', 1)[1].replace('/', ' ')}",
        level=wall.level,
        origin=origin,
        yaw_deg=wall.yaw_deg,
        bodies=shape(pattern),
        fills=void_key,
        size={"Width": pattern.width, "Height": pattern.height},
    )
