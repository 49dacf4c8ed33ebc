"""Plan outlines: from cells to polygons whose edges lie on the walls that were seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.arrays import Flags, Floats
from twin.massing.columns import Raster

_FACE_M = 0.05  # points of one wall face lie within this of each other, both sides of noise and plaster
_STAIRS_CELLS = 1.5
_LEAST_EDGE_M = 0.5
_LEAST_HOLE_M2 = 1.0  # smaller ones are shafts of chimneys and pipes
_BEVEL_M = 1.5
_LEAST_POINTS = 8
_ALIKE = 0.97  # faces within 14 degrees of an edge run along it
_BESIDE_M = 1.0
_LARGE = 0.3  # share of the largest face from which another is as good a bound
_PARTS = 10  # of an edge, most of which a face must show
_TURN = 0.27  # largest rise of a wall over the edge that stands for it: 15 degrees
_REFITS = 3
_PARALLEL = 0.05  # sine of the largest turn between edges on one face
_GRID_M = 1e-6
_STRAIGHT_M = 0.02  # corners that stand out less than this are none


def polygon_of(mask: Flags, raster: Raster) -> Floats:
    """Outer boundary of the largest connected part of a mask.

    Parameters
    ----------
    mask : (columns, rows) bool
    raster : Raster

    Returns
    -------
    outline : (k, 2) m
        Anticlockwise, not closed, stairs of slanting edges smoothed; empty where the mask is.
    """
    from shapely.geometry.polygon import orient

    largest = _largest(mask)
    if largest is None:
        return np.zeros((0, 2))
    return _in_metres(orient(largest.simplify(_STAIRS_CELLS)).exterior, raster)


def holes_of(mask: Flags, raster: Raster) -> tuple[Floats, ...]:
    """Courts and shafts in the largest connected part of a mask: (k, 2) m each, anticlockwise, not closed."""
    from shapely import Polygon
    from shapely.geometry.polygon import orient

    largest = _largest(mask)
    if largest is None:
        return ()
    least = _LEAST_HOLE_M2 / raster.cell_m**2
    holes = [orient(Polygon(ring).simplify(_STAIRS_CELLS)) for ring in largest.interiors]
    return tuple(_in_metres(hole.exterior, raster) for hole in holes if hole.area >= least)


def _largest(mask: Flags) -> Any:
    """The largest connected part of a mask as a polygon, in cells; None where the mask is empty."""
    from shapely import box, union_all

    runs = []  # in whole cells, so that neighbours share their edge exactly
    for column in np.flatnonzero(mask.any(axis=1)):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], mask[column].astype(np.int8), [0]])))
        runs += [box(column, first, column + 1, last) for first, last in edges.reshape(-1, 2)]
    if not runs:
        return None
    whole = union_all(runs)
    parts = list(whole.geoms) if whole.geom_type == "MultiPolygon" else [whole]
    return max(parts, key=lambda part: (part.area, part.bounds))


def _in_metres(ring: Any, raster: Raster) -> Floats:
    cells = np.asarray(ring.coords, dtype=np.float64)[:-1]
    return np.asarray(raster.low + cells * raster.cell_m)


def area_of(outline: Floats) -> float:
    """Area of a polygon, m2; positive where anticlockwise."""
    x, y = outline[:, 0], outline[:, 1]
    return float(0.5 * (x @ np.roll(y, -1) - y @ np.roll(x, -1)))


@dataclass(frozen=True, eq=False)
class Faces:
    """Upright faces of the approved building: points (n, 3) m and outward normals (n, 3), design frame."""

    points: Floats
    normals: Floats

    def between(self, low_m: float, high_m: float) -> Faces:
        """Those between two levels."""
        keep = (self.points[:, 2] > low_m) & (self.points[:, 2] < high_m)
        return Faces(self.points[keep], self.normals[keep])


def on_faces(outline: Floats, walls: Floats, bounded: Flags, approved: Faces, looking: float, reach_m: float) -> Floats:
    """Lay each edge of an outline on the face that runs along it: an approved one, or a wall that was seen.

    All lines together divide the plan into cells; the cells that lie mostly in the given outline are the new one. So
    corners are where faces meet, however the raster cut them off.

    Parameters
    ----------
    outline : (k, 2) m
        Anticlockwise.
    walls : (n, 3) m
        Points on upright structure that was not approved.
    bounded : (k,) bool
        Edges that lie at approved structure; each leads from a corner to the next.
    approved : Faces
        On which these come to lie; where none is near they stay where they are.
    looking : float
        1 where approved faces look out of the outline, -1 where they look into it.
    reach_m : float
        Faces farther than this from an edge do not belong to it.

    Returns
    -------
    (m, 2) m
        The outline as given where the faces do not close to one polygon of similar size.
    """
    lines = []
    for row, (start, end) in enumerate(zip(outline, np.roll(outline, -1, axis=0), strict=True)):
        line = (
            _approved_line(start, end, approved, looking, reach_m)
            if bounded[row]
            else _wall_line(start, end, walls, reach_m)
        )
        length = float(np.linalg.norm(end - start))
        lines.append(line or _Line(start, end, start, (end - start) / max(length, 1e-9), on_face=False))
    found = _cells_within(_joined(_without_bevels(lines, reach_m)), outline, reach_m)
    return outline if found is None else found


@dataclass(frozen=True, eq=False)
class _Line:
    """An edge (start, end) and the line (point, direction) on which it lies; `on_face` where a face is there."""

    start: Floats
    end: Floats
    point: Floats
    direction: Floats
    on_face: bool = True

    def length(self) -> float:
        """Of the edge as the raster has it, m."""
        return float(np.linalg.norm(self.end - self.start))

    def reaching(self, beyond_m: float) -> Floats:
        """(2, 2) m: the edge on its line, longer by `beyond_m` at both ends."""
        first, last = (float((place - self.point) @ self.direction) for place in (self.start, self.end))
        return np.vstack(
            [self.point + (first - beyond_m) * self.direction, self.point + (last + beyond_m) * self.direction]
        )


def _without_bevels(lines: list[_Line], reach_m: float) -> list[_Line]:
    """The lines less short ones without a face that cut a corner in which two others meet: the raster made them."""
    firm = [row for row, line in enumerate(lines) if line.on_face or line.length() > _BEVEL_M]
    dropped: set[int] = set()
    for before, after in zip(firm, [*firm[1:], *firm[:1]], strict=True):
        between = [(before + step) % len(lines) for step in range(1, (after - before) % len(lines))]
        meeting = _crossing(lines[before], lines[after])
        middle = 0.5 * (lines[before].end + lines[after].start)
        near = meeting is not None and float(np.linalg.norm(meeting - middle)) <= 2.0 * reach_m
        if near and sum(lines[row].length() for row in between) <= _BEVEL_M:
            dropped.update(between)
    return [line for row, line in enumerate(lines) if row not in dropped]


def _joined(lines: list[_Line]) -> list[_Line]:
    """The lines with neighbours that lie on one face made one: all but parallel, they would miss each other."""
    joined: list[_Line] = []
    for line in lines:
        if joined and _on_one_face(joined[-1], line):
            joined[-1] = _both(joined[-1], line)
        else:
            joined.append(line)
    if len(joined) > 1 and _on_one_face(joined[-1], joined[0]):
        joined[0] = _both(joined.pop(), joined[0])
    return joined


def _on_one_face(one: _Line, other: _Line) -> bool:
    cross = one.direction[0] * other.direction[1] - one.direction[1] * other.direction[0]
    way = np.vstack([other.reaching(0.0), one.reaching(0.0)]) - one.point
    off = way @ np.array([one.direction[1], -one.direction[0]])
    return bool(abs(cross) <= _PARALLEL and one.direction @ other.direction > 0.0 and np.abs(off).max() <= _FACE_M)


def _both(one: _Line, other: _Line) -> _Line:
    """Two edges as one, on the line of the longer."""
    longer = one if one.length() >= other.length() else other
    return _Line(one.start, other.end, longer.point, longer.direction)


def _cells_within(lines: list[_Line], outline: Floats, reach_m: float) -> Floats | None:
    """Outer boundary of all cells between the lines that lie mostly in an outline; None where it is not alike."""
    from shapely import LineString, Polygon, polygonize, union_all
    from shapely.geometry.polygon import orient

    given = Polygon(outline).buffer(0.0)
    net = union_all([LineString(line.reaching(3.0 * reach_m)) for line in lines], grid_size=_GRID_M)
    cells = [cell for cell in polygonize([net]).geoms if cell.intersection(given).area > 0.5 * cell.area]
    if not cells:
        return None
    whole = union_all(cells).buffer(0.0)
    largest = max(getattr(whole, "geoms", [whole]), key=lambda part: float(part.area))
    if abs(largest.area - given.area) > given.length * reach_m:
        return None
    plain = orient(Polygon(largest.exterior).simplify(_STRAIGHT_M))
    return np.asarray(plain.exterior.coords, dtype=np.float64)[:-1]


def _crossing(before: _Line, after: _Line) -> Floats | None:
    """Where two lines meet; None where they run nearly alike."""
    (p, d), (q, e) = (before.point, before.direction), (after.point, after.direction)
    cross = d[0] * e[1] - d[1] * e[0]
    if abs(cross) <= 0.2:
        return None
    return np.asarray(p + ((q - p)[0] * e[1] - (q - p)[1] * e[0]) / cross * d)


def _approved_line(start: Floats, end: Floats, approved: Faces, looking: float, reach_m: float) -> _Line | None:
    """The line of the outermost of the large approved faces along an edge; None where none runs along it.

    Faces a little beyond the ends of the edge count: behind an opening a pane alone lies along it, and the wall beside
    and over the opening is what bounds the building.
    """
    length = float(np.linalg.norm(end - start))
    along = (end - start) / max(length, 1e-9)
    outward = np.array([along[1], -along[0]])
    way = approved.points[:, :2] - start
    run, off = way @ along, way @ outward
    mine = (np.abs(off) <= reach_m) & (run > -_BESIDE_M) & (run < length + _BESIDE_M)
    mine &= looking * (approved.normals[:, :2] @ outward) >= _ALIKE
    if length < _LEAST_EDGE_M or mine.sum() < _LEAST_POINTS:
        return None
    values, counts = np.unique(np.round(off[mine] / _FACE_M).astype(np.int64), return_counts=True)
    large = values[counts >= _LARGE * counts.max()]
    outermost = float(large[(looking * large).argmax()]) * _FACE_M
    face = np.flatnonzero(mine)[np.abs(off[mine] - outermost) <= _FACE_M]
    normal = np.median(approved.normals[face, :2], axis=0) * looking
    normal /= np.linalg.norm(normal)
    places = approved.points[face, :2]
    point = places[0] + float(np.median((places - places[0]) @ normal)) * normal
    return _Line(start, end, point, np.array([-normal[1], normal[0]]))


def _wall_line(start: Floats, end: Floats, walls: Floats, reach_m: float) -> _Line | None:
    """The line of the outermost wall face along an edge; None where no wall runs along it."""
    length = float(np.linalg.norm(end - start))
    along = (end - start) / max(length, 1e-9)
    outward = np.array([along[1], -along[0]])
    way = walls[:, :2] - start
    run, off = way @ along, way @ outward
    mine = (np.abs(off) <= reach_m) & (run > 0.1 * length) & (run < 0.9 * length)
    if length < _LEAST_EDGE_M or mine.sum() < _LEAST_POINTS:
        return None
    slope, level = _slope(run[mine], off[mine])
    face = mine & (np.abs(off - slope * run - level) <= 0.5 * _FACE_M)
    for _ in range(_REFITS):
        if face.sum() < _LEAST_POINTS or float(np.ptp(run[face])) <= 1.0:
            break
        slope, level = (float(value) for value in np.polyfit(run[face], off[face], 1))
        face = mine & (np.abs(off - slope * run - level) <= 0.5 * _FACE_M)
    if face.sum() < _LEAST_POINTS or not _runs_along(run[face], length):
        return None
    turned = along + slope * outward
    place = float(np.median(run[face]))
    middle = start + place * along + float(np.median(off[face] - slope * (run[face] - place))) * outward
    return _Line(start, end, middle, turned / np.linalg.norm(turned))


def _runs_along(run: Floats, length: float) -> bool:
    """Whether points lie along most of an edge, and not only where it crosses a wall."""
    parts = np.clip((run / length * _PARTS).astype(np.int64), 0, _PARTS - 1)
    return len(np.unique(parts)) >= 0.6 * _PARTS


def _slope(run: Floats, off: Floats) -> tuple[float, float]:
    """Rise and offset over an edge of the outermost face: of the strip on which most points lie farthest out.

    Edges of a simplified raster turn from the wall that they follow by up to a few cells over their length.
    """
    steps = max(round(float(np.ptp(run)) / _FACE_M), 10)
    slopes = np.linspace(-_TURN, _TURN, 2 * min(steps, 100) + 1)
    part = slice(None, None, max(len(run) // 500, 1))
    levels = off[None, part] - slopes[:, None] * run[None, part]
    outermost = np.percentile(levels, 95.0, axis=1)
    best = int((np.abs(levels - outermost[:, None]) <= 0.5 * _FACE_M).sum(axis=1).argmax())
    return float(slopes[best]), float(outermost[best])
