"""Door of control points, and the pose that rests on them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.arrays import Flags, Floats, Matrix4, frozen
from twin.delimited import Line, read_lines
from twin.errors import InputError, Underconstrained
from twin.frames import move
from twin.registration.anchors.rigid import fitted

_COLUMNS = ("name", "e", "n", "h", "role", "sigma")
_NUMBERS = ("e", "n", "h", "sigma")
_IN_FILE = ("x", "y", "z")
_ROLES = ("control", "check")
_HINT = (
    "write one line for each point with the columns name, E, N, H, role (control or check), sigma: map coordinates and"
    " standard uncertainty in metres; with x, y, z, its coordinates in the cloud's file, if it is to fix the pose"
)


@dataclass(frozen=True, eq=False)
class ControlPoints:
    """Points whose place on the map is known.

    Attributes
    ----------
    names : tuple of str
    on_map : (n, 3) m
        Eastings, northings, height.
    in_file : (n, 3), file coordinates in the file's own unit, or None
        Where they were found in the cloud; None where nobody said: they fix no pose then, and check heights only.
    sigma_m : (n,) m
        Standard uncertainty of each, per axis.
    is_check : (n,) bool
        Takes no part in the fit.
    """

    names: tuple[str, ...]
    on_map: Floats
    in_file: Floats | None
    sigma_m: Floats
    is_check: Flags


@dataclass(frozen=True, eq=False)
class ControlFit:
    """A pose by control points.

    Attributes
    ----------
    map_from_file : (4, 4) float
    residual_m : (n, 3) m, map axes
        Where the pose puts each point, less where it is; check points included.
    control_rms_m, check_rms_m : float
        Root mean square length of the residuals; `check_rms_m` is NaN without check points.
    """

    map_from_file: Matrix4
    residual_m: Floats
    control_rms_m: float
    check_rms_m: float


def read_control(path: Path) -> ControlPoints:
    """Control points from a CSV file.

    Parameters
    ----------
    path : Path
        Columns name, E, N, H, role, sigma and, all or none, x, y, z, in any order, with a header line.

    Raises
    ------
    InputError
        Unreadable, a column or number missing, a name twice, or a role that is neither control nor check.
    """
    header, lines = read_lines(path, _COLUMNS, _HINT)
    in_file = _IN_FILE if any(column in header for column in _IN_FILE) else ()
    if missing := [column for column in in_file if column not in header]:
        raise InputError(f"{path}: lacks the column {missing[0]}", _HINT)
    numbers = (*_NUMBERS, *in_file)
    records = [([line.value(key) for key in numbers], _role(line)) for line in lines]
    names = tuple(line.cells["name"] for line in lines)
    if len(set(names)) < len(names):
        raise InputError(f"{path}: a point is named twice", "give every point its own name")
    table = np.array([values for values, _ in records]).reshape(-1, len(numbers))
    if np.any(table[:, 3] <= 0.0):
        raise InputError(f"{path}: a sigma is not above zero", _HINT)
    checks = np.array([role == "check" for _, role in records], dtype=np.bool_)
    found = frozen(table[:, 4:].copy()) if in_file else None
    return ControlPoints(names, frozen(table[:, :3].copy()), found, frozen(table[:, 3].copy()), frozen(checks))


def _role(line: Line) -> str:
    role = line.cells.get("role", "").lower()
    if role not in _ROLES:
        raise line.wrong(f"role is {role!r}")
    return role


def fit_control(points: ControlPoints, unit_m: float = 1.0, free_scale: bool = False) -> ControlFit:
    """Weighted least squares over the control points; check points only judge.

    Parameters
    ----------
    points : ControlPoints
    unit_m : float
        Metres in the cloud's unit.
    free_scale : bool
        Whether the cloud's size is solved too.

    Raises
    ------
    Underconstrained
        Fewer than three control points, all on one line, or none of which the place in the cloud is known.
    """
    if points.in_file is None:
        raise Underconstrained("the control points say nothing of the cloud", "add the columns x, y, z")
    used = ~points.is_check
    source = points.in_file * unit_m
    matrix = fitted(source[used], points.on_map[used], 1.0 / points.sigma_m[used] ** 2, free_scale)
    residual = move(matrix, source) - points.on_map
    matrix[:3, :3] *= unit_m
    return ControlFit(matrix, frozen(residual), _rms(residual[used]), _rms(residual[points.is_check]))


def _rms(residual: Floats) -> float:
    return float(np.sqrt((residual**2).sum(axis=1).mean())) if len(residual) else float("nan")
