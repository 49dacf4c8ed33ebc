"""Numbered tags on pictures, each with a leader to its thing, none on another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.evidence.pictures.lettering import width_mm
from twin.evidence.pictures.page import BAND_MM, PICTURE_MM, Page, badge
from twin.evidence.pictures.palette import PAPER, Rgb, unit

SIZE_PT = 10.0
_HALF_HEIGHT_MM = 3.8

Place = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag to place: `anchor` mm on paper is where its thing is; `room` (width, height) mm is how large that shows,
    for tags that may stand on their thing where it is large enough.
    """

    text: str
    rgb: Rgb
    anchor: Place
    room: Place = (0.0, 0.0)


def place_tags(page: Page, tags: list[Tag]) -> None:
    """Draws all tags, the first having the first choice of place."""
    taken: list[Box] = []
    placed: list[tuple[Tag, Place]] = []
    for tag in tags:
        half = width_mm(tag.text, SIZE_PT) / 2.0 + 2.5
        place = _free(tag, half, taken)
        taken.append((place[0] - half, place[0] + half, place[1] - _HALF_HEIGHT_MM, place[1] + _HALF_HEIGHT_MM))
        placed.append((tag, place))
    for tag, place in placed:
        if place != tag.anchor:
            _leader(page, tag, place)
    for tag, place in placed:
        badge(page.paper, place, tag.text, tag.rgb, SIZE_PT)


def _free(tag: Tag, half: float, taken: list[Box]) -> Place:
    """On the thing where it is large enough, else the nearest free place about it, within the picture."""
    low_x, high_x = half + 3.0, PICTURE_MM[0] - half - 3.0
    low_y, high_y = BAND_MM + 6.0, BAND_MM + PICTURE_MM[1] - 6.0
    trials = [tag.anchor] if tag.room[0] > 2.0 * half and tag.room[1] > 2.0 * _HALF_HEIGHT_MM else []
    for reach in np.arange(14.0, 110.0, 5.0):
        for angle in np.radians((90.0, 60.0, 120.0, 35.0, 145.0, -90.0, -50.0, -130.0)):
            trials.append((tag.anchor[0] + reach * float(np.cos(angle)), tag.anchor[1] + reach * float(np.sin(angle))))
    inside = [(min(max(x, low_x), high_x), min(max(y, low_y), high_y)) for x, y in trials]
    return next((place for place in inside if not _collides(place, half, taken)), inside[0])


def _collides(place: Place, half: float, taken: list[Box]) -> bool:
    x, y = place
    return any(
        x + half > left and x - half < right and y + _HALF_HEIGHT_MM > low and y - _HALF_HEIGHT_MM < high
        for left, right, low, high in taken
    )


def _leader(page: Page, tag: Tag, place: Place) -> None:
    x, y = (tag.anchor[0], place[0]), (tag.anchor[1], place[1])
    for colour, width in ((PAPER, 3.4), (tag.rgb, 1.6)):
        page.paper.plot(x, y, color=unit(colour), linewidth=width, zorder=6)
    page.paper.plot(
        x[:1], y[:1], marker="o", markersize=5.5, color=unit(PAPER), markeredgecolor=unit(tag.rgb),
        markeredgewidth=1.8, zorder=7,
    )  # fmt: skip
