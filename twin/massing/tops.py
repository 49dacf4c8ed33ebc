"""Where a volume ends above: at its roof, at the underside of it, or where its walls cease."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats
from twin.massing.columns import Raster
from twin.massing.enclosure import closed, grown
from twin.massing.ends import upper_end
from twin.massing.model import ROOF_SLAB_M
from twin.massing.site import Site
from twin.phrases import phrase

LEAST_HEIGHT_M = 0.5
NEAR_M = 0.35  # a boundary lies at a wall when points of it are this near: half a thick wall
_MOST_SLAB_M = 0.6  # thicker solids at a roof are walls under it
SLAB_M = 0.10  # unevenness of one floor
CONTACT_M = 0.5  # slabs and undersides this near a volume's base and top bound it
_LEAST_PARAPET_M, _MOST_PARAPET_M = 0.15, 1.5  # lower is a kerb, higher a storey
_ROOFED = 0.3  # share of an outline over which a roof must be seen before it decides the top


@dataclass(frozen=True, eq=False)
class Seen:
    """Points of a volume, (n, 3) m each: on its walls, on level surfaces seen from above or who knows whence, and on
    undersides; how far they lie apart; and whether it is known from which side the level ones were seen.
    """

    walls: Floats
    roof: Floats
    undersides: Floats
    spacing_m: float
    is_sided: bool


@dataclass(frozen=True, slots=True)
class Top:
    """Level at which a volume ends.

    Attributes
    ----------
    level_m : float
    soffit_share : float
        Share of it under approved structure there.
    is_seen : bool
        Whether its roof, or what closes it, was seen; else its walls decide.
    parapet_m : float
        Up to so much of its height may be a parapet.
    unsure_m : float
        Expanded uncertainty of the level from what was not seen.
    caveats : tuple of str
    """

    level_m: float
    soffit_share: float
    is_seen: bool
    parapet_m: float
    unsure_m: float
    caveats: tuple[str, ...]


def top_of(seen: Seen, mask: Flags, base_m: float, middle_m: float, site: Site) -> Top:
    """Where a volume ends.

    Parameters
    ----------
    seen : Seen
    mask : (columns, rows) bool
        Its plan.
    base_m, middle_m : float
        Where it begins, and a level well within it.
    site : Site
    """
    level, soffit_share, roofed, rise = _top(seen, mask, middle_m, site)
    if soffit_share > 0.5:
        return Top(level, soffit_share, True, 0.0, 0.0, ())
    if roofed:
        hidden = 0.0 if seen.is_sided else _hidden_roof(rise, mask, base_m, site)
        caveats = (_from_below(hidden),) if hidden else ()
        return Top(level + hidden, soffit_share, True, 0.0, 0.5 * hidden, caveats)
    lid = _lid(seen, mask, base_m, site)
    if lid is not None:
        caveats = (_from_below(lid.thick_m),)
        return Top(min(level, lid.level_m + lid.thick_m), soffit_share, True, 0.0, 0.5 * lid.thick_m, caveats)
    parapet = _parapet(mask, base_m, site)
    unseen = [phrase("its roof was not seen; the top is that of its walls")]
    if parapet:
        said = phrase(
            "of its height up to {parapet:.2f} m may be a parapet, as high as the approved one", parapet=parapet
        )
        unseen.append(said)
    return Top(level, soffit_share, False, parapet, parapet, tuple(unseen))


def _from_below(thick_m: float) -> str:
    return phrase(
        "its roof was seen from below: it is taken to be as thick as the approved one, {thick:.2f} m", thick=thick_m
    )


def _top(seen: Seen, mask: Flags, middle: float, site: Site) -> tuple[float, float, bool, float]:
    """Level at which a volume ends, share of it under approved structure there, whether its roof was seen, and by how
    much walls rise above that, m.

    A roof that was seen decides; walls that stand out of it are its parapet. By no more than the thickness of a roof
    slab, they may as well be what carries it, and what was seen its underside.
    """
    raster = site.columns.raster
    walls, roof = (points[points[:, 2] > middle] for points in (seen.walls, seen.roof))
    roofed = bool(len(roof)) and share_covered(roof, mask, seen.spacing_m, raster) >= _ROOFED
    end = upper_end(walls[:, 2], np.zeros(0))
    wall_top = end.level_m if end else float(np.percentile(walls[:, 2], 98.0)) if len(walls) else -np.inf
    roof_top = _roof_level(roof, site) if roofed else -np.inf
    top = wall_top if wall_top <= roof_top + ROOF_SLAB_M or not roofed else roof_top
    top = max(top, roof_top)
    if not np.isfinite(top):
        top = middle
    over = site.columns.bottom_above(middle)[mask]
    under_soffit = np.isfinite(over) & (np.abs(over - top) <= CONTACT_M)
    share = float(under_soffit.mean())
    if share > 0.5:
        top = float(np.median(over[under_soffit]))
    return top, share, roofed, max(wall_top - top, 0.0)


@dataclass(frozen=True, slots=True)
class _Lid:
    """A roof that was seen from below only: the level of its underside, and how thick the approved one is, m."""

    level_m: float
    thick_m: float


def _lid(seen: Seen, mask: Flags, base: float, site: Site) -> _Lid | None:
    """The roof of a volume of which rooms were seen from inside; None where they were not, or not high enough.

    Who puts a storey on a building covers it as the building is covered.
    """
    undersides = seen.undersides[seen.undersides[:, 2] > base + LEAST_HEIGHT_M]
    if not len(undersides) or share_covered(undersides, mask, seen.spacing_m, site.columns.raster) < _ROOFED:
        return None
    return _Lid(_roof_level(undersides, site), _thickness(mask, base, site))


def _thickness(mask: Flags, base: float, site: Site) -> float:
    """Thickness of the approved structure on which a volume stands, m; that of a usual roof where there is none."""
    columns = site.columns
    at_base = (np.abs(columns.top - base) <= SLAB_M) & mask.reshape(-1)[columns.column]
    thick = columns.top[at_base] - columns.bottom[at_base]
    thick = thick[thick <= _MOST_SLAB_M]
    return float(np.median(thick)) if len(thick) else ROOF_SLAB_M


def _hidden_roof(rise: float, mask: Flags, base: float, site: Site) -> float:
    """Thickness of a roof over a level surface of which nobody knows from which side it was seen; 0 where it is the
    roof itself.

    Walls rise above a roof by the parapet, above its underside by its thickness as well: whichever the approved ones
    make likelier.
    """
    parapet, thick = _parapet(mask, base, site), _thickness(mask, base, site)
    return thick if abs(rise - parapet - thick) < abs(rise - parapet) else 0.0


def _parapet(mask: Flags, base: float, site: Site) -> float:
    """Height by which approved walls at the border of a volume stand over its base, m; 0 where most do not.

    New walls of which nobody saw the roof may end in a parapet as high as the one that was approved.
    """
    raster = site.columns.raster
    reach = round(NEAR_M / raster.cell_m)
    border = mask & grown(~mask, reach)
    over = site.columns.top_below(base + _MOST_PARAPET_M)[border] - base
    over = over[np.isfinite(over)]
    height = float(np.median(over)) if len(over) else 0.0
    return height if height >= _LEAST_PARAPET_M else 0.0


def _roof_level(roof: Floats, site: Site) -> float:
    """Level of the highest surface that holds at least a third of the roof's points, else the median of them."""
    heights = np.sort(roof[:, 2])
    bins = np.round((heights - heights[0]) / max(SLAB_M, 2.0 * site.spread_m)).astype(np.int64)
    large = np.flatnonzero(np.bincount(bins) >= len(heights) / 3.0)
    return float(np.median(heights[bins == large[-1]] if len(large) else heights))


def share_covered(points: Floats, mask: Flags, spacing_m: float, raster: Raster) -> float:
    """Share of a mask that points cover, gaps as wide as they usually lie apart bridged."""
    cells = max(round(2.5 * spacing_m / raster.cell_m), 5)
    return float(closed(raster.mark(points), cells)[mask].mean())
