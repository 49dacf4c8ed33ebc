"""One colour for one meaning, in every picture and exchange file; told apart by colour-blind eyes too."""

from __future__ import annotations

from twin.conformity.model import Change, StoreyStatus
from twin.evidence.scene import PointClass

Rgb = tuple[int, int, int]

PAPER: Rgb = (255, 255, 255)
INK: Rgb = (33, 37, 41)
SECOND_INK: Rgb = (104, 112, 122)
HAIRLINE: Rgb = (206, 211, 217)
DESIGN: Rgb = (226, 228, 231)
DESIGN_CUT: Rgb = (74, 80, 88)
NOT_OBSERVED: Rgb = (142, 160, 186)
NOT_OBSERVED_PALE: Rgb = (188, 200, 217)
"""The same on large shaded surfaces."""

ACCENT: Rgb = (224, 49, 26)

CHANGE: dict[Change, Rgb] = {
    Change.ADDED: (224, 49, 26),
    Change.REMOVED: (0, 104, 178),
    Change.MOVED: (142, 59, 166),
    Change.OBJECT: (139, 119, 96),
}

POINT: dict[PointClass, Rgb] = {
    PointClass.AS_DESIGNED: (23, 120, 112),
    PointClass.DEVIATING: (230, 148, 20),
    PointClass.ADDED: (122, 10, 4),
    PointClass.OBJECT: (184, 160, 96),
    PointClass.GROUND: (158, 150, 138),
    PointClass.MOVABLE: (170, 176, 184),
    PointClass.UNEXPLAINED: (196, 140, 190),
}

STOREY: dict[StoreyStatus, Rgb] = {
    StoreyStatus.AS_DESIGNED: INK,
    StoreyStatus.SHIFTED: CHANGE[Change.MOVED],
    StoreyStatus.UNAPPROVED: CHANGE[Change.ADDED],
    StoreyStatus.NOT_BUILT: SECOND_INK,
    StoreyStatus.NOT_OBSERVED: NOT_OBSERVED,
}

DEVIATION_STOPS: tuple[tuple[float, Rgb], ...] = (
    (-1.0, (1, 78, 92)),
    (-0.6, (30, 132, 143)),
    (-0.2, (128, 190, 193)),
    (-0.1999, (186, 206, 176)),
    (0.1999, (186, 206, 176)),
    (0.2, (245, 205, 98)),
    (0.6, (229, 150, 30)),
    (1.0, (146, 72, 4)),
)
"""Signed deviation over its range: teal inside, one calm green within the tolerance, ochre to brown outside. Blue
stands for what was removed."""


def lighter(rgb: Rgb, share: float) -> Rgb:
    """The colour mixed with white: 0 leaves it, 1 gives white."""
    red, green, blue = (round(channel + (255 - channel) * share) for channel in rgb)
    return red, green, blue


def unit(rgb: Rgb) -> tuple[float, float, float]:
    """The colour with channels 0..1."""
    return rgb[0] / 255.0, rgb[1] / 255.0, rgb[2] / 255.0
