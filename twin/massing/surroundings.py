"""How an addition stands to the approved building: over, under, beside, attached, walled."""

from __future__ import annotations

import numpy as np

from twin.arrays import Flags, Floats, Longs
from twin.massing.columns import Raster
from twin.massing.enclosure import grown
from twin.massing.model import Surroundings
from twin.massing.settings import MassingSettings
from twin.massing.site import Site, parts_of
from twin.massing.structure import Unexplained

_NEAR_M = 0.35  # a boundary lies at a wall when points of it are this near: half a thick wall
_CONTACT_M = 0.5  # slabs and undersides this near a volume's base and top bound it
_STOREY_M = 2.0  # roofs that lie lower than this are those of another part of the building
_MOSTLY = 0.5
_ALONG = 0.9  # cosine: surfaces within 25 degrees of a facade lie along it


def surroundings_of(
    outline: Floats,
    mask: Flags,
    structure: Unexplained,
    members: Longs,
    walls: Floats,
    wall_area: float,
    spacing_m: float,
    span: tuple[float, float],
    slab_below: float,
    soffit_above: float,
    inside: Flags,
    site: Site,
    settings: MassingSettings,
) -> Surroundings:
    """How a volume stands to the approved building.

    Parameters
    ----------
    outline : (k, 2) m, design frame
    mask : (columns, rows) bool
        Its cells in the site's raster.
    structure, members : Unexplained, (p,) int64
        The points that show it.
    walls : (w, 3) m
        Those of them on upright faces, which cover `wall_area` m2.
    spacing_m : float
    span : (float, float) m
        Base and top.
    slab_below, soffit_above : float
        Shares of its outline with approved structure at base and top.
    inside : (columns, rows) bool
        Cells inside the approved building.
    """
    raster = site.columns.raster
    base, top = span
    border = _border(outline, raster.cell_m)
    approved = site.columns.solid(base + 0.2, top - 0.1) | inside
    attached = raster.at(grown(approved, round(_NEAR_M / raster.cell_m)), border)
    free = ~attached
    walled = _near(border, walls, _NEAR_M + raster.cell_m)
    if len(walls):
        height = max(top - max(base, float(np.percentile(walls[:, 2], 2.0))), 0.1)
        walled &= wall_area >= settings.least_solid * height * raster.cell_m * max(int(free.sum()), 1)
    roof = site.roof.at(raster.centres().reshape(*mask.shape, 2)[mask])
    heights = structure.points[members, 2]
    own = members[(heights > base - _NEAR_M) & (heights < top + _NEAR_M)]
    touching = own if attached.mean() >= _MOSTLY else _not_on_facades(structure, own, site)
    contact = _contact_gap(structure.points[touching], site.columns.solid(base + 0.2, top - 0.1), raster)
    return Surroundings(
        over_building=float((np.isfinite(roof) & (base >= roof - _CONTACT_M)).mean()),
        above_top=float((~np.isfinite(site.columns.bottom_above(top - _CONTACT_M)[mask])).mean()),
        slab_below=slab_below,
        soffit_above=soffit_above,
        attached=float(attached.mean()),
        walled=float(walled[free].mean()) if free.any() else 1.0,
        gap_m=max(contact - 0.5 * spacing_m, 0.0),
        plate_m2=_plate(mask, base, site),
    )


def _not_on_facades(structure: Unexplained, members: Longs, site: Site) -> Longs:
    """Members without those that lie along an approved facade: what is wrong with the facade itself, a lintel that is
    too high or a frame in it, does not tie to it what stands before it.
    """
    from scipy.spatial import cKDTree

    if not len(site.faces.points):
        return members
    gap, nearest = cKDTree(site.faces.points).query(structure.points[members], distance_upper_bound=_NEAR_M)
    near = np.isfinite(gap)
    cosine = np.zeros(len(members))
    normals = structure.shapes.normals[members[near]]
    cosine[near] = np.abs(np.einsum("ij,ij->i", normals, site.faces.normals[nearest[near]]))
    kept = members[~(cosine >= _ALONG)]
    return kept if len(kept) else members


def _contact_gap(points: Floats, approved: Flags, raster: Raster) -> float:
    """Smallest distance in plan from a structure's points to the approved building, m; infinite where there is none."""
    from scipy import ndimage

    if not approved.any():
        return float("inf")
    distance = ndimage.distance_transform_edt(~approved)
    cell, inside = raster.cells(points)
    return float(distance[tuple(cell[inside].T)].min() * raster.cell_m) if inside.any() else float("inf")


def _plate(mask: Flags, base: float, site: Site) -> float:
    """Plan area of the approved building that reaches up to a volume's base; 0 where none lies under it."""
    raster = site.columns.raster
    roof = site.roof.at(raster.centres()).reshape(mask.shape)
    reaching = np.isfinite(roof) & (roof > base - _STOREY_M)
    touched = [part for part in parts_of(reaching, 1.0) if (part & mask).any()]
    return float(sum(part.sum() for part in touched)) * raster.cell_m**2


def _border(outline: Floats, step_m: float) -> Floats:
    """Points along a closed outline, one each `step_m`."""
    parts = []
    for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        count = max(int(np.linalg.norm(end - start) / step_m), 1)
        parts.append(start + (np.arange(count)[:, None] + 0.5) / count * (end - start))
    return np.vstack(parts)


def _near(queries: Floats, points: Floats, reach_m: float) -> Flags:
    from scipy.spatial import cKDTree

    if not len(points):
        return np.zeros(len(queries), dtype=bool)
    return np.asarray(np.isfinite(cKDTree(points[:, :2]).query(queries, distance_upper_bound=reach_m)[0]))
