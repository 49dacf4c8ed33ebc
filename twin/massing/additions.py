"""Closed volumes and slabs that were built without being approved, from patches of structure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from twin.arrays import Flags, Floats, Longs
from twin.massing.columns import Raster
from twin.massing.enclosure import closed, enclosed, grown, newly_enclosed, upright, without_strips
from twin.massing.groups import groups_of
from twin.massing.model import Addition, Bound, Surroundings
from twin.massing.outlines import area_of, holes_of, on_faces, polygon_of
from twin.massing.settings import MassingSettings
from twin.massing.site import Site, courts_of, parts_of
from twin.massing.structure import Unexplained
from twin.massing.surroundings import surroundings_of
from twin.massing.tops import CONTACT_M, LEAST_HEIGHT_M, NEAR_M, SLAB_M, Seen, share_covered, top_of
from twin.phrases import phrase

_LEAST_REGION_M2 = 1.0
_LEAST_WIDTH_M = 0.5  # narrower enclosed strips are fillets of corners and cavities of walls
_LEAST_SPACINGS = 3.0  # and no strip is enclosed that a survey could not have resolved
_MARGIN_M = 2.0
_NEAREST = 4  # neighbours near by; the ball to the last of them holds as many times a point's own area


def volumes_of(structure: Unexplained, site: Site, settings: MassingSettings) -> list[Addition]:
    """Every space at the approved building that unapproved walls or roofs enclose, each as a prism over its outline.

    What stands free of the building is no addition to it, and is left to be listed as an object.

    Parameters
    ----------
    structure : Unexplained
    site : Site
    settings : MassingSettings
    """
    on_patch = structure.patches.label >= 0
    if not on_patch.any():
        return []
    over = structure.points[:, 2] > site.roof.at(structure.points) - CONTACT_M
    over &= np.isfinite(site.roof.at(structure.points))
    found: list[Addition] = []
    above = np.flatnonzero(on_patch & over)
    if len(above):
        # What stands on one roof is one building, however far its walls, props and slabs were seen from each other.
        about = replace(site, columns=site.columns.cropped(structure.points[above], _MARGIN_M))
        courts = courts_of(about, settings)
        found += _volumes_of_group(structure, above, replace(about, is_shell=False), settings, courts)
    found += _volumes_among(structure, np.flatnonzero(on_patch & ~over), site, settings)
    return _distinct(found)


def _distinct(found: list[Addition]) -> list[Addition]:
    """Without what is mostly part of a larger volume: groups that share a roof find it more than once.

    Of two that are mostly part of each other, the one of which the roof was seen stays.
    """
    from shapely import Polygon

    kept: list[tuple[Addition, Polygon]] = []
    for addition in sorted(found, key=lambda a: (-a.volume_m3, a.base_m)):
        outline = Polygon(addition.outline).buffer(0.0)
        over = [row for row, (other, whole) in enumerate(kept) if _is_part(addition, outline, other, whole)]
        if not over:
            kept.append((addition, outline))
        elif addition.ends_at is Bound.SURFACE and kept[over[0]][0].ends_at is Bound.WALLS:
            whole = kept[over[0]][1]
            if outline.intersection(whole).area > 0.5 * whole.area:
                kept[over[0]] = (addition, outline)
    return [addition for addition, _ in kept]


def _is_part(addition: Addition, outline: Any, other: Addition, whole: Any) -> bool:
    height = min(addition.top_m, other.top_m) - max(addition.base_m, other.base_m)
    shared = outline.intersection(whole).area
    return bool(height > 0.5 * (addition.top_m - addition.base_m) and shared > 0.5 * outline.area)


def _volumes_among(structure: Unexplained, members: Longs, site: Site, settings: MassingSettings) -> list[Addition]:
    """Volumes of what stands beside the approved building: each connected group, where it comes near it."""
    group = groups_of(structure.points[members], max(settings.gap_m, 2.0 * structure.spacing_m))
    near = grown(site.columns.solid(-np.inf, np.inf), round(settings.contact_m / site.columns.raster.cell_m))
    found: list[Addition] = []
    for number in range(int(group.max()) + 1 if len(group) else 0):
        mine = members[group == number]
        if site.columns.raster.at(near, structure.points[mine]).any():
            about = replace(site, columns=site.columns.cropped(structure.points[mine], _MARGIN_M))
            found += _volumes_of_group(structure, mine, about, settings)
    return found


def _volumes_of_group(
    structure: Unexplained, members: Longs, site: Site, settings: MassingSettings, open_to_sky: Flags | None = None
) -> list[Addition]:
    """Volumes of one group; what is `open_to_sky` becomes part of one only where a roof was seen over it."""
    points = structure.points[members]
    low, high = (float(v) for v in np.percentile(points[:, 2], [1.0, 99.0]))
    walls = structure.patches.of_points(structure.patches.upright())[members]
    if high - low < LEAST_HEIGHT_M:
        return []
    cell = site.columns.raster.cell_m
    reach = max(settings.gap_m, 2.5 * structure.spacing_m)
    inside = enclosed(site.columns, low + 0.1, high - 0.1, settings.gap_m, settings.opening_m)
    built = site.columns.raster.mark(points[walls])
    if site.is_shell:
        inside |= np.isfinite(site.roof.at(site.columns.raster.centres())).reshape(inside.shape)
    approved = upright(site.columns, low + 0.1, high - 0.1) | inside  # or what is beside would leak through windows
    region = newly_enclosed(built, approved, round(reach / cell)) | _roofs(structure, members[~walls], site, settings)
    region &= ~inside
    if open_to_sky is not None:
        region &= ~open_to_sky | grown(site.columns.raster.mark(points[~walls]), round(NEAR_M / cell))
    found = []
    region = without_strips(region, round(_LEAST_WIDTH_M / cell))
    for mask in parts_of(region, _LEAST_REGION_M2 / cell**2):
        addition = _volume(structure, members, mask, (low, high), inside, site, settings)
        if addition is not None:
            found.append(addition)
    return found


def _roofs(structure: Unexplained, members: Longs, site: Site, settings: MassingSettings) -> Flags:
    """Cells under level or sloped structure that is wider than planks are.

    A slab over the roof is one level: all that lies at it counts, also where props and material hide its flatness.
    """
    raster = site.columns.raster
    upright_patch = structure.patches.upright()
    numbers = np.unique(structure.patches.label[members])
    shown = members[~structure.patches.of_points(upright_patch)[members]]
    parts = [structure.points[shown]]
    over = structure.points[:, 2] > site.roof.at(structure.points) + CONTACT_M
    over &= np.isfinite(site.roof.at(structure.points))
    for number in numbers[structure.patches.level()[numbers]]:
        mine = structure.points[structure.patches.label == number]
        at_level = np.abs(structure.points[:, 2] - np.median(mine[:, 2])) <= max(SLAB_M, 2.0 * site.spread_m)
        if site.roof.at(mine).max() > -np.inf:
            parts.append(structure.points[over & at_level])
    marked = closed(raster.mark(np.vstack(parts)), round(2.5 * structure.spacing_m / raster.cell_m))
    return without_strips(marked, round(settings.strip_m / raster.cell_m))


def _volume(
    structure: Unexplained,
    members: Longs,
    mask: Flags,
    span: tuple[float, float],
    inside: Flags,
    site: Site,
    settings: MassingSettings,
) -> Addition | None:
    raster = site.columns.raster
    mine = members[raster.at(grown(mask, round(NEAR_M / raster.cell_m)), structure.points[members])]
    points = structure.points[mine]
    if len(points) < settings.neighbours:
        return None
    on_wall = structure.patches.of_points(structure.patches.upright())[mine]
    outline = _outline(mask, points[on_wall], span, inside, site)
    middle = float(np.percentile(points[:, 2], 1.0)) * 0.7 + float(np.percentile(points[:, 2], 99.0)) * 0.3
    base, slab_below = _base(mask, middle, site)
    below = structure.from_below(mine)
    sided = bool(np.isfinite(structure.views[mine[~on_wall], 2]).mean() > 0.5) if not on_wall.all() else True
    seen = Seen(points[on_wall], points[~on_wall & ~below], points[~on_wall & below], structure.spacing_m, sided)
    end = top_of(seen, mask, base, middle, site)
    top = end.level_m
    if top - base < LEAST_HEIGHT_M:
        return None
    holes = holes_of(mask, raster)
    area = area_of(outline) - sum(area_of(hole) for hole in holes)
    walls = points[on_wall]
    wall_area = _area_of_sheet(walls, structure.shapes.spacing[mine][on_wall])
    rounding = surroundings_of(
        outline,
        mask,
        structure,
        mine,
        walls,
        wall_area,
        structure.spacing_m,
        (base, top),
        slab_below,
        end.soffit_share,
        inside,
        site,
        settings,
    )
    caveats = (*end.caveats, *_caveats(rounding))
    expanded = _expanded(outline, area, top - base, structure.spacing_m, rounding, site.spread_m, end.unsure_m)
    rows = _evidence(structure, mask, (base, top), raster)
    floors = _floors(structure, mine, mask, (base, top), site)
    ends_at = Bound.SURFACE if end.is_seen else Bound.WALLS
    begins_at = Bound.SURFACE if slab_below > 0.5 else Bound.GROUND
    volume = area * (top - base)
    return Addition(
        outline,
        base,
        top,
        area,
        volume,
        expanded,
        False,
        rounding,
        rows,
        floors,
        caveats,
        ends_at,
        begins_at,
        holes,
        end.parapet_m,
    )


def _outline(mask: Flags, walls: Floats, span: tuple[float, float], inside: Flags, site: Site) -> Floats:
    """(k, 2) m: the border of a mask, laid on the walls and approved faces that run along it."""
    raster = site.columns.raster
    outline = polygon_of(mask, raster)
    reach = max(NEAR_M, 2.0 * raster.cell_m)
    return on_faces(outline, walls, _bounded(outline, inside, site), site.faces.between(*span), -1.0, reach)


def _area_of_sheet(points: Floats, spacing_m: Floats) -> float:
    """Area that points show, m2: each stands for what is its own among its neighbours, near ones as well as far ones.

    On a sheet both say the same. Poles and edges of boards are dense along themselves and empty in between: far
    neighbours, a few poles off, would take them for a sparse sheet.
    """
    from scipy.spatial import cKDTree

    if len(points) <= _NEAREST:
        return float((spacing_m**2).sum())
    reach = cKDTree(points).query(points, k=_NEAREST + 1, workers=-1)[0][:, -1]
    return float(np.minimum(spacing_m**2, np.pi * reach**2 / _NEAREST).sum())


def _bounded(outline: Floats, inside: Flags, site: Site) -> Flags:
    """(k,) bool: edges that run along the inside of the approved building for more than half their length."""
    raster = site.columns.raster
    near = grown(inside, round(NEAR_M / raster.cell_m))
    share = np.linspace(0.05, 0.95, 10)[:, None]
    edges = zip(outline, np.roll(outline, -1, axis=0), strict=True)
    return np.array([raster.at(near, start + share * (end - start)).mean() > 0.5 for start, end in edges])


def _base(mask: Flags, middle: float, site: Site) -> tuple[float, float]:
    """Level on which a volume stands, and the share of it with approved structure at that level."""
    centres = site.columns.raster.centres().reshape(*mask.shape, 2)[mask]
    under = site.columns.top_below(middle)[mask]
    roof = site.roof.at(centres)
    under = np.where(np.isfinite(under) | (roof > middle), under, roof)
    ground = site.ground.below(centres)
    level = np.where(np.isfinite(under), np.maximum(under, ground), ground)
    base = float(np.median(level))
    return base, float((np.isfinite(under) & (np.abs(under - base) <= CONTACT_M)).mean())


def _evidence(structure: Unexplained, mask: Flags, span: tuple[float, float], raster: Raster) -> Longs:

    points = structure.points
    within = raster.at(grown(mask, round(NEAR_M / raster.cell_m)), points)
    within &= (points[:, 2] > span[0] - NEAR_M) & (points[:, 2] < span[1] + NEAR_M)
    return structure.rows[within]


def _floors(
    structure: Unexplained, members: Longs, mask: Flags, span: tuple[float, float], site: Site
) -> tuple[float, ...]:
    """Levels, well above the base and up to the top, at which level structure was seen over a tenth of the outline."""
    level = members[structure.patches.of_points(structure.patches.level())[members]]
    points = structure.points[level]
    unevenness = max(SLAB_M, 2.0 * site.spread_m)
    levels: list[float] = []
    while len(points):
        heights, counts = np.unique(np.round(points[:, 2] / unevenness).astype(np.int64), return_counts=True)
        near = np.abs(points[:, 2] - heights[np.argmax(counts)] * unevenness) <= unevenness
        height = float(np.median(points[near, 2]))
        share = share_covered(points[near], mask, structure.spacing_m, site.columns.raster)
        if share >= 0.1 and span[0] + 1.8 <= height <= span[1] + 0.1:
            levels.append(height)
        points = points[np.abs(points[:, 2] - height) > 2.0 * unevenness]
    return tuple(sorted(levels))


def _caveats(surroundings: Surroundings) -> tuple[str, ...]:
    if not surroundings.is_closed:
        return (phrase("walls were seen along {share:.0%} of its free boundary", share=surroundings.walled),)
    return ()


def _expanded(
    outline: Floats,
    area: float,
    height: float,
    spacing_m: float,
    surroundings: Surroundings,
    spread_m: float,
    unsure_m: float,
) -> dict[str, float]:
    """Expanded uncertainties (k = 2).

    Each edge is known to the spread of its face and to how finely the wall was sampled at its ends; edges that were
    not seen are known to the gap that an enclosure may have. Edges are taken as independent. Of the height so much is
    not known as may be a parapet, or as a roof that was not seen from above may be thicker.
    """
    edges = np.linalg.norm(np.roll(outline, -1, axis=0) - outline, axis=1)
    unseen = 1.0 - surroundings.walled * (1.0 - surroundings.attached) - surroundings.attached
    edge = np.sqrt(spread_m**2 + (0.1 * spacing_m) ** 2 + (0.25 * max(unseen, 0.0)) ** 2)
    area_u = 2.0 * edge * float(np.sqrt((edges**2).sum()))
    height_u = float(np.hypot(2.0 * np.sqrt(2.0 * spread_m**2 + (0.3 * spacing_m) ** 2), unsure_m))
    volume_u = float(np.hypot(area_u * height, height_u * area))
    return {"area_m2": area_u, "height_m": height_u, "volume_m3": volume_u}
