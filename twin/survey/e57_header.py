"""What the header of an E57 says of each scan: pose, fields, grid, limits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twin.arrays import Floats, Matrix4
from twin.errors import SurveyError
from twin.survey.records import RE_EXPORT

CARTESIAN = ("cartesianX", "cartesianY", "cartesianZ")
SPHERICAL = ("sphericalRange", "sphericalAzimuth", "sphericalElevation")
COLOUR = ("colorRed", "colorGreen", "colorBlue")


@dataclass(frozen=True, eq=False)
class SetUp:
    """What the header says of one scan: `pose` is None where it has none, `limits` are those of colour and of
    intensity.
    """

    name: str
    records: int
    fields: tuple[str, ...]
    pose: Matrix4 | None
    grid: tuple[int, int] | None
    limits: dict[str, tuple[float, float]]

    @property
    def axes(self) -> tuple[str, str, str]:
        """Fields that hold the coordinates."""
        return CARTESIAN if set(CARTESIAN) <= set(self.fields) else SPHERICAL

    @property
    def measured_from_zero(self) -> bool:
        """Whether the structure shows that the instrument stood at the zero of the scan's own coordinates."""
        return self.grid is not None or self.axes is SPHERICAL


def set_up_of(path: Path, scan: Any, index: int) -> SetUp:
    """The header of one scan, an entry of data3D; `SurveyError` where it has no coordinates or no rigid pose."""
    from pye57 import libe57

    points = scan["points"]
    prototype = libe57.StructureNode(points.prototype())
    fields = tuple(prototype.get(i).elementName() for i in range(prototype.childCount()))
    name = text_of(scan, "name") or f"scan {index + 1}"
    set_up = SetUp(
        name, points.childCount(), fields, _pose(path, scan, name), _grid(scan, fields), _limits(scan, prototype)
    )
    if not set(set_up.axes) <= set(fields):
        raise SurveyError(f"{path}: {name} has neither cartesian nor spherical coordinates", RE_EXPORT)
    return set_up


def text_of(node: Any, name: str) -> str:
    """The text of a child, empty where it is missing."""
    return str(node[name].value()).strip() if node.isDefined(name) else ""


def number_of(node: Any, path: str) -> float | None:
    """The number at a path below `node`, whichever way it is stored; None where it is missing."""
    if not node.isDefined(path):
        return None
    leaf = node
    for part in path.split("/"):
        leaf = leaf[part]
    value = leaf.scaledValue() if hasattr(leaf, "scaledValue") else leaf.value()
    return float(value)


def _pose(path: Path, scan: Any, name: str) -> Matrix4 | None:
    """survey_from_station, by the unit quaternion's entries by name; absent parts are zero rotation or shift."""
    if not scan.isDefined("pose"):
        return None
    matrix = np.eye(4)
    if scan.isDefined("pose/rotation"):
        quaternion = np.array([number_of(scan, f"pose/rotation/{axis}") or 0.0 for axis in "wxyz"])
        norm = float(np.linalg.norm(quaternion))
        if not np.isfinite(norm) or norm < 0.5:
            raise SurveyError(f"{path}: the pose of {name} is no rotation", RE_EXPORT)
        matrix[:3, :3] = _rotation(quaternion / norm)
    if scan.isDefined("pose/translation"):
        matrix[:3, 3] = [number_of(scan, f"pose/translation/{axis}") or 0.0 for axis in "xyz"]
    if not np.isfinite(matrix).all():
        raise SurveyError(f"{path}: the pose of {name} is not finite", RE_EXPORT)
    return matrix


def _rotation(quaternion: Floats) -> Floats:
    w, x, y, z = quaternion
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def _grid(scan: Any, fields: tuple[str, ...]) -> tuple[int, int] | None:
    """Rows and columns; writers give bounds to unstructured scans as well, so the indices must be there."""
    if not {"rowIndex", "columnIndex"} <= set(fields):
        return None
    bounds = [number_of(scan, f"indexBounds/{edge}") for edge in ("rowMinimum", "rowMaximum")]
    bounds += [number_of(scan, f"indexBounds/{edge}") for edge in ("columnMinimum", "columnMaximum")]
    if any(bound is None for bound in bounds):
        return None
    first_row, last_row, first_column, last_column = (int(bound or 0) for bound in bounds)
    return (last_row - first_row + 1, last_column - first_column + 1)


def _limits(scan: Any, prototype: Any) -> dict[str, tuple[float, float]]:
    """Smallest and largest value of each colour and of intensity: of the scan, else of the field's declaration."""
    from pye57 import libe57

    limits = {}
    for field in (*COLOUR, "intensity"):
        if not prototype.isDefined(field):
            continue
        group = "intensityLimits" if field == "intensity" else "colorLimits"
        low, high = number_of(scan, f"{group}/{field}Minimum"), number_of(scan, f"{group}/{field}Maximum")
        if low is None or high is None:
            node = prototype.get(field)
            kind = {"E57_INTEGER": libe57.IntegerNode, "E57_FLOAT": libe57.FloatNode}.get(node.type().name)
            low, high = (kind(node).minimum(), kind(node).maximum()) if kind else (0.0, 255.0)
        sensible = np.isfinite([low, high]).all() and 0.0 < high - low < 1e12
        limits[field] = (float(low), float(high)) if sensible else (0.0, 1.0 if field == "intensity" else 255.0)
    return limits
