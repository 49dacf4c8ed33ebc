"""Parameters of the massing, each with its unit and its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class MassingSettings:
    """How structure is told from clutter, and how volumes are closed.

    Attributes
    ----------
    explained_m : float
        Points within this of an approved surface are explained by it: twice the reporting limit, so that finishes
        and small offsets do not pose as additions.
    noise_factor : float
        `explained_m` is never less than this many standard deviations of the survey about the design.
    thinning_m : float
        One point for each cell of this edge is enough to recognise structure.
    most_points : int
        Upper bound of thinned points, of explained and of unexplained ones; the cells grow to keep it.
    neighbours : int
        Points that decide the local shape.
    coarse_m : float
        Spacing of the second, wider look at what is not flat at the first: its neighbourhoods, about six of these
        across, dwarf the thickness of a wall.
    flatness : float
        Largest share of the variance across a patch (curvature); crowns of trees and nets exceed it.
    breadth : float
        Smallest ratio of the second to the first extent of a neighbourhood; poles and cables fall below it.
    bend_deg : float
        Largest turn of the normal between neighbouring points of a patch.
    least_patch_m2 : float
        Smaller flat areas are no structure.
    reach_m : float
        How far around the design structure is looked for.
    column_m : float
        Cell of the plan rasters.
    gap_m : float
        Openings up to this width do not open an enclosure: doors and windows are wider, but are bridged by what
        stands above and below them.
    opening_m : float
        Openings up to this width do not open a room, where walls go on over them: two leaves of a window or door.
    least_opening_m2, least_opening_m : float
        Area and width, both ways, from which it is asked whether an approved opening is closed.
    contact_m : float
        Structure farther than this from the approved building, in plan, is not part of it.
    least_solid : float
        Share of a free boundary, in its height, that walls must fill: windows may take most of a wall, a scaffold with
        its poles, boards and rails fills about a quarter.
    strip_m : float
        Horizontal structure narrower than this is a plank or a shelf, not a floor.
    ground_cell_m, ground_slope, ground_height_m : float
        Cell of the ground model; steepest ground (rise over run); what lies within this height above the model is
        ground.
    lift_samples : int
        Surface samples that vote at most.
    lift_step_m, lift_down_m, lift_up_m : float
        Resolution and range in which a part of the building is looked for above or below its place.
    lift_least_m : float
        Smaller vertical shifts are left to the elements.
    lift_least_m2 : float
        Horizontal area that must be found at the shifted place.
    lift_margin : float
        How many times more area must be found at the shifted place than at the approved one.
    lift_least_wall_m2, lift_least_wall_share : float
        Area of upright faces above the cut from which on they are asked, and the share of them that must be found at
        the shifted place.
    """

    explained_m: float = 0.10
    thinning_m: float = 0.08
    most_points: int = 400_000
    neighbours: int = 16
    coarse_m: float = 0.20
    flatness: float = 0.04
    breadth: float = 0.10
    bend_deg: float = 20.0
    least_patch_m2: float = 0.8
    reach_m: float = 25.0
    column_m: float = 0.10
    gap_m: float = 0.9
    opening_m: float = 2.4
    least_opening_m2: float = 0.5
    least_opening_m: float = 0.5
    contact_m: float = 1.0
    least_solid: float = 0.38
    strip_m: float = 1.1
    ground_cell_m: float = 1.0
    ground_slope: float = 0.15
    ground_height_m: float = 0.30
    lift_samples: int = 120_000
    lift_step_m: float = 0.02
    lift_down_m: float = 2.0
    lift_up_m: float = 15.0
    lift_least_m: float = 0.06
    lift_least_m2: float = 5.0
    lift_margin: float = 3.0
    lift_least_wall_m2: float = 2.0
    lift_least_wall_share: float = 0.4
    noise_factor: float = 3.0

    def widened(self, noise_m: float) -> MassingSettings:
        """The same with what counts as explained not less than the survey's noise (standard deviation, m) demands."""
        return replace(self, explained_m=max(self.explained_m, self.noise_factor * noise_m))
