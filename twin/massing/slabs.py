"""Floors built into approved voids, or between approved floors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.arrays import Flags, Floats, Longs
from twin.massing.columns import Raster
from twin.massing.enclosure import closed, enclosed, grown, without_strips
from twin.massing.model import Addition, Surroundings
from twin.massing.outlines import area_of, on_faces, polygon_of
from twin.massing.settings import MassingSettings
from twin.massing.site import Site, gap_to, parts_of
from twin.massing.structure import Unexplained
from twin.phrases import phrase

_MARGIN_M = 2.0
_LEAST_SLAB_M2 = 1.5
_SAME_SLAB_M = 0.5  # top and underside of one slab lie no farther apart; beds and tables stand higher over it
_SAME_TOP_M = 0.1
_NO_SLAB_M = 0.9  # finishes and hung ceilings lie within this of an approved slab
_BORDER_M = 0.3  # points this near the approved structure are explained by it and lack at the border
_THIN_M = 0.02
_WALL_M = 0.5  # approved structure narrower than this is a wall, and does not part a slab that runs on beyond it


def slabs_of(structure: Unexplained, site: Site, settings: MassingSettings) -> list[Addition]:
    """Every unapproved floor inside the approved building, wider than planks, with room under and over it.

    Parameters
    ----------
    structure : Unexplained
    site : Site
    settings : MassingSettings
    """
    found = []
    for points, rows in _level_groups(structure):
        about = replace(site, columns=site.columns.cropped(points, _MARGIN_M))
        top, bottom = _faces(points[:, 2])
        for mask in _masks(points, (bottom, top), structure.spacing_m, about, settings):
            shown = about.columns.raster.at(mask, points)
            if shown.sum() >= settings.neighbours:
                found.append(_slab(mask, points[shown], rows[shown], structure.spacing_m, about))
    return found


def _level_groups(structure: Unexplained) -> list[tuple[Floats, Longs]]:
    """Level patches, those of one slab joined: its top and its underside overlap in plan and lie near each other."""
    patches = structure.patches
    numbers = np.flatnonzero(patches.level())
    members = {int(n): np.flatnonzero(patches.label == n) for n in numbers if (patches.label == n).any()}
    heights = {n: float(np.median(structure.points[m, 2])) for n, m in members.items()}
    boxes = {n: (structure.points[m, :2].min(axis=0), structure.points[m, :2].max(axis=0)) for n, m in members.items()}
    parent = {n: n for n in members}

    def root(n: int) -> int:
        """The patch that stands for all that are joined with this one."""
        while parent[n] != n:
            n = parent[n]
        return n

    order = sorted(members)
    for place, one in enumerate(order):
        for other in order[place + 1 :]:
            near = abs(heights[one] - heights[other]) <= _SAME_SLAB_M
            low, high = boxes[one], boxes[other]
            if near and bool((low[0] <= high[1] + _SAME_SLAB_M).all() and (high[0] <= low[1] + _SAME_SLAB_M).all()):
                parent[root(other)] = root(one)
    joined: dict[int, list[int]] = {}
    for number in order:
        joined.setdefault(root(number), []).append(number)
    groups = [np.sort(np.concatenate([members[n] for n in numbers])) for numbers in joined.values()]
    return [(structure.points[group], structure.rows[group]) for group in groups]


def _masks(
    points: Floats, span: tuple[float, float], spacing_m: float, site: Site, settings: MassingSettings
) -> list[Flags]:
    """Cells of each connected part of a slab, out to the approved structure at its level.

    Walls that stand on it, or under it, do not part it.
    """
    raster, (bottom, top) = site.columns.raster, span
    approved = site.columns.solid(bottom - _NO_SLAB_M, top + _NO_SLAB_M)
    marked = closed(raster.mark(points), round(2.5 * spacing_m / raster.cell_m))
    free = marked & ~approved
    walls = approved & ~without_strips(approved, round(_WALL_M / raster.cell_m))
    bridged = closed(free, round(_WALL_M / raster.cell_m)) & (free | walls)
    mask = without_strips(bridged, round(settings.strip_m / raster.cell_m))
    if not mask.any():
        return []
    within = _within(site, bottom, top, settings)
    mask &= within
    mask |= _reaching(mask, marked, approved, raster) & within
    return parts_of(mask, _LEAST_SLAB_M2 / raster.cell_m**2)


def _slab(mask: Flags, points: Floats, rows: Longs, spacing_m: float, site: Site) -> Addition:
    raster = site.columns.raster
    top, bottom = _faces(points[:, 2])
    middle = 0.5 * (top + bottom)
    below = middle - site.columns.top_below(bottom - _NO_SLAB_M)[mask]
    above = site.columns.bottom_above(top + _NO_SLAB_M)[mask] - middle
    clear_below, clear_above = _clear(below), _clear(above)
    outline = polygon_of(mask, raster)
    edges = site.faces.between(bottom - _NO_SLAB_M, top + _NO_SLAB_M)
    outline = on_faces(outline, np.zeros((0, 3)), np.ones(len(outline), dtype=bool), edges, -1.0, _BORDER_M)
    beside = _floor_beside(mask, middle, site)
    two_faces = top - bottom > _THIN_M + 2.0 * site.spread_m
    thickness = top - bottom if two_faces else _thickness_beside(mask, middle, site)
    base = bottom if two_faces else top - thickness
    area = area_of(outline)
    around = Surroundings(
        over_building=1.0,
        above_top=float((~np.isfinite(site.columns.bottom_above(top + _NO_SLAB_M)[mask])).mean()),
        slab_below=0.0,
        soffit_above=0.0,
        attached=float(beside),
        walled=1.0,
        gap_m=gap_to(mask, site.columns.solid(base - 0.5, top + 0.5), raster.cell_m),
        plate_m2=0.0,
        clear_below_m=clear_below,
        clear_above_m=clear_above,
        floor_beside=beside,
    )
    edge = 2.0 * float(np.hypot(site.spread_m, 0.5 * raster.cell_m + 0.3 * spacing_m))
    border = float(np.linalg.norm(np.roll(outline, -1, axis=0) - outline, axis=1).sum())
    thick = 2.0 * site.spread_m * float(np.sqrt(2.0)) if two_faces else thickness
    expanded = {
        "area_m2": edge * border / 2.0,
        "height_m": thick,
        "volume_m3": thick * area + edge * border * thickness / 2.0,
    }
    caveats = (
        () if two_faces else (phrase("one face only was seen; its thickness is that of the approved floor beside it"),)
    )
    return Addition(outline, base, top, area, area * thickness, expanded, True, around, rows, (top,), caveats)


def _faces(heights: Floats) -> tuple[float, float]:
    """Levels of the upper and the lower face: medians of what lies over and under the middle.

    Boards on a slab, and strays under it, are fewer than the points of its faces.
    """
    middle = 0.5 * float(np.sum(np.percentile(heights, [5.0, 95.0])))
    return float(np.median(heights[heights >= middle])), float(np.median(heights[heights <= middle]))


def _within(site: Site, bottom: float, top: float, settings: MassingSettings) -> Flags:
    """Cells inside the approved building just under or just over a slab."""
    under = enclosed(site.columns, bottom - 1.5, bottom - 0.3, settings.gap_m, settings.opening_m)
    over = enclosed(site.columns, top + 0.3, top + 1.5, settings.gap_m, settings.opening_m)
    return under | over


def _reaching(mask: Flags, marked: Flags, approved: Flags, raster: Raster) -> Flags:
    """The mask out to the approved structure at its level: what its own points leave out at the border."""
    reach = max(round(_BORDER_M / raster.cell_m), 1)
    return grown(mask, reach) & ~approved & (marked | grown(approved, reach))


def _clear(room: Floats) -> float | None:
    finite = room[np.isfinite(room)]
    return float(np.median(finite)) if len(finite) else None


def _floor_beside(mask: Flags, level: float, site: Site) -> float:
    """Share of the boundary at which an approved floor lies at the slab's level."""
    ring = grown(mask, round(0.6 / site.columns.raster.cell_m)) & ~mask
    floor = site.columns.top_below(level + _SAME_SLAB_M)
    return float((np.abs(floor[ring] - level) <= _SAME_SLAB_M).mean()) if ring.any() else 0.0


def _thickness_beside(mask: Flags, level: float, site: Site) -> float:
    """Median thickness of the approved floor around a slab; 0.2 m, a usual concrete slab, where there is none."""
    columns = site.columns
    ring = grown(mask, round(1.0 / columns.raster.cell_m)) & ~mask
    here = np.abs(columns.top - level) <= _SAME_TOP_M  # what ends elsewhere is a wall over or under a window
    here &= ring.reshape(-1)[columns.column]
    thick = (columns.top - columns.bottom)[here]
    thick = thick[(thick > 0.05) & (thick < 1.0)]
    return float(np.median(thick)) if len(thick) else 0.2
