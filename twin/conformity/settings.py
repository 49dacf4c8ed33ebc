"""From what size on a difference is reported: what a planning reviewer cares about, and what a survey can carry."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConformitySettings:
    """Smallest differences that become findings; smaller ones stay visible in pictures and tables only.

    Attributes
    ----------
    report_position_m : float
        Offsets, levels and outlines are reported from here on: the point error of planning surveys (GB 55018-2021,
        5.2).
    least_displacement_m : float
        An element is called displaced from here on: twice the reported step, clear of finish and workmanship.
    least_shift_m : float
        The place of the whole building is called wrong from here on: twice the reported step.
    control_sigma_m : float
        Standard uncertainty, in each axis, of the control or coordinates by which the place is judged: half the point
        error of planning surveys (GB 55018-2021, 5.2).
    least_storey_height_m : float
        A storey height is called changed from here on; inserting a storey under an unchanged roof line takes at least
        this from every other one.
    least_over_height_m : float
        A building top is called too high from here on, half the strictest tolerance step seen in local rules.
    least_extra_storey_share : float
        Share of the plate beneath it from which a new level is a storey rather than a mezzanine.
    least_floor_share : float
        Share of the plate that must be seen of a floor before it counts as one of the building's storeys.
    most_finish_m : float
        What lies before an approved face by no more than this may be a finish: screed, insulation, lining, cladding.
    least_slab_area_m2 : float
        A slab between two levels or over a void is reported from here on: the smallest floor that can be used.
    least_enclosure_area_m2 : float
        Floor area of an enclosure: one small balcony.
    least_opening_m2, least_opening_m : float
        Area, and width both ways, of an opening that was closed or made: one window.
    least_roof_area_m2 : float
        Plan area of an addition on a roof.
    least_roof_height_m : float
        Its height: more than any parapet rail, hatch or kerb.
    least_extension_facade_m2 : float
        Area of facade over which an offset outwards is an extension.
    least_basement_level_m : float
        How far a basement floor must lie below the approved one.
    least_object_area_m2 : float
        Plan area of an object that is no building but stands on the site, such as a site office.
    least_object_height_m : float
        Its height.
    full_storey_m : float
        Height from which an addition counts as a storey: 2.20 m, below which Chinese area rules count a level half or
        not at all (GB/T 50353-2013; GB 55031-2022, 3.1.6).
    headroom_m : float
        Room under and over a slab without which it is furniture, a hung ceiling or a step.
    least_extension_m2, least_extension_height_m : float
        Plan area and height from which a walled or roofed volume beside the building is an extension: lower ones are
        stored material or plinths.
    attached_m : float
        Distance in plan up to which the structure of a volume touches the building: what is parked or stacked beside
        it keeps more.
    enough_walls, some_walls : float
        Share of its free boundary along which walls must be seen before a volume is called inconsistent, and before
        it is called borderline; below, it is listed as an object.
    enough_coverage : float
        Share of each facade, of the roof and of every floor that must be seen before the whole is called consistent:
        the greater part.
    """

    report_position_m: float = 0.05
    least_displacement_m: float = 0.10
    least_shift_m: float = 0.10
    control_sigma_m: float = 0.025
    least_storey_height_m: float = 0.08
    least_over_height_m: float = 0.10
    least_extra_storey_share: float = 0.5
    least_floor_share: float = 0.3
    most_finish_m: float = 0.20
    least_slab_area_m2: float = 2.0
    least_enclosure_area_m2: float = 3.0
    least_opening_m2: float = 1.0
    least_opening_m: float = 0.6
    least_roof_area_m2: float = 4.0
    least_roof_height_m: float = 1.2
    least_extension_facade_m2: float = 5.0
    least_basement_level_m: float = 0.15
    least_object_area_m2: float = 10.0
    least_object_height_m: float = 2.0
    full_storey_m: float = 2.2
    headroom_m: float = 1.8
    least_extension_m2: float = 4.0
    least_extension_height_m: float = 1.8
    attached_m: float = 0.3
    enough_walls: float = 0.5
    some_walls: float = 0.25
    enough_coverage: float = 0.5
