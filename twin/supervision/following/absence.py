"""Whether what an earlier inspection found is gone, or only was not seen again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags
from twin.conformity.model import Change, Kind, StoreyStatus
from twin.deviation.model import ElementStatus
from twin.evidence.schema import FindingPart, Inspection
from twin.evidence.seen import SeenSpace, Sight
from twin.phrases import phrase
from twin.supervision.following.matching import BODIES, ELEMENTS, outline_of
from twin.supervision.following.walls import unwalled
from twin.supervision.settings import FollowUpSettings

_OPEN_TO_THE_SKY = {Kind.EXTRA_STOREY, Kind.ROOFTOP_ADDITION, Kind.LATERAL_EXTENSION}
_EDGE_CELLS = 1
"""Cells along the edges of a body are left out: neighbours and the approved building reach into them."""
_FEW_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Absence:
    """What a later inspection tells of a place where it found nothing: whether that is gone, and how one knows."""

    is_gone: bool
    why: str


@dataclass(frozen=True, eq=False)
class Looked:
    """What a later inspection saw.

    Attributes
    ----------
    inspection : Inspection
    space : SeenSpace or None
        None where the case kept none.
    elements : dict of str to ElementStatus
        State of every approved element by GlobalId.
    """

    inspection: Inspection
    space: SeenSpace | None
    elements: Mapping[str, ElementStatus]


def absence_of(finding: FindingPart, looked: Looked, settings: FollowUpSettings) -> Absence:
    """Whether a finding that the later inspection does not make again is gone.

    Not seen is never gone: everything that could not be looked at, for whatever reason, leaves the finding open.
    """
    if finding.kind in BODIES or finding.kind is Kind.OPENING_CHANGED:
        return _of_body(finding, looked, settings)
    if finding.kind in ELEMENTS:
        return _of_elements(finding, looked)
    if finding.kind is Kind.STOREY_HEIGHT:
        return _of_level(finding, looked)
    if finding.kind is Kind.BUILDING_SHIFT:
        return _of_place(looked)
    return _of_indicator(finding, looked)


def _of_body(finding: FindingPart, looked: Looked, settings: FollowUpSettings) -> Absence:
    if looked.space is None:
        return Absence(False, phrase("the later case kept no record of what was seen"))
    if finding.change in (Change.REMOVED, Change.MOVED) and finding.global_ids:
        return _of_elements(finding, looked)
    columns = _columns(looked.space, finding)
    if not columns.any():
        return Absence(False, phrase("its place lies beyond what the later survey recorded"))
    return _in_columns(finding, looked.space, columns, settings)


def _in_columns(finding: FindingPart, space: SeenSpace, columns: Flags, settings: FollowUpSettings) -> Absence:
    seen, left = _seen_and_left(space, finding, columns)
    if left > settings.most_left_share:
        return Absence(False, phrase("something stands at {share} % of its place", share=round(100 * left)))
    if seen >= settings.least_seen_share:
        told = phrase("{share} % of its place was seen, and nothing stands there", share=round(100 * seen))
        return Absence(True, told)
    walls = unwalled(space, finding)
    if walls >= settings.least_seen_share:
        told = phrase("its walls would have been seen along {share} % of its outline", share=round(100 * walls))
        return Absence(True, told)
    return Absence(False, phrase("only {share} % of its place was seen", share=round(100 * max(seen, walls))))


def _columns(space: SeenSpace, finding: FindingPart) -> Flags:
    """Columns of cells within a body, without its edge where enough remain."""
    from scipy.ndimage import binary_erosion

    inside = space.columns(outline_of(finding))
    inner = binary_erosion(inside, iterations=_EDGE_CELLS)
    return np.asarray(inner if np.count_nonzero(inner) >= _FEW_COLUMNS else inside, dtype=bool)


def _seen_and_left(space: SeenSpace, finding: FindingPart, columns: Flags) -> tuple[float, float]:
    """Shares (0..1) of the columns that were seen as far as the body stood in them, and in which something is left."""
    low, high = finding.box.min[2], finding.box.max[2]
    edge = _EDGE_CELLS * space.cell_m if high - low > 4.0 * space.cell_m else 0.0
    within = space.sight[..., space.levels(low + edge, high - edge)][columns]
    left = (within == Sight.OTHER).any(axis=1)
    seen = np.isin(within, (Sight.EMPTY, Sight.APPROVED)).mean(axis=1) >= 0.5  # of its height
    if finding.kind in _OPEN_TO_THE_SKY:
        seen |= _stood_on(space, low, columns) & ~left
    return float(seen.mean()), float(left.mean())


def _stood_on(space: SeenSpace, base_m: float, columns: Flags) -> Flags:
    """Where the ground, floor or roof was seen on which a body stood: under a body with walls and a roof it is not."""
    near = space.levels(base_m - 2.0 * space.cell_m, base_m + space.cell_m)
    return np.asarray((space.sight[..., near][columns] == Sight.APPROVED).any(axis=1))


def _of_elements(finding: FindingPart, looked: Looked) -> Absence:
    states = [looked.elements[name] for name in finding.global_ids if name in looked.elements]
    if not states:
        return Absence(False, phrase("the later case knows none of its elements"))
    right = sum(state is ElementStatus.AS_DESIGNED for state in states)
    if right == len(states):
        return Absence(True, phrase("all its elements stand as approved"))
    unseen = sum(state is ElementStatus.NOT_OBSERVED for state in states)
    if unseen:
        return Absence(False, phrase("{count} of {all} elements were not observed", count=unseen, all=len(states)))
    return Absence(False, phrase("{count} of {all} elements stand as approved", count=right, all=len(states)))


def _of_level(finding: FindingPart, looked: Looked) -> Absence:
    levels = [level for level in looked.inspection.storeys if level.name == finding.storey]
    if not levels or levels[0].status is StoreyStatus.NOT_OBSERVED:
        return Absence(False, phrase("its level was not observed"))
    if levels[0].status is StoreyStatus.AS_DESIGNED:
        return Absence(True, phrase("its level was measured as approved"))
    return Absence(False, phrase("its level is not measured as approved"))


def _of_place(looked: Looked) -> Absence:
    if not looked.inspection.registration.may_judge_position:
        return Absence(False, phrase("the later pose cannot judge position"))
    return Absence(True, phrase("the building was measured at its approved place"))


def _of_indicator(finding: FindingPart, looked: Looked) -> Absence:
    names = {Kind.OVER_HEIGHT: ("building_height", "top_elevation"), Kind.OVER_AREA: ("area",)}[finding.kind]
    rows = [row for row in looked.inspection.indicators if any(name in row.name for name in names)]
    if any(row.verdict == "nonconforming" for row in rows):
        return Absence(False, phrase("a number of the permit is still exceeded"))
    if rows and all(row.verdict == "conforming" for row in rows):
        return Absence(True, phrase("the numbers of the permit were measured as conforming"))
    return Absence(False, phrase("the numbers of the permit could not be decided"))
