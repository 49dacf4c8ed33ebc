"""The written records of the sample site: permit, control points, and the truth that a checker is measured against."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from samples import place
from samples import plan as p
from samples.facade import balcony_box
from samples.families import FAMILIES
from samples.ifc_file import VERSION
from samples.ifc_shapes import global_id
from samples.plan import Plan
from samples.solids import Part, outline_area
from twin.arrays import Floats, Longs
from twin.frames import move

PERMIT_NUMBER = "建字第 33-SAMPLE-2025-001 号"
_HONEST = 0.02
"""Parts that stand farther from their place than this in m were displaced, not just built by hand."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing that was built otherwise: the box that holds it in the design frame, and its measures.

    `area_m2` is its plan area, `volume_m3` that of the space it takes, `height_m` its height.
    """

    kind: str
    lo: tuple[float, float, float]
    hi: tuple[float, float, float]
    area_m2: float
    volume_m3: float
    height_m: float
    note: str


def edits(approved: Plan, built: Plan) -> tuple[Edit, ...]:
    """The three violations.

    The storey is the space within the outer faces between the approved roof and the built one; the closed balcony
    the room from its slab to the soffit within the outer faces of its parapet; the slab its own concrete.
    """
    low, high = (p.WEST, p.SOUTH, approved.roof), (p.EAST, p.NORTH, built.roof)
    storey = _edit(
        "extra_storey", low, high, p.footprint_area(), "space within the outer faces between the two roof levels"
    )
    level = built.level(p.ENCLOSED_BALCONY[0])
    low, high = balcony_box(level, p.ENCLOSED_BALCONY[1])
    area = (high[0] - low[0]) * (high[1] - low[1])
    balcony = _edit("enclosure", low, high, area, "room from the balcony's slab to the soffit, parapet included")
    floor = built.level(p.INFILLED_LEVEL).floor
    (x0, y0), (x1, y1) = p.ATRIUM[0], p.ATRIUM[2]
    slab = _edit(
        "void_infill", (x0, y0, round(floor - p.SLAB, 6)), (x1, y1, floor), outline_area(p.ATRIUM), "the slab itself"
    )
    return (storey, balcony, slab)


def _edit(kind: str, low: tuple[float, float, float], high: tuple[float, float, float], area: float, note: str) -> Edit:
    height = round(high[2] - low[2], 6)
    return Edit(kind, low, high, round(area, 6), round(area * height, 6), height, note)


def permit_text(approved: Plan, ifc_sha256: str) -> str:
    """The permit record as TOML; every value is the approved model's own."""
    heights = ", ".join(f"{level.height:.2f}" for level in approved.above_ground)
    return f"""\
# A sample, not a permit: written by code together with the sample building.
[permit]
number = "{PERMIT_NUMBER}"
authority = "Sample planning authority"
holder = "Sample housing company"
project = "Sample site, flats with an atrium"
location = "Plot 33, Sample Road"
issued_on = 2025-05-20
crs = "{place.CRS}"
height_datum = "{place.HEIGHT_DATUM}"

[[buildings]]
name = "Building 1"
use = "flats with shops"
storeys_above_ground = {len(approved.above_ground)}
storeys_below_ground = {len(approved.levels) - len(approved.above_ground)}
storey_heights_m = [{heights}]
building_height_m = {approved.parapet_top - p.OUTDOOR_GROUND:.2f}
outdoor_ground_elevation_m = {p.OUTDOOR_GROUND:.2f}
zero_elevation_m = {place.ZERO_ELEVATION:.2f}
top_elevation_m = {approved.parapet_top:.2f}
footprint_area_m2 = {p.footprint_area():.2f}
# All storeys, basement included, within the outer faces; the atrium counts on the first floor only, balconies do not.
gross_floor_area_m2 = {p.gross_floor_area(approved):.2f}

[drawings]
ifc_sha256 = "{ifc_sha256}"
version = "{VERSION}"
"""


def control_text() -> str:
    """Survey marks on the map, name, E, N, H in m, with role and standard deviation in m, as CSV."""
    marks = (
        ("C1", -12.0, -11.0, "control", 0.005), ("C2", 18.0, -20.0, "control", 0.005),
        ("C3", 45.0, -10.0, "control", 0.005), ("C4", 44.0, 26.0, "control", 0.005),
        ("C5", 12.0, 38.0, "control", 0.005), ("C6", -14.0, 21.0, "control", 0.005),
        ("K1", 0.0, -6.0, "check", 0.008), ("K2", 38.0, 8.0, "check", 0.008), ("K3", -4.0, 26.0, "check", 0.008),
    )  # fmt: skip
    plane = np.array([mark[1:3] for mark in marks], dtype=np.float64)
    heights = place.ground_height(plane[:, 0], plane[:, 1])
    mapped = move(place.map_from_design(), np.column_stack([plane, heights]))
    rows = [
        f"{name},{e:.4f},{n:.4f},{h:.4f},{role},{sigma}"
        for (name, _, _, role, sigma), (e, n, h) in zip(marks, mapped, strict=True)
    ]
    return "\n".join(["name,E,N,H,role,sigma", *rows]) + "\n"


def seen_counts(approved: tuple[Part, ...], built: tuple[Part, ...], returns: Longs) -> dict[str, int]:
    """Returns of both clouds on each approved element, by GlobalId, wherever it was built."""
    counted = {part.key: int(count) for part, count in zip(built, returns, strict=True)}
    return {global_id(part.key): counted.get(part.key, 0) for part in _elements(approved)}


def displaced(approved: tuple[Part, ...], built: tuple[Part, ...], offsets: Floats) -> list[dict[str, Any]]:
    """Approved elements that stand elsewhere, with their offset (3,) m in the design frame."""
    where = {part.key: np.add(part.origin, offset) for part, offset in zip(built, offsets, strict=True)}
    moved = []
    for part in _elements(approved):
        if part.key in where:
            offset = where[part.key] - part.origin
            if float(np.linalg.norm(offset)) > _HONEST:
                kind = FAMILIES[part.family].ifc_class
                vector = [round(float(v), 4) for v in offset]
                moved.append({"global_id": global_id(part.key), "ifc_class": kind, "offset_m": vector})
    return moved


def read_truth(folder: Path) -> dict[str, Any]:
    """The truth of a sample site that `write_sample_site` left in `folder`."""
    truth: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return truth


def _elements(parts: tuple[Part, ...]) -> list[Part]:
    return [part for part in parts if part.bodies and part.family != "space"]
