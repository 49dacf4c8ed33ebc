"""Small worlds: an approved building of boxes, and what was really built.

A world is told in its own frame: the building's south-west corner is zero, walls run along the axes, the ground
storey's floor is level zero. `support.observing` turns and moves it into a design frame, and surveys it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from twin.arrays import Floats, Ints
from twin.design.model import Role

WALL, SLAB, PARAPET = 0.25, 0.25, 0.9
GROUND = -0.15

Corner = tuple[float, float, float]
Plan = tuple[tuple[float, float], tuple[float, float]]
_QUADS = ((3, 2, 1, 0), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))
_TRIANGLES = np.array([t for a, b, c, d in _QUADS for t in ((a, b, c), (a, c, d))], dtype=np.int32)


@dataclass(frozen=True, eq=False)
class Solid:
    """One element made of hexahedra, (8, 3) m each: four corners below anticlockwise, then four above."""

    name: str
    ifc_class: str
    hexes: tuple[Floats, ...]
    storey: int | None = None
    role: Role = Role.BUILDING

    @property
    def low(self) -> Floats:
        return np.vstack(self.hexes).min(axis=0)

    @property
    def high(self) -> Floats:
        return np.vstack(self.hexes).max(axis=0)

    def mesh(self) -> tuple[Floats, Ints]:
        faces = [_TRIANGLES + 8 * number for number in range(len(self.hexes))]
        return np.vstack(self.hexes), np.vstack(faces).astype(np.int32)

    def moved(self, offset: Corner) -> Solid:
        return replace(self, hexes=tuple(h + np.array(offset) for h in self.hexes))


def hex_over(plan: list[tuple[float, float]] | Floats, low: float, high: float) -> Floats:
    """(8, 3) over four anticlockwise corners."""
    corners = np.asarray(plan, dtype=np.float64)
    return np.vstack([np.column_stack([corners, np.full(4, z)]) for z in (low, high)])


def box(low: Corner, high: Corner) -> Floats:
    """(8, 3) of an upright box."""
    return hex_over([(low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1])], low[2], high[2])


def solid(name: str, low: Corner, high: Corner, ifc_class: str = "IfcBuildingElementProxy") -> Solid:
    """A box as an element."""
    return Solid(name, ifc_class, (box(low, high),))


@dataclass(frozen=True)
class House:
    """What is approved.

    `rectangles` tile the plan, `outline` runs around them anticlockwise, `inner` are plan positions from which one
    sees the inside. Balconies lie in front of the south side on every floor above the ground storey, with a canopy
    over the last; `hole` is left open in every floor between ground floor and roof.
    """

    outline: tuple[tuple[float, float], ...] = ((0, 0), (8, 0), (8, 6), (0, 6))
    rectangles: tuple[tuple[float, float, float, float], ...] = ((0, 0, 8, 6),)
    inner: tuple[tuple[float, float], ...] = ((1.7, 4.6), (6.6, 1.4))
    heights: tuple[float, ...] = (3.0, 3.0)
    windows: bool = True
    balcony: Plan | None = ((2.5, -1.5), (5.5, 0.0))
    hole: Plan | None = None
    posts: tuple[tuple[float, float], ...] = ((2.8, 3.4),)

    @property
    def levels(self) -> tuple[float, ...]:
        """Top of each floor, and of the roof."""
        return tuple(float(v) for v in np.cumsum([0.0, *self.heights]))

    @property
    def area_m2(self) -> float:
        return float(sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in self.rectangles))


COTTAGE = House()
ELL = House(
    outline=((0, 0), (9, 0), (9, 4.5), (5, 4.5), (5, 8), (0, 8)),
    rectangles=((0, 0, 9, 4.5), (0, 4.5, 5, 8)),
    inner=((1.7, 6.6), (7.5, 1.5)),
)
BLOCK = House(
    outline=((0, 0), (12, 0), (12, 9), (0, 9)),
    rectangles=((0, 0, 12, 9),),
    inner=((2.5, 7.0), (9.5, 2.5)),
    heights=(3.0, 3.0, 3.0),
    balcony=((4.0, -1.5), (8.0, 0.0)),
    posts=((3.5, 6.5), (3.5, 4.5)),
)


def approved(house: House) -> tuple[Solid, ...]:
    """The approved elements, from the ground floor to the parapet."""
    parts = [*_slabs(house), *_columns(house)]
    for number in range(len(house.heights)):
        parts += _walls(house, number)
    parts += _parapet(house)
    return (*parts, *_balconies(house))


def _ring(house: House, thick: float) -> list[tuple[Floats, Floats, Floats, Floats]]:
    """Outer and inner ends (p, q, inner q, inner p) of a band along each side."""
    corners = np.asarray(house.outline, dtype=np.float64)
    count = len(corners)
    along = np.roll(corners, -1, axis=0) - corners
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    inward = np.column_stack([-along[:, 1], along[:, 0]])
    inner = corners + thick * (inward + np.roll(inward, 1, axis=0))
    return [(corners[r], corners[(r + 1) % count], inner[(r + 1) % count], inner[r]) for r in range(count)]


def _walls(house: House, number: int) -> list[Solid]:
    low, high = house.levels[number], house.levels[number + 1] - SLAB
    parts = []
    for side, (p, q, v, u) in enumerate(_ring(house, WALL)):
        length = float(np.linalg.norm(q - p))

        def piece(
            a: float, b: float, z0: float, z1: float, ends: tuple[Floats, ...] = (p, q, v, u), span: float = length
        ) -> Floats:
            first, second, third, fourth = ends
            s, e = a / span, b / span
            plan = [first + s * (second - first), first + e * (second - first)]
            plan += [fourth + e * (third - fourth), fourth + s * (third - fourth)]
            return hex_over(np.array(plan), z0, z1)

        name = f"wall {number}.{side}"
        if not house.windows:
            parts.append(Solid(name, "IfcWall", (piece(0, length, low, high),), number))
            continue
        a, b = 0.5 * length - 0.8, 0.5 * length + 0.8
        sill, head = low + 0.9, min(low + 2.2, high - 0.2)
        hexes = (
            piece(0, a, low, high),
            piece(b, length, low, high),
            piece(a, b, low, sill),
            piece(a, b, head, high),
        )
        parts.append(Solid(name, "IfcWall", hexes, number))
        pane = piece(a, b, sill, head)
        middle = pane.reshape(2, 4, 2 + 1)
        inset = 0.4 * (middle[:, [3, 2]] - middle[:, [0, 1]])
        thin = np.concatenate([middle[:, [0, 1]] + inset, middle[:, [2, 3]] - inset[:, ::-1]], axis=1).reshape(8, 3)
        parts.append(Solid(f"window {number}.{side}", "IfcWindow", (thin,), number))
    return parts


def _slabs(house: House) -> list[Solid]:
    parts = []
    for number, level in enumerate(house.levels):
        rectangles = list(house.rectangles)
        if house.hole and 0 < number < len(house.levels) - 1:
            hole = (*house.hole[0], *house.hole[1])
            rectangles = [piece for whole in rectangles for piece in _without(whole, hole)]
        thick = SLAB if number else 0.4
        hexes = tuple(box((x0, y0, level - thick), (x1, y1, level)) for x0, y0, x1, y1 in rectangles)
        parts.append(Solid(f"slab {number}", "IfcSlab", hexes, number))
    return parts


def _without(
    whole: tuple[float, float, float, float], hole: tuple[float, float, float, float]
) -> list[tuple[float, float, float, float]]:
    x0, y0, x1, y1 = whole
    a, b, c, d = max(x0, hole[0]), max(y0, hole[1]), min(x1, hole[2]), min(y1, hole[3])
    if a >= c or b >= d:
        return [whole]
    pieces = [(x0, y0, x1, b), (x0, d, x1, y1), (x0, b, a, d), (c, b, x1, d)]
    return [piece for piece in pieces if piece[2] > piece[0] and piece[3] > piece[1]]


def _columns(house: House) -> list[Solid]:
    parts = []
    for number, (low, high) in enumerate(zip(house.levels, house.levels[1:], strict=False)):
        for x, y in house.posts:
            hexes = (box((x - 0.2, y - 0.2, low), (x + 0.2, y + 0.2, high - SLAB)),)
            parts.append(Solid(f"column {number}", "IfcColumn", hexes, number))
    return parts


def _parapet(house: House) -> list[Solid]:
    roof = house.levels[-1]
    sides = [hex_over(np.array(ends), roof, roof + PARAPET) for ends in _ring(house, WALL)]
    number = len(house.levels) - 1
    return [Solid(f"parapet {row}", "IfcWall", (piece,), number) for row, piece in enumerate(sides)]


def _balconies(house: House) -> list[Solid]:
    if house.balcony is None:
        return []
    (x0, y0), (x1, y1) = house.balcony
    parts = []
    for number, level in enumerate(house.levels[1:], start=1):
        parts.append(Solid(f"balcony {number}", "IfcSlab", (box((x0, y0, level - 0.2), (x1, y1, level)),), number))
        if number < len(house.levels) - 1:
            rail = box((x0, y0, level), (x1, y0 + 0.08, level + 1.1))
            parts.append(Solid(f"railing {number}", "IfcRailing", (rail,), number))
    return parts


@dataclass(frozen=True, eq=False)
class World:
    """What was approved and what stands; `leaves` are points of crowns, which no surface carries."""

    house: House
    approved: tuple[Solid, ...]
    built: tuple[Solid, ...]
    leaves: Floats = field(default_factory=lambda: np.zeros((0, 3)))
    inside: tuple[Corner, ...] = ()
    ground_slope: float = 0.0

    def plus(self, *solids: Solid) -> World:
        """With more solids than were approved."""
        return replace(self, built=(*self.built, *solids))

    def without(self, *names: str) -> World:
        """With the elements of these names left out."""
        return replace(self, built=tuple(s for s in self.built if s.name not in names))

    def with_moved(self, name: str, offset: Corner) -> World:
        """With the elements of that name moved."""
        return replace(self, built=tuple(s.moved(offset) if s.name == name else s for s in self.built))


def honest(house: House = COTTAGE) -> World:
    """Built as approved."""
    parts = approved(house)
    inside = tuple((x, y, low + 1.6) for low in house.levels[:-1] for x, y in house.inner)
    return World(house, parts, parts, inside=inside)


def lifted(world: World, number: int, offset: float) -> World:
    """Floor `number` and all above it stands higher; the walls below it are as much longer or shorter."""
    level = world.house.levels[number]
    parts = []
    for part in world.built:
        if part.low[2] >= level - 0.5:
            parts.append(part.moved((0.0, 0.0, offset)))
            continue
        ends = tuple(_stretched(h, level - SLAB - 1e-6, offset) for h in part.hexes)
        parts.append(replace(part, hexes=ends))
    inside = tuple(p if p[2] < level else (p[0], p[1], p[2] + offset) for p in world.inside)
    return replace(world, built=tuple(parts), inside=inside)


def _stretched(corners: Floats, level: float, offset: float) -> Floats:
    longer = corners.copy()
    longer[longer[:, 2] >= level, 2] += offset
    return longer


def with_extra_storey(world: World) -> World:
    """One storey more on top, as high as the topmost approved one: the roof and its parapet come to stand on it."""
    house = world.house
    height = house.heights[-1]
    tall = approved(replace(house, heights=(*house.heights, height)))
    inside = (*world.inside, *((x, y, house.levels[-1] + 1.6) for x, y in house.inner))
    return replace(world, built=tall, inside=inside)


def squeezed(world: World, more: int = 1) -> World:
    """As many storeys more as the roof, where it is, leaves room for: all of equal height."""
    house = world.house
    count = len(house.heights) + more
    tight = honest(replace(house, heights=(house.levels[-1] / count,) * count))
    return replace(world, built=tight.built, inside=tight.inside)


def roof_room(low: tuple[float, float], high: tuple[float, float], base: float, height: float) -> Solid:
    """A closed room on a roof or on the ground."""
    return solid("room", (*low, base), (*high, base + height))


def enclosure(house: House, number: int) -> Solid:
    """Panels all around the balcony of floor `number`, up to the next one; they stand flush with its edges."""
    assert house.balcony is not None
    (x0, y0), (x1, y1) = house.balcony
    low, high = house.levels[number], house.levels[number + 1] - 0.2
    hexes = (
        box((x0, y0, low), (x1, y0 + 0.05, high)),
        box((x0, y0, low), (x0 + 0.05, y1, high)),
        box((x1 - 0.05, y0, low), (x1, y1, high)),
    )
    return Solid("panels", "IfcBuildingElementProxy", hexes)


def furniture(house: House) -> tuple[Solid, ...]:
    """Cupboards, tables and beds on every floor."""
    parts = []
    for level in house.levels[:-1]:
        parts.append(solid("cupboard", (1.0, 0.35, level), (3.0, 0.95, level + 2.1)))
        parts.append(solid("table", (3.6, 4.4, level + 0.7), (4.7, 5.4, level + 0.75)))
        parts.append(solid("bed", (5.6, 2.5, level), (7.4, 3.8, level + 0.55)))
    return tuple(parts)


def container(house: House, gap: float = 0.6) -> Solid:
    """A site container in front of the east side."""
    east = max(x for x, _ in house.outline)
    return solid("container", (east + gap, 0.5, GROUND), (east + gap + 2.44, 5.5, GROUND + 2.6))


def scaffolding(house: House) -> Solid:
    """Poles in two rows and planks 0.7 m wide every two metres, one metre before the west side."""
    north = max(y for x, y in house.outline if x == 0)
    hexes = []
    for y in np.arange(0.0, north + 0.1, 2.5):
        for x in (-1.0, -1.7):
            hexes.append(box((x - 0.03, y - 0.03, GROUND), (x + 0.03, y + 0.03, 8.5)))
    for z in (1.9, 3.9, 5.9, 7.9):
        hexes.append(box((-1.7, 0.0, z), (-1.0, north, z + 0.05)))
    return Solid("scaffold", "IfcBuildingElementProxy", tuple(hexes))


def crane(house: House) -> Solid:
    """A lattice mast north of the building, and its jib above it."""
    x, y = 2.0, max(v for _, v in house.outline) + 4.0
    top = house.levels[-1] + 14.0
    hexes = []
    for dx in (0.0, 1.5):
        for dy in (0.0, 1.5):
            hexes.append(box((x + dx, y + dy, GROUND), (x + dx + 0.12, y + dy + 0.12, top)))
    for z in np.arange(1.0, top, 1.5):
        hexes.append(box((x, y, z), (x + 1.6, y + 0.06, z + 0.06)))
        hexes.append(box((x, y + 1.5, z), (x + 1.6, y + 1.56, z + 0.06)))
        hexes.append(box((x, y, z), (x + 0.06, y + 1.6, z + 0.06)))
        hexes.append(box((x + 1.5, y, z), (x + 1.56, y + 1.6, z + 0.06)))
    for dx in (0.0, 1.2):
        hexes.append(box((x + dx, y - 16.0, top), (x + dx + 0.1, y + 8.0, top + 0.1)))
    return Solid("crane", "IfcBuildingElementProxy", tuple(hexes))


def tree(x: float, y: float, seed: int = 5) -> tuple[Solid, Floats]:
    """A stem, and a crown of leaves about 3.6 m across."""
    random = np.random.default_rng(seed)
    way = random.normal(size=(9000, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    crown = np.array([x, y, 4.2]) + way * (1.8 * np.cbrt(random.uniform(0.15, 1.0, (9000, 1))))
    return solid("stem", (x - 0.15, y - 0.15, GROUND), (x + 0.15, y + 0.15, 3.0)), crown


def with_clutter(world: World) -> World:
    """With everything that stands about on a site and is no building."""
    house = world.house
    north = max(y for _, y in house.outline)
    stem, crown = tree(7.0, north + 3.5)
    things = (container(house), scaffolding(house), crane(house), stem, *furniture(house))
    return replace(world.plus(*things), leaves=np.vstack([world.leaves, crown]))
