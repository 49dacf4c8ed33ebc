"""Units of length of a cloud, and which of them a file has."""

from __future__ import annotations

from dataclasses import dataclass

from twin.errors import SurveyError
from twin.phrases import phrase

IMPLAUSIBLE_EXTENT_M = 5000.0
"""No single site is larger; a room of 5 m written in millimetres is."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of length: `name` is "m", "mm" or "ft", `metres` its exact length."""

    name: str
    metres: float


METRE = Unit("m", 1.0)
MILLIMETRE = Unit("mm", 0.001)
FOOT = Unit("ft", 0.3048)
US_SURVEY_FOOT = Unit("ft", 1200.0 / 3937.0)

TOO_LARGE = phrase("more than any site: in millimetres perhaps, then give the unit mm")

_SAME, _ALL_FEET = 1e-9, 1e-4
_BY_NAME = {"m": METRE, "mm": MILLIMETRE, "ft": FOOT}


def named(name: str) -> Unit:
    """The unit that a user named; `SurveyError` for any but m, mm and ft."""
    if name not in _BY_NAME:
        raise SurveyError(f"unit {name!r} is not known", "give m, mm or ft")
    return _BY_NAME[name]


def of_length(metres: float) -> Unit | None:
    """The unit of this length, or None where it is none of ours.

    All feet in use (international, US survey, Clarke's, Sears') lie within 1e-4 of each other, and none else does;
    the length of each is kept, as 2 ppm are 1 m at 500 km.
    """
    for unit in (METRE, MILLIMETRE, FOOT, US_SURVEY_FOOT):
        if abs(metres / unit.metres - 1.0) < _SAME:
            return unit
    if abs(metres / FOOT.metres - 1.0) < _ALL_FEET:
        return Unit("ft", metres)
    return None


def chosen(asked: str | None, stated: Unit | None) -> tuple[Unit, tuple[str, ...]]:
    """The unit to read a file in, and what is odd about it.

    Parameters
    ----------
    asked : str or None
        What the user says; it wins.
    stated : Unit or None
        What the file says.
    """
    if asked is None:
        return stated or METRE, ()
    unit = named(asked)
    if stated is None:
        return unit, ()
    if stated.name == unit.name:
        return stated, ()
    note = phrase("the file states {own}, it was read in {asked} as asked", own=stated.name, asked=unit.name)
    return unit, (note,)


def doubt(extent_m: float, unit: Unit) -> tuple[str, ...]:
    """A note where a cloud is too large to be in this unit."""
    if extent_m <= IMPLAUSIBLE_EXTENT_M or unit.name == "mm":
        return ()
    size = extent_m / unit.metres
    return (phrase("{size:,.0f} {unit} across, {said}", size=size, unit=unit.name, said=TOO_LARGE),)
