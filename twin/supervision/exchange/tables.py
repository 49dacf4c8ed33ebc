"""Projects, inspections, findings and figures as tables: CSV for spreadsheets, Parquet for programs."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.evidence.case import write_whole
from twin.evidence.sentences import SOURCE, said
from twin.supervision.counting import ESTIMATES
from twin.supervision.exchange import rows
from twin.supervision.model import ProjectState
from twin.supervision.portfolio import Figures
from twin.supervision.rates import Rate

if TYPE_CHECKING:
    import polars as pl

FIGURE = {
    "part": str, "of_part": str, "figure": str, "of": int, "among": int, "share": float, "low_95": float,
    "high_95": float, "meaning": str,
}  # fmt: skip
_FORMULA_SIGNS = "^[=+\\-@\t\r\n]"
"""A cell that begins so is run by spreadsheets (OWASP, CSV injection)."""


def write_tables(
    states: Sequence[ProjectState], figures: Figures, folder: Path, language: str = SOURCE
) -> tuple[Path, ...]:
    """Writes ``projects``, ``inspections``, ``findings``, ``figures`` and ``unreadable``, as ``.csv`` and ``.parquet``.

    CSV is UTF-8 with a byte order mark, without which spreadsheets take Chinese for another encoding; text that a
    spreadsheet would run as a formula gets an apostrophe before it, in CSV alone. The same input gives the same bytes.

    Raises
    ------
    FolderError
        A file cannot be written.
    """
    import polars as pl

    written = []
    for name, (columns, content) in _contents(states, figures, language).items():
        frame = pl.DataFrame(content, schema=dict(columns))
        for path, text in (
            (folder / f"{name}.csv", csv_of(frame)),
            (folder / f"{name}.parquet", parquet_of(frame)),
        ):
            write_whole(path, text)
            written.append(path)
    return tuple(written)


def _contents(
    states: Sequence[ProjectState], figures: Figures, language: str
) -> dict[str, tuple[Mapping[str, type], list[dict[str, Any]]]]:
    return {
        "projects": (rows.PROJECT, [rows.project_row(state) for state in states]),
        "inspections": (
            rows.INSPECTION,
            [rows.inspection_row(state, each) for state in states for each in state.inspections],
        ),
        "findings": (rows.FINDING, [rows.finding_row(state, each) for state in states for each in state.findings]),
        "figures": (FIGURE, list(figure_rows(figures, language))),
        "unreadable": (rows.UNREADABLE, list(map(rows.unreadable_row, figures.unreadable))),
    }


def figure_rows(figures: Figures, language: str = SOURCE) -> Iterator[dict[str, Any]]:
    """A row for each rate of the whole (`part` "all") and of each district, month, milestone and kind; what it counts
    is said in `language`.
    """
    yield from _rates("all", None, figures.rates, language)
    for part, groups in (
        ("district", figures.by_district),
        ("month", figures.by_month),
        ("milestone", figures.by_milestone),
        ("kind", figures.by_kind),
    ):
        for name, rates in groups.items():
            yield from _rates(part, None if name is None else str(name), rates, language)


def _rates(part: str, of_part: str | None, rates: Mapping[str, Rate], language: str) -> Iterator[dict[str, Any]]:
    for name, rate in rates.items():
        low, high = (name in ESTIMATES and rate.interval()) or (None, None)
        yield {
            "part": part, "of_part": of_part, "figure": name, "of": rate.of, "among": rate.among,
            "share": rate.share, "low_95": low, "high_95": high,
            "meaning": said(rate.meaning, language),
        }  # fmt: skip


def csv_of(frame: pl.DataFrame) -> bytes:
    """The table as CSV that a spreadsheet takes for what it is, and runs nothing of."""
    import polars as pl

    text, stream = pl.col(pl.String), io.BytesIO()
    guarded = pl.when(text.str.contains(_FORMULA_SIGNS)).then("'" + text).otherwise(text).name.keep()
    frame.with_columns(guarded).write_csv(stream, include_bom=True)
    return stream.getvalue()


def parquet_of(frame: pl.DataFrame) -> bytes:
    """The table as Parquet; equal tables are equal bytes."""
    stream = io.BytesIO()
    frame.write_parquet(stream, compression="zstd")
    return stream.getvalue()
