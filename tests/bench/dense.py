"""Laser scans of the sample site as dense as wanted: rays of every station, in the order in which they were sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
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
from twin.arrays import Floats
from twin.frames import move


def scanned(step_share: float) -> Iterator[tuple[Floats, Floats]]:
    """Station (3,) and points (n, 3) m of each scan of what stands, both in the design frame.

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
        yield np.array(station.position), move(done.design_from_station, done.points)


def write_laz(path: Path, clouds: Iterator[Floats] | list[Floats], low: Floats) -> int:
    """One LAZ 1.4 file of all points, (n, 3) m each; gives their number."""
    header = laspy.LasHeader(version="1.4", point_format=6)
    header.scales, header.offsets = np.full(3, 0.0001), np.floor(low)
    count = 0
    with laspy.open(path, mode="w", header=header) as out:
        for points in clouds:
            for start in range(0, len(points), 1_000_000):
                part = points[start : start + 1_000_000]
                record = laspy.ScaleAwarePointRecord.zeros(len(part), header=header)
                record.x, record.y, record.z = part.T
                out.write_points(record)
                count += len(part)
    return count


def write_dense_sample(path: Path, step_share: float) -> int:
    """The sample site's laser survey on the map, in one LAZ file; gives the number of points."""
    on_map = map_from_design()
    return write_laz(path, (move(on_map, points) for _, points in scanned(step_share)), on_map[:3, 3])
