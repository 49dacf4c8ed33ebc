"""The sample building in numbers: its levels, its outline, and what its builder did otherwise.

Lengths in m. The design frame has x along the south front, y to the back, and z = 0 on the structure of the ground
floor (plus or minus nought of the permit).
"""

from __future__ import annotations

from dataclasses import dataclass

from samples.solids import Outline, outline_area, rectangle

WALL = 0.30
"""Thickness of the outer walls."""
SLAB = 0.20
BASE_SLAB = 0.40
PARAPET_HEIGHT = 1.10
OUTDOOR_GROUND = -0.45

WEST, EAST, SOUTH, NORTH = 0.0, 34.0, 0.0, 22.0
BAR_NORTH = 13.4
"""The bar along the south front ends here; the wing goes on to `NORTH`."""
WING_EAST = 18.0
OUTLINE: Outline = (
    (WEST, SOUTH),
    (EAST, SOUTH),
    (EAST, BAR_NORTH),
    (WING_EAST, BAR_NORTH),
    (WING_EAST, NORTH),
    (WEST, NORTH),
)
ATRIUM: Outline = rectangle(9.0, 8.0, 15.0, 13.0)
STAIR_VOID: Outline = rectangle(18.65, 9.0, 21.25, 13.1)
STAIR_VOID_ROOF: Outline = rectangle(18.65, 9.0, 21.25, 12.9)
LIFT_VOID: Outline = rectangle(21.5, 7.85, 23.5, 10.05)

BAY_CENTRES = (3.4, 10.2, 17.0, 23.8, 30.6)
"""Of the five bays of the south front, along x."""
BALCONY_BAYS = (0, 1, 3, 4)
BALCONY_WIDTH, BALCONY_DEPTH = 4.6, 1.5
BALCONY_PARAPET = 1.10
ENCLOSED_BALCONY = ("3F", 3)
"""Level and bay of the balcony that was closed in."""
INFILLED_LEVEL = "4F"
"""Level at which the atrium was slabbed over."""
TYPICAL_HEIGHT = 3.30
AXES_ALONG_Y = {"1": 0.15, "2": 6.80, "3": 13.60, "4": 20.40, "5": 27.20, "6": 33.85}
"""Axes of the grid by their x: the middle of the outer walls, and the walls between the bays."""
AXES_ALONG_X = {"A": 0.15, "B": 6.00, "C": 13.25, "D": 21.85}
"""The same by their y."""
AXES_OVERHANG = 2.50
"""An axis is drawn this far beyond the building."""


@dataclass(frozen=True, slots=True)
class Level:
    """A storey: `floor` is the top of its structure, `height` reaches to the next one's."""

    key: str
    name: str
    floor: float
    height: float
    above_ground: bool

    @property
    def clear_height(self) -> float:
        """From the floor to the underside of the slab above."""
        return round(self.height - SLAB, 6)


@dataclass(frozen=True, slots=True)
class Plan:
    """A building to make: its levels, and whether the three violations are in it."""

    levels: tuple[Level, ...]
    has_violations: bool

    @property
    def roof(self) -> float:
        """Top of the roof structure."""
        return round(self.levels[-1].floor + self.levels[-1].height, 6)

    @property
    def parapet_top(self) -> float:
        """Highest edge of the flat roof."""
        return round(self.roof + PARAPET_HEIGHT, 6)

    @property
    def above_ground(self) -> tuple[Level, ...]:
        """The storeys above ground, from below."""
        return tuple(level for level in self.levels if level.above_ground)

    def level(self, key: str) -> Level:
        """The level of that key."""
        return next(level for level in self.levels if level.key == key)


def approved() -> Plan:
    """What the permit allows: a basement and six storeys."""
    return Plan(_levels(6), has_violations=False)


def as_built() -> Plan:
    """What was built: a seventh storey, a closed balcony, a slab over the atrium."""
    return Plan(_levels(7), has_violations=True)


def footprint_area() -> float:
    """Area in m2 within the outer faces."""
    return outline_area(OUTLINE)


def gross_floor_area(plan: Plan) -> float:
    """Area in m2 of all storeys, basement included, within the outer faces, less the atrium where it is a void."""
    return sum(level_area(level) for level in plan.levels)


def level_area(level: Level) -> float:
    """Gross area in m2 of one storey."""
    return footprint_area() - (outline_area(ATRIUM) if has_atrium(level) else 0.0)


def has_atrium(level: Level) -> bool:
    """Whether the floor of that level is open over the atrium."""
    return level.floor > 0.0


def _levels(storeys: int) -> tuple[Level, ...]:
    levels = [Level("B1", "Basement", -3.60, 3.60, above_ground=False), Level("1F", "First floor", 0.0, 3.90, True)]
    names = ("Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh")
    for i, name in enumerate(names[: storeys - 1]):
        floor = round(3.90 + i * TYPICAL_HEIGHT, 3)
        levels.append(Level(f"{i + 2}F", f"{name} floor", floor, TYPICAL_HEIGHT, above_ground=True))
    return tuple(levels)
