"""Small worlds as points in time: surveyed, inspected, and entered into a ledger."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from support.observing import Case, inspected

from twin.conformity.milestone import Milestone
from twin.evidence.compose import compose_scene, label_points
from twin.evidence.inspection import Surroundings, build
from twin.evidence.seen import seen_space
from twin.evidence.settings import EvidenceSettings
from twin.supervision.following.absence import Looked
from twin.supervision.following.ledger import Epoch
from twin.supervision.following.progress import ElementRow
from twin.survey.model import FileFacts


def epoch_of(
    case: Case, name: str, date: str, milestone: Milestone | None = None
) -> tuple[Epoch, tuple[ElementRow, ...]]:
    """What an inspection of a case leaves for those who follow it up, and its table of elements."""
    stamp = sha256(name.encode()).hexdigest()
    facts = FileFacts("survey.laz", stamp, "LAZ", len(case.cloud.points), case.cloud.scans, "m", 1.0, None, date)
    cloud = replace(case.cloud, facts=(facts,))
    found = inspected(replace(case, cloud=cloud), milestone=milestone)
    stages = case.design, cloud, case.registration, found.deviation
    labels = label_points(*stages, found.massing, found.judgement)
    settings = EvidenceSettings()
    scene = compose_scene(*stages, found.judgement, labels, case=name, digest=stamp, settings=settings)
    document = build(*stages, found.judgement, surroundings=Surroundings({}, {}, 0))
    elements, design = case.design.elements, case.design
    rows = tuple(
        ElementRow(
            elements[result.element].global_id,
            elements[result.element].ifc_class,
            None if (storey := elements[result.element].storey) is None else design.storeys[storey].name,
            result.status,
        )
        for result in found.deviation.elements
    )
    states = {row.global_id: row.status for row in rows}
    return Epoch(name, date, Looked(document, seen_space(scene, settings), states)), rows
