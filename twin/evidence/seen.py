"""What was seen of the space about the building, cell by cell, for those who ask later what is gone.

An addition that a later survey does not show is gone only where its place was looked at; ``seen.npz`` keeps that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import numpy as np

from twin.arrays import Bytes, Flags, Floats, Longs
from twin.deviation.carving import Carving
from twin.errors import EvidenceError
from twin.evidence.scene import PointClass, Scene
from twin.evidence.settings import EvidenceSettings

FILE_NAME = "seen.npz"
DIRECTION_DEG = 2.0
"""Of directions in which an instrument looked: several beams even of a coarse scan."""
_BELOW_M = 3.0
_MOST_CELLS = 60_000_000
_APPROVED = (PointClass.AS_DESIGNED, PointClass.GROUND, PointClass.MOVABLE)


class Sight(IntEnum):
    """What was seen in a cell."""

    UNSEEN = 0
    EMPTY = 1
    """Rays passed through."""
    APPROVED = 2
    """Points lie in it, on what was approved or on the ground."""
    OTHER = 3
    """Points lie in it that nothing approved explains, or that lie off it."""


@dataclass(frozen=True, eq=False)
class SeenSpace:
    """A box about the design, in cells.

    Attributes
    ----------
    low : (3,) m, design frame
        Corner of the first cell.
    cell_m : float
    sight : (x, y, z) uint8
        `Sight`.
    stations : (s, 3) m, design frame
        Where the instrument stood.
    looked : (s, e, a) bool
        Directions in which something was hit from each, by elevation from the nadir and by azimuth, `DIRECTION_DEG`
        each.
    """

    low: Floats
    cell_m: float
    sight: Bytes
    stations: Floats
    looked: Flags

    def at(self, points_design: Floats) -> Bytes:
        """(n,) uint8: `Sight` of the cell of each (n, 3) m point; unseen outside the box."""
        cell = np.floor((points_design - self.low) / self.cell_m).astype(np.int64)
        inside = np.asarray(((cell >= 0) & (cell < np.array(self.sight.shape))).all(axis=1))
        answer = np.full(len(points_design), Sight.UNSEEN, dtype=np.uint8)
        answer[inside] = self.sight[tuple(cell[inside].T)]
        return answer

    def columns(self, outline: Floats) -> Flags:
        """(x, y) bool: columns of cells whose middle lies within a plan outline, (k, 2) m, design frame."""
        import shapely

        inside = np.zeros(self.sight.shape[:2], dtype=bool)
        shape = np.array(self.sight.shape[:2])
        first = np.clip(np.floor((outline.min(axis=0) - self.low[:2]) / self.cell_m).astype(int), 0, shape)
        last = np.clip(np.ceil((outline.max(axis=0) - self.low[:2]) / self.cell_m).astype(int), 0, shape)
        x = self.low[0] + (np.arange(first[0], last[0]) + 0.5) * self.cell_m
        y = self.low[1] + (np.arange(first[1], last[1]) + 0.5) * self.cell_m
        if len(x) and len(y):
            polygon = shapely.make_valid(shapely.Polygon(outline))
            grid_x, grid_y = np.meshgrid(x, y, indexing="ij")
            inside[first[0] : last[0], first[1] : last[1]] = shapely.contains_xy(polygon, grid_x, grid_y)
        return inside

    def levels(self, low_m: float, high_m: float) -> slice:
        """Layers of cells whose middle lies between two levels, m, design frame; at least one."""
        first, last = (
            int(np.clip(np.round((level - self.low[2]) / self.cell_m), 0, self.sight.shape[2]))
            for level in (low_m, high_m)
        )
        first = min(first, self.sight.shape[2] - 1)
        return slice(first, max(last, first + 1))


def seen_space(scene: Scene, settings: EvidenceSettings) -> SeenSpace:
    """What the points of a scene and the rays to them say of the space about the design.

    Parameters
    ----------
    scene : Scene
        Points without a station tell where something is, and nothing of what is empty.
    settings : EvidenceSettings
    """
    vertices, margin = scene.design.surface.vertices, settings.seen_margin_m
    below = np.array([margin, margin, _BELOW_M])
    box = np.array([vertices.min(axis=0) - below, vertices.max(axis=0) + margin])
    carving = Carving(box, settings.seen_cell_m, _MOST_CELLS)
    for number, station in enumerate(scene.stations.reshape(-1, 3)):
        carving.follow(station, scene.points[scene.point_station == number])
    passage = carving.passage()
    sight = np.where(passage.rays > 0, np.uint8(Sight.EMPTY), np.uint8(Sight.UNSEEN))
    cell = np.floor((scene.points - passage.low) / passage.voxel_m).astype(np.int64)
    within = np.asarray(((cell >= 0) & (cell < np.array(sight.shape))).all(axis=1))
    approved = np.isin(scene.point_class, _APPROVED)
    for rows, what in ((within & approved, Sight.APPROVED), (within & ~approved, Sight.OTHER)):
        sight[tuple(cell[rows].T)] = what
    stations = scene.stations.reshape(-1, 3)
    looked = [_looked(scene.points[scene.point_station == number] - place) for number, place in enumerate(stations)]
    return SeenSpace(passage.low, passage.voxel_m, sight, stations, np.array(looked, dtype=bool).reshape(-1, *_SPHERE))


_SPHERE = (round(180.0 / DIRECTION_DEG), round(360.0 / DIRECTION_DEG))


def directions(ways: Floats) -> tuple[Longs, Longs]:
    """Elevation and azimuth of ways (n, 3) as rows and columns of directions."""
    flat = np.hypot(ways[:, 0], ways[:, 1])
    elevation = np.degrees(np.arctan2(ways[:, 2], flat)) + 90.0
    azimuth = np.degrees(np.arctan2(ways[:, 1], ways[:, 0])) % 360.0
    rows = np.minimum(elevation / DIRECTION_DEG, _SPHERE[0] - 1).astype(np.int64)
    return rows, (azimuth / DIRECTION_DEG).astype(np.int64) % _SPHERE[1]


def _looked(ways: Floats) -> Flags:
    hit = np.zeros(_SPHERE, dtype=bool)
    hit[directions(ways)] = True
    return hit


def write_seen(space: SeenSpace, path: Path) -> None:
    """Writes ``seen.npz``; the same space gives the same bytes. `EvidenceError` where it cannot be written."""
    try:
        np.savez_compressed(
            path,
            low_m=space.low,
            cell_m=np.float64(space.cell_m),
            sight=space.sight,
            stations_m=space.stations,
            looked=np.packbits(space.looked, axis=-1),
        )
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be written ({error.strerror})", "check the disk") from error


def read_seen(folder: Path) -> SeenSpace | None:
    """What a case saw; None where an earlier version wrote it, which kept none.

    Raises
    ------
    EvidenceError
        The file is damaged.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as content:
            low, cell, sight = content["low_m"], float(content["cell_m"]), content["sight"]
            stations, packed = content["stations_m"], content["looked"]
    except Exception as error:
        raise EvidenceError(f"{path}: cannot be read ({type(error).__name__})", "inspect again to write it") from error
    if low.shape != (3,) or sight.ndim != 3 or not cell > 0.0:
        raise EvidenceError(f"{path}: does not hold a space in cells", "inspect again to write it")
    looked = np.unpackbits(packed, axis=-1, count=_SPHERE[1]).astype(bool).reshape(len(stations), *_SPHERE)
    return SeenSpace(low, cell, sight, stations, looked)
