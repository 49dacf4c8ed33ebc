"""What is built otherwise than a model has it, found by geometry alone, so that any model can be given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from support.shapes import Body, block

from twin.arrays import Floats
from twin.design.model import Design

from .sight import Scene
from .world import World, box_of, world_of

SLAB_M = 0.45
"""Most that a floor is thick, finishes and ceiling included: so far below its level elements of a storey may begin."""
RAISED_M, LOWERED_M, MOVED_M = 0.35, -0.3, 0.12
_WALL_M = 0.2
_LEAN_TO = (3.6, 2.6, 2.5)
"""Along the wall, away from it, and high, m."""
_ROOM = (3.0, 3.0, 2.6)
_STEP_M, _EVEN_M = 0.5, 0.05
_WINDOW_M2 = 1.4
"""Of the box about a window: a round one fills three quarters, and from one square metre on it is reported."""


@dataclass(frozen=True, eq=False)
class Edited:
    """A world and what in it was not approved.

    Attributes
    ----------
    world : World
    kind : str or None
        None where all is as approved.
    boxes : tuple of (2, 3) m
        What was added, removed or moved, and where there is more, what else differs from the design because of it: a
        floor that is the copy of one without a stairwell closes that of the approved floor.
    global_ids : tuple of str
        The elements that this concerns, where it is about elements.
    """

    world: World
    kind: str | None = None
    boxes: tuple[Floats, ...] = ()
    global_ids: tuple[str, ...] = ()


Edit = Callable[[Design, np.random.Generator], Edited | None]
"""None where the model does not bear the change."""


def as_approved(design: Design, random: np.random.Generator) -> Edited | None:
    """An honest builder, who has cleared the site."""
    del random
    return Edited(world_of(design))


def under_way(design: Design, random: np.random.Generator) -> Edited | None:
    """Only what lies below the highest floor stands yet."""
    del random
    world, levels = world_of(design), _floors(design)
    if len(levels) < 2:
        return None
    kept = [body for body in world.bodies if body.vertices[:, 2].min() < levels[-1] - SLAB_M]
    lower = tuple(level for level in world.floors if level < levels[-1] - SLAB_M)
    return Edited(replace(world, bodies=tuple(kept), floors=lower))


def among_things(design: Design, random: np.random.Generator) -> Edited | None:
    """As approved, with containers, a scaffold and stacks of material around, none of which touches the building."""
    world = world_of(design)
    (low, high), ground = world.box, world.ground_m
    things = [block("stack", (low[0] - 4.0, low[1], ground), (low[0] - 2.6, low[1] + 2.2, ground + 1.1))]
    x, y = high[0] + float(random.uniform(2.0, 4.0)), float(random.uniform(low[1], high[1] - 2.5))
    things.append(block("container", (x, y, ground), (x + 6.1, y + 2.5, ground + 2.6)))
    things += _scaffold(low, high, ground)
    return Edited(world.plus(things))


def _scaffold(low: Floats, high: Floats, ground_m: float) -> Iterable[Body]:
    """Poles and decks along the side that looks at -y, a metre off."""
    y = low[1] - 1.0
    for x in np.arange(low[0], high[0], 2.5):
        for side in (y, y - 0.8):
            yield block("pole", (x, side, ground_m), (x + 0.05, side + 0.05, high[2]))
    for level in np.arange(ground_m + 2.0, high[2], 2.0):
        yield block("deck", (low[0], y - 0.8, level), (high[0], y, level + 0.05))


def extra_storey(design: Design, random: np.random.Generator) -> Edited | None:
    """The highest full storey twice, and what is above it lifted."""
    del random
    world, levels = world_of(design), _levels(design)
    floors = [level for level in _floors(design) if level < levels[-1] - 2.0]
    if not floors:
        return None
    low = floors[-1]
    high = next(level for level in levels if level > low + 2.0)
    rise, cut = np.array([0.0, 0.0, high - low]), high - SLAB_M
    bodies: list[Body] = []
    for body in world.bodies:
        bottom, top = body.vertices[:, 2].min(), body.vertices[:, 2].max()
        if bottom >= cut:
            bodies.append(replace(body, vertices=body.vertices + rise))
        elif bottom >= low - SLAB_M:
            bodies += [body, replace(body, name=f"{body.name}+", vertices=body.vertices + rise)]
        else:
            lifted = body.vertices + rise * (body.vertices[:, 2:] >= cut)
            bodies.append(replace(body, vertices=lifted) if top > cut else body)
    one, two = box_of(body for body in bodies if body.name.endswith("+"))
    box = np.array([[*one[:2], high], [*two[:2], high + rise[2]]])
    under = np.array([[*one[:2], high - SLAB_M], [*two[:2], high]])
    floors = (low + rise[2], *(level + rise[2] * (level >= cut) for level in world.floors))
    built = replace(world, bodies=tuple(bodies), floors=floors)
    return Edited(built, "extra_storey", (box, under))


def raised(design: Design, random: np.random.Generator) -> Edited | None:
    """The storey below the highest floor is higher than approved."""
    del random
    return _stretched(design, RAISED_M)


def lowered(design: Design, random: np.random.Generator) -> Edited | None:
    """The storey below the highest floor is lower than approved."""
    del random
    return _stretched(design, LOWERED_M)


def _stretched(design: Design, rise_m: float) -> Edited | None:
    world, levels = world_of(design), _floors(design)
    if len(levels) < 2:
        return None
    start, stop = levels[-2] + 0.05, levels[-1] - SLAB_M
    if stop < start + 1.0:
        return None

    def change(body: Body) -> Body:
        vertices = body.vertices.copy()
        vertices[:, 2] += rise_m * np.clip((vertices[:, 2] - start) / (stop - start), 0.0, 1.0)
        return replace(body, vertices=vertices)

    built = world.changed(change)
    upper = box_of(body for body in built.bodies if body.vertices[:, 2].min() >= stop + rise_m - 1e-6)
    box = np.array([[*upper[0, :2], levels[-1]], upper[1]])
    floors = tuple(level + rise_m if level >= levels[-1] - 0.01 else level for level in built.floors)
    return Edited(replace(built, floors=floors), "storey_height", (box,))


def lean_to(design: Design, random: np.random.Generator) -> Edited | None:
    """A room against an even stretch of a wall, on the ground."""
    world = world_of(design)
    scene, places = Scene([*world.bodies]), []
    (x0, y0, _), (x1, y1, _) = world.box
    for axis, side, (low, high) in ((0, 1, (x0, x1)), (0, -1, (x0, x1)), (1, 1, (y0, y1)), (1, -1, (y0, y1))):
        for start in np.arange(low + 0.3, high - _LEAN_TO[0] - 0.3, _STEP_M):
            wall = _even_wall(world, scene, axis, side, start)
            if wall is not None:
                places.append((axis, side, float(start), wall))
    if not places:
        return None
    axis, side, start, wall = places[int(random.integers(len(places)))]
    away = wall + side * _LEAN_TO[1]
    along, across = (start, start + _LEAN_TO[0]), tuple(sorted((wall, away)))
    spans = (along, across) if axis == 0 else (across, along)
    box = np.array(
        [[spans[0][0], spans[1][0], world.ground_m], [spans[0][1], spans[1][1], world.ground_m + _LEAN_TO[2]]]
    )
    return Edited(world.plus(_room(box)), "lateral_extension", (box,))


def _even_wall(world: World, scene: Scene, axis: int, side: int, start: float) -> float | None:
    """Where a wall stands, looked at from outside over the whole of a lean-to; None where it is not even."""
    along, up = np.meshgrid(np.linspace(0.0, _LEAN_TO[0], 8) + start, np.array([0.4, 1.2, 1.9, 2.6]) + world.ground_m)
    far = world.box[1 if side > 0 else 0, 1 - axis] + side * 6.0
    places = np.zeros((along.size, 3))
    places[:, axis], places[:, 1 - axis], places[:, 2] = along.ravel(), far, up.ravel()
    way = np.zeros_like(places)
    way[:, 1 - axis] = -side
    reach = scene.reach(places, way)
    if not np.isfinite(reach).all() or np.ptp(reach) > _EVEN_M:
        return None
    return float(far - side * np.median(reach))


def room_on_roof(design: Design, random: np.random.Generator) -> Edited | None:
    """A room on a flat stretch of the highest roof that has one."""
    world = world_of(design)
    scene, top = Scene(world.bodies), world.box[1, 2] + 1.0
    (x0, y0, _), (x1, y1, _) = world.box
    x, y = np.meshgrid(np.arange(x0, x1, _STEP_M), np.arange(y0, y1, _STEP_M), indexing="ij")
    places = np.column_stack([x.ravel(), y.ravel(), np.full(x.size, top)])
    height = (top - scene.reach(places, np.broadcast_to([0.0, 0.0, -1.0], places.shape))).reshape(x.shape)
    steps = round(_ROOM[0] / _STEP_M) + 3
    flat = []
    for i in range(height.shape[0] - steps):
        for j in range(height.shape[1] - steps):
            part = height[i : i + steps, j : j + steps]
            if np.isfinite(part).all() and np.ptp(part) < _EVEN_M and part.min() > world.ground_m + 2.4:
                flat.append((float(part.max()), i, j))
    if not flat:
        return None
    highest = [place for place in flat if place[0] > max(flat)[0] - 0.3]
    level, i, j = highest[int(random.integers(len(highest)))]
    low = np.array([x[i + 1, j], y[i, j + 1], level])
    box = np.array([low, low + _ROOM])
    return Edited(world.plus(_room(box)), "rooftop_addition", (box,))


def _room(box: Floats) -> tuple[Body, ...]:
    """Four walls and a roof that fill a box."""
    (x0, y0, z0), (x1, y1, z1) = (tuple(map(float, corner)) for corner in box)
    under = z1 - _WALL_M
    return (
        block("added wall", (x0, y0, z0), (x0 + _WALL_M, y1, under)),
        block("added wall", (x1 - _WALL_M, y0, z0), (x1, y1, under)),
        block("added wall", (x0, y0, z0), (x1, y0 + _WALL_M, under)),
        block("added wall", (x0, y1 - _WALL_M, z0), (x1, y1, under)),
        block("added roof", (x0, y0, under), (x1, y1, z1)),
    )


def wall_left_out(design: Design, random: np.random.Generator) -> Edited | None:
    """One wall with its doors and windows is not there."""
    world = world_of(design)
    wall = _some_wall(world, random)
    if wall is None:
        return None
    gone = [wall.name, *(body.name for body in _in_wall(world, wall))]
    return Edited(world.without(gone), "element_missing", (box_of([wall]),), (wall.name,))


def wall_moved(design: Design, random: np.random.Generator) -> Edited | None:
    """One wall with its doors and windows stands beside its place."""
    world = world_of(design)
    wall = _some_wall(world, random)
    if wall is None:
        return None
    taken = {wall.name, *(body.name for body in _in_wall(world, wall))}
    offset = np.zeros(3)
    offset[int(np.argmin(np.ptp(wall.vertices, axis=0)[:2]))] = MOVED_M * float(random.choice([-1.0, 1.0]))
    built = world.changed(lambda body: body.moved(tuple(offset)) if body.name in taken else body)
    both = box_of([wall, wall.moved(tuple(offset))])
    return Edited(built, "element_displaced", (both,), (wall.name,))


def _some_wall(world: World, random: np.random.Generator) -> Body | None:
    """A wall along an axis, storey-high, of a usual length, above the ground."""
    fit = []
    for body in world.bodies:
        low, high = box_of([body])
        sides = sorted((high - low)[:2])
        usual = (
            sides[0] < 0.5 and 1.8 < sides[1] < 9.0 and 2.0 < (high - low)[2] < 4.0 and low[2] > world.ground_m - 0.6
        )
        if body.ifc_class.startswith("IfcWall") and usual:
            fit.append(body)
    return fit[int(random.integers(len(fit)))] if fit else None


def _in_wall(world: World, wall: Body) -> list[Body]:
    low, high = box_of([wall])
    middles = [
        (body, body.vertices.mean(axis=0)) for body in world.bodies if body.ifc_class in ("IfcDoor", "IfcWindow")
    ]
    return [body for body, middle in middles if (middle > low - 0.2).all() and (middle < high + 0.2).all()]


def window_closed(design: Design, random: np.random.Generator) -> Edited | None:
    """A window is walled up, flush with the wall on both sides."""
    world = world_of(design)
    walls = [body for body in world.bodies if body.ifc_class.startswith("IfcWall")]
    fit = []
    for body in world.bodies:
        low, high = box_of([body])
        if body.ifc_class == "IfcWindow" and np.prod(sorted(high - low)[1:]) > _WINDOW_M2 and low[2] > world.ground_m:
            host = next((w for w in walls if body in _in_wall(replace(world, bodies=(body,)), w)), None)
            fit += [(body, host)] if host is not None and _is_recessed(body, host) else []
    if not fit:
        return None
    window, host = fit[int(random.integers(len(fit)))]
    box, (low, high) = box_of([window]), box_of([host])
    thin = int(np.argmin((high - low)[:2]))
    box[:, thin] = low[thin], high[thin]
    filling = block("filling", tuple(map(float, box[0])), tuple(map(float, box[1])))
    return Edited(world.without([window.name]).plus([filling]), "opening_changed", (box,), (window.name,))


def _is_recessed(window: Body, wall: Body) -> bool:
    """Whether a window lies behind both faces of its wall: flush with one it hides whether it is walled up."""
    (low, high), (one, two) = box_of([window]), box_of([wall])
    thin = int(np.argmin((two - one)[:2]))
    return bool(low[thin] > one[thin] + _EVEN_M and high[thin] < two[thin] - _EVEN_M)


def _floors(design: Design) -> list[float]:
    """Levels of floors that people live on, ascending."""
    largest = max((storey.floor_area_m2 for storey in design.storeys), default=0.0)
    return sorted({s.elevation_m for s in design.storeys if s.is_floor and s.floor_area_m2 > 0.3 * largest})


def _levels(design: Design) -> list[float]:
    return sorted({storey.elevation_m for storey in design.storeys})


EDITS: dict[str, Edit] = {
    "as approved": as_approved,
    "among things": among_things,
    "under way": under_way,
    "extra storey": extra_storey,
    "storey raised": raised,
    "storey lowered": lowered,
    "room on the roof": room_on_roof,
    "lean-to": lean_to,
    "wall left out": wall_left_out,
    "wall moved": wall_moved,
    "window closed": window_closed,
}
