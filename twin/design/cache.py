"""Finished designs kept on disk, so that a second run neither parses nor meshes.

A cache can only save time: whatever is wrong with it, the design is read anew.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np

from twin import digest
from twin.arrays import Floats, frozen
from twin.design.model import Design, DesignFile, Element, Georeference, GridAxis, Role, Storey, Surface
from twin.design.tessellation import LIBRARIES

_FORMAT = 3
"""Raised when the layout of the file changes; what the readers compute is covered by the digest of their text."""
_TOOLS = ("ifcopenshell", "numpy", "scipy", "shapely", "pyproj")
_BROKEN = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error, MemoryError)


def place_of(folder: Path, paths: Sequence[Path], sha256: Sequence[str]) -> Path:
    """Where the design of these files is kept: named by everything that decides what it looks like."""
    key = {
        "format": _FORMAT,
        "files": [[path.name, digest_] for path, digest_ in zip(paths, sha256, strict=True)],
        "libraries": list(LIBRARIES),
        "versions": {tool: _version(tool) for tool in _TOOLS},
        "readers": _readers(),
    }
    return folder / f"design-{digest.of_json(key)[:32]}.npz"


def _version(tool: str) -> str:
    try:
        return version(tool)
    except PackageNotFoundError:
        return ""


def _readers() -> str:
    """Digest of the text of this package, so that a changed rule never meets an old result."""
    texts = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in files("twin.design").iterdir()
        if entry.name.endswith(".py")
    }
    return digest.of_json(texts)


def load(place: Path, paths: Sequence[Path]) -> Design | None:
    """The design kept at `place`, or None where there is none that is whole."""
    try:
        with np.load(place, allow_pickle=False) as kept:
            surface = Surface(*(frozen(kept[name]) for name in ("vertices", "triangles", "element")))
            text = kept["text"].tobytes().decode()
            matrix = kept["map_from_design"]
        design = _design(json.loads(text), surface, matrix)
        _require_sound(design)
    except _BROKEN:
        return None
    named = zip(design.files, paths, strict=True)
    return replace(design, files=tuple(replace(file, path=path.name) for file, path in named))


def store(place: Path, design: Design) -> None:
    """Keep `design` at `place`, whole or not at all; a folder that cannot be written to is left alone."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=place.parent, prefix=".design-", suffix=".tmp", delete=False) as stream:
            temporary = Path(stream.name)
            try:
                _write(stream, design)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        temporary.replace(place)
    except OSError:
        return


def _write(stream: Any, design: Design) -> None:
    matrix = design.georeference.map_from_design
    np.savez(
        stream,
        vertices=design.surface.vertices,
        triangles=design.surface.triangles,
        element=design.surface.element,
        map_from_design=np.zeros((0, 0)) if matrix is None else matrix,
        text=np.frombuffer(json.dumps(_text(design), ensure_ascii=False).encode(), dtype=np.uint8),
    )


def _text(design: Design) -> dict[str, Any]:
    georeference = replace(design.georeference, map_from_design=None)
    return {
        "files": [asdict(file) for file in design.files],
        "name": design.name,
        "elements": [asdict(element) for element in design.elements],
        "storeys": [asdict(storey) for storey in design.storeys],
        "georeference": asdict(georeference),
        "notes": design.notes,
        "zero_m": design.zero_m,
        "axes": [asdict(axis) | {"points": axis.points.tolist()} for axis in design.axes],
    }


def _design(text: dict[str, Any], surface: Surface, matrix: Any) -> Design:
    stated = text["georeference"] | {
        "map_from_design": frozen(matrix) if matrix.size else None,
        "conflicts": tuple(text["georeference"]["conflicts"]),
    }
    return Design(
        files=tuple(DesignFile(**file) for file in text["files"]),
        name=text["name"],
        elements=tuple(
            Element(**(row | {"role": Role(row["role"]), "box": tuple(row["box"])})) for row in text["elements"]
        ),
        storeys=tuple(Storey(**row) for row in text["storeys"]),
        surface=surface,
        georeference=Georeference(**stated),
        notes=tuple(text["notes"]),
        zero_m=text["zero_m"],
        axes=tuple(GridAxis(row["tag"], _line(row["points"]), row["storey"]) for row in text["axes"]),
    )


def _line(rows: list[list[float]]) -> Floats:
    return frozen(np.array(rows, dtype=np.float64).reshape(-1, 3))


def _require_sound(design: Design) -> None:
    """`ValueError` where arrays and tables do not fit each other."""
    surface = design.surface
    shapes = surface.vertices.ndim == surface.triangles.ndim == 2 and surface.element.ndim == 1
    if not shapes or len(surface.triangles) != len(surface.element) or not len(surface.triangles):
        raise ValueError("arrays do not fit each other")
    if int(surface.triangles.max()) >= len(surface.vertices) or int(surface.element.max()) >= len(design.elements):
        raise ValueError("an index points outside")
