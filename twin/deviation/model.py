"""What was measured of each approved element."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from twin.arrays import Flags, Floats, Floats32, Ints
from twin.deviation.carving import Passage
from twin.deviation.samples import SurfaceSamples


class ElementStatus(StrEnum):
    """State of an approved element. *Not observed* is never shown as *as designed*."""

    AS_DESIGNED = "as_designed"
    DISPLACED = "displaced"
    MISSING = "missing"
    NOT_OBSERVED = "not_observed"
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class ElementResult:
    """One approved element against the survey.

    `deviation_m` is the signed offset along the outward normal of the surface that was seen (median), None where
    nothing was seen; `coverage` is the share (0..1) of its exposed surface that the survey saw; `offset_m` is the
    displacement vector in the design frame where one could be measured. `is_vacated` where one of its faces was found
    inside its approved place, so that it cannot stand there still; else something may only hide it. `is_one_sided`
    where faces of one side alone were found: if it is not there at all, what lies behind it looks alike.
    """

    element: int
    status: ElementStatus
    deviation_m: float | None
    expanded_uncertainty_m: float | None
    coverage: float
    points: int
    offset_m: tuple[float, float, float] | None = None
    is_vacated: bool = False
    is_one_sided: bool = False


@dataclass(frozen=True, eq=False)
class Deviation:
    """The survey against the approved surface, point by point and element by element.

    Attributes
    ----------
    distance : (n,) float32, m
        Signed distance of every point of the cloud to the approved surface, positive outside; NaN beyond the band.
    element : (n,) int32
        The element each point belongs to; -1 where none lies within the band.
    elements : tuple of ElementResult
        One for each element of the design, in order.
    coverage : float
        Share of the exposed design surface of building elements that was seen.
    storey_coverage : (s,) float
        The same for each storey of the design; NaN where a storey has no surface.
    samples : SurfaceSamples
        Exposed samples of the approved surface.
    sample_seen : (m,) bool
        Which of them the survey saw at their place.
    sample_occupied : (m,) bool
        At which of them something stands, be it another element.
    sample_pierced : (m,) bool
        Which of them rays passed through and found nothing at.
    passage : Passage
        Where rays went through.
    facades : dict of str to float
        Observed share (0..1) of each facade, by the side of the sky to which it looks.
    roof : float or None
        The same of the roof.
    tolerance_m : float
        Offsets up to this counted as built as approved: the setting, or more where the survey is too noisy for it.
    notes : tuple of str
        What was given up where memory was short.
    """

    distance: Floats32
    element: Ints
    elements: tuple[ElementResult, ...]
    coverage: float
    storey_coverage: Floats
    samples: SurfaceSamples
    sample_seen: Flags
    sample_occupied: Flags
    sample_pierced: Flags
    passage: Passage
    facades: dict[str, float]
    roof: float | None
    tolerance_m: float
    notes: tuple[str, ...] = ()
