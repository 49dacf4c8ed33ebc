"""The whole sample site as files: what was approved, what a survey of the as-built site measured, and the truth."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from samples import place, plan, records
from samples.building import parts
from samples.clouds import SURVEYED_ON, write_drone, write_laser
from samples.drone import fly
from samples.ifc_file import write_ifc
from samples.laser import scan, stations
from samples.scene import Scene, build_scene
from samples.surroundings import surroundings
from samples.workmanship import offsets
from twin.digest import of_file

if TYPE_CHECKING:
    from samples.drone import DroneCloud
    from samples.laser import StationScan
    from samples.plan import Plan
    from samples.solids import Part
    from twin.arrays import Floats, Longs

_SEED = 20260318
_SURROUNDINGS, _LASER, _DRONE = 1, 2, 3
"""Streams of random numbers, one for each use, so that none depends on how many another drew."""


@dataclass(frozen=True, slots=True)
class SampleSite:
    """Where the files of a sample site lie."""

    folder: Path
    design: Path
    permit: Path
    survey_laser: Path
    survey_drone: Path
    control: Path
    truth: Path

    @property
    def surveys(self) -> tuple[Path, Path]:
        """Both clouds."""
        return (self.survey_laser, self.survey_drone)


def site_in(folder: Path) -> SampleSite:
    """The names of the files in `folder`, whether they are there or not."""
    return SampleSite(
        folder,
        folder / "approved.ifc",
        folder / "permit.toml",
        folder / "survey_laser.e57",
        folder / "survey_drone.laz",
        folder / "control.csv",
        folder / "truth.json",
    )


def write_sample_site(folder: Path) -> SampleSite:
    """Write the sample site; every run writes the same bytes.

    Parameters
    ----------
    folder : Path
        Made where it does not exist; files of these names in it are replaced.
    """
    site = site_in(folder)
    folder.mkdir(parents=True, exist_ok=True)
    approved, built = plan.approved(), plan.as_built()
    approved_parts, built_parts = parts(approved), parts(built)
    write_ifc(site.design, approved, approved_parts)
    site.permit.write_text(records.permit_text(approved, of_file(site.design)), encoding="utf-8", newline="\n")
    site.control.write_text(records.control_text(), encoding="utf-8", newline="\n")

    moved = offsets(built_parts)
    scene = build_scene(built_parts, moved, surroundings(built, _stream(_SURROUNDINGS)))
    scans = _scan_all(scene, built)
    cloud = fly(scene, built, _stream(_DRONE))
    write_laser(site.survey_laser, scans)
    write_drone(site.survey_drone, cloud)
    returns = _returns([*(s.part for s in scans), cloud.part], len(built_parts))
    truth = _truth(approved, built, approved_parts, built_parts, moved, returns) | _survey_facts(scans, cloud)
    text = json.dumps(truth, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    site.truth.write_text(text + "\n", encoding="utf-8", newline="\n")
    return site


def _stream(*numbers: int) -> np.random.Generator:
    return np.random.default_rng([_SEED, *numbers])


def _scan_all(scene: Scene, built: Plan) -> tuple[StationScan, ...]:
    return tuple(scan(scene, station, _stream(_LASER, i)) for i, station in enumerate(stations(built)))


def _returns(parts_seen: list[Any], count: int) -> Longs:
    """(count,) returns on each as-built part."""
    total = np.zeros(count, dtype=np.int64)
    for part in parts_seen:
        total += np.bincount(part[part >= 0], minlength=count)
    return total


def _truth(
    approved: Plan,
    built: Plan,
    approved_parts: tuple[Part, ...],
    built_parts: tuple[Part, ...],
    moved: Floats,
    returns: Longs,
) -> dict[str, Any]:
    """What was built otherwise, and what was seen of what was approved."""
    return {
        "name": "sample-site",
        "ifc": "approved.ifc",
        "edits": [asdict(edit) for edit in records.edits(approved, built)],
        "survey_from_design": place.map_from_design().tolist(),
        "storeys": [{"name": level.key, "elevation_m": level.floor} for level in built.levels],
        "roof_elevation_m": built.roof,
        "top_elevation_m": built.parapet_top,
        "seen": records.seen_counts(approved_parts, built_parts, returns),
        "displaced": records.displaced(approved_parts, built_parts, moved),
    }


def _survey_facts(scans: tuple[StationScan, ...], cloud: DroneCloud) -> dict[str, Any]:
    return {
        "surveyed_on": SURVEYED_ON.isoformat(),
        "stations": [
            {
                "name": s.station.name,
                "position_design_m": [round(c, 4) for c in s.station.position],
                "points": len(s.points),
            }
            for s in scans
        ],
        "points": {"laser": sum(len(s.points) for s in scans), "drone": len(cloud.points)},
        "drone_pictures": cloud.pictures,
    }
