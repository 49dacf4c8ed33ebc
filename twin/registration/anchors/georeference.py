"""Where the survey's coordinates and the design's place on the map meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.arrays import Floats, Matrix4
from twin.design.model import Design
from twin.errors import FrameError
from twin.frames import inverse, translation
from twin.phrases import phrase
from twin.registration.anchors.rigid import fitted
from twin.survey.model import Cloud

_NEGLIGIBLE_M = 0.003
"""Farthest that a rotation with scale and shift may stray from the true conversion over a site."""
_EQUAL_M = 1e-6
_MOST_GRID_SCALE = 3e-4
"""Heights are scaled with the plan: by this at most 3 mm over ten metres."""
_EXTENT_M = 150.0
"""Half the width of a large building site."""
_NAME_LENGTH = 40
_MAP_M = 10_000.0
"""Coordinates beyond this are a place on a map; nobody's local grid reaches so far by chance."""


@dataclass(frozen=True, eq=False)
class Meeting:
    """A pose by coordinates alone.

    Attributes
    ----------
    pose : (4, 4) float
        design_from_survey.
    notes : tuple of str
    """

    pose: Matrix4
    notes: tuple[str, ...]


def met(design: Design, cloud: Cloud) -> Meeting | None:
    """The pose by the survey's coordinates and the design's georeference; None where one of them has no place.

    Raises
    ------
    FrameError
        Both name coordinate systems between which no exact conversion is known.
    """
    place = design.georeference.map_from_design
    if place is None:
        return None
    stated = _systems({facts.crs for facts in cloud.facts if facts.crs}, np.asarray(cloud.origin))
    on_map = bool(np.abs(np.asarray(cloud.origin)[:2]).max() > _MAP_M)
    if len(stated) > 1:
        raise FrameError(
            phrase(
                "the survey's files name different coordinate systems: {systems}",
                systems=", ".join(_short(s) for s in stated),
            ),
            phrase("convert them to one system first"),
        )
    if not stated and not on_map:
        return None
    notes: list[str] = []
    map_from_file = np.eye(4)
    target = design.georeference.crs
    if not stated:
        notes.append(
            phrase("the survey names no coordinate system; its coordinates are taken for those of the design's map")
        )
    elif target is None:
        system = _short(stated[0])
        notes.append(phrase("the design names no coordinate system; its map is taken for {system}", system=system))
    else:
        height = float(np.asarray(cloud.points[:: max(1, len(cloud.points) // 1000), 2]).mean())
        map_from_file, said = _conversion(stated[0], target, np.asarray(cloud.origin) + np.array([0.0, 0.0, height]))
        notes += said
    pose: Matrix4 = inverse(place) @ map_from_file @ translation(np.asarray(cloud.origin))
    return Meeting(pose, tuple(notes))


def _systems(texts: set[str], about: Floats) -> list[str]:
    """The different systems among several descriptions: one may be written as a code and as text."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    different: list[str] = []
    for text in sorted(texts, key=lambda text: (len(text), text)):
        try:
            here = _horizontal(CRS.from_user_input(text))
            known = any(_same(here, _horizontal(CRS.from_user_input(other)), about) for other in different)
        except CRSError:
            known = False
        if not known:
            different.append(text)
    return different


def _same(one: Any, other: Any, about: Floats) -> bool:
    """Whether two horizontal systems are one: they give a place the same coordinates.

    The order of their axes does not count, since every door gives eastings first.
    """
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    if one.equals(other, True):
        return True
    probes = _probes(about)
    try:
        change = Transformer.from_crs(one, other, always_xy=True, allow_ballpark=False)
        x, y = change.transform(probes[:, 0], probes[:, 1], errcheck=True)
    except ProjError:
        return False
    return bool(np.abs(np.column_stack([x, y]) - probes[:, :2]).max() < _EQUAL_M)


def _conversion(source: str, target: str, about: Floats) -> tuple[Matrix4, list[str]]:
    """(4, 4) from coordinates in the one system to the other, in metres, near a place; and what is to be said of it."""
    from pyproj import CRS, Transformer
    from pyproj.exceptions import ProjError

    names = {"source": _short(source), "target": _short(target)}
    try:
        first, second = CRS.from_user_input(source), CRS.from_user_input(target)
    except ProjError as error:
        raise FrameError(
            phrase("a coordinate system cannot be read: {source} or {target}", **names), phrase("name it as EPSG:code")
        ) from error
    if _same(_horizontal(first), _horizontal(second), about):
        return np.eye(4), _heights(first, second)
    try:
        change = Transformer.from_crs(
            _horizontal(first), _horizontal(second), always_xy=True, allow_ballpark=False, only_best=True
        )
        probes = _probes(about)
        x, y = change.transform(probes[:, 0] / _unit_m(first), probes[:, 1] / _unit_m(first), errcheck=True)
    except ProjError as error:
        raise FrameError(
            phrase("no exact conversion from {source} to {target} is known here", **names),
            phrase("convert the cloud with the official parameters of the place first"),
        ) from error
    moved = np.column_stack([np.asarray(x) * _unit_m(second), np.asarray(y) * _unit_m(second), np.zeros(len(probes))])
    if not np.isfinite(moved).all():
        raise FrameError(
            phrase("the survey's coordinates lie outside {target}", target=names["target"]),
            phrase("check which system the survey is really in"),
        )
    matrix = fitted(probes, moved, free_scale=True)
    stray = float(np.abs(probes @ matrix[:3, :3].T + matrix[:3, 3] - moved).max())
    if stray > _NEGLIGIBLE_M:
        raise FrameError(
            phrase("{source} is warped against {target} by {stray:.3f} m over the survey", **names, stray=stray),
            phrase("convert the cloud to the design's coordinate system first"),
        )
    if abs(matrix[2, 2] - 1.0) > _MOST_GRID_SCALE:
        raise FrameError(
            phrase(
                "{source} and {target} differ in scale by {by:.0f} mm/km here",
                **names,
                by=1e6 * abs(matrix[2, 2] - 1.0),
            ),
            phrase("convert the cloud to the design's coordinate system first"),
        )
    matrix[2, 3] = about[2] * (1.0 - matrix[2, 2])
    return matrix, [phrase("coordinates converted from {source} to {target}", **names), *_heights(first, second)]


def _probes(about: Floats) -> Floats:
    """(9, 3) places over a site's extent, height 0."""
    line = np.array([-_EXTENT_M, 0.0, _EXTENT_M])
    x, y = np.meshgrid(about[0] + line, about[1] + line)
    return np.column_stack([x.ravel(), y.ravel(), np.zeros(9)])


def _horizontal(crs: Any) -> Any:
    """The horizontal part of a compound system."""
    return crs.sub_crs_list[0] if crs.is_compound else crs


def _unit_m(crs: Any) -> float:
    """Metres in a unit of the system's axes."""
    axes = _horizontal(crs).axis_info
    return float(axes[0].unit_conversion_factor) if axes else 1.0


def _heights(first: Any, second: Any) -> list[str]:
    """What must be said of the two height systems, which are compared but never converted."""
    names = [crs.sub_crs_list[1].name if crs.is_compound else None for crs in (first, second)]
    if None in names or names[0] == names[1]:
        return []
    survey, design = names
    return [
        phrase(
            "heights are not converted: the survey's are {survey}, the design's {design}", survey=survey, design=design
        )
    ]


def _short(text: str) -> str:
    """A system's name, fit for one line."""
    return text if len(text) <= _NAME_LENGTH else text[:_NAME_LENGTH] + "..."
