"""What the page says in words and numbers, as JSON."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from twin.arrays import Floats
from twin.conformity.model import Finding, StoreyResult
from twin.design.bays import Bay
from twin.evidence.axes import axes_text, bays_of_finding
from twin.evidence.scene import Scene

_DECIMALS = 6
"""Micrometres: finer than anything measured, short to write."""


def facts_of(scene: Scene, origin: Floats, language: str, inspection: dict[str, Any] | None) -> dict[str, Any]:
    """Everything about a scene but its shapes.

    Parameters
    ----------
    origin : (3,) m, design frame
        The page's local origin.
    language : {"en", "zh"}
        In which the page opens.
    inspection : dict or None
        The inspection's result, from which registration, coverage and indicators are shown.
    """
    facts = {
        "case": scene.case,
        "captured_on": scene.captured_on,
        "digest": scene.digest,
        "verdict": scene.verdict.value,
        "language": language,
        "origin": origin.tolist(),
        "north_deg": scene.north_deg,
        "tolerance_m": scene.tolerance_m,
        "crs": scene.crs,
        "map_from_design": None if scene.map_from_design is None else scene.map_from_design.tolist(),
        "design": scene.design.name,
        "findings": [_finding(scene, finding) for finding in scene.findings],
        "storeys": [_storey(storey) for storey in scene.storeys],
        "levels": [
            {"name": level.name, "elevation_m": level.elevation_m} for level in scene.design.storeys if level.is_floor
        ],
        "elements": _elements(scene),
        "axes": [{"tag": axis.tag, "points": (axis.points - origin).tolist()} for axis in scene.design.axes],
        "stations": (scene.stations.reshape(-1, 3) - origin).tolist(),
        "points": len(scene.points),
        "box": None if not len(scene.points) else _box(scene.points - origin),
        "has_photo": scene.point_rgb is not None,
        "inspection": _extract(inspection),
    }
    return {name: _clean(value) for name, value in facts.items()}


def _box(points: Floats) -> list[list[float]]:
    return [points.min(axis=0).tolist(), points.max(axis=0).tolist()]


def _finding(scene: Scene, finding: Finding) -> dict[str, Any]:
    index = {element.global_id: element.index for element in scene.design.elements}
    bays = bays_of_finding(scene.design.axes, finding)
    return {
        "id": finding.id,
        "kind": finding.kind.value,
        "verdict": finding.verdict.value,
        "change": finding.change.value,
        "storey": finding.storey,
        "title": finding.title,
        "box": finding.box.tolist(),
        "area_m2": finding.area_m2,
        "volume_m3": finding.volume_m3,
        "height_m": finding.height_m,
        "uncertainty": finding.uncertainty,
        "at_least": finding.at_least,
        "confidence": finding.confidence,
        "elements": [index[global_id] for global_id in finding.global_ids if global_id in index],
        "points": len(finding.points),
        "caveats": list(finding.caveats),
        "rule": finding.rule,
        "axes": _place(bays),
        "pictures": [],
    }


def _place(bays: tuple[Bay, ...]) -> dict[str, Any] | None:
    """Where a finding lies by the axes, in both languages of the page, and the tags by which that is said."""
    if not bays:
        return None
    tags = dict.fromkeys(tag for bay in bays for tag in (bay.start, bay.end))
    return {language: axes_text(bays, language) for language in ("en", "zh")} | {"tags": list(tags)}


def _storey(storey: StoreyResult) -> dict[str, Any]:
    return {
        "name": storey.name,
        "status": storey.status.value,
        "design_elevation_m": storey.design_elevation_m,
        "measured_elevation_m": storey.measured_elevation_m,
        "expanded_uncertainty_m": storey.expanded_uncertainty_m,
        "height_m": storey.height_m,
    }


def _elements(scene: Scene) -> dict[str, list[Any]]:
    """One list for each property: thousands of elements pack better so."""
    elements = scene.design.elements
    results = scene.element_results
    storeys = scene.design.storeys
    return {
        "global_id": [element.global_id for element in elements],
        "name": [element.name for element in elements],
        "ifc_class": [element.ifc_class for element in elements],
        "role": [element.role.value for element in elements],
        "closed": [element.is_closed for element in elements],
        "storey": [None if element.storey is None else storeys[element.storey].name for element in elements],
        "status": [result.status.value for result in results],
        "deviation_m": [result.deviation_m for result in results],
        "expanded_uncertainty_m": [result.expanded_uncertainty_m for result in results],
        "coverage": [result.coverage for result in results],
        "points": [result.points for result in results],
    }


def _extract(inspection: dict[str, Any] | None) -> dict[str, Any]:
    """The parts of an inspection's result that the page shows; each may be absent."""
    found = inspection or {}
    return {key: found.get(key) for key in ("registration", "coverage", "indicators", "versions")}


def _clean(value: Any) -> Any:
    """`value` as JSON knows it: no NaN, no numpy, no more digits than mean something."""
    if isinstance(value, dict):
        return {str(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if isinstance(value, np.generic):
        return _clean(value.item())
    if isinstance(value, float):
        return round(value, _DECIMALS) if math.isfinite(value) else None
    return value
