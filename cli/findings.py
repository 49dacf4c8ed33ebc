"""The findings table that ends an inspection."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cli.words import words
from twin.evidence.quantities import quantity

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from twin.evidence.schema import FindingPart, Inspection, StoreyPart

COLOURS = {
    "inconsistent": "bold red",
    "borderline": "yellow",
    "information": "cyan",
    "consistent": "bold green",
    "undecided": "blue",
}


def show(inspection: Inspection, folder: Path, lang: str, console: Console) -> None:
    """Prints findings, storeys that differ, what was seen, the verdict, and where everything lies."""
    from rich.text import Text

    said = words(lang)
    objects = [finding for finding in inspection.findings if finding.kind == "unmodelled_object"]
    listed = tuple(finding for finding in inspection.findings if finding not in objects)
    if listed:
        console.print(findings_table(listed, lang))
    else:
        console.print(said["no_findings"])
    if objects:
        console.print(said["objects"].format(count=len(objects)))
    changed = [storey for storey in inspection.storeys if storey.status in ("shifted", "unapproved")]
    for storey in changed:
        console.print(Text(_storey_line(storey, said)))
    for line in _summary(inspection, said):
        console.print(Text(line))
    for note in inspection.notes:
        console.print(Text(note))
    verdict = str(inspection.verdict)
    console.print(Text(f"{said['verdict']}: ") + Text(said[verdict], style=COLOURS[verdict]))
    console.print(Text(f"{said['result']}: {folder / 'inspection.json'}"), soft_wrap=True)
    if (folder / "viewer.html").exists():
        console.print(Text(f"{said['open']}: {folder / 'viewer.html'}"), soft_wrap=True)


def findings_table(findings: tuple[FindingPart, ...], lang: str) -> Table:
    """One row a finding, gravest first; sizes with their expanded uncertainty."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    said = words(lang)
    table = Table(box=box.ROUNDED, header_style="bold")
    for key in ("id", "verdict", "kind", "storey"):
        table.add_column(said[key], no_wrap=key == "id")
    has_grid = any(finding.grid is not None for finding in findings)
    if has_grid:
        table.add_column(said["axes"])
    for key in ("area", "volume", "height"):
        table.add_column(said[key], justify="right", no_wrap=True)
    for finding in findings:
        verdict = str(finding.verdict)
        table.add_row(
            Text(finding.id),
            Text(said[verdict], style=COLOURS[verdict]),
            said[str(finding.kind)],
            Text(finding.storey or "-"),
            *([Text(finding.grid.text if finding.grid else "-")] if has_grid else []),
            size(finding.area_m2, finding.uncertainty.area_m2, 1, finding.at_least.area_m2),
            size(finding.volume_m3, finding.uncertainty.volume_m3, 1, finding.at_least.volume_m3),
            size(finding.height_m, finding.uncertainty.height_m, 2),
        )
    return table


def size(value: float | None, uncertainty: float | None, digits: int, at_least: float | None = None) -> str:
    """``12.3 ± 0.4``, without the second part where no uncertainty is known, ``≥ 11.9`` where a side was not seen,
    ``-`` where there is no value.
    """
    return "-" if value is None else quantity(value, uncertainty, digits, at_least)


def _storey_line(storey: StoreyPart, said: dict[str, str]) -> str:
    status, measured = said[str(storey.status)], _level(storey.measured_elevation_m)
    if storey.name is None:
        return f"{said['level']} {measured}: {status}"
    return f"{said['storey']} {storey.name}: {status}, {_level(storey.design_elevation_m)} -> {measured}"


def _level(elevation_m: float | None) -> str:
    return "-" if elevation_m is None else f"{elevation_m:+.3f} m"


def _summary(inspection: Inspection, said: dict[str, str]) -> list[str]:
    pose, counted = inspection.registration, inspection.elements
    statuses = ("as_designed", "displaced", "missing", "not_observed", "not_due")
    parts = ", ".join(f"{getattr(counted, name)} {said[name]}" for name in statuses if getattr(counted, name))
    lines = [
        f"{said['elements']}: {counted.total} ({parts})" if parts else f"{said['elements']}: 0",
        f"{said['seen']}: {inspection.coverage.design_surface:.0%}",
        f"{said['pose']}: {said[str(pose.status)]}, {said['residual']} {pose.residual_rms_m * 1000:.1f} mm",
    ]
    return lines if pose.may_judge_position else [*lines, said["no_position"]]
