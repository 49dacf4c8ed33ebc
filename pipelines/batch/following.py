"""Follows the findings of every project of a plan through its finished cases."""

from __future__ import annotations

from pipelines.batch.model import Plan
from pipelines.followup import follow_missing


def follow_projects(plan: Plan) -> tuple[str, ...]:
    """Writes the ledgers that are missing; a case that was made anew has none yet.

    Follow-up rests on cases alone: one that a stopped batch did not reach is written by the next. Returns a line for
    each project that cannot be followed.
    """
    folders = {(plan.base / case.folder).parent.parent for case in plan.cases if case.project is not None}
    said = {folder: follow_missing(folder, plan.lang.value) for folder in sorted(folders)}
    return tuple(f"{folder}: {why}" for folder, why in said.items() if why is not None)
