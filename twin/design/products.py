"""What one file says: its products with their bodies, its storeys, its name."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.design.model import Role
from twin.design.roles import role_of
from twin.design.source import Source
from twin.design.surface import Solid, solid
from twin.design.tessellation import Body, bodies
from twin.design.text import plain


@dataclass(frozen=True, eq=False)
class Product:
    """One product that has a body.

    `container` is the GlobalId of the storey that the file puts it in; `whole` the number in the file of what it is
    a part of.
    """

    number: int
    global_id: str
    ifc_class: str
    name: str
    role: Role
    container: str | None
    wholes: tuple[int, ...]
    solid: Solid


@dataclass(frozen=True, slots=True)
class NamedStorey:
    """A level that the file names.

    `elevation_m` is in the design frame; `contradiction` says where placement and attribute disagree; `zero_m` is the
    level in the design frame from which its Elevation counts, None where it states none.
    """

    name: str
    global_id: str
    elevation_m: float
    contradiction: str = ""
    zero_m: float | None = None


def read_products(source: Source, cores: int) -> tuple[tuple[Product, ...], tuple[str, ...]]:
    """Every visible product with a body, in file order, and what is odd about the rest."""
    roles = {product.id(): role_of(product) for product in source.model.by_type("IfcProduct")}
    visible = [p for p in source.model.by_type("IfcProduct") if roles[p.id()] is not None]
    shapes = bodies(source, [p for p in visible if p.Representation is not None], cores)
    found = []
    for product in visible:
        if (role := roles[product.id()]) is not None and (built := _solid_of(shapes, product.id())) is not None:
            found.append(_product(product, role, built))
    found.sort(key=lambda product: product.number)
    return tuple(found), _bodiless_notes(source, visible, {p.number for p in found})


def _solid_of(shapes: dict[int, Body], number: int) -> Solid | None:
    return solid(shapes[number]) if number in shapes else None


def _product(entity: Any, role: Role, built: Solid) -> Product:
    return Product(
        number=entity.id(),
        global_id=plain(entity.GlobalId),
        ifc_class=entity.is_a(),
        name=plain(entity.Name),
        role=role,
        container=_storey_of(entity),
        wholes=_wholes(entity),
        solid=built,
    )


def _storey_of(entity: Any) -> str | None:
    from ifcopenshell.util.element import get_aggregate, get_container

    place = get_container(entity)
    for _ in range(_DEEPEST):
        if place is None or place.is_a("IfcBuildingStorey"):
            break
        place = get_aggregate(place)
    return plain(place.GlobalId) if place is not None and place.is_a("IfcBuildingStorey") else None


def _wholes(entity: Any) -> tuple[int, ...]:
    from ifcopenshell.util.element import get_aggregate

    chain: list[int] = []
    whole = get_aggregate(entity)
    while whole is not None and whole.id() not in chain and len(chain) < _DEEPEST:
        chain.append(whole.id())
        whole = get_aggregate(whole)
    return tuple(chain)


_DEEPEST = 32
"""Deeper nesting is a circle in a damaged file."""


def _bodiless_notes(source: Source, visible: list[Any], found: set[int]) -> tuple[str, ...]:
    """Counts of what has no body of its own and no parts that could have one."""
    silent = Counter(p.is_a() for p in visible if _is_expected(p) and not p.Representation)
    failed = Counter(p.is_a() for p in visible if p.Representation and p.id() not in found and _is_expected(p))
    notes = []
    if silent:
        notes.append(f"{source.name}: without a body, so not checked: {_listed(silent)}")
    if failed:
        notes.append(f"{source.name}: no surface could be made from the body of {_listed(failed)}; not checked")
    return tuple(notes)


def _is_expected(entity: Any) -> bool:
    return entity.is_a("IfcElement") and not any(entity.IsDecomposedBy)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


def read_storeys(source: Source) -> tuple[NamedStorey, ...]:
    """The levels that the file names, at the height of their placement."""
    storeys = source.model.by_type("IfcBuildingStorey")
    placed = [_placed_m(source, storey) for storey in storeys]
    stated = [_stated_m(source, storey) for storey in storeys]
    known = {round(z, 3) for z in placed if z is not None}
    useless = len(known) < 2 <= len({round(z, 3) for z in stated if z is not None})
    return tuple(
        _named(source, storey, None if useless else place, state)
        for storey, place, state in zip(storeys, placed, stated, strict=True)
    )


def _named(source: Source, storey: Any, placed: float | None, stated: float | None) -> NamedStorey:
    base = _base_m(source, storey)
    elevation = placed if placed is not None else (stated or 0.0) + base
    contradiction = ""
    if placed is not None and stated is not None and min(abs(stated - placed), abs(stated + base - placed)) > _AGREE_M:
        contradiction = (
            f'{source.name}: storey "{plain(storey.Name)}" states Elevation {stated:.3f} m, '
            f"but is placed at {placed:.3f} m: the placement is used"
        )
    zero = None if stated is None else elevation - stated
    return NamedStorey(plain(storey.Name), plain(storey.GlobalId), elevation, contradiction, zero)


_AGREE_M = 0.01


def _placed_m(source: Source, place: Any) -> float | None:
    from ifcopenshell.util.placement import get_local_placement

    if place.ObjectPlacement is None:
        return None
    try:
        height = float(np.asarray(get_local_placement(place.ObjectPlacement))[2, 3]) * source.length_unit_m
    except (AttributeError, IndexError, RecursionError, RuntimeError, TypeError, ValueError):
        return None
    return height if np.isfinite(height) else None


def _stated_m(source: Source, storey: Any) -> float | None:
    if storey.Elevation is None or not np.isfinite(storey.Elevation):
        return None
    return float(storey.Elevation) * source.length_unit_m


def _base_m(source: Source, storey: Any) -> float:
    """Height of the building that the storey belongs to: Elevation counts from its zero level."""
    from ifcopenshell.util.element import get_aggregate

    place = get_aggregate(storey)
    return (_placed_m(source, place) or 0.0) if place is not None and hasattr(place, "ObjectPlacement") else 0.0
