"""Laser scans of the sample site as dense as wanted: rays of every station, in the order in which they were sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import laspy
import numpy as np

from samples import plan
from samples.building import parts
from samples.laser import scan, stations
from samples.place import map_from_design
from samples.scene import build_scene
from samples.surroundings import surroundings
from samples.workmanship import offsets
from twin.arrays import Bytes, Floats, Floats32
from twin.design.model import Surface
from twin.frames import move
from twin.survey.model import Cloud

from .tiles import places_of

_AT_OWN_STEP = 2_414_000  # points of the lasers at the sample's own step
_AT_A_TIME = 1_000_000
_RATE_HZ = 500_000.0
"""Rays a second, as terrestrial scanners of today send them."""


@dataclass(frozen=True, eq=False)
class Returns:
    """Points of one scan, (n, 3) m, with colour, (n, 3) uint8, and intensity, (n,) float32 from 0 to 1."""

    points: Floats
    rgb: Bytes
    intensity: Floats32

    def moved(self, offset: Floats) -> Returns:
        """The same elsewhere."""
        return replace(self, points=self.points + offset)


def scanned(step_share: float) -> Iterator[tuple[Floats, Returns]]:
    """Station (3,) m and returns of each scan of what stands, both in the design frame.

    Parameters
    ----------
    step_share : float
        Angular step over that of the sample's own survey: half of it gives four times as many points.
    """
    built = plan.as_built()
    built_parts = parts(built)
    scene = build_scene(built_parts, offsets(built_parts), surroundings(built, np.random.default_rng(5)))
    for number, station in enumerate(stations(built)):
        done = scan(scene, replace(station, step_deg=station.step_deg * step_share), np.random.default_rng([6, number]))
        points = move(done.design_from_station, done.points)
        yield np.array(station.position), Returns(points, done.rgb, done.intensity)


def write_las(path: Path, scans: Iterable[Returns], low: Floats, with_all: bool = False) -> int:
    """One LAS 1.4 file (LAZ by its ending) of all points; gives their number.

    Parameters
    ----------
    path : Path
    scans : iterable of Returns
    low : (3,) m
        From which the coordinates count.
    with_all : bool
        Colour, intensity and time of each point are written too, as scanners do; otherwise they are zero.
    """
    header = laspy.LasHeader(version="1.4", point_format=7 if with_all else 6)
    header.scales, header.offsets = np.full(3, 0.0001), np.floor(low)
    count = 0
    with laspy.open(path, mode="w", header=header) as out:
        for scan in scans:
            for start in range(0, len(scan.points), _AT_A_TIME):
                part = slice(start, start + _AT_A_TIME)
                record = laspy.ScaleAwarePointRecord.zeros(len(scan.points[part]), header=header)
                record.x, record.y, record.z = scan.points[part].T
                if with_all:
                    _describe(record, scan, part, count)
                out.write_points(record)
                count += len(record)
    return count


def _describe(record: laspy.ScaleAwarePointRecord, scan: Returns, part: slice, before: int) -> None:
    """Writes what a scanner knows of its returns beside their places."""
    record.red, record.green, record.blue = scan.rgb[part].T.astype(np.uint16) << 8
    record.intensity = np.round(scan.intensity[part] * 65535.0)
    record.return_number = record.number_of_returns = np.ones(len(record), dtype=np.uint8)
    record.gps_time = (before + np.arange(len(record))) / _RATE_HZ


def write_dense_sample(path: Path, points: int) -> int:
    """The sample site's laser survey on the map, in one file of about so many points; gives their number."""
    on_map = map_from_design()
    scans = (replace(scan, points=move(on_map, scan.points)) for _, scan in scanned(_share(points)))
    return write_las(path, scans, on_map[:3, 3])


def write_dense_tiles(path: Path, surface: Surface, tiles: int, points: int, with_all: bool = False) -> int:
    """Every building of a tiled sample site, scanned from the same stations; about so many points in all.

    Beside the file lies another of its name and `.npz`: stations, (s, 3) m, and how many points each has. With all
    that scanners write, or coordinates alone.
    """
    scans = list(scanned(_share(-(-points // tiles))))
    offsets = places_of(surface, tiles)
    stations = np.array([station + offset for offset in offsets for station, _ in scans])
    counts = np.array([len(scan.points) for _ in offsets for _, scan in scans])
    low = min(float(scan.points.min()) for _, scan in scans) - np.zeros(3)
    np.savez(path.with_suffix(".npz"), stations=stations, counts=counts)
    return write_las(path, (scan.moved(offset) for offset in offsets for _, scan in scans), low, with_all)


def with_stations(cloud: Cloud, path: Path, times: int = 1) -> Cloud:
    """A survey written by `write_dense_tiles` and read so many times, with the stations that its format cannot hold.

    The column of scans lies in a file beside it, as those of a survey do, so that memory is measured without it.
    """
    with np.load(path.with_suffix(".npz")) as beside:
        stations, counts = np.tile(beside["stations"], (times, 1)), np.tile(beside["counts"], times)
    scan = np.memmap(path.with_suffix(".scan"), dtype=np.int16, mode="w+", shape=(int(counts.sum()),))
    ends = np.cumsum(counts)
    for number, end in enumerate(ends):
        scan[end - counts[number] : end] = number
    return replace(cloud, stations=stations - cloud.origin, scan=scan, scans=cloud.scans * len(counts))


def _share(points: int) -> float:
    """Share of the sample's own angular step at which about so many points come back."""
    return float(np.sqrt(_AT_OWN_STEP / points))
