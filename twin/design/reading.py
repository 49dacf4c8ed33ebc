"""One or more IFC files as one design."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin import digest
from twin.design.aggregates import without_doubles
from twin.design.georeference import Statement, read_statement
from twin.design.grids import distinct_axes, read_grids
from twin.design.isolation import isolated_content
from twin.design.mapping import combined
from twin.design.model import Design, DesignFile, Element, GridAxis
from twin.design.products import NamedStorey, Product, read_products, read_storeys
from twin.design.source import Source, opened
from twin.design.storeys import storeys_of, zero_of
from twin.design.surface import joined
from twin.design.tasks import due_dates
from twin.design.text import plain
from twin.errors import DesignError

_FAR_M = 1000.0
"""Buildings of one design lie nearer to each other than this, or their files do not share a coordinate system."""


@dataclass(frozen=True, eq=False)
class Content:
    """All that one file contributes."""

    file: DesignFile
    name: str
    products: tuple[Product, ...]
    storeys: tuple[NamedStorey, ...]
    statement: Statement
    notes: tuple[str, ...]
    due: Mapping[str, str]
    axes: tuple[GridAxis, ...] = ()


def tessellated(paths: Sequence[Path], cores: int) -> Design:
    """The design of all files together, read anew.

    Raises
    ------
    DesignError
        A file cannot be read, or no file holds a body.
    """
    contents = [_content(path, cores) for path in paths]
    products, repeated = _distinct([product for content in contents for product in content.products])
    names = ", ".join(content.file.path for content in contents)
    if not products:
        raise DesignError(f"{names}: no element has a body", "export the model with its 3D geometry")
    surface = joined([product.solid for product in products])
    named = [storey for content in contents for storey in content.storeys]
    storeys, place = storeys_of(products, surface, named)
    due = {name: day for content in contents for name, day in content.due.items()}
    elements = tuple(_element(i, p, storey, due) for i, (p, storey) in enumerate(zip(products, place, strict=True)))
    return Design(
        files=tuple(content.file for content in contents),
        name=next((content.name for content in contents if content.name), Path(paths[0]).stem),
        elements=elements,
        storeys=storeys,
        surface=surface,
        georeference=combined([content.statement for content in contents], surface.vertices),
        notes=(
            *(note for content in contents for note in content.notes),
            *repeated,
            *_spread_notes(contents),
            *_stray_notes(elements),
        ),
        axes=distinct_axes([axis for content in contents for axis in content.axes]),
        zero_m=zero_of(named),
    )


def _content(path: Path, cores: int) -> Content:
    with opened(path) as source:
        content = None if source.damaged else content_of(source, path, cores)
    return isolated_content(path, cores) if content is None else content


def content_of(source: Source, path: Path, cores: int) -> Content:
    """Everything that the parsed file at `path` contributes."""
    read, notes = read_products(source, cores)
    products, doubles = without_doubles(path.name, read)
    storeys = read_storeys(source)
    axes, gone = read_grids(source)
    return Content(
        file=DesignFile(path.name, digest.of_file(path), source.schema, source.length_unit_m),
        name=_name(source),
        products=products,
        storeys=storeys,
        statement=read_statement(source),
        notes=(*source.notes, *notes, *doubles, *(s.contradiction for s in storeys if s.contradiction), *gone),
        due=due_dates(source.model),
        axes=axes,
    )


def _name(source: Source) -> str:
    project = source.model.by_type("IfcProject")[0]
    buildings = source.model.by_type("IfcBuilding")
    candidates = [getattr(project, "LongName", None), *(b.Name for b in buildings), project.Name]
    return next((text for text in map(plain, candidates) if text), "")


def _distinct(products: list[Product]) -> tuple[list[Product], tuple[str, ...]]:
    """Products without exact repetitions, and a note on every GlobalId that is used twice."""
    kept: list[Product] = []
    seen: dict[str, list[Product]] = {}
    repeated = 0
    for product in products:
        twins = seen.setdefault(product.global_id, [])
        if any(_same_body(product, twin) for twin in twins):
            repeated += 1
            continue
        twins.append(product)
        kept.append(product)
    shared = Counter({key: len(twins) for key, twins in seen.items() if len(twins) > 1 and key})
    notes = []
    if repeated:
        notes.append(f"{repeated} elements appear twice with the same GlobalId and body: counted once")
    if shared:
        first = ", ".join(sorted(shared)[:3])
        notes.append(f"{len(shared)} GlobalIds are shared by different elements, all are kept: {first}")
    if nameless := len(seen.get("", [])):
        notes.append(f"{nameless} elements have no GlobalId")
    return kept, tuple(notes)


def _same_body(one: Product, other: Product) -> bool:
    return (
        one.ifc_class == other.ifc_class
        and np.array_equal(one.solid.vertices, other.solid.vertices)
        and np.array_equal(one.solid.triangles, other.solid.triangles)
    )


def _element(index: int, product: Product, storey: int | None, due: Mapping[str, str]) -> Element:
    low, high = product.solid.vertices.min(axis=0), product.solid.vertices.max(axis=0)
    return Element(
        index=index,
        global_id=product.global_id,
        ifc_class=product.ifc_class,
        name=product.name,
        role=product.role,
        storey=storey,
        box=(float(low[0]), float(low[1]), float(low[2]), float(high[0]), float(high[1]), float(high[2])),
        is_closed=product.solid.is_closed,
        due_on=due.get(product.global_id),
    )


def _spread_notes(contents: Sequence[Content]) -> tuple[str, ...]:
    """A note for each file that lies far from the first."""
    centres = [
        (content.file.path, np.median(np.concatenate([p.solid.vertices for p in content.products]), axis=0))
        for content in contents
        if content.products
    ]
    return tuple(
        f"{name}: lies {np.linalg.norm(centre - centres[0][1]):.0f} m from {centres[0][0]}: "
        "the files do not seem to share a coordinate system"
        for name, centre in centres[1:]
        if np.linalg.norm(centre - centres[0][1]) > _FAR_M
    )


def _stray_notes(elements: Sequence[Element]) -> tuple[str, ...]:
    """A note where some elements lie so far from the rest that they can hardly be meant."""
    boxes = np.array([element.box for element in elements])
    middle = np.median(0.5 * (boxes[:, :3] + boxes[:, 3:]), axis=0)
    reach = np.maximum(np.abs(boxes[:, :3] - middle), np.abs(boxes[:, 3:] - middle)).max(axis=1)
    strays = np.flatnonzero(reach > _FAR_M)
    if not len(strays):
        return ()
    first = elements[int(strays[0])]
    return (
        f"{len(strays)} elements reach more than {_FAR_M:.0f} m from the rest, first {first.ifc_class} {first.name}",
    )
