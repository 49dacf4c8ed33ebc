"""The ledger of a building's findings: each keeps its GUID from one inspection to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID, uuid5

from pydantic import ConfigDict, Field

from twin import digest
from twin.conformity.model import FindingVerdict
from twin.evidence.schema import Count, FindingPart, Inspection, Metres, Part, Positive, Sha256, Share, Text
from twin.evidence.sentences import said
from twin.phrases import Phrase, phrase
from twin.supervision.following.absence import Absence, Looked, absence_of
from twin.supervision.following.changes import SizeChange, size_change
from twin.supervision.following.kept import KeptPart, kept_guids
from twin.supervision.following.matching import Match, matches
from twin.supervision.settings import FollowUpSettings
from twin.supervision.states import Standing

SCHEMA: Literal["plumbline.follow-up/1"] = "plumbline.follow-up/1"
_FAMILY = UUID("8d0c3f0e-6c1d-5b0f-9a52-4d1f0b7c2e61")
"""Name space of GUIDs: the same inspections give the same ones."""
_OVER = (Standing.RESOLVED,)


class EpochPart(Part):
    """An inspection as a point in time: name of its case, day of its survey, digests of what went into it."""

    name: Text
    date: Text | None
    sha256: Sha256
    design_sha256: Sha256
    verdict: Text


class StepPart(Part):
    """What one inspection said of a finding: its number there, if it was found, its verdict and its sizes.

    The verdict is null where it was not found, and in ledgers of earlier versions.
    """

    inspection: Text
    date: Text | None
    standing: Standing
    why: Text
    finding: str | None
    area_m2: Metres | None = None
    volume_m3: Metres | None = None
    height_m: Metres | None = None
    verdict: FindingVerdict | None = None


class ChangePart(Part):
    """How a size changed since the finding was last shown; null where that cannot be said."""

    quantity: Literal["volume_m3", "area_m2", "height_m"]
    before: Metres
    after: Metres
    difference: Metres
    expanded_uncertainty: Positive


class Tracked(Part):
    """A finding over time.

    `finding` is as it was last shown; `part_of` the GUID of the finding from which it fell off or into which it grew.
    """

    guid: str
    standing: Standing
    why: Text
    first_seen: Text | None
    last_seen: Text | None
    inspection: Annotated[str, Field(description="the last inspection that showed it")]
    change: ChangePart | None = None
    shared: Annotated[Share, Field(description="part of the smaller body that lies in both")] = 0.0
    part_of: str | None = None
    finding: FindingPart
    history: tuple[StepPart, ...]


class ProgressPart(Part):
    """Approved elements of a class on a storey: how many stand, now and before; *not observed* counts as neither."""

    storey: Text | None
    ifc_class: Text
    elements: Count
    built_before: Count
    built: Count
    missing: Count
    not_observed: Count
    not_due: Count


class Ledger(Part):
    """``follow_up.json``: all findings of a building up to an inspection, and how far the building is."""

    schema_: Annotated[Literal["plumbline.follow-up/1"], Field(alias="schema")] = SCHEMA
    earlier: EpochPart | None
    later: EpochPart
    tracked: tuple[Tracked, ...]
    summary: dict[str, int]
    settings: Annotated[
        dict[str, float], Field(default_factory=dict, description="by which findings were followed into `later`")
    ]
    progress: tuple[ProgressPart, ...] = ()
    stood: Annotated[
        tuple[str, ...] | None,
        Field(description="elements that stood at an earlier inspection and were not seen at this one; null: not kept"),
    ] = None
    notes: tuple[Text, ...] = ()

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


@dataclass(frozen=True, eq=False)
class Epoch:
    """An inspection to be entered.

    Attributes
    ----------
    name : str
        Of its case.
    date : str or None
        ISO day of its survey.
    looked : Looked
        What it found and saw.
    language : str
        In which reasons are given.
    """

    name: str
    date: str | None
    looked: Looked
    language: str = "en"

    @property
    def inspection(self) -> Inspection:
        """Its document."""
        return self.looked.inspection

    def say(self, text: str) -> str:
        """A sentence in the language of the ledger."""
        return said(text, self.language)

    def part(self) -> EpochPart:
        """As the ledger names it."""
        return epoch_part(self.name, self.date, self.inspection)


def epoch_part(name: str, date: str | None, found: Inspection) -> EpochPart:
    """An inspection as a ledger names it, from its document alone."""
    return EpochPart(
        name=name,
        date=date,
        sha256=identity(found),
        design_sha256=found.design.sha256,
        verdict=found.verdict.value,
    )


def identity(inspection: Inspection) -> str:
    """SHA-256 of what an inspection was made of and found, whatever it cost and wherever its files lay."""
    found = [
        finding.model_dump(mode="json", exclude={"pictures", "title", "rule", "caveats"})
        for finding in inspection.findings
    ]
    surveys = [file.sha256 for file in inspection.survey.files]
    return digest.of_json([inspection.design.sha256, surveys, inspection.settings_sha256, found])


def opened(epoch: Epoch, settings: FollowUpSettings, kept: Sequence[KeptPart] = ()) -> Ledger:
    """The ledger of a first inspection: all that it found is new, but what is kept has its GUID already."""
    first = phrase("first inspection that shows it")
    guids = _guids(epoch, range(len(epoch.inspection.findings)), kept, (), settings)
    tracked = [_new(epoch, row, guid, first) for row, guid in guids.items()]
    return _ledger(None, epoch, tracked, settings)


def followed(before: Ledger, epoch: Epoch, settings: FollowUpSettings, kept: Sequence[KeptPart] = ()) -> Ledger:
    """The ledger after a later inspection of the same building.

    Parameters
    ----------
    before : Ledger
        Up to the inspection before.
    epoch : Epoch
        The later inspection; its findings lie in the same design frame.
    kept : sequence of KeptPart
        What the project keeps of its findings: what `before` does not explain may be one of them.
    """
    findings = epoch.inspection.findings
    found = matches([_at_its_gravest(entry) for entry in before.tracked], findings, settings)
    main = {match.earlier: match for match in found if not match.is_part}
    part_of_later = {match.earlier: match for match in found if match.is_part and match.earlier not in main}
    tracked = []
    for row, entry in enumerate(before.tracked):
        if row in main:
            tracked.append(_shown(entry, main[row], epoch, settings))
        elif row in part_of_later:
            tracked.append(_swallowed(entry, part_of_later[row], found, before, epoch))
        else:
            tracked.append(_unshown(entry, epoch, settings))
    taken = {match.later for match in main.values()}
    pieces = {match.later: before.tracked[match.earlier].guid for match in found if match.is_part}
    rows = [row for row in range(len(findings)) if row not in taken]
    guids = _guids(epoch, rows, kept, [entry.guid for entry in before.tracked], settings)
    tracked += [_piece_or_new(epoch, row, guid, pieces.get(row)) for row, guid in guids.items()]
    notes = []
    if before.later.design_sha256 != epoch.inspection.design.sha256:
        notes.append(epoch.say(phrase("the two inspections were made against different versions of the design")))
    return _ledger(before.later, epoch, tracked, settings, notes)


def _at_its_gravest(entry: Tracked) -> FindingPart:
    """The finding as last shown, with the verdict of the inspection that accused it, if any did.

    What accused nobody is never the same as what accuses; what once accused may come again after less of it was left.
    """
    verdicts = {step.verdict for step in entry.history} | {entry.finding.verdict}
    if entry.finding.verdict is not FindingVerdict.INFORMATION or verdicts <= {FindingVerdict.INFORMATION, None}:
        return entry.finding
    return entry.finding.model_copy(update={"verdict": FindingVerdict.BORDERLINE})


def _guids(
    epoch: Epoch,
    rows: Sequence[int],
    kept: Sequence[KeptPart],
    carried: Sequence[str],
    settings: FollowUpSettings,
) -> dict[int, str]:
    """GUIDs of findings that no earlier ledger explains, by their row: kept ones, else made of what was inspected."""
    findings, made = epoch.inspection.findings, identity(epoch.inspection)
    fresh = {row: str(uuid5(_FAMILY, f"{made}/{findings[row].id}")) for row in rows}
    free = {each.guid for each in kept} - set(carried)
    guids = {row: guid for row, guid in fresh.items() if guid in free}  # the very same inspection gave it before
    others = [row for row in rows if row not in guids]
    taken = {*carried, *guids.values()}
    named = kept_guids([findings[row] for row in others], epoch.name, kept, taken, settings)
    guids |= {others[place]: guid for place, guid in named.items()}
    taken |= set(named.values())
    for row in others:
        guid = guids.get(row, fresh[row])
        while row not in guids and guid in taken:
            guid = str(uuid5(_FAMILY, guid))
        guids[row] = guid
        taken.add(guid)
    return dict(sorted(guids.items()))


def _new(epoch: Epoch, row: int, guid: str, why: str, part_of: str | None = None) -> Tracked:
    finding = epoch.inspection.findings[row]
    why = epoch.say(why)
    step = _step(epoch, Standing.NEW, why, finding)
    return Tracked(
        guid=guid,
        standing=Standing.NEW,
        why=why,
        first_seen=epoch.date,
        last_seen=epoch.date,
        inspection=epoch.name,
        part_of=part_of,
        finding=finding,
        history=(step,),
    )


def _piece_or_new(epoch: Epoch, row: int, guid: str, whole: str | None) -> Tracked:
    if whole is None:
        return _new(epoch, row, guid, phrase("no earlier finding lies at its place"))
    return _new(epoch, row, guid, phrase("a part of what was found before, now apart from the rest of it"), whole)


def _shown(entry: Tracked, match: Match, epoch: Epoch, settings: FollowUpSettings) -> Tracked:
    """A finding that the later inspection makes again."""
    finding = epoch.inspection.findings[match.later]
    change = size_change(entry.finding, finding, settings.change_certainty)
    if entry.standing in _OVER:
        standing, reason = Standing.REOPENED, phrase("it had gone, and stands there again")
    else:
        standing, reason = _compared(change)
    why = epoch.say(reason)
    return entry.model_copy(
        update={
            "standing": standing,
            "why": why,
            "last_seen": epoch.date,
            "inspection": epoch.name,
            "change": _change_part(change),
            "shared": round(match.shared, 4),
            "finding": finding,
            "history": (*entry.history, _step(epoch, standing, why, finding)),
        }
    )


def _compared(change: SizeChange | None) -> tuple[Standing, Phrase]:
    if change is None:
        return Standing.PERSISTS, phrase("it still stands there; its sizes cannot be compared")
    if change.is_larger:
        return Standing.GREW, phrase("it still stands there and is larger")
    if change.is_smaller:
        return Standing.SHRANK, phrase("it still stands there and is smaller")
    return Standing.PERSISTS, phrase("it still stands there, as large as before within what was measured")


def _swallowed(entry: Tracked, match: Match, found: Sequence[Match], before: Ledger, epoch: Epoch) -> Tracked:
    """A finding that has grown together with another, which goes on for both."""
    whole = next(other for other in found if other.later == match.later and not other.is_part)
    guid = before.tracked[whole.earlier].guid
    why = epoch.say(phrase("it still stands there, now as part of another finding"))
    step = _step(epoch, Standing.PERSISTS, why, epoch.inspection.findings[match.later], sizes=False)
    return entry.model_copy(
        update={
            "standing": Standing.PERSISTS,
            "why": why,
            "last_seen": epoch.date,
            "inspection": epoch.name,
            "change": None,
            "shared": round(match.shared, 4),
            "part_of": guid,
            "history": (*entry.history, step),
        }
    )


def _unshown(entry: Tracked, epoch: Epoch, settings: FollowUpSettings) -> Tracked:
    """A finding that the later inspection does not make: gone, or not looked at."""
    absence = absence_of(entry.finding, epoch.looked, settings)
    standing, reason = _standing_of(entry, absence)
    why = epoch.say(reason)
    step = _step(epoch, standing, why, None)
    update = {"standing": standing, "why": why, "change": None, "shared": 0.0, "history": (*entry.history, step)}
    return entry.model_copy(update=update)


def _standing_of(entry: Tracked, absence: Absence) -> tuple[Standing, str]:
    if absence.is_gone:
        return Standing.RESOLVED, absence.why
    if entry.standing in _OVER:
        return Standing.RESOLVED, phrase("gone at an earlier inspection; this time {why}", why=absence.why)
    return Standing.NO_LONGER_OBSERVED, absence.why


def _step(epoch: Epoch, standing: Standing, why: str, finding: FindingPart | None, *, sizes: bool = True) -> StepPart:
    sized = finding if sizes else None
    return StepPart(
        inspection=epoch.name,
        date=epoch.date,
        standing=standing,
        why=why,
        finding=None if finding is None else finding.id,
        area_m2=None if sized is None else sized.area_m2,
        volume_m3=None if sized is None else sized.volume_m3,
        height_m=None if sized is None else sized.height_m,
        verdict=None if finding is None else finding.verdict,
    )


def _change_part(change: SizeChange | None) -> ChangePart | None:
    if change is None:
        return None
    return ChangePart(
        quantity=change.quantity,
        before=change.before,
        after=change.after,
        difference=change.after - change.before,
        expanded_uncertainty=change.expanded_uncertainty,
    )


def _ledger(
    earlier: EpochPart | None,
    epoch: Epoch,
    tracked: Sequence[Tracked],
    settings: FollowUpSettings,
    notes: Sequence[str] = (),
) -> Ledger:
    counted = Counter(entry.standing for entry in tracked)
    summary = {standing.value: counted[standing] for standing in Standing}
    return Ledger(
        earlier=earlier,
        later=epoch.part(),
        tracked=tuple(tracked),
        summary=summary,
        settings=settings.numbers(),
        notes=tuple(notes),
    )
