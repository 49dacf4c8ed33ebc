"""What a project keeps of its findings: each has its GUID again where an inspection is made anew or comes late."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from twin.evidence.schema import FindingPart, Part, Text
from twin.supervision.following.matching import matches
from twin.supervision.settings import FollowUpSettings

SCHEMA: Literal["plumbline.findings/1"] = "plumbline.findings/1"


class KeptPart(Part):
    """A finding that was ever followed: its GUID, the inspection that first showed it, how that and the last had it."""

    guid: str
    inspection: Text
    first: FindingPart
    finding: FindingPart


class KeptFindings(Part):
    """``findings.json``: every finding of a project that was ever followed. Nothing is ever removed from it."""

    schema_: Annotated[Literal["plumbline.findings/1"], Field(alias="schema")] = SCHEMA
    findings: tuple[KeptPart, ...] = ()

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


def kept_guids(
    findings: Sequence[FindingPart],
    inspection: str,
    kept: Sequence[KeptPart],
    carried: Collection[str],
    settings: FollowUpSettings,
) -> dict[int, str]:
    """GUIDs that findings had already, by their row; those that lie at no kept finding's place have none.

    Parameters
    ----------
    findings : sequence of FindingPart
        Of one inspection, which no entry of the ledger before it explains.
    inspection : str
        Its name: what first appeared there comes before what only lies at the same place.
    kept : sequence of KeptPart
    carried : collection of str
        GUIDs that the ledger goes on already; none of them is given twice.
    """
    named: dict[int, str] = {}
    free = [each for each in kept if each.guid not in carried]
    for pool in ([each for each in free if each.inspection == inspection], free):
        for shape in ("first", "finding"):
            rows = [row for row in range(len(findings)) if row not in named]
            left = [each for each in pool if each.guid not in named.values()]
            parts = [findings[row] for row in rows]
            for match in matches([getattr(each, shape) for each in left], parts, settings):
                if not match.is_part:
                    named[rows[match.later]] = left[match.earlier].guid
    return named
