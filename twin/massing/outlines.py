"""Plan outlines: from cells to polygons whose edges lie on the walls that were seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats
from twin.massing.columns import Raster

_FACE_M = 0.05  # points of one wall face lie within this of each other, both sides of noise and plaster
_STAIRS_CELLS = 1.5
_LEAST_EDGE_M = 0.5
_BEVEL_M = 1.0
_LEAST_POINTS = 8


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
    from shapely import box, union_all
    from shapely.geometry.polygon import orient

    runs = []  # in whole cells, so that neighbours share their edge exactly
    for column in np.flatnonzero(mask.any(axis=1)):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], mask[column].astype(np.int8), [0]])))
        runs += [box(column, first, column + 1, last) for first, last in edges.reshape(-1, 2)]
    if not runs:
        return np.zeros((0, 2))
    whole = union_all(runs)
    parts = list(whole.geoms) if whole.geom_type == "MultiPolygon" else [whole]
    largest = max(parts, key=lambda part: (part.area, part.bounds))
    simple = orient(largest.simplify(_STAIRS_CELLS))
    cells = np.asarray(simple.exterior.coords, dtype=np.float64)[:-1]
    return np.asarray(raster.low + cells * raster.cell_m)


def area_of(outline: Floats) -> float:
    """Area of a polygon, m2; positive where anticlockwise."""
    x, y = outline[:, 0], outline[:, 1]
    return float(0.5 * (x @ np.roll(y, -1) - y @ np.roll(x, -1)))


def on_walls(outline: Floats, walls: Floats, bounded: Flags, reach_m: float) -> Floats:
    """Move each edge of an outline onto the outermost wall face that runs along it.

    Short edges without a wall of their own are chamfers of the raster: their neighbours meet in a corner instead.

    Parameters
    ----------
    outline : (k, 2) m
        Anticlockwise.
    walls : (n, 3) m
        Points on upright structure.
    bounded : (k,) bool
        Edges that lie at approved structure and stay where they are; each leads from a corner to the next.
    reach_m : float
        Points farther than this from an edge do not belong to it.

    Returns
    -------
    (m, 2) m
        The outline as given where the edges do not close to a simple polygon of similar size.
    """
    from shapely.geometry import Polygon

    lines = []
    for row, (start, end) in enumerate(zip(outline, np.roll(outline, -1, axis=0), strict=True)):
        line = None if bounded[row] else _wall_line(start, end, walls, reach_m)
        if line is not None:
            lines.append(line)
        elif np.linalg.norm(end - start) > _LEAST_EDGE_M:
            lines.append(_Line(start, end, start, (end - start) / np.linalg.norm(end - start)))
    lines = _without_bevels(lines, reach_m)
    if len(lines) < 3:
        return outline
    corners = np.vstack([_meeting(lines[row - 1], lines[row], reach_m) for row in range(len(lines))])
    moved, given = Polygon(corners), Polygon(outline)
    alike = moved.is_valid and abs(moved.area - given.area) <= given.length * reach_m
    return corners if alike and moved.exterior.is_ccw else outline


@dataclass(frozen=True, eq=False)
class _Line:
    """An edge (start, end) and the line (point, direction) on which it comes to lie."""

    start: Floats
    end: Floats
    point: Floats
    direction: Floats


def _without_bevels(lines: list[_Line], reach_m: float) -> list[_Line]:
    """The lines less the short ones that cut a corner in which their neighbours meet: the raster's, not the wall's."""
    kept = list(lines)
    for line in sorted(lines, key=lambda line: float(np.linalg.norm(line.end - line.start))):
        if np.linalg.norm(line.end - line.start) > _BEVEL_M or len(kept) <= 3:
            break
        place = next(row for row, other in enumerate(kept) if other is line)
        before, after = kept[place - 1], kept[(place + 1) % len(kept)]
        meeting = _crossing(before, after)
        if meeting is not None and np.linalg.norm(meeting - 0.5 * (line.start + line.end)) <= 1.5 * reach_m:
            kept.pop(place)
    return kept


def _crossing(before: _Line, after: _Line) -> Floats | None:
    """Where two lines meet; None where they run nearly alike."""
    (p, d), (q, e) = (before.point, before.direction), (after.point, after.direction)
    cross = d[0] * e[1] - d[1] * e[0]
    if abs(cross) <= 0.2:
        return None
    return np.asarray(p + ((q - p)[0] * e[1] - (q - p)[1] * e[0]) / cross * d)


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
    face = mine & (off >= np.percentile(off[mine], 95.0) - _FACE_M)
    spread = float(np.ptp(run[face]))
    if face.sum() < _LEAST_POINTS or spread < 0.3 * length:
        return _Line(start, end, start + float(np.median(off[mine])) * outward, along)
    slope = float(np.polyfit(run[face], off[face], 1)[0]) if spread > 1.0 else 0.0
    turned = along + (slope if abs(slope) <= 0.25 else 0.0) * outward
    middle = start + np.median(run[face]) * along + float(np.median(off[face])) * outward
    return _Line(start, end, middle, turned / np.linalg.norm(turned))


def _meeting(before: _Line, after: _Line, reach_m: float) -> Floats:
    """Corner between two lines: where they meet, or both old ends where they run alike or meet far off."""
    (p, d), (q, e) = (before.point, before.direction), (after.point, after.direction)
    meeting = _crossing(before, after)
    gap = 0.5 * float(np.linalg.norm(before.end - after.start))
    if meeting is not None and np.linalg.norm(meeting - 0.5 * (before.end + after.start)) <= 3.0 * reach_m + gap:
        return np.asarray(meeting[None, :])
    return np.vstack([p + ((before.end - p) @ d) * d, q + ((after.start - q) @ e) * e])
