"""What additions are measured against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats
from twin.massing.columns import Columns, Roof
from twin.massing.enclosure import closed, without_strips
from twin.massing.ground import Ground
from twin.massing.outlines import Faces
from twin.massing.settings import MassingSettings


@dataclass(frozen=True, eq=False)
class Site:
    """What additions are measured against.

    `columns`, upright `faces` and `roof` of the approved building, `ground`, the sensor's spread about a surface, and
    whether the design is a shell without floors, of which all that lies under the roof is inside.
    """

    columns: Columns
    faces: Faces
    roof: Roof
    ground: Ground
    spread_m: float
    is_shell: bool


def courts_of(site: Site, settings: MassingSettings) -> Flags:
    """(columns, rows) bool: courts, which the building surrounds and in which nothing was approved at any level.

    Narrower ones are gaps and shafts; a shell without floors shows none.
    """
    columns = site.columns
    if site.is_shell:
        return np.zeros(columns.raster.shape, dtype=bool)
    solid = columns.solid(-np.inf, np.inf)
    surrounded = closed(solid, round(settings.gap_m / columns.raster.cell_m)) & ~solid
    return without_strips(surrounded, round(settings.strip_m / columns.raster.cell_m))


def parts_of(region: Flags, least_cells: float) -> list[Flags]:
    """The connected parts of a mask that have at least so many cells."""
    from scipy import ndimage

    label, count = ndimage.label(region)
    sizes = np.bincount(label.reshape(-1), minlength=count + 1)
    return [label == part for part in range(1, count + 1) if sizes[part] >= least_cells]


def away_from(approved: Flags, cell_m: float) -> Floats:
    """Distance in plan of each cell from a mask, m; infinite where it is empty."""
    from scipy import ndimage

    if not approved.any():
        return np.full(approved.shape, np.inf)
    return np.asarray(np.maximum(ndimage.distance_transform_edt(~approved) - 1.0, 0.0) * cell_m)


def gap_to(mask: Flags, approved: Flags, cell_m: float) -> float:
    """Distance in plan between two masks, m; infinite where one is empty."""
    return float(away_from(approved, cell_m)[mask].min(initial=np.inf))
