"""The permit record: what was approved, as numbers that no model file carries."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from twin.errors import PermitError
from twin.toml import read_content, tables_of, with_tuples

Name = Annotated[str, Field(min_length=1)]
Length = Annotated[float, Field(gt=0.0, le=10_000.0)]
Level = Annotated[float, Field(ge=-12_000.0, le=12_000.0)]
Area = Annotated[float, Field(gt=0.0, le=1e8)]
Storeys = Annotated[int, Field(ge=0, le=300)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class PermittedBuilding(_Part):
    """One building of a permit; None where the permit does not say.

    Lengths in m, areas in m2. `outdoor_ground_elevation_m` and `top_elevation_m` (parapet) are levels in the design
    frame, `zero_elevation_m` is the height of the design's level zero in the permit's height datum.
    `storey_heights_m` lists the storeys above ground from the lowest up.
    """

    name: Name
    use: str | None = None
    storeys_above_ground: Storeys | None = None
    storeys_below_ground: Storeys | None = None
    storey_heights_m: tuple[Length, ...] | None = None
    building_height_m: Length | None = None
    outdoor_ground_elevation_m: Level | None = None
    zero_elevation_m: Level | None = None
    top_elevation_m: Level | None = None
    footprint_area_m2: Area | None = None
    gross_floor_area_m2: Area | None = None

    @model_validator(mode="after")
    def _heights_fit_storeys(self) -> PermittedBuilding:
        heights, storeys = self.storey_heights_m, self.storeys_above_ground
        if heights is not None and storeys is not None and len(heights) != storeys:
            raise ValueError(f"storey_heights_m has {len(heights)} entries for {storeys} storeys above ground")
        return self


class Drawings(_Part):
    """Which design the permit refers to."""

    ifc_sha256: Annotated[str, Field(pattern="^[0-9a-fA-F]{64}$")] | None = None
    version: str | None = None


class Permit(_Part):
    """A permit with its buildings.

    `path` and `sha256` say from which bytes it was read; `crs` and `height_datum` name the systems of its
    coordinates and heights.
    """

    path: str
    sha256: str
    number: Name
    authority: str | None = None
    holder: str | None = None
    project: str | None = None
    location: str | None = None
    issued_on: date | None = None
    crs: str | None = None
    height_datum: str | None = None
    buildings: Annotated[tuple[PermittedBuilding, ...], Field(min_length=1)]
    drawings: Drawings = Drawings()

    def refers_to(self, design_sha256: str) -> bool | None:
        """Whether the approved model has that digest; None where the permit names none."""
        stated = self.drawings.ifc_sha256
        return None if stated is None else stated.lower() == design_sha256.lower()


def read_permit(path: Path) -> Permit:
    """The permit record in a TOML file.

    Raises
    ------
    PermitError
        Unreadable, no TOML, an unknown or missing key, a wrong type, or a value that cannot be; names file and key.
    """
    content = read_content(path, PermitError)
    tables = tables_of(content, path, PermitError, "see docs/reference/permit.md")
    unknown = tables.keys() - {"permit", "buildings", "drawings"}
    if unknown:
        raise PermitError(f"{path}: unknown key {min(unknown)}", "the parts are [permit], [[buildings]] and [drawings]")
    permit = tables.get("permit")
    if not isinstance(permit, dict):
        raise PermitError(f"{path}: has no table [permit]", "give at least its number; see docs/reference/permit.md")
    if inner := permit.keys() & {"path", "sha256", "buildings", "drawings"}:
        raise PermitError(f"{path}: unknown key permit.{min(inner)}", "see docs/reference/permit.md")
    parts = {name: tables[name] for name in ("buildings", "drawings") if name in tables}
    try:
        return Permit.model_validate(
            {**permit, **with_tuples(parts), "path": str(path), "sha256": hashlib.sha256(content).hexdigest()}
        )
    except ValidationError as error:
        raise PermitError(f"{path}: {_told(error)}", "see docs/reference/permit.md for keys and units") from error


def _told(error: ValidationError) -> str:
    """The first complaint, with the key as the file writes it."""
    first = error.errors()[0]
    places = first["loc"]
    table = "" if not places or places[0] in ("buildings", "drawings") else "permit."
    key = table + ".".join(str(place + 1) if isinstance(place, int) else place for place in places)
    if first["type"] == "missing":
        return f"{key} is missing"
    if first["type"] == "extra_forbidden":
        return f"unknown key {key}"
    said = first["msg"].removeprefix("Value error, ")
    return f"{key}: {said[0].lower()}{said[1:]}"
