"""The approved building: IFC files read into elements, one surface, storeys and their place on the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from twin.design.model import Design
from twin.errors import DesignError

__all__ = ["describe", "read_design"]


def read_design(paths: Sequence[Path], cache: Path | None = None, cores: int = 2) -> Design:
    """The approved design of one or more files.

    Parameters
    ----------
    paths : sequence of Path
        ``.ifc`` or ``.ifczip``, read as one design.
    cache : Path or None
        Folder that keeps finished designs, so that the next run only loads them; None keeps nothing.
    cores : int
        Threads that mesh.

    Raises
    ------
    DesignError
        A file cannot be read, or no file holds a body.
    """
    from twin import digest
    from twin.design.cache import load, place_of, store
    from twin.design.reading import tessellated

    if not paths:
        raise DesignError("no design file is named", "name at least one .ifc or .ifczip file")
    files = [Path(path) for path in paths]
    for path in files:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise DesignError(f"{path}: is a device or a pipe", "give a file")
    if cache is None:
        return tessellated(files, cores)
    try:
        place = place_of(Path(cache), files, [digest.of_file(path) for path in files])
    except OSError:
        return tessellated(files, cores)
    design = load(place, files)
    if design is None:
        design = tessellated(files, cores)
        store(place, design)
    return design


def describe(design: Design) -> list[tuple[str, str]]:
    """What the design holds, as pairs of a label and a readable value; facts that repeat have the same label."""
    low, high = design.surface.vertices.min(axis=0), design.surface.vertices.max(axis=0)
    size = " x ".join(f"{side:.2f}" for side in high - low)
    classes = Counter(element.ifc_class for element in design.elements)
    facts = [("design", design.name)]
    facts += [("file", f"{f.path}, {f.ifc_schema}, length unit {f.length_unit_m:g} m") for f in design.files]
    facts += [("elements", f"{len(design.elements)}, {len(design.surface.triangles)} triangles")]
    facts += [("role", f"{role.value}: {len(rows)}") for role, rows in design.roles().items()]
    facts += [("class", f"{name}: {count}") for name, count in sorted(classes.items())]
    if design.axes:
        facts.append(("grid axes", f"{len(design.axes)}: {_listed([axis.tag for axis in design.axes])}"))
    facts += [("size", f"{size} m, from {low[2]:.2f} to {high[2]:.2f} m")]
    facts += [
        ("storey", f"{_place(s.name, s.elevation_m)}, {'floor' if s.is_floor else 'no floor'}: {s.why}")
        for s in design.storeys
    ]
    return facts + _describe_place(design) + [("note", note) for note in design.notes]


def _listed(tags: Sequence[str], most: int = 24) -> str:
    shown = ", ".join(tag[:12] for tag in tags[:most])
    return shown if len(tags) <= most else f"{shown} and {len(tags) - most} more"


def _place(name: str, elevation_m: float) -> str:
    return f"{name} at {elevation_m:.2f} m"


def _describe_place(design: Design) -> list[tuple[str, str]]:
    place = design.georeference
    facts = [("georeference", f"{place.source}, {place.crs or 'no system named'}")]
    if place.map_from_design is not None:
        east, north, height = place.map_from_design[:3, 3]
        facts.append(("origin", f"{east:.3f} E, {north:.3f} N, {height:.3f} m"))
    if place.latitude_deg is not None and place.longitude_deg is not None:
        facts.append(("site", f"latitude {place.latitude_deg:.6f}, longitude {place.longitude_deg:.6f} degrees"))
    if place.true_north_deg != 0.0:
        facts.append(("true north", f"{place.true_north_deg:.2f} degrees anticlockwise from y"))
    return facts + [("conflict", line) for line in place.conflicts]
