"""One measured pass: ``python -m tests.bench.passing DESIGN TILES POINTS SURVEY SCRATCH`` prints figures as JSON.

In a process of its own, so that its peak memory is that of the pass alone. The survey is made where it does not exist.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import laspy
import numpy as np
import psutil  # type: ignore[import-untyped]

from twin.design import read_design
from twin.design.proximity import Proximity
from twin.deviation import DeviationSettings, measure
from twin.deviation.sweep import sweep
from twin.survey import decode, open_survey

from .dense import with_stations, write_dense_tiles
from .tiles import placed, tiled

_COMPARED = 1_000_000
_AT_A_TIME = 4_000_000


def main(arguments: list[str]) -> None:
    """Decodes, sweeps, then measures everything; asks Open3D for the distances of some points."""
    design_path, tiles, points, survey_path, scratch = arguments
    one = read_design((Path(design_path),), Path(scratch) / "designs")
    design, survey, folder = tiled(one, int(tiles)), Path(survey_path), Path(scratch)
    if not survey.exists():
        write_dense_tiles(survey, one.surface, int(tiles), int(points))
    figures: dict[str, Any] = {"triangles": len(design.surface.triangles)}
    figures["bare"], figures["points"] = _timed(lambda: _unpacked(survey))
    figures["decode"], cloud = _timed(lambda: decode(open_survey([survey]), folder / "columns"))
    cloud = with_stations(cloud, survey)
    registration = placed(cloud.origin, design.surface.vertices.mean(axis=0))
    pose, settings = registration.design_from_survey, DeviationSettings()
    with _Peak() as peak:
        figures["sweep"], _ = _timed(lambda: sweep(design.surface, cloud, pose, settings, 0.05, scratch=folder))
        figures["measure"], _ = _timed(lambda: measure(design, cloud, registration, settings, scratch=folder))
    figures["memory_mb"] = peak.most
    figures["open3d"] = _open3d(design.surface, np.asarray(cloud.points[:_COMPARED]) + cloud.origin)
    sys.stdout.write(json.dumps(figures) + "\n")


def _unpacked(path: Path) -> int:
    """Only unpacks the file, by the library's reader on all cores."""
    with laspy.open(path) as reader:
        return sum(len(points) for points in reader.chunk_iterator(_AT_A_TIME))


def _timed(work: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    """Wall and CPU seconds of some work, and what it gives."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    return (time.perf_counter() - wall, time.process_time() - cpu), answer


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
