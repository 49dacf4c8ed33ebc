"""One measured pass: ``python -m tests.bench.passing DESIGN TILES POINTS SURVEY SCRATCH`` prints figures as JSON.

In a process of its own, so that its peak memory is that of the pass alone.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil  # type: ignore[import-untyped]

from twin.design import read_design
from twin.design.proximity import Proximity
from twin.deviation import DeviationSettings, measure
from twin.deviation.band import Band
from twin.survey import decode, open_survey
from twin.survey.model import Cloud

from .tiles import placed, seen_from, tiled, write_survey

_COMPARED = 1_000_000


def main(arguments: list[str]) -> None:
    """Decodes, measures distances alone, then everything; asks Open3D for the same distances of some points."""
    design_path, tiles, points, survey, scratch = arguments
    design = tiled(read_design((Path(design_path),), Path(scratch) / "designs"), int(tiles))
    if not Path(survey).exists():
        write_survey(design.surface, int(tiles), int(points), Path(survey))
    figures: dict[str, Any] = {"triangles": len(design.surface.triangles), "points": int(points)}
    figures["decode"], cloud = _timed(lambda: decode(open_survey([Path(survey)]), Path(scratch) / "columns"))
    cloud = seen_from(cloud)
    registration = placed(cloud.origin, design.surface.vertices.mean(axis=0))
    pose, settings = registration.design_from_survey, DeviationSettings()
    figures["set_up"], band = _timed(lambda: Band(design.surface, settings.band_m))
    figures["distance"], _ = _timed(lambda: _distances(band, cloud, pose))
    with _Peak() as peak:
        figures["measure"], _ = _timed(lambda: measure(design, cloud, registration, settings, scratch=Path(scratch)))
    figures["memory_mb"] = peak.most
    figures["open3d"] = _open3d(design.surface, np.asarray(cloud.points[:_COMPARED]) + cloud.origin)
    sys.stdout.write(json.dumps(figures) + "\n")


def _timed(work: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    """Wall and CPU seconds of some work, and what it gives."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    return (time.perf_counter() - wall, time.process_time() - cpu), answer


def _distances(band: Band, cloud: Cloud, pose: np.ndarray) -> None:
    distance, triangle = np.zeros(1 << 20, dtype=np.float32), np.zeros(1 << 20, dtype=np.int32)
    for start in range(0, len(cloud.points), 1 << 20):
        part = cloud.points[start : start + (1 << 20)]
        band.measure(part, pose, distance[: len(part)], triangle[: len(part)])


def _open3d(surface: Any, points: np.ndarray) -> tuple[float, float]:
    """Seconds for closest points of a million points, without double precision, sign or band."""
    proximity = Proximity(surface)
    query = proximity._tensor(np.ascontiguousarray(points - proximity._origin, dtype=np.float32))
    proximity._scene.compute_closest_points(query[:10])
    return _timed(lambda: proximity._scene.compute_closest_points(query))[0]


def _anonymous() -> float:
    """Memory of this process in 10^6 bytes, pages of mapped files apart."""
    memory = psutil.Process().memory_info()
    return float(memory.rss - memory.shared) / 1e6


class _Peak:
    """The highest of `_anonymous` while something runs."""

    def __enter__(self) -> _Peak:
        self.most, self._stop = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.02):
            self.most = max(self.most, _anonymous())


if __name__ == "__main__":
    main(sys.argv[1:])
