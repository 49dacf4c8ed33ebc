"""What stands that was not approved, and what moved: types that the judgement reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from twin.arrays import Floats, Longs
from twin.massing.breaches import Breach
from twin.massing.closures import Closure
from twin.massing.ground import Ground
from twin.massing.rhythm import Rhythm

ROOF_SLAB_M = 0.35
"""Thickness of a usual roof slab with its covering, where the approved one tells nothing."""
WALLED = 0.9
"""Share of a free boundary along which walls must be seen for its outline to be all of it."""
OVERHANG_M = 1.6
"""How far the balconies and eaves of a part may reach beyond its outline."""


@dataclass(frozen=True, eq=False)
class Footprint:
    """One of the buildings, or parts of one, that a cut goes through.

    Attributes
    ----------
    outline : (k, 2) m, design frame
        Anticlockwise, not closed.
    holes : tuple of (h, 2) m, design frame
        Courts in it, anticlockwise.
    area_m2 : float
        Of the outline less the holes.
    elements : tuple of int
        Approved elements over it that were found moved.
    points : (p,) int64
        Cloud points on moved parts over it and inside the inserted slice.
    """

    outline: Floats
    holes: tuple[Floats, ...]
    area_m2: float
    elements: tuple[int, ...]
    points: Longs


@dataclass(frozen=True, eq=False)
class Lift:
    """A part of the building that stands higher or lower than approved, as a whole.

    Attributes
    ----------
    cut_m : float, design frame
        Level at which it was cut off: what lies below stands as approved, what lies above is moved.
    between_m : (float, float), design frame
        Levels between which the cut may lie: the highest surface that stayed, the lowest that moved.
    offset_m : float
        Upwards.
    expanded_uncertainty_m : float
    footprints : tuple of Footprint
        The building at the cut, largest first; several where several buildings, or towers of one, moved alike.
    """

    cut_m: float
    between_m: tuple[float, float]
    offset_m: float
    expanded_uncertainty_m: float
    footprints: tuple[Footprint, ...]

    @property
    def elements(self) -> tuple[int, ...]:
        """Approved elements that were found moved."""
        return tuple(sorted({element for footprint in self.footprints for element in footprint.elements}))

    @property
    def points(self) -> Longs:
        """(p,) int64: cloud points on moved parts and inside the inserted slice, ascending."""
        return np.unique(np.concatenate([footprint.points for footprint in self.footprints]))


@dataclass(frozen=True, eq=False)
class Surroundings:
    """How an addition stands to the approved building; the judgement names its kind from this.

    Attributes
    ----------
    over_building : float
        Share of its outline that has approved building underneath.
    above_top : float
        Share of its outline above which nothing was approved.
    slab_below, soffit_above : float
        Share of its outline with an approved floor at its base, and with an approved underside at its top.
    attached : float
        Share of its boundary that lies at the approved building.
    walled : float
        Share of the remaining boundary along which walls were seen.
    gap_m : float
        Distance in plan from the approved building.
    plate_m2 : float
        Area of the approved building just below its base; 0 where it stands on the ground.
    clear_below_m, clear_above_m : float or None
        Of a slab: room to the approved structure under and over it.
    floor_beside : float
        Of a slab: share of its boundary at which an approved floor lies at its level.
    """

    over_building: float
    above_top: float
    slab_below: float
    soffit_above: float
    attached: float
    walled: float
    gap_m: float
    plate_m2: float
    clear_below_m: float | None = None
    clear_above_m: float | None = None
    floor_beside: float = 0.0

    @property
    def is_closed(self) -> bool:
        """Whether walls were seen along all of its free boundary, but for what doors and noise take."""
        return self.walled >= WALLED


class Bound(StrEnum):
    """What bounds a volume above or below: a level surface, the end of its walls, or the ground."""

    SURFACE = "surface"
    WALLS = "walls"
    GROUND = "ground"


@dataclass(frozen=True, eq=False)
class Addition:
    """A structure that no approved element explains.

    Attributes
    ----------
    outline : (k, 2) m, design frame
        Anticlockwise, not closed.
    base_m, top_m : float, design frame
    area_m2, volume_m3 : float
    expanded : dict
        Expanded uncertainty (k = 2) of area_m2, volume_m3, height_m.
    is_slab : bool
        A floor without walls of its own.
    surroundings : Surroundings
    points : (p,) int64
        Cloud points that show it.
    floors : tuple of float
        Levels of floors seen inside it, design frame.
    caveats : tuple of str
        What could not be seen of it.
    ends_at, begins_at : Bound
        What its top and its base were taken from.
    holes : tuple of (h, 2) m, design frame
        Courts that it goes around, anticlockwise; area and volume are less them.
    parapet_m : float
        Up to so much of its height may be a parapet, where its roof was not seen; counted in the height and in its
        expanded uncertainty.
    """

    outline: Floats
    base_m: float
    top_m: float
    area_m2: float
    volume_m3: float
    expanded: dict[str, float]
    is_slab: bool
    surroundings: Surroundings
    points: Longs
    floors: tuple[float, ...]
    caveats: tuple[str, ...]
    ends_at: Bound = Bound.SURFACE
    begins_at: Bound = Bound.SURFACE
    holes: tuple[Floats, ...] = ()
    parapet_m: float = 0.0


@dataclass(frozen=True, eq=False)
class SiteObject:
    """Something unmodelled that shows no building structure, or too little to decide.

    `outline` (k, 2) m, design frame; `base_m`, `top_m` levels; `points` its cloud points; `gap_m` its distance in plan
    from the approved building.
    """

    outline: Floats
    base_m: float
    top_m: float
    area_m2: float
    gap_m: float
    points: Longs


@dataclass(frozen=True, eq=False)
class BuiltFloor:
    """A floor that was seen: `level_m` (design frame) with its standard uncertainty, the area that was seen of it, the
    plan area of the approved building at that level, its outline (k, 2) m, and the cloud's points that show it.

    `maybe_underside` where it may as well be a ceiling: one face alone was seen, and nobody knows from which side.
    """

    level_m: float
    sigma_m: float
    area_m2: float
    plate_m2: float
    outline: Floats
    points: Longs
    maybe_underside: bool = False


@dataclass(frozen=True, slots=True)
class LevelMeasure:
    """Measured level of an approved storey; `offset_m` against the design, None where it was not seen.

    `floor_share` is the share of the storey's approved floor that was seen at its place, `floor_free` the share that
    rays passed through; both None where the design has no floor there.
    """

    storey: int
    offset_m: float | None
    expanded_uncertainty_m: float | None
    samples: int
    floor_share: float | None = None
    floor_free: float | None = None


@dataclass(frozen=True, eq=False)
class Massing:
    """All that stands beside, above and instead of the approved building.

    `top_m` is the highest level of building seen, `ground_m` the median level of the ground around it (both design
    frame, None where not seen). `ground_points` and `explained` are rows of the thinned cloud; points within
    `explained_m` of an approved surface counted as explained by it. `floors` are the floors that were seen, ascending;
    `closures` the approved openings that something closes flush with the wall, `breaches` holes in walls that rays went
    through; `rhythm` the rows of windows on its outside, None where too little was seen;
    `outline` is that of the approved ground storey, (k, 2) m, design frame.
    """

    lift: Lift | None
    additions: tuple[Addition, ...]
    objects: tuple[SiteObject, ...]
    levels: tuple[LevelMeasure, ...]
    ground: Ground
    footprint_m2: float
    top_m: float | None
    ground_m: float | None
    ground_points: Longs
    explained: Longs
    explained_m: float
    floors: tuple[BuiltFloor, ...] = ()
    closures: tuple[Closure, ...] = ()
    breaches: tuple[Breach, ...] = ()
    rhythm: Rhythm | None = None
    outline: Floats = field(default_factory=lambda: np.zeros((0, 2)))
