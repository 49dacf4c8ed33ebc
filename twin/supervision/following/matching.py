"""Which finding of a later inspection is which of an earlier one: by place and shape, never by its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats
from twin.conformity.model import ADDITIONS, FindingVerdict, Kind
from twin.evidence.schema import FindingPart
from twin.supervision.settings import FollowUpSettings

_SHAPE = 1e-3
"""Weight of likeness in shape against shared place: it decides between bodies that both lie within."""

BODIES = ADDITIONS | {Kind.UNMODELLED_OBJECT}
"""What stands there: half of a storey is a rooftop addition, so any of these may go on as another."""
ELEMENTS = {Kind.ELEMENT_DISPLACED, Kind.ELEMENT_MISSING, Kind.VOLUME_MISSING}
"""What happened to approved elements, told by their GlobalIds."""


@dataclass(frozen=True, slots=True)
class Match:
    """Rows of an earlier and a later finding that are one; `shared` (0..1) is how much of the smaller one lies in both.

    A later one that is only a part of what was matched better already has `is_part`; an earlier one that was swallowed
    by a later one which goes on another has it too.
    """

    earlier: int
    later: int
    shared: float
    is_part: bool = False


def matches(
    earlier: Sequence[FindingPart], later: Sequence[FindingPart], settings: FollowUpSettings
) -> tuple[Match, ...]:
    """The best pairing of findings, each in at most one pair, then the parts that are left over.

    Parameters
    ----------
    earlier, later : sequence of FindingPart
        In one design frame.

    Notes
    -----
    The pairing is the one with the largest sum of shared places (Kuhn, 1955, as scipy solves it).
    """
    from scipy.optimize import linear_sum_assignment

    if not earlier or not later:
        return ()
    shared, weight = _table(earlier, later, settings)
    rows, columns = linear_sum_assignment(-weight)
    pairs = [
        Match(int(row), int(column), float(shared[row, column]))
        for row, column in zip(rows, columns, strict=True)
        if shared[row, column] >= settings.least_common_share
    ]
    return (*pairs, *_parts(shared, pairs, settings.least_common_share))


def _table(
    earlier: Sequence[FindingPart], later: Sequence[FindingPart], settings: FollowUpSettings
) -> tuple[Floats, Floats]:
    shared, weight = np.zeros((len(earlier), len(later))), np.zeros((len(earlier), len(later)))
    for row, before in enumerate(earlier):
        for column, after in enumerate(later):
            place, likeness = alike(before, after, settings.slack_m)
            shared[row, column] = place
            weight[row, column] = place + _SHAPE * likeness if place >= settings.least_common_share else 0.0
    return shared, weight


def _parts(shared: Floats, pairs: Sequence[Match], least: float) -> list[Match]:
    """What fell apart or grew together: rows or columns without a pair that share their place with a paired one."""
    paired_rows, paired_columns = {pair.earlier for pair in pairs}, {pair.later for pair in pairs}
    found = []
    for column in sorted(set(range(shared.shape[1])) - paired_columns):
        row = int(shared[:, column].argmax())
        if shared[row, column] >= least:
            found.append(Match(row, column, float(shared[row, column]), is_part=True))
    for row in sorted(set(range(shared.shape[0])) - paired_rows):
        column = int(shared[row].argmax())
        if shared[row, column] >= least:
            found.append(Match(row, column, float(shared[row, column]), is_part=True))
    return found


def alike(before: FindingPart, after: FindingPart, slack_m: float) -> tuple[float, float]:
    """How much of the smaller of two findings lies in both (0..1), and how alike they are in shape (0..1).

    Nothing of one that accuses nobody goes on in one that accuses: what a person dismissed as stored material must not
    speak for what is built in its place. The reverse may be: what is left of an addition that was taken down.
    """
    if before.verdict is FindingVerdict.INFORMATION and after.verdict is not FindingVerdict.INFORMATION:
        return 0.0, 0.0
    if before.kind in BODIES and after.kind in BODIES:
        return _bodies_alike(before, after, slack_m)
    if before.kind in ELEMENTS and after.kind in ELEMENTS and before.global_ids and after.global_ids:
        one, other = set(before.global_ids), set(after.global_ids)
        both = len(one & other)
        return both / min(len(one), len(other)), both / len(one | other)
    if before.kind is not after.kind:
        return 0.0, 0.0
    if before.kind is Kind.OPENING_CHANGED:
        return _bodies_alike(before, after, slack_m)
    same = before.storey == after.storey
    return (1.0, 1.0) if same else (0.0, 0.0)


def _bodies_alike(before: FindingPart, after: FindingPart, slack_m: float) -> tuple[float, float]:
    import shapely

    low = max(before.box.min[2], after.box.min[2]) - slack_m
    high = min(before.box.max[2], after.box.max[2]) + slack_m
    if high <= low:
        return 0.0, 0.0
    one, other = outline_of(before), outline_of(after)
    plans = [shapely.make_valid(shapely.Polygon(plan)).buffer(slack_m) for plan in (one, other)]
    both = plans[0].intersection(plans[1]).area * (high - low)
    volumes = [plan.area * _height(part, slack_m) for plan, part in zip(plans, (before, after), strict=True)]
    return min(both / min(volumes), 1.0), both / max(sum(volumes) - both, 1e-9)


def _height(part: FindingPart, slack_m: float) -> float:
    return part.box.max[2] - part.box.min[2] + 2.0 * slack_m


def outline_of(finding: FindingPart) -> Floats:
    """(k, 2) m, design frame: plan outline of a finding, that of its box where it has none."""
    if len(finding.outline) > 2:
        return np.array(finding.outline)
    (x0, y0, _), (x1, y1, _) = finding.box.min, finding.box.max
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
