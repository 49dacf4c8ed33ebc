"""What supervision takes from a case folder: a few keys of ``inspection.json``, without checking the whole document."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from twin.conformity.milestone import Milestone
from twin.conformity.model import FindingVerdict, Kind, Verdict
from twin.evidence.inspection import FILE_NAME
from twin.evidence.schema import SCHEMA
from twin.supervision.failures import why_failed
from twin.supervision.model import InspectionState, MapPlace
from twin.supervision.records import InspectionRecord, Project

Outline = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class CaseFinding:
    """A finding as its case states it: m2, m3, m; outline in the design frame, m."""

    id: str
    kind: Kind
    verdict: FindingVerdict
    title: str
    storey: str | None
    area_m2: float | None
    volume_m3: float | None
    height_m: float | None
    outline: Outline


@dataclass(frozen=True, slots=True)
class Case:
    """One inspection that was asked for, and what its case holds.

    Attributes
    ----------
    verdict : Verdict or None
        None where there is no case, or none that can be read.
    wrong : str or None
        Why a case that is there cannot be read.
    failed : str or None
        Why the last run gave no case, whether or not an earlier one had.
    place : MapPlace or None
        None where the design does not say where on the map it lies.
    """

    name: str
    milestone: Milestone
    date: date
    folder: Path
    verdict: Verdict | None
    findings: tuple[CaseFinding, ...] = ()
    wrong: str | None = None
    place: MapPlace | None = None
    failed: str | None = None

    def state(self) -> InspectionState:
        """Without its findings."""
        because = self.wrong or self.failed
        return InspectionState(self.name, self.milestone, self.date, self.folder, self.verdict, because)


def read_cases(project: Project) -> tuple[Case, ...]:
    """The inspections of a record in their order, each with what its case holds. Never fails: what is wrong with a
    case stands in it.
    """
    return tuple(read_case(record, project.case_of(record)) for record in project.in_order())


def read_case(record: InspectionRecord, folder: Path) -> Case:
    """What the case of one inspection holds."""
    empty = Case(record.name, record.milestone, record.date, folder, verdict=None, failed=why_failed(folder))
    try:
        return _filled(empty, json.loads((folder / FILE_NAME).read_bytes()))
    except FileNotFoundError:
        return empty
    except OSError as error:
        return replace(empty, wrong=f"{FILE_NAME} cannot be read ({error.strerror})")
    except KeyError as error:
        return replace(empty, wrong=f"{FILE_NAME} lacks {error.args[0]}")
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        return replace(empty, wrong=f"{FILE_NAME} is malformed ({_first_line(error)})")


def _filled(empty: Case, document: Any) -> Case:
    if document["schema"] != SCHEMA:
        return replace(empty, wrong=f"{FILE_NAME} is not of schema {SCHEMA}")
    verdict = Verdict(document["verdict"])
    findings = tuple(_finding(part) for part in document["findings"])
    return replace(empty, verdict=verdict, findings=findings, place=_place(document["design"]))


def _finding(part: Mapping[str, Any]) -> CaseFinding:
    return CaseFinding(
        id=_text(part["id"]),
        kind=Kind(part["kind"]),
        verdict=FindingVerdict(part["verdict"]),
        title=_text(part["title"]),
        storey=None if part["storey"] is None else _text(part["storey"]),
        area_m2=_size(part["area_m2"]),
        volume_m3=_size(part["volume_m3"]),
        height_m=_size(part["height_m"]),
        outline=tuple((_number(x), _number(y)) for x, y in part["outline"]),
    )


def _place(design: Mapping[str, Any]) -> MapPlace | None:
    stated = design["georeference"]
    if stated["map_from_design"] is None:
        return None
    rows = tuple(tuple(_number(entry) for entry in row) for row in stated["map_from_design"])
    if [len(row) for row in rows] != [4, 4, 4, 4]:
        raise TypeError("map_from_design is no matrix of four rows")
    outline = tuple((_number(x), _number(y)) for x, y in design.get("outline", ()))
    return MapPlace(outline, rows, None if stated["crs"] is None else _text(stated["crs"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    value.encode()
    return value


def _size(value: object) -> float | None:
    return None if value is None else _number(value)


def _number(value: object) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def _first_line(error: Exception) -> str:
    return str(error).split("\n", maxsplit=1)[0][:120]
