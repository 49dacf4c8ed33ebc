"""The tables that end a batch. Equal results give equal bytes; what they cost stands in a file of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from pipelines.batch.model import Case, Plan
from pipelines.batch.page import page
from pipelines.batch.receipts import Receipt, Status
from twin.conformity.model import Verdict
from twin.evidence.case import write_whole
from twin.supervision.exchange import csv_of, parquet_of

SCHEMA = "plumbline.batch/1"
JSON, CSV, PARQUET, COSTS, PAGE = "summary.json", "summary.csv", "summary.parquet", "costs.csv", "summary.html"


def write_summary(plan: Plan, receipts: Sequence[Receipt]) -> None:
    """Writes all tables into the results of the plan.

    Raises
    ------
    FolderError
        They cannot be written.
    """
    import polars as pl

    summary = document(plan, receipts)
    rows = pl.DataFrame(summary["cases"], schema=_COLUMNS)
    write_whole(plan.results / JSON, json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    write_whole(plan.results / CSV, csv_of(rows))
    write_whole(plan.results / PARQUET, parquet_of(rows))
    costs = [receipt.model_dump(mode="json", include=set(_COSTS)) for receipt in receipts]
    write_whole(plan.results / COSTS, csv_of(pl.DataFrame(costs, schema=_COSTS)))
    write_whole(plan.results / PAGE, page(summary, plan.lang.value))


def document(plan: Plan, receipts: Sequence[Receipt]) -> dict[str, Any]:
    """What ``summary.json`` holds; `receipts` are those of the plan's cases, in their order."""
    return {
        "schema": SCHEMA,
        "plan": plan.name,
        "version": version("plumbline"),
        "counts": counts(receipts),
        "cases": [_row(plan, case, receipt) for case, receipt in zip(plan.cases, receipts, strict=True)],
    }


def counts(receipts: Sequence[Receipt]) -> dict[str, int]:
    """Cases in all, by verdict, and without a result."""
    done = [receipt.verdict for receipt in receipts if receipt.status is Status.DONE]
    by_verdict = {verdict.value: done.count(verdict) for verdict in Verdict}
    return {"cases": len(receipts), **by_verdict, "no_result": len(receipts) - len(done)}


def _row(plan: Plan, case: Case, receipt: Receipt) -> dict[str, Any]:
    folder = plan.base / case.folder
    done = receipt.status is Status.DONE
    there = os.path.relpath(folder, plan.results) if done else None
    viewer = f"{there}/viewer.html" if done and (folder / "viewer.html").is_file() else None
    return {
        "name": case.name,
        "project": case.project,
        "milestone": None if case.milestone is None else case.milestone.code,
        "status": receipt.status.value,
        "verdict": None if receipt.verdict is None else receipt.verdict.value,
        **receipt.findings.model_dump(),
        "exit_code": receipt.exit_code,
        "reason": receipt.reason or _undecided_because(receipt),
        "folder": there,
        "viewer": viewer,
    }


def _undecided_because(receipt: Receipt) -> str | None:
    """What must be seen before an undecided case can be decided."""
    return "; ".join(receipt.notes) or None if receipt.verdict is Verdict.UNDECIDED else None


_COLUMNS: dict[str, Any] = {
    **dict.fromkeys(("name", "project", "milestone", "status", "verdict"), str),
    **dict.fromkeys(("inconsistent", "borderline", "information", "exit_code"), int),
    **dict.fromkeys(("reason", "folder", "viewer"), str),
}
_COSTS: dict[str, Any] = {
    "name": str,
    "attempts": int,
    **dict.fromkeys(("seconds", "cpu_seconds", "peak_rss_mb"), float),
}
