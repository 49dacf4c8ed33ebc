"""What of the design is due: by a level that somebody named, or by what a milestone is."""

from __future__ import annotations

import math

from twin.conformity.milestone import Milestone
from twin.design.model import Design, Element, Storey
from twin.errors import SettingsError
from twin.phrases import phrase

_ZERO_M = 0.6
"""The structure of the ground storey lies within this of the zero level: a finish, or a few steps, between them."""
_LAID_M = 0.01
"""At zero level the floor of the ground storey itself is due, and nothing that stands on it."""
_STEP_M = 1.0
"""A level this little above a storey is a step in it."""
_STRUCTURE = frozenset({"IfcColumn", "IfcBeam", "IfcSlab", "IfcFooting", "IfcPile"})
_ENVELOPE = frozenset({"IfcCurtainWall", "IfcRoof", "IfcRailing"})


def due_below(design: Design, built_to: str | None, milestone: Milestone | None = None) -> float | None:
    """Level up to which the works are due, m in the design frame; None where all may be.

    Parameters
    ----------
    design : Design
    built_to : str or None
        The highest storey that is due, by name, or a level in metres.
    milestone : Milestone or None
        Counts where `built_to` is not given: at zero level what stands under and in the floor of the ground storey is
        due, at the structure of the ground storey all of it, with the floor over it. Others name no level.

    Raises
    ------
    SettingsError
        Neither a storey's name nor a number.
    """
    if built_to is not None:
        return _named(design, built_to)
    ground = ground_storey(design)
    if ground is None:
        return None
    if milestone is Milestone.FOUNDATION:
        return ground.elevation_m + _LAID_M
    return _level_over(design, ground) if milestone is Milestone.GROUND_STOREY else None


def note_of(milestone: Milestone | None, due_below_m: float | None) -> tuple[str, ...]:
    """What a milestone that is reached storey by storey makes due, or that nobody knows."""
    if milestone not in (Milestone.FOUNDATION, Milestone.GROUND_STOREY):
        return ()
    if due_below_m is None:
        return (
            phrase("what is due at this milestone is not known: the design does not tell its zero level (--built-to)"),
        )
    if math.isinf(due_below_m):
        return ()
    return (phrase("the works are due up to {level:+.2f} m; what is absent above is not due yet", level=due_below_m),)


def ground_storey(design: Design) -> Storey | None:
    """The storey at the zero level from which the model counts its own storeys; None where it does not tell."""
    zero = design.zero_m
    if zero is None:
        return None
    near = [storey for storey in design.storeys if abs(storey.elevation_m - zero) <= _ZERO_M]
    return min(near, key=lambda storey: (not storey.is_floor, abs(storey.elevation_m - zero)), default=None)


def is_due_by_kind(element: Element, milestone: Milestone | None) -> bool:
    """Whether a milestone says that elements of this kind stand: structure at topping out, the envelope later."""
    if milestone is None:
        return False
    whole = milestone.structure_is_whole and element.ifc_class in _STRUCTURE
    return milestone.all_is_due or whole or (milestone.envelope_is_whole and element.ifc_class in _ENVELOPE)


def _named(design: Design, built_to: str) -> float:
    for storey in design.storeys:
        if storey.name == built_to:
            return _level_over(design, storey)
    try:
        level = float(built_to)
    except ValueError:
        level = math.nan
    if not math.isfinite(level):
        names = ", ".join(repr(storey.name) for storey in design.storeys)
        raise SettingsError(f"no storey is called {built_to!r}", f"give a level in metres or one of {names}")
    return level


def _level_over(design: Design, storey: Storey) -> float:
    """Of the next storey, infinite over the last."""
    above = [each.elevation_m for each in design.storeys if each.elevation_m > storey.elevation_m + _STEP_M]
    return min(above, default=math.inf)
