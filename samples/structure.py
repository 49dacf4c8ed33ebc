"""Slabs, columns, the core with its stairs, and the slab that closed the atrium."""

from __future__ import annotations

from samples import plan as p
from samples.plan import Level, Plan
from samples.solids import Outline, Part, Point2, Prism, box, flat, lengthwise
from samples.walls import Opening, wall

COLUMN = 0.40
_COLUMNS: tuple[Point2, ...] = (
    (6.8, 6.0), (13.6, 6.0), (20.4, 6.0), (27.2, 6.0),
    (8.75, 7.75), (15.25, 7.75), (8.75, 13.25), (15.25, 13.25),
    (6.0, 15.0), (12.0, 15.0),
)  # fmt: skip
_CORE: tuple[tuple[str, Point2, Point2, tuple[Opening, ...]], ...] = (
    ("core west", (18.65, 7.6), (18.65, 13.1), ()),
    ("core south", (18.65, 7.6), (25.2, 7.6), (("stair door", 1.0), ("lift door", 3.85))),
    ("core between", (21.5, 7.85), (21.5, 13.1), ()),
    ("core shaft", (23.75, 7.85), (23.75, 13.1), ()),
    ("core lift back", (21.5, 10.05), (23.5, 10.05), ()),
    ("core east", (25.2, 7.85), (25.2, 13.1), ()),
)
_FLIGHT_START = 9.0
"""Where the stair's first riser stands, along y."""
_LANES = ((18.65, 19.90), (20.00, 21.25))
_TREAD = 0.26
_WAIST = 0.16


def floor(level: Level) -> list[Part]:
    """The slab that a storey stands on, its top at the storey's floor."""
    if not level.above_ground:
        body = flat(p.OUTLINE, -p.BASE_SLAB, p.BASE_SLAB, "concrete")
        return [_slab("B1/base slab", "base slab", level.key, level.floor, body, ())]
    voids: tuple[tuple[str, Outline], ...] = (("stair", p.STAIR_VOID), ("lift", p.LIFT_VOID))
    if p.has_atrium(level):
        voids = (*voids, ("atrium", p.ATRIUM))
    body = flat(p.OUTLINE, -p.SLAB, p.SLAB, "band")
    return [_slab(f"{level.key}/floor slab", "floor slab", level.key, level.floor, body, voids)]


def roof(plan: Plan) -> list[Part]:
    """The slab of the flat roof."""
    voids = (("stair", p.STAIR_VOID_ROOF), ("lift", p.LIFT_VOID), ("atrium", p.ATRIUM))
    body = flat(p.OUTLINE, -p.SLAB, p.SLAB, "membrane")
    return [_slab("RF/roof slab", "roof slab", "RF", plan.roof, body, voids)]


def infill(level: Level) -> list[Part]:
    """The slab that closes the atrium at one level, where nobody approved it."""
    body = flat(p.ATRIUM, -p.SLAB, p.SLAB, "fresh concrete")
    return [_slab(f"{level.key}/infill", "floor slab", level.key, level.floor, body, ())]


def columns(level: Level) -> list[Part]:
    """The columns of a storey."""
    half, height = COLUMN / 2, level.clear_height
    return [
        Part(
            f"{level.key}/column {i + 1}", "column", f"column {level.key} {i + 1}", level.key, (x, y, level.floor),
            (box((-half, -half, 0.0), (half, half, height), "concrete"),), size={"Length": height},
        )
        for i, (x, y) in enumerate(_COLUMNS)
    ]  # fmt: skip


def core(level: Level) -> list[Part]:
    """The concrete walls round stair, lift and riser, with their doors."""
    return [
        part
        for name, start, end, openings in _CORE
        for part in wall(level, name, "core wall", start, end, 0.25, level.clear_height, "concrete", openings)
    ]


def stair(level: Level) -> list[Part]:
    """The stair up to the next floor: a flight, a half landing, and a flight back."""
    risers = 2 * round(level.height / 0.33)
    half, riser = risers // 2, level.height / risers
    run = (half - 1) * _TREAD
    key, z, turn = f"{level.key}/stair", level.floor, _FLIGHT_START + run
    size = {"NumberOfRiser": float(half), "RiserHeight": riser, "TreadLength": _TREAD}
    up = _steps(half, riser)
    down = tuple((-y, z) for y, z in reversed(up))
    landing = flat(((18.65, turn), (21.25, turn), (21.25, 13.1), (18.65, 13.1)), -0.18, 0.18, "concrete")
    middle = z + level.height / 2
    return [
        Part(key, "stair", f"stair {level.key}", level.key, (18.65, _FLIGHT_START, z), ()),
        Part(
            f"{key}/flight 1", "stair flight", f"stair flight {level.key} 1", level.key, (0.0, _FLIGHT_START, z),
            (lengthwise(up, _LANES[0][0], 1.25, "concrete"),), whole=key, size=size,
        ),
        Part(
            f"{key}/landing", "stair landing", f"stair landing {level.key}", level.key, (0.0, 0.0, middle),
            (landing,), whole=key, size={"Depth": 0.18},
        ),
        Part(
            f"{key}/flight 2", "stair flight", f"stair flight {level.key} 2", level.key, (0.0, turn, middle),
            (lengthwise(down, _LANES[1][0], 1.25, "concrete"),), whole=key, size=size,
        ),
    ]  # fmt: skip


def _steps(risers: int, riser: float) -> Outline:
    """Outline, in y and z, of a flight that climbs along +y; the last riser is the edge of the floor it reaches."""
    points: list[Point2] = [(0.0, 0.0)]
    for i in range(risers - 1):
        points += [(i * _TREAD, (i + 1) * riser), ((i + 1) * _TREAD, (i + 1) * riser)]
    slope = riser / _TREAD
    below = _WAIST * float((1 + slope**2) ** 0.5) + riser
    end = (risers - 1) * _TREAD
    points += [(end, end * slope - below), (below / slope, 0.0)]
    return tuple((round(y, 6), round(z, 6)) for y, z in reversed(points))


def _slab(key: str, family: str, level: str, top: float, body: Prism, voids: tuple[tuple[str, Outline], ...]) -> Part:
    return Part(
        key,
        family,
        f"{family} {level}",
        level,
        (0.0, 0.0, top),
        (body,),
        voids=tuple(outline for _, outline in voids),
        void_keys=tuple(f"{key}/{name} void" for name, _ in voids),
        size={"Depth": body.depth},
    )
