"""The shapes of a scene, packed: the approved model, the findings' bodies and the survey."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.arrays import Floats
from twin.conformity.model import Body, Finding
from twin.evidence.scene import Scene
from twin.evidence.viewer.cloud import blocks
from twin.evidence.viewer.meshes import STEP_M, mesh_arrays
from twin.evidence.viewer.packing import packed

Section = tuple[dict[str, Any], bytes]
"""What the page must know of a packed section, and the section."""

_BOX_SIDES = [[0, 2, 1], [0, 3, 2], [4, 5, 6], [4, 6, 7], [0, 1, 5], [0, 5, 4]]
_BOX_ENDS = [[1, 2, 6], [1, 6, 5], [2, 3, 7], [2, 7, 6], [3, 0, 4], [3, 4, 7]]


def local_origin(scene: Scene) -> Floats:
    """(3,) m, design frame: a round coordinate near the middle of the scene.

    Graphics hardware counts in 32-bit floats; near the origin these resolve micrometres.
    """
    shapes = [scene.design.surface.vertices, scene.points, *(finding.box for finding in scene.findings)]
    filled = [shape for shape in shapes if len(shape)]
    if not filled:
        return np.zeros(3)
    low = np.min([shape.min(axis=0) for shape in filled], axis=0)
    high = np.max([shape.max(axis=0) for shape in filled], axis=0)
    middle: Floats = np.rint((low + high) / 2.0)
    return middle


def model_section(scene: Scene, origin: Floats) -> Section:
    """The approved model."""
    surface = scene.design.surface
    return _section(mesh_arrays(surface.vertices - origin, surface.triangles, surface.element), {"step_m": STEP_M})


def bodies_section(scene: Scene, origin: Floats) -> Section:
    """The findings' bodies; where one has none, the box that encloses it."""
    bodies = [_body(finding) for finding in scene.findings]
    starts = np.cumsum([0, *(len(body.vertices) for body in bodies)])
    vertices = np.concatenate([np.zeros((0, 3)), *(body.vertices - origin for body in bodies)])
    triangles = np.concatenate(
        [np.zeros((0, 3), np.int64), *(body.triangles + start for body, start in zip(bodies, starts, strict=False))]
    ).astype(np.int32)
    owner = np.repeat(np.arange(len(bodies), dtype=np.int32), [len(body.triangles) for body in bodies])
    is_box = [finding.body is None for finding in scene.findings]
    return _section(mesh_arrays(vertices, triangles, owner), {"step_m": STEP_M, "is_box": is_box})


def cloud_sections(scene: Scene, origin: Floats) -> Iterator[Section]:
    """The survey, block by block."""
    cut = blocks(scene.points - origin, scene.point_deviation, scene.point_class, scene.point_rgb, scene.point_finding)
    for block in cut:
        yield _section(
            block.arrays,
            {"corner": block.corner.tolist(), "step_m": block.step_m, "spacing_m": block.spacing_m},
        )


def _section(arrays: dict[str, NDArray[Any]], about: dict[str, Any]) -> Section:
    columns, data = packed(arrays)
    return {**about, "columns": [column.as_json() for column in columns]}, data


def _body(finding: Finding) -> Body:
    if finding.body is not None:
        return finding.body
    (x0, y0, z0), (x1, y1, z1) = finding.box
    plan = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    vertices = np.array([[x, y, z] for z in (z0, z1) for x, y in plan])
    return Body(vertices, np.array(_BOX_SIDES + _BOX_ENDS, dtype=np.int32))
