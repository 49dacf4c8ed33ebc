"""What a single model or cloud holds, and what is odd about it."""

from __future__ import annotations

import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.progress import Progress
from twin.arrays import Floats
from twin.design import read_design
from twin.design.model import Design, Georeference, Storey
from twin.errors import InputError
from twin.survey import open_survey
from twin.survey.model import CloudFile, FileFacts, Scan
from twin.survey.tally import Tally

CHUNK = 1_000_000
"""Points read at a time: some 50 MB."""

MOST_LISTED = 40
"""Rows of a list that a terminal shows; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Facts as (name, value) in the order of reading, and what is odd, one line each."""

    path: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def overview(path: Path, unit: str | None, progress: Progress) -> Overview:
    """Reads all of `path`, a model or a cloud, told apart by content.

    Raises
    ------
    InputError
        It is neither, or damaged.
    """
    if _is_model(path):
        progress.started("reading the model")
        design = read_design([path])
        progress.finished("reading the model")
        return Overview(str(path), design_facts(design), (*design.notes, *design.georeference.conflicts))
    survey = open_survey([path], unit)
    return _of_cloud(survey.files[0], progress)


def design_facts(design: Design) -> tuple[tuple[str, str], ...]:
    """Schema, unit, elements by role and class, storeys, extent and place on the map."""
    file = design.files[0]
    roles = Counter(element.role.value for element in design.elements)
    classes = Counter(element.ifc_class for element in design.elements)
    facts = [
        ("project", design.name or "-"),
        ("schema", file.ifc_schema),
        ("length unit", f"{file.length_unit_m:g} m"),
        ("SHA-256", file.sha256),
        ("elements", f"{len(design.elements)} ({_counted(roles)})"),
        ("classes", _counted(classes)),
        ("triangles", f"{len(design.surface.triangles):,}"),
        ("extent", _extent(design.surface.vertices)),
        *((f"storey {storey.name}", _storey(storey)) for storey in design.storeys[:MOST_LISTED]),
        *_more(len(design.storeys), "storeys"),
        *_axes(design),
        *_place(design.georeference),
    ]
    return tuple(facts)


def _axes(design: Design) -> list[tuple[str, str]]:
    """The tags of the grid, so many as a line holds."""
    tags = [axis.tag[:12] for axis in design.axes]
    more = f" and {len(tags) - MOST_LISTED} more" if len(tags) > MOST_LISTED else ""
    return [("grid axes", f"{len(tags)}: {', '.join(tags[:MOST_LISTED])}{more}")] if tags else []


def cloud_facts(facts: FileFacts) -> tuple[tuple[str, str], ...]:
    """Format, unit, points and scans, extent and coordinate system of a cloud of which every point was counted."""
    low, high = np.array(facts.box if facts.box is not None else (np.nan,) * 6).reshape(2, 3)
    stations = sum(scan.station is not None for scan in facts.scans)
    invalid = sum(scan.invalid for scan in facts.scans)
    listed = [
        ("format", facts.format),
        ("SHA-256", facts.sha256),
        ("points", f"{facts.points:,}" + (f" and {invalid:,} rays without a return" if invalid else "")),
        ("unit", facts.unit),
        ("lowest corner", _corner(low)),
        ("highest corner", _corner(high)),
        ("extent", " x ".join(f"{size:.2f}" for size in high - low) + " m"),
        ("coordinate system", facts.crs or "not stated"),
        ("captured on", facts.captured_on or "not stated"),
        ("scans", f"{len(facts.scans)}, {stations} with a known position"),
        *((f"scan {scan.name or number}", _scan(scan)) for number, scan in enumerate(facts.scans[:MOST_LISTED], 1)),
        *_more(len(facts.scans), "scans"),
    ]
    return tuple(listed)


def _is_model(path: Path) -> bool:
    if path.suffix.lower() in (".ifc", ".ifczip"):
        return True
    try:
        with path.open("rb") as stream:
            head = stream.read(64)
        if head.startswith(b"PK"):
            with zipfile.ZipFile(path) as archive:
                return any(name.lower().endswith(".ifc") for name in archive.namelist())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})", "check the path and its rights") from error
    except zipfile.BadZipFile:
        return False
    return head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"ISO-10303-21")


def _of_cloud(file: CloudFile, progress: Progress) -> Overview:
    stage, tally = "reading the cloud", Tally(file.facts, 0)
    progress.started(stage, file.facts.points)
    for chunk in file.chunks(CHUNK):
        tally.add(chunk)
        progress.advanced(stage, len(chunk.points))
    progress.finished(stage)
    facts = tally.measured()
    return Overview(facts.path, cloud_facts(facts), facts.notes)


def _storey(storey: Storey) -> str:
    floor = "floor" if storey.is_floor else "no floor"
    return f"{storey.elevation_m:+.3f} m, {floor}: {storey.why}"


def _scan(scan: Scan) -> str:
    station = "position unknown" if scan.station is None else f"at {_corner(np.array(scan.station))}"
    grid = "" if scan.grid is None else f", grid {scan.grid[0]} x {scan.grid[1]}"
    return f"{scan.points:,} points, {station}{grid}"


def _place(georeference: Georeference) -> list[tuple[str, str]]:
    facts = [("coordinate system", georeference.crs or "not stated"), ("place stated by", georeference.source)]
    if georeference.map_from_design is not None:
        facts.append(("origin on the map", _corner(georeference.map_from_design[:3, 3])))
    facts.append(("true north", f"{georeference.true_north_deg:.4f} deg anticlockwise from y"))
    if georeference.latitude_deg is not None and georeference.longitude_deg is not None:
        facts.append(("site", f"{georeference.latitude_deg:.6f} N, {georeference.longitude_deg:.6f} E"))
    return facts


def _extent(vertices: Floats) -> str:
    if not len(vertices):
        return "-"
    return " x ".join(f"{size:.2f}" for size in np.ptp(vertices, axis=0)) + " m"


def _corner(point: Floats) -> str:
    return ", ".join(f"{value:.3f}" for value in point) + " m"


def _counted(counter: Counter[str]) -> str:
    return ", ".join(
        f"{number} {name}" for name, number in sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    )


def _more(total: int, what: str) -> list[tuple[str, str]]:
    return [("", f"and {total - MOST_LISTED} more {what}")] if total > MOST_LISTED else []
