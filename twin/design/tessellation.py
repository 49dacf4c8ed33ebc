"""Bodies of IFC products as triangles, by the IfcOpenShell iterator on several cores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.arrays import Floats, Ints
from twin.design.source import Source
from twin.design.text import plain
from twin.errors import DesignError
from twin.frames import move

LIBRARIES = ("hybrid-cgal-simple-opencascade", "opencascade")
"""The first is three times faster and orients shells better; the second is asked for what the first leaves out."""


_EARTH_M = 1e8
"""No map has larger coordinates, zone numbers included."""


@dataclass(frozen=True, eq=False)
class Body:
    """Triangles of one product.

    Attributes
    ----------
    vertices : (v, 3) m, design frame
    triangles : (t, 3) int32
    """

    vertices: Floats
    triangles: Ints


def bodies(source: Source, products: Sequence[Any], cores: int) -> dict[int, Body]:
    """Body of each of `products` that has one, by the product's number in the file.

    Openings are cut out of what they void. Lengths come out in metres whatever the file's unit.

    Raises
    ------
    DesignError
        The mesher stopped before it had tried every product.
    """
    import ifcopenshell

    found: dict[int, Body] = {}
    stopped: Exception | None = None
    for library in LIBRARIES:
        wanted = [product for product in products if product.id() not in found]
        if not wanted:
            break
        try:
            for number, body in _iterate(source, wanted, cores, library):
                found[number] = body
            stopped = None
        except (RuntimeError, ValueError, ifcopenshell.Error) as error:
            stopped = error
    if stopped is not None:
        raise DesignError(
            f"{source.name}: the geometry cannot be meshed ({plain(stopped)})", "export the model again"
        ) from stopped
    return dict(sorted(found.items()))


def _iterate(source: Source, products: Sequence[Any], cores: int, library: str) -> Iterator[tuple[int, Body]]:
    import ifcopenshell.geom

    shapes = ifcopenshell.geom.iterator(
        ifcopenshell.geom.settings(),
        source.model,
        max(1, cores),
        include=list(products),
        geometry_library=library,
        logger=source.log,
    )
    for shape in shapes:
        if (body := _body(shape)) is not None:
            yield shape.id, body


def _body(shape: Any) -> Body | None:
    """The shape in world coordinates, or None where it is empty or not on this planet.

    The placement is applied here in double precision, after meshing: a model on map coordinates keeps its digits.
    """
    local = np.frombuffer(shape.geometry.verts_buffer, dtype=np.float64).reshape(-1, 3)
    triangles = np.frombuffer(shape.geometry.faces_buffer, dtype=np.int32).reshape(-1, 3)
    world_from_local = np.asarray(shape.transformation.matrix, dtype=np.float64).reshape(4, 4).T
    vertices = move(world_from_local, local)
    if not len(triangles) or not (np.abs(vertices) < _EARTH_M).all():
        return None
    if np.linalg.det(world_from_local[:3, :3]) < 0.0:
        triangles = triangles[:, ::-1]
    return Body(vertices, np.ascontiguousarray(triangles, dtype=np.int32))
