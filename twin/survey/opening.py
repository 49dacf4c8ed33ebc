"""Opens clouds of any format as one survey."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from twin import digest
from twin.arrays import Floats, frozen
from twin.errors import CloudsApart, SurveyError
from twin.phrases import phrase
from twin.survey import crs, units
from twin.survey.e57 import open_e57
from twin.survey.las import open_las
from twin.survey.leica import open_pts, open_ptx
from twin.survey.model import CloudFile, FileFacts, Survey
from twin.survey.pcd import open_pcd
from twin.survey.ply import open_ply
from twin.survey.recognition import Recognised, recognise
from twin.survey.records import Contents, OpenedCloud, box_of, translated
from twin.survey.text import open_text

DOORS: dict[str, Callable[[Path], Contents]] = {
    "E57": open_e57,
    "LAS": open_las,
    "PCD": open_pcd,
    "PLY": open_ply,
    "PTS": open_pts,
    "PTX": open_ptx,
    "text": open_text,
}

_PROBE = 65_536
_NEAR_ZERO_M = 1000.0
_ORIGIN_STEP_M = 100.0
_ONE_SITE_M = 10_000.0


def open_survey(paths: Sequence[Path], unit: str | None = None, system: str | None = None) -> Survey:
    """One or more clouds as one survey.

    Parameters
    ----------
    paths : sequence of Path
        E57, LAS, LAZ, COPC, PLY, PCD, PTS, PTX or text, of one site in one coordinate system.
    unit : "m", "mm", "ft" or None
        Unit of the coordinates, where files do not state it or state it wrongly; None takes what each file states,
        and metres where it states nothing.
    system : str or None
        Coordinate system of the coordinates, such as EPSG:25832, where files do not state it or state it wrongly.

    Raises
    ------
    SurveyError
        A file is missing, empty, cut off, damaged, mislabelled, without points, given twice, in degrees, or far from
        the first one.
    """
    if not paths:
        raise SurveyError("no cloud was given", "give at least one point cloud")
    if unit is not None:
        units.named(unit)
    named = None if system is None else crs.stated(system)
    files: list[CloudFile] = []
    samples: list[Floats] = []
    for path in paths:
        file = _opened(path, unit, named)
        _refuse_twin(file.facts, files)
        sample = _first_points(file)
        files.append(_doubted(file, sample))
        samples.append(np.median(sample, axis=0))
    _refuse_distant(files, samples)
    return Survey(tuple(files), frozen(origin_near(samples[0])))


def origin_near(point: Floats) -> Floats:
    """The local origin for a survey around this point, (3,) m, file axes.

    Zero where every coordinate is below 1 km: the survey frame is then the file's own, and even 32-bit numbers, in
    which viewers and neighbour searches work, step by less than 0.07 mm. Beyond, the nearest whole 100 m, a number
    that people can read and that takes no digit from a coordinate.
    """
    if (np.abs(point) < _NEAR_ZERO_M).all():
        return np.zeros(3)
    origin: Floats = np.round(point / _ORIGIN_STEP_M) * _ORIGIN_STEP_M
    return origin + 0.0


def _opened(path: Path, unit: str | None, system: str | None) -> OpenedCloud:
    recognised = recognise(path)
    with translated(path):
        contents = DOORS[recognised.format](path)
        facts = _facts(path, contents, recognised, unit)
        facts = facts if system is None else _in_system(facts, system)
    if facts.points == 0:
        raise SurveyError(f"{path}: holds no points", "give a cloud with points")
    return OpenedCloud(facts, contents.records)


def _facts(path: Path, contents: Contents, recognised: Recognised, unit: str | None) -> FileFacts:
    used, unit_notes = units.chosen(unit, contents.unit)
    metres = used.metres
    scans = tuple(
        scan
        if scan.station is None
        else replace(scan, station=(scan.station[0] * metres, scan.station[1] * metres, scan.station[2] * metres))
        for scan in contents.scans
    )
    box = contents.box
    return FileFacts(
        path=str(path),
        sha256=digest.of_file(path),
        format=contents.format,
        points=sum(scan.points for scan in scans),
        scans=scans,
        unit=used.name,
        unit_m=metres,
        crs=contents.crs,
        captured_on=contents.captured_on,
        box=None if box is None else box_of(box[:3], box[3:], metres),
        notes=(*recognised.notes, *contents.notes, *unit_notes),
    )


def _in_system(facts: FileFacts, system: str) -> FileFacts:
    """The facts with the coordinate system that was named; the file's own word is kept as a note."""
    if facts.crs == system:
        return facts
    if facts.crs is None:
        return replace(facts, crs=system)
    note = phrase("its coordinate system is taken for {system}; the file says {own}", system=system, own=facts.crs)
    return replace(facts, crs=system, notes=(*facts.notes, note))


def _refuse_twin(facts: FileFacts, files: Sequence[CloudFile]) -> None:
    for other in files:
        if other.facts.sha256 == facts.sha256:
            raise SurveyError(f"{facts.path}: is the same as {other.facts.path}", "give each cloud once")


def _first_points(file: OpenedCloud) -> Floats:
    """The first points that are valid, (n, 3) m, file axes: told by the points, as headers' boxes are often wrong."""
    for chunk in file.chunks(_PROBE):
        if len(chunk.points):
            return chunk.points
    raise SurveyError(f"{file.facts.path}: none of its {file.facts.points:,} points is valid", "export it again")


def _doubted(file: OpenedCloud, sample: Floats) -> OpenedCloud:
    """The file with a note where its first points already lie too far apart for its unit."""
    facts = file.facts
    note = units.doubt(float(np.ptp(sample, axis=0).max()), units.Unit(facts.unit, facts.unit_m))
    return replace(file, facts=replace(facts, notes=facts.notes + note))


def _refuse_distant(files: Sequence[CloudFile], samples: Sequence[Floats]) -> None:
    for file, sample in zip(files, samples, strict=True):
        distance = float(np.abs(sample - samples[0]).max())
        if distance > _ONE_SITE_M:
            raise CloudsApart(
                f"{file.facts.path}: lies {distance / 1000.0:,.0f} km from {files[0].facts.path}",
                "give clouds in one coordinate system and one unit",
            )
