"""Projects, inspections, findings and figures as tables: CSV for spreadsheets, Parquet for programs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.evidence.case import FolderError
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


def write_tables(states: Sequence[ProjectState], figures: Figures, folder: Path) -> tuple[Path, ...]:
    """Writes ``projects``, ``inspections``, ``findings`` and ``figures``, each as ``.csv`` and ``.parquet``.

    CSV is UTF-8 with a byte order mark, without which spreadsheets take Chinese for another encoding; text that a
    spreadsheet would run as a formula gets an apostrophe before it, in CSV alone. The same input gives the same bytes.

    Raises
    ------
    FolderError
        A file cannot be written.
    """
    import polars as pl

    written = []
    for name, (columns, content) in _contents(states, figures).items():
        frame = pl.DataFrame(content, schema=dict(columns))
        for path, write in (
            (
                folder / f"{name}.csv",
                lambda partial, frame=frame: _harmless(frame).write_csv(partial, include_bom=True),
            ),
            (folder / f"{name}.parquet", lambda partial, frame=frame: frame.write_parquet(partial, compression="zstd")),
        ):
            with _replacing(path) as partial:
                write(partial)
            written.append(path)
    return tuple(written)


def _contents(
    states: Sequence[ProjectState], figures: Figures
) -> dict[str, tuple[Mapping[str, type], list[dict[str, Any]]]]:
    return {
        "projects": (rows.PROJECT, [rows.project_row(state) for state in states]),
        "inspections": (
            rows.INSPECTION,
            [rows.inspection_row(state, each) for state in states for each in state.inspections],
        ),
        "findings": (rows.FINDING, [rows.finding_row(state, each) for state in states for each in state.findings]),
        "figures": (FIGURE, list(figure_rows(figures))),
    }


def figure_rows(figures: Figures) -> Iterator[dict[str, Any]]:
    """A row for each rate of the whole (`part` "all") and of each district, month, milestone and kind."""
    yield from _rates("all", None, figures.rates)
    for part, groups in (
        ("district", figures.by_district),
        ("month", figures.by_month),
        ("milestone", figures.by_milestone),
        ("kind", figures.by_kind),
    ):
        for name, rates in groups.items():
            yield from _rates(part, None if name is None else str(name), rates)


def _rates(part: str, of_part: str | None, rates: Mapping[str, Rate]) -> Iterator[dict[str, Any]]:
    for name, rate in rates.items():
        low, high = (name in ESTIMATES and rate.interval()) or (None, None)
        yield {
            "part": part, "of_part": of_part, "figure": name, "of": rate.of, "among": rate.among,
            "share": rate.share, "low_95": low, "high_95": high, "meaning": rate.meaning,
        }  # fmt: skip


def _harmless(frame: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    text = pl.col(pl.String)
    return frame.with_columns(pl.when(text.str.contains(_FORMULA_SIGNS)).then("'" + text).otherwise(text).name.keep())


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to; it takes the place of `path` when the block ends well."""
    import polars as pl

    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FolderError(f"{path}: cannot be written ({error})", "give a folder that you may write to") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
