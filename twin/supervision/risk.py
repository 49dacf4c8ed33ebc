"""How closely a project is watched: a sum of grounds, each said in words, so that nobody need trust a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from twin.conformity.milestone import Milestone
from twin.conformity.model import FindingVerdict
from twin.phrases import phrase
from twin.supervision.model import FindingState, Reason, Risk
from twin.supervision.records import RiskInputs
from twin.supervision.settings import RiskSettings, words
from twin.supervision.states import State, Tier

UPHELD = (State.CONFIRMED, State.HANDED_OVER, State.RECTIFYING, State.RECTIFIED, State.CLOSED)
"""States of a finding that a person confirmed and nobody dismissed since."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the risk of a project rests on.

    Attributes
    ----------
    upheld : int
        Findings of this project that a person confirmed and nobody dismissed since.
    unsurveyed : tuple of Milestone
        Milestones of which the due date passed without a survey.
    """

    known: RiskInputs
    upheld: int = 0
    unsurveyed: tuple[Milestone, ...] = ()


def upheld(findings: Iterable[FindingState]) -> int:
    """Number of findings that a person confirmed and nobody dismissed since."""
    return sum(finding.state in UPHELD for finding in findings)


def accuses(finding: FindingState) -> bool:
    """Whether a finding is more than information: the survey suspects something, or a person took it up."""
    return finding.verdict is not FindingVerdict.INFORMATION or finding.state in UPHELD


def assess(grounds: Grounds, settings: RiskSettings) -> Risk:
    """Score, tier and reasons. No further ground ever lowers the score."""
    reasons = tuple(reason for reason in _reasons(grounds, settings) if reason.points > 0.0)
    score = sum(reason.points for reason in reasons)
    return Risk(score, tier_of(score, settings), reasons)


def tier_of(score: float, settings: RiskSettings) -> Tier:
    """The tier into which a score falls."""
    if score >= settings.high_from_score:
        return Tier.HIGH
    return Tier.MEDIUM if score >= settings.medium_from_score else Tier.LOW


def _reasons(grounds: Grounds, settings: RiskSettings) -> Iterator[Reason]:
    yield from _of_design(grounds.known, settings)
    yield from _of_conduct(grounds, settings)


def _of_design(known: RiskInputs, settings: RiskSettings) -> Iterator[Reason]:
    height, share, use = known.storey_height_m, known.counted_share, (known.use or "").lower()
    if height is not None and height >= settings.fits_a_floor_m and not _any_of(settings.industrial_uses, use):
        why = phrase("a storey is {height:.2f} m high: another floor fits in", height=height)
        yield Reason("storey_height", why, settings.fits_a_floor_score)
    if share is not None and share >= settings.full_plot_share:
        why = phrase("{share:.1%} of the floor area that the plot allows is used", share=share)
        yield Reason("counted_share", why, settings.full_plot_score)
    if _any_of(settings.watched_uses, use):
        why = phrase("use: {use}", use=known.use)
        yield Reason("use", why, settings.watched_use_score)


def _of_conduct(grounds: Grounds, settings: RiskSettings) -> Iterator[Reason]:
    known = grounds.known
    skipped = set(known.skipped_checks)
    unchecked = skipped | set(grounds.unsurveyed)
    most = settings.most_counted
    why = phrase("findings confirmed at other projects of the party: {count}", count=known.past_findings)
    yield Reason("past_findings", why, settings.past_finding_score * min(known.past_findings, most))
    why = phrase("findings confirmed here: {count}", count=grounds.upheld)
    yield Reason("confirmed_findings", why, settings.confirmed_finding_score * min(grounds.upheld, most))
    why = phrase("approved changes of the design: {count}", count=known.change_orders)
    yield Reason("change_orders", why, settings.change_order_score * min(known.change_orders, most))
    why = phrase(
        "milestones passed over: {skipped}; no survey by their day: {missing}",
        skipped=_codes(skipped),
        missing=_codes(unchecked - skipped),
    )
    yield Reason("unchecked_milestones", why, settings.unchecked_milestone_score * min(len(unchecked), most))


def _any_of(listed: str, use: str) -> bool:
    return any(word.lower() in use for word in words(listed))


def _codes(milestones: Iterable[Milestone]) -> str:
    return ", ".join(sorted(milestone.code for milestone in milestones)) or "-"
