"""Design, additions, removals and moves as named nodes of one glTF binary file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from twin.arrays import Floats, Ints
from twin.conformity.model import Change, Finding
from twin.design.model import Design, Role
from twin.deviation.model import ElementResult, ElementStatus
from twin.errors import EvidenceError
from twin.evidence.pictures.palette import CHANGE, DESIGN, NOT_OBSERVED, Rgb
from twin.evidence.pictures.solids import body_of
from twin.evidence.scene import Scene

FOLDER = {
    Change.ADDED: "additions",
    Change.REMOVED: "removals",
    Change.MOVED: "moved",
    Change.OBJECT: "objects",
}

_ALPHA = {Change.ADDED: 1.0, Change.REMOVED: 0.55, Change.MOVED: 0.85, Change.OBJECT: 0.85}
"""Removed things are seen through: they stand no more."""


def write_diff_glb(scene: Scene, path: Path) -> None:
    """Writes `diff.glb`.

    Nodes are ``design/<storey>`` for what was seen as designed, ``not_observed/<storey>`` in a colour of its own,
    ``additions/F-001``, ``removals/F-002``, ``moved/F-003`` and ``objects/F-004``. glTF is y-up: design x, y, z become
    x, z, -y, less an origin of whole metres that the scene's extras name with the case, its digest and the map.

    Parameters
    ----------
    scene : Scene
    path : Path
        Overwritten. The same scene gives the same bytes.
    """
    import trimesh

    origin = _origin(scene.design)
    out = trimesh.Scene()
    for name, triangles, colour in _design_parts(scene.design, scene.element_results):
        vertices, faces = _used(scene.design.surface.vertices, triangles)
        _add(out, name, vertices - origin, faces, colour, 1.0, {})
    for finding in scene.findings:
        body = body_of(finding, scene.design, scene.element_results)
        name = f"{FOLDER[finding.change]}/{finding.id}"
        colour = CHANGE[finding.change]
        _add(out, name, body.vertices - origin, body.triangles, colour, _ALPHA[finding.change], _facts(finding))
    out.metadata = _metadata(scene, origin)
    try:
        path.write_bytes(trimesh.exchange.gltf.export_glb(out, include_normals=False))
    except (OSError, ValueError) as error:
        raise EvidenceError(f"{path}: the differences cannot be written ({error})") from error


def _origin(design: Design) -> Floats:
    """(3,) whole metres near the building's foot: from there single precision is exact to a fraction of a mm."""
    if not len(design.surface.vertices):
        return np.zeros(3)
    low, high = design.surface.vertices.min(axis=0), design.surface.vertices.max(axis=0)
    middle = (low + high) / 2.0
    origin: Floats = np.rint(np.array([middle[0], middle[1], low[2]])) + 0.0  # no negative zero
    return origin


def _design_parts(design: Design, results: tuple[ElementResult, ...]) -> list[tuple[str, Ints, Rgb]]:
    storey = np.array([-1 if e.storey is None else e.storey for e in design.elements], dtype=np.int32)
    unseen = np.array(
        [r.status in (ElementStatus.NOT_OBSERVED, ElementStatus.NOT_DUE) for r in results], dtype=np.bool_
    )
    shown = np.array([e.role is not Role.GROUND for e in design.elements], dtype=np.bool_)
    of_triangle = design.surface.element
    parts: list[tuple[str, Ints, Rgb]] = []
    for level in range(-1, len(design.storeys)):
        label = "other" if level < 0 else design.storeys[level].name
        for prefix, colour, state in (("design", DESIGN, False), ("not_observed", NOT_OBSERVED, True)):
            chosen = (storey == level) & (unseen == state) & shown
            triangles = design.surface.triangles[chosen[of_triangle]]
            if len(triangles):
                parts.append((f"{prefix}/{label}", triangles, colour))
    return parts


def _used(vertices: Floats, triangles: Ints) -> tuple[Floats, Ints]:
    used, inverse = np.unique(triangles, return_inverse=True)
    return vertices[used], inverse.reshape(-1, 3).astype(np.int32)


def _add(
    out: Any, name: str, vertices: Floats, triangles: Ints, colour: Rgb, alpha: float, facts: dict[str, Any]
) -> None:
    import trimesh

    material = trimesh.visual.material.PBRMaterial(
        name=name.split("/", 1)[0],
        baseColorFactor=[*colour, round(255 * alpha)],
        metallicFactor=0.0,
        roughnessFactor=0.9,
        alphaMode="OPAQUE" if alpha >= 1.0 else "BLEND",
        doubleSided=True,
    )
    y_up = np.column_stack([vertices[:, 0], vertices[:, 2], -vertices[:, 1]])
    mesh = trimesh.Trimesh(
        y_up,
        triangles,
        process=False,
        visual=trimesh.visual.TextureVisuals(material=material),
        metadata=facts,
    )
    unique, count = name, 2
    while unique in out.geometry:  # storeys may share a name
        unique, count = f"{name} ({count})", count + 1
    out.add_geometry(mesh, node_name=unique, geom_name=unique)


def _facts(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "kind": finding.kind.value,
        "verdict": finding.verdict.value,
        "title": finding.title,
        "global_ids": list(finding.global_ids),
    }


def _metadata(scene: Scene, origin: Floats) -> dict[str, Any]:
    return {
        "case": scene.case,
        "digest": scene.digest,
        "captured_on": scene.captured_on,
        "verdict": scene.verdict.value,
        "unit": "m",
        "frame": "design x, y, z = origin_m + (gltf x, -gltf z, gltf y)",
        "origin_m": [float(value) for value in origin],
        "crs": scene.crs,
        "map_from_design": None if scene.map_from_design is None else scene.map_from_design.tolist(),
    }
