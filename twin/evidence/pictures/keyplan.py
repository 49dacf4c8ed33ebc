"""The key plan in the band of each picture: where a finding lies, where a section runs, where a viewer stands."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from twin.arrays import Floats
from twin.evidence.pictures.axes import key_axes, named_axes
from twin.evidence.pictures.marks import north_arrow, north_on_paper_deg
from twin.evidence.pictures.page import BAND_MM, Page, write
from twin.evidence.pictures.palette import CHANGE, HAIRLINE, INK, SECOND_INK, unit
from twin.evidence.pictures.solids import outline_of
from twin.evidence.pictures.subject import Subject

_LEAST_COVER = 0.1
"""Share of the square that a building with floors or a roof fills at least."""
KEY_CENTRE_MM, KEY_HALF_MM = (208.0, BAND_MM / 2.0), 15.5


def key_plan(page: Page, subject: Subject, chief: int | None) -> tuple[Callable[[Floats], Floats], float]:
    """The building from above with the findings, in a small square of the band.

    Returns
    -------
    place : callable
        Takes (n, 2) m, design frame, to mm on the paper.
    reach_m : float
        Half the width that the square shows.
    """
    low, high = subject.drawn_box
    centre, reach = (low + high) / 2.0, float((high - low).max()) / 2.0 * 1.35 + 0.5
    (x, y), half = KEY_CENTRE_MM, KEY_HALF_MM
    plane = subject.plan_plane(float(subject.box[1, 2]) + 1.0)
    extent = (centre[0] - reach, centre[0] + reach, centre[1] - reach, centre[1] + reach)
    view = subject.approved_sight.view(plane, extent, reach / 90.0)
    stands = np.isfinite(view.depth)
    # a building without floors shows its walls alone from above: these are drawn darker, to be seen at all
    ground = HAIRLINE if stands.mean() > _LEAST_COVER else SECOND_INK
    mask = np.where(stands[..., None], np.array(unit(ground)), 1.0)
    square = (x - half, x + half, y - half, y + half)
    page.paper.imshow(mask, extent=square, interpolation="bilinear", aspect="auto", zorder=2)

    def place(points: Floats) -> Floats:
        """(n, 2) on the page, of places in plan."""
        on_axes = np.column_stack([points @ subject.along[:2], points @ subject.across[:2]])
        return np.asarray((on_axes - centre) / reach * half + [x, y])

    key_axes(page, subject, place, square, named_axes(subject, chief))
    _key_findings(page, subject, chief, place)
    north_arrow(page, (x + half + 5.0, y + 9.5), north_on_paper_deg(subject), 3.2, subject.say("north"))
    return place, reach


def _key_findings(page: Page, subject: Subject, chief: int | None, place: Callable[[Floats], Floats]) -> None:
    """Outlines of the findings, the largest undermost; those outside the square are left out."""
    from matplotlib.patches import Polygon

    centre = np.array(KEY_CENTRE_MM)
    sizes = [float(np.ptp(body.vertices[:, :2], axis=0).prod()) for body in subject.bodies]
    for number in sorted(range(len(sizes)), key=lambda n: -sizes[n]):
        finding = subject.scene.findings[number]
        ring = place(outline_of(finding, subject.bodies[number]))
        if (np.abs(ring - centre) > KEY_HALF_MM).all(axis=0).any():
            continue
        strong = chief is None or number == chief
        fill = (0.55 if chief is None else 0.8) if strong else 0.12
        colour = unit(CHANGE[finding.change])
        shape = Polygon(np.clip(ring, centre - KEY_HALF_MM, centre + KEY_HALF_MM), closed=True, zorder=3)
        shape.set(facecolor=(*colour, fill), edgecolor=colour, linewidth=1.0 if strong else 0.5)
        page.paper.add_patch(shape)


def section_line(
    page: Page, subject: Subject, place: Callable[[Floats], Floats], reach: float, start: Floats, look: Floats
) -> None:
    """The line A-A on the key plan with arrows in the direction of sight.

    Parameters
    ----------
    start : (3,) m, design frame
        On the section.
    look : (3,) unit
    """
    side = np.array([-look[1], look[0]])
    middle = subject.middle[:2] + ((start[:2] - subject.middle[:2]) @ look[:2]) * look[:2]
    ends = place(np.stack([middle - side * reach * 0.86, middle + side * reach * 0.86]))
    page.paper.plot(ends[:, 0], ends[:, 1], color=unit(INK), linewidth=1.1, linestyle=(0, (7, 2, 1.5, 2)), zorder=5)
    step = place(np.stack([start[:2], start[:2] + look[:2]]))
    forward = (step[1] - step[0]) / np.linalg.norm(step[1] - step[0])
    for end in ends:
        page.paper.annotate(
            "", xy=tuple(end + forward * 4.0), xytext=tuple(end), zorder=5,
            arrowprops={"arrowstyle": "-|>", "color": unit(INK), "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip
        behind = end - forward * 2.2
        write(page.paper, (float(behind[0]), float(behind[1])), "A", 7.5, INK, "center", va="center", zorder=6)


def sight_arrow(page: Page, target: Floats, position: Floats) -> None:
    """An arrow on the key plan from where the viewer stands; both places (2,) mm on the paper."""
    back = position - target
    length = float(np.linalg.norm(back))
    if length < 1e-6:  # straight down: there is no side to look from
        return
    way = back / length
    half = KEY_HALF_MM - 1.0
    reach = half / max(abs(way[0]), abs(way[1]))
    centre = np.array(KEY_CENTRE_MM)
    start = centre + way * reach
    page.paper.annotate(
        "", xy=tuple(start - way * 6.0), xytext=tuple(start), zorder=6,
        arrowprops={"arrowstyle": "-|>,head_width=0.28,head_length=0.5", "color": unit(INK), "linewidth": 1.6},
    )  # fmt: skip
