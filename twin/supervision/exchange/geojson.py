"""Projects and findings for the city's map, as RFC 7946 wants them: WGS 84, longitude first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from twin.design.crs import tidy
from twin.evidence.case import write_whole
from twin.supervision.exchange.places import (
    Place,
    Way,
    anticlockwise,
    on_map,
    outline_or_point,
    system_of,
    to_degrees,
)
from twin.supervision.exchange.rows import finding_row, project_row
from twin.supervision.model import ProjectState

PROJECTS, FINDINGS = "projects.geojson", "findings.geojson"
_DEGREE_DIGITS, _METRE_DIGITS = 9, 4
"""Both a tenth of a millimetre: the file is no less exact than the model."""


def write_geojson(states: Sequence[ProjectState], folder: Path) -> tuple[str, ...]:
    """Writes ``projects.geojson`` and ``findings.geojson`` into `folder`.

    A feature for each project (footprint, else the point of its record) and one for each finding (outline). Where the
    system of all projects is one that PROJ cannot bring to WGS 84, such as a city's own, the files keep its coordinates
    and name it in a member ``crs``, which RFC 7946 does not know; what is in yet another system, or nowhere, has
    geometry null. Coordinates stand in the properties of a project in any case.

    Returns
    -------
    tuple of str
        What a reader of the files must know.

    Raises
    ------
    FolderError
        A file cannot be written.
    """
    own = _own_system(states)
    projects = [_feature(project_row(state), outline_or_point(state), system_of(state), own) for state in states]
    findings = [
        _feature(finding_row(state, finding), on_map(state, finding), state.map_crs, own)
        for state in states
        for finding in state.findings
    ]
    write_whole(folder / PROJECTS, _document(projects, own))
    write_whole(folder / FINDINGS, _document(findings, own))
    return _notes(states, projects, findings, own)


def _own_system(states: Sequence[ProjectState]) -> str | None:
    """The one system in which the files are written because nothing can be brought to WGS 84; None usually."""
    systems = _systems(states)
    if len(systems) != 1:
        return None
    (system,) = systems
    return system if to_degrees(system) is None else None


def _systems(states: Sequence[ProjectState]) -> set[str]:
    """Of all places and outlines."""
    of_projects = {tidy(system_of(state)) for state in states if outline_or_point(state)}
    of_findings = {tidy(state.map_crs) for state in states if state.map_from_design is not None and state.findings}
    return {system for system in of_projects | of_findings if system is not None}


def _feature(row: dict[str, Any], places: tuple[Place, ...], crs: str | None, own: str | None) -> dict[str, Any]:
    return {"type": "Feature", "geometry": _geometry(places, crs, own), "properties": row}


def _geometry(places: tuple[Place, ...], crs: str | None, own: str | None) -> dict[str, Any] | None:
    if not places or crs is None:
        return None
    if own is not None:
        return _shape(places, _METRE_DIGITS) if tidy(crs) == own else None
    way: Way | None = to_degrees(crs)
    found = None if way is None else way.of(places)
    return None if found is None else _shape(found, _DEGREE_DIGITS)


def _shape(places: tuple[Place, ...], digits: int) -> dict[str, Any]:
    if len(places) < 3:
        return {"type": "Point", "coordinates": [round(value, digits) for value in places[0]]}
    ring = [[round(x, digits), round(y, digits)] for x, y in anticlockwise(places)]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def _document(features: list[dict[str, Any]], own: str | None) -> str:
    head: dict[str, Any] = {"type": "FeatureCollection"}
    if own is not None:
        head["crs"] = {"type": "name", "properties": {"name": own}}
    lines = [json.dumps(feature, ensure_ascii=False, allow_nan=False) for feature in features]
    start = json.dumps(head, ensure_ascii=False)[:-1]
    return f'{start}, "features": [\n' + ",\n".join(lines) + "\n]}\n"


def _notes(
    states: Sequence[ProjectState], projects: list[dict[str, Any]], findings: list[dict[str, Any]], own: str | None
) -> tuple[str, ...]:
    ways = [to_degrees(system) for system in sorted(_systems(states))]
    notes = list(dict.fromkeys(way.note for way in ways if way is not None and way.note))
    if own is not None:
        notes.append(f"the maps keep the coordinates of {own}, which has no known way to WGS 84")
    for features, what in ((projects, "projects"), (findings, "findings")):
        unplaced = sum(feature["geometry"] is None for feature in features)
        if unplaced:
            notes.append(f"{unplaced} of {len(features)} {what} have no place on the map")
    return tuple(notes)
