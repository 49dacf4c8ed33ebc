"""The part of the building that moved up or down as a whole: over which plan, with which elements and points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.arrays import Flags, Floats, Longs
from twin.design.model import Design
from twin.design.proximity import Proximity
from twin.deviation.model import Deviation
from twin.massing.columns import Columns, Raster
from twin.massing.enclosure import enclosed, grown
from twin.massing.lift import vertical_shift
from twin.massing.model import OVERHANG_M, Footprint, Lift
from twin.massing.outlines import area_of, holes_of, on_faces, polygon_of
from twin.massing.settings import MassingSettings
from twin.massing.sight import Flat, Sight, VerticalShift
from twin.massing.site import Site, courts_of, parts_of
from twin.massing.structure import Unexplained

_FACADE_M = 0.35  # an outline in cells lies within half a thick wall of its facade
_LEAST_PART_M2 = 4.0
_LEAST_SHOWN = 0.05  # share of a part's plan over which level surfaces were found moved


def moved_part(
    design: Design,
    deviation: Deviation,
    flat: Flat,
    unexplained: Unexplained,
    site: Site,
    system_m: float,
    settings: MassingSettings,
) -> tuple[Lift | None, Unexplained]:
    """A part that moved up or down as a whole, and what is left unexplained once it is taken into account.

    Where the cut goes through several buildings, or towers of one, those that were seen to have moved are told apart.
    """
    sight = _sight(deviation, settings)
    shift = vertical_shift(sight, flat, tuple(s.elevation_m for s in design.storeys), settings)
    if shift is None:
        return None, unexplained
    mask = enclosed(site.columns, shift.cut_m - 0.6, shift.cut_m - 0.1, settings.gap_m, settings.opening_m)
    mask &= ~courts_of(site, settings)
    belongs = _moved_or_inserted(design, unexplained.points, mask, shift, site.columns, settings)
    spread = shift.spread_m / np.sqrt(max(int(shift.support.sum()), 1))
    uncertainty = float(np.hypot(2.0 * np.hypot(spread, system_m), shift.unsure_m))
    points, rows = unexplained.points[belongs], unexplained.rows[belongs]
    footprints = _footprints(mask, shift, sight, points, rows, site)
    lift = Lift(shift.cut_m, shift.between_m, shift.offset_m, uncertainty, footprints)
    return lift, unexplained.where(~belongs)


def _footprints(
    mask: Flags, shift: VerticalShift, sight: Sight, points: Floats, rows: Longs, site: Site
) -> tuple[Footprint, ...]:
    """One for each part of the plan that was seen to have moved; what lies over none of them goes to the largest."""
    raster, samples = site.columns.raster, sight.samples.pick(np.flatnonzero(shift.support))
    parts = sorted(parts_of(mask, _LEAST_PART_M2 / raster.cell_m**2), key=lambda part: -int(part.sum()))
    shown = [part for part in parts if _shown_m2(part, samples.points, samples.area_m2, raster) > _least(part, raster)]
    if not shown:
        shown = parts[:1] or [mask]
    numbers = [_nearest(shown, places, raster) for places in (samples.points, points)]
    made = []
    for number, part in enumerate(shown):
        outline, holes = _rings(part, shift.cut_m, site)
        area = (area_of(outline) if len(outline) else 0.0) - sum(area_of(hole) for hole in holes)
        elements = tuple(int(e) for e in np.unique(samples.element[numbers[0] == number]))
        made.append(Footprint(outline, holes, area, elements, rows[numbers[1] == number]))
    return tuple(made)


def _shown_m2(part: Flags, points: Floats, area_m2: Floats, raster: Raster) -> float:
    return float(area_m2[raster.at(grown(part, round(_FACADE_M / raster.cell_m)), points)].sum())


def _least(part: Flags, raster: Raster) -> float:
    return _LEAST_SHOWN * float(part.sum()) * raster.cell_m**2


def _nearest(parts: list[Flags], points: Floats, raster: Raster) -> Longs:
    """(n,) int64: the part over which, or about which, each point lies; the first where it lies about none."""
    number = np.zeros(len(points), dtype=np.int64)
    for later in range(len(parts) - 1, 0, -1):
        number[raster.at(grown(parts[later], round(OVERHANG_M / raster.cell_m)), points)] = later
    return number


def _rings(part: Flags, cut_m: float, site: Site) -> tuple[Floats, tuple[Floats, ...]]:
    """Outline and courts of a part, on the facades beneath the cut."""
    beneath = site.faces.between(cut_m - OVERHANG_M, cut_m)

    def laid(ring: Floats, looking: float) -> Floats:
        """A ring on the facades that look out of it, 1, or into it, -1."""
        return on_faces(ring, np.zeros((0, 3)), np.ones(len(ring), dtype=bool), beneath, looking, _FACADE_M)

    holes = tuple(laid(hole, -1.0) for hole in holes_of(part, site.columns.raster))
    return laid(polygon_of(part, site.columns.raster), 1.0), holes


def _sight(deviation: Deviation, settings: MassingSettings) -> Sight:
    """Every so many-th sample with what was seen of it: enough to find a shift by."""
    step = max(len(deviation.samples) // settings.lift_samples, 1)
    rows = np.arange(0, len(deviation.samples), step)
    picked = deviation.samples.pick(rows)
    samples = replace(picked, area_m2=picked.area_m2 * step)
    return Sight(samples, deviation.sample_occupied[rows], deviation.sample_pierced[rows])


def _moved_or_inserted(
    design: Design,
    points: Floats,
    outline: Flags,
    shift: VerticalShift,
    columns: Columns,
    settings: MassingSettings,
) -> Flags:
    """Points on the design when what lies above the cut is moved, and points in the slice that was put in between."""
    back = points - np.array([0.0, 0.0, shift.offset_m])
    above = back[:, 2] >= shift.cut_m - settings.explained_m
    moved = np.zeros(len(points), dtype=bool)
    if above.any():
        feet = Proximity(design.surface).nearest(back[above]).points
        moved[above] = np.linalg.norm(back[above] - feet, axis=1) <= settings.explained_m
    wide = grown(outline, round(OVERHANG_M / columns.raster.cell_m))
    low, high = sorted((shift.cut_m, shift.cut_m + shift.offset_m))
    inserted = columns.raster.at(wide, points) & (points[:, 2] >= low - 0.1) & (points[:, 2] <= high + 0.1)
    return moved | inserted
