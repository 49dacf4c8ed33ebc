"""Designs and surveys of any size: the sample building side by side, and points on its surfaces."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import laspy
import numpy as np

from twin.arrays import Floats
from twin.design.model import Design, Surface
from twin.registration.model import Mode, Registration, Status
from twin.survey.model import Cloud

NOISE_M, STRAY, STATIONS = 0.003, 0.05, 30
_APART = 1.2
_RUN = 10_000


def tiled(design: Design, count: int) -> Design:
    """So many copies of a design in a square, each with elements of its own."""
    surface, many = design.surface, np.arange(count)
    size = surface.vertices.max(axis=0) - surface.vertices.min(axis=0)
    side = int(np.ceil(np.sqrt(count)))
    offsets = np.column_stack([many % side, many // side, np.zeros(count)]) * size * _APART
    vertices = (surface.vertices + offsets[:, None]).reshape(-1, 3)
    triangles = (surface.triangles + (many * len(surface.vertices))[:, None, None]).reshape(-1, 3)
    element = (surface.element + (many * len(design.elements))[:, None]).reshape(-1)
    elements = tuple(
        replace(e, index=e.index + tile * len(design.elements), box=_moved(e.box, offset))
        for tile, offset in enumerate(offsets)
        for e in design.elements
    )
    return replace(
        design, elements=elements, surface=Surface(vertices, triangles.astype(np.int32), element.astype(np.int32))
    )


def _moved(box: tuple[float, ...], offset: Floats) -> tuple[float, float, float, float, float, float]:
    x, y, z = (float(v) for v in offset)
    return box[0] + x, box[1] + y, box[2] + z, box[3] + x, box[4] + y, box[5] + z


def write_survey(surface: Surface, tiles: int, count: int, path: Path) -> None:
    """A LAZ file of points on a surface with noise, some of them anywhere: one building after the other."""
    random = np.random.default_rng(1)
    shares = np.cumsum(surface.areas()) / surface.areas().sum()
    header = laspy.LasHeader(point_format=6, version="1.4")
    header.scales, header.offsets = np.full(3, 0.0001), np.round(surface.vertices.min(axis=0))
    with laspy.open(path, mode="w", header=header) as out:
        for station in range(STATIONS):
            tile = station * tiles // STATIONS
            part = range(station * count // STATIONS, (station + 1) * count // STATIONS)
            points = _points(surface, shares, (tile / tiles, (tile + 1) / tiles), len(part), random)
            stray = random.random(len(points)) < STRAY
            points[stray] = random.uniform(points.min(axis=0), points.max(axis=0), (int(stray.sum()), 3))
            record = laspy.ScaleAwarePointRecord.zeros(len(points), header=header)
            record.x, record.y, record.z = points.T
            out.write_points(record)


def _points(
    surface: Surface, shares: Floats, between: tuple[float, float], count: int, random: np.random.Generator
) -> Floats:
    """(n, 3) m: runs of points, each over neighbouring triangles, as scanners write them."""
    runs = -(-count // _RUN)
    begin = random.uniform(*between, runs)
    along = begin[:, None] + np.sort(random.uniform(0.0, 0.1 * (between[1] - between[0]), (runs, _RUN)), axis=1)
    along = between[0] + (along - between[0]) % (between[1] - between[0])
    corners = surface.vertices[surface.triangles[np.searchsorted(shares, along.reshape(-1)[:count])]]
    u, v = random.random((2, count, 1))
    fold = u + v > 1.0
    u, v = np.where(fold, 1.0 - u, u), np.where(fold, 1.0 - v, v)
    points = corners[:, 0] + u * (corners[:, 1] - corners[:, 0]) + v * (corners[:, 2] - corners[:, 0])
    return np.asarray(points + random.normal(0.0, NOISE_M, points.shape))


def seen_from(cloud: Cloud) -> Cloud:
    """A survey written by `write_survey`, as seen from the middle of each building and about it."""
    random, count = np.random.default_rng(2), len(cloud.points)
    bounds = [station * count // STATIONS for station in range(STATIONS + 1)]
    scan = np.repeat(np.arange(STATIONS, dtype=np.int16), np.diff(bounds))
    parts = [np.asarray(cloud.points[a:b]) for a, b in pairwise(bounds)]
    stations = np.array([random.uniform(np.percentile(p, 5, axis=0), np.percentile(p, 95, axis=0)) for p in parts])
    return replace(cloud, stations=stations, scan=scan, scans=cloud.scans * STATIONS)


def placed(origin: Floats, centre: Floats) -> Registration:
    """The pose of a survey whose file axes are the design frame."""
    pose = np.eye(4)
    pose[:3, 3] = origin
    covariance = np.diag([1e-6] * 3 + [1e-10] * 3)
    return Registration(
        Status.ACCEPTED, Mode.GIVEN, pose, 1.0, NOISE_M, 1.0, covariance, centre, (), may_judge_position=True
    )
