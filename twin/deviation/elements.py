"""State, offset and coverage of each approved element."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.arrays import Flags, Floats, Floats32, Ints, Longs, rows_by
from twin.design.expected import Expected
from twin.design.model import Design, Element, Role
from twin.deviation.bared import side_of
from twin.deviation.coverage import FACING
from twin.deviation.faces import FacesFound
from twin.deviation.margins import inner_areas
from twin.deviation.medians import medians
from twin.deviation.model import ElementResult, ElementStatus
from twin.deviation.samples import SurfaceSamples
from twin.deviation.settings import DeviationSettings
from twin.registration.model import Registration

_BLOCK = 1 << 20
# Rays pass through glass and between bars: a ray behind one of these does not show that it is missing.
_SEEN_THROUGH = ("IfcWindow", "IfcDoor", "IfcCurtainWall", "IfcPlate", "IfcRailing", "IfcMember")
_CONDITION = 0.2
"""Directions in which faces hold an offset this much less than in the best are not solved for: facets of one bend."""
_ALIKE = 0.5
"""Of the offset: as far a face may be off where the whole moved as one."""
_BROAD = 0.6
"""Share of an element's surface that faces one way, from which it is a plate: a wall, a slab."""
_BED = 0.3
"""Of a slab's thickness: what lies so near the level of its underside, seen from above, is what was to carry it."""
_UNSEEN = 0.05
"""Less than this share of an element was seen where it is absent: a bare face alone may be its own, where what should
lean against it is what is absent."""
_MOST = 0.6
"""Share of the faces, by area, that must have moved as one."""


@dataclass(frozen=True, eq=False)
class Views:
    """The samples with what was seen of each.

    Attributes
    ----------
    samples : SurfaceSamples
    face : (s,) int64
        On which each lies.
    seen : (s,) bool
        At its place, within the tolerance.
    passed : (s,) bool
        Whether rays went through where it should be, and nothing stands there.
    """

    samples: SurfaceSamples
    face: Longs
    seen: Flags
    passed: Flags

    @property
    def pierced(self) -> Flags:
        """Which of them rays passed through that were not seen."""
        return self.passed & ~self.seen


@dataclass(frozen=True, slots=True)
class _Areas:
    """Of one element, m2: what could be seen; what was seen within the tolerance of its place; of its broad side, what
    was seen on faces that are not off it, and on faces that are, if that is no mere corner of it; what rays passed
    through; and whether enough was seen to call it built.
    """

    exposed: float
    seen: float
    held: float
    off: float
    pierced: float
    enough: bool

    @property
    def coverage(self) -> float:
        """Share of the exposed surface that was seen."""
        return self.seen / self.exposed

    @property
    def through(self) -> float:
        """Share of it that rays passed through."""
        return self.pierced / self.exposed


def element_results(
    design: Design,
    registration: Registration,
    views: Views,
    found: FacesFound,
    bare: Flags,
    element: Ints,
    distance: Floats32,
    expected: Expected,
    settings: DeviationSettings,
) -> tuple[ElementResult, ...]:
    """Each element of the design against the survey, in order.

    Parameters
    ----------
    design : Design
    registration : Registration
    views : Views
    found : FacesFound
    bare : (e, 6) bool
        From `bared`.
    element : (n,) int32
        Of every point of the cloud, -1 where none lies within the band.
    distance : (n,) float32, m
    expected : Expected
        What is to stand.
    settings : DeviationSettings
    """
    count = len(design.elements)
    areas = _areas(views, found, count, settings)
    points = np.zeros(count + 1, dtype=np.int64)
    for start in range(0, len(element), _BLOCK):
        points += np.bincount(element[start : start + _BLOCK] + 1, minlength=count + 1)
    median = medians(distance, element, count, settings.tolerance_m)
    spread = medians(distance, element, count, settings.tolerance_m, median)
    mine = rows_by(found.element, count)
    results = []
    for item, area in zip(design.elements, areas, strict=True):
        seen = _Points(int(points[item.index + 1]), float(median[item.index]), float(spread[item.index]))
        motion = _motion(found, mine[item.index], area, settings)
        unsure = _expanded(item, 0.0, 1, registration, settings)
        open_ = bare[item.index] & (area.coverage < _UNSEEN)
        status = _status(item, area, motion, unsure, open_, expected, settings)
        results.append(_result(item, status, area, seen, motion, registration, settings))
    return tuple(results)


def _areas(views: Views, found: FacesFound, count: int, settings: DeviationSettings) -> list[_Areas]:
    owner, weight = views.samples.element, views.samples.area_m2
    is_off = np.isin(views.face, found.face[found.is_off])

    def of_each(flags: Flags) -> Floats:
        """(count,) m2: what the samples that are so stand for."""
        return np.asarray(np.bincount(owner, weights=weight * flags, minlength=count), dtype=np.float64)

    broad = _Broad(views.samples, count)
    side = broad.holds(owner, views.samples.normals)
    exposed, seen, pierced = of_each(np.ones(len(owner), dtype=bool)), of_each(views.seen), of_each(views.pierced)
    held, whole_side, side_seen = of_each(views.seen & ~is_off & side), of_each(side), of_each(side & views.seen)
    found_off = found.area_m2 * (found.is_off & broad.holds(found.element, found.normal))
    off = np.bincount(found.element, weights=found_off, minlength=count)
    off[off < settings.least_coverage * whole_side] = 0.0
    little = (seen > 0.0) & (seen < settings.doubtful_coverage * exposed)
    inner, inner_seen = inner_areas(views.samples, views.seen, count, little)
    doubtful = little & (inner > 0.0)
    whole, of_it = np.where(doubtful, inner, exposed), np.where(doubtful, inner_seen, seen)
    enough = (of_it >= settings.least_coverage * whole) | (of_it >= settings.least_area_m2)
    enough &= (side_seen >= settings.least_coverage * whole_side) | (side_seen >= settings.least_area_m2)
    return [
        _Areas(float(max(e, 1e-9)), float(s), float(h), float(o), float(p), bool(n and e > 0.0))
        for e, s, h, o, p, n in zip(exposed, seen, held, off, pierced, enough, strict=True)
    ]


class _Broad:
    """The way in which each element has most of its surface.

    A slab of which only the edges were seen may lie higher or lower than approved, and a wall is not where the jambs of
    its windows are. Elements without such a way, posts and blocks, are taken whole.
    """

    def __init__(self, samples: SurfaceSamples, count: int) -> None:
        owner, weight, normals = samples.element, samples.area_m2, samples.normals
        tensor = np.zeros((count, 3, 3))
        for i in range(3):
            for j in range(i + 1):
                sums = np.bincount(owner, weights=weight * normals[:, i] * normals[:, j], minlength=count)
                tensor[:, i, j] = tensor[:, j, i] = sums
        shares, ways = np.linalg.eigh(tensor)
        self._is_plate = shares[:, 2] >= _BROAD * shares.sum(axis=1)
        self._way = ways[:, :, 2]

    def holds(self, element: Ints, normals: Floats) -> Flags:
        """(n,) bool: faces of elements, with their (n, 3) normals, that look that way or the opposite one."""
        along = np.abs(np.einsum("ij,ij->i", normals, self._way[element]))
        return np.asarray(~self._is_plate[element] | (along >= FACING))


@dataclass(frozen=True, eq=False)
class _Motion:
    """How the faces of an element that were found off their place moved: their rows, the widest of them, the vector
    that fits all faces best, m, whether they moved as one, whether one lies inside its place, and whether faces of one
    side alone were found. `behind`: where all that was found is a surface at which the far side of the element should
    be, the way to which that side looks, by `side_of`; `is_bed`: a level one, where a slab was to lie on something.
    """

    off: Longs
    offset_m: float
    spread_m: float
    vector_m: Floats
    is_rigid: bool
    is_vacated: bool
    is_one_sided: bool
    behind: int | None
    is_bed: bool


def _motion(found: FacesFound, rows: Longs, area: _Areas, settings: DeviationSettings) -> _Motion | None:
    """None where no face was found off its place.

    Where rays went through most of it, little that lies before it is no part of it: the ground beneath a wall that was
    not built is not its foot.
    """
    off = rows[found.is_off[rows]]
    through = area.through >= settings.least_pierced
    if not len(off) or (through and area.off < settings.least_moved_share * area.exposed):
        return None
    far = off[np.abs(found.offset_m[off]) > settings.tolerance_m]
    solved_by = far if len(far) else rows
    weight = np.sqrt(found.area_m2[solved_by])
    matrix, offsets = found.normal[solved_by] * weight[:, None], found.offset_m[solved_by] * weight
    vector: Floats = np.linalg.lstsq(matrix, offsets, rcond=_CONDITION)[0].astype(np.float64)
    widest = off[np.argmax(found.area_m2[off])]
    size = max(float(np.linalg.norm(vector)), 1e-9)
    along = found.normal[rows] @ vector
    concerned = np.abs(along) > _ALIKE * size
    as_one = concerned & (np.abs(along - found.offset_m[rows]) <= _ALIKE * size)
    areas = found.area_m2[rows]
    is_rigid = bool(areas[as_one].sum() >= _MOST * areas[concerned].sum() > 0.0)
    is_vacated = bool((found.offset_m[off] < 0.0).any())
    one_sided = not found.is_backed[off].any()
    offset, thick = float(found.offset_m[widest]), float(found.thick_m[widest])
    is_behind = bool(one_sided and abs(offset + thick) <= _BED * thick)
    is_bed = bool(is_behind and found.normal[widest, 2] > FACING)
    spread = float(found.spread_m[widest])
    behind = int(side_of(-found.normal[widest : widest + 1])[0]) if is_behind else None
    return _Motion(off, offset, spread, vector, is_rigid, is_vacated, one_sided, behind, is_bed)


def _status(
    item: Element,
    area: _Areas,
    motion: _Motion | None,
    unsure_m: float,
    bare: Flags,
    expected: Expected,
    settings: DeviationSettings,
) -> ElementStatus:
    is_off = motion is not None and item.role is Role.BUILDING and area.off > area.held
    is_bed = is_off and motion is not None and motion.is_bed
    lies_bare = is_bed and area.coverage < _UNSEEN
    is_gone = lies_bare or (is_off and motion is not None and motion.behind is not None and bare[motion.behind])
    if is_off and motion is not None and not is_gone and not is_bed:
        size = float(np.linalg.norm(motion.vector_m))
        if abs(motion.offset_m) > settings.tolerance_m:
            return ElementStatus.DISPLACED
        if motion.is_rigid and size >= max(settings.least_offset_m, unsure_m):
            return ElementStatus.DISPLACED
    solid = item.role is Role.BUILDING and item.ifc_class not in _SEEN_THROUGH
    absent = solid and area.through >= settings.least_pierced and area.through > area.coverage
    absent |= solid and bool(is_gone)
    absent |= bool(solid and bare.any() and not area.enough)
    if area.enough and not absent:
        return ElementStatus.AS_DESIGNED
    if not expected.is_due(item, settings.tolerance_m):
        return ElementStatus.NOT_DUE
    return ElementStatus.MISSING if absent else ElementStatus.NOT_OBSERVED


@dataclass(frozen=True, slots=True)
class _Points:
    """Points of one element: their number, and median and median distance from it of those within the tolerance."""

    count: int
    median_m: float
    off_median_m: float


def _result(
    item: Element,
    status: ElementStatus,
    area: _Areas,
    points: _Points,
    motion: _Motion | None,
    registration: Registration,
    settings: DeviationSettings,
) -> ElementResult:
    median: float | None = None
    vector: tuple[float, float, float] | None = None
    spread, vacated, one_sided = 0.0, False, False
    if status is ElementStatus.DISPLACED and motion is not None:
        median, spread = motion.offset_m, motion.spread_m
        vacated, one_sided = motion.is_vacated, motion.is_one_sided
        vector = (float(motion.vector_m[0]), float(motion.vector_m[1]), float(motion.vector_m[2]))
    elif status is ElementStatus.AS_DESIGNED and np.isfinite(points.median_m):
        median, spread = points.median_m, 1.4826 * points.off_median_m
    unsure = None if median is None else _expanded(item, spread, points.count, registration, settings)
    return ElementResult(item.index, status, median, unsure, area.coverage, points.count, vector, vacated, one_sided)


def _expanded(
    item: Element, spread: float, count: int, registration: Registration, settings: DeviationSettings
) -> float:
    """Expanded uncertainty (k = 2, GUM) of an element's offset: noise of its points, the instrument's share that does
    not average out, what parts the set-ups, and the pose's uncertainty at the element's place.
    """
    centre = 0.5 * (np.array(item.box[:3]) + np.array(item.box[3:]))
    arm = centre - registration.centre
    lever = np.hstack([np.eye(3), -_cross(arm)])
    pose = float(np.linalg.eigvalsh(lever @ registration.covariance @ lever.T)[-1])
    apart = float(registration.set_up_sigma_m.max())
    return float(2.0 * np.sqrt(spread**2 / max(count, 1) + settings.range_noise_m**2 + apart**2 + max(pose, 0.0)))


def _cross(v: Floats) -> Floats:
    return np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])
