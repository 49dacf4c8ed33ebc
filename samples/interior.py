"""What stands inside: partitions and doors, the rails round the atrium, rooms, and furniture."""

from __future__ import annotations

from samples import plan as p
from samples.plan import Level
from samples.solids import Outline, Part, Point2, Point3, Prism, box, flat, rectangle
from samples.walls import Opening, wall

_THIN, _PARTY = 0.12, 0.20
_RAIL_HEIGHT = 1.10
Run = tuple[str, str, Point2, Point2, tuple[Opening, ...]]

_FLAT_WALLS: tuple[Run, ...] = (
    *((f"party wall {i + 1}", "party wall", (x, p.WALL), (x, 5.8), ()) for i, x in enumerate((6.9, 13.7, 20.5, 27.3))),
)
_CORRIDOR: tuple[Run, ...] = tuple(
    (f"corridor wall {i + 1}", "partition", (x0, 5.94), (x1, 5.94), (("flat door", 1.2),))
    for i, (x0, x1) in enumerate(((0.3, 6.6), (7.0, 13.4), (13.8, 20.2), (20.6, 27.0), (27.4, 33.7)))
)
_BACK: tuple[Run, ...] = (
    ("west room wall", "partition", (0.3, 7.8), (6.94, 7.8), ()),
    ("gallery wall", "partition", (7.06, 7.8), (7.06, 14.94), (("flat door", 3.2),)),
    ("east room wall", "partition", (25.2, 7.8), (33.7, 7.8), (("flat door", 2.0), ("flat door", 6.5))),
    ("east dividing wall", "partition", (29.51, 7.92), (29.51, 13.1), ()),
)
_WING: tuple[Run, ...] = (
    ("wing wall 1", "partition", (0.3, 14.94), (5.8, 14.94), (("flat door", 2.6),)),
    ("wing wall 2", "partition", (6.2, 14.94), (11.8, 14.94), (("flat door", 2.8),)),
    ("wing wall 3", "partition", (12.2, 14.94), (17.7, 14.94), (("flat door", 1.4),)),
    ("wing party wall 1", "party wall", (6.1, 15.2), (6.1, 21.7), ()),
    ("wing party wall 2", "party wall", (12.1, 15.2), (12.1, 21.7), ()),
)
_ROOMS: tuple[tuple[str, Outline], ...] = (
    ("flat 1", rectangle(0.3, 0.3, 6.7, 5.94)),
    ("flat 2", rectangle(6.9, 0.3, 13.5, 5.94)),
    ("flat 3", rectangle(13.7, 0.3, 20.3, 5.94)),
    ("flat 4", rectangle(20.5, 0.3, 27.1, 5.94)),
    ("flat 5", rectangle(27.3, 0.3, 33.7, 5.94)),
    ("corridor", rectangle(0.3, 6.06, 33.7, 7.6)),
    ("flat 6", rectangle(0.3, 7.92, 6.94, 14.94)),
    ("flat 7", rectangle(0.3, 15.06, 5.9, 21.7)),
    ("flat 8", rectangle(6.1, 15.06, 11.9, 21.7)),
    ("flat 9", rectangle(12.1, 15.06, 17.7, 21.7)),
    ("flat 10", rectangle(25.2, 7.92, 29.39, 13.1)),
    ("flat 11", rectangle(29.51, 7.92, 33.7, 13.1)),
    ("stair hall", rectangle(18.65, 7.85, 21.25, 13.1)),
)
_HALL = ("flat 3", "corridor wall 3")
"""Room and wall that the ground floor's hall does without."""


def partitions(level: Level) -> list[Part]:
    """The light walls of a storey, with their doors."""
    runs = (*_FLAT_WALLS, *_CORRIDOR, *_BACK, *_WING) if level.above_ground else _WING
    thickness = {"party wall": _PARTY, "partition": _THIN}
    return [
        part
        for name, family, start, end, openings in runs
        if not (name in _HALL and level.floor == 0.0)
        for part in wall(
            level, name, family, start, end, thickness[family], level.clear_height, "gypsum", openings
        )
    ]  # fmt: skip


def rails(level: Level) -> list[Part]:
    """The guard rails round the atrium, where the floor is open."""
    if not p.has_atrium(level):
        return []
    (x0, y0), (x1, y1) = p.ATRIUM[0], p.ATRIUM[2]
    gap = 0.06
    sides: tuple[tuple[str, Point2, float, float], ...] = (
        ("south", (x0, y0 - gap), x1 - x0, 0.0),
        ("east", (x1 + gap, y0), y1 - y0, 90.0),
        ("north", (x1, y1 + gap), x1 - x0, 180.0),
        ("west", (x0 - gap, y1), y1 - y0, 270.0),
    )
    return [
        _rail(level, name, (start[0], start[1], level.floor), length, yaw) for name, start, length, yaw in sides
    ]  # fmt: skip


def rooms(level: Level) -> list[Part]:
    """The spaces of a storey."""
    height = level.clear_height
    if not level.above_ground:
        outlines: tuple[tuple[str, Outline], ...] = (("garage", rectangle(0.3, 0.3, 33.7, 7.6)), *_ROOMS[7:10])
    else:
        outlines = tuple(("hall" if n == "flat 3" and level.floor == 0.0 else n, o) for n, o in _ROOMS)
    return [
        Part(
            f"{level.key}/space {name}", "space", f"{level.key} {name}", level.key, (0.0, 0.0, level.floor),
            (flat(outline, 0.0, height, "gypsum"),), size={"Height": height},
        )
        for name, outline in outlines
    ]  # fmt: skip


def furniture(level: Level) -> list[Part]:
    """Loose things that the architect drew."""
    if not level.above_ground:
        return []
    placed: tuple[tuple[str, Point2, float], ...] = (("bench", (10.2, 6.3), 0.0), ("table", (3.0, 10.0), 0.0))
    if level.floor == 0.0:
        placed = (
            ("reception desk", (16.4, 9.2), 90.0),
            ("sofa", (9.8, 13.9), 0.0),
            ("sofa", (12.4, 13.9), 0.0),
            ("table", (3.0, 10.0), 0.0),
        )
    return [
        Part(
            f"{level.key}/{family} {i + 1}", family, f"{family} {level.key} {i + 1}", level.key,
            (x, y, level.floor), _loose(family), yaw,
        )
        for i, (family, (x, y), yaw) in enumerate(placed)
    ]  # fmt: skip


def _rail(level: Level, side: str, origin: Point3, length: float, yaw: float) -> Part:
    bodies = [box((0.0, -0.025, _RAIL_HEIGHT - 0.05), (length, 0.025, _RAIL_HEIGHT), "timber")]
    posts = round(length)
    for i in range(posts + 1):
        x = (length - 0.04) * i / posts
        bodies.append(box((x, -0.02, 0.0), (x + 0.04, 0.02, _RAIL_HEIGHT - 0.05), "steel"))
    for z in (0.12, 0.34, 0.56, 0.78):
        bodies.append(box((0.0, -0.012, z), (length, 0.012, z + 0.024), "steel"))
    key = f"{level.key}/rail {side}"
    size = {"Length": length, "Height": _RAIL_HEIGHT}
    return Part(key, "guard rail", f"guard rail {level.key} {side}", level.key, origin, tuple(bodies), yaw, size=size)


def _loose(family: str) -> tuple[Prism, ...]:
    if family == "reception desk":
        return (box((0.0, 0.0, 0.0), (2.6, 0.7, 1.05), "timber"), box((0.0, 0.0, 1.05), (2.6, 0.8, 1.10), "stone"))
    if family == "sofa":
        return (box((0.0, 0.0, 0.0), (1.9, 0.8, 0.42), "fabric"), box((0.0, 0.62, 0.42), (1.9, 0.8, 0.85), "fabric"))
    if family == "bench":
        return (box((0.0, 0.0, 0.0), (1.6, 0.4, 0.45), "timber"),)
    legs = tuple(
        box((x, y, 0.0), (x + 0.06, y + 0.06, 0.71), "timber") for x in (0.02, 1.52) for y in (0.02, 0.72)
    )  # fmt: skip
    return (box((0.0, 0.0, 0.71), (1.6, 0.8, 0.75), "timber"), *legs)
