"""The storey table: every level as approved and as measured."""

from __future__ import annotations

from dataclasses import replace

from twin.conformity.model import Finding, FindingVerdict, Kind, StoreyResult, StoreyStatus
from twin.conformity.settings import ConformitySettings
from twin.conformity.stack import Span
from twin.design.model import Design
from twin.massing.model import LevelMeasure, Lift, Massing


def storey_table(
    design: Design,
    massing: Massing,
    findings: tuple[Finding, ...],
    due_below_m: float | None,
    settings: ConformitySettings,
    spans: tuple[Span, ...] = (),
) -> tuple[StoreyResult, ...]:
    """Approved and unapproved levels, ascending.

    Parameters
    ----------
    design : Design
    massing : Massing
    findings : tuple of Finding
        Unapproved storeys among them become levels of their own.
    due_below_m : float or None
        Levels from here on are not due.
    settings : ConformitySettings
    spans : tuple of Span
        Where floors stand at other levels than approved.
    """
    rows = []
    elsewhere = {row: floor for span in spans for row, floor in span.pairs}
    for row, (storey, measure) in enumerate(zip(design.storeys, massing.levels, strict=True)):
        level, unsure = _measured(storey.elevation_m, measure, massing.lift)
        if row in elsewhere:
            level, unsure = elsewhere[row].level_m, 2.0 * elsewhere[row].sigma_m
        status = _status(storey.elevation_m, level, unsure, due_below_m, settings)
        rows.append(StoreyResult(storey.name, storey.global_id, status, storey.elevation_m, level, unsure, None))
    for finding in findings:
        if finding.kind is Kind.EXTRA_STOREY and finding.verdict is not FindingVerdict.INFORMATION:
            unsure = finding.uncertainty.get("height_m")
            height = None if finding.levels_m else finding.height_m
            for base in finding.levels_m or (float(finding.box[0, 2]),):
                rows.append(StoreyResult(None, None, StoreyStatus.UNAPPROVED, None, base, unsure, height))
    rows.sort(key=_level)
    return tuple(_with_height(rows, place) for place in range(len(rows)))


def _measured(elevation: float, measure: LevelMeasure, lift: Lift | None) -> tuple[float | None, float | None]:
    if lift is not None and elevation >= lift.cut_m - 0.5 and _follows(elevation, measure, lift):
        return elevation + lift.offset_m, lift.expanded_uncertainty_m
    if measure.offset_m is None:
        return None, None
    return elevation + measure.offset_m, measure.expanded_uncertainty_m


def _follows(elevation: float, measure: LevelMeasure, lift: Lift) -> bool:
    """Whether a level moved with the lifted part: it lies above the cut, or was not seen at its place beside it."""
    return elevation >= lift.cut_m or measure.offset_m is None


def _status(
    elevation: float,
    level: float | None,
    unsure: float | None,
    due_below_m: float | None,
    settings: ConformitySettings,
) -> StoreyStatus:
    if level is None:
        not_due = due_below_m is not None and elevation >= due_below_m
        return StoreyStatus.NOT_BUILT if not_due else StoreyStatus.NOT_OBSERVED
    off, limit, spread = abs(level - elevation), settings.report_position_m, unsure or 0.0
    if off > limit + spread:
        return StoreyStatus.SHIFTED
    # Seen, but not well enough to say where it lies: that it is where it should be least of all.
    return StoreyStatus.NOT_OBSERVED if off > limit and spread > limit else StoreyStatus.AS_DESIGNED


def _level(row: StoreyResult) -> float:
    if row.measured_elevation_m is not None:
        return row.measured_elevation_m
    return row.design_elevation_m if row.design_elevation_m is not None else 0.0


def _with_height(rows: list[StoreyResult], place: int) -> StoreyResult:
    """Height to the next level where both were measured."""
    row = rows[place]
    if row.height_m is not None or row.measured_elevation_m is None:
        return row
    for above in rows[place + 1 :]:
        if above.measured_elevation_m is not None:
            return replace(row, height_m=above.measured_elevation_m - row.measured_elevation_m)
    return row
