"""One row for each approved element, as Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from twin.design.model import Design
from twin.deviation.model import ElementResult
from twin.errors import EvidenceError

COLUMNS = (
    "global_id",
    "ifc_class",
    "name",
    "storey",
    "status",
    "deviation_m",
    "expanded_uncertainty_m",
    "coverage",
    "points",
)


def write_elements(design: Design, results: Sequence[ElementResult], path: Path) -> None:
    """Writes `elements.parquet`: the result of every element, in the design's order.

    Parameters
    ----------
    design : Design
    results : sequence of ElementResult
        One for each element of `design`, in order.
    path : Path
        Overwritten. The same input gives the same bytes.

    Raises
    ------
    EvidenceError
        The results do not match the design, or the file cannot be written.
    """
    import polars as pl

    if len(results) != len(design.elements):
        raise EvidenceError(f"{len(results)} element results for {len(design.elements)} elements of the design")
    schema = {
        **dict.fromkeys(COLUMNS[:5], pl.String),
        **dict.fromkeys(COLUMNS[5:8], pl.Float64),
        "points": pl.Int64,
    }
    rows = [_row(design, result) for result in results]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    try:
        frame.write_parquet(path, compression="zstd", statistics=True)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise EvidenceError(f"{path}: the table of elements cannot be written ({error})") from error


def _row(design: Design, result: ElementResult) -> tuple[str | float | int | None, ...]:
    element = design.elements[result.element]
    storey = None if element.storey is None else design.storeys[element.storey].name
    return (
        element.global_id,
        element.ifc_class,
        element.name,
        storey,
        result.status.value,
        result.deviation_m,
        result.expanded_uncertainty_m,
        result.coverage,
        result.points,
    )
