"""Curves of IFC files as lines of points: axes of grids are drawn and compared by these."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.arrays import Floats

_STEP_RAD = np.radians(6.0)
"""Of an arc: the chord then lies within 0.14 % of the radius."""
_DEEPEST = 8
"""Composite curves inside composite curves; more is a mistake."""
_MOST_POINTS = 5000


def sampled(curve: Any, angle_rad: float, depth: int = 0) -> Floats:
    """Places along a curve.

    Parameters
    ----------
    curve : IfcCurve
        Polylines, lines, circles, ellipses, and what is trimmed or put together from them. A line without ends is
        taken from its point to the tip of its vector.
    angle_rad : float
        Radians in one plane angle of the file.

    Returns
    -------
    (n, 3) file units, the curve's own frame
        Heights are 0 where the curve is flat.

    Raises
    ------
    ValueError
        A curve of another kind, or one without extent.
    """
    kind = curve.is_a()
    if kind == "IfcPolyline":
        points = _spatial([point.Coordinates for point in curve.Points[:_MOST_POINTS]])
    elif kind == "IfcIndexedPolyCurve":
        points = _indexed(curve)
    elif kind == "IfcLine":
        points = np.stack([_on_line(curve, 0.0), _on_line(curve, 1.0)])
    elif kind in ("IfcCircle", "IfcEllipse"):
        points = _arc(curve, 0.0, 2.0 * np.pi)
    elif kind == "IfcTrimmedCurve":
        points = _trimmed(curve, angle_rad)
    elif kind == "IfcCompositeCurve" and depth < _DEEPEST:
        points = _composite(curve, angle_rad, depth)
    else:
        raise ValueError(f"curves of kind {kind} are not read")
    if len(points) < 2 or not np.isfinite(points).all() or np.ptp(points, axis=0).max() == 0.0:
        raise ValueError("a curve without extent")
    return points


def _spatial(rows: Any) -> Floats:
    """(n, 3): rows of two or three coordinates."""
    return np.array([(*row, 0.0)[:3] for row in rows], dtype=np.float64).reshape(-1, 3)


def _indexed(curve: Any) -> Floats:
    places = _spatial(curve.Points.CoordList[:_MOST_POINTS])
    if not curve.Segments:
        return places
    parts = []
    for segment in curve.Segments[:_MOST_POINTS]:
        corners = places[np.array(segment.wrappedValue, dtype=np.int64) - 1]
        parts.append(_through(corners) if segment.is_a("IfcArcIndex") else corners)
    return np.concatenate(parts)


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


def _composite(curve: Any, angle_rad: float, depth: int) -> Floats:
    parts = []
    for segment in curve.Segments[:_MOST_POINTS]:
        points = sampled(segment.ParentCurve, angle_rad, depth + 1)
        parts.append(points if segment.SameSense else points[::-1])
    return np.concatenate(parts)
