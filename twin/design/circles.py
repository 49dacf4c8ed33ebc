"""Entities that lead back to themselves: the libraries that follow them would never come to an end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twin.errors import DesignError


def require_no_circles(name: str, model: Any) -> None:
    """`DesignError` where wholes, placements, mapped shapes or Boolean operands of file `name` run in circles."""
    for what, edges in (
        ("wholes and parts", _parts(model)),
        ("placements", _placements(model)),
        ("mapped shapes", _mapped(model)),
        ("Boolean operands", _operands(model)),
    ):
        if (number := _on_a_circle(edges)) is not None:
            raise DesignError(f"{name}: {what} run in a circle at #{number}", "export the model again")


def _on_a_circle(edges: Iterator[tuple[int, int]]) -> int | None:
    """A node of a directed circle, or None: nodes without an incoming edge are taken away until none is left."""
    ahead: dict[int, list[int]] = {}
    incoming: dict[int, int] = {}
    for start, end in edges:
        ahead.setdefault(start, []).append(end)
        incoming[end] = incoming.get(end, 0) + 1
        incoming.setdefault(start, 0)
    free = [node for node, count in incoming.items() if count == 0]
    while free:
        node = free.pop()
        del incoming[node]
        for end in ahead.get(node, ()):
            incoming[end] -= 1
            if incoming[end] == 0:
                free.append(end)
    return min(incoming) if incoming else None


def _parts(model: Any) -> Iterator[tuple[int, int]]:
    for name in ("IfcRelAggregates", "IfcRelNests"):
        for relation in model.by_type(name):
            for part in relation.RelatedObjects or ():
                yield part.id(), relation.RelatingObject.id()


def _placements(model: Any) -> Iterator[tuple[int, int]]:
    for placement in model.by_type("IfcLocalPlacement"):
        if placement.PlacementRelTo is not None:
            yield placement.id(), placement.PlacementRelTo.id()


def _mapped(model: Any) -> Iterator[tuple[int, int]]:
    for source in model.by_type("IfcRepresentationMap"):
        yield source.id(), source.MappedRepresentation.id()
    for item in model.by_type("IfcMappedItem"):
        yield item.id(), item.MappingSource.id()
    for shape in model.by_type("IfcShapeRepresentation"):
        for item in shape.Items or ():
            if item.is_a("IfcMappedItem"):
                yield shape.id(), item.id()


def _operands(model: Any) -> Iterator[tuple[int, int]]:
    for result in model.by_type("IfcBooleanResult"):
        for operand in (result.FirstOperand, result.SecondOperand):
            if operand is not None and operand.is_a("IfcBooleanResult"):
                yield result.id(), operand.id()
