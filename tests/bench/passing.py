"""One measured pass: ``python -m tests.bench.passing DESIGN TILES POINTS TIMES FIELDS SURVEY SCRATCH`` prints JSON.

In a process of its own, so that its peak memory is that of the pass alone. The survey is
made where it does not exist, with all fields that scanners write or with coordinates alone, and read so many times as
if it were as many files.
"""

from __future__ import annotations

import json
import shutil
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
from twin.design.model import Surface
from twin.design.proximity import Proximity
from twin.deviation import DeviationSettings, measure
from twin.deviation.sweep import sweep
from twin.survey import decode, open_survey

from .dense import with_stations, write_dense_tiles
from .tiles import placed, tiled

COORDINATES, ALL = "coordinates", "all"
"""What the points of a survey have: nothing but a place, or colour, intensity and time besides."""
_COMPARED = 1_000_000
_AT_A_TIME = 4_000_000
_LAS_DAY = 90
"""Where a LAS file holds the day of the year on which it was made: LAS 1.4 R15, table 3."""


def main(arguments: list[str]) -> None:
    """Decodes, sweeps, then measures everything; asks Open3D for the distances of some points."""
    design_path, tiles, points, times, fields, survey_path, scratch = arguments
    one = read_design((Path(design_path),), Path(scratch) / "designs")
    design, survey, folder = tiled(one, int(tiles)), Path(survey_path), Path(scratch)
    if not survey.exists():
        write_dense_tiles(survey, one.surface, int(tiles), int(points), fields == ALL)
    surveys = _named(survey, int(times))
    figures: dict[str, Any] = {"triangles": len(design.surface.triangles), "fields": fields}
    figures["bare"], figures["points"] = _timed(lambda: sum(map(_unpacked, surveys)))
    figures["decode"], cloud = _timed(lambda: decode(open_survey(surveys), folder / "columns"))
    cloud = with_stations(cloud, survey, int(times))
    registration = placed(cloud.origin, design.surface.vertices.mean(axis=0))
    pose, settings = registration.design_from_survey, DeviationSettings()
    spacing = settings.thinned_share * max(settings.sample_spacing_m, _apart(design.surface, settings.most_samples))
    figures["sweep"], _ = _timed(lambda: sweep(design.surface, cloud, pose, settings, spacing, scratch=folder))
    with _Peak() as peak:
        figures["measure"], _ = _timed(lambda: measure(design, cloud, registration, settings, scratch=folder))
    figures["memory_mb"] = peak.most
    figures["open3d"] = _open3d(design.surface, np.asarray(cloud.points[:_COMPARED]) + cloud.origin)
    sys.stdout.write(json.dumps(figures) + "\n")


def _apart(surface: Surface, most: int) -> float:
    """Distance of so many samples on a surface, m."""
    return float(np.sqrt(surface.areas().sum() / most))


def _named(survey: Path, times: int) -> list[Path]:
    """So many copies of one file, each with a date of its own: one that is given twice is taken for a mistake."""
    names = [survey]
    for number in range(1, times):
        names.append(survey.with_name(f"{survey.stem}-{number}{survey.suffix}"))
        shutil.copyfile(survey, names[-1])
        with names[-1].open("r+b") as file:
            file.seek(_LAS_DAY)
            file.write(number.to_bytes(2, "little"))
    return names


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
