"""Distances alone, on one core: ``python -m tests.bench.distances MODEL.ply CLOUD.ply SCRATCH`` prints figures as JSON.

A process of its own, so that its wall time is that of everything: interpreter, libraries, reading, distances.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from twin.arrays import Floats
from twin.design.model import Surface
from twin.deviation.band import Band
from twin.survey import decode, open_survey

BAND_M = 0.1
_BLOCK = 1 << 19


def main(arguments: list[str]) -> None:
    """Reads both files and measures every point, with nothing known before."""
    import trimesh

    model, survey, scratch = map(Path, arguments)
    mesh = trimesh.load(model, process=False)
    triangles = np.asarray(mesh.faces, dtype=np.int32)
    surface = Surface(np.asarray(mesh.vertices, dtype=np.float64), triangles, np.zeros(len(triangles), dtype=np.int32))
    cloud = decode(open_survey([survey]), scratch)
    pose = np.eye(4)
    pose[:3, 3] = cloud.origin
    started = time.perf_counter()
    near = _near(Band(surface, BAND_M), cloud.points, pose)
    took = time.perf_counter() - started
    sys.stdout.write(json.dumps({"points": len(cloud.points), "near": near, "compute_s": took}) + "\n")


def _near(band: Band, points: Floats, pose: Floats) -> int:
    worker, near = band.worker(), 0
    distance, triangle = np.zeros(_BLOCK, dtype=np.float32), np.zeros(_BLOCK, dtype=np.int32)
    for start in range(0, len(points), _BLOCK):
        part = points[start : start + _BLOCK]
        worker.measure(part, pose, distance[: len(part)], triangle[: len(part)])
        near += int(np.isfinite(distance[: len(part)]).sum())
    return near


if __name__ == "__main__":
    main(sys.argv[1:])
