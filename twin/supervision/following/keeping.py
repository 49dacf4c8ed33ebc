"""The door of ``findings.json`` at the root of a project: GUIDs outlive the ledgers, which are made again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from twin.errors import EvidenceError
from twin.evidence.case import write_whole
from twin.evidence.documents import read_document
from twin.supervision.following.entering import read_ledger
from twin.supervision.following.kept import SCHEMA, KeptFindings, KeptPart
from twin.supervision.following.ledger import Ledger

KEPT_NAME = "findings.json"


def read_kept(project: Path) -> KeptFindings | None:
    """What a project keeps of its findings; None where it keeps nothing yet.

    Raises
    ------
    EvidenceError
        The file is damaged: GUIDs on which decisions rest would be lost if it were made anew without a word.
    """
    return read_document(project / KEPT_NAME, KeptFindings, f"restore it from a copy; it follows {SCHEMA}")


def write_kept(kept: KeptFindings, project: Path) -> None:
    """Writes it whole or not at all; equal findings are equal bytes. Raises as `write_whole`."""
    value = kept.model_dump(mode="json", by_alias=True)
    write_whole(project / KEPT_NAME, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def kept_with(kept: KeptFindings, ledger: Ledger) -> KeptFindings:
    """With all that a ledger tracks, as it has it; what it does not track stays as it was."""
    known = {each.guid: each for each in kept.findings}
    for entry in ledger.tracked:
        first, old = entry.history[0].inspection, known.get(entry.guid)
        shown = entry.finding if old is None or first == ledger.later.name else old.first
        known[entry.guid] = KeptPart(guid=entry.guid, inspection=first, first=shown, finding=entry.finding)
    return KeptFindings(findings=tuple(known.values()))


def told_by(cases: Iterable[Path]) -> KeptFindings:
    """What the ledgers of cases tell, in order of time: for a project that keeps nothing yet."""
    kept = KeptFindings()
    for case in cases:
        with suppress(EvidenceError):  # a damaged ledger tells nothing; it is made again from its case
            if (ledger := read_ledger(case)) is not None:
                kept = kept_with(kept, ledger)
    return kept
