"""The outer walls with their windows, the balconies, the canopy, and the balcony that was closed in."""

from __future__ import annotations

from dataclasses import dataclass

from samples import plan as p
from samples.plan import Level, Plan
from samples.solids import Part, Point2, box, flat, lengthwise, rectangle
from samples.walls import Opening, wall


@dataclass(frozen=True, slots=True)
class Front:
    """One straight outer wall: it runs with the building on its left; `skip` is where the wall itself begins.

    Openings are measured from the corner of the building, whatever `skip` is.
    """

    name: str
    start: Point2
    end: Point2
    skip: float
    material: str
    openings: tuple[Opening, ...]


_ONE, _TWO, _THREE = "window, one light", "window, two lights", "window, three lights"
_CORNER = p.WING_EAST - p.WALL
_FRONTS = (
    Front(
        "east", (p.EAST, p.WALL), (p.EAST, p.BAR_NORTH - p.WALL), p.WALL, "plaster",
        ((_TWO, 3.2), (_ONE, 6.95), (_TWO, 10.5)),
    ),
    Front("court north", (p.EAST, p.BAR_NORTH), (_CORNER, p.BAR_NORTH), 0.0, "terracotta", ((_TWO, 2.3), (_TWO, 6.5))),
    Front(
        "court east", (p.WING_EAST, p.BAR_NORTH), (p.WING_EAST, p.NORTH - p.WALL), 0.0, "terracotta",
        ((_TWO, 3.2), (_TWO, 6.3)),
    ),
    Front(
        "north", (p.WING_EAST, p.NORTH), (p.WEST, p.NORTH), 0.0, "plaster",
        tuple((_TWO, s) for s in (1.9, 4.5, 7.5, 10.5, 13.5, 16.2)),
    ),
    Front(
        "west", (p.WEST, p.NORTH - p.WALL), (p.WEST, p.WALL), p.WALL, "plaster",
        ((_TWO, 3.5), (_TWO, 9.2), (_TWO, 12.2), (_ONE, 15.05), (_TWO, 19.0)),
    ),
)  # fmt: skip


def outer_walls(plan: Plan, level: Level) -> list[Part]:
    """The outer walls of a storey above ground, with windows and doors."""
    height = level.clear_height
    fronts = (_south(plan, level), *_FRONTS)
    parts: list[Part] = []
    for front in fronts:
        material = "stone" if level.floor == 0.0 else front.material
        openings = tuple((kind, round(centre - front.skip, 6)) for kind, centre in front.openings)
        name = f"{front.name} wall"
        parts += wall(
            level, name, f"outer wall, {material}", front.start, front.end, p.WALL, height, material, openings
        )
    return parts


def basement_walls(level: Level) -> list[Part]:
    """The outer walls below ground."""
    height = level.clear_height
    south = Front("south", (p.WEST, p.SOUTH), (p.EAST, p.SOUTH), 0.0, "concrete", ())
    return [
        part
        for front in (south, *_FRONTS)
        for part in wall(
            level, f"{front.name} wall", "basement wall", front.start, front.end, p.WALL, height, "concrete"
        )
    ]


def balconies(plan: Plan, level: Level) -> list[Part]:
    """The balconies of an upper storey: slabs with a parapet round three sides."""
    parts = []
    for bay in p.BALCONY_BAYS:
        slab, parapet = _balcony(level, bay)
        parts += [slab, parapet]
        if plan.has_violations and (level.key, bay) == p.ENCLOSED_BALCONY:
            parts.append(_enclosure(level, bay))
    return parts


def balcony_box(level: Level, bay: int) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """The space of a balcony: from slab to soffit, within the outer faces of its parapet."""
    x0, x1 = _balcony_span(bay)
    return (x0, -p.BALCONY_DEPTH, level.floor), (x1, 0.0, round(level.floor + level.clear_height, 6))


def entrance() -> list[Part]:
    """Platform, steps and canopy before the door."""
    x0, x1 = 14.2, 19.8
    platform = flat(rectangle(x0, -2.0, x1, 0.0), 0.0, -p.OUTDOOR_GROUND, "stone")
    step, tread = -p.OUTDOOR_GROUND / 3, 0.30
    profile = ((0.0, 0.0), (2 * tread, 0.0), (2 * tread, 2 * step), (tread, 2 * step), (tread, step), (0.0, step))
    canopy = flat(rectangle(13.8, -2.5, 20.2, 0.0), 0.0, 0.18, "anthracite")
    ground = p.OUTDOOR_GROUND
    parts = [
        Part(
            "1F/entrance platform", "entrance platform", "entrance platform", "1F", (0.0, 0.0, ground), (platform,),
            size={"Depth": -ground},
        ),
        Part(
            "1F/entrance steps", "entrance steps", "entrance steps", "1F", (0.0, -2.0 - 2 * tread, ground),
            (lengthwise(profile, x0, x1 - x0, "stone"),),
            size={"NumberOfRiser": 3.0, "RiserHeight": step, "TreadLength": tread},
        ),
        Part("1F/canopy", "canopy", "entrance canopy", "1F", (0.0, 0.0, 3.35), (canopy,), size={"Depth": 0.18}),
    ]  # fmt: skip
    for i, x in enumerate((14.0, 19.88)):
        post = box((x, -2.42, 0.0), (x + 0.12, -2.30, 3.35 - ground), "steel")
        parts.append(
            Part(f"1F/canopy post {i + 1}", "canopy post", f"canopy post {i + 1}", "1F", (0.0, 0.0, ground), (post,),
                 size={"Length": 3.35 - ground})
        )  # fmt: skip
    return parts


def _south(plan: Plan, level: Level) -> Front:
    """The front to the street: shops below; balcony doors above, but not in a storey that was never designed."""
    openings: list[Opening] = []
    for bay, centre in enumerate(p.BAY_CENTRES):
        if level.floor == 0.0:
            shop = [("shop front", centre - 1.6), ("shop front", centre + 1.6)]
            hall = [("shop front, narrow", 14.7), ("entrance door", centre), ("shop front, narrow", 19.3)]
            openings += hall if bay not in p.BALCONY_BAYS else shop
        elif bay not in p.BALCONY_BAYS:
            openings += [(_THREE, centre - 1.6), (_THREE, centre + 1.6)]
        elif plan.has_violations and level is plan.levels[-1]:
            openings += [(_TWO, centre - 0.7), (_ONE, centre + 1.4)]
        else:
            openings += [("balcony door", centre - 0.7), (_ONE, centre + 1.4)]
    rounded = tuple((kind, round(centre, 6)) for kind, centre in openings)
    return Front("south", (p.WEST, p.SOUTH), (p.EAST, p.SOUTH), 0.0, "plaster", rounded)


def _balcony_span(bay: int) -> tuple[float, float]:
    centre, half = p.BAY_CENTRES[bay], p.BALCONY_WIDTH / 2
    return round(centre - half, 6), round(centre + half, 6)


def _balcony(level: Level, bay: int) -> tuple[Part, Part]:
    x0, x1 = _balcony_span(bay)
    front, thick, height = -p.BALCONY_DEPTH, 0.12, p.BALCONY_PARAPET
    name = f"balcony {bay + 1}"
    slab = Part(
        f"{level.key}/{name} slab", "balcony slab", f"{name} slab {level.key}", level.key,
        (x0, front, level.floor),
        (flat(rectangle(0.0, 0.0, x1 - x0, -front), -p.SLAB, p.SLAB, "band"),),
        size={"Depth": p.SLAB},
    )  # fmt: skip
    outline = (
        (0.0, 0.0), (x1 - x0, 0.0), (x1 - x0, -front), (x1 - x0 - thick, -front),
        (x1 - x0 - thick, thick), (thick, thick), (thick, -front), (0.0, -front),
    )  # fmt: skip
    parapet = Part(
        f"{level.key}/{name} parapet", "balcony parapet", f"{name} parapet {level.key}", level.key,
        (x0, front, level.floor), (flat(outline, 0.0, height, "white render"),),
        size={"Length": x1 - x0 - 2 * front - 2 * thick, "Width": thick, "Height": height},
    )  # fmt: skip
    return slab, parapet


def _enclosure(level: Level, bay: int) -> Part:
    """Panels, frames and panes that close a balcony from its parapet to the soffit."""
    low, high = balcony_box(level, bay)
    width, depth, thick = high[0] - low[0], high[1] - low[1], 0.10
    foot, head = p.BALCONY_PARAPET, high[2] - low[2]
    bodies = [
        box((0.0, thick, foot), (thick, depth, head), "sandwich panel"),
        box((width - thick, thick, foot), (width, depth, head), "sandwich panel"),
        box((0.0, 0.0, head - 0.25), (width, thick, head), "sandwich panel"),
        box((0.0, 0.0, foot), (width, thick, foot + 0.10), "white profile"),
    ]
    lights = 5
    for i in range(lights + 1):
        x = (width - 0.09) * i / lights
        bodies.append(box((x, 0.0, foot + 0.10), (x + 0.09, thick, head - 0.25), "white profile"))
    bodies.append(box((0.0, 0.02, 1.95), (width, 0.08, 2.01), "white profile"))
    bodies.append(box((0.09, 0.04, foot + 0.10), (width - 0.09, 0.06, head - 0.25), "glass"))
    return Part(f"{level.key}/enclosure", "partition", "enclosure", level.key, low, tuple(bodies))
