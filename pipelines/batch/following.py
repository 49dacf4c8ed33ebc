"""Follows the findings of every project of a plan through its finished cases."""

from __future__ import annotations

from pipelines.batch.model import Plan
from pipelines.followup import follow_missing


def follow_projects(plan: Plan) -> None:
    """Writes the ledgers that are missing; a case that was made anew has none yet.

    Follow-up rests on cases alone: one that a stopped batch did not reach is written by the next.
    """
    folders = {(plan.base / case.folder).parent.parent for case in plan.cases if case.project is not None}
    for folder in sorted(folders):
        follow_missing(folder, plan.lang.value)
