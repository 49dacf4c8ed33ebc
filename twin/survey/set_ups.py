"""Where the set-ups of a survey stood: by the files, by a list that a person gives, else by their points."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from twin.arrays import Longs, frozen
from twin.delimited import read_lines
from twin.errors import InputError
from twin.phrases import phrase
from twin.survey.model import Cloud, FileFacts, Scan
from twin.survey.stations import MOST_POINTS, Station, station_of

_HINT = "write a line name,x,y,z for each set-up below a line with these words, in the axes and unit of the cloud"
_COLUMNS = ("name", "x", "y", "z")
_FEWEST = 5_000
"""Points of a scan about which it is asked: a set-up takes hundreds of thousands."""
_MOST_ASKED = 1_000
_BLOCK = 1 << 20

Places = dict[str, tuple[float, float, float]]
"""x, y, z in the unit of the file, by the name of the scan or the number of its set-up."""


def read_stations(path: Path) -> Places:
    """Stations from a CSV file with a header line: name, x, y, z, in any order.

    Raises
    ------
    InputError
        Unreadable, a column or number missing, or a name twice.
    """
    places: Places = {}
    for line in read_lines(path, _COLUMNS, _HINT)[1]:
        name, place = line.cells["name"], (line.value("x"), line.value("y"), line.value("z"))
        if not name:
            raise line.wrong("the name is missing")
        if name in places:
            raise line.wrong(f"{name} is named twice")
        places[name] = place
    return places


def with_stations(cloud: Cloud, given: Places | None = None, seed: int = 0) -> Cloud:
    """The cloud with the stations that were given, and those that its points tell where no file says.

    Parameters
    ----------
    cloud : Cloud
    given : Places or None
        Go before what files say.
    seed : int
        Chooses the points that are asked.

    Raises
    ------
    InputError
        A name that no scan has.
    """
    scans, stations = list(cloud.scans), np.array(cloud.stations, dtype=np.float64)
    for number, place in _matched(cloud, given or {}).items():
        scans[number] = replace(scans[number], station=place)
        stations[number] = np.array(place) - cloud.origin
    told = _told(cloud, np.flatnonzero(~np.isfinite(stations).all(axis=1)), seed)
    for number, station in told.items():
        stations[number] = station.position
        x, y, z = (station.position + cloud.origin).tolist()
        scans[number] = replace(scans[number], station=(x, y, z), sigma_m=station.sigma_m)
    return replace(cloud, scans=tuple(scans), stations=frozen(stations), facts=tuple(_facts(cloud.facts, scans)))


def _matched(cloud: Cloud, given: Places) -> dict[int, tuple[float, float, float]]:
    """Places in metres by number of the scan; a name is the scan's own, or the last word of it."""
    metres = [facts.unit_m for facts in cloud.facts for _ in facts.scans]
    found: dict[int, tuple[float, float, float]] = {}
    for name, (x, y, z) in given.items():
        same = [n for n, scan in enumerate(cloud.scans) if scan.name == name]
        same = same or [n for n, scan in enumerate(cloud.scans) if scan.name.split()[-1:] == [name]]
        if len(same) != 1:
            known = ", ".join(scan.name for scan in cloud.scans[:10])
            said = "no set-up is" if not same else "several set-ups are"
            raise InputError(f"stations: {said} named {name!r}", f"name them as `plumbline info` does: {known}")
        unit_m = metres[same[0]]
        found[same[0]] = (x * unit_m, y * unit_m, z * unit_m)
    return found


def _told(cloud: Cloud, unknown: Longs, seed: int) -> dict[int, Station]:
    """Stations that points tell, by number of the scan."""
    asked = [n for n in unknown.tolist() if cloud.scans[n].points >= _FEWEST][:_MOST_ASKED]
    rows = _random_rows(cloud, asked, seed)
    with ThreadPoolExecutor() as threads:
        found = threads.map(lambda n: station_of(np.asarray(cloud.points[rows[n]], dtype=np.float64), seed), asked)
        return {number: station for number, station in zip(asked, found, strict=True) if station is not None}


def _random_rows(cloud: Cloud, asked: list[int], seed: int) -> dict[int, Longs]:
    """Rows of each scan, by chance as many as are wanted: every n-th would follow the grid of the instrument."""
    if not asked:
        return {}
    chance = np.zeros(len(cloud.scans))
    chance[asked] = [min(1.0, MOST_POINTS / cloud.scans[n].points) for n in asked]
    lots, parts = np.random.default_rng(seed), []
    for start in range(0, len(cloud.scan), _BLOCK):
        scan = np.asarray(cloud.scan[start : start + _BLOCK])
        parts.append(start + np.flatnonzero(lots.random(len(scan), dtype=np.float32) < chance[scan]))
    chosen = np.concatenate(parts)
    scan = np.asarray(cloud.scan[chosen])
    return {number: chosen[scan == number] for number in asked}


def _facts(files: Iterable[FileFacts], scans: list[Scan]) -> Iterable[FileFacts]:
    """The facts of each file with its scans as they are known now."""
    first = 0
    for facts in files:
        own = tuple(scans[first : first + len(facts.scans)])
        first += len(own)
        sigma = [scan.sigma_m for scan in own if scan.sigma_m is not None]
        notes = facts.notes + ((_told_note(len(own), sigma),) if sigma else ())
        yield replace(facts, scans=own, notes=notes)


def _told_note(scans: int, sigma: list[float]) -> str:
    return phrase(
        "stations of {told} of {scans} scans are told by the density of their points, ± {within:.0f} mm",
        told=len(sigma),
        scans=scans,
        within=2000.0 * max(sigma),
    )
