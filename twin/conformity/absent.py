"""What was approved and is not there: elements whose place was seen empty, and the volumes that they enclose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.arrays import Floats
from twin.conformity.bodies import rectangle
from twin.conformity.due import is_due_by_kind
from twin.conformity.grounds import Grounds, finding_of, storey_at
from twin.conformity.model import Change, Finding, FindingVerdict, Kind
from twin.conformity.settings import ConformitySettings
from twin.design.model import Design, Element, Role
from twin.deviation.model import ElementStatus
from twin.massing.outlines import area_of
from twin.phrases import phrase

_TOUCH_M = 0.3
"""Elements nearer than this hold on to each other: joints, screeds and bearings lie between."""
_LEVEL = 4.0
"""An element is level where it is this many times wider, both ways, than it is high."""
_FACING = 0.5
_GRID_M = 0.001
_WALLS = 2
"""Upright elements that it takes, with one level element, to bound a volume."""


def absent(grounds: Grounds) -> list[Finding]:
    """Findings of absence: volumes first, then the elements that bound none, storey by storey."""
    found: list[Finding] = []
    single: dict[tuple[str | None, bool], list[Element]] = {}
    for cluster in _clusters(_elements(grounds)):
        outline = _outline(grounds.design, cluster)
        if outline is not None and _bounds_volume(cluster, outline, grounds.settings):
            found.append(_volume(grounds, cluster, outline))
            continue
        for element in cluster:
            key = storey_at(grounds.design, element.box[2]), is_due_by_kind(element, grounds.milestone)
            single.setdefault(key, []).append(element)
    return [*found, *(_of_storey(grounds, storey, elements) for (storey, _), elements in single.items())]


def _elements(grounds: Grounds) -> list[Element]:
    """Building elements that are missing, but for those that moved with the part above a cut, or hang under it."""
    lift, design = grounds.massing.lift, grounds.design
    missing = [design.elements[r.element] for r in grounds.deviation.elements if r.status is ElementStatus.MISSING]
    below = np.inf if lift is None else lift.cut_m - 0.5
    return [element for element in missing if element.role is Role.BUILDING and element.box[5] < below]


def _clusters(elements: list[Element]) -> list[list[Element]]:
    """Elements that hold on to each other, in the order of the design."""
    from scipy.sparse.csgraph import connected_components

    if not elements:
        return []
    boxes = np.array([element.box for element in elements])
    low, high = boxes[:, :3], boxes[:, 3:]
    touch = np.all((low[:, None] <= high[None] + _TOUCH_M) & (low[None] <= high[:, None] + _TOUCH_M), axis=2)
    _, label = connected_components(touch, directed=False)
    return [[elements[k] for k in np.flatnonzero(label == one)] for one in dict.fromkeys(label.tolist())]


def _is_level(element: Element) -> bool:
    wide, deep, high = (element.box[k + 3] - element.box[k] for k in range(3))
    return min(wide, deep) >= _LEVEL * high


def _outline(design: Design, cluster: list[Element]) -> Floats | None:
    """(k, 2) m: plan of the level elements, the largest part of it; None without any."""
    from shapely import Polygon, polygons, union_all

    levels = [element.index for element in cluster if _is_level(element)]
    surface = design.surface
    chosen = np.isin(surface.element, levels)
    facing = np.flatnonzero(chosen)[np.abs(surface.normals()[chosen, 2]) > _FACING]
    if len(facing) == 0:
        return None
    whole = union_all(polygons(surface.corners()[facing][:, :, :2]), grid_size=_GRID_M)
    parts = [part for part in getattr(whole, "geoms", [whole]) if isinstance(part, Polygon) and not part.is_empty]
    return np.array(max(parts, key=lambda part: part.area).exterior.coords)[:-1] if parts else None


def _bounds_volume(cluster: list[Element], outline: Floats, settings: ConformitySettings) -> bool:
    """Whether what is absent would have been a room or more: a floor or a roof, and walls that carry it."""
    walls = [e for e in cluster if not _is_level(e) and e.box[5] - e.box[2] >= settings.least_extension_height_m]
    return len(walls) >= _WALLS and abs(area_of(outline)) >= settings.least_extension_m2


def _verdict(grounds: Grounds, elements: list[Element]) -> tuple[FindingVerdict, tuple[str, ...]]:
    if all(is_due_by_kind(element, grounds.milestone) for element in elements):
        return FindingVerdict.INCONSISTENT, ()
    return FindingVerdict.INFORMATION, (
        phrase("the works are not said to be complete: what is absent may not be built yet"),
    )


def _volume(grounds: Grounds, cluster: list[Element], outline: Floats) -> Finding:
    low, high = _box(cluster)
    area, height = abs(area_of(outline)), float(high[2] - low[2])
    verdict, caveats = _verdict(grounds, cluster)
    finding = finding_of(
        kind=Kind.VOLUME_MISSING,
        verdict=verdict,
        change=Change.REMOVED,
        storey=storey_at(grounds.design, float(low[2])),
        title=phrase(
            "Approved volume absent: {area:.1f} m2, {height:.2f} m high, {count} elements",
            area=area,
            height=height,
            count=len(cluster),
        ),
        outline=outline,
        span=(float(low[2]), float(high[2])),
        sizes=(area, area * height, height),
        global_ids=tuple(element.global_id for element in cluster),
        caveats=(phrase("sizes are those of the design"), *caveats),
        rule=phrase(
            "a floor or roof of {least:g} m2 and the walls at it, all seen through",
            least=grounds.settings.least_extension_m2,
        ),
    )
    return replace(finding, box=np.array([low, high]))


def _of_storey(grounds: Grounds, storey: str | None, elements: list[Element]) -> Finding:
    low, high = _box(elements)
    verdict, caveats = _verdict(grounds, elements)
    finding = finding_of(
        kind=Kind.ELEMENT_MISSING,
        verdict=verdict,
        change=Change.REMOVED,
        storey=storey,
        title=phrase("{count} approved elements absent: their places were seen empty", count=len(elements))
        if len(elements) > 1
        else phrase("1 approved element absent: its place was seen empty"),
        outline=rectangle(low, high),
        span=(float(low[2]), float(high[2])),
        global_ids=tuple(element.global_id for element in elements),
        caveats=caveats,
        rule=phrase(
            "absence counts where rays crossed the approved place, or where what an element stands on was seen under"
            " it; it is a finding once a milestone makes it due"
        ),
    )
    return finding if len(elements) == 1 else replace(finding, body=None)


def _box(elements: list[Element]) -> Floats:
    """(2, 3) m: about all of them."""
    boxes = np.array([element.box for element in elements])
    return np.array([boxes[:, :3].min(axis=0), boxes[:, 3:].max(axis=0)])
