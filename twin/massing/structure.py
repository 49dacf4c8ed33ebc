"""Points that the design does not explain, sorted into ground, structure and the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Longs
from twin.massing.ground import Ground, ground_of
from twin.massing.patches import Patches, Shapes, patches_of, shapes_of
from twin.massing.settings import MassingSettings
from twin.survey.thinning import thin


@dataclass(frozen=True, eq=False)
class Unexplained:
    """Thinned points above ground that no approved surface explains.

    Attributes
    ----------
    points : (n, 3) m, design frame
    rows : (n,) int64
        Index into the cloud.
    views : (n, 3)
        Unit vectors to the station that saw each point; NaN where unknown.
    shapes : Shapes
    patches : Patches
    spacing_m : float
        Typical distance of neighbouring points.
    """

    points: Floats
    rows: Longs
    views: Floats
    shapes: Shapes
    patches: Patches
    spacing_m: float

    def from_below(self, rows: Longs) -> Flags:
        """Whether each of these points was seen from below: it shows an underside."""
        return np.asarray(self.views[rows, 2] < 0.0)

    def where(self, keep: Flags) -> Unexplained:
        """The points where `keep`, (n,) bool, with patches found anew."""
        shapes = Shapes(self.shapes.normals[keep], self.shapes.flat[keep], self.shapes.spacing[keep])
        patches = Patches(self.patches.label[keep], self.patches.area_m2, self.patches.normal)
        return Unexplained(self.points[keep], self.rows[keep], self.views[keep], shapes, patches, self.spacing_m)


def thinned_rows(points: Floats, settings: MassingSettings) -> Longs:
    """Rows of a thinned set, with the cell widened until the set is small enough."""
    cell = settings.thinning_m
    rows = thin(points, cell)
    while len(rows) > settings.most_points:
        cell *= 1.3 * np.sqrt(len(rows) / settings.most_points)
        rows = thin(points, float(cell))
    return rows


def sort_out(
    points: Floats, rows: Longs, views: Floats, settings: MassingSettings
) -> tuple[Ground, Longs, Unexplained]:
    """Ground model, rows of the ground's points, and the rest with its patches.

    Parameters
    ----------
    points : (n, 3) m, design frame
        Thinned, unexplained.
    rows : (n,) int64
        Their place in the cloud.
    views : (n, 3)
        Unit vectors to the station that saw each point; NaN where unknown.
    settings : MassingSettings
    """
    ground = ground_of(points, settings.ground_cell_m, settings.ground_slope, settings.ground_height_m)
    height = points[:, 2] - ground.below(points)
    above = height > settings.ground_height_m
    points_above = points[above]
    shapes = shapes_of(points_above, views[above], settings)
    patches = patches_of(points_above, shapes, views[above], settings)
    finite = shapes.spacing[np.isfinite(shapes.spacing) & shapes.flat]
    spacing = float(np.percentile(finite, 75.0)) if len(finite) else settings.thinning_m
    return ground, rows[~above], Unexplained(points_above, rows[above], views[above], shapes, patches, spacing)
