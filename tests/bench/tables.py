"""Figures as Markdown tables."""

from __future__ import annotations

from collections.abc import Sequence

from .measuring import Measured
from .truth import Match

STAGES = (
    "read design",
    "read survey",
    "register",
    "measure",
    "find what was added",
    "draw pictures",
    "write files",
    "write viewer",
    "other",
)
NONE = "-"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; columns of figures are set to the right."""
    rule = [_rule([row[index] for row in rows]) for index in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def _rule(cells: Sequence[str]) -> str:
    figures = all(cell == NONE or cell.lstrip("+-")[:1].isdigit() for cell in cells)
    return "---:" if figures and any(cell != NONE for cell in cells) else "---"


def words(name: str) -> str:
    """A kind or verdict as it is read."""
    return name.replace("_", " ")


def speed(measured: Sequence[Measured]) -> str:
    """Time and memory of each case."""
    head = (
        "case",
        "points, million",
        "wall s",
        "CPU s",
        "wall s per million points",
        "bare decode s",
        "wall over decode",
        "peak MB",
        "peak in",
    )
    return table(head, [_speed(case) for case in measured])


def _speed(case: Measured) -> tuple[str, ...]:
    run, millions = case.inspection, case.points / 1e6
    return (
        case.case.name,
        f"{millions:.2f}",
        f"{run.wall_s:.1f}",
        f"{run.cpu_s:.1f}",
        f"{run.wall_s / millions:.1f}",
        f"{case.decode.wall_s:.2f}",
        f"{run.wall_s / case.decode.wall_s:.1f}",
        f"{run.peak_mb:.0f}",
        _peak_stage(case),
    )


def _peak_stage(case: Measured) -> str:
    """The stage after which the peak rose no more."""
    stages = case.document["stages"]
    highest = max(stage["peak_rss_mb"] for stage in stages)
    return str(next(stage["name"] for stage in stages if stage["peak_rss_mb"] == highest))


def stages(measured: Sequence[Measured]) -> str:
    """Share of each stage in the wall time of each case, in percent."""
    rows = []
    for case in measured:
        seconds = case.stages
        rows.append((case.case.name, *(_share(seconds.get(stage), case.inspection.wall_s) for stage in STAGES)))
    return table(("case", *STAGES), rows)


def _share(seconds: float | None, wall_s: float) -> str:
    return NONE if seconds is None else f"{100.0 * seconds / wall_s:.0f}"


def edits(measured: Sequence[Measured]) -> str:
    """Each thing that was built otherwise, against the finding that fits it best."""
    head = ("case", "built otherwise", "found as", "verdict", "box IoU", "volume", "base", "top")
    return table(head, [_edit(case, match) for case in measured for match in case.accuracy.matches])


def _edit(case: Measured, match: Match) -> tuple[str, ...]:
    about = "about " if match.edit.approximate else ""
    volume = NONE if match.volume_error is None else f"{100.0 * match.volume_error:+.1f} %"
    return (
        case.case.name,
        words(match.edit.kind),
        NONE if match.kind is None else words(match.kind),
        NONE if match.verdict is None else words(match.verdict),
        f"{about}{match.iou:.2f}",
        volume,
        _millimetres(match.base_error_m, about),
        _millimetres(match.top_error_m, about),
    )


def millimetres(metres: float) -> str:
    """A signed length in whole millimetres; nothing has no sign."""
    rounded = round(1000.0 * metres)
    return f"{rounded:+d} mm" if rounded else "0 mm"


def _millimetres(metres: float | None, about: str = "") -> str:
    return NONE if metres is None else about + millimetres(metres)


def results(measured: Sequence[Measured]) -> str:
    """Verdict, false accusations, pose and levels of each case."""
    head = ("case", "verdict", "false accusations", "pose off at centre", "attitude off", "worst storey level")
    return table(head, [_result(case) for case in measured])


def _result(case: Measured) -> tuple[str, ...]:
    accuracy = case.accuracy
    return (
        case.case.name,
        words(accuracy.verdict),
        str(len(accuracy.false_accusations)),
        NONE if accuracy.pose_error_mm is None else f"{accuracy.pose_error_mm:.1f} mm",
        NONE if accuracy.pose_error_deg is None else f"{accuracy.pose_error_deg:.4f}°",
        _worst_level(case),
    )


def _worst_level(case: Measured) -> str:
    """Levels are only known where the pose is."""
    errors = case.accuracy.storey_errors_m
    if not errors or case.accuracy.pose_error_mm is None:
        return NONE
    name, error = max(errors, key=lambda named: abs(named[1]))
    return f"{_millimetres(error)} ({name})"
