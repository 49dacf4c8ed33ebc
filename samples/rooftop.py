"""What stands on the flat roof: parapet, rooflight over the atrium, stair house, lift overrun and plant."""

from __future__ import annotations

from samples import plan as p
from samples.plan import Level, Plan
from samples.solids import Outline, Part, Point2, Prism, box, flat, lengthwise, rectangle
from samples.walls import Opening, wall

_PARAPET, _COPING = 0.20, 0.06
_UPSTAND = 0.50
_HOUSE = 0.25
_STAIR_HOUSE_HEIGHT = 2.60
_LIFT_HEIGHT = 1.00
_ROOF = "RF"


def rooftop(plan: Plan) -> list[Part]:
    """Everything above the roof slab."""
    level = Level(_ROOF, "Roof", plan.roof, 0.0, above_ground=True)
    return [*_parapets(level), *_rooflight(level), *_stair_house(level), *_plant(level)]


def _parapets(level: Level) -> list[Part]:
    inner = _PARAPET
    fronts: tuple[tuple[str, Point2, Point2], ...] = (
        ("south", (p.WEST, p.SOUTH), (p.EAST, p.SOUTH)),
        ("east", (p.EAST, inner), (p.EAST, p.BAR_NORTH - inner)),
        ("court north", (p.EAST, p.BAR_NORTH), (p.WING_EAST - inner, p.BAR_NORTH)),
        ("court east", (p.WING_EAST, p.BAR_NORTH), (p.WING_EAST, p.NORTH - inner)),
        ("north", (p.WING_EAST, p.NORTH), (p.WEST, p.NORTH)),
        ("west", (p.WEST, p.NORTH - inner), (p.WEST, inner)),
    )
    height = p.PARAPET_HEIGHT - _COPING
    parts = []
    for name, start, end in fronts:
        parapet = wall(level, f"{name} parapet", "parapet", start, end, _PARAPET, height, "plaster")[0]
        length = parapet.size["Length"]
        coping = box((0.0, -0.03, height), (length, _PARAPET, height + _COPING), "zinc")
        parts += [
            parapet,
            Part(
                f"{_ROOF}/{name} coping", "coping", f"coping {name}", _ROOF, parapet.origin, (coping,), parapet.yaw_deg,
                size={"Width": _COPING, "Area": round(length * (_PARAPET + 0.03), 6)},
            ),
        ]  # fmt: skip
    return parts


def _rooflight(level: Level) -> list[Part]:
    """Upstands round the atrium, bars like rafters, and panes on them."""
    (x0, y0), (x1, y1) = p.ATRIUM[0], p.ATRIUM[2]
    t = 0.20
    runs: tuple[tuple[str, Point2, Point2], ...] = (
        ("south", (x0 - t, y0 - t), (x1 + t, y0 - t)),
        ("east", (x1 + t, y0), (x1 + t, y1)),
        ("north", (x1 + t, y1 + t), (x0 - t, y1 + t)),
        ("west", (x0 - t, y1), (x0 - t, y0)),
    )
    parts = [
        part
        for name, start, end in runs
        for part in wall(level, f"rooflight upstand {name}", "upstand", start, end, t, _UPSTAND, "concrete")
    ]
    low, middle, high, foot, ridge = y0 - 0.15, (y0 + y1) / 2, y1 + 0.15, _UPSTAND, _UPSTAND + 0.90
    rafter: Outline = (
        (low, foot), (middle, ridge), (high, foot), (high, foot + 0.10), (middle, ridge + 0.10), (low, foot + 0.10),
    )  # fmt: skip
    bars = 7
    for i in range(bars):
        x = x0 - 0.12 + (x1 - x0 + 0.18) * i / (bars - 1)
        parts.append(_loft(f"rooflight bar {i + 1}", "rooflight bar", level, lengthwise(rafter, x, 0.06, "steel")))
    over, thick = 0.11, 0.03
    slopes = (
        ((low, foot + over), (middle, ridge + over), (middle, ridge + over + thick), (low, foot + over + thick)),
        ((middle, ridge + over), (high, foot + over), (high, foot + over + thick), (middle, ridge + over + thick)),
    )
    gable: Outline = ((low + 0.05, foot), (high - 0.05, foot), (middle, ridge - 0.02))
    panes = [lengthwise(slope, x0 - 0.15, x1 - x0 + 0.30, "glass") for slope in slopes]
    panes += [lengthwise(gable, x, thick, "glass") for x in (x0 - 0.17, x1 + 0.14)]
    return parts + [
        _loft(f"rooflight pane {i + 1}", "rooflight glazing", level, pane) for i, pane in enumerate(panes)
    ]  # fmt: skip


def _stair_house(level: Level) -> list[Part]:
    """The stair's head with a door to the roof, and the lift's overrun on it."""
    x0, x1, y0, y1, t = 18.40, 23.75, 7.60, 13.15, _HOUSE
    parts = _ring(level, "stair house", (x0, y0), (x1, y1), level.floor, _STAIR_HOUSE_HEIGHT, (("roof door", 1.0),))
    top = level.floor + _STAIR_HOUSE_HEIGHT
    parts.append(_cover("stair house roof", (x0, y0), (x1, y1), top))
    x0, y1 = 21.25, 7.60 + 2.70
    parts += _ring(level, "lift overrun", (x0, y0), (x1, y1), top + p.SLAB, _LIFT_HEIGHT - t, ())
    parts.append(_cover("lift overrun roof", (x0, y0), (x1, y1), top + p.SLAB + _LIFT_HEIGHT - t))
    return parts


def _ring(
    level: Level, name: str, low: Point2, high: Point2, base: float, height: float, west: tuple[Opening, ...]
) -> list[Part]:
    """Four walls round a rectangle, with openings in the western one."""
    (x0, y0), (x1, y1), t = low, high, _HOUSE
    runs: tuple[tuple[str, Point2, Point2, tuple[Opening, ...]], ...] = (
        ("south", (x0, y0), (x1, y0), ()),
        ("east", (x1, y0 + t), (x1, y1 - t), ()),
        ("north", (x1, y1), (x0, y1), ()),
        ("west", (x0, y1 - t), (x0, y0 + t), west),
    )
    height = round(height, 6)
    return [
        part
        for side, start, end, openings in runs
        for part in wall(
            level, f"{name} {side}", "stair house wall", start, end, t, height, "zinc", openings, base=round(base, 6)
        )
    ]


def _cover(name: str, low: Point2, high: Point2, bottom: float) -> Part:
    body = flat(rectangle(low[0], low[1], high[0], high[1]), 0.0, p.SLAB, "zinc")
    return Part(
        f"{_ROOF}/{name}",
        "stair house roof",
        name,
        _ROOF,
        (0.0, 0.0, round(bottom, 6)),
        (body,),
        size={"Depth": p.SLAB},
    )


def _plant(level: Level) -> list[Part]:
    """Two air handlers, and solar modules in rows."""
    handler = (
        box((0.0, 0.0, 0.25), (2.4, 1.3, 1.55), "zinc"),
        box((0.1, 0.1, 0.0), (0.3, 1.2, 0.25), "steel"),
        box((2.1, 0.1, 0.0), (2.3, 1.2, 0.25), "steel"),
    )
    parts = [
        Part(
            f"{_ROOF}/air handler {i + 1}",
            "air handler",
            f"air handler {i + 1}",
            _ROOF,
            (x, 17.2, level.floor),
            handler,
        )
        for i, x in enumerate((3.2, 7.4))
    ]
    rise, depth, thick = 0.22, 1.08, 0.04
    plate: Outline = ((0.0, 0.10), (depth, 0.10 + rise), (depth, 0.10 + rise + thick), (0.0, 0.10 + thick))
    prop: Outline = ((0.95, 0.0), (1.0, 0.0), (1.0, 0.28), (0.95, 0.28))
    module = (lengthwise(plate, 0.0, 1.70, "solar cell"), lengthwise(prop, 0.1, 1.50, "steel"))
    for row in range(3):
        for column in range(4):
            name = f"solar module {row * 4 + column + 1}"
            origin = (25.8 + 1.75 * column, 2.2 + 2.0 * row, level.floor)
            parts.append(Part(f"{_ROOF}/{name}", "solar module", name, _ROOF, origin, module))
    return parts


def _loft(name: str, family: str, level: Level, body: Prism) -> Part:
    return Part(f"{_ROOF}/{name}", family, name, _ROOF, (0.0, 0.0, level.floor), (body,))
