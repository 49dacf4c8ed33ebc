"""The table that ends a follow-up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cli.console import one_line
from cli.findings import size
from cli.words import words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from twin.supervision.following.ledger import Ledger, ProgressPart, Tracked

COLOURS = {
    "new": "bold red",
    "reopened": "bold red",
    "grew": "red",
    "persists": "red",
    "shrank": "yellow",
    "no_longer_observed": "yellow",
    "resolved": "green",
}
_DIGITS = {"volume_m3": (1, "m³"), "area_m2": (1, "m²"), "height_m": (2, "m")}


def show(ledger: Ledger, path: Path, lang: str, console: Console) -> None:
    """Prints every finding that was followed, how far the building is, and where the ledger lies."""
    from rich.text import Text

    said = words(lang)
    accusing = tuple(entry for entry in ledger.tracked if str(entry.finding.verdict) != "information")
    if accusing:
        console.print(tracked_table(accusing, lang))
        for entry in accusing:
            console.print(Text(one_line(f"{entry.guid[:8]}  {entry.why}")))
    else:
        console.print(said["no_tracked"])
    if counted := _counted(ledger, said):
        console.print(Text(f"{said['information']}: {counted}"))
    for line in (*ledger.notes, *progress_lines(ledger.progress, said)):
        console.print(Text(line))
    console.print(Text(f"{said['result']}: {path}"), soft_wrap=True)


def _counted(ledger: Ledger, said: dict[str, str]) -> str:
    """How many of the findings that accuse nobody are new, persist and so on."""
    standings = [str(entry.standing) for entry in ledger.tracked if str(entry.finding.verdict) == "information"]
    return ", ".join(f"{standings.count(name)} {said[name]}" for name in COLOURS if name in standings)


def tracked_table(tracked: tuple[Tracked, ...], lang: str) -> Table:
    """One row a finding: what became of it, and the size that tells it."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    said = words(lang)
    table = Table(box=box.ROUNDED, header_style="bold")
    for key in ("guid", "standing", "kind", "storey", "before", "now"):
        table.add_column(said[key], no_wrap=key == "guid", justify="right" if key in ("before", "now") else "left")
    for entry in tracked:
        standing = str(entry.standing)
        table.add_row(
            Text(entry.guid[:8]),
            Text(said[standing], style=COLOURS[standing]),
            said[str(entry.finding.kind)],
            Text(entry.finding.storey or "-"),
            *_sizes(entry),
        )
    return table


def _sizes(entry: Tracked) -> tuple[str, str]:
    """The size that was compared, before and now; only what was last seen where nothing was compared."""
    change, finding = entry.change, entry.finding
    if change is not None:
        digits, unit = _DIGITS[change.quantity]
        now = size(
            change.after,
            getattr(finding.uncertainty, change.quantity),
            digits,
            getattr(finding.at_least, change.quantity, None),
        )
        return f"{change.before:.{digits}f} {unit}", f"{now} {unit}"
    for quantity, (digits, unit) in _DIGITS.items():
        if (value := getattr(finding, quantity)) is not None:
            last = f"{size(value, getattr(finding.uncertainty, quantity), digits)} {unit}"
            return ("-", last) if entry.history[-1].finding else (last, "-")
    return "-", "-"


def progress_lines(parts: Sequence[ProgressPart], said: dict[str, str]) -> list[str]:
    """A line for each storey, and one below it for each class of which not all stand: of how many elements how many
    stand, now and before, and how many nobody saw.
    """
    storeys: dict[str | None, list[ProgressPart]] = {}
    for part in parts:
        storeys.setdefault(part.storey, []).append(part)
    lines = []
    for storey, rows in storeys.items():
        lines.append(_progress(one_line(storey or "-"), rows, said))
        lines += [_progress(f"  {one_line(row.ifc_class)}", [row], said) for row in rows if row.built < row.elements]
    return lines


def _progress(name: str, rows: Sequence[ProgressPart], said: dict[str, str]) -> str:
    total, built, before, unseen = (
        sum(getattr(row, key) for row in rows) for key in ("elements", "built", "built_before", "not_observed")
    )
    counted = f"{said['progress']} {built} {said['of']} {total}"
    return f"{name}: {counted} ({said['before']} {before}, {said['not_observed']} {unseen})"
