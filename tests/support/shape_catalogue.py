"""Shapes to try registration on: some it was tuned on, as many held out, and some that are symmetric on purpose."""

from __future__ import annotations

import numpy as np
from support.shapes import Ring, Shape


def _box(x0: float, y0: float, x1: float, y1: float) -> Ring:
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def _circle(x: float, y: float, radius: float, count: int, turn: float = 0.0) -> Ring:
    angles = turn + 2.0 * np.pi * np.arange(count) / count
    return tuple((float(x + radius * np.cos(a)), float(y + radius * np.sin(a))) for a in angles)


def _arc(inner: float, outer: float, count: int, span: float) -> tuple[Ring, tuple[Ring, ...]]:
    angles = np.linspace(0.0, span, count + 1)
    out = [(float(outer * np.cos(a)), float(outer * np.sin(a))) for a in angles]
    back = [(float(inner * np.cos(a)), float(inner * np.sin(a))) for a in angles]
    tiles = tuple((out[k], out[k + 1], back[k + 1], back[k]) for k in range(count))
    return (*out, *back[::-1]), tiles


_ARC = _arc(9.0, 17.0, 8, 1.9)
TUNED = (
    Shape("gable house", (_box(0, 0, 11, 8),), (_box(0, 0, 11, 8),), (2.8, 2.6), "gable", 1),
    Shape(
        "ell",
        (((0, 0), (14, 0), (14, 6), (6, 6), (6, 12), (0, 12)),),
        (_box(0, 0, 14, 6), _box(0, 6, 6, 12)),
        (3.2, 3.0),
        seed=2,
    ),
    Shape(
        "horseshoe",
        (((0, 0), (18, 0), (18, 12), (13, 12), (13, 5), (5, 5), (5, 10), (0, 10)),),
        (_box(0, 0, 18, 5), _box(0, 5, 5, 10), _box(13, 5, 18, 12)),
        (3.0, 3.0, 3.0),
        seed=3,
    ),
    Shape(
        "round tower",
        (_circle(0, 0, 6.5, 32), _box(6.9, -2.5, 12, 2.0)),
        (_circle(0, 0, 6.5, 32), _box(6.9, -2.5, 12, 2.0)),
        (3.0, 3.0, 3.0),
        seed=4,
    ),
    Shape(
        "terrace",
        (((0, 0), (36, 0), (36, 9), (34, 9), (34, 11), (31, 11), (31, 9), (0, 9)),),
        (*(_box(6 * k, 0, 6 * k + 6, 9) for k in range(6)), _box(31, 9, 34, 11)),
        (2.8, 2.8),
        seed=5,
        regular=True,
    ),
    Shape(
        "crooked",
        (((0, 0), (11, -2), (15, 5), (8, 11), (-1, 8)),),
        (((0, 0), (11, -2), (15, 5), (8, 11), (-1, 8)),),
        (3.1, 2.9),
        seed=6,
    ),
)
HELD_OUT = (
    Shape("tee under one pitch", (_box(0, 0, 13, 7),), (_box(0, 0, 13, 7),), (3.0, 2.7), "mono", 11),
    Shape(
        "court",
        (_box(0, 0, 19, 16), _box(6, 6, 13, 10)[::-1]),
        (_box(0, 0, 19, 6), _box(0, 10, 19, 16), _box(0, 6, 6, 10), _box(13, 6, 19, 10)),
        (3.3, 3.0),
        seed=12,
    ),
    Shape("flatiron", (((0, 0), (20, 0), (3, 11)),), (((0, 0), (20, 0), (3, 11)),), (3.4, 3.2, 3.2), seed=13),
    Shape("hexagon", (_circle(0, 0, 8, 6, 0.2),), (_circle(0, 0, 8, 6, 0.2),), (3.2, 3.0), seed=14),
    Shape(
        "two on one plot",
        (_box(0, 0, 9, 8), ((14, 3), (22, 5), (20, 13), (12, 11))),
        (_box(0, 0, 9, 8), ((14, 3), (22, 5), (20, 13), (12, 11))),
        (3.0, 3.0),
        seed=15,
    ),
    Shape("bow", (_ARC[0],), _ARC[1], (3.1, 3.1), seed=16),
)
SYMMETRIC = (
    Shape(
        "plain row",
        (_box(0, 0, 36, 9),),
        tuple(_box(6 * k, 0, 6 * k + 6, 9) for k in range(6)),
        (2.8, 2.8),
        seed=25,
        regular=True,
    ),
    Shape("plain oblong", (_box(0, 0, 12, 8),), (_box(0, 0, 12, 8),), (3.0, 3.0), seed=21, regular=True),
    Shape("plain square", (_box(0, 0, 10, 10),), (_box(0, 0, 10, 10),), (3.0, 3.0), seed=22, regular=True, rooms=False),
    Shape("drum", (_circle(0, 0, 7, 24),), (_circle(0, 0, 7, 24),), (3.0, 3.0), seed=23, regular=True, rooms=False),
    Shape("plain hexagon", (_circle(0, 0, 8, 6),), (_circle(0, 0, 8, 6),), (3.0,), seed=24, regular=True, rooms=False),
)
