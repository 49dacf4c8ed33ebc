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
    Change.OBJECT: (184, 134, 11),
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
    (-1.0, (24, 52, 132)),
    (-0.55, (66, 128, 200)),
    (-0.2, (168, 208, 236)),
    (-0.1999, (216, 232, 216)),
    (0.1999, (216, 232, 216)),
    (0.2, (250, 222, 150)),
    (0.55, (240, 160, 40)),
    (1.0, (150, 76, 10)),
)
"""Signed deviation over its range: blue inside, one calm green within the tolerance, amber to brown outside."""


def lighter(rgb: Rgb, share: float) -> Rgb:
    """The colour mixed with white: 0 leaves it, 1 gives white."""
    red, green, blue = (round(channel + (255 - channel) * share) for channel in rgb)
    return red, green, blue


def unit(rgb: Rgb) -> tuple[float, float, float]:
    """The colour with channels 0..1."""
    return rgb[0] / 255.0, rgb[1] / 255.0, rgb[2] / 255.0
