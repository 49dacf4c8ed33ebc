"""Curves of IFC files as lines of points: axes of grids are drawn and compared by these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from twin.arrays import Floats

_STEP_RAD = np.radians(6.0)
"""Of an arc: the chord then lies within 0.14 % of the radius."""
_MOST_POINTS = 5000
"""Of one curve; what has more is no axis of a building."""


def sampled(curve: Any, angle_rad: float, is_part: bool = False) -> Floats:
    """Places along a curve.

    Parameters
    ----------
    curve : IfcCurve
        Polylines, lines, circles, ellipses, and what is trimmed or put together from them. A line without ends is
        taken from its point to the tip of its vector.
    angle_rad : float
        Radians in one plane angle of the file.
    is_part : bool
        Of a composite curve: such a part is no composite itself.

    Returns
    -------
    (n, 3) file units, the curve's own frame
        Heights are 0 where the curve is flat.

    Raises
    ------
    ValueError
        A curve of another kind, one without extent, or of too many points.
    """
    kind = curve.is_a()
    if kind == "IfcPolyline":
        points = _spatial([point.Coordinates for point in curve.Points])
    elif kind == "IfcIndexedPolyCurve":
        points = _indexed(curve)
    elif kind == "IfcLine":
        points = np.stack([_on_line(curve, 0.0), _on_line(curve, 1.0)])
    elif kind in ("IfcCircle", "IfcEllipse"):
        points = _arc(curve, 0.0, 2.0 * np.pi)
    elif kind == "IfcTrimmedCurve":
        points = _trimmed(curve, angle_rad)
    elif kind == "IfcCompositeCurve" and not is_part:
        points = _joined(_pieces(curve, angle_rad))
    else:
        raise ValueError(f"curves of kind {kind} are not read")
    if len(points) > _MOST_POINTS:
        raise ValueError("a curve of too many points")
    if len(points) < 2 or not np.isfinite(points).all() or np.ptp(points, axis=0).max() == 0.0:
        raise ValueError("a curve without extent")
    return points


def _spatial(rows: Any) -> Floats:
    """(n, 3): rows of two or three coordinates."""
    return np.array([(*row, 0.0)[:3] for row in rows], dtype=np.float64).reshape(-1, 3)


def _indexed(curve: Any) -> Floats:
    places = _spatial(curve.Points.CoordList)
    return _joined(_segments(curve, places)) if curve.Segments else places


def _segments(curve: Any, places: Floats) -> Iterator[Floats]:
    for segment in curve.Segments:
        corners = places[np.array(segment.wrappedValue, dtype=np.int64) - 1]
        yield _through(corners) if segment.is_a("IfcArcIndex") else corners


def _joined(parts: Iterator[Floats]) -> Floats:
    """All places one after another; no more parts are made than are needed to see that they are too many."""
    found: list[Floats] = []
    count = 0
    for part in parts:
        found.append(part)
        count += len(part)
        if count > _MOST_POINTS:
            raise ValueError("a curve of too many points")
    return np.concatenate(found)


def _through(corners: Floats) -> Floats:
    """Places on the arc from the first of three points through the second to the third."""
    start, middle, end = corners
    u, v = middle - start, end - start
    normal = np.cross(u, v)
    size = float(normal @ normal)
    if size <= 1e-12 * float(v @ v) ** 2:
        return corners
    centre = start + np.cross(normal, u * float(v @ v) - v * float(u @ u)) / (2.0 * size)
    x = start - centre
    y = np.cross(normal / np.sqrt(size), x)
    sweep = float(np.arctan2((end - centre) @ y, (end - centre) @ x)) % (2.0 * np.pi)
    angles = np.linspace(0.0, sweep, _steps(sweep))[:, None]
    return np.asarray(centre + np.cos(angles) * x + np.sin(angles) * y)


def _steps(sweep: float) -> int:
    return max(int(np.ceil(abs(sweep) / _STEP_RAD)), 2) + 1


def _on_line(line: Any, share: float) -> Floats:
    (start,), (way,) = _spatial([line.Pnt.Coordinates]), _spatial([line.Dir.Orientation.DirectionRatios])
    length = float(np.linalg.norm(way))
    if length == 0.0:
        raise ValueError("a line without direction")
    return np.asarray(start + way / length * float(line.Dir.Magnitude) * share)


def _frame(conic: Any) -> tuple[Floats, Floats, Floats]:
    """Centre of a circle or ellipse and its two half axes."""
    from ifcopenshell.util.placement import get_axis2placement

    place = np.asarray(get_axis2placement(conic.Position), dtype=np.float64)
    first, second = (conic.Radius, conic.Radius) if conic.is_a("IfcCircle") else (conic.SemiAxis1, conic.SemiAxis2)
    return place[:3, 3], place[:3, 0] * float(first), place[:3, 1] * float(second)


def _arc(conic: Any, start: float, end: float) -> Floats:
    centre, x, y = _frame(conic)
    angles = np.linspace(start, end, _steps(end - start))[:, None]
    return np.asarray(centre + np.cos(angles) * x + np.sin(angles) * y)


def _trimmed(curve: Any, angle_rad: float) -> Floats:
    basis = curve.BasisCurve
    ends = [_trim(basis, trim, angle_rad) for trim in (curve.Trim1, curve.Trim2)]
    if basis.is_a("IfcLine"):
        return np.stack([_on_line(basis, share) for share in ends])
    start, end = ends
    turn = 2.0 * np.pi
    sweep = (end - start) % turn if curve.SenseAgreement else -((start - end) % turn)
    return _arc(basis, start, start + (sweep or turn))


def _trim(basis: Any, trim: Any, angle_rad: float) -> float:
    """Where a curve is cut off: share of a line's vector, or angle on a circle or ellipse."""
    if basis.is_a() not in ("IfcLine", "IfcCircle", "IfcEllipse"):
        raise ValueError(f"trimmed curves of kind {basis.is_a()} are not read")
    values = [item.wrappedValue for item in trim if not item.is_a("IfcCartesianPoint")]
    if values:
        return float(values[0]) * (1.0 if basis.is_a("IfcLine") else angle_rad)
    (point,) = _spatial([trim[0].Coordinates])
    if basis.is_a("IfcLine"):
        start, way = _on_line(basis, 0.0), _on_line(basis, 1.0) - _on_line(basis, 0.0)
        return float((point - start) @ way / (way @ way))
    centre, x, y = _frame(basis)
    return float(np.arctan2((point - centre) @ y / (y @ y), (point - centre) @ x / (x @ x)))


def _pieces(curve: Any, angle_rad: float) -> Iterator[Floats]:
    for segment in curve.Segments:
        points = sampled(segment.ParentCurve, angle_rad, is_part=True)
        yield points if segment.SameSense else points[::-1]
