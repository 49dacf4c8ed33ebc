"""Laws of closing and enclosing in plan."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support.observing import HERE, design_of
from support.worlds import COTTAGE, approved, box

from twin.arrays import Flags
from twin.massing.columns import Columns, columns_of
from twin.massing.enclosure import closed, enclosed, grown, newly_enclosed, without_strips

CELL = 0.1


@st.composite
def masks(draw: st.DrawFn) -> Flags:
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    mask = random.random((30, 34)) < draw(st.sampled_from([0.01, 0.05, 0.2]))
    for _ in range(draw(st.integers(0, 3))):
        x, y = random.integers(0, 20, 2)
        w, h = random.integers(3, 14, 2)
        mask[x : x + w, y] = mask[x : x + w, min(y + h, 33)] = True
        mask[x, y : y + h] = mask[min(x + w, 29), y : y + h] = True
    return mask


GAPS = st.integers(1, 9)


@settings(max_examples=60, deadline=None)
@given(masks(), GAPS)
def test_closing_keeps_what_it_is_given_and_twice_is_once(mask: Flags, gap: int) -> None:
    once = closed(mask, gap)
    assert (once >= mask).all()
    assert np.array_equal(closed(once, gap), once)


@settings(max_examples=60, deadline=None)
@given(masks(), masks(), GAPS)
def test_closing_more_closes_more(one: Flags, two: Flags, gap: int) -> None:
    assert (closed(one | two, gap) >= closed(one, gap)).all()


@settings(max_examples=40, deadline=None)
@given(masks(), masks(), GAPS)
def test_nothing_is_newly_enclosed_by_what_was_approved(built: Flags, approved_mask: Flags, gap: int) -> None:
    assert not newly_enclosed(approved_mask, approved_mask, gap).any()
    assert not newly_enclosed(np.zeros_like(built), approved_mask, gap).any()
    new = newly_enclosed(built, approved_mask, gap)
    assert not (new & approved_mask).any()
    assert (new <= closed(built | approved_mask, gap)).all()


@settings(max_examples=40, deadline=None)
@given(masks(), st.integers(3, 11))
def test_strips_are_only_taken_away_and_only_once(mask: Flags, width: int) -> None:
    once = without_strips(mask, width)
    assert (once <= mask).all()
    assert np.array_equal(without_strips(once, width), once)


def test_strips_go_and_wider_parts_stay_whole() -> None:
    mask = np.zeros((40, 40), dtype=bool)
    mask[2:9, 2:38] = True  # seven wide
    mask[14:27, 2:38] = True  # thirteen wide
    left = without_strips(mask, 11)
    assert not left[2:9].any()
    assert left[14:27, 2:38].all()


def test_a_ring_with_a_door_is_closed_and_one_with_a_gate_is_open() -> None:
    ring = np.zeros((60, 60), dtype=bool)
    ring[10:50, 10] = ring[10:50, 49] = ring[10, 10:50] = ring[49, 10:50] = True
    door, gate = ring.copy(), ring.copy()
    door[25:33, 10] = False  # eight cells
    gate[20:40, 10] = False  # twenty
    assert closed(door, 9)[30, 30]
    assert not closed(gate, 9)[30, 30]


def test_growing_reaches_so_many_cells_in_each_direction() -> None:
    mask = np.zeros((21, 21), dtype=bool)
    mask[10, 10] = True
    wide = grown(mask, 3)
    assert wide.sum() == 49
    assert np.array_equal(grown(mask, 0), mask)


def _cottage_columns(extra: tuple[tuple[float, float, float, float, float, float], ...] = ()) -> Columns:
    parts = [*approved(COTTAGE)]
    parts += [type(parts[0])("beam", "IfcBeam", (box(b[:3], b[3:]),), 0) for b in extra]
    return columns_of(design_of(tuple(parts), COTTAGE, HERE.design_from_world), CELL, 3.0)


def _area(mask: Flags) -> float:
    return float(mask.sum()) * CELL**2


def test_walls_enclose_a_storey_and_a_parapet_no_room_on_the_roof() -> None:
    columns = _cottage_columns()
    half_cell = 28.0 * 0.5 * CELL + 4.0 * CELL**2  # along the whole outline, and at its corners
    assert abs(_area(enclosed(columns, 0.2, 2.6, 0.9, 2.4)) - COTTAGE.area_m2) < half_cell
    assert abs(_area(enclosed(columns, 6.05, 6.8, 0.9, 2.4)) - COTTAGE.area_m2) < half_cell
    assert _area(enclosed(columns, 6.05, 9.0, 0.9, 2.4)) == 0.0


def test_a_ring_of_beams_overhead_encloses_nothing() -> None:
    ring = (
        (20, 0, 8.4, 26, 0.3, 8.8),
        (20, 4, 8.4, 26, 4.3, 8.8),
        (20, 0, 8.4, 20.3, 4.3, 8.8),
        (26, 0, 8.4, 26.3, 4.3, 8.8),
    )
    columns = _cottage_columns(ring)
    beside = columns.raster.mark(np.array([[23.0, 2.0]]))
    assert enclosed(columns, 8.45, 8.75, 0.9, 2.4)[beside].all()
    assert not enclosed(columns, 6.2, 8.8, 0.9, 2.4)[beside].any()
