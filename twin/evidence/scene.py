"""What can be seen of a case, in the design frame: the one input of pictures, viewer and exchange files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from twin.arrays import Bytes, Floats, Floats32, Ints, Matrix4
from twin.conformity.model import Finding, StoreyResult, Verdict
from twin.design.model import Design
from twin.deviation.model import ElementResult


class PointClass(IntEnum):
    """What each point of the survey shows; stored in deviation.laz as `plumbline_class`."""

    AS_DESIGNED = 0
    DEVIATING = 1
    """On an approved element, but farther off than the tolerance."""
    ADDED = 2
    """Shows an unapproved addition."""
    OBJECT = 3
    """Shows an object that is no building: vehicle, tree, scaffolding, stored material, neighbour."""
    GROUND = 4
    MOVABLE = 5
    """Furniture and the like that the design has."""
    UNEXPLAINED = 6
    """Too little to say what it shows."""


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything visible of a case.

    Attributes
    ----------
    case : str
        Name of the case, shown in captions.
    captured_on : str or None
        ISO date of the survey.
    digest : str
        SHA-256 of the inputs, shown shortened in captions.
    element_results : tuple of ElementResult
        One for each element of `design`, in order.
    points : (n, 3) m, design frame
        The survey, thinned for sight; every point that shows a finding is kept.
    point_deviation : (n,) float32, m
        Signed, positive outside; NaN beyond the band.
    point_class : (n,) uint8
        `PointClass`.
    point_rgb : (n, 3) uint8 or None
    point_finding : (n,) int32
        Index into `findings`, -1 where none.
    point_station : (n,) int32
        Index into `stations`, -1 where the station is not known.
    stations : (s, 3) m, design frame
        Known scan positions.
    north_deg : float
        Direction of map north (true north where no map is known), anticlockwise from the design's y axis.
    map_from_design : (4, 4) float or None
    crs : str or None
    tolerance_m : float
        Half width of the band that counts as designed.
    """

    case: str
    captured_on: str | None
    digest: str
    design: Design
    element_results: tuple[ElementResult, ...]
    storeys: tuple[StoreyResult, ...]
    findings: tuple[Finding, ...]
    verdict: Verdict
    points: Floats
    point_deviation: Floats32
    point_class: Bytes
    point_rgb: Bytes | None
    point_finding: Ints
    point_station: Ints
    stations: Floats
    north_deg: float
    map_from_design: Matrix4 | None
    crs: str | None
    tolerance_m: float
