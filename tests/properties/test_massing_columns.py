"""Columns of boxes hold exactly the solid intervals, also where boxes overlap or have no inside."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support.observing import HERE, design_of, placing
from support.worlds import COTTAGE, Solid, box

from twin.arrays import Floats
from twin.design.model import Design, Role, Surface
from twin.massing.columns import Columns, columns_of


def _design(boxes: Floats, role: Role = Role.BUILDING) -> Design:
    parts = tuple(Solid(f"box {n}", "IfcWall", (box(tuple(b[0]), tuple(b[1])),), 0, role) for n, b in enumerate(boxes))
    return design_of(parts, COTTAGE, HERE.design_from_world)


def _intervals(columns: Columns, x: float, y: float) -> list[tuple[float, float]]:
    cell = columns.raster.cells(np.array([[x, y]]))[0][0]
    mine = columns.column == cell[0] * columns.raster.shape[1] + cell[1]
    return sorted(zip(columns.bottom[mine].tolist(), columns.top[mine].tolist(), strict=True))


def _union(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_every_column_holds_the_union_of_its_boxes(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    low = np.round(random.uniform(-3.0, 3.0, (count, 3)), 2)
    boxes = np.stack([low, low + np.round(random.uniform(0.5, 3.0, (count, 3)), 2)], axis=1)
    columns = columns_of(_design(boxes), 0.1, 0.5)
    centres = columns.raster.centres()
    for row in random.choice(len(centres), 60):
        x, y = centres[row]
        edge = np.abs(boxes[:, :, :2] - [x, y]).min() < 0.11  # a cell at an upright face also holds that face
        if edge:
            continue
        over = [b for b in boxes if (b[0, :2] < [x, y]).all() and (b[1, :2] > [x, y]).all()]
        expected = _union([(float(b[0, 2]), float(b[1, 2])) for b in over])
        found = _union(_intervals(columns, x, y))
        assert len(found) == len(expected)
        assert np.allclose(found, expected, atol=1e-4) if expected else not found


def test_a_pane_thinner_than_a_cell_stands_in_every_cell_along_it() -> None:
    at = placing(23.0)
    pane = Solid("pane", "IfcWall", (box((0.0, 0.0, 0.0), (4.0, 0.01, 2.5)),), 0)
    columns = columns_of(design_of((pane,), COTTAGE, at.design_from_world), 0.1, 0.5)
    share = np.linspace(0.05, 3.95, 200)[:, None]
    line = share * [np.cos(np.radians(23.0)), np.sin(np.radians(23.0))]
    assert columns.raster.at(columns.solid(1.0, 1.2), line).mean() > 0.9
    assert columns.solid(1.0, 1.2).sum() < 120
    assert not columns.solid(2.6, 3.0).any()


def test_what_is_no_building_is_in_no_column() -> None:
    boxes = np.array([[[0, 0, 0], [2, 2, 1]]], dtype=float)
    for role in (Role.MOVABLE, Role.GROUND):
        parts = (
            Solid("wall", "IfcWall", (box((5, 5, 0), (6, 6, 1)),), 0),
            Solid("sofa", "IfcFurniture", (box(tuple(boxes[0, 0]), tuple(boxes[0, 1])),), 0, role),
        )
        columns = columns_of(design_of(parts, COTTAGE, HERE.design_from_world), 0.1, 0.5)
        assert not _intervals(columns, 1.35, 0.75)
        assert _intervals(columns, 5.65, 5.25)


def test_levels_over_and_under_and_a_cropped_copy_agree() -> None:
    boxes = np.array([[[0, 0, 0], [2, 2, 1]], [[0, 0, 4], [2, 2, 5]]], dtype=float)
    whole = columns_of(_design(boxes), 0.1, 6.0)
    for columns in (whole, whole.cropped(np.array([[1.0, 1.0, 0.0]]), 0.5)):
        here = columns.raster.mark(np.array([[1.35, 0.75]]))
        assert np.allclose(columns.top_below(3.0)[here], 1.0, atol=1e-4)
        assert np.allclose(columns.bottom_above(3.0)[here], 4.0, atol=1e-4)
        assert np.isneginf(columns.top_below(0.5)[here]).all()
        assert np.isposinf(columns.bottom_above(4.5)[here]).all()
        assert columns.solid(0.4, 0.6)[here].all()
        assert not columns.solid(1.5, 3.5)[here].any()


def test_touching_boxes_make_one_solid() -> None:
    boxes = np.array([[[0, 0, 0], [2, 2, 1]], [[0, 0, 1], [2, 2, 3]]], dtype=float)
    columns = columns_of(_design(boxes), 0.1, 0.5)
    assert np.allclose(_intervals(columns, 1.35, 0.75), [(0.0, 3.0)], atol=1e-4)


def test_a_shell_without_a_bottom_is_a_thin_solid_and_its_neighbour_is_untouched() -> None:
    design = _design(np.array([[[0, 0, 0], [2, 2, 1]], [[5, 0, 0], [7, 2, 1]]], dtype=float))
    surface = design.surface
    open_shell = Surface(surface.vertices, surface.triangles[2:], surface.element[2:])
    columns = columns_of(type(design)(**{**design.__dict__, "surface": open_shell}), 0.1, 0.5)
    (low, high), *others = _intervals(columns, 1.35, 0.75)
    assert not others
    assert high - low < 0.1
    assert low < 1.0 < high
    assert np.allclose(_intervals(columns, 6.05, 1.05), [(0.0, 1.0)], atol=1e-4)
