"""From measurements to findings, levels, indicators and one verdict."""

from __future__ import annotations

from twin.conformity.due import note_of
from twin.conformity.findings import all_findings
from twin.conformity.grounds import Grounds
from twin.conformity.indicators import indicators
from twin.conformity.milestone import Milestone
from twin.conformity.model import Finding, FindingVerdict, Judgement, Kind, StoreyResult, StoreyStatus, Verdict
from twin.conformity.permit import Permit
from twin.conformity.settings import ConformitySettings
from twin.conformity.shifted import shifted
from twin.conformity.stack import spans_of
from twin.conformity.storeys import storey_table
from twin.design.model import Design
from twin.deviation.model import Deviation
from twin.massing.model import Massing
from twin.phrases import phrase
from twin.registration.model import Registration, Status

_FACADES = {
    "north": phrase("north"),
    "east": phrase("east"),
    "south": phrase("south"),
    "west": phrase("west"),
}


def judge(
    design: Design,
    permit: Permit | None,
    registration: Registration,
    deviation: Deviation,
    massing: Massing,
    settings: ConformitySettings,
    milestone: Milestone | None = None,
    due_below_m: float | None = None,
) -> Judgement:
    """Conclude what can be concluded, and say what cannot.

    Parameters
    ----------
    design : Design
    permit : Permit or None
    registration : Registration
    deviation : Deviation
    massing : Massing
    settings : ConformitySettings
    milestone : Milestone or None
        Stage of the works; None where nobody said.
    due_below_m : float or None
        Level up to which the works are due, design frame.
    """
    spans = spans_of(design, massing, settings)
    shift = shifted(design, registration, settings)
    findings = all_findings(Grounds(design, deviation, massing, milestone, settings, spans), shift)
    table = storey_table(design, massing, findings, due_below_m, settings, spans)
    numbers = indicators(design, permit, massing, findings, table, registration.may_judge_position, settings)
    unseen = (
        *_unseen(deviation, massing, table, settings),
        *_unseen_floors(design, massing, due_below_m, settings),
        *(_absent(findings) if milestone is None else ()),
    )
    verdict = _verdict(findings, registration, unseen)
    notes = (*_permit_notes(design, permit), *note_of(milestone, due_below_m), *unseen)
    return Judgement(verdict, findings, table, numbers, notes)


def _verdict(findings: tuple[Finding, ...], registration: Registration, unseen: tuple[str, ...]) -> Verdict:
    verdicts = {finding.verdict for finding in findings}
    if registration.status is not Status.ACCEPTED:
        return Verdict.UNDECIDED
    if FindingVerdict.INCONSISTENT in verdicts:
        return Verdict.INCONSISTENT
    if FindingVerdict.BORDERLINE in verdicts:
        return Verdict.BORDERLINE
    return Verdict.UNDECIDED if unseen else Verdict.CONSISTENT


def _unseen(
    deviation: Deviation, massing: Massing, table: tuple[StoreyResult, ...], settings: ConformitySettings
) -> tuple[str, ...]:
    """What was not seen well enough to say that nothing deviates there."""
    notes = []
    for name, share in deviation.facades.items():
        if share < settings.enough_coverage:
            facade = _FACADES.get(name, name)
            notes.append(
                phrase("not observed well enough: {facade} facade, {share:.0%} seen", facade=facade, share=share)
            )
    at_place = massing.lift is None  # a roof that was found moved was seen, though not where it was approved
    if at_place and deviation.roof is not None and deviation.roof < settings.enough_coverage:
        notes.append(phrase("not observed well enough: roof, {share:.0%} seen", share=deviation.roof))
    notes += [
        phrase("not observed: storey {storey}", storey=row.name)
        for row in table
        if row.status is StoreyStatus.NOT_OBSERVED
    ]
    return tuple(notes)


def _absent(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """What is not there, where nobody said how far the works are: it may come yet, or be left out for good."""
    kinds = (Kind.ELEMENT_MISSING, Kind.VOLUME_MISSING)
    return tuple(phrase("not decidable: {title}", title=finding.title) for finding in findings if finding.kind in kinds)


def _unseen_floors(
    design: Design, massing: Massing, due_below_m: float | None, settings: ConformitySettings
) -> tuple[str, ...]:
    """Storeys of which too little floor was seen: a floor put in between cannot be excluded."""
    notes = []
    for storey, measure in zip(design.storeys, massing.levels, strict=True):
        due = due_below_m is None or storey.elevation_m < due_below_m
        if due and measure.floor_share is not None and measure.floor_share < settings.enough_coverage:
            note = phrase(
                "not observed well enough: inside of storey {storey}, {share:.0%} of its floor seen",
                storey=storey.name,
                share=measure.floor_share,
            )
            notes.append(note)
    return tuple(notes)


def _permit_notes(design: Design, permit: Permit | None) -> tuple[str, ...]:
    if permit is None or permit.drawings.ifc_sha256 is None:
        return ()
    if permit.drawings.ifc_sha256.lower() in {file.sha256 for file in design.files}:
        return ()
    return (phrase("the design is not the file that permit {permit} names: its SHA-256 differs", permit=permit.number),)
